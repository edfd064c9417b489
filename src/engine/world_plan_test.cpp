// Configurations as documents: whatever world there is, what is shown of it asks for no change; and
// a plan says what comes, on a state that it leaves alone.

#include "engine/world_plan.h"

#include <gtest/gtest.h>

#include "engine/fact_text.h"
#include "engine/snapshot.h"
#include "engine/world_life.h"
#include "engine/world_text.h"

namespace sillar {
namespace {

TEST(WorldPlan, WhateverHappenedTheConfigurationThatIsShownChangesNothing) {
  int worlds = 0;
  int planned = 0;
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    WorldLife life(seed);
    State state;
    Scratch scratch;
    ASSERT_TRUE(step(state, scratch, life.configure()).has_value());
    for (int i = 0; i < 150; ++i) {
      const Input input = life.next(state);
      if (const auto* wanted = std::get_if<Configure>(&input.body)) {
        const std::string before = state_hash(state);
        const auto plan = plan_world(state, wanted->world, input.at);
        ASSERT_EQ(state_hash(state), before);
        const auto facts = decide(state, scratch, input);
        ASSERT_EQ(plan.has_value(), facts.has_value());
        if (!plan) continue;
        ++planned;
        ASSERT_EQ(plan->world == state.world, facts->empty());
        const auto evictions = std::ranges::count_if(*facts, [](const Fact& fact) {
          return std::holds_alternative<TaskEvicted>(fact.body);
        });
        ASSERT_EQ(plan->evicted.size(), static_cast<std::size_t>(evictions));
      }
      (void)step(state, scratch, input);
      if (!std::holds_alternative<Configure>(input.body)) continue;
      ++worlds;
      const std::string text = print_json(config_value(config_of(*state.world)));
      const auto document = parse_document("config", text);
      ASSERT_TRUE(document.has_value()) << document.error().message;
      const auto wanted = wanted_world(*document, *state.world);
      ASSERT_TRUE(wanted.has_value()) << wanted.error().message << text;
      const auto plan = plan_world(state, *wanted, state.now);
      ASSERT_TRUE(plan.has_value()) << plan.error().message;
      ASSERT_EQ(print_json(*plan_value(state, *plan).find("changes")), "[]");
      ASSERT_EQ(plan->world, state.world);
    }
  }
  EXPECT_GT(worlds, 50);
  EXPECT_GT(planned, 30);
}

class PlanOfOne : public testing::Test {
 protected:
  void SetUp() override {
    const auto document = parse_document("world", R"(
fleet:
  classes: [{name: h100, memory: 80Gi}]
  nodes:
    - {name: n1, class: h100, accelerators: 8, cpu: 64, memory: 512Gi,
       price_per_hour: {amount: 8, currency: USD}}
projects: [{name: a, quota: {h100: {deserved: 2}}, budgets: [{period: month, amount: 10 USD}]}]
)");
    ASSERT_TRUE(document.has_value()) << document.error().message;
    const auto world = wanted_world(*document, World{});
    ASSERT_TRUE(world.has_value()) << world.error().message;
    ASSERT_TRUE(step(state_, scratch_, {Time{0}, Configure{*world}}).has_value());
  }
  std::string changes(const std::string& text) {
    const auto document = parse_document("config", text);
    EXPECT_TRUE(document.has_value()) << document.error().message;
    const auto wanted = wanted_world(*document, *state_.world);
    if (!wanted) return wanted.error().message;
    const auto plan = plan_world(state_, *wanted, state_.now);
    if (!plan) return plan.error().message;
    std::string out;
    for (const WorldChange& change : plan->changes)
      out += std::string(change_action_name(change.action)) + " " +
             std::string(change_kind_name(change.kind)) + " " + change.name + " " + change.field +
             " " + print_json(change.from, 0) + " " + print_json(change.to, 0) + "\n";
    return out;
  }
  State state_;
  Scratch scratch_;
};

TEST_F(PlanOfOne, ChangesAreToldFieldByField) {
  EXPECT_EQ(changes("options: {placement: spread}"), "change option  placement null \"spread\"\n");
  EXPECT_EQ(changes(R"(projects:
  - name: a
    priority: 4
    quota: {h100: {deserved: 3}}
    residency: {countries: [ES]}
    budgets: [{period: month, amount: 12 USD}, {period: day, amount: 1 USD, hard: true}]
  - {name: b}
)"),
            "change quota a h100.deserved 2 3\n"
            "change budget a month.amount \"10.00 USD\" \"12.00 USD\"\n"
            "add budget a day null {\"period\":\"day\",\"amount\":\"1.00 USD\",\"hard\":true}\n"
            "change project a priority null 4\n"
            "change residency a countries null [\"ES\"]\n"
            "add project b  null {\"name\":\"b\"}\n");
  EXPECT_EQ(changes(R"(classes: [{name: h100, memory: 80Gi}]
nodes:
  - {name: n1, class: h100, accelerators: 8, cpu: 64, memory: 512Gi,
     price_per_hour: {amount: 9, currency: USD}}
)"),
            "change node n1 price_per_hour.amount \"8.00\" \"9.00\"\n"
            "change price n1  {\"amount\":\"8.00\",\"currency\":\"USD\"} "
            "{\"amount\":\"9.00\",\"currency\":\"USD\"}\n");
}

TEST_F(PlanOfOne, AFleetAloneKeepsTheQuotasOfItsClasses) {
  EXPECT_EQ(changes("nodes: [{name: n2, class: h100, accelerators: 4, accelerator_memory: 80Gi, "
                    "price_per_hour: {amount: 1, currency: USD}}, {name: n1, class: h100, "
                    "accelerators: 8, cpu: 64, "
                    "memory: 512Gi, price_per_hour: {amount: 8, currency: USD}}]"),
            "add node n2  null {\"name\":\"n2\",\"class\":\"h100\",\"accelerators\":4,"
            "\"price_per_hour\":{\"amount\":\"1.00\",\"currency\":\"USD\"}}\n");
}

TEST_F(PlanOfOne, ANewNodeNeedsAPriceWhereOthersHaveOne) {
  EXPECT_EQ(changes("nodes: [{name: n2, class: odd, accelerators: 4, accelerator_memory: 1Gi}]"),
            "node 'n2' has no price, but others have; state its price_per_hour");
}

}  // namespace
}  // namespace sillar
