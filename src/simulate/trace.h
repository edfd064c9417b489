#pragma once

// What a simulation is fed: work that arrives over time, and how long it truly takes. The engine
// sees the workloads and never the run times.

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "model/project.h"
#include "model/workload.h"

namespace sillar {

// Nothing is simulated after this. Together with the bounds on durations, one for what passes and
// one for what is paid, it keeps every time far from the end of 64 bits.
inline constexpr Time kSimulatedEnd = kTimeMax;
inline constexpr Duration kSimulatedTimeMax = kDurationMax;
inline constexpr Duration kSimulatedCostMax = Duration::hours(24 * 365);

struct TraceJob {
  Workload workload;  // Arrives at `submitted`.
  // How long it takes with all its tasks (gang_max) running; with fewer, in proportion longer. So
  // no job ends sooner than this after its arrival.
  Duration run_time;
  bool failed = false;  // In its source; WorkFailures::as_recorded says what comes of it.
};

struct Trace {
  std::vector<TraceJob> jobs;  // By arrival; equal arrivals in the order of the source.
  std::vector<Project>
      projects;  // A tree that fits the jobs; a caller may put another in its place.
};

struct BoundedDuration {
  std::string_view what;
  Duration duration;
  Duration most;
};
// Errors (kInvalidInput): the first out of bounds, as "what: duration is outside 0 to most".
[[nodiscard]] Status check_durations(std::initializer_list<BoundedDuration> durations);
// Errors (kInvalidInput) name the job: a time out of bounds, too much work. Readers ask, so that
// they can say where it stands; a simulation asks again.
[[nodiscard]] Status check_job(const TraceJob& job);

// Arrivals `thousandths` / 1000 times as dense, counted from the first and rounded down to a
// nanosecond; run times stay. Requires: thousandths > 0; jobs that pass check_job. Errors
// (kInvalidInput): one would come after kSimulatedEnd.
[[nodiscard]] Status compress_arrivals(Trace& trace, std::int64_t thousandths);

}  // namespace sillar
