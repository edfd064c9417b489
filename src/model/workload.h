#pragma once

// Work that somebody submits. A workload has tasks; all of one workload's tasks ask for the same.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "model/project.h"

namespace sillar {

enum class WorkloadKind : std::uint8_t { kTraining, kInference, kInteractive, kBatch };

// What one task asks for. At most one of `accelerators`, `fraction`, `accelerator_memory` and `mig`
// is set; none: CPU only.
struct Request {
  std::int32_t accelerators = 0;        // Whole devices.
  std::int64_t fraction = 0;            // Thousandths of one device, 1..999.
  std::int64_t accelerator_memory = 0;  // Bytes of one device's memory.
  std::string mig;                      // Profile name.
  std::vector<std::string> classes;     // Accepted classes in order of preference; empty: any.
  std::int64_t cpu = 0;                 // Thousandths of a core.
  std::int64_t memory_bytes = 0;

  friend bool operator==(const Request&, const Request&) = default;
};

// Levels name a label key of `topology`. Required: all tasks inside one domain of that level, or
// not at all. Preferred: as deep as possible, no deeper than this level.
struct TopologyRequest {
  std::string topology;  // Empty: the fleet's only one.
  std::string required;
  std::string preferred;
  std::string apart;  // At most one task in each domain of this level; not together with required.

  friend bool operator==(const TopologyRequest&, const TopologyRequest&) = default;
};

enum class TaskState : std::uint8_t { kPending, kRunning, kStopping, kFinished };

// A task as a scenario or a snapshot states it.
struct TaskSpec {
  std::string name;
  TaskState state = TaskState::kPending;
  std::string node;
  std::vector<std::int32_t> devices;
  Time started;
  Time checkpointed;  // Equal to `started` when there was none.

  friend bool operator==(const TaskSpec&, const TaskSpec&) = default;
};

struct Workload {
  std::string name;
  std::string project;
  WorkloadKind kind = WorkloadKind::kTraining;
  std::int32_t priority = 50;
  bool preemptible = true;
  Time submitted;
  std::int32_t gang_min = 1;
  std::int32_t gang_max = 1;  // Number of tasks; more than gang_min: elastic.
  Request request;
  TopologyRequest topology;
  bool spread = false;           // Spread over nodes rather than bin-pack.
  Duration estimate;             // Expected run time; 0: unknown.
  Duration limit;                // Killed after this; 0: none.
  Duration checkpoint_interval;  // 0: never checkpoints.
  Duration checkpoint_cost;
  Duration restart_cost;
  std::vector<std::string> data;  // Locations ("provider/region") that hold its data.
  Residency residency;
  std::vector<std::pair<std::string, std::string>> node_labels;  // Every one must match, sorted.
  std::vector<std::pair<std::string, std::string>> labels;       // The owner's own, for reports.
  std::vector<TaskSpec> tasks;  // Empty: gang_max pending tasks named "<name>/<i>".

  friend bool operator==(const Workload&, const Workload&) = default;
};

}  // namespace sillar
