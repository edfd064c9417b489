// Keeps the house in shape: which room may include which, where heavy headers live, and what pure
// code may not know.

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/house_rules.h"

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

TEST(HouseTree, HasFiles) {
  EXPECT_GT(read_tree().size(), 20U) << "run in the repository's root";
}
TEST(HouseTree, IncludesFollowTheFloors) {
  EXPECT_EQ(over_the_tree(check_edges), "");
}
TEST(HouseTree, HeavyHeadersStayInTheirRooms) {
  EXPECT_EQ(over_the_tree(check_heavy_headers), "");
}
TEST(HouseTree, PureCodeIsPure) {
  EXPECT_EQ(over_the_tree(check_purity), "");
}

TEST(HouseTree, ThirdPartyHeadersAreInstalled) {
  const std::vector<SourceFile> tree = read_tree();
  const auto setup = std::ranges::find(tree, "scripts/setup.sh", &SourceFile::path);
  ASSERT_NE(setup, tree.end());
  std::vector<Finding> all;
  for (const SourceFile& file : tree) {
    std::vector<Finding> found = check_packages(file, setup->text);
    all.insert(all.end(), found.begin(), found.end());
  }
  EXPECT_EQ(print(all), "");
}

TEST(Packages, AreListedOrFound) {
  const auto found = [](const std::string& include) {
    return print(
        check_packages({"src/base/a.cpp", "#include <" + include + ">\n"}, "(libfmt-dev)"));
  };
  EXPECT_EQ(found("vector"), "");
  EXPECT_EQ(found("sys/resource.h"), "");
  EXPECT_EQ(found("fmt/format.h"), "");
  EXPECT_EQ(found("gmock/gmock.h"),
            "\nsrc/base/a.cpp:1: <gmock/gmock.h> is banned, use it after adding its package "
            "libgmock-dev to scripts/setup.sh");
  EXPECT_NE(found("other/thing.h"), "");
}

TEST(Edges, DownIsPermittedAndUpIsNot) {
  EXPECT_EQ(message(check_edges, "src/model/a.h", "#include \"base/time.h\"\n"), "");
  EXPECT_EQ(message(check_edges, "src/cli/a.cpp", "#include \"simulate/run.h\"\n"), "");
  EXPECT_EQ(message(check_edges, "src/base/a.h", "#include \"model/fleet.h\"\n"),
            "base -> model is banned, use nothing of ours (or hand the value in from above)");
  EXPECT_EQ(message(check_edges, "src/model/a.cpp", "#include \"engine/state.h\"\n"),
            "model -> engine is banned, use base (or hand the value in from above)");
}

TEST(Edges, PureRoomsDoNotSeeEachOther) {
  for (const char* from : {"schedule", "scale", "govern", "ledger"})
    for (const char* to : {"schedule", "scale", "govern", "ledger"}) {
      const std::string text = std::string("#include \"") + to + "/x.h\"\n";
      const bool banned = !message(check_edges, std::string("src/") + from + "/a.h", text).empty();
      EXPECT_EQ(banned, std::string(from) != to) << from << " -> " << to;
    }
}

TEST(Edges, TheGatewayAndNetStandApart) {
  EXPECT_EQ(message(check_edges, "src/gateway/a.h", "#include \"net/http.h\"\n"), "");
  EXPECT_NE(message(check_edges, "src/gateway/a.h", "#include \"engine/state.h\"\n"), "");
  EXPECT_NE(message(check_edges, "src/net/a.h", "#include \"model/fleet.h\"\n"), "");
  EXPECT_NE(message(check_edges, "src/engine/a.h", "#include \"net/http.h\"\n"), "");
}

TEST(Edges, CommentedAndAngledIncludesDoNotCount) {
  EXPECT_EQ(message(check_edges, "src/base/a.h", "// #include \"model/fleet.h\"\n"), "");
  EXPECT_EQ(message(check_edges, "src/base/a.h", "#include <engine/state.h>\n"), "");
}

