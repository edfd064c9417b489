#pragma once

// What a simulation is fed: work that arrives over time, and how long it truly takes. The engine
// sees the workloads and never the run times.

#include <cstddef>
#include <vector>

#include "base/time.h"
#include "model/project.h"
#include "model/workload.h"

namespace sillar {

struct TraceJob {
  Workload workload;  // Arrives at `submitted`.
  // How long it takes with all its tasks (gang_max) running; with fewer, in proportion longer. So
  // no job ends sooner than this after its arrival.
  Duration run_time;
  bool fails = false;  // At the end of its run time it turns out to have failed, for good.
};

struct Trace {
  std::vector<TraceJob> jobs;  // By arrival; equal arrivals in the order of the source.
  std::vector<Project>
      projects;  // A tree that fits the jobs; a caller may put another in its place.
};

}  // namespace sillar
