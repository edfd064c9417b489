#pragma once

// From a verb to the service that it talks to.

#include "cli/verb.h"
#include "server/api_client.h"

namespace sillar::cli {

// --server, --token-file and --ca.
[[nodiscard]] std::vector<Flag> server_flags();
// Errors: no token, a file that cannot be read, a URL that is none.
[[nodiscard]] Result<server::ApiClient> connect(const Context& context);

}  // namespace sillar::cli
