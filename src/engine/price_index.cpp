#include "engine/price_index.h"

#include <algorithm>

#include "engine/budgets.h"
#include "engine/places.h"

namespace sillar {
namespace {

// Asks that are remembered; a flood of different ones starts over.
constexpr std::size_t kAsksMax = 4096;

std::optional<Cheapest> cheapest_node(const State& state, const schedule::Shape& shape) {
  std::optional<Cheapest> best;
  for (std::size_t n = 0; n < shape.eligible.size(); ++n) {
    if (!shape.eligible[n]) continue;
    const NodeId node{n};
    const Claim claim{shape.charged(state.board.node(node).accelerator_class), shape.cpu,
                      shape.memory_bytes};
    const std::int64_t hourly = hourly_nanos(node_rate(state, node, state.prices[n]), claim);
    if (!best || hourly < best->nanos_per_hour) best = Cheapest{hourly, node};
  }
  return best;
}

}  // namespace

void PriceIndex::follow(const State& state) {
  if (world_ == state.world && price_changes_ == state.price_changes) return;
  world_ = state.world;
  price_changes_ = state.price_changes;
  by_request_.clear();
  by_ask_.clear();
}

std::optional<Cheapest> PriceIndex::cheapest(const State& state, schedule::RequestId request) {
  follow(state);
  if (by_request_.size() <= request.index()) by_request_.resize(state.board.request_count());
  std::optional<Answer>& known = by_request_[request.index()];
  if (known) return *known;
  Answer best;
  for (const ShapeId shape : state.board.request(request).alternatives) {
    const Answer here = cheapest_node(state, state.board.shape(shape));
    if (here && (!best || here->nanos_per_hour < best->nanos_per_hour)) best = here;
  }
  known = best;
  return best;
}

std::optional<Cheapest> PriceIndex::cheapest(const State& state, ProjectId project,
                                             const Workload& workload) {
  follow(state);
  const schedule::LocationVerdicts verdicts = location_verdicts(state, project, workload);
  if (by_ask_.size() >= kAsksMax) by_ask_.clear();
  const auto [at, fresh] =
      by_ask_.try_emplace(schedule::shape_key(workload, ClassId{}, verdicts), Answer{});
  if (fresh)
    at->second = cheapest_node(
        state, schedule::resolve_shape(state.world->fleet, workload, ClassId{}, verdicts));
  return at->second;
}

}  // namespace sillar
