#pragma once

#include <optional>

#include "engine/state.h"

namespace sillar {

// Beyond these the answer would cost more than a question may.
inline constexpr std::size_t kLookAheadTasksMax = 4096;  // In the whole state.
inline constexpr int kLookAheadSteps = 64;

// When a workload that waits would start if nothing else came and all that runs ended at its limit,
// by the decision code itself on a fork. Nothing: it does not wait for room, or nothing that runs
// has an end in sight, or looking that far is too much. Changes nothing.
[[nodiscard]] std::optional<Time> expected_start(const State& state, WorkloadId id);

}  // namespace sillar
