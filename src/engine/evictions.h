#pragma once

// Running work that has to leave for what happened to its place, with the rest of its gang: a gang
// with a hole in it only burns money. An elastic job that stays above its minimum loses just the
// tasks that were hit.

#include <map>
#include <vector>

#include "engine/state.h"
#include "model/fact.h"

namespace sillar {

class Evictions {
 public:
  Evictions(const State& state, Time at) : s_(state), at_(at) {}

  // Requires: the task runs. The first reason of a workload is told.
  void add(TaskId task, Reason reason);
  // Whatever runs on the node, or on one device of it.
  void add_all(DeviceRef ref, const Reason& reason);
  // By workload, tasks in order.
  void facts(std::vector<FactBody>& out) const;

 private:
  struct Hit {
    std::vector<TaskId> tasks;  // Each once, in order.
    Reason reason;
  };

  const State& s_;
  Time at_;
  std::map<WorkloadId, Hit> hits_;
};

// What failed there, as the reason for which work leaves.
[[nodiscard]] Reason fault_reason(const State& state, DeviceRef ref);

}  // namespace sillar
