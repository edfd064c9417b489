#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/document.h"
#include "engine/engine.h"
#include "model/text.h"
#include "schedule/policy.h"

namespace sillar {
namespace {

Result<Options> options_of(std::string_view policy) {
  SILLAR_TRY(document, parse_document("s.yaml", fmt::format("fleet: {{nodes: [{{name: n, cpu: 1, "
                                                            "memory: 1Gi}}]}}\nprojects: []\n"
                                                            "workloads: []\n"
                                                            "options: {{policy: {}}}\n",
                                                            policy)));
  SILLAR_TRY(scenario, load_scenario(document));
  return scenario.options;
}

Result<State> configured(const Options& options) {
  auto world = std::make_shared<World>();
  world->options = options;
  State state;
  Scratch scratch;
  SILLAR_TRY(facts, step(state, scratch, {Time{0}, Configure{std::move(world)}}));
  return state;
}

TEST(PolicyOption, TextKnowsThePoliciesThatThereAre) {
  for (const std::string_view name : schedule::policy_names()) {
    const auto options = options_of(name);
    ASSERT_TRUE(options.has_value()) << options.error().message;
    EXPECT_EQ(options->policy, name);
  }
  EXPECT_FALSE(options_of("lifo").has_value());
}

TEST(PolicyOption, SetsOrderAndPhases) {
  for (const std::string_view name : schedule::policy_names()) {
    Options options;
    options.policy = name;
    options.rules = schedule::find_policy(name)->rules;
    options.k_thousandths = 500;
    const auto state = configured(options);
    ASSERT_TRUE(state.has_value()) << state.error().message;
    const schedule::CycleOptions cycle = cycle_options(*state, true);
    EXPECT_EQ(cycle.order, schedule::policy_options(name).order);
    EXPECT_EQ(cycle.actions, schedule::policy_options(name).actions);
    EXPECT_FALSE(cycle.reservations);
    EXPECT_EQ(cycle.k_thousandths, 500);
  }
}

TEST(PolicyOption, RefusesStrangersAndOtherRules) {
  Options options;
  options.policy = "lifo";
  EXPECT_FALSE(configured(options).has_value());
  options.policy = "kai";
  EXPECT_FALSE(configured(options).has_value());
}

}  // namespace
}  // namespace sillar
