#pragma once

// What time alone brings about: the ends of limits, of back-offs and of patience. Internal to
// engine.

#include <vector>

#include "engine/state.h"

namespace sillar {

// When something of the task, or of the workload as a whole, is due; never: nothing is. What
// `Agenda` keeps.
[[nodiscard]] Time task_due(const State& state, TaskId id);
[[nodiscard]] Time workload_due(const State& state, WorkloadId id);

// Whether anything can ever be due for the workload's tasks.
[[nodiscard]] bool has_dues(const Workload& workload);

// What is due at `at`, first things first. O(what is due).
[[nodiscard]] std::vector<FactBody> due_facts(const State& state, Time at);

}  // namespace sillar
