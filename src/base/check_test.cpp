#include "base/check.h"

#include <gtest/gtest.h>

namespace sillar {
namespace {

TEST(Check, EndsTheProcessWithItsReason) {
  CHECK(true, "nothing happens");
  EXPECT_DEATH(CHECK(1 == 2, "numbers differ"), "CHECK\\(1 == 2\\) failed: numbers differ");
}

TEST(Check, BugsAreCountedAndGoOn) {
  const std::uint64_t before = bug_count();
  for (int i = 0; i < 3; ++i) BUG("seen in a test");
  EXPECT_EQ(bug_count(), before + 3);
}

}  // namespace
}  // namespace sillar
