#pragma once

// One scheduling cycle: promises that can be kept, then the actions in order. Pure: the board is
// handed back exactly as it came, and equal boards, options and times give equal plans.

#include <cstdint>
#include <span>
#include <vector>

#include "schedule/board.h"
#include "schedule/placement_index.h"
#include "schedule/plan.h"
#include "schedule/rules.h"

namespace sillar::schedule {

struct CycleOptions {
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
};

struct CycleInput {
  Time now;
  const CycleOptions* options = nullptr;
  const CycleMemory* memory = nullptr;
  std::span<const std::int64_t>
      device_price;  // Per node: nano-units an hour of one whole device; empty: no prices.
  // Non-empty: only these jobs may take others' room in this cycle; the rest may still start on
  // free room.
  std::span<const WorkloadId> aggressors;
};

[[nodiscard]] Plan run_cycle(Board& board, PlacementIndex& index, const CycleInput& input);

}  // namespace sillar::schedule
