#pragma once

// Places several tasks of one job together: all of them or none. Chooses the topology domain, then
// the nodes in it.

#include <cstdint>
#include <functional>
#include <vector>

#include "model/reason.h"
#include "schedule/board.h"
#include "schedule/placement_index.h"

namespace sillar::schedule {

struct GangAsk {
  WorkloadId job;
  ShapeId shape;
  std::int32_t count = 0;  // Pending tasks to place.
  Room room = Room::kNow;  // kNow: tasks start. kFuture: tasks are promised room.
  Time now;
  // Nodes that may be used; empty: all. Classes that a limit closes are left out by the caller
  // through this too.
  std::function<bool(NodeId)> allowed;
};

struct GangOutcome {
  bool placed = false;
  std::int64_t fit = 0;  // How many tasks would have fitted, when not placed.
  Reason reason;  // Why not: no-room, gang-too-large, topology, residency, never-fits, quarantined.
};

// A gang that is not placed leaves the board as it was. Requires: an open transaction.
[[nodiscard]] GangOutcome place_gang(Board& board, PlacementIndex& index, const GangAsk& ask);

// How many tasks of the shape the fleet could hold if nothing ran, under the job's topology
// conditions, at most `most`. The bound that no eviction can pass.
[[nodiscard]] std::int64_t slots_if_empty(const Board& board, const Job& job, ShapeId shape,
                                          std::int64_t most);

}  // namespace sillar::schedule
