#pragma once

// Exact money: integer billionths of a currency unit. Overflow is an error, never saturation; the
// currency is part of the value; rounding is named where it happens.

#include <array>
#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace sillar {

using Int128 = __int128;

struct Currency {
  std::array<char, 3> code{'U', 'S', 'D'};
  [[nodiscard]] std::string_view text() const { return {code.data(), code.size()}; }
  friend auto operator<=>(const Currency&, const Currency&) = default;
};

// Three upper-case letters (ISO 4217 form; the list itself is data of the lake). Errors:
// kInvalidInput.
[[nodiscard]] Result<Currency> parse_currency(std::string_view text);

struct Money {
  static constexpr std::int64_t kUnit = 1'000'000'000;

  std::int64_t nanos = 0;  // 10^-9 of one currency unit.
  Currency currency;

  friend auto operator<=>(const Money&, const Money&) = default;
};

// Errors: kInvalidInput when the currencies differ, kLimit on overflow.
[[nodiscard]] Result<Money> add(Money a, Money b);
[[nodiscard]] Result<Money> subtract(Money a, Money b);

// Decimal text such as "98.32" or "-0.000000001"; more than nine decimals are refused unless they
// are zeros.
[[nodiscard]] Result<std::int64_t> parse_nanos(std::string_view text);
[[nodiscard]] std::string format_nanos(
    Int128 nanos);  // Exact decimal, at least two decimals, no trailing zeros after.

// A sum too wide for Money while it is being built. Closing it is where overflow is found.
struct MoneySum {
  Int128 nanos = 0;
  void add(Money money) { nanos += money.nanos; }
};

// rate per hour x duration, rounded half to even on the last nano. Requires: duration >= 0.
// Errors: kLimit when the product leaves the range of Money.
[[nodiscard]] Result<Money> price_of(Money per_hour, Duration duration);

// Splits `total` by `weights` so that the parts sum to it exactly: floors first, then one nano each
// to the largest remainders (ties: the earlier part). Requires: weights >= 0 with a positive sum,
// total >= 0.
[[nodiscard]] std::vector<std::int64_t> split_largest_remainder(
    std::int64_t total, std::span<const std::int64_t> weights);

}  // namespace sillar
