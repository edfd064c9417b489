#include "base/bytes.h"

#include <algorithm>

namespace sillar {
namespace {

using UInt128 = unsigned __int128;

template <typename Unsigned>
void put_varint(std::string& out, Unsigned bits) {
  for (; bits >= 0x80; bits >>= 7) out += static_cast<char>((bits & 0x7F) | 0x80);
  out += static_cast<char>(bits);
}

// Takes one varint off the front of `in`; false when it is cut short, longer than it need be, or
// more than `Unsigned` holds.
template <typename Unsigned>
bool take_varint(std::string_view& in, Unsigned& out) {
  constexpr unsigned kBits = sizeof(Unsigned) * 8;
  out = 0;
  unsigned shift = 0;
  for (std::size_t i = 0; i < in.size() && shift < kBits; ++i, shift += 7) {
    const auto byte = static_cast<std::uint8_t>(in[i]);
    const Unsigned part = byte & 0x7FU;
    if (shift + 7 > kBits && part >> (kBits - shift) != 0) return false;
    out |= part << shift;
    if (byte >= 0x80) continue;
    if (byte == 0 && i > 0) return false;
    in.remove_prefix(i + 1);
    return true;
  }
  return false;
}

}  // namespace

void put_wide(std::string& out, Int128 value) {
  put_varint(out, static_cast<UInt128>(value) << 1 ^ static_cast<UInt128>(value >> 127));
}

void put_number(std::string& out, std::int64_t value) {
  put_varint(out, static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63));
}

void put_text(std::string& out, std::string_view text) {
  put_count(out, text.size());
  out += text;
}

void ByteReader::fail() {
  ok_ = false;
  rest_ = {};
}

Int128 ByteReader::wide() {
  UInt128 bits = 0;
  if (!take_varint(rest_, bits)) {
    fail();
    return 0;
  }
  return static_cast<Int128>(bits >> 1 ^ -(bits & 1));
}

Int128 ByteReader::wide(Int128 least, Int128 most) {
  const Int128 value = wide();
  if (value >= least && value <= most) return value;
  fail();
  return 0;
}

std::int64_t ByteReader::number(std::int64_t least, std::int64_t most) {
  std::uint64_t bits = 0;
  const bool whole = take_varint(rest_, bits);
  const auto value = static_cast<std::int64_t>(bits >> 1 ^ -(bits & 1));
  if (whole && value >= least && value <= most) return value;
  fail();
  return 0;
}

Time ByteReader::time() {
  const Time value{number(0)};
  if (value <= kTimeMax || value == Time::never()) return value;
  fail();
  return {};
}

std::string_view ByteReader::text(std::size_t bytes_max) {
  const std::size_t size = count();
  if (size > bytes_max) fail();
  const std::string_view taken = rest_.substr(0, size);
  skip(taken.size());
  return taken;
}

std::size_t ByteReader::count(std::size_t bytes_each) {
  const std::int64_t value = number(0, std::numeric_limits<std::int64_t>::max());
  if (static_cast<std::uint64_t>(value) <= rest_.size() / bytes_each)
    return static_cast<std::size_t>(value);
  fail();
  return 0;
}

void ByteReader::skip(std::size_t bytes) {
  rest_.remove_prefix(std::min(bytes, rest_.size()));
}

}  // namespace sillar
