#pragma once

// How a wanted world and the one that is become one, with ids that stay.

#include <cstdint>
#include <memory>

#include "base/result.h"
#include "engine/state.h"

namespace sillar {

// Replace: what `wanted` does not name is gone. Add: it stays as it is; only what is named is added
// or changed, and a class that says nothing but its name and memory is a mention. Options are those
// of `wanted` either way.
enum class MergeMode : std::uint8_t { kReplace, kAdd };

// The world after the change: classes, nodes and projects that the state knows by name keep their
// ids, new ones are appended in the order of `wanted`, and those that are gone stay in their places
// as retired. A name that comes back gets its old id. A node's price that is stated anew takes
// effect, otherwise what was observed since stands; worlds that state no prices leave them alone.
// The state's own world when nothing changes. Whether the change may be made with the work that
// there is, is for check_world to say. Errors (kInvalidInput): a new node without a price among
// others that have one, records that contradict each other once merged.
// Requires: a configured state; `wanted` has passed validate.h.
[[nodiscard]] Result<std::shared_ptr<const World>> merge_world(const State& state,
                                                               const World& wanted, MergeMode mode);

// Marks what is retired, as world_value tells it. Internal to engine.
struct Retired {
  std::vector<std::string> classes, nodes, projects;

  [[nodiscard]] bool empty() const { return classes.empty() && nodes.empty() && projects.empty(); }
};
[[nodiscard]] Retired retired_of(const World& world);
// Errors (kInvalidInput): a name that the world does not have.
[[nodiscard]] Status retire(World& world, const Retired& retired);

}  // namespace sillar
