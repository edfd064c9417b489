#pragma once

#include "base/document.h"
#include "engine/state.h"

namespace sillar {

// How many nodes could take one task of the workload now, and how many cannot, by reason.
[[nodiscard]] Value node_verdicts(const State& state, WorkloadId id);

// Places where the whole gang could go, grouped by location and class: room now, price an hour,
// whether it is where the workload went, and the difference in price to that. What residency
// forbids is listed with its price, which is what the rule costs.
[[nodiscard]] Value candidates_value(const State& state, WorkloadId id);

}  // namespace sillar
