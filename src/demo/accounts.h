#pragma once

// The people of the demo: one of each team, who may submit in that team's project and nothing else.
// Made over the API by the first administrator, whom the demo itself is at its first start.

#include <string>
#include <vector>

#include "base/result.h"

namespace sillar::demo {

// In the data folder, 0600: a line "PROJECT KEY" for each team.
inline constexpr const char* kKeysFile = "demo-keys";

// Keys by team, of the folder's file or made now: whoever is missing is made, and may go on where a
// start was cut off. Errors: those of the API and of the file; kDenied when the first administrator
// has given up the token that the folder keeps.
[[nodiscard]] Result<std::vector<std::string>> keys_of_teams(const std::string& url,
                                                             const std::string& folder);

}  // namespace sillar::demo
