#pragma once

// Sillar's own workload file as a trace.

#include <span>

#include "base/document.h"
#include "base/result.h"
#include "model/fleet.h"
#include "model/project.h"
#include "simulate/trace.h"

namespace sillar {

// `workloads:` as load_workloads reads them (a bare list will do), and beside it, optionally,
// `run_times:`, a mapping from a workload's name to how long it truly takes. A workload that is not
// in it takes as long as its `estimate` says. Run times are for the modelled cluster alone; the
// engine sees estimates. Jobs come by `submitted`, equal ones in the file's order; `projects` are
// handed through. Errors (kInvalidInput): those of load_workloads; a run time for nobody; a
// workload with neither; tasks that already run; those of check_job.
[[nodiscard]] Result<Trace> read_workload_trace(const Document& document, const Fleet& fleet,
                                                std::span<const Project> projects);

}  // namespace sillar
