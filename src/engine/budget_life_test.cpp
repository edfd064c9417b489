// Whatever happens in a random world with budgets: no hard budget is ever passed, what was spent is
// what the meter says, at rest nothing is reserved, and all of it can be replayed, applied and
// restored to the same bytes.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "engine/budgets.h"
#include "engine/entry.h"
#include "engine/random_life.h"
#include "engine/snapshot.h"

namespace sillar {
namespace {

Budget budget(std::string name, BudgetPeriod period, std::int64_t usd, bool hard) {
  Budget out;
  out.name = std::move(name);
  out.period = period;
  out.amount = {usd * Money::kUnit + 7, {}};
  out.hard = hard;
  return out;
}

// A life whose drivers stop in time, and whose server decides when money is due.
class Life {
 public:
  explicit Life(std::uint64_t seed) : random_(seed * 31 + 5), life_(seed) {
    Input first = life_.configure();
    auto world = std::make_shared<World>(*std::get<Configure>(first.body).world);
    const auto usd = [&](std::uint64_t most) {
      return 1 + static_cast<std::int64_t>(random_.below(most));
    };
    world->options.ledger_lines = seed % 3 == 0;
    world->options.budget_slice = Duration::minutes(5 + usd(120));
    world->projects[0].budgets = {budget("all", BudgetPeriod::kTotal, 1'000'000'000, false),
                                  budget("month", BudgetPeriod::kMonth, usd(6000), true)};
    world->projects[1].budgets = {budget("day", BudgetPeriod::kDay, usd(1000), true),
                                  budget("week", BudgetPeriod::kWeek, usd(2000), seed % 2 == 0)};
    world->projects[3].budgets = {budget("all", BudgetPeriod::kTotal, usd(5000), true)};
    first.body = Configure{world};
    feed(first);
  }

  void run(int steps) {
    for (int i = 0; i < steps; ++i) {
      Input input = life_.next(state_);
      if (const auto* price = std::get_if<PriceObserved>(&input.body)) {
        // A price that rises can be told too late to stop for it.
        const NodeTariff& known = state_.prices[price->node.index()];
        const std::int64_t devices = known.per_hour.nanos - known.cpu_nanos;
        if (price->price.cpu_nanos > known.cpu_nanos ||
            price->price.per_hour.nanos - price->price.cpu_nanos > devices)
          continue;
      }
      advance(input.at);
      feed(input);
    }
  }

  void come_to_rest() {
    for (std::size_t w = 0; w < state_.workloads.size(); ++w)
      feed({state_.now, Cancel{state_.spec(WorkloadId{w}).name}});
    advance(state_.now + Duration::hours(2));
    ASSERT_TRUE(state_.budgets->reservations().empty());
    const MeterTotals totals = state_.meter->totals_at(state_.now);
    const std::vector<ProjectCost> all = with_children(totals.projects, state_.world->projects);
    for (const BudgetView& view : budgets_at(state_, state_.now)) {
      ASSERT_EQ(view.standing.reserved_nanos, 0);
      if (view.period == BudgetPeriod::kTotal)
        ASSERT_EQ(view.standing.spent_nanos, all[view.project.index()].nanos());
    }
  }

  // Decided again, applied from bytes, and restored in between.
  void expect_the_same_again() const {
    State again, applied;
    Scratch scratch;
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      const auto facts = step(again, scratch, inputs_[i]);
      ASSERT_TRUE(facts);
      ASSERT_EQ(entry_bytes(inputs_[i], *facts), entries_[i]);
      ASSERT_TRUE(apply_entry(applied, "entry", entries_[i]));
      if (i == inputs_.size() / 2) {
        auto restored = restore("snapshot", save(again).bytes);
        ASSERT_TRUE(restored) << restored.error().message;
        ASSERT_EQ(state_hash(*restored), state_hash(again));
        again = std::move(*restored);
        scratch = Scratch();
      }
    }
    ASSERT_EQ(state_hash(again), state_hash(state_));
    ASSERT_EQ(state_hash(applied), state_hash(state_));
  }

