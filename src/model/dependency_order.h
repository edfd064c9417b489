#pragma once

// In which order workloads that wait for each other can be submitted: a workload only waits for
// what is there.

#include <cstddef>
#include <span>
#include <vector>

#include "base/result.h"
#include "model/workload.h"

namespace sillar {

// Indices of `workloads`, each after those of them that it waits for, otherwise as they come. Names
// that are not among them are left alone. Errors (kInvalidInput): workloads that wait for each
// other in a circle, named. O(n log n).
[[nodiscard]] Result<std::vector<std::size_t>> dependency_order(
    std::span<const Workload> workloads);

}  // namespace sillar
