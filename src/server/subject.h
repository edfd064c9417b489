#pragma once

// Which workload a fact is about.

#include <optional>
#include <string>

#include "engine/state.h"

namespace sillar::server {

// Nothing for facts about nodes, prices or cycles. Requires: the fact was applied.
[[nodiscard]] std::optional<WorkloadId> workload_of(const State& state, const Fact& fact);
// The project that may see the fact; empty: whoever sees the whole fleet.
[[nodiscard]] std::string project_of(const State& state, const Fact& fact);

}  // namespace sillar::server
