#include "schedule/piece_values.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace sillar::schedule {
namespace {

DemandTask share(std::int32_t thousandths, std::int64_t count) {
  return {.cpu = 1000, .devices = 1, .thousandths = thousandths, .classes = {true}, .count = count};
}

TEST(PieceValues, WithoutDemandOnlyAWholeDeviceIsWorthAnything) {
  for (const auto& tasks : {std::vector<DemandTask>{}, std::vector<DemandTask>{share(1000, 7)}}) {
    const PieceValues values = piece_values(tasks);
    EXPECT_EQ(values[99], 0);
    EXPECT_EQ(values[100], 1000);
  }
}

TEST(PieceValues, HalvesShareTheDevice) {
  const PieceValues values = piece_values(std::vector{share(500, 3)});
  EXPECT_EQ(values[49], 0);
  EXPECT_EQ(values[50], 500);
  EXPECT_EQ(values[99], 500);
}

TEST(PieceValues, AreRoundedUpToCells) {
  const PieceValues values = piece_values(std::vector{share(491, 3)});
  EXPECT_EQ(values[49], 0);
  EXPECT_EQ(values[50], 500);
}

// While every 0.81 leaves a rest for a 0.16, that rest is worth nothing and 0.81 all of it.
TEST(PieceValues, ScarceSmallPiecesAreWorthNothing) {
  const PieceValues values = piece_values(std::vector{share(810, 10), share(160, 5)});
  EXPECT_EQ(values[16], 0);
  EXPECT_EQ(values[81], 1000);
}

// Where 0.16 has to fill devices of its own, six to a device, it is worth a sixth, and 0.81 what is
// left of a device beside one.
TEST(PieceValues, PlentifulSmallPiecesPayTheirShare) {
  const PieceValues values = piece_values(std::vector{share(810, 1), share(160, 100)});
  EXPECT_EQ(values[16], 167);
  EXPECT_EQ(values[81], 833);
  EXPECT_EQ(values[96], 1000);
}

TEST(PieceValues, NeverDecreaseAndAddUp) {
  Random random(5);
  for (int run = 0; run < 60; ++run) {
    std::vector<DemandTask> tasks;
    for (std::uint64_t i = 0; i <= random.below(80); ++i)
      tasks.push_back(share(static_cast<std::int32_t>(1 + random.below(1000)),
                            static_cast<std::int64_t>(1 + random.below(500))));
    const PieceValues values = piece_values(tasks);
    EXPECT_EQ(values, piece_values(tasks));
    for (std::size_t a = 1; a <= 100; ++a) {
      EXPECT_GE(values[a], values[a - 1]);
      for (std::size_t b = 1; a + b <= 100; ++b)  // Each of the three is rounded.
        EXPECT_GE(values[a + b] + 2, values[a] + values[b]) << run << ": " << a << " + " << b;
    }
  }
}

}  // namespace
}  // namespace sillar::schedule
