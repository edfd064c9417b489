#pragma once

// Why a node, or a device of it, is out of use: each cause by itself.

#include "base/json_writer.h"
#include "engine/state.h"
#include "model/withheld.h"

namespace sillar::server {

// Within the object of a node, where all is well two empty lists: "causes", one for each thing that
// keeps the node or a device of it from taking any work, and "why", the same in two languages.
// Less what may not be said of others' work.
void write_causes(JsonWriter& json, const State& state, NodeId node, const MaySay& may_say);

}  // namespace sillar::server
