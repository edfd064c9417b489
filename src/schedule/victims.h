#pragma once

// What could be taken, and what taking it would cost. A unit is the least that can go at once: one
// task of an elastic job above its minimum, or the whole rest of a job. Pools list each leaf's
// units once per cycle, cheapest first.

#include <cstdint>
#include <set>
#include <span>
#include <vector>

#include "schedule/board.h"
#include "schedule/cycle.h"
#include "schedule/plan.h"

namespace sillar::schedule {

struct Unit {
  WorkloadId job;
  TaskId task;  // Valid: one task above the minimum. Invalid: every running task of the job.
  std::int32_t priority = 0;
  VictimCost cost;
  Time youngest;  // Latest start among its tasks.
  TaskId only;    // Its one task, and where it stands; invalid: there are or may be several.
  NodeId node;
  ClassId on;                    // The class of that node.
  std::int64_t thousandths = 0;  // Of devices that the one task holds.
};

// Lost work of one task at `now`: since its last checkpoint, plus its restart.
[[nodiscard]] VictimCost task_cost(const Board& board, TaskId task, Time now,
                                   std::span<const std::int64_t> device_price);

class VictimPools {
 public:
  VictimPools(const Board& board, const CycleInput& input)
      : board_(board), input_(input), spared_(board.task_count()) {}

  // Leaves a task that this very cycle starts out of the units that are listed from now on.
  void spare(TaskId task) {
    spared_[task.index()] = true;
    growing_.insert(board_.task(task).job);
  }
  // Whether this very cycle starts some of the job: then nothing takes the whole of it.
  [[nodiscard]] bool grows(WorkloadId job) const { return growing_.contains(job); }
  // Units of a leaf, in the order they would go: lowest priority, then (our rules) least cost, then
  // youngest, then highest id. KAI's rules leave the cost out. Built on first use.
  [[nodiscard]] std::span<const Unit> units(ProjectId leaf);
  // Whether some of the leaf's units accept one accelerator class only.
  [[nodiscard]] bool any_rigid(ProjectId leaf) {
    (void)units(leaf);
    return rigid_[leaf.index()];
  }
  // The unit that `task` would go with, and its position in the pool; nullptr when it is not in
  // any.
  [[nodiscard]] const Unit* unit_of(TaskId task);
  [[nodiscard]] std::uint32_t position(const Unit& unit);
  // The unit's tasks that still run.
  void running_tasks(const Unit& unit, std::vector<TaskId>& out) const;
  // What the unit holds now, in resource `r`.
  [[nodiscard]] std::int64_t amount(const Unit& unit, std::size_t r) const;
  // Of the leaf's units in resource `r`: at least the largest, and a number that divides them all.
  // Units only go while a cycle runs, so both hold to its end.
  struct Sizes {
    std::int64_t largest = -1;  // -1: not computed.
    std::int64_t step = 0;
  };
  [[nodiscard]] Sizes sizes(ProjectId leaf, std::size_t r);

 private:
  void build(ProjectId leaf);
  void add_units(WorkloadId job, std::vector<Unit>& out) const;

  const Board& board_;
  const CycleInput& input_;
  std::vector<std::vector<Unit>> pools_;
  std::vector<bool> built_;
  std::vector<bool> rigid_;   // Per leaf.
  std::vector<bool> spared_;  // Per task.
  std::set<WorkloadId> growing_;
  std::vector<Sizes> sizes_;               // Per (leaf, resource).
  std::vector<std::uint32_t> unit_index_;  // Per task; UINT32_MAX: none.
};

}  // namespace sillar::schedule
