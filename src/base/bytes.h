#pragma once

// State as bytes, for hashes and snapshots: equal values give equal bytes in every build, and a
// value has one form only. Numbers are zigzag varints: seven bits to a byte, the least significant
// first, small amounts of either sign short.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/money.h"
#include "base/time.h"

namespace sillar {

void put_wide(std::string& out, Int128 value);
void put_number(std::string& out, std::int64_t value);
// Its length and itself.
void put_text(std::string& out, std::string_view text);

inline void put_count(std::string& out, std::size_t count) {
  put_number(out, static_cast<std::int64_t>(count));
}
// An invalid id is -1.
template <typename Tag>
void put_id(std::string& out, Id<Tag> id) {
  put_number(out, id.valid() ? std::int64_t{id.value} : -1);
}

// Reads what the functions above wrote, off the front of bytes that it does not own. The first
// thing that is not there, or not within the bounds that the caller states, is a failure; from then
// on everything reads as zero or empty, so that a caller may read a whole record and ask once.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  [[nodiscard]] bool ok() const { return ok_; }
  void fail();
  [[nodiscard]] std::size_t left() const { return rest_.size(); }

  Int128 wide();
  Int128 wide(Int128 least, Int128 most);
  std::int64_t number(std::int64_t least = std::numeric_limits<std::int64_t>::min(),
                      std::int64_t most = std::numeric_limits<std::int64_t>::max());
  std::string_view text(std::size_t bytes_max);
  bool flag() { return number(0, 1) == 1; }
  // From the epoch to kTimeMax.
  Time moment() { return Time{number(0, kTimeMax.ns)}; }
  // The same, or never.
  Time time();
  // What lies between two moments.
  Duration duration() { return Duration{number(-kTimeMax.ns, kTimeMax.ns)}; }

  // A number of things of which each takes at least `bytes_each` of what is left: never more than
  // memory can hold. Requires: bytes_each > 0.
  std::size_t count(std::size_t bytes_each = 1);
  // An index into `size` things.
  template <typename Tag>
  Id<Tag> id(std::size_t size) {
    return size == 0 ? failed_id<Tag>() : Id<Tag>(narrow(number(0, last(size))));
  }
  // The same, or invalid.
  template <typename Tag>
  Id<Tag> id_or_none(std::size_t size) {
    const std::int64_t value = number(-1, last(size));
    return value < 0 ? Id<Tag>{} : Id<Tag>(narrow(value));
  }
  // Requires: `last` is the enumeration's last value, the first is zero.
  template <typename Enum>
  Enum word(Enum last) {
    return static_cast<Enum>(number(0, static_cast<std::int64_t>(last)));
  }
  // What is left, for a reader of another kind, and how much of it that one took.
  [[nodiscard]] std::string_view rest() const { return rest_; }
  void skip(std::size_t bytes);

 private:
  template <typename Tag>
  Id<Tag> failed_id() {
    fail();
    return Id<Tag>{};
  }
  static std::int64_t last(std::size_t size) { return static_cast<std::int64_t>(size) - 1; }
  static std::uint32_t narrow(std::int64_t value) { return static_cast<std::uint32_t>(value); }

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace sillar
