#pragma once

// What the engine decided or took note of. Applying a fact changes the state and decides nothing;
// the facts since a snapshot are the state's history.

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "base/ids.h"
#include "base/money.h"
#include "base/time.h"
#include "model/input.h"
#include "model/reason.h"

namespace sillar {

// Where a task is: its request's accepted class (index of the alternative), node and devices.
struct Place {
  std::int32_t alternative = 0;
  NodeId node;
  std::uint16_t device_mask = 0;
  std::uint8_t mig_slot = 0;

  [[nodiscard]] bool valid() const { return node.valid(); }
  friend bool operator==(const Place&, const Place&) = default;
};

struct LostWork {
  Int128 device_ns = 0;    // Thousandths of a device x nanoseconds, restart included.
  Int128 money_nanos = 0;  // In the world's currency; 0 without prices.

  friend bool operator==(const LostWork&, const LostWork&) = default;
};

struct Configured {
  std::shared_ptr<const World> world;
};
struct Submitted {
  std::shared_ptr<const Workload> workload;
};
struct Refused {
  std::string workload;
  Reason reason;
};
struct TaskStarted {
  TaskId task;
  Place place;
  Time started;  // The fact's own time, but for tasks that a scenario found running.
  Time checkpointed;
};
struct TaskPromised {
  TaskId task;
  Place place;
};
struct PromiseKept {
  TaskId task;
};
// Also to a task that is stopping: it has no new place then.
struct PromiseWithdrawn {
  TaskId task;
};
// The task is told to stop. It keeps its devices until TaskStopped.
struct TaskEvicted {
  TaskId task;
  WorkloadId beneficiary;  // Invalid: nobody's gain, a fault or a stale gang.
  Reason reason;
  LostWork lost;
};
// A stopping task is promised a new place, where it goes once it has stopped.
struct TaskMoves {
  TaskId task;
  Place place;
};
struct TaskStopped {
  TaskId task;
};
struct WorkloadCancelled {
  WorkloadId workload;
  Reason reason = {};  // Cancelled by its owner, or what it waited for failed.
};
// kTimedOut: stopped at its limit. kIdle: stopped for leaving its devices idle.
enum class TaskOutcome : std::uint8_t { kSucceeded, kFailed, kCancelled, kTimedOut, kIdle };
struct TaskFinished {
  TaskId task;
  TaskOutcome outcome = TaskOutcome::kSucceeded;
  std::int32_t exit_code = 0;
  std::int32_t signal = 0;
  Reason reason = {};  // Why it did not succeed, where that was its own.
};
struct TaskCheckpointed {
  TaskId task;
};
struct WorkloadWaits {
  WorkloadId workload;
  std::shared_ptr<const Reason> reason;
};
struct HealthChanged {
  NodeId node;
  std::int32_t device = -1;
  Health health = Health::kHealthy;
};
struct PriceChanged {
  NodeId node;
  NodeTariff price;
};
// Nodes are promised to a workload from a time on. The list replaces the last one.
struct NodesHeld {
  struct Hold {
    WorkloadId workload;
    Time made;
    Time from;
    std::vector<NodeId> nodes;

    friend bool operator==(const Hold&, const Hold&) = default;
  };
  std::vector<Hold> holds;
};
// What the division's rounding owes each (project, resource): the next division pays it. Entries
// that are not zero.
struct RemaindersCarried {
  std::vector<std::pair<std::uint32_t, std::int64_t>> owed;
};
// Rotation went one step on: when a cycle must run next, which arrivals and ends it has seen, and
// the leases that are new or have changed. A lease is a turn given to work that waited for too
// long.
struct RotationMoved {
  struct Lease {
    WorkloadId workload;
    Time granted = Time::never();  // Never: it has none now.
    Duration attained;             // Its run time when the lease was granted.
    Duration waited;               // How long it had waited in all when its last lease ended.

