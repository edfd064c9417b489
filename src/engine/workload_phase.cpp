#include "engine/workload_phase.h"

#include <initializer_list>

namespace sillar {
namespace {

using P = WorkloadPhase;

constexpr std::array<std::string_view, kWorkloadPhases> kNames{
    "Submitted",     "Held",      "Pending",  "Placed",    "Starting", "Running",
    "Checkpointing", "Preempted", "Stopping", "Succeeded", "Failed",   "Cancelled"};

constexpr std::uint16_t to(std::initializer_list<P> phases) {
  unsigned mask = 0;
  for (const P phase : phases) mask |= 1U << static_cast<unsigned>(phase);
  return static_cast<std::uint16_t>(mask);
}

// The table of legal transitions, by the state they leave. A workload of one task goes from left to
// right; what else is here comes of several tasks that do not all do the same.
constexpr std::array<std::uint16_t, kWorkloadPhases> kFollowers{
    // Submitted: a scenario finds work that runs, and work that has finished.
    to({P::kHeld, P::kPending, P::kPlaced, P::kStarting, P::kSucceeded, P::kFailed, P::kCancelled}),
    // Held.
    to({P::kSubmitted, P::kPending, P::kPlaced, P::kStarting, P::kPreempted, P::kSucceeded,
        P::kFailed, P::kCancelled}),
    // Pending.
    to({P::kSubmitted, P::kHeld, P::kPlaced, P::kStarting, P::kSucceeded, P::kFailed,
        P::kCancelled}),
    // Placed.
    to({P::kSubmitted, P::kHeld, P::kPending, P::kStarting, P::kPreempted, P::kSucceeded,
        P::kFailed, P::kCancelled}),
    // Starting.
    to({P::kHeld, P::kPlaced, P::kRunning, P::kCheckpointing, P::kPreempted, P::kStopping,
        P::kSucceeded, P::kFailed, P::kCancelled}),
    // Running.
    to({P::kHeld, P::kPlaced, P::kStarting, P::kCheckpointing, P::kPreempted, P::kStopping,
        P::kSucceeded, P::kFailed, P::kCancelled}),
    // Checkpointing.
    to({P::kHeld, P::kPlaced, P::kStarting, P::kPreempted, P::kStopping, P::kSucceeded, P::kFailed,
        P::kCancelled}),
    // Preempted.
    to({P::kHeld, P::kPlaced, P::kStarting, P::kSucceeded, P::kFailed, P::kCancelled}),
    // Stopping.
    to({P::kHeld, P::kPlaced, P::kStarting, P::kCheckpointing, P::kPreempted, P::kSucceeded,
        P::kFailed, P::kCancelled}),
    // What is over stays so.
    to({}),
    to({}),
    to({}),
};

P ended_as(const WorkloadRecord& record) {
  if (record.cancelled) return P::kCancelled;
  if (record.failed_tasks > 0) return P::kFailed;
  return record.cancelled_tasks == record.spec->gang_max ? P::kCancelled : P::kSucceeded;
}

bool saves(const Workload& workload) {
  return workload.checkpoint_interval.ns > 0 || !workload.run.checkpoint_signal.empty();
}

}  // namespace

std::string_view phase_name(WorkloadPhase phase) {
  return kNames[static_cast<std::size_t>(phase)];
}

WorkloadPhase workload_phase(const State& state, WorkloadId id) {
  const WorkloadRecord& record = state.workloads[id.index()];
  const schedule::Job& job = state.board.job(id);
  if (record.finished != Time::never()) return ended_as(record);
  if (job.running > 0)
    return record.confirmed_tasks > 0 && record.confirmed_tasks >= job.minimum() ? P::kRunning
                                                                                 : P::kStarting;
  if (job.stopping > 0) {
    const bool for_good = record.cancelled || record.ending_tasks == job.stopping;
    return !for_good && saves(*record.spec) ? P::kCheckpointing : P::kStopping;
  }
  if (job.reserved > 0) return P::kPlaced;
  if (job.held || job.pending == 0) return P::kHeld;
  if (record.first_started != Time::never()) return P::kPreempted;
  return record.reason == nullptr ? P::kSubmitted : P::kPending;
}

bool may_follow(WorkloadPhase from, WorkloadPhase to) {
  return from == to ||
         (kFollowers[static_cast<std::size_t>(from)] >> static_cast<unsigned>(to) & 1U) != 0;
}

}  // namespace sillar