  [[nodiscard]] const std::map<std::string, int>& seen() const { return seen_; }

 private:
  void feed(const Input& input) {
    const auto facts = step(state_, scratch_, input);
    ASSERT_TRUE(facts) << facts.error().message;
    inputs_.push_back(input);
    entries_.push_back(entry_bytes(input, *facts));
    for (const Fact& fact : *facts) look_at(fact);
    ASSERT_EQ(state_.board.check_invariants(), "");
    expect_within();
  }

  void look_at(const Fact& fact) {
    if (const auto* evicted = std::get_if<TaskEvicted>(&fact.body)) {
      const Duration stop = stop_time(state_.spec(state_.board.task(evicted->task).job));
      const auto most = static_cast<std::uint64_t>(stop.ns);
      leaving_[evicted->task] =
          fact.at + Duration{static_cast<std::int64_t>(random_.below(most + 1))};
      ++seen_[std::string(reason_code_name(evicted->reason.code))];
    }
    if (const auto* waits = std::get_if<WorkloadWaits>(&fact.body))
      ++seen_[std::string(reason_code_name(waits->reason->code))];
    if (const auto* held = std::get_if<WorkloadHeld>(&fact.body))
      ++seen_[std::string(reason_code_name(held->reason.code))];
    if (const auto* refused = std::get_if<Refused>(&fact.body))
      ++seen_[std::string(reason_code_name(refused->reason.code))];
    if (const auto* reached = std::get_if<BudgetThreshold>(&fact.body)) {
      ++seen_["threshold"];
      ASSERT_TRUE(told_
                      .insert(fmt::format("{}.{} {} {} {}", reached->project.value, reached->budget,
                                          reached->period_start.ns, reached->percent,
                                          static_cast<int>(reached->measure)))
                      .second);
    }
    seen_["reserved"] += std::holds_alternative<BudgetReserved>(fact.body) ? 1 : 0;
  }

  // Decides whenever money is due, and stops what was told to.
  void advance(Time to) {
    while (!testing::Test::HasFatalFailure()) {
      Time next = money_due(state_);
      for (const auto& [task, at] : leaving_) next = std::min(next, at);
      if (next > to) break;
      next = std::max(next, state_.now);
      std::vector<TaskId> gone;
      for (const auto& [task, at] : leaving_)
        if (at <= next) gone.push_back(task);
      for (const TaskId task : gone) {
        leaving_.erase(task);
        feed({next, TaskObserved{task, TaskEvent::kStopped}});
      }
      feed({next, Decide{random_.below(2) == 0}});
    }
  }

  void expect_within() const {
    for (const BudgetView& view : budgets_at(state_, state_.now)) {
      ASSERT_GE(view.standing.reserved_nanos, 0);
      if (view.hard) ASSERT_GE(view.standing.left_nanos, 0) << view.name;
    }
  }

  Random random_;
  RandomLife life_;
  State state_;
  Scratch scratch_;
  std::vector<Input> inputs_;
  std::vector<std::string> entries_;
  std::map<TaskId, Time> leaving_;
  std::set<std::string> told_;
  std::map<std::string, int> seen_;
};

TEST(BudgetLife, NoHardBudgetIsEverPassedAndAllCanBeReplayed) {
  std::map<std::string, int> seen;
  for (std::uint64_t seed = 0; seed < 18; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Life life(seed);
    life.run(250);
    ASSERT_FALSE(HasFatalFailure());
    life.come_to_rest();
    ASSERT_FALSE(HasFatalFailure());
    life.expect_the_same_again();
    ASSERT_FALSE(HasFatalFailure());
    for (const auto& [what, count] : life.seen()) seen[what] += count;
  }
  for (const char* what : {"reserved", "threshold", "over-budget", "over-budget-for-good",
                           "over-budget-cheaper", "budget-exhausted", "budget-too-small"})
    EXPECT_GT(seen[what], 5) << what;
}

}  // namespace
}  // namespace sillar