    friend bool operator==(const Lease&, const Lease&) = default;
  };
  Time due;
  std::uint64_t events = 0;
  std::vector<Lease> leases;      // By workload.
  std::vector<WorkloadId> ended;  // Whose leases are forgotten.
};
// Ranks are learned anew from what has ended and from what runs.
struct RanksRebuilt {};

// The world is another one, with the ids of the one before.
struct WorldChanged {
  std::shared_ptr<const World> world;
};

// A cycle is over: what arrived before it has been looked at.
struct CycleEnded {
  std::int64_t attempts = 0;
};

// Why a workload is held, each by itself: it waits while there is any cause.
enum class HoldCause : std::uint8_t { kOwner, kDependency, kBackoff, kBudget, kDrain };

// Nothing of the workload starts until it is released. Held again by the same cause: the reason and
// the time replace the last ones.
struct WorkloadHeld {
  WorkloadId workload;
  HoldCause cause = HoldCause::kOwner;
  Reason reason;
  Time until = Time::never();  // When it is released by itself; never: by an event alone.
};
struct WorkloadReleased {
  WorkloadId workload;
  HoldCause cause = HoldCause::kOwner;
};
// All hours that end at or before `until` are closed: the ledger has their lines, and budgets count
// them. Comes before anything that happens in the hour that is open then.
struct HoursClosed {
  Time until;
};
// Money is reserved for tasks, before they start or while they run, in all budgets of their project
// and of those above it. For a task that has some reserved: until another time.
struct BudgetReserved {
  struct Part {
    TaskId task;
    std::int64_t nanos_per_hour = 0;

    friend bool operator==(const Part&, const Part&) = default;
  };
  WorkloadId workload;
  Time until;  // Stopping in time included.
  Time due;    // When it is extended, or the work stops.
  std::vector<Part> parts;
  Int128 nanos = 0;  // In all, from now on; for people.
};
// A budget has reached one of its thresholds: told once for each period.
struct BudgetThreshold {
  ProjectId project;
  std::uint32_t budget = 0;  // Into Project::budgets.
  Time period_start;
  std::int32_t percent = 0;
  BudgetMeasure measure = BudgetMeasure::kActual;
  Int128 nanos = 0;  // Spent, or foretold.
  std::int64_t limit_nanos = 0;
};

// The driver saw it run.
struct TaskConfirmed {
  TaskId task;
};
// Its attempt failed, and it is tried again. `whole`: with the rest of its gang, which is held
// until then; otherwise it is parked until then.
struct TaskRetries {
  TaskId task;
  Reason reason;
  std::int32_t exit_code = 0;
  std::int32_t signal = 0;
  Time until;
  bool whole = false;
};
// A parked task waits again.
struct BackoffEnded {
  TaskId task;
};
// A stopping task does not come back: it will have ended so.
struct TaskToEnd {
  TaskId task;
  TaskOutcome outcome = TaskOutcome::kCancelled;
};
// From now on the task's devices are idle; from now on they are not.
struct IdleBegan {
  TaskId task;
};
struct IdleEnded {
  TaskId task;
};
// Its owner is told: the task's devices, or those of all the gang's tasks, were idle for as long as
// they may be.
struct IdleWarned {
  WorkloadId workload;
  TaskId task;                 // Invalid: the gang.
  Time until = Time::never();  // When it will be stopped; never: it will not.
};

// An operator takes the node out of use, or gives it back: what else keeps it from taking work is
// its own matter.
struct NodeDrained {
  NodeId node;
  bool drained = true;
};
// A workload failed on the device, or on the node where it is not known which of its devices had a
// part in it (-1). Counts once for each workload.
struct FaultNoted {
  NodeId node;
  std::int32_t device = -1;
  WorkloadId workload;
};
// It takes no work until it is tried again.
struct QuarantineBegan {
  NodeId node;
  std::int32_t device = -1;
  Reason reason;
  Time until;
  std::int32_t trials = 0;  // Failed ones that went before, one after the other.
};
// It is tried with work that can be started again, until `until` at least.
struct ProbationBegan {
  NodeId node;
  std::int32_t device = -1;
  Time until;
};
// It is well.
struct QuarantineEnded {
  NodeId node;
  std::int32_t device = -1;
};

using FactBody =
    std::variant<Configured, Submitted, Refused, TaskStarted, TaskPromised, PromiseKept,
                 PromiseWithdrawn, TaskEvicted, TaskMoves, TaskStopped, WorkloadCancelled,
                 TaskFinished, TaskCheckpointed, WorkloadWaits, HealthChanged, PriceChanged,
                 NodesHeld, RemaindersCarried, RotationMoved, RanksRebuilt, CycleEnded,
                 WorkloadHeld, WorkloadReleased, HoursClosed, BudgetReserved, BudgetThreshold,
                 TaskConfirmed, TaskRetries, BackoffEnded, TaskToEnd, IdleBegan, IdleEnded,
                 IdleWarned, NodeDrained, FaultNoted, QuarantineBegan, ProbationBegan,
                 QuarantineEnded, WorldChanged>;

struct Fact {
  Time at;
  FactBody body;
};

}  // namespace sillar
