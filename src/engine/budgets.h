#pragma once

// Money in the engine: what tasks cost where they are placed, how budgets stand, and the ledger's
// lines as they reach the outside.

#include <optional>
#include <string>
#include <vector>

#include "engine/state.h"

namespace sillar {

// What stopping takes beyond the grace period and the checkpoint: for the order to reach the work.
inline constexpr Duration kStopMargin = Duration::seconds(15);
// Of what a workload may ask to stop with; longer is not reserved for.
inline constexpr Duration kStopTimeMax = Duration::hours(24);

// Errors (kInvalidInput): budgets in another currency than the prices; hard ones without prices.
[[nodiscard]] Status check_budgets(const World& world);

// Requires: the world has prices.
[[nodiscard]] NodeRate node_rate(const State& state, NodeId node, const NodeTariff& tariff);
[[nodiscard]] Claim claim_of(const State& state, ShapeId shape, NodeId node);
// Nano-units an hour of one device; 0 where there is none.
[[nodiscard]] std::int64_t device_price(const Node& node, const NodeTariff& tariff);
// Opens the ledger and the budgets of a world that has prices, with no rates yet.
void open_books(State& state, Time at);
// The meter counts the task from `at` on, and so do the budgets above it: a task for which nothing
// was reserved is seen to by the next decision. Requires: a meter; the task has its place.
void meter_task(State& state, TaskId task, Time at);
// What one task of the shape costs there by the hour, rounded up.
[[nodiscard]] std::int64_t hourly_nanos(const State& state, ShapeId shape, NodeId node);

// How long money is reserved for when the work starts at `now`: until its limit, else its estimate,
// else a slice; never more than BudgetBook::kAheadMax.
[[nodiscard]] Duration run_ahead(const State& state, WorkloadId workload, Time now);
[[nodiscard]] Duration run_ahead(const Options& options, const Workload& spec, Duration attained);
// From the order to stop until it has: grace period, checkpoint, margin.
[[nodiscard]] Duration stop_time(const Workload& spec);

// Whether full hours are closed by facts: where there are prices, and budgets or lines to be kept.
[[nodiscard]] bool closes_hours(const State& state);
// When a Decide has something to do about money or hours though nothing else happens: a reservation
// to extend, an hour to close. Never: not at all.
[[nodiscard]] Time money_due(const State& state);

// One budget for people and programs.
struct BudgetView {
  ProjectId project;
  std::uint32_t index = 0;  // Into Project::budgets.
  std::string name;
  BudgetPeriod period = BudgetPeriod::kMonth;
  bool hard = false;
  Currency currency;
  BudgetStanding standing;
};
// Absent: there is no such budget. Requires of both: `now` is not before the state's time.
[[nodiscard]] std::optional<BudgetView> budget_at(const State& state, ProjectId project,
                                                  std::uint32_t index, Time now);
// All of them, projects in order.
[[nodiscard]] std::vector<BudgetView> budgets_at(const State& state, Time now);

// The lines of hours that were closed since the last call, by (start, node, project, kind), which
// is a key. They are made again, the same ones, by a state that is restarted from a snapshot and
// the facts after it: so whoever keeps them has to have stored what it took before it saves a
// snapshot, and to store a key once only. Empty unless Options::ledger_lines.
[[nodiscard]] std::vector<LedgerLine> take_lines(State& state);

}  // namespace sillar
