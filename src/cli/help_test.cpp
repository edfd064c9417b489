#include "cli/help.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>

#include "base/document.h"
#include "cli/verbs.h"

namespace sillar::cli {
namespace {

// In docs, what stands after this line is written from the verbs' records.
constexpr std::string_view kMark = "<!-- From here on written by `SILLAR_WRITE_DOCS=1";

// Compares the page's generated part with what it should be; with SILLAR_WRITE_DOCS set, writes it.
void check_page(const std::string& path, Language language) {
  const auto page = read_file(path);
  ASSERT_TRUE(page.has_value()) << page.error().message;
  const std::size_t mark = page->find(kMark);
  ASSERT_NE(mark, std::string::npos) << path << " has no line that begins " << kMark;
  const std::size_t begin = page->find('\n', mark) + 1;
  const std::string wanted = "\n" + verbs_reference(language);
  if (std::getenv("SILLAR_WRITE_DOCS") != nullptr) {
    std::FILE* file = std::fopen(path.c_str(), "w");
    ASSERT_NE(file, nullptr);
    const std::string text = page->substr(0, begin) + wanted;
    EXPECT_EQ(std::fwrite(text.data(), 1, text.size(), file), text.size());
    EXPECT_EQ(std::fclose(file), 0);
    return;
  }
  EXPECT_EQ(page->substr(begin), wanted)
      << path << " is behind the program: SILLAR_WRITE_DOCS=1 writes it when this test runs";
}

TEST(Reference, IsInStepWithTheVerbs) {
  check_page("docs/cli.md", Language::kEnglish);
  check_page("docs/es/cli.md", Language::kSpanish);
}

TEST(Reference, NamesEveryVerbAndFlag) {
  for (Language language : {Language::kEnglish, Language::kSpanish}) {
    const std::string text = verbs_reference(language);
    for (const Verb* verb : all_verbs()) {
      EXPECT_NE(text.find("## " + std::string(verb->name) + "\n"), std::string::npos);
      for (const Flag& flag : verb->flags)
        EXPECT_NE(text.find("--" + std::string(flag.name)), std::string::npos) << flag.name;
    }
  }
}

TEST(Help, EveryExampleIsACommandThatParses) {
  for (const Verb* verb : all_verbs()) {
    EXPECT_FALSE(verb->examples.empty()) << verb->name;
    for (std::string_view example : verb->examples) {
      std::vector<std::string> words;
      std::string_view rest = example.substr(0, example.find(" > "));
      while (!rest.empty()) {
        const std::string_view word = rest.substr(0, rest.find(' '));
        words.emplace_back(word);
        rest.remove_prefix(std::min(word.size() + 1, rest.size()));
      }
      ASSERT_EQ(words.front(), verb->name);
      words.erase(words.begin());
      const auto arguments =
          parse_arguments(flags_of(*verb), verb->operands, words, Language::kEnglish);
      EXPECT_TRUE(arguments.has_value()) << example << ": " << arguments.error().message;
    }
  }
}

}  // namespace
}  // namespace sillar::cli
