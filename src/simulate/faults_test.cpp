#include "simulate/faults.h"

#include <gtest/gtest.h>

#include "simulate/trace_fixture.h"

namespace sillar {
namespace {

TEST(Exponential, HasItsMeanAndItsTail) {
  Random random(7);
  constexpr std::int64_t kMean = 1'000'000;
  constexpr int kDraws = 200'000;
  std::int64_t sum = 0;
  int beyond_mean = 0, beyond_three = 0;
  for (int i = 0; i < kDraws; ++i) {
    const std::int64_t drawn = exponential(random, Duration{kMean}).ns;
    ASSERT_GT(drawn, 0);
    sum += drawn;
    beyond_mean += drawn > kMean ? 1 : 0;
    beyond_three += drawn > 3 * kMean ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(sum) / kDraws, 1e6, 1e4);
  EXPECT_NEAR(beyond_mean / double{kDraws}, 0.36788, 0.005);
  EXPECT_NEAR(beyond_three / double{kDraws}, 0.04979, 0.002);
}

TEST(Exponential, NeverOverflowsATime) {
  Random random(1);
  for (int i = 0; i < 1000; ++i) {
    const Duration drawn = exponential(random, Duration::hours(24 * 36525));
    EXPECT_LE(drawn, Duration::hours(24 * 36525));
  }
}

std::vector<FaultProcess::Change> changes(std::uint64_t seed, std::int64_t hours) {
  const Fleet fleet = plain_fleet(4);
  FaultModel model;
  model.node_mtbf = Duration::hours(100);
  model.node_repair = Duration::hours(5);
  model.device_mtbf = Duration::hours(400);
  model.device_repair = Duration::hours(2);
  model.seed = seed;
  EventQueue events;
  FaultProcess faults(fleet, model, Time{0}, events);
  std::vector<FaultProcess::Change> out;
  while (events.next() <= Time{0} + Duration::hours(hours)) {
    if (const auto change = faults.happen(events.pop())) out.push_back(*change);
  }
  return out;
}

TEST(FaultProcess, ComesAtItsRateAndRepairsWhatItBroke) {
  constexpr std::int64_t kHours = 20'000;
  std::int64_t node_faults = 0, device_faults = 0;
  std::vector<int> down(4 * 9);
  for (const FaultProcess::Change& change : changes(11, kHours)) {
    const std::size_t what = change.node.index() * 9 + static_cast<std::size_t>(change.device + 1);
    const bool fault = change.health == Health::kQuarantined;
    EXPECT_EQ(down[what], fault ? 0 : 1);
    down[what] = fault ? 1 : 0;
    if (!fault) continue;
    ++(change.device < 0 ? node_faults : device_faults);
  }
  // 4 nodes, up for 100 of 105 hours; 32 devices, up for 400 of 402.
  EXPECT_NEAR(static_cast<double>(node_faults), 4.0 * kHours / 105, 60);
  EXPECT_NEAR(static_cast<double>(device_faults), 32.0 * kHours / 402, 100);
}

TEST(FaultProcess, EqualSeedsFailAlike) {
  const auto a = changes(5, 2000), b = changes(5, 2000), c = changes(6, 2000);
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].node, b[i].node);
    EXPECT_EQ(a[i].device, b[i].device);
  }
  bool differs = a.size() != c.size();
  for (std::size_t i = 0; i < std::min(a.size(), c.size()); ++i)
    differs = differs || a[i].node != c[i].node || a[i].device != c[i].device;
  EXPECT_TRUE(differs);
}

TEST(FaultProcess, NoneUnlessAsked) {
  EventQueue events;
  const FaultProcess faults(plain_fleet(2), FaultModel{}, Time{0}, events);
  EXPECT_EQ(events.size(), 0U);
  EXPECT_EQ(faults.down(), 0);
}

}  // namespace
}  // namespace sillar
