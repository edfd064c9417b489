#include "simulate/report.h"

#include <gtest/gtest.h>

namespace sillar {
namespace {

TEST(Distribution, NearestRankAndExactMean) {
  std::vector<Duration> samples;
  for (std::int64_t i = 200; i > 0; --i) samples.push_back({i});
  EXPECT_EQ(distribution_of(samples), (Distribution{200, {100}, {100}, {180}, {198}, {200}}));
  samples = {{7}};
  EXPECT_EQ(distribution_of(samples), (Distribution{1, {7}, {7}, {7}, {7}, {7}}));
  samples = {};
  EXPECT_EQ(distribution_of(samples), Distribution{});
}

TEST(Distribution, SumsBeyond64Bits) {
  std::vector<Duration> samples(100, Duration{std::int64_t{1} << 62});
  EXPECT_EQ(distribution_of(samples).mean.ns, std::int64_t{1} << 62);
}

TEST(Report, SharesOfNothingAreNothing) {
  SimulationReport report;
  EXPECT_EQ(report.held_millionths(), 0);
  report.capacity_device_time = 3;
  report.device_time = {2, 1, 0, 0};
  EXPECT_EQ(report.held_millionths(), 666'666);
  EXPECT_EQ(report.useful_millionths(), 333'333);
}

}  // namespace
}  // namespace sillar
