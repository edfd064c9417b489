#pragma once

// Content hashes for state and decision records: fast, stable across builds, not for security.

#include <cstdint>
#include <string>
#include <string_view>

namespace sillar {

struct Hash128 {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  friend bool operator==(const Hash128&, const Hash128&) = default;
  [[nodiscard]] std::string hex() const;
};

[[nodiscard]] Hash128 hash_bytes(std::string_view bytes);  // XXH3, 128 bits.

}  // namespace sillar
