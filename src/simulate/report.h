#pragma once

// What came of a simulation. Integers only: equal runs give equal reports, apart from `effort`.
//
// Words: a job's completion time is from its arrival to the end of its last task; its queueing time
// is what of that is not its run time, so it holds waiting, set-up, restarts and work done twice.
// Jobs that did not finish are counted and are in no distribution.

#include <cstdint>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/money.h"
#include "base/time.h"

namespace sillar {

// Exact over all samples. Percentiles by nearest rank: the smallest sample that at least that part
// of all do not exceed. The mean is rounded down to a nanosecond. All zero without samples.
struct Distribution {
  std::int64_t count = 0;
  Duration mean;
  Duration p50;
  Duration p90;
  Duration p99;
  Duration max;

  friend bool operator==(const Distribution&, const Distribution&) = default;
};
// Sorts `samples`.
[[nodiscard]] Distribution distribution_of(std::vector<Duration>& samples);

// What a job came to.
enum class JobEnd : std::uint8_t { kFinished, kFailed, kStoppedAtLimit };

// Device time in thousandths of a device x nanoseconds.
struct DeviceTime {
  Int128 held = 0;    // By tasks, from their start until their devices were free again.
  Int128 useful = 0;  // Of it, time that finished jobs needed.
  // Of what was not useful: set-up of tasks that had run before, and progress that was thrown away,
  // which is all of it in jobs that failed or were stopped at their limit. What remains is first
  // set-up, stopping, gangs that waited for members, and unfinished jobs.
  Int128 restarting = 0;
  Int128 lost_work = 0;

  friend bool operator==(const DeviceTime&, const DeviceTime&) = default;
};

struct ProjectReport {
  std::string name;
  ProjectId parent;  // Invalid: top level. Parents sum up their children.
  std::int64_t jobs = 0;
  std::int64_t finished = 0;
  std::int64_t failed = 0;
  std::int64_t stopped_at_limit = 0;
  Distribution completion;
  Distribution queueing;
  DeviceTime device_time;
  std::int64_t evictions = 0;    // Tasks told to stop.
  Int128 cost_nanos = 0;         // 0 without prices.
  Int128 accelerator_nanos = 0;  // Of it; CPU and memory are the rest.

  friend bool operator==(const ProjectReport&, const ProjectReport&) = default;
};

// One value for each bucket of time: `width` long, from `begin` on; the last may be cut short by
// the end of the run. Means over the bucket, rounded down.
struct SeriesLine {
  std::vector<std::int64_t> devices;     // In use, thousandths.
  std::vector<std::int64_t> queued;      // Jobs with no task running, thousandths.
  std::vector<std::int64_t> cost_nanos;  // What the bucket cost; empty without prices.
  // Jobs that arrived in the bucket and finished at some time, and their mean queueing time; 0
  // where there are none.
  std::vector<std::int64_t> arrived;
  std::vector<Duration> queueing;

  friend bool operator==(const SeriesLine&, const SeriesLine&) = default;
};
struct Series {
  Time begin;
  Duration width;
  std::size_t points = 0;
  std::vector<SeriesLine> projects;  // By ProjectId: what the project itself ran.
  SeriesLine fleet;                  // Sums of all projects; its cost is billed, idle included.

  friend bool operator==(const Series&, const Series&) = default;
};

// Cost of the run itself, by the caller's clock; zeros without one.
struct Effort {
  Duration elapsed;
  std::int64_t decisions_per_second = 0;  // Cycles per second of `elapsed`.
  std::int64_t peak_memory_bytes = 0;

  friend bool operator==(const Effort&, const Effort&) = default;
};

struct SimulationReport {
  std::string policy;
  Time begin;  // First arrival.
  Time end;    // When the last job finished, the run was cut off, or nothing more could happen.
  std::int64_t jobs = 0;
  std::int64_t finished = 0;
  std::int64_t failed = 0;            // For good.
  std::int64_t stopped_at_limit = 0;  // By Workload::limit.
  std::int64_t refused = 0;           // By the engine at submission.
  // Accepted, and none of these: they fit nowhere, or `until` came first.
  std::int64_t unfinished = 0;
  Distribution completion;
  Distribution queueing;
  DeviceTime device_time;
  Int128 capacity_device_time = 0;  // Of all devices from begin to end.
  std::int64_t evictions = 0;
  std::int64_t moves = 0;     // Of them, tasks that were promised another place.
  std::int64_t restarts = 0;  // Starts of tasks that had run before.
  std::int64_t faults = 0;    // Of nodes and devices.
  std::int64_t failures = 0;  // Of work, those that it got over included.
  // Exact: billed = workload + idle.
  Currency currency;
  bool priced = false;
  Int128 billed_nanos = 0;
  Int128 workload_nanos = 0;
  Int128 idle_nanos = 0;
  std::vector<ProjectReport> projects;  // By ProjectId.
  Series series;
  std::int64_t inputs = 0;
  std::int64_t facts = 0;
  std::int64_t cycles = 0;
  std::int64_t full_cycles = 0;
  Effort effort;

  // Shares of `capacity_device_time` in millionths, rounded down.
  [[nodiscard]] std::int64_t held_millionths() const;
  [[nodiscard]] std::int64_t useful_millionths() const;

  friend bool operator==(const SimulationReport&, const SimulationReport&) = default;
};

}  // namespace sillar
