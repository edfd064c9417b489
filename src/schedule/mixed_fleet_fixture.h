#pragma once

// A fleet of several classes, cut and shared devices, CPU nodes and faults, and random life on it:
// for property tests that hold an index or a scorer against a plain scan.

#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "schedule/board_fixture.h"
#include "schedule/placement_index.h"

namespace sillar::schedule {

inline AcceleratorClass mixed_class(std::string name, bool cuttable) {
  AcceleratorClass made;
  made.name = std::move(name);
  made.memory_bytes = std::int64_t{80} << 30;
  if (cuttable)
    made.mig = {{"1g.10gb", 142, std::int64_t{10} << 30, 1, 0x7F},
                {"3g.40gb", 428, std::int64_t{40} << 30, 4, 0x11}};
  return made;
}

inline Fleet mixed_fleet(std::size_t nodes, Random& random) {
  Fleet fleet;
  fleet.classes = {mixed_class("h100", true), mixed_class("a10", false), mixed_class("l40", false)};
  for (std::size_t i = 0; i < nodes; ++i) {
    Node node;
    node.name = fmt::format("n{}", i);
    const std::uint64_t kind = random.below(7);
    if (kind < 6) {
      node.accelerator_class = ClassId{static_cast<std::size_t>(kind / 2)};
      node.accelerators = static_cast<std::int32_t>(1 << random.below(4));
      node.devices.assign(static_cast<std::size_t>(node.accelerators), Health::kHealthy);
      for (Health& health : node.devices) {
        if (random.below(20) == 0) health = static_cast<Health>(random.below(4));
      }
    }
    node.cpu = 16'000 * (1 + static_cast<std::int64_t>(random.below(6)));
    node.memory_bytes = std::int64_t{256} << 30;
    node.tasks_max = random.below(4) == 0 ? 12 : 0;
    if (random.below(40) == 0) node.health = static_cast<Health>(random.below(4));
    fleet.nodes.push_back(std::move(node));
  }
  return fleet;
}

inline Workload mixed_workload(Random& random) {
  Workload work;
  work.gang_min = work.gang_max = 1;
  work.request.cpu = 500 * static_cast<std::int64_t>(random.below(24));
  work.request.memory_bytes = std::int64_t{1} << (28 + random.below(6));
  work.preemptible = random.below(3) != 0;
  work.spread = random.below(10) == 0;
  switch (random.below(6)) {
    case 0:
      break;
    case 1:
      work.request.accelerators = static_cast<std::int32_t>(1 << random.below(4));
      break;
    case 2:
      work.request.accelerator_memory =
          std::int64_t{1 + static_cast<std::int64_t>(random.below(70))} << 30;
      break;
    case 3:
      work.request.mig = random.below(3) == 0 ? "3g.40gb" : "1g.10gb";
      break;
    default:
      work.request.fraction = 50 + 50 * static_cast<std::int64_t>(random.below(19));
  }
  if (work.request.mig.empty() && random.below(4) == 0)
    work.request.classes = {random.below(2) == 0 ? "a10" : "h100"};
  return work;
}

// A board on which tasks come and go at random.
class MixedBoard {
 public:
  MixedBoard(std::size_t nodes, std::uint64_t seed) : random_(seed) {
    board_.set_fleet(mixed_fleet(nodes, random_), Rules::kSillar);
    board_.set_projects(std::vector<Project>{plain_project("a", kUnlimited)});
    for (int i = 0; i < 30; ++i) kinds_.push_back(mixed_workload(random_));
    for (const Workload& kind : kinds_) board_.add_job(ProjectId{0}, kind, {});
  }

  [[nodiscard]] Board& board() { return board_; }
  // A workload of any kind, pending.
  [[nodiscard]] WorkloadId add_any() {
    return board_.add_job(ProjectId{0}, kinds_[random_.below(kinds_.size())], {});
  }
  [[nodiscard]] ShapeId any_shape() { return ShapeId{random_.below(board_.shape_count())}; }

  // One of: an arrival that starts or is promised room where the index says, a departure, an
  // eviction, a fault, or a transaction that is taken back.
  void step(PlacementIndex& index) {
    switch (random_.below(10)) {
      case 0:
        return fault();
      case 1:
      case 2:
        return with_any(Phase::kRunning, [&](TaskId task) {
          random_.below(2) == 0 ? board_.evict(task) : board_.finish(task);
        });
      case 3:
        return with_any(Phase::kStopping, [&](TaskId task) { board_.stopped(task); });
      case 4:
        return try_and_take_back(index);
      default:
        return arrive(index);
    }
  }

 private:
  void arrive(PlacementIndex& index) { place(index, add_any()); }

  void place(PlacementIndex& index, WorkloadId job) {
    const TaskId task = board_.next_pending(job, 0);
    const Room room = random_.below(3) == 0 ? Room::kFuture : Room::kNow;
    for (const ShapeId shape : board_.request(board_.job(job).request).alternatives) {
      Placement at;
      if (!task.valid() || !index.best(board_, shape, room, at)) continue;
      if (room == Room::kNow) {
        board_.start(task, shape, at, Time{});
        running_.push_back(task);
      } else {
        board_.reserve(task, shape, at);
      }
      return;
    }
  }

  void try_and_take_back(PlacementIndex& index) {
    std::vector<WorkloadId> jobs;
    for (int i = 0; i < 5; ++i) jobs.push_back(add_any());
    const std::vector<TaskId> running = running_;
    board_.begin();
    for (const WorkloadId job : jobs) place(index, job);
    with_any(Phase::kRunning, [&](TaskId task) { board_.evict(task); });
    board_.rollback(0);
    board_.end();
    running_ = running;
  }

  void fault() {
    const NodeId node{random_.below(board_.node_count())};
    const auto health = static_cast<Health>(random_.below(4));
    const std::uint8_t devices = board_.node(node).device_count;
    if (devices > 0 && random_.below(3) != 0)
      board_.set_device_health(node, random_.below(devices), health);
    else
      board_.set_node_health(node, health);
  }

  template <class Move>
  void with_any(Phase phase, Move move) {
    for (std::size_t tries = 0; tries < 20 && !running_.empty(); ++tries) {
      const TaskId task = running_[random_.below(running_.size())];
      if (board_.task(task).phase == phase) return move(task);
    }
  }

  Random random_;
  Board board_;
  std::vector<Workload> kinds_;
  std::vector<TaskId> running_;  // Every task that has ever run.
};

}  // namespace sillar::schedule
