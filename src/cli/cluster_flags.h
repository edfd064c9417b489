#pragma once

// The modelled cluster of a simulation, as the command line is told.

#include <vector>

#include "cli/verb.h"
#include "simulate/simulation.h"

namespace sillar::cli {

// What starts, checkpoints, stops, fails and is repaired, and how long that takes.
[[nodiscard]] std::vector<Flag> cluster_flags();

// Fills in the cluster's model; costs stated for every workload go into the trace. Errors
// (kInvalidInput) name the flag: no duration, out of range, faults without a repair.
[[nodiscard]] Status apply_cluster_flags(const Context& context, Trace& trace,
                                         ClusterModel& cluster);

}  // namespace sillar::cli
