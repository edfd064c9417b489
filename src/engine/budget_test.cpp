// Budgets in the path of decisions: what starts, what waits, what goes on and what is stopped.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

#include "engine/budgets.h"
#include "engine/engine.h"
#include "engine/fact_text.h"
#include "engine/snapshot.h"

namespace sillar {
namespace {

constexpr std::int64_t kUsd = Money::kUnit;
constexpr Duration kHour = Duration::hours(1);
constexpr Duration kStop = Duration::seconds(45);  // Grace period and margin.

// Four h100 at 10 USD an hour each, and four a10 at 1 USD on the spot market. Projects "top" with a
// budget, "top/a" and "top/b" below it, and "free" without one.
class Budgets : public testing::Test {
 protected:
  void configure(std::vector<Budget> budgets, Duration slice = kHour) {
    auto world = std::make_shared<World>();
    world->options.budget_slice = slice;
    world->options.ledger_lines = true;
    world->fleet.classes = {accelerator("h100"), accelerator("a10")};
    add_node(*world, "big", ClassId{0}, CapacityKind::kOwned, 40);
    add_node(*world, "small", ClassId{1}, CapacityKind::kSpot, 4);
    for (const char* name : {"top", "top/a", "top/b", "free"}) {
      Project project;
      project.name = name;
      project.quota.assign(world->fleet.resource_count(), {0, 1, kUnlimited});
      if (project.name.starts_with("top/")) project.parent = ProjectId{0};
      world->projects.push_back(std::move(project));
    }
    world->projects[0].budgets = std::move(budgets);
    world_ = world;
    feed(Configure{world});
  }

  static AcceleratorClass accelerator(const char* name) {
    AcceleratorClass out;
    out.name = name;
    return out;
  }

  static void add_node(World& world, const char* name, ClassId c, CapacityKind kind,
                       std::int64_t usd) {
    Node node;
    node.name = name;
    node.accelerator_class = c;
    node.accelerators = 4;
    node.cpu = 64'000;
    node.memory_bytes = std::int64_t{64} << 30;
    node.capacity = kind;
    world.fleet.nodes.push_back(node);
    world.prices.push_back({{usd * kUsd, {}}, 0, "list"});
  }

  static Budget budget(std::int64_t usd, bool hard = true,
                       BudgetPeriod period = BudgetPeriod::kMonth) {
    Budget out;
    out.name = budget_period_name(period);
    out.period = period;
    out.amount = {usd * kUsd, {}};
    out.hard = hard;
    return out;
  }

  // The facts as text, a line each; ends of cycles left out.
  std::vector<std::string> feed(decltype(Input::body) body) {
    const Input input{now_, std::move(body)};
    const auto facts = step(state_, scratch_, input);
    if (!facts) return {facts.error().message};
    std::vector<std::string> out;
    for (const Fact& fact : *facts) {
      if (!std::holds_alternative<CycleEnded>(fact.body))
        out.push_back(print_json(fact_value(state_, fact), 0));
    }
    return out;
  }
  std::vector<std::string> decide() { return feed(Decide{true}); }

  struct Ask {
    std::string project = "top/a";
    int devices = 1;
    std::vector<std::string> classes = {"h100"};
    Duration estimate{};
    Duration limit{};
    int gang_min = 1;
    int gang_max = 1;
  };
  std::vector<std::string> submit(const std::string& name, const Ask& ask) {
    auto work = std::make_shared<Workload>();
    work->name = name;
    work->project = ask.project;
    work->submitted = now_;
    work->request.accelerators = ask.devices;
    work->request.classes = ask.classes;
    work->estimate = ask.estimate;
    work->limit = ask.limit;
    work->gang_min = ask.gang_min;
    work->gang_max = ask.gang_max;
    return feed(Submit{std::move(work)});
  }

  schedule::Phase phase(const std::string& task) const {
    return state_.board.task(*state_.task_named(task)).phase;
  }
  bool runs(const std::string& task) const { return phase(task) == schedule::Phase::kRunning; }
  Reason reason(const std::string& workload) const {
    const auto& record = state_.workloads[state_.workload_ids.find(workload)->second.index()];
    return record.reason ? *record.reason : Reason{};
  }
  std::string why(const std::string& workload) const {
    return reason_text(reason(workload), Language::kEnglish);
  }
  BudgetStanding standing(std::uint32_t index = 0) const {
    return budget_at(state_, ProjectId{0}, index, now_)->standing;
  }
  void observe(const std::string& task, TaskEvent event) {
    feed(TaskObserved{*state_.task_named(task), event});
  }
  static int count(const std::vector<std::string>& facts, std::string_view word) {
    return static_cast<int>(std::ranges::count_if(
        facts, [&](const std::string& fact) { return fact.find(word) != std::string::npos; }));
  }

