#pragma once

// The Philly job trace (Jeon et al., ATC'19) as sillar/data has it: timestamp, cluster, num_gpus,
// duration.

#include <string>
#include <string_view>

#include "base/result.h"
#include "model/fleet.h"
#include "simulate/trace.h"

namespace sillar {

// Jobs by time of submission, equal times in the file's order. A job of up to 8 GPUs is one task, a
// larger one a gang of tasks of 8 (its GPUs divided by 8, rounded up). Each virtual cluster is a
// project "philly/<cluster>"; it deserves the fleet's devices in proportion to its mean demand
// (GPUs x duration over the whole trace), in whole devices by largest remainder, and weighs as many
// (at least 1) beyond that. A restart costs 30 s, after Pollux (OSDI'21). Errors (kInvalidInput)
// name line and column, or the line and the job where the two together are too much.
[[nodiscard]] Result<Trace> read_philly(const std::string& name, std::string_view text,
                                        const Fleet& fleet);

}  // namespace sillar
