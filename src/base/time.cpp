#include "base/time.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstdlib>

#include "base/calendar.h"

namespace sillar {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

// Reads exactly `digits` decimal digits from the front of `text`.
bool take_number(std::string_view& text, std::size_t digits, int& out) {
  if (text.size() < digits) return false;
  out = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
    out = out * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return true;
}

bool take_char(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

unsigned days_in_month(int year, int month) {
  static constexpr std::array<unsigned, 12> kDays{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return kDays[static_cast<std::size_t>(month - 1)] + (month == 2 && leap ? 1U : 0U);
}

// Nanoseconds of ".123" at the front of `text`; empty fractions and more than nine digits are
// refused.
bool take_fraction(std::string_view& text, std::int64_t& ns) {
  std::size_t digits = 0;
  ns = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') {
    if (digits == 9) return false;
    ns = ns * 10 + (text[digits] - '0');
    ++digits;
  }
  if (digits == 0) return false;
  text.remove_prefix(digits);
  for (std::size_t i = digits; i < 9; ++i) ns *= 10;
  return true;
}

bool take_offset(std::string_view& text, std::int64_t& seconds) {
  seconds = 0;
  if (text.empty()) return true;  // No zone means UTC: traces write it so.
  if (take_char(text, 'Z')) return true;
  const bool negative = text.front() == '-';
  if (!negative && text.front() != '+') return false;
  text.remove_prefix(1);
  int hours = 0;
  int minutes = 0;
  if (!take_number(text, 2, hours) || !take_char(text, ':') || !take_number(text, 2, minutes))
    return false;
  if (hours > 23 || minutes > 59) return false;
  seconds = (hours * 3600 + minutes * 60) * (negative ? -1 : 1);
  return true;
}

}  // namespace

Result<Time> parse_time(std::string_view text) {
  const std::string_view whole = text;
  const auto bad = [&] {
    return invalid(fmt::format("'{}' is not a time; write it like 2026-01-31T12:00:00Z", whole));
  };
  int year = 0;
  int month = 0;
  int day = 0;
  if (!take_number(text, 4, year) || !take_char(text, '-') || !take_number(text, 2, month) ||
      !take_char(text, '-') || !take_number(text, 2, day))
    return bad();
  if (month < 1 || month > 12 || day < 1 || static_cast<unsigned>(day) > days_in_month(year, month))
    return bad();
  std::int64_t seconds =
      days_from_civil({year, static_cast<unsigned>(month), static_cast<unsigned>(day)}) * 86400;
  std::int64_t fraction = 0;
  if (!text.empty()) {
    if (!take_char(text, 'T') && !take_char(text, ' ')) return bad();
    int hour = 0;
    int minute = 0;
    int second = 0;
    if (!take_number(text, 2, hour) || !take_char(text, ':') || !take_number(text, 2, minute) ||
        !take_char(text, ':') || !take_number(text, 2, second))
      return bad();
    if (hour > 23 || minute > 59 || second > 59) return bad();
    if (take_char(text, '.') && !take_fraction(text, fraction)) return bad();
    std::int64_t offset = 0;
    if (!take_offset(text, offset) || !text.empty()) return bad();
    seconds += hour * 3600 + minute * 60 + second - offset;
  }
  if (seconds < 0 || seconds > (kTimeMax.ns - fraction) / kSecond)
    return invalid(fmt::format("'{}' is outside {} to {}", whole, format_time(Time{0}),
                               format_time(kTimeMax)));
  return Time{seconds * kSecond + fraction};
}

std::string format_time(Time time) {
  std::int64_t seconds = time.ns / kSecond;
  std::int64_t fraction = time.ns % kSecond;
  if (fraction < 0) {
    fraction += kSecond;
    --seconds;
  }
  std::int64_t days = seconds / 86400;
  std::int64_t rest = seconds % 86400;
  if (rest < 0) {
    rest += 86400;
    --days;
  }
  const Civil civil = civil_from_days(days);
  std::string out = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", civil.year, civil.month,
                                civil.day, rest / 3600, rest / 60 % 60, rest % 60);
  if (fraction != 0) {
    std::string digits = fmt::format("{:09}", fraction);
    digits.erase(digits.find_last_not_of('0') + 1);
    out += "." + digits;
  }
  return out + "Z";
}

namespace {

struct Unit {
  std::string_view name;
  std::int64_t ns;
};
// Longest names first, so that "ms" is not read as minutes.
constexpr std::array<Unit, 7> kUnits{{{"ms", 1'000'000},
                                      {"us", 1'000},
                                      {"ns", 1},
                                      {"d", 86400 * kSecond},
                                      {"h", 3600 * kSecond},
                                      {"m", 60 * kSecond},
                                      {"s", kSecond}}};

}  // namespace

Result<Duration> parse_duration(std::string_view text) {
  const auto bad = [whole = text] {
    return invalid(fmt::format("'{}' is not a duration; write it like 1h30m, 90s or 250ms", whole));
  };
  const auto too_long = [] { return invalid("the duration is longer than 292 years"); };
  if (text == "0") return Duration{0};
  if (text.empty()) return bad();
  std::int64_t total = 0;
  while (!text.empty()) {
    std::uint64_t number = 0;  // Unsigned, so that "-0s" is refused.
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc::result_out_of_range) return too_long();
    if (error != std::errc{}) return bad();
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    const Unit* unit = nullptr;
    for (const Unit& candidate : kUnits) {
      if (text.starts_with(candidate.name)) {
        unit = &candidate;
        break;
      }
    }
    if (unit == nullptr) return bad();
    text.remove_prefix(unit->name.size());
    std::int64_t part = 0;
    if (__builtin_mul_overflow(number, unit->ns, &part) ||
        __builtin_add_overflow(total, part, &total))
      return too_long();
  }
  return Duration{total};
}

std::string format_duration(Duration duration) {
  if (duration.ns == 0) return "0s";
  // Text forms have no sign; a negative duration only ever reaches a diagnostic.
  auto rest = static_cast<std::uint64_t>(duration.ns);
  if (duration.ns < 0) rest = ~rest + 1;
  static constexpr std::array<Unit, 7> kLargestFirst{{{"d", 86400 * kSecond},
                                                      {"h", 3600 * kSecond},
                                                      {"m", 60 * kSecond},
                                                      {"s", kSecond},
                                                      {"ms", 1'000'000},
                                                      {"us", 1'000},
                                                      {"ns", 1}}};
  std::string out = duration.ns < 0 ? "-" : "";
  for (const Unit& unit : kLargestFirst) {
    const auto size = static_cast<std::uint64_t>(unit.ns);
    if (rest >= size) {
      out += fmt::format("{}{}", rest / size, unit.name);
      rest %= size;
    }
  }
  return out;
}

}  // namespace sillar
