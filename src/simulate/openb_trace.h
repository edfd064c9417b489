#pragma once

// The openb pod list replayed in time.

#include <span>
#include <string>

#include "base/result.h"
#include "model/fleet.h"
#include "simulate/openb_reader.h"
#include "simulate/trace.h"

namespace sillar {

// Each pod is a job of one task in the project "openb", which deserves all of the fleet. It runs
// from its scheduling, where the list says when, or else from its creation, until its deletion. By
// its own times the list never uses more than 66 GPUs at once: compress_arrivals makes a load of
// it. Jobs come by arrival, equal ones in the order given. Errors (kInvalidInput) name the line in
// the list `name`: a pod without times, and those of check_job.
[[nodiscard]] Result<Trace> openb_trace(const std::string& name, std::span<const OpenbPod> pods,
                                        const Fleet& fleet);

}  // namespace sillar
