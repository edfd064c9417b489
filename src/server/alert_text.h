#pragma once

// Alerts as people read them, in two languages: whole sentences with placeholders. Amounts always
// carry the code of their currency.

#include <string>
#include <utility>
#include <vector>

#include "model/reason.h"
#include "server/alert.h"

namespace sillar::server {

// Language and look of numbers are two settings: 1234,50 in Madrid is 1234.50 in Mexico.
struct AlertLocale {
  Language language = Language::kEnglish;
  bool decimal_comma = false;

  friend bool operator==(const AlertLocale&, const AlertLocale&) = default;
};

// One line. Of an alert that is over, what is over.
[[nodiscard]] std::string alert_title(const Alert& alert, const AlertLocale& locale);
// One or two sentences.
[[nodiscard]] std::string alert_sentence(const Alert& alert, const AlertLocale& locale);

struct AlertDetail {
  std::string name;
  std::string value;
};
// What a reader may want beside the sentence, each with its name.
[[nodiscard]] std::vector<AlertDetail> alert_details(const Alert& alert, const AlertLocale& locale);

// "1234.565" USD as "1234.56 USD": two decimals, half to even. Requires: a decimal number.
[[nodiscard]] std::string amount_text(std::string_view decimal, std::string_view currency,
                                      const AlertLocale& locale);

}  // namespace sillar::server
