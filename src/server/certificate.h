#pragma once

#include <string>

#include "base/result.h"
#include "base/time.h"

namespace sillar::server {

// Until when the first certificate of a PEM text is valid. Errors (kInvalidInput): there is none in
// it. `name` is for messages.
[[nodiscard]] Result<Time> certificate_end(const std::string& name, const std::string& pem);

}  // namespace sillar::server
