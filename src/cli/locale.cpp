#include "cli/locale.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace sillar::cli {
namespace {

// "es", "es_ES.UTF-8", "es-419"
bool is_spanish(std::string_view locale) {
  return locale.starts_with("es") &&
         (locale.size() == 2 || std::string_view("_-.@").find(locale[2]) != std::string_view::npos);
}

// Spanish-speaking regions that write 1,234.5 (CLDR's number symbols).
bool is_point_region(std::string_view locale) {
  constexpr std::array<std::string_view, 12> kRegions{"419", "BZ", "CU", "DO", "GT", "HN",
                                                      "MX",  "NI", "PA", "PR", "SV", "US"};
  return locale.size() > 3 && std::ranges::any_of(kRegions, [&](std::string_view region) {
           return locale.substr(3).starts_with(region);
         });
}

std::string first_set(const std::function<std::string(const std::string&)>& environment,
                      std::initializer_list<const char*> names) {
  for (const char* name : names)
    if (std::string value = environment(name); !value.empty()) return value;
  return {};
}

bool any_digit_but_zero(std::string_view text) {
  return text.find_first_of("123456789") != std::string_view::npos;
}

// Adds one to the last digit of "-12.99", carrying.
void increment(std::string& number) {
  for (std::size_t i = number.size(); i-- > 0;) {
    if (number[i] == '.' || number[i] == '-') continue;
    if (number[i] != '9') {
      ++number[i];
      return;
    }
    number[i] = '0';
  }
  number.insert(number.starts_with('-') ? 1 : 0, "1");
}

}  // namespace

Locale choose_locale(std::string_view stated,
                     const std::function<std::string(const std::string&)>& environment) {
  const std::string messages = first_set(environment, {"LC_ALL", "LC_MESSAGES", "LANG"});
  const std::string numeric = first_set(environment, {"LC_ALL", "LC_NUMERIC", "LANG"});
  const std::string_view language = stated.empty() ? std::string_view(messages) : stated;
  if (!is_spanish(language)) return {};
  const std::string_view region = is_spanish(numeric) ? std::string_view(numeric) : language;
  return {Language::kSpanish, !is_point_region(region)};
}

std::string localise_number(std::string_view number, const Locale& locale) {
  const bool negative = number.starts_with('-');
  if (negative) number.remove_prefix(1);
  const std::size_t point = number.find('.');
  const std::string_view whole = number.substr(0, point);
  // Spanish groups from five digits on.
  const std::size_t grouped_from = locale.decimal_comma ? 5 : 4;
  std::string out(negative ? "-" : "");
  for (std::size_t i = 0; i < whole.size(); ++i) {
    if (i > 0 && whole.size() >= grouped_from && (whole.size() - i) % 3 == 0)
      out += locale.decimal_comma ? '.' : ',';
    out += whole[i];
  }
  if (point != std::string_view::npos) {
    out += locale.decimal_comma ? ',' : '.';
    out += number.substr(point + 1);
  }
  return out;
}

std::string round_number(std::string_view number, int decimals) {
  const std::size_t point = std::min(number.find('.'), number.size());
  std::string out(number.substr(0, point));
  std::string_view rest = number.substr(std::min(point + 1, number.size()));
  const auto kept = static_cast<std::size_t>(decimals);
  if (decimals > 0) {
    out += '.';
    out += rest.substr(0, std::min(kept, rest.size()));
    if (rest.size() < kept) out.append(kept - rest.size(), '0');
  }
  rest.remove_prefix(std::min(kept, rest.size()));
  if (!rest.empty()) {
    const bool odd = (out.back() - '0') % 2 != 0;
    const bool beyond_half = any_digit_but_zero(rest.substr(1));
    if (rest[0] > '5' || (rest[0] == '5' && (beyond_half || odd))) increment(out);
  }
  if (out.starts_with('-') && !any_digit_but_zero(out)) out.erase(0, 1);
  return out;
}

std::string localise_seconds(std::string_view seconds, const Locale& locale) {
  const std::string rounded = round_number(seconds, 0);
  std::int64_t whole = 0;
  const char* end = rounded.data() + rounded.size();
  const auto [stopped, error] = std::from_chars(rounded.data(), end, whole);
  if (error != std::errc{} || stopped != end || whole < 0)
    return localise_number(seconds, locale) + " s";
  if (whole < 10) {
    const std::string exact = round_number(seconds, 2);
    return localise_number(exact == "0.00" ? "0" : exact, locale) + " s";
  }
  struct Unit {
    std::int64_t seconds;
    std::string_view name;
  };
  constexpr std::array<Unit, 4> kUnits{{{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}}};
  for (std::size_t i = 0; i < kUnits.size(); ++i) {
    if (whole < kUnits[i].seconds) continue;
    std::string out = localise_number(std::to_string(whole / kUnits[i].seconds), locale);
    out += fmt::format(" {}", kUnits[i].name);
    const std::int64_t rest = whole % kUnits[i].seconds;
    if (i + 1 < kUnits.size() && rest >= kUnits[i + 1].seconds)
      out += fmt::format(" {} {}", rest / kUnits[i + 1].seconds, kUnits[i + 1].name);
    return out;
  }
  return "0 s";
}

}  // namespace sillar::cli
