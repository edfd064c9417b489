#pragma once

// Small clusters for tests and load recipes, built in a line or two.

#include <fmt/format.h>

#include <string>
#include <vector>

#include "base/check.h"
#include "schedule/board.h"

namespace sillar::schedule {

// `nodes` nodes of `devices` h100 each, with CPU and memory to spare.
inline Fleet plain_fleet(std::size_t nodes, std::int32_t devices = 8) {
  Fleet fleet;
  AcceleratorClass h100;
  h100.name = "h100";
  h100.memory_bytes = std::int64_t{80} << 30;
  fleet.classes.push_back(h100);
  for (std::size_t i = 0; i < nodes; ++i) {
    Node node;
    node.name = fmt::format("n{}", i);
    node.accelerator_class = ClassId{0};
    node.accelerators = devices;
    node.cpu = 64'000;
    node.memory_bytes = std::int64_t{512} << 30;
    fleet.nodes.push_back(std::move(node));
  }
  return fleet;
}

// A top-level project with a quota of whole devices of the first class; CPU and memory are not
// limited.
inline Project plain_project(std::string name, std::int64_t deserved_devices,
                             std::int64_t weight = 1, std::int64_t limit_devices = kUnlimited) {
  Project project;
  project.name = std::move(name);
  project.quota.assign(kFirstClass + 1, kQuotaAbsent);
  project.quota[kFirstClass] = {
      deserved_devices == kUnlimited ? kUnlimited : deserved_devices * kDevice, weight,
      limit_devices == kUnlimited ? kUnlimited : limit_devices * kDevice};
  return project;
}

inline Workload plain_workload(std::string name, std::int32_t tasks, std::int32_t devices) {
  Workload workload;
  workload.name = std::move(name);
  workload.gang_min = workload.gang_max = tasks;
  workload.request.accelerators = devices;
  workload.request.cpu = 1000;
  workload.request.memory_bytes = std::int64_t{1} << 30;
  return workload;
}

// Starts every pending task of `job` on `node`, on the devices that fit.
inline void run_on(Board& board, WorkloadId job, NodeId node, Time at) {
  const ShapeId shape = board.request(board.job(job).request).alternatives.front();
  for (TaskId task = board.next_pending(job, 0); task.valid(); task = board.next_pending(job, 0)) {
    Placement place;
    CHECK(board.fit(board.shape(shape), node, Room::kNow, place), "the fixture fits");
    board.start(task, shape, place, at);
  }
}

}  // namespace sillar::schedule
