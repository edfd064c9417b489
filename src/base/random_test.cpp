#include "base/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <numeric>

namespace sillar {
namespace {

TEST(Random, IsSplitMix64) {
  // First outputs for seed 1234567, as its authors' reference code gives them.
  Random random(1234567);
  EXPECT_EQ(random.next(), 6457827717110365317ULL);
  EXPECT_EQ(random.next(), 3203168211198807973ULL);
  EXPECT_EQ(random.next(), 9817491932198370423ULL);
}

TEST(Random, StaysBelowItsBound) {
  Random random(1);
  std::array<int, 6> seen{};
  for (int i = 0; i < 6000; ++i) {
    const std::uint64_t drawn = random.below(6);
    ASSERT_LT(drawn, 6U);
    ++seen[drawn];
  }
  for (const int count : seen) EXPECT_GT(count, 850);
  EXPECT_EQ(random.below(1), 0U);
}

TEST(Random, ShufflesWithoutLoss) {
  std::vector<int> items(100);
  std::iota(items.begin(), items.end(), 0);
  std::vector<int> shuffled = items;
  Random(5).shuffle(shuffled);
  EXPECT_NE(shuffled, items);
  std::vector<int> again = items;
  Random(5).shuffle(again);
  EXPECT_EQ(again, shuffled);
  std::sort(shuffled.begin(), shuffled.end());
  EXPECT_EQ(shuffled, items);
}

}  // namespace
}  // namespace sillar
