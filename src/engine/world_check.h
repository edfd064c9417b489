#pragma once

#include "base/result.h"
#include "engine/state.h"

namespace sillar {

// Whether a state can go on in `world`, which merge_world made for it: everything that its work
// refers to still makes sense, and no money is counted in two currencies. Errors (kInvalidInput):
// one line for each obstacle, at most kFaultsMax of them, naming the thing and what to do first; a
// world that is not made for this state. O(world + work).
[[nodiscard]] Status check_world(const State& state, const World& world);

// What holds for any world, the first one too: policy and rules agree, rules of residency can be
// kept, prices are prices. Errors (kInvalidInput).
[[nodiscard]] Status check_world_alone(const World& world);
[[nodiscard]] Status check_tariff(const NodeTariff& tariff, Currency currency);

}  // namespace sillar
