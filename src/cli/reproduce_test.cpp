#include <gtest/gtest.h>

#include "cli/cli_fixture.h"
#include "cli/view.h"

namespace sillar::cli {
namespace {

// A small cluster and one seed: the experiment's own figures are tested where it is.
std::vector<std::string> words(std::vector<std::string> more) {
  std::vector<std::string> all{"reproduce", "fgd", "--nodes", "20", "--seeds", "42"};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

TEST(Reproduce, OnePolicysFiguresStandAtTheTop) {
  const Outcome outcome = run_words(words({"--policy", "fgd", "-o", "json"}));
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const auto document = parse_document("answer", outcome.out);
  ASSERT_TRUE(document.has_value());
  for (const char* path : {"alloc_pct_100.mean", "alloc_pct_100.sd", "alloc_pct_130.mean",
                           "alloc_pct_130.sd", "frag_pct_100.mean", "frag_pct_100.sd",
                           "frag_pct_130.mean", "frag_pct_130.sd", "placements_per_s"})
    EXPECT_NE(find_path(document->root, path), nullptr) << path;
  EXPECT_EQ(document->root.find("rows")->items.size(), 1U);
  EXPECT_EQ(document->root.find("runs")->scalar, "1");
}

TEST(Reproduce, WithoutAPolicyAllAreCompared) {
  const Outcome outcome = run_words(words({"-o", "csv"}));
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  for (const char* policy :
       {"random", "dotprod", "gpuclustering", "gpupacking", "bestfit", "fgd", "sillar"})
    EXPECT_NE(outcome.out.find(std::string("\n") + policy + ","), std::string::npos) << policy;
}

TEST(Reproduce, WrongFlagsAreUsageErrors) {
  for (const char* seeds : {"", "x", "5..", "..5", "9..3", "-1..3", "1...3"}) {
    const Outcome outcome = run_words({"reproduce", "fgd", "--seeds", seeds});
    EXPECT_EQ(outcome.code, 2) << seeds;
    EXPECT_NE(outcome.err.find("--seeds"), std::string::npos);
  }
  EXPECT_EQ(run_words({"reproduce", "fgd", "--policy", "fdg"}).code, 2);
  EXPECT_EQ(run_words({"reproduce", "fgd", "--nodes", "0"}).code, 2);
  EXPECT_EQ(run_words({"reproduce", "pollux"}).code, 2);
  EXPECT_EQ(run_words({"reproduce", "fgd", "--seeds", "1..99999"}).code, 1);
  EXPECT_EQ(run_words({"reproduce", "fgd", "--list", "nothing"}).code, 3);
}

}  // namespace
}  // namespace sillar::cli
