#include "server/usage_book.h"

#include <gtest/gtest.h>

#include "engine/engine.h"
#include "server/core_fixture.h"

namespace sillar::server {
namespace {

constexpr Duration kStep = Duration::seconds(10);

Time at(std::int64_t seconds) {
  return Time::from_seconds(1'000'000 + seconds);
}

TEST(UsageSeries, PointsAreStepsWithWhatWasSeenInThem) {
  UsageSeries series(kStep);
  series.add(at(0), {2, 1000, 100});
  series.add(at(4), {2, 500, 300});
  series.add(at(10), {1, 100, 50});
  series.add(at(55), {1, 900, 50});
  ASSERT_EQ(series.points().size(), 3U);
  EXPECT_EQ(series.points()[0].busy_thousandths(), 375);
  EXPECT_EQ(series.points()[0].devices(), 2);
  EXPECT_EQ(series.points()[0].memory_bytes_max, 300);
  EXPECT_EQ(series.points()[1].from, at(10));
  EXPECT_EQ(series.points()[2].from, at(50)) << "in steps from the first";
}

TEST(UsageSeries, HoweverLongItHasFewPointsThatAddUp) {
  UsageSeries series(kStep);
  constexpr std::int64_t kSamples = 10'000;
  for (std::int64_t i = 0; i < kSamples; ++i) series.add(at(i * 10), {1, i % 2 * 1000, i});
  EXPECT_LE(series.points().size(), UsageSeries::kPointsMax);
  EXPECT_GE(series.points().size(), UsageSeries::kPointsMax / 2);
  EXPECT_EQ(series.points().front().from, at(0));
  std::int64_t samples = 0;
  std::int64_t busy = 0;
  for (std::size_t p = 0; p < series.points().size(); ++p) {
    const UsageSeries::Point& point = series.points()[p];
    samples += point.samples;
    busy += point.sum.busy_thousandths;
    if (p > 0) EXPECT_EQ(point.from - series.points()[p - 1].from, series.step());
  }
  EXPECT_EQ(samples, kSamples);
  EXPECT_EQ(busy, kSamples / 2 * 1000);
  EXPECT_EQ(series.points().back().memory_bytes_max, kSamples - 1);
}

TEST(UsageBook, NotesWhatRunsOnTheDevicesOfTheSample) {
  State state;
  Scratch scratch;
  const Time now = at(0);
  ASSERT_TRUE(step(state, scratch, {now, Configure{small_world()}}).has_value());
  for (const auto& [name, devices] : {std::pair{"two", 2}, std::pair{"one", 1}}) {
    auto work = std::make_shared<Workload>(*small_workload(name, devices));
    work->tasks.clear();
    work->submitted = now;
    ASSERT_TRUE(step(state, scratch, {now, Submit{work}}).has_value());
  }
  ASSERT_TRUE(step(state, scratch, {now, Decide{true}}).has_value());
  UsageBook book(kStep);
  const WorkloadId two = state.workload_ids.at("two");
  std::vector<drivers::DeviceUse> use;
  const auto mask = state.board.task(*state.task_named("two/0")).place.device_mask;
  for (std::int32_t d = 0; d < 8; ++d)
    if ((mask >> d & 1) != 0) use.push_back({d, 400, 1 << 20});
  use.push_back({4000, 1000, 0});
  book.note(state, now, {use, {}});
  ASSERT_NE(book.find(two), nullptr);
  EXPECT_EQ(book.find(two)->points().front().busy_thousandths(), 400);
  EXPECT_EQ(book.find(two)->points().front().devices(), 2);
  EXPECT_EQ(book.find(two)->points().front().memory_bytes_max, 2 << 20);
  EXPECT_EQ(book.find(state.workload_ids.at("one")), nullptr) << "nothing was told of its device";
}

}  // namespace
}  // namespace sillar::server
