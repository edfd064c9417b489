#include "import/scalars.h"

#include <gtest/gtest.h>

#include <array>

namespace sillar {
namespace {

using Kind = Scalar::Kind;

struct Case {
  std::string_view written;
  Kind python;
  std::string_view python_text;
  Kind go;
  std::string_view go_text;
};

// What PyYAML and the reader of Kubernetes make of the same words.
constexpr auto kCases = std::to_array<Case>({
    {"no", Kind::kBool, "False", Kind::kBool, "false"},
    {"No", Kind::kBool, "False", Kind::kBool, "false"},
    {"NO", Kind::kBool, "False", Kind::kBool, "false"},
    {"nO", Kind::kText, "nO", Kind::kText, "nO"},
    {"on", Kind::kBool, "True", Kind::kBool, "true"},
    {"off", Kind::kBool, "False", Kind::kBool, "false"},
    {"yes", Kind::kBool, "True", Kind::kBool, "true"},
    {"TRUE", Kind::kBool, "True", Kind::kBool, "true"},
    {"y", Kind::kText, "y", Kind::kBool, "true"},
    {"N", Kind::kText, "N", Kind::kBool, "false"},
    {"1:30", Kind::kInteger, "90", Kind::kText, "1:30"},
    {"190:20:30", Kind::kInteger, "685230", Kind::kText, "190:20:30"},
    {"1:60", Kind::kText, "1:60", Kind::kText, "1:60"},
    {"0:30", Kind::kText, "0:30", Kind::kText, "0:30"},
    {"0777", Kind::kInteger, "511", Kind::kInteger, "511"},
    {"0o777", Kind::kText, "0o777", Kind::kInteger, "511"},
    {"08", Kind::kText, "08", Kind::kFloat, "8"},
    {"1e3", Kind::kText, "1e3", Kind::kFloat, "1000"},
    {"1.0e+3", Kind::kFloat, "1000.0", Kind::kFloat, "1000"},
    {"1.0e3", Kind::kText, "1.0e3", Kind::kFloat, "1000"},
    {"0x1F", Kind::kInteger, "31", Kind::kInteger, "31"},
    {"0b101", Kind::kInteger, "5", Kind::kInteger, "5"},
    {"1_000", Kind::kInteger, "1000", Kind::kInteger, "1000"},
    {"-7", Kind::kInteger, "-7", Kind::kInteger, "-7"},
    {"+7", Kind::kInteger, "7", Kind::kInteger, "7"},
    {"1.50", Kind::kFloat, "1.5", Kind::kFloat, "1.5"},
    {".5", Kind::kFloat, "0.5", Kind::kFloat, "0.5"},
    {"5.", Kind::kFloat, "5.0", Kind::kFloat, "5"},
    {"3.10", Kind::kFloat, "3.1", Kind::kFloat, "3.1"},
    {"1.2.3", Kind::kText, "1.2.3", Kind::kText, "1.2.3"},
    {"4+", Kind::kText, "4+", Kind::kText, "4+"},
    {"16GB", Kind::kText, "16GB", Kind::kText, "16GB"},
    {"9223372036854775808", Kind::kText, "9223372036854775808", Kind::kFloat,
     "9.223372036854776e+18"},
    {"_1", Kind::kText, "_1", Kind::kText, "_1"},
    {"-", Kind::kText, "-", Kind::kText, "-"},
});

TEST(Scalars, AreWhatTheSourceToolMakesOfThem) {
  for (const Case& c : kCases) {
    const Value value = Value::plain(c.written);
    const Scalar python = resolve(value, ScalarRules::kPython);
    EXPECT_EQ(python.kind, c.python) << c.written;
    EXPECT_EQ(python.text, c.python_text) << c.written;
    const Scalar go = resolve(value, ScalarRules::kGo);
    EXPECT_EQ(go.kind, c.go) << c.written;
    EXPECT_EQ(go.text, c.go_text) << c.written;
    // In quotes everything is text.
    const Scalar quoted = resolve(Value::text(c.written), ScalarRules::kPython);
    EXPECT_EQ(quoted.kind, Kind::kText);
    EXPECT_EQ(quoted.text, c.written);
  }
  EXPECT_EQ(resolve(Value{}, ScalarRules::kGo).kind, Kind::kNull);
}

TEST(Scalars, DecimalsAreExact) {
  struct Decimal {
    std::string_view text;
    std::optional<std::int64_t> nanos;
  };
  for (const auto& [text, nanos] : std::to_array<Decimal>({{"1.5", 1'500'000'000},
                                                           {"1e3", 1'000'000'000'000},
                                                           {"2.5e-1", 250'000'000},
                                                           {".5", 500'000'000},
                                                           {"0.0000000001", std::nullopt},
                                                           {"0.10000000000000", 100'000'000},
                                                           {"-1", std::nullopt},
                                                           {"1e30", std::nullopt},
                                                           {"0e99", 0},
                                                           {"", std::nullopt},
                                                           {".", std::nullopt},
                                                           {"1.2.3", std::nullopt}}))
    EXPECT_EQ(decimal_nanos(text), nanos) << text;
}

}  // namespace
}  // namespace sillar
