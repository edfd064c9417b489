#pragma once

// Secrets as small files of the data folder: 0600, of this user, no link, written whole or not at
// all.

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sillar::server {

inline constexpr std::size_t kSecretBytesMax = 4096;

// Errors: kNotFound; kInvalidInput for one that others may read, or that is another user's, a link
// or no file, with what to do; kIo.
[[nodiscard]] Result<std::string> read_secret(const std::string& folder, const std::string& name);
// Durable on return; replaces what was there. Errors: kIo.
[[nodiscard]] Status write_secret(const std::string& folder, const std::string& name,
                                  std::string_view bytes);
// What is there, or what `make` gives, kept before it is returned.
[[nodiscard]] Result<std::string> secret_or_new(const std::string& folder, const std::string& name,
                                                const std::function<std::string()>& make);

}  // namespace sillar::server
