#pragma once

// Which language people are spoken to in, and how numbers look to them. Two settings: Spanish is
// written with 1.234,5 in Madrid and 1,234.5 in Mexico. Machine output knows neither.

#include <functional>
#include <string>
#include <string_view>

#include "model/reason.h"

namespace sillar::cli {

struct Locale {
  Language language = Language::kEnglish;
  bool decimal_comma = false;

  friend bool operator==(const Locale&, const Locale&) = default;
};

// `stated` is the value of --lang, empty when there is none. Otherwise the first of LC_ALL,
// LC_MESSAGES and LANG that is set decides the language, and the first of LC_ALL, LC_NUMERIC and
// LANG the look of numbers; anything but Spanish is English.
[[nodiscard]] Locale choose_locale(
    std::string_view stated, const std::function<std::string(const std::string&)>& environment);

// The number with its thousands grouped, for people. Requires: a JSON number without exponent.
[[nodiscard]] std::string localise_number(std::string_view number, const Locale& locale);

// The number with `decimals` decimals, rounded half to even on its text. Requires: as above.
[[nodiscard]] std::string round_number(std::string_view number, int decimals);

// "0.25 s", "12 s", "3 min 20 s", "2 h 5 min", "3 d 4 h": at most two units.
[[nodiscard]] std::string localise_seconds(std::string_view seconds, const Locale& locale);

}  // namespace sillar::cli
