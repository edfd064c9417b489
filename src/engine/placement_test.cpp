// Placement as the engine wires it: chosen by name, and derived from the state alone.

#include <gtest/gtest.h>

#include "base/random.h"
#include "engine/engine.h"
#include "engine/fact_text.h"
#include "schedule/board_fixture.h"

namespace sillar {
namespace {

std::shared_ptr<World> shared_world(std::string placement) {
  auto world = std::make_shared<World>();
  world->fleet = schedule::plain_fleet(8);
  world->projects = {schedule::plain_project("a", kUnlimited)};
  world->options.placement = std::move(placement);
  return world;
}

// Facts of random fractions that come and go, as text. `keep`: one scratch for the whole run, or a
// new one for every decision.
std::string random_run(const std::string& placement, bool keep) {
  State state;
  Scratch scratch;
  Random random(11);
  std::string text;
  Time now = Time::from_seconds(1'000'000);
  const auto feed = [&](const auto& body) {
    if (!keep) scratch = Scratch();
    const auto facts = step(state, scratch, {now, body});
    ASSERT_TRUE(facts.has_value()) << facts.error().message;
    for (const Fact& fact : *facts) text += print_json(fact_value(state, fact), 0) + "\n";
  };
  feed(Configure{shared_world(placement)});
  for (int i = 0; i < 400; ++i) {
    now = now + Duration::seconds(10);
    Workload work = schedule::plain_workload("w" + std::to_string(i), 1, 0);
    work.project = "a";
    work.submitted = now;
    work.request.fraction = 100 * static_cast<std::int64_t>(1 + random.below(9));
    feed(Submit{std::make_shared<const Workload>(work)});
    if (i > 20 && random.below(2) == 0)
      feed(TaskObserved{TaskId{random.below(state.board.task_count())}, TaskEvent::kSucceeded});
    feed(Decide{true});
  }
  return text;
}

TEST(Placement, FollowsFromTheStateWhateverTheScratch) {
  for (const std::string_view name : kPlacements)
    EXPECT_EQ(random_run(std::string(name), true), random_run(std::string(name), false)) << name;
}

TEST(Placement, IsOursUnlessNamed) {
  EXPECT_EQ(random_run("", true).substr(1000), random_run("sillar", true).substr(1000));
  EXPECT_NE(random_run("binpack", true).substr(1000), random_run("sillar", true).substr(1000));
}

TEST(Placement, OfAnUnknownNameIsRefused) {
  State state;
  Scratch scratch;
  const auto facts = decide(state, scratch, {Time{}, Configure{shared_world("fdg")}});
  ASSERT_FALSE(facts.has_value());
  EXPECT_EQ(facts.error().message,
            "there is no placement 'fdg'; there are sillar, binpack, spread, fgd");
}

}  // namespace
}  // namespace sillar
