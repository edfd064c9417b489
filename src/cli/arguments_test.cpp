#include "cli/arguments.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace sillar::cli {
namespace {

const std::vector<Flag> kFlags{
    {"policy", "NAME", Message::kFlagHelp, {"fair", "fifo", "sjf"}, 'p'},
    {"trace", "FILE", Message::kFlagHelp, {}},
    {"quiet", "", Message::kFlagHelp, {}, 'q'},
};
const std::vector<Operand> kFiles{{"FILE", Message::kFlagHelp, {}, true, true}};

Result<Arguments> parse(const std::vector<std::string>& words,
                        const std::vector<Operand>& operands = kFiles) {
  return parse_arguments(kFlags, operands, words, Language::kEnglish);
}

std::string fault(const std::vector<std::string>& words,
                  const std::vector<Operand>& operands = kFiles) {
  const auto result = parse(words, operands);
  if (result) return "";
  EXPECT_EQ(result.error().code, ErrorCode::kInvalidInput);
  return result.error().message;
}

TEST(Arguments, AreReadInEveryUsualSpelling) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"--policy", "fair", "a", "b", "-q"},
                                             {"--policy=fair", "a", "--quiet", "b"},
                                             {"a", "b", "-p", "fair", "--quiet"},
                                             {"-pfair", "-q", "a", "--", "b"},
                                             {"-qpfair", "a", "b"}}) {
    const auto arguments = parse(words);
    ASSERT_TRUE(arguments.has_value()) << arguments.error().message;
    EXPECT_EQ(arguments->text("policy"), "fair");
    EXPECT_TRUE(arguments->has("quiet"));
    EXPECT_FALSE(arguments->has("trace"));
    EXPECT_EQ(arguments->text("trace"), "");
    EXPECT_EQ(arguments->operands().size(), 2U);
    EXPECT_EQ(arguments->operands()[1], "b");
  }
}

TEST(Arguments, ValuesAreTakenAsTheyStand) {
  const auto arguments = parse({"--trace", "[a,b]", "-", "--", "--odd", "[c]"});
  ASSERT_TRUE(arguments.has_value()) << arguments.error().message;
  EXPECT_EQ(arguments->text("trace"), "[a,b]");
  EXPECT_EQ(std::vector<std::string>(arguments->operands().begin(), arguments->operands().end()),
            (std::vector<std::string>{"-", "--odd", "[c]"}));
  EXPECT_EQ(parse({"--trace", "-5", "a"})->text("trace"), "-5");
}

TEST(Arguments, FaultsNameWhatIsWrongAndWhatWasMeant) {
  EXPECT_EQ(fault({"a", "--polcy", "fair"}),
            "There is no flag --polcy here. Did you mean '--policy'?");
  EXPECT_EQ(fault({"a", "--polcy=fair"}),
            "There is no flag --polcy here. Did you mean '--policy'?");
  EXPECT_EQ(fault({"a", "-x"}), "There is no flag -x here.");
  EXPECT_EQ(fault({"a", "--policy"}), "--policy needs a value.");
  EXPECT_EQ(fault({"a", "--policy", "fare"}),
            "--policy cannot be 'fare'; it is one of: fair, fifo, sjf. Did you mean 'fair'?");
  EXPECT_EQ(fault({"a", "--trace=x", "--trace=y"}), "--trace is given more than once.");
  EXPECT_EQ(fault({}), "FILE is missing.");
  EXPECT_EQ(fault({"a"}, {}), "'a' is one argument too many.");
  EXPECT_EQ(fault({"a", "b"}, {{"FILE", Message::kFlagHelp, {}}}), "'b' is one argument too many.");
  EXPECT_EQ(fault({"c"}, {{"KIND", Message::kFlagHelp, {"a", "b"}}}),
            "KIND cannot be 'c'; it is one of: a, b.");
}

TEST(Arguments, ARequiredFlagIsMissed) {
  const std::vector<Flag> flags{{"gpus", "N", Message::kFlagHelp, {}, 0, true}};
  const auto result = parse_arguments(flags, {}, {}, Language::kSpanish);
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().message, "--gpus N es obligatorio.");
}

TEST(Arguments, NumbersHaveBounds) {
  EXPECT_EQ(number_argument("--seed", "7", 0, 10, Language::kEnglish).value(), 7);
  for (const char* text : {"", "x", "11", "-1", "7.5", "99999999999999999999"}) {
    const auto number = number_argument("--seed", text, 0, 10, Language::kEnglish);
    ASSERT_FALSE(number.has_value()) << text;
    EXPECT_EQ(number.error().message,
              "--seed cannot be '" + std::string(text) + "'; it is a whole number from 0 to 10.");
  }
}

// Whatever the words, the answer is arguments that keep the declaration, or a fault.
RC_GTEST_PROP(Arguments, AnyWordsAreAnswered, ()) {
  const auto word =
      rc::gen::oneOf(rc::gen::element<std::string>("--policy", "--policy=fair", "-p", "fair", "--",
                                                   "-", "-q", "--quiet=false", "--trace", "a"),
                     rc::gen::string<std::string>());
  const auto words = *rc::gen::container<std::vector<std::string>>(word);
  const auto arguments = parse(words);
  if (!arguments) {
    RC_ASSERT(!arguments.error().message.empty());
    return;
  }
  RC_ASSERT(!arguments->operands().empty());
  RC_ASSERT(arguments->operands().size() <= words.size());
}

}  // namespace
}  // namespace sillar::cli
