#pragma once

// Reasons for somebody who may not know of everything: names of others' work are withheld.

#include <functional>
#include <string_view>

#include "model/reason.h"

namespace sillar {

// Whether a name may be said. `key` is what it names: "project", "workload", or "task".
using MaySay = std::function<bool(std::string_view key, std::string_view name)>;

// What a parameter of a reason names, as a key of MaySay; empty: nobody's.
[[nodiscard]] std::string_view named_by(std::string_view parameter);

// The reason less the names that may not be said: their parameters are empty texts, which
// reason_text prints as "another project" and "work of another project". An empty `may_say` says
// everything.
[[nodiscard]] Reason withhold(Reason reason, const MaySay& may_say);

}  // namespace sillar
