#include "base/quantity.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "base/money.h"

namespace sillar {
namespace {

struct Suffix {
  std::string_view name;
  std::int64_t factor;
};

constexpr std::array<Suffix, 11> kByteSuffixes{{{"Ki", 1LL << 10},
                                                {"Mi", 1LL << 20},
                                                {"Gi", 1LL << 30},
                                                {"Ti", 1LL << 40},
                                                {"Pi", 1LL << 50},
                                                {"k", 1'000},
                                                {"M", 1'000'000},
                                                {"G", 1'000'000'000},
                                                {"T", 1'000'000'000'000},
                                                {"P", 1'000'000'000'000'000},
                                                {"B", 1}}};

}  // namespace

Result<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range)
    return fail(ErrorCode::kInvalidInput,
                fmt::format("'{}' is beyond the range of a 64-bit integer", text));
  if (error != std::errc{} || end != text.data() + text.size())
    return invalid(fmt::format("'{}' is not a whole number", text));
  return value;
}

Result<std::int64_t> parse_bytes(std::string_view text) {
  const std::string_view whole = text;
  std::int64_t factor = 1;
  for (const Suffix& suffix : kByteSuffixes) {
    if (text.ends_with(suffix.name)) {
      factor = suffix.factor;
      text.remove_suffix(suffix.name.size());
      break;
    }
  }
  const auto bad = [&] {
    return invalid(
        fmt::format("'{}' is not an amount of memory; write it like 80Gi or 512M", whole));
  };
  Int128 bytes = 0;
  if (text.find('.') == std::string_view::npos) {
    const auto number = parse_integer(text);
    if (!number && !text.empty() && text.find_first_not_of("0123456789") == text.npos)
      return tl::unexpected(number.error());
    if (!number || text.starts_with('-')) return bad();
    bytes = static_cast<Int128>(*number) * factor;
  } else {
    // Decimals are allowed as long as they come to whole bytes ("1.5Gi"); parse_nanos gives nine of
    // them exactly.
    const auto nanos = parse_nanos(text);
    if (!nanos || text.starts_with('-')) return bad();
    const Int128 scaled = static_cast<Int128>(*nanos) * factor;
    if (scaled % Money::kUnit != 0)
      return invalid(fmt::format("'{}' is not a whole number of bytes", whole));
    bytes = scaled / Money::kUnit;
  }
  if (bytes > std::numeric_limits<std::int64_t>::max())
    return invalid(fmt::format("'{}' is beyond the range of a 64-bit integer", whole));
  return static_cast<std::int64_t>(bytes);
}

std::string format_bytes(std::int64_t bytes) {
  for (std::size_t i = 5; i-- > 0;) {
    const Suffix& suffix = kByteSuffixes[i];
    if (bytes != 0 && bytes % suffix.factor == 0)
      return fmt::format("{}{}", bytes / suffix.factor, suffix.name);
  }
  return fmt::format("{}", bytes);
}

Result<std::int64_t> parse_thousandths(std::string_view text) {
  const auto bad = [text] {
    return invalid(fmt::format("'{}' is not an amount such as 2, 1.5 or 500m", text));
  };
  if (text.ends_with('m')) {
    const auto value = parse_integer(text.substr(0, text.size() - 1));
    if (!value || *value < 0) return bad();
    return *value;
  }
  // The whole part apart: it reaches further than nanos do.
  const std::size_t dot = std::min(text.find('.'), text.size());
  const auto whole = dot == 0 && text.size() > 1 ? 0 : parse_integer(text.substr(0, dot));
  const auto nanos = dot == text.size() ? 0 : parse_nanos(fmt::format("0{}", text.substr(dot)));
  if (text.starts_with('-') || !whole || !nanos) return bad();
  constexpr std::int64_t kNanosPerThousandth = Money::kUnit / kThousand;
  if (*nanos % kNanosPerThousandth != 0)
    return invalid(fmt::format("'{}' is finer than a thousandth", text));
  const Int128 sum = static_cast<Int128>(*whole) * kThousand + *nanos / kNanosPerThousandth;
  if (sum > std::numeric_limits<std::int64_t>::max()) return bad();
  return static_cast<std::int64_t>(sum);
}

std::string format_thousandths(std::int64_t thousandths) {
  const std::int64_t rest = thousandths % kThousand;
  if (rest == 0) return fmt::format("{}", thousandths / kThousand);
  std::string decimals = fmt::format("{:03}", rest < 0 ? -rest : rest);
  decimals.erase(decimals.find_last_not_of('0') + 1);
  return fmt::format("{}{}.{}", thousandths < 0 && thousandths > -kThousand ? "-" : "",
                     thousandths / kThousand, decimals);
}

}  // namespace sillar
