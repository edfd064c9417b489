#pragma once

// What a caller may be told of others' work: whatever names a project that it does not see, and is
// not above one that it sees, is withheld. What binds its own work from above, it is told.

#include "model/withheld.h"
#include "server/call.h"
#include "server/views.h"

namespace sillar::server {

// Empty: everything. Requires: what it looks names up in outlives it.
[[nodiscard]] MaySay may_say(const Caller& caller, const State& state);
[[nodiscard]] MaySay may_say(const Caller& caller, const Views& views);

}  // namespace sillar::server