TEST(Edges, AFolderOutsideTheDesignIsFound) {
  EXPECT_NE(message(check_edges, "src/util/a.h", "\n"), "");
}

TEST(Edges, LinkLinesAreChecked) {
  const char* path = "src/ledger/CMakeLists.txt";
  EXPECT_EQ(message(check_edges, path, "sillar_module(ledger DEPS base model LIBS fmt::fmt)\n"),
            "");
  EXPECT_EQ(message(check_edges, path, "sillar_module(ledger DEPS base schedule)\n"),
            "ledger -> schedule is banned, use base, model (or hand the value in from above)");
}

TEST(HeavyHeaders, LiveInOneRoom) {
  const std::string yaml = "#include <yaml-cpp/yaml.h>\n";
  EXPECT_EQ(message(check_heavy_headers, "src/base/document.cpp", yaml), "");
  EXPECT_EQ(message(check_heavy_headers, "src/base/document.h", yaml),
            "<yaml-cpp/yaml.h> is banned in headers, use a forward declaration or "
            "base/document.h");
  EXPECT_EQ(message(check_heavy_headers, "src/model/text.cpp", yaml),
            "<yaml-cpp/yaml.h> is banned outside base, use base/document.h");
  EXPECT_EQ(
      message(check_heavy_headers, "src/engine/state_test.cpp", "#include <nlohmann/json.hpp>\n"),
      "");
}

TEST(Purity, NamesTheReplacement) {
  EXPECT_EQ(message(check_purity, "src/schedule/a.cpp", "std::unordered_map<int, int> m;\n"),
            "unordered_map is banned in pure code, use std::map or a sorted vector");
  EXPECT_EQ(message(check_purity, "src/engine/a.cpp", "auto t = std::chrono::system_clock::now();"),
            "system_clock is banned in pure code, use the Time that the caller hands in "
            "(base/time.h)");
  EXPECT_EQ(message(check_purity, "src/ledger/a.h", "int x = rand();\n"),
            "rand is banned in pure code, use Random with the caller's seed (base/random.h)");
  EXPECT_NE(message(check_purity, "src/scale/a.h", "std::thread worker;\n"), "");
}

TEST(Purity, LooksAtCodeOfPureRoomsOnly) {
  EXPECT_EQ(message(check_purity, "src/schedule/a.cpp", "// not an unordered_map\n"), "");
  EXPECT_EQ(message(check_purity, "src/schedule/a.cpp", "auto s = \"rand\";\n"), "");
  EXPECT_EQ(message(check_purity, "src/schedule/a.cpp", "int operand = 1; grand(operand);\n"), "");
  EXPECT_EQ(message(check_purity, "src/schedule/a_test.cpp", "std::thread t;\n"), "");
  EXPECT_EQ(message(check_purity, "src/simulate/a.cpp", "std::thread t;\n"), "");
}

TEST(CodeOnly, BlanksCommentsAndLiterals) {
  EXPECT_EQ(code_only("a; // b\nc"), "a;     \nc");
  EXPECT_EQ(code_only("a /* b\nc */ d"), "a     \n     d");
  EXPECT_EQ(code_only(R"(f("x // y", 'z'))"), R"(f("      ", ' '))");
  EXPECT_EQ(code_only(R"(f("a\"b"))"), R"(f("    "))");
  EXPECT_EQ(code_only("1'000'000 + x"), "1'000'000 + x");
  EXPECT_EQ(code_only("R\"(a\n\"b)\" + c"), "R\"  \n   \" + c");
}

TEST(CodeOnly, SurvivesWhatDoesNotEnd) {
  EXPECT_EQ(code_only("a /* b"), "a     ");
  EXPECT_EQ(code_only("\"abc"), "\"   ");
  EXPECT_EQ(code_only("'\\"), "' ");
  EXPECT_EQ(code_only("R\"(x"), "R\"  ");
}

}  // namespace
}  // namespace sillar::house
