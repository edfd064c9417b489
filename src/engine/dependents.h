#pragma once

// Workloads that wait for others to be over. Internal to engine.

#include <optional>
#include <vector>

#include "engine/state.h"

namespace sillar {

// Appends what the facts so far, not yet applied, mean for those who wait for workloads that they
// end: released, told what else to wait for, or cancelled, and so on for those who wait for these.
// O(facts + dependents of what ends).
void settle_dependents(const State& state, Time at, std::vector<Fact>& facts);

// What keeps a new workload waiting for those it names, or why it is refused; a reason of kNone:
// nothing. Names of it that nobody knows refuse it.
struct DependencyCheck {
  bool refused = false;
  Reason reason;
};
[[nodiscard]] DependencyCheck check_dependencies(const State& state, const Workload& workload);

}  // namespace sillar
