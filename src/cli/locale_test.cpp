#include "cli/locale.h"

#include <gtest/gtest.h>

#include <map>

namespace sillar::cli {
namespace {

constexpr Locale kEnglish{Language::kEnglish, false};
constexpr Locale kSpain{Language::kSpanish, true};
constexpr Locale kMexico{Language::kSpanish, false};

Locale chosen(std::string_view stated, std::map<std::string, std::string> environment) {
  return choose_locale(stated, [&](const std::string& name) { return environment[name]; });
}

TEST(Locale, LanguageComesFromTheFlagThenTheEnvironment) {
  EXPECT_EQ(chosen("", {}), kEnglish);
  EXPECT_EQ(chosen("", {{"LANG", "C.UTF-8"}}), kEnglish);
  EXPECT_EQ(chosen("", {{"LANG", "de_DE.UTF-8"}}), kEnglish);
  EXPECT_EQ(chosen("", {{"LANG", "est"}}), kEnglish);
  EXPECT_EQ(chosen("", {{"LANG", "es_ES.UTF-8"}}), kSpain);
  EXPECT_EQ(chosen("", {{"LANG", "en_US"}, {"LC_MESSAGES", "es"}}), kSpain);
  EXPECT_EQ(chosen("", {{"LANG", "es"}, {"LC_ALL", "C"}}), kEnglish);
  EXPECT_EQ(chosen("es", {{"LANG", "en_US.UTF-8"}}), kSpain);
  EXPECT_EQ(chosen("en", {{"LANG", "es_ES.UTF-8"}}), kEnglish);
}

TEST(Locale, NumbersFollowTheRegion) {
  EXPECT_EQ(chosen("", {{"LANG", "es_MX.UTF-8"}}), kMexico);
  EXPECT_EQ(chosen("es", {{"LANG", "es_MX.UTF-8"}}), kMexico);
  EXPECT_EQ(chosen("", {{"LANG", "es-419"}}), kMexico);
  EXPECT_EQ(chosen("", {{"LANG", "es_AR.UTF-8"}}), kSpain);
  EXPECT_EQ(chosen("", {{"LANG", "es_ES"}, {"LC_NUMERIC", "es_MX"}}), kMexico);
}

TEST(Locale, GroupsDigits) {
  struct Case {
    const char* number;
    const char* english;
    const char* spain;
  };
  for (const Case& c :
       {Case{"0", "0", "0"}, Case{"123", "123", "123"}, Case{"1234.5", "1,234.5", "1234,5"},
        Case{"12345.67", "12,345.67", "12.345,67"}, Case{"-1234567", "-1,234,567", "-1.234.567"}}) {
    EXPECT_EQ(localise_number(c.number, kEnglish), c.english);
    EXPECT_EQ(localise_number(c.number, kMexico), c.english);
    EXPECT_EQ(localise_number(c.number, kSpain), c.spain);
  }
}

TEST(Locale, RoundsHalfToEven) {
  struct Case {
    const char* number;
    int decimals;
    const char* rounded;
  };
  for (const Case& c :
       {Case{"0.125", 2, "0.12"}, Case{"0.135", 2, "0.14"}, Case{"0.1250001", 2, "0.13"},
        Case{"9.999", 2, "10.00"}, Case{"-9.999", 2, "-10.00"}, Case{"-0.001", 2, "0.00"},
        Case{"1", 2, "1.00"}, Case{"1.5", 0, "2"}, Case{"2.5", 0, "2"}, Case{"99.5", 0, "100"},
        Case{"3.1", 3, "3.100"}, Case{"7", 0, "7"}})
    EXPECT_EQ(round_number(c.number, c.decimals), c.rounded) << c.number;
}

TEST(Locale, SecondsHaveAtMostTwoUnits) {
  struct Case {
    const char* seconds;
    const char* shown;
  };
  for (const Case& c :
       {Case{"0", "0 s"}, Case{"0.001", "0 s"}, Case{"0.25", "0.25 s"}, Case{"9.494", "9.49 s"},
        Case{"9.5", "10 s"}, Case{"12.3", "12 s"}, Case{"60", "1 min"}, Case{"200", "3 min 20 s"},
        Case{"3600", "1 h"}, Case{"7530", "2 h 5 min"}, Case{"86410", "1 d"},
        Case{"360000", "4 d 4 h"}, Case{"864000000", "10,000 d"}})
    EXPECT_EQ(localise_seconds(c.seconds, kEnglish), c.shown);
  EXPECT_EQ(localise_seconds("0.25", kSpain), "0,25 s");
  EXPECT_EQ(localise_seconds("-3", kSpain), "-3 s");
}

}  // namespace
}  // namespace sillar::cli
