#pragma once

// Reservation by time: when the job at the head of the order could start at the latest if running
// work ends as stated, and where. Work behind it may use those nodes meanwhile if it will be gone
// by then (conservative backfill for one job, as EASY does), or if it is preemptible: then it is
// filler, and goes when the time has come.

#include <optional>
#include <span>

#include "schedule/board.h"
#include "schedule/placement_index.h"
#include "schedule/plan.h"

namespace sillar::schedule {

// Running tasks looked at; beyond it there is no reservation in this cycle.
inline constexpr std::size_t kHoldTasksMax = 20'000;

// When a running task is expected to be gone: at its estimate, or at its limit once the estimate
// has passed; never() when neither is stated.
[[nodiscard]] Time expected_end(const Board& board, TaskId task, Time now);

// The earliest time at which `count` tasks of `job` fit if every running task ends as expected, and
// the nodes they would take. Empty: running work does not say when it ends, or not soon enough to
// matter. Leaves the board as it was. Requires: an open transaction.
[[nodiscard]] std::optional<Hold> earliest_hold(Board& board, PlacementIndex& index, WorkloadId job,
                                                std::int32_t count, Time now);

// Whether `job` may take `node` now although it is held for others.
[[nodiscard]] bool may_use_held(const Board& board, std::span<const Hold> holds, WorkloadId job,
                                NodeId node, Time now);

}  // namespace sillar::schedule
