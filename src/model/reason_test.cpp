#include "model/reason.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace sillar {
namespace {

std::set<std::string> placeholders(std::string_view text) {
  std::set<std::string> out;
  for (std::size_t open = text.find('{'); open != std::string_view::npos;
       open = text.find('{', open + 1)) {
    const std::size_t close = text.find('}', open);
    EXPECT_NE(close, std::string_view::npos) << text;
    out.emplace(text.substr(open + 1, close - open - 1));
  }
  return out;
}

TEST(Reason, EveryCodeHasANameAndTwoTextsWithTheSamePlaceholders) {
  std::set<std::string> names;
  for (std::size_t c = 0; c < static_cast<std::size_t>(ReasonCode::kCount); ++c) {
    const auto code = static_cast<ReasonCode>(c);
    const std::string name(reason_code_name(code));
    EXPECT_TRUE(names.insert(name).second) << name;
    EXPECT_TRUE(std::all_of(name.begin(), name.end(), [](char ch) {
      return (ch >= 'a' && ch <= 'z') || ch == '-';
    })) << name;
    const std::string_view english = reason_template(code, Language::kEnglish);
    const std::string_view spanish = reason_template(code, Language::kSpanish);
    EXPECT_FALSE(english.empty()) << name;
    EXPECT_FALSE(spanish.empty()) << name;
    EXPECT_NE(english, spanish) << name;
    EXPECT_EQ(placeholders(english), placeholders(spanish)) << name;
  }
}

TEST(Reason, KeepsItsPublishedNames) {
  EXPECT_EQ(reason_code_name(ReasonCode::kWaitsForVictim), "waits-for-victim");
  EXPECT_EQ(reason_code_name(ReasonCode::kNotReclaimable), "not-reclaimable");
  EXPECT_EQ(reason_code_name(ReasonCode::kStaleGang), "stale-gang");
  EXPECT_EQ(reason_code_name(ReasonCode::kBudgetStep), "budget-step");
}

TEST(Reason, FillsParameters) {
  const Reason reason{
      ReasonCode::kNotReclaimable,
      {{"needed", 80}, {"reclaimable", 79}, {"project", "dep/a"}, {"deserved", 7921}}};
  EXPECT_EQ(reason_text(reason, Language::kEnglish),
            "Needs 80, reclaimable 79: dep/a is protected to 7921 deserved.");
  EXPECT_EQ(reason_text(reason, Language::kSpanish),
            "Necesita 80, recuperable 79: dep/a está protegido hasta los 7921 que merece.");
  EXPECT_EQ(reason_text({ReasonCode::kMoved, {}}, Language::kEnglish),
            "Evicted to consolidate: moves to ?.");
}

}  // namespace
}  // namespace sillar
