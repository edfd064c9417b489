#include "cli/messages.h"

#include <gtest/gtest.h>

#include <set>

namespace sillar::cli {
namespace {

std::multiset<std::string> gaps(std::string_view text) {
  std::multiset<std::string> names;
  while (true) {
    const std::size_t open = text.find('{');
    if (open == std::string_view::npos) return names;
    const std::size_t close = text.find('}', open);
    EXPECT_NE(close, std::string_view::npos) << text;
    if (close == std::string_view::npos) return names;
    names.emplace(text.substr(open + 1, close - open - 1));
    text.remove_prefix(close + 1);
  }
}

std::vector<Entry> all_entries() {
  std::vector<Entry> all;
  for (auto entries :
       {sentence_entries(), help_entries(), page_entries(), title_entries(), service_entries(),
        resource_entries(), demo_entries(), alert_entries(), verb_entries(), config_entries()})
    all.insert(all.end(), entries.begin(), entries.end());
  return all;
}

TEST(Messages, AreAllThereInBothLanguages) {
  const auto all = all_entries();
  ASSERT_EQ(all.size() + 1, static_cast<std::size_t>(Message::kCount));
  for (const Entry& entry : all) {
    EXPECT_FALSE(entry.english.empty());
    EXPECT_FALSE(entry.spanish.empty());
    EXPECT_EQ(say(entry.message, Language::kEnglish), entry.english);
    EXPECT_EQ(say(entry.message, Language::kSpanish), entry.spanish);
  }
  EXPECT_EQ(say(Message::kNone, Language::kSpanish), "");
}

TEST(Messages, HaveTheSameGapsInBothLanguages) {
  for (const Entry& entry : all_entries())
    EXPECT_EQ(gaps(entry.english), gaps(entry.spanish)) << entry.english;
}

TEST(Messages, EndAlike) {
  const std::string_view ends = ".?:";
  for (const Entry& entry : all_entries()) {
    const char english = entry.english.back();
    if (ends.find(english) != std::string_view::npos)
      EXPECT_EQ(english, entry.spanish.back()) << entry.spanish;
  }
}

TEST(Messages, FillTheirGaps) {
  EXPECT_EQ(say(Message::kNotANumber, Language::kSpanish,
                {{"flag", "--seed"}, {"value", "{min}"}, {"min", "0"}, {"max", "9"}}),
            "--seed no puede ser '{min}'; es un número entero de 0 a 9.");
  EXPECT_EQ(say(Message::kUnknownFlag, Language::kEnglish, {}), "There is no flag {flag} here.");
}

TEST(Messages, WordsOfAnswersAreTranslatedForPeople) {
  EXPECT_EQ(say_word("Running", Language::kEnglish), "Running");
  EXPECT_EQ(say_word("Running", Language::kSpanish), "En ejecución");
  EXPECT_EQ(say_word("n0", Language::kSpanish), "n0");
}

}  // namespace
}  // namespace sillar::cli
