// Style as a test: one pass over the repository's text per rule, and each rule tried on small
// strings.

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/tidy_rules.h"

namespace sillar::house {
namespace {

using Rule = std::vector<Finding> (*)(const SourceFile&);

std::string over_the_tree(Rule rule) {
  std::vector<Finding> all;
  for (const SourceFile& file : read_tree()) {
    std::vector<Finding> found = rule(file);
    all.insert(all.end(), found.begin(), found.end());
  }
  return print(all);
}

std::string message(Rule rule, std::string path, std::string text) {
  const std::vector<Finding> found = rule({std::move(path), std::move(text)});
  return found.empty() ? "" : found.front().message;
}

std::string repeated(const std::string& text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

TEST(TidyTree, Lines) {
  EXPECT_EQ(over_the_tree(check_lines), "");
}
TEST(TidyTree, Sizes) {
  EXPECT_EQ(over_the_tree(check_size), "");
}
TEST(TidyTree, Functions) {
  EXPECT_EQ(over_the_tree(check_functions), "");
}
TEST(TidyTree, Headers) {
  EXPECT_EQ(over_the_tree(check_headers), "");
}
TEST(TidyTree, Includes) {
  EXPECT_EQ(over_the_tree(check_includes), "");
}
TEST(TidyTree, Words) {
  EXPECT_EQ(over_the_tree(check_words), "");
}
TEST(TidyTree, Library) {
  EXPECT_EQ(over_the_tree(check_library), "");
}
TEST(TidyTree, Readmes) {
  EXPECT_EQ(print(check_readmes(read_tree())), "");
}

TEST(TidyTree, Links) {
  EXPECT_EQ(over_the_tree([](const SourceFile& file) {
              return check_links(
                  file, [](const std::string& path) { return std::filesystem::exists(path); });
            }),
            "");
}
TEST(TidyTree, Dependencies) {
  std::string setup_script;
  std::string page;
  for (const SourceFile& file : read_tree()) {
    if (file.path == "scripts/setup.sh") setup_script = file.text;
    if (file.path == "docs/DEPENDENCIES.md") page = file.text;
  }
  EXPECT_FALSE(setup_script.empty());
  EXPECT_EQ(print(check_dependencies(setup_script, page)), "");
}

TEST(Lines, WidthIsInColumns) {
  EXPECT_EQ(message(check_lines, "src/base/a.h", std::string(100, 'x') + "\n"), "");
  EXPECT_EQ(message(check_lines, "src/base/a.h", std::string(101, 'x') + "\n"),
            "a line of more than 100 columns is banned, use two");
  EXPECT_EQ(message(check_lines, "src/base/a.h", repeated("€", 100) + "\n"), "");
  EXPECT_EQ(message(check_lines, "docs/a.md", std::string(200, 'x') + "\n"), "");
}

TEST(Lines, BlanksAndEnds) {
  EXPECT_EQ(message(check_lines, "a.md", "a\tb\n"), "a tab is banned, use blanks");
  EXPECT_EQ(message(check_lines, "a.md", "a \n"), "a trailing blank is banned, use none");
  EXPECT_EQ(message(check_lines, "a.md", "a\r\n"),
            "a carriage return is banned, use a line feed alone");
  EXPECT_EQ(message(check_lines, "a.md", "a"),
            "a last line without its end is banned, use a line feed");
  EXPECT_EQ(message(check_lines, "a.md", ""), "");
}

TEST(Size, TestsMayBeLonger) {
  EXPECT_EQ(message(check_size, "src/base/a.cpp", repeated("\n", 600)), "");
  EXPECT_EQ(message(check_size, "src/base/a.cpp", repeated("\n", 601)),
            "a file of 601 lines is banned, use several of at most 600");
  EXPECT_EQ(message(check_size, "src/base/a_test.cpp", repeated("\n", 900)), "");
  EXPECT_NE(message(check_size, "src/base/a_test.cpp", repeated("\n", 901)), "");
}

TEST(Functions, AreFoundWithTheirLength) {
  const auto spans = functions_of(R"(
namespace a {
constexpr int kTable[] = {
    1,
};
class B {
 public:
  B() : a_{1}, b_(2) {
    run();
  }
  int get() const { return a_; }
  enum class C : int { kD };
};
template <typename T>
T twice(T x) {
  if (x) {
    auto f = [&] { return 2; };
  }
  return T{x};
}
}  // namespace a
)");
  ASSERT_EQ(spans.size(), 3U);
  EXPECT_EQ(spans[0].line, 8);
  EXPECT_EQ(spans[0].lines, 3);
  EXPECT_EQ(spans[1].line, 11);
  EXPECT_EQ(spans[1].lines, 1);
  EXPECT_EQ(spans[2].line, 14);
  EXPECT_EQ(spans[2].lines, 7);
}

TEST(Functions, TablesAreNotFunctions) {
  EXPECT_TRUE(
      functions_of("const std::vector<Case> kCases = {\n    {a, f(1), {b}},\n};\n").empty());
  EXPECT_EQ(functions_of("extern \"C\" int fuzz(const char* data) {\n  return 0;\n}\n").size(), 1U);
}

TEST(Functions, MacrosDoNotConfuseTheScan) {
  const auto spans = functions_of(
      "#define CHECK(x) \\\n  do {            \\\n    if (x) {       \\\n  } while (0)\n"
      "void f() {\n  a();\n}\n");
  ASSERT_EQ(spans.size(), 1U);
  EXPECT_EQ(spans[0].line, 5);
  EXPECT_EQ(spans[0].lines, 3);
}

TEST(Functions, SeventyLinesFit) {
  EXPECT_EQ(
      message(check_functions, "src/base/a.cpp", "void f() {\n" + repeated("g();\n", 68) + "}\n"),
      "");
  EXPECT_EQ(
      message(check_functions, "src/base/a.cpp", "void f() {\n" + repeated("g();\n", 69) + "}\n"),
      "a function of 71 lines is banned, use several of at most 70");
}

TEST(Headers, BeginWithPragmaOnce) {
  EXPECT_EQ(message(check_headers, "src/base/a.h", "#pragma once\n"), "");
  EXPECT_EQ(message(check_headers, "src/base/a.h", "// A.\n#pragma once\n"),
            "another first line is banned, use #pragma once");
  EXPECT_EQ(message(check_headers, "src/base/a.h", "#pragma once\nusing namespace std;\n"),
            "using namespace is banned in headers, use the names with their namespace");
}

TEST(Includes, OwnHeaderComesFirst) {
  const std::string own = "#include \"base/a.h\"\n";
  const std::string other = "#include <vector>\n";
  EXPECT_EQ(message(check_includes, "src/base/a.cpp", own + other), "");
  EXPECT_EQ(message(check_includes, "src/base/a.cpp", other + own),
            "another include before \"base/a.h\" is banned, use the own header first");
  EXPECT_EQ(message(check_includes, "src/base/b.cpp", other + own), "");
  EXPECT_EQ(message(check_includes, "src/base/a_test.cpp", other + own), "");
}

TEST(Includes, AreRootedAndLight) {
  EXPECT_EQ(message(check_includes, "src/base/a.cpp", "#include \"a.h\"\n"),
            "\"a.h\" is banned, use its path from the source root");
  EXPECT_EQ(message(check_includes, "src/base/a.cpp", "#include <iostream>\n"),
            "<iostream> is banned, use fmt");
}

TEST(Words, UnfinishedWorkAndMachinesAreFound) {
  EXPECT_EQ(message(check_words, "a.md", std::string("TO") + "DO: later\n"),
            std::string("TO") + "DO is banned, use finished code, or an entry in the tracker");
  EXPECT_EQ(message(check_words, "a.md", "a mastodon\n"), "");
  EXPECT_EQ(message(check_words, "a.sh", std::string("cd /ho") + "me/me\n"),
            std::string("a path below /ho") + "me/ is banned, use one relative to the repository");
  EXPECT_EQ(message(check_words, "a.md", "acme/work/queue\n"), "");
}

TEST(Library, PrintsNothingAndThrowsNothing) {
  EXPECT_EQ(message(check_library, "src/engine/a.cpp", "std::cout << 1;\n"),
            "std::cout is banned in library code, use a returned text: the command line prints");
  EXPECT_EQ(message(check_library, "src/cli/a.cpp", "std::cout << 1;\n"), "");
  EXPECT_EQ(message(check_library, "src/cli/a.cpp", "throw 1;\n"),
            "throw is banned in src, use an Error (base/result.h)");
  EXPECT_EQ(message(check_library, "src/base/a.h", "static_assert(true);\n"), "");
  EXPECT_EQ(message(check_library, "src/base/a_test.cpp", "throw 1;\n"), "");
}

TEST(Readmes, EveryModuleHasOne) {
  EXPECT_EQ(print(check_readmes({{"src/a/x.h", ""}, {"src/a/README.md", ""}})), "");
  EXPECT_NE(print(check_readmes({{"src/a/x.h", ""}, {"src/b/README.md", ""}})), "");
}

TEST(Links, LeadSomewhere) {
  const auto exists = [](const std::string& path) { return path == "docs/b.md"; };
  EXPECT_EQ(print(check_links({"docs/a.md", "[b](b.md#part) [c](https://c)\n"}, exists)), "");
  EXPECT_EQ(print(check_links({"a.md", "[b](docs/b.md)\n"}, exists)), "");
  EXPECT_EQ(print(check_links({"docs/x/a.md", "[b](../b.md)\n"}, exists)), "");
  EXPECT_NE(print(check_links({"a.md", "[b](b.md)\n"}, exists)), "");
}

TEST(Dependencies, EachIsExplained) {
  const std::string script = "build_packages=(a-1 b\n  c)\nx=(\"${build_packages[@]}\")\n";
  EXPECT_EQ(print(check_dependencies(script, "`a-1` `b` `c`")), "");
  EXPECT_NE(print(check_dependencies(script, "`a-1` b `c`")), "");
}

}  // namespace
}  // namespace sillar::house
