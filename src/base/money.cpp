#include "base/money.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "base/check.h"

namespace sillar {
namespace {

constexpr Int128 kMax = std::numeric_limits<std::int64_t>::max();
constexpr Int128 kMin = std::numeric_limits<std::int64_t>::min();

Result<Money> checked(Int128 nanos, Currency currency) {
  if (nanos > kMax || nanos < kMin)
    return fail(ErrorCode::kLimit,
                fmt::format("amount beyond 9.2 thousand million {}", currency.text()));
  return Money{static_cast<std::int64_t>(nanos), currency};
}

Status same_currency(Money a, Money b) {
  if (a.currency == b.currency) return {};
  return invalid(fmt::format("cannot combine {} with {}", a.currency.text(), b.currency.text()));
}

}  // namespace

Result<Currency> parse_currency(std::string_view text) {
  const bool letters =
      std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  if (text.size() != 3 || !letters)
    return invalid(
        fmt::format("'{}' is not a currency code; write three capital letters such as USD", text));
  return Currency{{text[0], text[1], text[2]}};
}

Result<Money> add(Money a, Money b) {
  SILLAR_TRY_STATUS(same_currency(a, b));
  return checked(static_cast<Int128>(a.nanos) + b.nanos, a.currency);
}

Result<Money> subtract(Money a, Money b) {
  SILLAR_TRY_STATUS(same_currency(a, b));
  return checked(static_cast<Int128>(a.nanos) - b.nanos, a.currency);
}

Result<std::int64_t> parse_nanos(std::string_view text) {
  const auto bad = [whole = text] {
    return invalid(fmt::format("'{}' is not a decimal amount with at most nine decimals", whole));
  };
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  Int128 value = 0;
  int decimals = -1;  // -1 until the point is seen.
  bool any = false;
  for (const char c : text) {
    if (c == '.') {
      if (decimals >= 0) return bad();
      decimals = 0;
      continue;
    }
    if (c < '0' || c > '9') return bad();
    any = true;
    if (decimals >= 9) {
      if (c != '0') return bad();
      continue;
    }
    value = value * 10 + (c - '0');
    if (decimals >= 0) ++decimals;
    if (value > kMax) return fail(ErrorCode::kLimit, fmt::format("amount '{}' is too large", text));
  }
  if (!any) return bad();
  for (int i = std::max(decimals, 0); i < 9; ++i) value *= 10;
  if (value > kMax) return fail(ErrorCode::kLimit, fmt::format("amount '{}' is too large", text));
  return static_cast<std::int64_t>(negative ? -value : value);
}

std::string format_nanos(Int128 nanos) {
  const bool negative = nanos < 0;
  // Through unsigned, so that the lowest value has a magnitude.
  auto magnitude = static_cast<unsigned __int128>(nanos);
  if (negative) magnitude = ~magnitude + 1;
  const auto whole = magnitude / static_cast<unsigned>(Money::kUnit);
  std::string decimals = fmt::format(
      "{:09}", static_cast<std::uint64_t>(magnitude % static_cast<unsigned>(Money::kUnit)));
  decimals.erase(std::max<std::size_t>(decimals.find_last_not_of('0') + 1, 2));
  return fmt::format("{}{}.{}", negative ? "-" : "", whole, decimals);
}

Result<Money> price_of(Money per_hour, Duration duration) {
  CHECK(duration.ns >= 0, "usage cannot last less than no time");
  constexpr Int128 kHour = Int128{3600} * 1'000'000'000;
  const Int128 product = static_cast<Int128>(per_hour.nanos) * duration.ns;
  Int128 quotient = product / kHour;
  Int128 remainder = product % kHour;
  if (remainder < 0) {
    remainder += kHour;
    --quotient;
  }
  const Int128 twice = remainder * 2;
  if (twice > kHour || (twice == kHour && quotient % 2 != 0)) ++quotient;
  return checked(quotient, per_hour.currency);
}

std::vector<std::int64_t> split_largest_remainder(std::int64_t total,
                                                  std::span<const std::int64_t> weights) {
  CHECK(total >= 0, "only amounts that are not negative are split");
  Int128 sum = 0;
  for (const std::int64_t weight : weights) {
    CHECK(weight >= 0, "a weight is never negative");
    sum += weight;
  }
  CHECK(sum > 0, "a split needs a positive weight");
  std::vector<std::int64_t> parts(weights.size());
  std::vector<Int128> remainders(weights.size());
  std::int64_t left = total;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const Int128 share = static_cast<Int128>(total) * weights[i];
    parts[i] = static_cast<std::int64_t>(share / sum);
    remainders[i] = share % sum;
    left -= parts[i];
  }
  std::vector<std::size_t> order(weights.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return remainders[a] != remainders[b] ? remainders[a] > remainders[b] : a < b;
  });
  for (std::size_t i = 0; left > 0; ++i, --left) ++parts[order[i]];
  return parts;
}

}  // namespace sillar