  std::shared_ptr<World> world_;
  State state_;
  Scratch scratch_;
  Time now_ = *parse_time("2026-03-10T12:00:00Z");
};

TEST_F(Budgets, AreReservedBeforeTheStartAndSettledAfterIt) {
  configure({budget(100)});
  submit("w", {.estimate = kHour * 2});
  const auto facts = decide();
  ASSERT_GE(facts.size(), 2U);
  EXPECT_EQ(facts[0], R"({"fact":"budget-reserved","workload":"w","amount":"20.125000006",)"
                      R"("until":"2026-03-10T14:00:45Z","due":"2026-03-10T14:00:00Z",)"
                      R"("tasks":[{"task":"w/0","per_hour":"10.00"}]})");
  EXPECT_EQ(count({facts[1]}, "\"fact\":\"started\""), 1);
  EXPECT_EQ(standing().reserved_nanos, 20'125'000'006);
  now_ = now_ + Duration::minutes(90);
  EXPECT_EQ(standing().spent_nanos, 15 * kUsd);
  observe("w/0", TaskEvent::kSucceeded);
  EXPECT_EQ(standing().reserved_nanos, 0);
  EXPECT_EQ(standing().spent_nanos, 15 * kUsd + 2);  // Until the hour is closed.
  now_ = now_ + Duration::minutes(30);
  EXPECT_EQ(count(decide(), "hours-closed"), 1);
  EXPECT_EQ(standing().spent_nanos, 15 * kUsd);
  EXPECT_EQ(standing().left_nanos, 85 * kUsd);
}

TEST_F(Budgets, WhatCannotBePaidWaitsAndOthersGetTheRoom) {
  configure({budget(25)});
  submit("one", {.estimate = kHour * 2});
  submit("two", {.project = "top/b", .estimate = kHour * 2});
  submit("other", {.project = "free", .devices = 3, .estimate = kHour * 9});
  decide();
  EXPECT_TRUE(runs("one/0"));
  EXPECT_FALSE(runs("two/0"));
  EXPECT_TRUE(runs("other/0"));
  EXPECT_EQ(why("two"),
            "Starting costs 20.13 USD; of the budget month of top, 4.87 USD is left until "
            "2026-04-01T00:00:00Z.");
  // It is told once, not with every cent.
  now_ = now_ + Duration::minutes(1);
  EXPECT_EQ(count(decide(), "waits"), 0);
  // What ends early gives back what it did not use.
  observe("one/0", TaskEvent::kSucceeded);
  decide();
  EXPECT_TRUE(runs("two/0"));
  EXPECT_EQ(reason("two").code, ReasonCode::kNone);
}

TEST_F(Budgets, ANewPeriodPaysForWhatWaited) {
  configure({budget(25, true, BudgetPeriod::kDay)});
  submit("one", {.estimate = kHour * 2});
  submit("two", {.estimate = kHour * 2});
  decide();
  now_ = now_ + kHour * 2;
  observe("one/0", TaskEvent::kSucceeded);
  decide();
  EXPECT_FALSE(runs("two/0"));
  EXPECT_EQ(reason("two").code, ReasonCode::kOverBudget);
  now_ = *parse_time("2026-03-11T00:00:00Z");
  EXPECT_EQ(money_due(state_), *parse_time("2026-03-10T15:00:00Z"));
  decide();
  EXPECT_TRUE(runs("two/0"));
  EXPECT_EQ(standing().window.start, now_);
  EXPECT_EQ(standing().spent_nanos, 0);
}

TEST_F(Budgets, ACheaperClassIsNamedWhereItWouldDo) {
  configure({budget(15)});
  submit("filler", {.project = "free", .devices = 4, .classes = {"a10"}, .estimate = kHour * 9});
  decide();
  submit("w", {.classes = {"h100", "a10"}, .estimate = kHour * 2});
  decide();
  EXPECT_FALSE(runs("w/0"));
  EXPECT_EQ(why("w"),
            "Starting costs 20.13 USD; of the budget month of top, 15.00 USD is left until "
            "2026-04-01T00:00:00Z. On a node of class a10 (spot) it would cost 2.02 USD.");
  // It gets the cheaper one once there is room on it, though the dear one is free all the time.
  observe("filler/0", TaskEvent::kSucceeded);
  decide();
  EXPECT_TRUE(runs("w/0"));
  EXPECT_EQ(state_.board.task(*state_.task_named("w/0")).place.node, NodeId{1});
}

TEST_F(Budgets, WorkOfUnknownLengthGoesOnSliceBySliceAndStopsInTime) {
  configure({budget(25)});
  submit("w", {});
  decide();
  EXPECT_EQ(money_due(state_), now_ + kHour);
  now_ = now_ + kHour;
  EXPECT_EQ(count(decide(), "budget-reserved"), 1);
  EXPECT_TRUE(runs("w/0"));
  now_ = now_ + kHour;
  const auto facts = decide();
  EXPECT_EQ(count(facts, "evicted"), 1);
  EXPECT_EQ(count(facts, "the budget month of top, 25.00 USD, has nothing left to go on with"), 1);
  EXPECT_EQ(phase("w/0"), schedule::Phase::kStopping);
  EXPECT_EQ(standing().left_nanos + standing().reserved_nanos, 5 * kUsd);
  now_ = now_ + kStop;
  observe("w/0", TaskEvent::kStopped);
  decide();
  EXPECT_EQ(reason("w").code, ReasonCode::kOverBudget);
  EXPECT_EQ(standing().reserved_nanos, 0);
  EXPECT_GT(standing().left_nanos, 0);
}

TEST_F(Budgets, WhatDoesNotStopInTimeIsReservedForAsItCosts) {
  configure({budget(11)});
  submit("w", {});
  decide();
  now_ = now_ + kHour;
  decide();
  EXPECT_EQ(phase("w/0"), schedule::Phase::kStopping);
  now_ = money_due(state_);
  EXPECT_EQ(format_time(now_), "2026-03-10T13:00:45Z");
  EXPECT_EQ(count(decide(), "budget-reserved"), 1);
  now_ = now_ + kHour;
  decide();
  observe("w/0", TaskEvent::kStopped);
  now_ = now_ + kHour;
  decide();
  // Told as it is.
  EXPECT_EQ(standing().spent_nanos, 20 * kUsd + 125'000'000);
  EXPECT_LT(standing().left_nanos, 0);
}

TEST_F(Budgets, AGangGoesOnTogetherOrNotAtAll) {
  configure({budget(45)});
  submit("w", {.gang_min = 2, .gang_max = 2});
  decide();
  EXPECT_EQ(standing().reserved_nanos, 20 * kUsd + 250'000'008);
  now_ = now_ + kHour;
  EXPECT_EQ(count(decide(), "budget-reserved"), 1);
  now_ = now_ + kHour;
  EXPECT_EQ(count(decide(), "\"fact\":\"evicted\""), 2);
}

TEST_F(Budgets, ElasticWorkGetsAsManyTasksAsCanBePaid) {
  configure({budget(25)});
  submit("w", {.gang_min = 1, .gang_max = 4});
  submit("other", {.project = "free", .devices = 1, .estimate = kHour});
  decide();
  EXPECT_TRUE(runs("w/0"));
  EXPECT_TRUE(runs("w/1"));
  EXPECT_FALSE(runs("w/2"));
  EXPECT_TRUE(runs("other/0"));
  EXPECT_EQ(reason("w").code, ReasonCode::kOverBudget);
  // With money for one of them it goes on with one.
  now_ = now_ + kHour;
  const auto facts = decide();
  EXPECT_EQ(count(facts, "\"fact\":\"evicted\""), 2);
}

TEST_F(Budgets, AllWorkUnderABudgetIsCountedThoughNothingIsRefused) {
  configure({budget(10, false)});
  submit("w", {.devices = 4, .estimate = kHour * 24 * 20});
  decide();
  EXPECT_TRUE(runs("w/0"));
  EXPECT_LT(standing().left_nanos, 0);
  now_ = now_ + Duration::minutes(1);
  EXPECT_EQ(count(decide(), "budget-threshold"), 0);
  now_ = now_ + Duration::minutes(6);
  // 4.67 of 10 after nine and a half days: 15.23 in the end at this pace.
  auto facts = decide();
  EXPECT_EQ(count(facts, "\"kind\":\"forecast\""), 3);
  now_ = now_ + Duration::minutes(1);
  facts = decide();
  EXPECT_EQ(count(facts, "\"percent\":50,\"kind\":\"actual\""), 1);
  EXPECT_EQ(count(facts, "budget-threshold"), 1);
  now_ = now_ + kHour;
  EXPECT_EQ(count(decide(), "\"kind\":\"actual\""), 2);
  now_ = now_ + kHour;
  EXPECT_EQ(count(decide(), "budget-threshold"), 0);
}

TEST_F(Budgets, WhatNoPeriodCanPayIsRefusedAtOnce) {
  configure({budget(100, true, BudgetPeriod::kDay)});
  const auto refused = submit("w", {.devices = 4, .estimate = kHour * 3});
  ASSERT_EQ(refused.size(), 1U);
  EXPECT_NE(refused[0].find("It would cost 120.51 USD at least; the budget day of top is 100.00 "
                            "USD in all."),
            std::string::npos)
      << refused[0];
  // The cheaper class would do, and long work is paid by the day.
  EXPECT_EQ(count(submit("x", {.devices = 4, .classes = {}, .estimate = kHour * 3}), "submitted"),
            1);
  EXPECT_EQ(count(submit("y", {.classes = {"a10"}, .limit = kHour * 240}), "submitted"), 1);
  decide();
  EXPECT_EQ(state_.board.task(*state_.task_named("x/0")).place.node, NodeId{1});
  observe("x/0", TaskEvent::kSucceeded);
  decide();
  EXPECT_TRUE(runs("y/0"));
}

TEST_F(Budgets, ADearerPriceStopsWorkWhileStoppingIsPaid) {
  configure({budget(25)});
  submit("w", {.estimate = kHour * 2});
  decide();
  now_ = now_ + Duration::minutes(30);
  const NodeTariff dear{{400 * kUsd, {}}, 0, "list"};
  const auto facts = feed(PriceObserved{NodeId{0}, dear});
  EXPECT_EQ(count({facts.front()}, "\"until\":\"2026-03-10T12:30:45Z\""), 1);
  EXPECT_EQ(count(facts, "\"fact\":\"price\""), 1);
  EXPECT_GE(standing().left_nanos, 0);
  EXPECT_EQ(money_due(state_), now_);
  EXPECT_EQ(count(decide(), "budget-exhausted"), 1);
  now_ = now_ + kStop;
  observe("w/0", TaskEvent::kStopped);
  now_ = now_ + kHour;
  decide();
  EXPECT_EQ(standing().spent_nanos, 6'250'000'000);
  EXPECT_GE(standing().left_nanos, 0);
}

TEST_F(Budgets, ACheaperPriceFreesMoney) {
  configure({budget(25)});
  submit("one", {.estimate = kHour * 2});
  submit("two", {.estimate = kHour * 2});
  decide();
  EXPECT_FALSE(runs("two/0"));
  feed(PriceObserved{NodeId{0}, {{20 * kUsd, {}}, 0, "list"}});
  decide();
  EXPECT_TRUE(runs("two/0"));
}

TEST_F(Budgets, WhatIsFoundRunningIsPaidForOrStopped) {
  configure({budget(25)});
  for (const char* name : {"one", "two", "three"}) {
    auto work = std::make_shared<Workload>();
    work->name = name;
    work->project = "top/a";
    work->submitted = now_;
    work->request.accelerators = 1;
    work->tasks = {{std::string(name) + "/0", TaskState::kRunning, "big", {}, now_, now_}};
    work->tasks[0].devices = {static_cast<std::int32_t>(state_.workloads.size())};
    feed(Submit{std::move(work)});
  }
  EXPECT_EQ(money_due(state_), now_);
  const auto facts = decide();
  EXPECT_EQ(count(facts, "budget-reserved"), 2);
  EXPECT_EQ(count(facts, "\"fact\":\"evicted\""), 1);
}

TEST_F(Budgets, NeedPricesInTheirCurrency) {
  configure({budget(25)});
  auto world = std::make_shared<World>(*world_);
  state_ = State();  // The first configuration; later ones are reconfigure_test.cpp's.
  world->prices.clear();
  EXPECT_EQ(feed(Configure{world})[0],
            "the budget 'month' of top is hard, and this world has no prices to hold it against; "
            "give prices, or make it soft");
  world->projects[0].budgets[0].hard = false;
  EXPECT_EQ(count(feed(Configure{world}), "configured"), 1);
  state_ = State();
  *world = *world_;
  world->projects[0].budgets[0].amount.currency = {{'E', 'U', 'R'}};
  EXPECT_EQ(feed(Configure{world})[0],
            "the budget 'month' of top is in EUR, the prices are in USD");
}

TEST_F(Budgets, ObservationsThatAreLateOrRepeatedCountOnce) {
  configure({budget(1000)});
  submit("w", {.estimate = kHour * 4});
  submit("v", {.estimate = kHour * 4});
  observe("w/0", TaskEvent::kStopped);  // Before it ever started.
  observe("w/0", TaskEvent::kFailed);
  decide();
  now_ = now_ + kHour;
  observe("w/0", TaskEvent::kStopped);  // Nobody told it to.
  EXPECT_TRUE(runs("w/0"));
  observe("w/0", TaskEvent::kSucceeded);
  now_ = now_ + kHour;
  for (const TaskEvent event : {TaskEvent::kSucceeded, TaskEvent::kFailed, TaskEvent::kStopped})
    observe("w/0", event);
  // Out of order: the end of the stop is told again after the task has started anew.
  feed(HealthObserved{NodeId{0}, -1, Health::kQuarantined});
  observe("v/0", TaskEvent::kStopped);
  observe("v/0", TaskEvent::kStopped);
  feed(HealthObserved{NodeId{0}, -1, Health::kHealthy});
  decide();
  EXPECT_TRUE(runs("v/0"));
  observe("v/0", TaskEvent::kStopped);
  EXPECT_TRUE(runs("v/0"));
  now_ = now_ + kHour;
  decide();
  EXPECT_EQ(standing().spent_nanos, 40 * kUsd);  // One hour of w, three of v.
  EXPECT_EQ(state_.meter->totals_at(now_).workload_nanos, 40 * kUsd);
}

// ---- The ledger's lines.

Int128 sum_of(const std::vector<LedgerLine>& lines, bool workloads) {
  Int128 sum = 0;
  for (const LedgerLine& line : lines) sum += line.project.valid() == workloads ? line.nanos : 0;
  return sum;
}

TEST_F(Budgets, LinesAreTakenOnceAndMadeAgainByARestart) {
  configure({budget(1000)});
  submit("w", {.estimate = kHour * 9});
  decide();
  std::map<std::string, std::int64_t> archive;
  const auto keep = [&](const std::vector<LedgerLine>& lines, bool again) {
    for (const LedgerLine& line : lines) {
      const std::string key = fmt::format("{}/{}/{}/{}", line.start.ns, line.node.value,
                                          line.project.value, static_cast<int>(line.kind));
      const auto [at, fresh] = archive.try_emplace(key, line.nanos);
      EXPECT_EQ(at->second, line.nanos) << key;
      if (!again) EXPECT_TRUE(fresh) << key;
    }
  };
  std::string snapshot;
  std::vector<Fact> since;
  for (int i = 0; i < 40; ++i) {
    now_ = now_ + Duration::minutes(25);
    if (i == 20) snapshot = save(state_).bytes;  // What came before is in the archive.
    const auto facts = sillar::decide(state_, scratch_, {now_, Decide{true}});
    ASSERT_TRUE(facts);
    for (const Fact& fact : *facts) apply(state_, fact);
    if (i >= 20) since.insert(since.end(), facts->begin(), facts->end());
    keep(take_lines(state_), false);
  }
  auto restarted = restore("s", snapshot);
  ASSERT_TRUE(restarted) << restarted.error().message;
  EXPECT_TRUE(take_lines(*restarted).empty());
  for (const Fact& fact : since) apply(*restarted, fact);
  const std::vector<LedgerLine> lines = take_lines(*restarted);
  EXPECT_EQ(lines.size(), 8U * 3);  // Eight hours; idle of two nodes and the project's part.
  keep(lines, true);
  EXPECT_EQ(state_hash(*restarted), state_hash(state_));
  Int128 sum = 0;
  for (const auto& [key, nanos] : archive) sum += nanos;
  EXPECT_EQ(sum, Int128{16 * 44 * kUsd});
}

TEST_F(Budgets, HoursInWhichNothingHappensAreClosedAsWell) {
  configure({});
  EXPECT_EQ(money_due(state_), now_ + kHour);
  now_ = now_ + Duration::minutes(59);
  EXPECT_TRUE(decide().empty());
  now_ = now_ + kHour * 3;
  EXPECT_EQ(count(decide(), "hours-closed"), 1);
  const auto lines = take_lines(state_);
  EXPECT_EQ(lines.size(), 6U);
  EXPECT_EQ(sum_of(lines, false), 3 * 44 * kUsd);
  EXPECT_TRUE(take_lines(state_).empty());
  EXPECT_TRUE(decide().empty());
}

}  // namespace
}  // namespace sillar
