#include "import/amounts.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <vector>

#include "base/money.h"
#include "import/scalars.h"
#include "model/names.h"
#include "model/resources.h"

namespace sillar {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

std::string lowered(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), lower);
  return out;
}

// Cards whose further words (SXM4, PCIE, HBM3, MEGA) tell forms apart that a fleet calls alike.
bool is_card(std::string_view name) {
  constexpr std::array<std::string_view, 19> kKnown{
      "k80",  "p100", "v100", "t4",   "a10",  "a10g", "a30",   "a40",   "l4",  "l40",
      "l40s", "a100", "h100", "h200", "b100", "b200", "gh200", "gb200", "b300"};
  return std::ranges::find(kKnown, name) != kKnown.end();
}

struct Suffix {
  std::string_view name;
  int decimal = 0;  // Power of ten.
  int binary = 0;   // Power of two.
};

constexpr auto kQuantitySuffixes = std::to_array<Suffix>({{"Ki", 0, 10},
                                                          {"Mi", 0, 20},
                                                          {"Gi", 0, 30},
                                                          {"Ti", 0, 40},
                                                          {"Pi", 0, 50},
                                                          {"Ei", 0, 60},
                                                          {"n", -9, 0},
                                                          {"u", -6, 0},
                                                          {"m", -3, 0},
                                                          {"k", 3, 0},
                                                          {"M", 6, 0},
                                                          {"G", 9, 0},
                                                          {"T", 12, 0},
                                                          {"P", 15, 0},
                                                          {"E", 18, 0}});

// Beyond it a product could leave 128 bits.
constexpr Int128 kFactorMax = Int128{1} << 90;

bool scale_up(Int128& value, int power, int base) {
  for (; power > 0 && value != 0; --power) {
    if (value > kFactorMax) return false;
    value *= base;
  }
  return true;
}

struct Digits {
  Int128 mantissa = 0;
  int decimals = 0;
};

// "12", "1.5", ".5", "5."
std::optional<Digits> digits_of(std::string_view text) {
  Digits out;
  bool any = false;
  bool point = false;
  for (char c : text) {
    if (c == '.' && !point) {
      point = true;
      continue;
    }
    if (!is_digit(c) || out.mantissa > kFactorMax) return std::nullopt;
    any = true;
    out.mantissa = out.mantissa * 10 + (c - '0');
    if (point) ++out.decimals;
  }
  return any ? std::optional(out) : std::nullopt;
}

// The power after an e, which Kubernetes has instead of a suffix.
std::optional<int> power_of(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  int power = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), power);
  constexpr int kMost = 40;
  if (error != std::errc{} || end != text.data() + text.size() || power > kMost || power < -kMost)
    return std::nullopt;
  return power;
}

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = std::min(text.find(at), text.size());
    parts.push_back(text.substr(0, end));
    if (end == text.size()) return parts;
    text.remove_prefix(end + 1);
  }
}

std::optional<Duration> checked_seconds(Int128 seconds) {
  if (seconds > kDurationMax.whole_seconds()) return std::nullopt;
  return Duration::seconds(static_cast<std::int64_t>(seconds));
}

}  // namespace

std::optional<Rounded> quantity(std::string_view text, std::int64_t per_one) {
  if (text.starts_with('+')) text.remove_prefix(1);
  Suffix suffix;
  if (const std::size_t e = text.find_first_of("eE");
      e != std::string_view::npos && e + 1 < text.size() && text[e + 1] != 'i') {
    const auto power = power_of(text.substr(e + 1));
    if (!power) return std::nullopt;
    suffix.decimal = *power;
    text = text.substr(0, e);
  } else {
    for (const Suffix& each : kQuantitySuffixes)
      if (text.ends_with(each.name)) {
        suffix = each;
        text.remove_suffix(each.name.size());
        break;
      }
  }
  const auto digits = digits_of(text);
  if (!digits) return std::nullopt;
  Int128 value = digits->mantissa;
  // Powers of ten that cancel out are not worth an overflow.
  const int power = suffix.decimal - digits->decimals;
  if (!scale_up(value, suffix.binary, 2) || !scale_up(value, std::max(power, 0), 10) ||
      value > kFactorMax)
    return std::nullopt;
  value *= per_one;
  Rounded out;
  for (int i = power; i < 0; ++i) {
    out.exact = out.exact && value % 10 == 0;
    value = value / 10 + (value % 10 != 0 ? 1 : 0);
  }
  if (value > kResourceMax) return std::nullopt;
  out.units = static_cast<std::int64_t>(value);
  return out;
}

