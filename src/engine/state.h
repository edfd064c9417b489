#pragma once

// Everything the engine knows: the board, the workloads' records, the books. A value: copying it is
// forking it. Only `apply` changes it.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/agenda.h"
#include "engine/fitness.h"
#include "govern/residency.h"
#include "ledger/budget.h"
#include "ledger/meter.h"
#include "model/fact.h"
#include "schedule/board.h"
#include "schedule/cycle.h"
#include "schedule/usage.h"

namespace sillar {

// One cause for which a workload is held.
struct WorkloadHold {
  HoldCause cause = HoldCause::kOwner;
  std::shared_ptr<const Reason> reason;
  Time until = Time::never();
};

// How one task has lived.
struct TaskRecord {
  std::int32_t attempt = 0;            // How often it has started.
  std::int32_t failures = 0;           // Of its attempts that failed and were its own to repeat.
  bool confirmed = false;              // The driver has seen this attempt run.
  std::optional<TaskOutcome> ends_as;  // While it stops: as what it ends; absent: it comes back.
  TaskOutcome outcome = TaskOutcome::kSucceeded;  // Once it has finished.
  std::int32_t exit_code = 0;                     // Of its last end, as its driver told it.
  std::int32_t signal = 0;
  Time retry_at = Time::never();    // While it is parked.
  Time idle_since = Time::never();  // While it runs: since when its devices are idle.
  Time idle_warned = Time::never();

  friend bool operator==(const TaskRecord&, const TaskRecord&) = default;
};

struct WorkloadRecord {
  std::shared_ptr<const Workload> spec;
  std::shared_ptr<const Reason> reason;  // Why it waits; null while nothing of it waits.
  Time first_started = Time::never();
  Time finished = Time::never();  // When its last task finished.
  Duration queued;                // Time with no task running, until the last change.
  Time idle_since;                // Since when no task runs; never(): some run.
  std::int64_t evictions = 0;     // Tasks evicted so far.
  Int128 lost_device_ns = 0;
  std::int32_t failed_tasks = 0;     // Finished without success, by themselves or by a rule.
  std::int32_t cancelled_tasks = 0;  // Finished because somebody cancelled them.
  std::int32_t confirmed_tasks = 0;  // Of those that run.
  std::int32_t ending_tasks = 0;     // Of those that stop: that do not come back.
  std::int32_t retries = 0;          // Of the whole gang.
  Time idle_warned = Time::never();  // Of the whole gang.
  std::shared_ptr<const Reason> end_reason;  // Why it was cancelled or first failed; may be null.
  bool cancelled = false;
  bool arrived = false;             // It is in State::arrived.
  std::vector<WorkloadHold> holds;  // By cause, one each; the board holds it while there are any.
};

// Work that is held for want of money, in the order in which it is released.
struct MoneyWaiter {
  std::int32_t priority = 0;
  Time submitted;
  WorkloadId workload;

  friend bool operator<(const MoneyWaiter& a, const MoneyWaiter& b) {
    if (a.priority != b.priority) return a.priority > b.priority;
    if (a.submitted != b.submitted) return a.submitted < b.submitted;
    return a.workload < b.workload;
  }
};

struct State {
  Time now;                            // Of the last fact.
  std::uint64_t facts = 0;             // Applied so far.
  std::shared_ptr<const World> world;  // Null before the first Configured.
  schedule::Board board;
  schedule::CycleMemory memory;
  std::vector<ResidencyRule> project_rules;
  std::vector<WorkloadRecord> workloads;
  std::vector<TaskRecord> tasks;
  std::vector<std::vector<WorkloadId>> dependents;  // Per workload: who waits, or waited, for it.
  Agenda agenda;
  FitnessMap fitness;  // Of devices and nodes that are not simply as their drivers say.
  std::map<std::string, WorkloadId, std::less<>> workload_ids;
  std::map<std::string, ProjectId, std::less<>> project_ids;
  std::map<std::string, NodeId, std::less<>> node_ids;
  std::optional<schedule::UsageLedger> usage;  // Absent without a half-life.
  std::optional<Meter> meter;                  // Absent without prices.
  std::vector<NodeTariff> prices;              // Per node, as last observed.
  std::vector<std::int64_t> device_price;      // Per node: nano-units an hour of one device.
  std::uint64_t price_changes = 0;             // Counts them, for what is derived from prices.
  std::optional<BudgetBook> budgets;           // Absent without prices or without any budget.
  std::map<ProjectId, std::set<MoneyWaiter>> money_waiters;  // By leaf; follows from the holds.
  Time hours_closed;                // The ledger has the lines until then, where hours are closed.
  std::vector<LedgerLine> lines;    // Of closed hours, not taken yet: see budgets.h. Never saved.
  std::vector<WorkloadId> arrived;  // Submitted or released since the last cycle.
  Time remainders_carried;          // When rounding was last carried over.

  [[nodiscard]] const Workload& spec(WorkloadId id) const { return *workloads[id.index()].spec; }
  // Which attempt at a task runs or ran last, from 1; 0: it never started.
  [[nodiscard]] std::int32_t attempt(TaskId id) const { return tasks[id.index()].attempt; }
  [[nodiscard]] std::string task_name(TaskId id) const;
  [[nodiscard]] std::optional<TaskId> task_named(std::string_view name) const;
};

// Whether the workload is held for want of money and may be released: keeps State::money_waiters.
void note_money_waiter(State& state, WorkloadId workload);

// Whether all its tasks have finished, each with success.
[[nodiscard]] bool succeeded(const WorkloadRecord& record);

// What projects used lately, in millionths per project and resource; empty: it is not measured.
[[nodiscard]] std::vector<std::int64_t> usage_at(const State& state, Time now);

// One number for the whole state: equal states hash alike in every build. O(state).
[[nodiscard]] std::string state_hash(const State& state);

}  // namespace sillar
