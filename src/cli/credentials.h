#pragma once

// What `auth login` keeps for later calls: which service, and the token for it. A file of the
// user's alone below the XDG configuration folder; a token goes to no other service than its own.

#include <optional>
#include <string>

#include "cli/io.h"

namespace sillar::cli {

inline constexpr const char* kCredentialsFile = "credentials";

struct Credentials {
  std::string server;  // As it was given: "http://127.0.0.1:7400".
  std::string token;
};

// "$XDG_CONFIG_HOME/sillar", or "$HOME/.config/sillar"; empty: neither variable is set.
[[nodiscard]] std::string config_folder(const Io& io);

// Nothing: none are kept. Errors: those of server::read_secret; kInvalidInput for a file that holds
// something else.
[[nodiscard]] Result<std::optional<Credentials>> read_credentials(const Io& io);
// Replaces what was kept. Errors: kIo; kInvalidInput where there is no folder for it.
[[nodiscard]] Status keep_credentials(const Io& io, const Credentials& credentials);
// Whether there were any.
[[nodiscard]] Result<bool> drop_credentials(const Io& io);

}  // namespace sillar::cli
