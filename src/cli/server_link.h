#pragma once

// From a verb to the service that it talks to.

#include "cli/verb.h"
#include "server/api_client.h"

namespace sillar::cli {

// --server, --token-file and --ca.
[[nodiscard]] std::vector<Flag> server_flags();
// A verb's own flags, and those behind them.
[[nodiscard]] std::vector<Flag> with_server_flags(std::vector<Flag> flags);
// "?a=b&c=d" of those flags that are given, each under its own name; empty: none is.
[[nodiscard]] std::string query_of(const Context& context,
                                   std::initializer_list<std::string_view> flags);
// The JSON object of those flags that are given, each under the name of its field.
[[nodiscard]] std::string body_of(
    const Context& context,
    std::initializer_list<std::pair<std::string_view, std::string_view>> flags);
// Which service and as whom: what the command line says, else the environment, else `auth login`.
// Errors: no token, a file that cannot be read.
[[nodiscard]] Result<server::ApiAddress> address_of(const Context& context);
// Errors: no token, a file that cannot be read, a URL that is none.
[[nodiscard]] Result<server::ApiClient> connect(const Context& context);

// Lets that long pass.
void pause_for(Duration pause);

}  // namespace sillar::cli
