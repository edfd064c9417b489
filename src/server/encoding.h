#pragma once

// Bytes as text and back. Reading is strict: each value has one form, and every other is nothing.

#include <optional>
#include <string>
#include <string_view>

namespace sillar::server {

[[nodiscard]] std::string hex(std::string_view bytes);  // Lower case.
[[nodiscard]] std::optional<std::string> from_hex(std::string_view text);

// RFC 4648: base64 with its padding, base64url without (as in RFC 7515).
[[nodiscard]] std::string base64(std::string_view bytes);
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);
[[nodiscard]] std::string base64url(std::string_view bytes);
[[nodiscard]] std::optional<std::string> from_base64url(std::string_view text);

}  // namespace sillar::server
