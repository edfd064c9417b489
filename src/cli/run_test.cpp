#include "cli/run.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "cli/cli_fixture.h"
#include "cli/verbs.h"

namespace sillar::cli {
namespace {

TEST(Run, WithoutAVerbHelpIsAMessage) {
  const Outcome outcome = run_words({});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_EQ(outcome.out, "");
  EXPECT_NE(outcome.err.find("sillar validate"), std::string::npos);
}

TEST(Run, HelpThatWasAskedForIsData) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"--help"}, {"-h"}, {"help"}}) {
    const Outcome outcome = run_words(words);
    EXPECT_EQ(outcome.code, 0);
    EXPECT_EQ(outcome.err, "");
    for (const Verb* verb : all_verbs())
      EXPECT_NE(outcome.out.find("  " + std::string(verb->name)), std::string::npos);
  }
}

TEST(Run, EveryVerbHasHelpWithExamplesFirst) {
  for (const Verb* verb : all_verbs()) {
    const std::string name(verb->name);
    const Outcome outcome = run_words({name, "--help"});
    EXPECT_EQ(outcome.code, 0) << name;
    EXPECT_EQ(outcome.out, run_words({"help", name}).out);
    EXPECT_EQ(outcome.out, run_words({name, "--nonsense", "-h"}).out);
    EXPECT_LT(outcome.out.find("Examples:"), outcome.out.find("Usage:")) << name;
    for (const Flag& flag : flags_of(*verb))
      EXPECT_NE(outcome.out.find("--" + std::string(flag.name)), std::string::npos) << name;
  }
}

TEST(Run, HelpFitsTheTerminal) {
  TestProcess process;
  process.columns = 60;
  const Outcome outcome = process.run({"validate", "--help"});
  std::string_view rest = outcome.out;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(line.size() + 1);
    if (!line.starts_with("  sillar")) EXPECT_LE(line.size(), 60U) << line;
  }
}

TEST(Run, AMisspeltVerbIsRefusedWithWhatWasMeant) {
  const Outcome outcome = run_words({"verzion"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(outcome.err,
            "sillar: 'verzion' is not a verb. Did you mean 'version'?\n"
            "'sillar --help' lists the verbs.\n");
  EXPECT_EQ(run_words({"help", "verzion"}).code, 2);
}

TEST(Run, AMisspeltFlagIsRefusedWithWhatWasMeant) {
  const Outcome outcome = run_words({"version", "--outputt=json"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_EQ(outcome.err,
            "sillar: There is no flag --outputt here. Did you mean '--output'?\n"
            "'sillar version --help' shows examples and flags.\n");
}

TEST(Run, SpeaksTheLanguageOfTheFlagAndElseOfTheEnvironment) {
  const std::string spanish =
      "sillar: 'verzion' no es un verbo. ¿Quiso decir 'version'?\n"
      "'sillar --help' muestra los verbos.\n";
  EXPECT_EQ(run_words({"verzion", "--lang", "es"}).err, spanish);
  EXPECT_EQ(run_words({"verzion", "--lang=es"}).err, spanish);
  TestProcess process;
  process.environment = {{"LANG", "es_ES.UTF-8"}};
  EXPECT_EQ(process.run({"verzion"}).err, spanish);
  EXPECT_NE(process.run({"verzion", "--lang", "en"}).err, spanish);
  process.environment["LC_ALL"] = "C";
  EXPECT_NE(process.run({"verzion"}).err, spanish);
}

TEST(Run, MachineFormsAreTheSameInEveryLanguage) {
  for (const char* format : {"json", "yaml", "csv"})
    for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
             {"version"}, {"prices"}, {"decide", "examples/scenarios/first.yaml"}}) {
      std::vector<std::string> english = words;
      english.insert(english.end(), {"-o", format});
      std::vector<std::string> spanish = english;
      spanish.insert(spanish.end(), {"--lang", "es"});
      EXPECT_EQ(run_words(english).out, run_words(spanish).out) << words[0] << " " << format;
    }
}

TEST(Run, ColourOnlyOnATerminalThatWantsIt) {
  const auto coloured = [](TestProcess& process, const std::vector<std::string>& words) {
    return process.run(words).out.find('\x1b') != std::string::npos;
  };
  TestProcess process;
  EXPECT_FALSE(coloured(process, {"prices"}));
  process.terminal = true;
  EXPECT_TRUE(coloured(process, {"prices"}));
  EXPECT_FALSE(coloured(process, {"prices", "--no-color"}));
  EXPECT_FALSE(coloured(process, {"prices", "-o", "json"}));
  process.environment = {{"TERM", "dumb"}};
  EXPECT_FALSE(coloured(process, {"prices"}));
  process.environment = {{"NO_COLOR", "1"}, {"CLICOLOR_FORCE", "1"}};
  EXPECT_FALSE(coloured(process, {"prices"}));
  process.terminal = false;
  process.environment = {{"CLICOLOR_FORCE", "1"}};
  EXPECT_TRUE(coloured(process, {"prices"}));
}

TEST(Run, AMissingFileIsNotFound) {
  const Outcome outcome = run_words({"decide", "no-such-file.yaml"});
  EXPECT_EQ(outcome.code, 3);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(outcome.err, "sillar: no-such-file.yaml: No such file or directory\n");
}

TEST(Run, AFullDiskIsAFailureAndAReaderThatHasGoneIsNot) {
  TestProcess process;
  process.out_failure = ENOSPC;
  const Outcome full = process.run({"version"});
  EXPECT_EQ(full.code, 1);
  EXPECT_EQ(full.err, "sillar: Standard output could not be written: No space left on device\n");
  process.out_failure = EPIPE;
  const Outcome gone = process.run({"version"});
  EXPECT_EQ(gone.code, 0);
  EXPECT_EQ(gone.err, "");
}

}  // namespace
}  // namespace sillar::cli
