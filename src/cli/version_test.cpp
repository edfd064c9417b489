#include <gtest/gtest.h>

#include "cli/build_info.h"
#include "cli/cli_fixture.h"

namespace sillar::cli {
namespace {

TEST(Version, SaysWhatItWasBuiltFrom) {
  const BuildInfo info = build_info();
  EXPECT_FALSE(info.version.empty());
  EXPECT_FALSE(info.commit.empty());
  EXPECT_TRUE(info.compiler.starts_with("Clang 19."));
  const Outcome outcome = run_words({"version", "-o", "csv"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_TRUE(
      outcome.out.starts_with("version,commit,compiler,build\n" + std::string(info.version) + ","));
  EXPECT_EQ(run_words({"--version"}).out, run_words({"version"}).out);
}

}  // namespace
}  // namespace sillar::cli
