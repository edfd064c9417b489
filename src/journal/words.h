#pragma once

// Fixed-width fields of the journal's own small files, least significant byte first, so that each
// stands where the format says.

#include <cstdint>
#include <string>
#include <string_view>

#include "journal/chain.h"

namespace sillar::journal {

inline constexpr std::size_t kWordBytes = 8;
inline constexpr std::size_t kMarkBytes = 2 * kWordBytes + sizeof(Hash);

inline void put_word(std::string& out, std::uint64_t word) {
  for (std::size_t i = 0; i < kWordBytes; ++i, word >>= 8) out += static_cast<char>(word & 0xFF);
}

inline void put_hash(std::string& out, const Hash& hash) {
  for (const unsigned char byte : hash) out += static_cast<char>(byte);
}

// These require: the field lies within `in`.
[[nodiscard]] inline std::uint64_t word_at(std::string_view in, std::size_t at) {
  std::uint64_t word = 0;
  for (std::size_t i = kWordBytes; i-- > 0;)
    word = word << 8 | static_cast<std::uint8_t>(in[at + i]);
  return word;
}

[[nodiscard]] inline Hash hash_at(std::string_view in, std::size_t at) {
  Hash hash{};
  for (std::size_t i = 0; i < hash.size(); ++i) hash[i] = static_cast<unsigned char>(in[at + i]);
  return hash;
}

inline void put_mark(std::string& out, const Mark& mark) {
  put_word(out, mark.seq);
  put_word(out, mark.bytes);
  put_hash(out, mark.hash);
}

[[nodiscard]] inline Mark mark_at(std::string_view in, std::size_t at) {
  return {word_at(in, at), word_at(in, at + kWordBytes), hash_at(in, at + 2 * kWordBytes)};
}

}  // namespace sillar::journal
