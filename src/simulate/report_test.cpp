#include "simulate/report.h"

#include <gtest/gtest.h>

#include "base/document.h"

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

TEST(Report, JsonReadsBack) {
  SimulationReport report;
  report.policy = "fair";
  report.completion.mean = Duration{1'500'000'000};
  report.device_time.held = Int128{1000} * 3'600'000'000'000;
  report.priced = true;
  report.billed_nanos = 12'340'000'000;
  report.projects.push_back({"a", {}, 2, 1, {}, {}, {}, 0, 5, 4});
  report.series = {Time{0}, Duration::seconds(60), 1, {{{1500}, {0}, {7}}}, {{1500}, {0}, {9}}};
  const auto document = parse_document("report", report_json(report, true));
  ASSERT_TRUE(document.has_value()) << document.error().message;
  const Value& root = document->root;
  EXPECT_EQ(root.find("completion")->find("mean_s")->scalar, "1.50");
  EXPECT_EQ(root.find("device_hours")->find("held")->scalar, "1.00");
  EXPECT_EQ(root.find("cost")->find("billed")->scalar, "12.34");
  EXPECT_EQ(root.find("projects")->items[0].find("cost")->scalar, "0.000000005");
  const Value* series = root.find("series");
  EXPECT_EQ(series->find("fleet")->find("devices")->items[0].scalar, "1.50");
  EXPECT_EQ(series->find("projects")->find("a")->find("cost")->items[0].scalar, "0.000000007");
  EXPECT_EQ(parse_document("report", report_json(report, false))->root.find("series"), nullptr);
}

}  // namespace
}  // namespace sillar
