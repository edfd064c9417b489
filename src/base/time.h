#pragma once

// Time is data: integer nanoseconds since the epoch in UTC, handed in from outside. Nothing here
// reads a clock.

#include <compare>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sillar {

struct Duration {
  std::int64_t ns = 0;

  static constexpr Duration seconds(std::int64_t s) { return {s * 1'000'000'000}; }
  static constexpr Duration minutes(std::int64_t m) { return seconds(m * 60); }
  static constexpr Duration hours(std::int64_t h) { return seconds(h * 3600); }
  static constexpr Duration max() { return {std::numeric_limits<std::int64_t>::max()}; }

  // Whole seconds, rounded toward negative infinity.
  [[nodiscard]] constexpr std::int64_t whole_seconds() const {
    return ns >= 0 ? ns / 1'000'000'000 : -((-ns + 999'999'999) / 1'000'000'000);
  }
  friend constexpr auto operator<=>(Duration, Duration) = default;
  friend constexpr Duration operator+(Duration a, Duration b) { return {a.ns + b.ns}; }
  friend constexpr Duration operator-(Duration a, Duration b) { return {a.ns - b.ns}; }
  friend constexpr Duration operator*(Duration a, std::int64_t k) { return {a.ns * k}; }
};

struct Time {
  std::int64_t ns = 0;  // Nanoseconds since 1970-01-01T00:00:00Z.

  static constexpr Time never() { return {std::numeric_limits<std::int64_t>::max()}; }
  static constexpr Time from_seconds(std::int64_t s) { return {s * 1'000'000'000}; }

  friend constexpr auto operator<=>(Time, Time) = default;
  friend constexpr Time operator+(Time t, Duration d) { return {t.ns + d.ns}; }
  friend constexpr Time operator-(Time t, Duration d) { return {t.ns - d.ns}; }
  friend constexpr Duration operator-(Time a, Time b) { return {a.ns - b.ns}; }
};

// Of every moment that is read or decided about, from the epoch on: 2160-01-01T00:00:00Z. And of
// everything that is stated as a duration: a century. So the difference of two moments is a
// Duration, and such a duration after a moment still is a Time, with two years to spare.
inline constexpr Time kTimeMax = Time::from_seconds(5'995'814'400);
inline constexpr Duration kDurationMax = Duration::hours(24 * 36525);
static_assert(Time::never().ns - kDurationMax.ns - Duration::hours(2 * 24 * 366).ns > kTimeMax.ns);

// "2026-01-01T00:00:00Z", with a fraction of up to nine digits and a numeric offset allowed. A date
// alone, or a blank in place of the T, is accepted too. Errors: kInvalidInput for anything else, or
// what is before the epoch or after kTimeMax.
[[nodiscard]] Result<Time> parse_time(std::string_view text);
[[nodiscard]] std::string format_time(
    Time time);  // RFC 3339 in UTC, fraction only where there is one.

// "1h30m", "90s", "250ms", "2d", "0"; one or more number+unit groups, units d h m s ms us ns.
[[nodiscard]] Result<Duration> parse_duration(std::string_view text);
[[nodiscard]] std::string format_duration(
    Duration duration);  // The shortest form that parses back to the same value.

}  // namespace sillar
