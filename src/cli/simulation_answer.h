#pragma once

// What `sillar simulate` answers: the report as one tree, and how people see it.

#include "base/document.h"
#include "cli/view.h"
#include "simulate/report.h"

namespace sillar::cli {

// Durations in seconds, device time in GPU-hours with three decimals (rounded down), money exact.
// `utilisation` is the share of all devices' time from the first arrival to the end that tasks
// held; `gpu_seconds_lost` is device time that went into set-up of tasks that had run before and
// into progress that was thrown away. Without prices the amounts are null.
[[nodiscard]] Value simulation_answer(const SimulationReport& report, bool with_series);

[[nodiscard]] const View& simulation_view();

}  // namespace sillar::cli
