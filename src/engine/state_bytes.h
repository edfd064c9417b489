#pragma once

// The body of a snapshot. Internal to engine.

#include <string>
#include <string_view>

#include "base/result.h"
#include "engine/state.h"

namespace sillar {

void append_state(std::string& out, const State& state);

// All of `body`. Errors (kInvalidInput): anything that append_state does not write.
[[nodiscard]] Result<State> read_state(const std::string& name, std::string_view body);

}  // namespace sillar
