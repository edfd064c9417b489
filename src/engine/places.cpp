#include "engine/places.h"

#include <algorithm>

#include "base/check.h"

namespace sillar {

ShapeId shape_of(const State& state, TaskId task, const Place& place) {
  const schedule::Job& job = state.board.job(state.board.task(task).job);
  return state.board.request(job.request).alternatives[static_cast<std::size_t>(place.alternative)];
}

schedule::Placement placement_of(const Place& place) {
  return {place.node, place.device_mask, place.mig_slot};
}

Place place_of(const State& state, TaskId task, ShapeId shape,
               const schedule::Placement& placement) {
  const schedule::Job& job = state.board.job(state.board.task(task).job);
  const std::vector<ShapeId>& alternatives = state.board.request(job.request).alternatives;
  const auto found = std::find(alternatives.begin(), alternatives.end(), shape);
  CHECK(found != alternatives.end(), "a task is placed by one of its alternatives");
  return {static_cast<std::int32_t>(found - alternatives.begin()), placement.node,
          placement.device_mask, placement.mig_slot};
}

schedule::LocationVerdicts location_verdicts(const State& state, ProjectId project,
                                             const Workload& workload) {
  return location_verdicts(state.project_rules[project.index()], state.world->fleet.locations,
                           workload);
}

schedule::LocationVerdicts location_verdicts(ResidencyRule rule,
                                             const std::vector<Location>& locations,
                                             const Workload& workload) {
  if (!workload.residency.empty()) {
    const auto own = ResidencyRule::of(workload.residency);
    CHECK(own.has_value(), "decide accepted this rule");
    rule.narrow(*own);
  }
  if (rule.empty()) return {};
  const auto translate = [](ResidencyVerdict verdict) {
    if (verdict == ResidencyVerdict::kAllowed) return schedule::LocationVerdict::kPermitted;
    return verdict == ResidencyVerdict::kUnknownCountry ? schedule::LocationVerdict::kUnknown
                                                        : schedule::LocationVerdict::kRefused;
  };
  schedule::LocationVerdicts verdicts;
  for (const ResidencyVerdict verdict : residency_verdicts(rule, locations))
    verdicts.push_back(translate(verdict));
  verdicts.push_back(translate(verdict_without_location(rule)));
  return verdicts;
}

}  // namespace sillar
