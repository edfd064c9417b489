#pragma once

// What a driver's word on a task comes to: it ends, it is tried again, its gang goes with it.
// Internal to engine.

#include <vector>

#include "engine/state.h"
#include "model/input.h"

namespace sillar {

// Requires: the task exists.
[[nodiscard]] std::vector<FactBody> observed_facts(const State& state, const TaskObserved& input,
                                                   Time at);

}  // namespace sillar
