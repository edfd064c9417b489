#include <gtest/gtest.h>

#include <cstdio>

#include "cli/cli_fixture.h"
#include "cli/verbs.h"

namespace sillar::cli {
namespace {

TEST(Completion, EveryVerbFlagAndChoiceIsOffered) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const Outcome outcome = run_words({"completion", shell});
    EXPECT_EQ(outcome.code, 0);
    for (const Verb* verb : all_verbs()) {
      EXPECT_NE(outcome.out.find(verb->name), std::string::npos) << shell;
      for (const Flag& flag : flags_of(*verb)) {
        EXPECT_NE(outcome.out.find(flag.name), std::string::npos) << shell << " " << flag.name;
        for (std::string_view choice : flag.choices)
          EXPECT_NE(outcome.out.find(choice), std::string::npos) << shell << " " << choice;
      }
    }
  }
}

// What bash offers for the words, of which the last is being typed.
std::string offered(const std::string& words) {
  const std::string script = run_words({"completion", "bash"}).out + "COMP_WORDS=(" + words +
                             ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_sillar\n"
                             "echo \"${COMPREPLY[*]}\"\n";
  const std::string path = testing::TempDir() + "sillar_completion_test.bash";
  std::FILE* file = std::fopen(path.c_str(), "w");
  std::fwrite(script.data(), 1, script.size(), file);
  std::fclose(file);
  std::FILE* pipe = ::popen(("bash --norc " + path).c_str(), "r");
  char line[4096] = {};
  const bool read = std::fgets(line, sizeof line, pipe) != nullptr;
  ::pclose(pipe);
  return read ? line : "";
}

TEST(Completion, BashOffersWhatFits) {
  EXPECT_EQ(offered("sillar ver"), "version\n");
  EXPECT_EQ(offered("sillar version --o"), "--output\n");
  EXPECT_EQ(offered("sillar version -o j"), "json\n");
  EXPECT_EQ(offered("sillar schema fl"), "fleet\n");
  EXPECT_EQ(offered("sillar validate ''"), "\n");
  EXPECT_EQ(offered("sillar validate --fleet ''"), "\n");
}

TEST(Completion, AnotherShellIsRefused) {
  EXPECT_EQ(run_words({"completion", "tcsh"}).code, 2);
  EXPECT_EQ(run_words({"completion"}).code, 2);
}

}  // namespace
}  // namespace sillar::cli
