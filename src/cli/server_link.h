#pragma once

// From a verb to the service that it talks to.

#include "cli/verb.h"
#include "server/api_client.h"

namespace sillar::cli {

// --server, --token-file and --ca.
[[nodiscard]] std::vector<Flag> server_flags();
// "?a=b&c=d" of those flags that are given, each under its own name; empty: none is.
[[nodiscard]] std::string query_of(const Context& context,
                                   std::initializer_list<std::string_view> flags);
// Errors: no token, a file that cannot be read, a URL that is none.
[[nodiscard]] Result<server::ApiClient> connect(const Context& context);

}  // namespace sillar::cli