std::optional<Duration> slurm_time(std::string_view text) {
  const std::string word = lowered(text);
  if (word == "unlimited" || word == "infinite") return Duration{};
  Int128 days = 0;
  const std::size_t dash = text.find('-');
  const bool with_days = dash != std::string_view::npos;
  constexpr std::int64_t kMost = 1'000'000'000;
  if (with_days) {
    const auto count = whole(text.substr(0, dash), kMost);
    if (!count) return std::nullopt;
    days = *count;
    text.remove_prefix(dash + 1);
  }
  std::vector<std::int64_t> parts;
  for (std::string_view part : split(text, ':')) {
    const auto count = whole(part, kMost);
    if (!count || parts.size() == 3) return std::nullopt;
    parts.push_back(*count);
  }
  // After days hours come first; otherwise minutes do, unless there are three parts.
  std::array<std::int64_t, 3> hours_minutes_seconds{};
  const std::size_t first = with_days || parts.size() == 3 ? 0 : 1;
  for (std::size_t i = 0; i < parts.size(); ++i) hours_minutes_seconds[first + i] = parts[i];
  const auto [hours, minutes, seconds] = hours_minutes_seconds;
  return checked_seconds(((days * 24 + hours) * 60 + minutes) * 60 + seconds);
}

std::optional<std::int64_t> slurm_bytes(std::string_view text) {
  if (text.size() > 2 && lower(text.back()) == 'b') text.remove_suffix(1);
  if (text.empty()) return std::nullopt;
  constexpr auto kUnits =
      std::to_array<std::pair<char, int>>({{'k', 10}, {'m', 20}, {'g', 30}, {'t', 40}});
  int power = 20;
  const auto unit = std::ranges::find(kUnits, lower(text.back()), &std::pair<char, int>::first);
  if (unit != kUnits.end()) {
    power = unit->second;
    text.remove_suffix(1);
  }
  const auto count = whole(text, kResourceMax >> power);
  return count ? std::optional(*count << power) : std::nullopt;
}

std::optional<Duration> simple_duration(std::string_view text, Duration plain) {
  while (text.ends_with(' ')) text.remove_suffix(1);
  if (text.empty()) return std::nullopt;
  Duration unit = plain;
  if (!is_digit(text.back())) {
    constexpr auto kUnits = std::to_array<std::pair<char, std::int64_t>>(
        {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86'400}, {'w', 604'800}});
    const auto found =
        std::ranges::find(kUnits, text.back(), &std::pair<char, std::int64_t>::first);
    if (found == kUnits.end()) return std::nullopt;
    unit = Duration::seconds(found->second);
    text.remove_suffix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
  }
  const auto count = whole(text, kDurationMax.ns / unit.ns);
  return count ? std::optional(unit * *count) : std::nullopt;
}

std::optional<std::int64_t> gigabytes(std::string_view text) {
  std::string plain;
  for (char c : text)
    if (c != ' ') plain += lower(c);
  constexpr auto kUnits = std::to_array<std::pair<std::string_view, int>>(
      {{"kb", 10}, {"mb", 20}, {"gb", 30}, {"tb", 40}, {"pb", 50}});
  int power = 30;
  for (const auto& [name, bits] : kUnits)
    if (plain.ends_with(name)) {
      power = bits;
      plain.resize(plain.size() - name.size());
      break;
    }
  const auto nanos = decimal_nanos(plain);
  if (!nanos) return std::nullopt;
  const Int128 bytes = (static_cast<Int128>(*nanos) << power) / Money::kUnit +
                       ((static_cast<Int128>(*nanos) << power) % Money::kUnit != 0 ? 1 : 0);
  if (bytes > kResourceMax) return std::nullopt;
  return static_cast<std::int64_t>(bytes);
}

std::string class_of(std::string_view type) {
  std::string text = lowered(type);
  std::ranges::replace(text, '_', '-');
  std::ranges::replace(text, ' ', '-');
  constexpr std::array<std::string_view, 7> kMakers{"nvidia-",  "amd-",    "tesla-", "instinct-",
                                                    "geforce-", "quadro-", "google-"};
  for (bool again = true; again;) {
    again = false;
    for (std::string_view maker : kMakers)
      if (text.starts_with(maker) && text.size() > maker.size()) {
        text.erase(0, maker.size());
        again = true;
      }
  }
  const std::string base = text.substr(0, text.find('-'));
  if (is_card(base)) {
    const auto has = [&](std::string_view word) { return text.find(word) != std::string::npos; };
    const std::string_view memory = base == "a100" && has("80gb")   ? "-80gb"
                                    : base == "v100" && has("32gb") ? "-32gb"
                                                                    : "";
    text = base + std::string(memory);
  }
  return is_name(text) ? text : std::string{};
}

bool is_known_accelerator(std::string_view type) {
  const std::string name = class_of(type);
  return is_card(name.substr(0, name.find('-')));
}

std::string mig_profile_of(std::string_view type) {
  const std::size_t g = type.find("g.");
  if (g == std::string_view::npos || !type.ends_with("gb")) return {};
  std::size_t begin = g;
  while (begin > 0 && is_digit(type[begin - 1])) --begin;
  const std::string_view memory = type.substr(g + 2, type.size() - g - 4);
  if (begin == g || memory.empty() || !std::ranges::all_of(memory, is_digit)) return {};
  return std::string(type.substr(begin));
}

std::optional<std::int64_t> whole(std::string_view text, std::int64_t max) {
  std::int64_t value = 0;
  if (text.empty() || !is_digit(text.front())) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value > max) return std::nullopt;
  return value;
}

}  // namespace sillar
