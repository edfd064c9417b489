#include "simulate/philly_reader.h"

#include <gtest/gtest.h>

#include "base/document.h"
#include "simulate/trace_fixture.h"

namespace sillar {
namespace {

constexpr std::string_view kHead = "timestamp,cluster,num_gpus,duration\n";

Result<Trace> read(std::string_view rows) {
  return read_philly("jobs.csv", std::string(kHead) + std::string(rows), *uniform_fleet(80));
}

TEST(PhillyReader, SortsByTimeAndKeepsTheFilesOrder) {
  const auto trace = read(
      "2017-10-02 00:00:10,b,1,100\n"
      "2017-10-02 00:00:05,a,8,30\n"
      "2017-10-02 00:00:10,a,20,7\n");
  ASSERT_TRUE(trace.has_value()) << trace.error().message;
  ASSERT_EQ(trace->jobs.size(), 3U);
  EXPECT_EQ(trace->jobs[0].workload.name, "job-00001");
  EXPECT_EQ(trace->jobs[1].workload.name, "job-00000");
  EXPECT_EQ(trace->jobs[2].workload.name, "job-00002");
  EXPECT_EQ(format_time(trace->jobs[0].workload.submitted), "2017-10-02T00:00:05Z");
  EXPECT_EQ(trace->jobs[0].workload.project, "philly/a");
  EXPECT_EQ(trace->jobs[0].workload.request.accelerators, 8);
  EXPECT_EQ(trace->jobs[0].workload.gang_min, 1);
  EXPECT_EQ(trace->jobs[2].workload.request.accelerators, 8);
  EXPECT_EQ(trace->jobs[2].workload.gang_min, 3);
  EXPECT_EQ(trace->jobs[2].workload.gang_max, 3);
  EXPECT_EQ(trace->jobs[1].run_time, Duration::seconds(100));
  EXPECT_EQ(trace->jobs[1].workload.estimate, Duration{0});
}

TEST(PhillyReader, QuotaByMeanDemandInWholeDevices) {
  // Demand 100, 240 and 1 of 341; of 80 devices 23.46, 56.3 and 0.23.
  const auto trace = read(
      "2017-10-02 00:00:10,b,1,100\n"
      "2017-10-02 00:00:10,a,8,30\n"
      "2017-10-02 00:00:10,c,1,1\n");
  ASSERT_TRUE(trace.has_value());
  ASSERT_EQ(trace->projects.size(), 4U);
  const auto quota = [&](std::size_t p) { return trace->projects[p].quota[kFirstClass]; };
  EXPECT_EQ(trace->projects[0].name, "philly");
  EXPECT_EQ(quota(0), (Quota{80'000, 1, kUnlimited}));
  EXPECT_EQ(trace->projects[1].name, "philly/a");
  EXPECT_EQ(quota(1), (Quota{56'000, 56, kUnlimited}));
  EXPECT_EQ(quota(2), (Quota{24'000, 24, kUnlimited}));
  EXPECT_EQ(quota(3), (Quota{0, 1, kUnlimited}));
  EXPECT_EQ(trace->projects[3].parent, ProjectId{0});
  EXPECT_EQ(trace->projects[1].quota[kCpu], kQuotaAbsent);
}

TEST(PhillyReader, FaultsNameTheirPlace) {
  const auto message = [](std::string_view rows) {
    const auto trace = read(rows);
    return trace ? std::string() : trace.error().message;
  };
  EXPECT_NE(message("soon,a,1,1\n").find("jobs.csv:2: timestamp"), std::string::npos);
  EXPECT_NE(message("2017-10-02 00:00:10,a,0,1\n").find("num_gpus: '0'"), std::string::npos);
  EXPECT_NE(message("2017-10-02 00:00:10,a,1,-1\n").find("duration: '-1'"), std::string::npos);
  EXPECT_NE(message("2017-10-02 00:00:10,a/b,1,1\n").find("cluster: 'a/b'"), std::string::npos);
  EXPECT_NE(message("2017-10-02 00:00:10,a,1\n"), "");
  EXPECT_NE(message("2160-01-01 00:00:00,a,1,1\n").find("jobs.csv:2: job-00000: arrives at"),
            std::string::npos);
  EXPECT_NE(message("1969-10-02 00:00:10,a,1,1\n").find("jobs.csv:2: timestamp: '1969"),
            std::string::npos);
  EXPECT_NE(message("2017-10-02 00:00:10,a,1,1\n2017-10-02 00:00:10,a,100000,3000000000\n")
                .find("jobs.csv:3: job-00001: 12500 tasks of"),
            std::string::npos);
  EXPECT_FALSE(read_philly("x.csv", "timestamp,num_gpus\n", *uniform_fleet(8)).has_value());
}

TEST(PhillyReader, ReadsTheWholeTrace) {
  const auto text = read_file("examples/data/philly/philly_jobs.csv");
  ASSERT_TRUE(text.has_value()) << text.error().message;
  const auto trace = read_philly("philly_jobs.csv", *text, *uniform_fleet(320));
  ASSERT_TRUE(trace.has_value()) << trace.error().message;
  EXPECT_EQ(trace->jobs.size(), 74'028U);
  EXPECT_EQ(trace->projects.size(), 13U);
  std::int64_t deserved = 0;
  for (std::size_t p = 1; p < trace->projects.size(); ++p)
    deserved += trace->projects[p].quota[kFirstClass].deserved;
  EXPECT_EQ(deserved, 320 * kDevice);
}

}  // namespace
}  // namespace sillar
