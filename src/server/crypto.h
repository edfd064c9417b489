#pragma once

// The little of libcrypto that the server needs, as plain functions. Whatever of it cannot fail on
// memory that is there ends the process when it does.

#include <array>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>

namespace sillar::server {

using Digest = std::array<unsigned char, 32>;

// Of the parts, one after the other.
[[nodiscard]] Digest sha256(std::initializer_list<std::string_view> parts);
[[nodiscard]] inline Digest sha256(std::string_view bytes) {
  return sha256({bytes});
}
[[nodiscard]] Digest hmac_sha256(std::string_view key, std::string_view bytes);

[[nodiscard]] inline std::string_view bytes_of(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

// Takes as long wherever they differ; lengths are no secret.
[[nodiscard]] bool equal_in_constant_time(std::string_view a, std::string_view b);

// From the operating system's generator: for keys, never for decisions.
[[nodiscard]] std::string random_bytes(std::size_t count);

}  // namespace sillar::server
