#pragma once

// Rotation: preemptible running work gives way to waiting work that goes before it in the order.
// It decides over amounts first: leases, then running and waiting work merged by rank, are
// accepted for as long as the capacity of their accelerator class lasts. Then it makes room for the
// waiting work that was accepted, the largest first; whoever runs without being accepted goes only
// where room is needed.
//
// A lease keeps the order from starving anybody: work that waited in all for a day gets one, goes
// before all ranks until it has run for a day, and within a project leases take a quarter of its
// fair share, or one job. A test of the moment would flap: what it lets run, it would evict again.
//
// Never touched: work that is not preemptible, services and interactive work, work within its
// project's minimum run time (preempt and reclaim both), and gangs that are not wholly running.

#include <vector>

#include "schedule/fairness.h"
#include "schedule/flat_order.h"
#include "schedule/room_maker.h"

namespace sillar::schedule {

struct RotationOutcome {
  std::vector<WorkloadId> promised;  // Jobs that wait for their victims to stop.
  std::vector<Lease> leases;         // Replace those of the cycle's memory.
  Time moves_at = Time::never();     // When the order of what runs next changes by itself.
  bool left_over = false;            // Something was accepted for which no room could be made.
};

// Requires: an open transaction, an order of kLas or kRank, shares divided.
[[nodiscard]] RotationOutcome rotate(RoomMaker::Context context, Ranker& ranker);

}  // namespace sillar::schedule
