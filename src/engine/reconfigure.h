#pragma once

// A configured state in a changed world.

#include <memory>
#include <vector>

#include "base/result.h"
#include "engine/state.h"
#include "model/fact.h"

namespace sillar {

// What comes of a world that is wanted of a configured state, nothing if it is there already: the
// promises that it breaks, the change, and the work that has to leave, because the rules no longer
// let it run where it does or because devices are now said to be sick. Errors (kInvalidInput):
// those of merge_world and check_world.
[[nodiscard]] Result<std::vector<FactBody>> reconfigure_facts(
    const State& state, const std::shared_ptr<const World>& wanted, Time at);

// Takes the state into `world`. Requires: check_world accepts it for this state, and promises that
// it breaks were withdrawn.
void reconfigure(State& state, std::shared_ptr<const World> world, Time at);

// What fresh and changed worlds have in common: names, rules, and what follows from them.
void name_everything(State& state);
void measure_usage(State& state, Time at);

}  // namespace sillar
