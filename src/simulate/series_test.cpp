#include "simulate/series.h"

#include <gtest/gtest.h>

namespace sillar {
namespace {

using Values = std::vector<std::int64_t>;

Time s(std::int64_t seconds) {
  return Time::from_seconds(seconds);
}

SeriesBuilder::CostReader no_costs() {
  return [](Time) { return SeriesBuilder::Costs{}; };
}

TEST(SeriesBuilder, MeansOverBuckets) {
  SeriesBuilder builder(s(100), Duration::seconds(10), 8, 2, no_costs());
  builder.add_queued(ProjectId{1}, 1, s(100));
  builder.advance(s(105));
  builder.add_devices(ProjectId{0}, 2000, s(105));
  builder.add_queued(ProjectId{1}, -1, s(105));
  builder.advance(s(125));
  builder.add_devices(ProjectId{0}, -2000, s(125));
  const Series series = builder.finish(s(130));
  EXPECT_EQ(series.begin, s(100));
  EXPECT_EQ(series.width, Duration::seconds(10));
  EXPECT_EQ(series.points, 3U);
  EXPECT_EQ(series.projects[0].devices, (Values{1000, 2000, 1000}));
  EXPECT_EQ(series.projects[1].queued, (Values{500, 0, 0}));
  EXPECT_EQ(series.fleet.devices, (Values{1000, 2000, 1000}));
  EXPECT_EQ(series.fleet.queued, (Values{500, 0, 0}));
  EXPECT_TRUE(series.fleet.cost_nanos.empty());
}

TEST(SeriesBuilder, TheLastBucketMayBeShort) {
  SeriesBuilder builder(s(0), Duration::seconds(10), 8, 1, no_costs());
  builder.add_devices(ProjectId{0}, 1000, s(0));
  builder.advance(s(14));
  const Series series = builder.finish(s(14));
  EXPECT_EQ(series.projects[0].devices, (Values{1000, 1000}));
}

TEST(SeriesBuilder, FullBucketsMergeAndKeepTheirSums) {
  // Costs 3 a second, 1 of it the project's.
  SeriesBuilder builder(s(0), Duration::seconds(1), 4, 1, [](Time at) {
    const std::int64_t seconds = at.ns / 1'000'000'000;
    return SeriesBuilder::Costs{{Int128{seconds}}, Int128{3 * seconds}};
  });
  builder.add_devices(ProjectId{0}, 1000, s(0));
  builder.advance(s(20));
  builder.add_devices(ProjectId{0}, 3000, s(20));
  builder.advance(s(30));
  const Series series = builder.finish(s(30));
  EXPECT_EQ(series.width, Duration::seconds(8));
  EXPECT_EQ(series.projects[0].devices, (Values{1000, 1000, 2500, 4000}));
  EXPECT_EQ(series.projects[0].cost_nanos, (Values{8, 8, 8, 6}));
  EXPECT_EQ(series.fleet.cost_nanos, (Values{24, 24, 24, 18}));
}

TEST(SeriesBuilder, NothingHappened) {
  SeriesBuilder builder(s(0), Duration::seconds(1), 4, 1, no_costs());
  EXPECT_EQ(builder.finish(s(0)).points, 0U);
}

}  // namespace
}  // namespace sillar
