#pragma once

// What a cycle tells those who wait: of all that was found about a job, the reason that tells most.

#include <cstdint>
#include <vector>

#include "schedule/plan.h"

namespace sillar::schedule {

class WaitingReasons {
 public:
  // Nothing is to be said.
  static constexpr std::uint32_t kNone = UINT32_MAX;

  WaitingReasons(const Board& board, Plan& plan) : board_(board), plan_(plan) {}

  // Keeps a reason that several jobs may share; kNone for an empty one.
  [[nodiscard]] std::uint32_t keep(Reason reason);
  // Tells it to the job, unless something that tells more was told.
  void tell(WorkloadId job, std::uint32_t reason);
  void tell(WorkloadId job, Reason reason) { tell(job, keep(std::move(reason))); }
  [[nodiscard]] bool told(WorkloadId job) const {
    return !of_.empty() && of_[job.index()] != kNone;
  }
  // Writes into the plan what is news to jobs that still wait; all of it with `explain_all`.
  void finish(bool explain_all);

 private:
  const Board& board_;
  Plan& plan_;
  std::vector<std::uint32_t> of_;  // Per job, into Plan::reasons; empty until somebody is told.
  std::vector<WorkloadId> told_;
};

// How many tasks leave what the job was promised: devices of it, or the node for work without.
[[nodiscard]] Reason waits_for_victims(const Board& board, WorkloadId job);

}  // namespace sillar::schedule
