#pragma once

// One scheduling cycle: promises that can be kept, then the actions in order. Pure: the board is
// handed back exactly as it came, and equal boards, options and times give equal plans.

#include <cstdint>
#include <span>
#include <vector>

#include "schedule/board.h"
#include "schedule/placement_index.h"
#include "schedule/plan.h"
#include "schedule/rank.h"
#include "schedule/rules.h"

namespace sillar::schedule {

// Rotation (orders kLas and kRank): running work gives way to waiting work that goes before it.
struct RotationOptions {
  Duration tick = Duration::seconds(60);      // At most one rotation in each; > 0.
  Duration rank_pace = Duration::hours(24);   // How often ranks are rebuilt.
  std::int64_t hysteresis_percent = 100;      // How much better than a running job one must rank.
  Duration lease_wait = Duration::hours(24);  // Waiting that earns a lease; 0: no leases.
  Duration lease_run = Duration::hours(24);   // Run time after which a lease ends.
  std::int64_t lease_share_percent = 25;      // Of a project's fair share, beyond its first lease.
};

struct CycleOptions {
  QueueOrder order = QueueOrder::kShares;
  RotationOptions rotation;
  std::vector<Action> actions{Action::kAllocate, Action::kConsolidate, Action::kReclaim,
                              Action::kPreempt, Action::kStale};
  Duration stale_grace = Duration::seconds(60);  // Negative: gangs never go stale.
  std::int32_t consolidation_victims_max =
      -1;                          // Tasks moved for one job; -1: no bound, 0: never. KAI: 16.
  std::int64_t k_thousandths = 0;  // Weight of past usage in the division.
  std::int64_t saturation_thousandths =
      1000;  // Reclaim only while that much less saturated than the victim's side.
  bool consolidating_reclaim = true;  // Victims that find another place do not count as lost.
  bool reservations =
      true;  // Hold nodes for the head gang, backfill behind it. Never in KAI's rules.
  bool explain_all = false;  // Give every attempted job its reason anew, not only changed ones.
  std::int64_t search_steps_max = 50'000'000;  // Victim candidates looked at in one cycle.
};

// What persists between cycles besides the board.
struct CycleMemory {
  std::vector<Hold> holds;
  std::vector<std::int64_t> remainder_carry;
  RotationState rotation;  // Its `due` is when a cycle must run even if nothing happens before.
  RankTable ranks;         // Kept by the events of run_time.h.
};

class Division;

// Nodes that one job keeps off when it starts on free room, though they would suit it.
struct OffLimits {
  WorkloadId job;
  std::vector<bool> nodes;  // By NodeId.
};

struct CycleInput {
  Time now;
  const CycleOptions* options = nullptr;
  const CycleMemory* memory = nullptr;
  std::span<const std::int64_t>
      device_price;  // Per node: nano-units an hour of one whole device; empty: no prices.
  // Measured usage per project and resource, in millionths; empty: what the projects state.
  std::span<const std::int64_t> usage_millionths;
  bool full = true;  // Reservations are made anew; otherwise those in memory stand.
  // Non-empty: only these jobs may take others' room in this cycle; the rest may still start on
  // free room.
  std::span<const WorkloadId> aggressors;
  std::span<const OffLimits> off_limits;  // By job, in order.
  Division* division = nullptr;  // Of the same board's earlier cycles: spares work. May be null.
};

// What moves are to be made before it, the caller may have made in an open transaction.
[[nodiscard]] Plan run_cycle(Board& board, PlacementIndex& index, const CycleInput& input);

}  // namespace sillar::schedule
