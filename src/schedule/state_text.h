#pragma once

// Persistent state as bytes: integers of eight bytes, least significant first.

#include <cstdint>
#include <string>
#include <string_view>

namespace sillar::schedule {

inline void put_integer(std::string& out, std::int64_t value) {
  auto bits = static_cast<std::uint64_t>(value);
  for (int i = 0; i < 8; ++i, bits >>= 8) out += static_cast<char>(bits & 0xFF);
}

// Takes one integer off the front; false, and nothing taken, when `in` is too short.
[[nodiscard]] inline bool take_integer(std::string_view& in, std::int64_t& out) {
  if (in.size() < 8) return false;
  std::uint64_t bits = 0;
  for (std::size_t i = 8; i-- > 0;) bits = bits << 8 | static_cast<std::uint8_t>(in[i]);
  in.remove_prefix(8);
  out = static_cast<std::int64_t>(bits);
  return true;
}

}  // namespace sillar::schedule
