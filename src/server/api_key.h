#pragma once

// API keys: "sillar_" + 16 hex digits of id + "_" + 64 hex digits of secret + 8 hex digits of
// checksum. The shape is fixed, so that nothing else is ever looked up; the checksum (CRC-32 of
// what stands before it) tells secret scanners that this is one. Kept of a key is only the
// HMAC-SHA-256 of its id and secret under the server's pepper.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "server/crypto.h"

namespace sillar::server {

inline constexpr std::string_view kApiKeyPrefix = "sillar_";
inline constexpr std::size_t kApiKeyIdDigits = 16;
inline constexpr std::size_t kApiKeySecretBytes = 32;
inline constexpr std::size_t kApiKeyTextBytes =
    kApiKeyPrefix.size() + kApiKeyIdDigits + 1 + 2 * kApiKeySecretBytes + 8;
inline constexpr const char* kPepperFile = "pepper";
inline constexpr std::size_t kPepperBytes = 32;

struct ApiKey {
  std::string id;      // Hex digits, no secret.
  std::string secret;  // kApiKeySecretBytes bytes.
};

// Nothing for anything but a key of that shape with its checksum. Does not look at what it says.
[[nodiscard]] std::optional<ApiKey> read_api_key(std::string_view text);
// Requires: an id and a secret of their lengths.
[[nodiscard]] std::string api_key_text(const ApiKey& key);
// From the operating system's generator.
[[nodiscard]] ApiKey new_api_key();

[[nodiscard]] bool is_api_key_id(std::string_view id);

// What makes stolen hashes worthless: from the folder's kPepperFile, made at the first start.
// Errors: those of secret_file.h; kInvalidInput for a file of another length.
[[nodiscard]] Result<std::string> load_pepper(const std::string& folder);
[[nodiscard]] Digest api_key_hash(std::string_view pepper, const ApiKey& key);

// The token of "Authorization: Bearer TOKEN"; empty for another scheme, blanks or signs that no
// token has, or more than `bytes_max`. The scheme's case does not matter.
[[nodiscard]] std::string_view bearer_token(std::string_view header, std::size_t bytes_max);

}  // namespace sillar::server
