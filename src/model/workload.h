#pragma once

// Work that somebody submits. A workload has tasks; all of one workload's tasks ask for the same.

#include <cstdint>
#include <string>
#include <string_view>
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

// What each task runs. Neither a command nor a script: nothing is launched from here (a trace, an
// outside engine).
struct Launch {
  std::vector<std::string> command;  // Program and arguments; not together with `script`.
  std::string script;                // Run by its "#!" line, else by /bin/sh.
  std::vector<std::pair<std::string, std::string>> environment;  // Sorted by name.
  std::string directory;                   // Absolute; empty: a fresh one for each task.
  std::string output;                      // File pattern (kOutputParts); empty: kept as a log.
  std::string error;                       // The same; empty: goes where the output goes.
  std::string checkpoint_signal;           // Such as "USR1"; empty: none before TERM.
  Duration grace = Duration::seconds(30);  // From the first signal to KILL.

  friend bool operator==(const Launch&, const Launch&) = default;
};

inline constexpr std::size_t kScriptBytesMax = std::size_t{256} << 10;
inline constexpr std::size_t kArgumentBytesMax = std::size_t{64} << 10;  // One of a command.
inline constexpr std::size_t kArgumentsMax = 4096;  // Of a command; also names of an environment.
// After a '%' in a file pattern: workload, task's number, array index, and the '%' itself.
inline constexpr std::string_view kOutputParts = "jta%";

// Whether the workload that is waited for must have succeeded, or only be over.
enum class DependencyKind : std::uint8_t { kAfterOk, kAfterAny };

struct Dependency {
  std::string workload;
  DependencyKind kind = DependencyKind::kAfterOk;

  friend bool operator==(const Dependency&, const Dependency&) = default;
};

inline constexpr std::size_t kDependenciesMax = 1000;  // Of one workload.

// How often a task that failed is tried again, and after how long: `backoff`, then twice as long
// each time, `backoff_max` at most.
struct Retry {
  std::int32_t limit = 0;  // 0: never.
  Duration backoff = Duration::seconds(10);
  Duration backoff_max = Duration::minutes(10);

  friend bool operator==(const Retry&, const Retry&) = default;
};

inline constexpr std::int32_t kTaskRetriesMax = 1000;

enum class IdleAction : std::uint8_t { kStop, kWarn };

// A task is idle while all its devices are busy for less than `below_thousandths`. After `limit` of
// that its owner is warned, after `grace` more the action follows.
struct IdleRule {
  Duration limit;  // 0: none.
  std::int64_t below_thousandths = 50;
  Duration grace = Duration::minutes(5);
  IdleAction action = IdleAction::kStop;

  friend bool operator==(const IdleRule&, const IdleRule&) = default;
};

inline constexpr std::int32_t kArrayTasksMax = 65'536;  // Indices are below it.

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
  Launch run;
  std::vector<Dependency> after;
  Retry retry;
  IdleRule idle;
  bool held = false;                // Submitted, not to start before it is released.
  std::vector<std::int32_t> array;  // Ascending, one index a task; gang_min is 1. Empty: no array.
  std::int32_t array_at_most = 0;   // Of its tasks at a time; 0: all.
  std::string owner;                // Who submitted it; the server says so.
  std::string os_user;              // Whom its commands run as; the server says so.

  friend bool operator==(const Workload&, const Workload&) = default;
};

}  // namespace sillar
