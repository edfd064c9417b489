#pragma once

// The hash chain: each entry's hash covers its predecessor's, so that an entry that was changed,
// taken away or put elsewhere is found by whoever reads on from a hash that is known.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace sillar::journal {

using Hash = std::array<unsigned char, 32>;  // SHA-256.

[[nodiscard]] Hash hash_of(std::string_view bytes);
[[nodiscard]] std::string hex(const Hash& hash);

// A place between two entries: `seq` entries come before it, with this hash of the last of them and
// so many bytes in their bodies. The first place has no entries and a hash of zeros.
struct Mark {
  std::uint64_t seq = 0;
  std::uint64_t bytes = 0;
  Hash hash{};

  friend bool operator==(const Mark&, const Mark&) = default;
};

// The place behind an entry: its hash is the SHA-256 of the hash before it, its number, its epoch
// and its body's length (eight bytes each, least significant first), and its body.
[[nodiscard]] Mark after(const Mark& before, std::uint64_t epoch, std::string_view body);

}  // namespace sillar::journal
