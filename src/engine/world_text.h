#pragma once

// A control plane's world and the configuration that people keep of it.

#include <memory>

#include "base/document.h"
#include "base/result.h"
#include "model/config_text.h"
#include "model/input.h"

namespace sillar {

// What there is of the world: nothing that is retired, and no prices but those that nodes state.
[[nodiscard]] Config config_of(const World& world);

// The world that `document` asks for in place of `now`; see load_config for what it may leave out.
// A node whose price it does not state anew keeps the price that it has; one that is new costs what
// it states, or what the price map says of owned machines. Where nothing is priced and nothing
// states a price, nothing is. Errors: those of load_config; kInvalidInput: a node without a price
// among others that have one.
[[nodiscard]] Result<std::shared_ptr<const World>> wanted_world(const Document& document,
                                                                const World& now);

}  // namespace sillar
