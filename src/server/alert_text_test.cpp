#include "server/alert_text.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace sillar::server {
namespace {

constexpr AlertLocale kEnglish{Language::kEnglish, false};
constexpr AlertLocale kSpain{Language::kSpanish, true};
constexpr AlertLocale kMexico{Language::kSpanish, false};

Alert budget_alert() {
  Alert alert;
  alert.rule = "money";
  alert.code = AlertCode::kBudgetActual;
  alert.project = "acme/a";
  alert.subject = "month";
  alert.threshold = 80;
  alert.since = Time::from_seconds(1'790'812'800);
  alert.until = Time::from_seconds(1'793'491'200);
  alert.fired = alert.since + Duration::hours(500);
  alert.parameters = {
      {"budget", "month"}, {"amount", "1234.565000001"}, {"limit", "1500.00"}, {"currency", "USD"}};
  return alert;
}

TEST(AlertText, SaysWhatHowMuchAndSinceWhen) {
  const Alert alert = budget_alert();
  EXPECT_EQ(alert_title(alert, kEnglish), "Budget month of acme/a: 80 % is spent");
  EXPECT_EQ(alert_sentence(alert, kEnglish),
            "Of the 1500.00 USD that budget month of project acme/a has for the period from "
            "2026-10-01T00:00:00Z on, 1234.57 USD are spent: it has reached 80 %.");
  EXPECT_EQ(alert_sentence(alert, kSpain),
            "De los 1500,00 USD que el presupuesto month del proyecto acme/a tiene para el período "
            "que empezó el 2026-10-01T00:00:00Z se han gastado 1234,57 USD: ha alcanzado el 80 %.");
  EXPECT_NE(alert_sentence(alert, kMexico).find("1234.57 USD"), std::string::npos);
}

TEST(AlertText, SaysWhatIsOver) {
  Alert alert = budget_alert();
  alert.end = AlertEnd::kCleared;
  EXPECT_EQ(alert_title(alert, kSpain),
            "Terminó: Presupuesto month de acme/a: se ha gastado el 80 %");
  EXPECT_EQ(alert_sentence(alert, kEnglish),
            "The period of budget month of project acme/a is over.");
  alert.end = AlertEnd::kWithdrawn;
  EXPECT_EQ(alert_sentence(alert, kEnglish), "No alert rule asks for this any more.");
}

TEST(AlertText, EveryCodeHasItsSentencesWithoutGaps) {
  for (std::size_t code = 0; code < kAlertCodes.size(); ++code)
    for (const AlertEnd end : {AlertEnd::kOpen, AlertEnd::kCleared, AlertEnd::kAtOnce})
      for (const AlertLocale& locale : {kEnglish, kSpain}) {
        Alert alert = budget_alert();
        alert.code = static_cast<AlertCode>(code);
        alert.end = end;
        for (const char* name : {"over", "node", "device", "failed", "reason_en", "reason_es"})
          alert.parameters.emplace_back(name, "X");
        for (const std::string& text :
             {alert_title(alert, locale), alert_sentence(alert, locale)}) {
          EXPECT_FALSE(text.empty());
          EXPECT_EQ(text.find_first_of("{}?"), std::string::npos) << text;
          EXPECT_EQ(text.find("  "), std::string::npos) << text;
        }
      }
}

TEST(AlertText, NamesAreNeverTakenForPlaceholders) {
  Alert alert = budget_alert();
  alert.code = AlertCode::kFailed;
  alert.subject = "{project}{title}";
  EXPECT_EQ(alert_title(alert, kEnglish), "{project}{title} has failed");
}

TEST(AlertText, AmountsAreRoundedHalfToEvenOnTheirText) {
  const struct {
    std::string_view decimal;
    std::string_view text;
  } cases[] = {{"0.005", "0.00 EUR"},
               {"0.015", "0.02 EUR"},
               {"0.0050000001", "0.01 EUR"},
               {"99.995", "100.00 EUR"},
               {"9.994999", "9.99 EUR"},
               {"7", "7.00 EUR"},
               {"-1.5", "-1.50 EUR"},
               {"0.1", "0.10 EUR"},
               {"999999999999.999", "1000000000000.00 EUR"}};
  for (const auto& c : cases) EXPECT_EQ(amount_text(c.decimal, "EUR", kEnglish), c.text);
}

TEST(AlertText, DetailsHaveTheirNames) {
  const auto details = alert_details(budget_alert(), kSpain);
  const auto amount = std::ranges::find(details, "Importe", &AlertDetail::name);
  ASSERT_NE(amount, details.end());
  EXPECT_EQ(amount->value, "1234,57 USD");
}

}  // namespace
}  // namespace sillar::server
