#include "server/exposition.h"

#include <gtest/gtest.h>

namespace sillar::server {
namespace {

std::string written(Dialect dialect) {
  Exposition out(dialect);
  out.family("x_things", FigureKind::kCounter, "Things.");
  out.number({{"kind", "a\"b\\c\nd"}}, std::uint64_t{3});
  out.family("x_build", FigureKind::kInfo, "Which.");
  out.info({{"version", "1"}});
  out.family("x_size_bytes", FigureKind::kGauge, "Size.");
  out.number({}, std::int64_t{-1});
  out.family("x_wait_seconds", FigureKind::kHistogram, "Waits.");
  out.bucket({{"kind", "a"}}, "0.1", 1);
  out.bucket({{"kind", "a"}}, "+Inf", 2);
  out.sum({{"kind", "a"}}, "1.5", 2);
  return out.take();
}

TEST(Exposition, IsWhatPrometheusReads) {
  EXPECT_EQ(written(Dialect::kPrometheus), R"(# HELP x_things_total Things.
# TYPE x_things_total counter
x_things_total{kind="a\"b\\c\nd"} 3
# HELP x_build_info Which.
# TYPE x_build_info gauge
x_build_info{version="1"} 1
# HELP x_size_bytes Size.
# TYPE x_size_bytes gauge
x_size_bytes -1
# HELP x_wait_seconds Waits.
# TYPE x_wait_seconds histogram
x_wait_seconds_bucket{kind="a",le="0.1"} 1
x_wait_seconds_bucket{kind="a",le="+Inf"} 2
x_wait_seconds_sum{kind="a"} 1.5
x_wait_seconds_count{kind="a"} 2
)");
}

TEST(Exposition, OpenMetricsDiffersInFamiliesAndHasAnEnd) {
  const std::string text = written(Dialect::kOpenMetrics);
  EXPECT_NE(text.find("# TYPE x_things counter\nx_things_total{"), std::string::npos);
  EXPECT_NE(text.find("# TYPE x_build info\nx_build_info{"), std::string::npos);
  EXPECT_TRUE(text.ends_with("\n# EOF\n"));
}

TEST(Exposition, TimesAreExactAndShort) {
  EXPECT_EQ(seconds_text(250'000), "0.00025");
  EXPECT_EQ(seconds_text(1'000'000'000), "1.0");
  EXPECT_EQ(seconds_text(100'000'000), "0.1");
  EXPECT_EQ(seconds_text(0), "0.0");
}

}  // namespace
}  // namespace sillar::server
