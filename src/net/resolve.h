#pragma once

// Names to addresses, by the system's resolver. Blocks as long as that one does.

#include <string>
#include <vector>

#include "base/result.h"

namespace sillar::net {

// Numeric addresses, in the order to try them; of a numeric address, itself. Errors: kIo.
[[nodiscard]] Result<std::vector<std::string>> resolve(const std::string& host);

}  // namespace sillar::net
