#include "schedule/waiting.h"

#include <algorithm>
#include <map>

namespace sillar::schedule {
namespace {

// How much a reason tells: when it ends beats what rule refuses, a rule or a proof beats "no room".
int telling(ReasonCode code) {
  switch (code) {
    case ReasonCode::kWaitsForVictim:
      return 9;
    case ReasonCode::kWaitsForReservation:
      return 8;
    case ReasonCode::kBehindReservation:
      return 7;
    case ReasonCode::kMinRuntime:
      return 5;
    case ReasonCode::kNotReclaimable:
      return 4;
    case ReasonCode::kFragmented:
      return 3;
    case ReasonCode::kOverFairShare:
      return 2;
    case ReasonCode::kNoRoom:
    case ReasonCode::kGangTooLarge:
      return 1;
    default:
      return 6;  // Limits, topology, residency, health: no waiting changes them.
  }
}

}  // namespace

std::uint32_t WaitingReasons::keep(Reason reason) {
  if (reason.code == ReasonCode::kNone) return kNone;
  plan_.reasons.push_back(std::move(reason));
  return static_cast<std::uint32_t>(plan_.reasons.size() - 1);
}

void WaitingReasons::tell(WorkloadId job, std::uint32_t reason) {
  if (reason == kNone) return;
  if (of_.empty()) of_.assign(board_.job_count(), kNone);
  std::uint32_t& told = of_[job.index()];
  const std::vector<Reason>& reasons = plan_.reasons;
  if (told == kNone)
    told_.push_back(job);
  else if (telling(reasons[reason].code) < telling(reasons[told].code))
    return;
  told = reason;
}

void WaitingReasons::finish(bool explain_all) {
  std::sort(told_.begin(), told_.end());
  for (const WorkloadId id : told_) {
    const Job& job = board_.job(id);
    const std::uint32_t reason = of_[id.index()];
    // A job that is told the same again is not told: its figures move with every cycle.
    if (job.pending + job.reserved > 0 &&
        (explain_all || job.waiting != plan_.reasons[reason].code))
      plan_.waiting.push_back({id, reason});
  }
}

Reason waits_for_victims(const Board& board, WorkloadId id) {
  constexpr unsigned kWholeNode = ~0U;
  const Job& job = board.job(id);
  std::map<NodeId, unsigned> promised;
  for (std::int32_t i = 0; i < job.tasks; ++i) {
    const Task& task = board.task(TaskId{job.first_task + static_cast<std::uint32_t>(i)});
    if (task.phase != Phase::kReserved) continue;
    const unsigned mask = task.place.device_mask;
    promised[task.place.node] |= mask == 0 ? kWholeNode : mask;
  }
  std::int64_t victims = 0;
  for (const auto& [node, devices] : promised) {
    for (const TaskId t : board.tasks_on(node)) {
      const Task& task = board.task(t);
      const bool in_the_way = devices == kWholeNode || (devices & task.place.device_mask) != 0;
      victims += task.phase == Phase::kStopping && in_the_way ? 1 : 0;
    }
  }
  return {ReasonCode::kWaitsForVictim, {{"victims", victims}}};
}

}  // namespace sillar::schedule
