#pragma once

// A cluster for tests of rotation: a board with its memory, and a driver that carries plans out at
// once.

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "schedule/board_fixture.h"
#include "schedule/cycle.h"
#include "schedule/policy.h"
#include "schedule/run_time.h"

namespace sillar::schedule {

struct RotationWorld {
  Board board;
  PackScorer scorer;
  PlacementIndex index{scorer};
  CycleOptions options = policy_options("sillar");
  CycleMemory memory;
  Time now;

  RotationWorld(const Fleet& fleet, std::vector<Project> projects,
                Time at = Time::from_seconds(1'000'000))
      : now(at) {
    board.set_fleet(fleet, Rules::kSillar);
    board.set_projects(projects);
    memory.ranks.rebuild(now, {});
  }

  WorkloadId add(int project, const Workload& workload) {
    Workload asked = workload;
    if (asked.submitted == Time{}) asked.submitted = now;
    const WorkloadId id = board.add_job(ProjectId{project}, asked, {});
    note_arrived(memory.ranks, board, id);
    return id;
  }

  WorkloadId add(int project, std::int32_t tasks, std::int32_t devices) {
    return add(project, plain_workload("w", tasks, devices));
  }

  // Adds a job that has run on `node` for so long.
  WorkloadId run(int project, std::int32_t tasks, std::int32_t devices, int node, Duration since) {
    return run(project, plain_workload("w", tasks, devices), node, since);
  }

  WorkloadId run(int project, Workload workload, int node, Duration since) {
    workload.submitted = Time{now.ns - since.ns};
    const WorkloadId id = add(project, workload);
    run_on(board, id, NodeId{node}, workload.submitted);
    return id;
  }

  Plan cycle() {
    CycleInput input;
    input.now = now;
    input.options = &options;
    input.memory = &memory;
    return run_cycle(board, index, input);
  }

  // A cycle in which rotation is due.
  Plan rotate() {
    memory.rotation.due = now;
    return cycle();
  }

  // Applies the plan; what it evicts has stopped by the time this returns.
  void apply(const Plan& plan) {
    std::vector<TaskId> stopping;
    for (const Decision& d : plan.decisions) {
      switch (d.step) {
        case Step::kStart:
          board.start(d.task, d.shape, d.place, now);
          break;
        case Step::kFulfil:
          board.fulfil(d.task, now);
          break;
        case Step::kReserve:
          board.reserve(d.task, d.shape, d.place);
          break;
        case Step::kUnreserve:
          board.unreserve(d.task);
          break;
        case Step::kEvict:
          board.evict(d.task);
          stopping.push_back(d.task);
          break;
        case Step::kMove:
          board.reserve_move(d.task, d.shape, d.place);
          break;
      }
    }
    memory.remainder_carry = plan.remainder_carry;
    if (plan.rotation) memory.rotation = *plan.rotation;
    if (plan.rebuild_ranks) rebuild_ranks(memory.ranks, board, now);
    for (const TaskId task : stopping) {
      note_leaving(memory.ranks, board, task, now);
      board.stopped(task);
      board.note_gang(board.task(task).job, now);
    }
  }

  // Rotates, and lets everything that follows from it happen at once.
  Plan turn() {
    Plan plan = rotate();
    apply(plan);
    apply(cycle());
    return plan;
  }

  void finish(WorkloadId id) {
    const Job& job = board.job(id);
    for (std::int32_t i = 0; i < job.tasks; ++i) {
      const TaskId task{job.first_task + static_cast<std::uint32_t>(i)};
      note_leaving(memory.ranks, board, task, now);
      board.finish(task);
    }
    note_finished(memory.ranks, board, id);
  }

  [[nodiscard]] bool runs(WorkloadId id) const {
    return board.job(id).running == board.job(id).tasks;
  }
  [[nodiscard]] bool waits(WorkloadId id) const {
    return board.job(id).pending == board.job(id).tasks;
  }
  [[nodiscard]] NodeId node_of(WorkloadId id) const {
    return board.task(TaskId{board.job(id).first_task}).place.node;
  }
};

// The jobs that a plan evicts for good, or those that it moves; sorted, each once.
inline std::vector<WorkloadId> evicted(const RotationWorld& world, const Plan& plan, bool moved) {
  std::vector<WorkloadId> gone, moves;
  for (const Decision& d : plan.decisions) {
    const WorkloadId job = world.board.task(d.task).job;
    if (d.step == Step::kEvict) gone.push_back(job);
    if (d.step == Step::kMove) moves.push_back(job);
  }
  std::vector<WorkloadId>& jobs = moved ? moves : gone;
  std::sort(jobs.begin(), jobs.end());
  jobs.erase(std::unique(jobs.begin(), jobs.end()), jobs.end());
  if (!moved) {
    std::erase_if(jobs, [&](WorkloadId id) {
      return std::find(moves.begin(), moves.end(), id) != moves.end();
    });
  }
  return jobs;
}

}  // namespace sillar::schedule
