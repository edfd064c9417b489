#pragma once

// What would come of configuring a state anew, without doing it.

#include <memory>
#include <string>
#include <vector>

#include "base/document.h"
#include "base/result.h"
#include "engine/engine.h"
#include "engine/world_diff.h"

namespace sillar {

struct WorldPlan {
  std::string base;                    // world_hash of the state's world.
  std::shared_ptr<const World> world;  // The world after it; the state's own: nothing changes.
  std::vector<WorldChange> changes;
  // Tasks that have to leave, and promises of room that are withdrawn.
  struct Task {
    TaskId task;
    Reason reason;
  };
  std::vector<Task> evicted;
  std::vector<TaskId> withdrawn;
  // Work that would wait in the new world for what no freed room gives it, and that does not wait
  // for that now: no node for it, no place where it may run, a limit, a budget for good.
  struct Stuck {
    WorkloadId workload;
    Reason reason;
  };
  std::vector<Stuck> stuck;
};

// Decided on a fork of the state. Errors: kInvalidInput: worlds that contradict themselves;
// kConflict: what stands against the change, one line each, see check_world. O(state).
[[nodiscard]] Result<WorldPlan> plan_world(const State& state,
                                           const std::shared_ptr<const World>& wanted, Time at);

// {base, summary: {add, change, remove}, changes, consequences: {evicted, withdrawn, stuck}}.
[[nodiscard]] Value plan_value(const State& state, const WorldPlan& plan);

}  // namespace sillar
