#pragma once

#include <memory>
#include <vector>

#include "base/result.h"
#include "engine/state.h"

namespace sillar {

// What a submission comes to: refused, or accepted with its tasks as it lists them. Errors
// (kInvalidInput): tasks that are said to run where they cannot.
[[nodiscard]] Result<std::vector<FactBody>> submission_facts(const State& state,
                                                             const Workload& workload,
                                                             std::shared_ptr<const Workload> shared,
                                                             Time at);

}  // namespace sillar
