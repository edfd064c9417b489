#pragma once

#include "base/time.h"
#include "engine/state.h"

namespace sillar {

// When a full Decide must run next though nothing happens before: for a limit, a back-off, idle
// devices, a probation, a rotation, a reservation, a gang that goes stale, money that runs out, an
// hour that closes. Never: for nothing. May be in the past, and is then due at once. O(log of what
// is due + gangs below their minimum).
[[nodiscard]] Time next_due(const State& state);

}  // namespace sillar
