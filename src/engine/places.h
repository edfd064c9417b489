#pragma once

// Between the facts' places and the board's placements, and residency verdicts as the board reads
// them.

#include <optional>

#include "engine/state.h"

namespace sillar {

[[nodiscard]] ShapeId shape_of(const State& state, TaskId task, const Place& place);
[[nodiscard]] schedule::Placement placement_of(const Place& place);
// Requires: `shape` is one of the alternatives of the task's request.
[[nodiscard]] Place place_of(const State& state, TaskId task, ShapeId shape,
                             const schedule::Placement& placement);

// Where the workload may run of `locations`, by its project's rule and its own. Empty when nothing
// is ruled.
[[nodiscard]] schedule::LocationVerdicts location_verdicts(ResidencyRule of_project,
                                                           const std::vector<Location>& locations,
                                                           const Workload& workload);
// The same in the world as it is.
[[nodiscard]] schedule::LocationVerdicts location_verdicts(const State& state, ProjectId project,
                                                           const Workload& workload);

}  // namespace sillar
