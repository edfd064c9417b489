#include "bench/report.h"

#include <gtest/gtest.h>

#include "base/document.h"

namespace sillar::bench {
namespace {

TEST(MachineTest, ReadsTheKernelsTexts) {
  const Machine machine = parse_machine("processor\t: 0\nmodel name\t: AMD EPYC\n",
                                        "MemTotal:       24643104 kB\nMemFree: 1 kB\n", 2);
  EXPECT_EQ(machine.cpu, "AMD EPYC");
  EXPECT_EQ(machine.cores, 2);
  EXPECT_EQ(machine.memory_bytes, 24643104LL * 1024);
}

TEST(MachineTest, LackingTextsLeaveUnknowns) {
  const Machine machine = parse_machine("", "MemTotal", 0);
  EXPECT_EQ(machine.cpu, "unknown");
  EXPECT_EQ(machine.memory_bytes, 0);
}

TEST(SamplesTest, PercentilesAreNearestRank) {
  Samples samples;
  for (int ms = 100; ms >= 1; --ms) samples.add({ms * 1'000'000LL});
  EXPECT_EQ(milliseconds(samples.percentile(0)), "1.000");
  EXPECT_EQ(milliseconds(samples.percentile(50)), "50.000");
  EXPECT_EQ(milliseconds(samples.percentile(99)), "99.000");
  EXPECT_EQ(milliseconds(samples.percentile(100)), "100.000");

  Samples one;
  one.add({1'500'000});
  EXPECT_EQ(milliseconds(one.percentile(1)), "1.500");
  EXPECT_EQ(milliseconds(one.percentile(99)), "1.500");
}

TEST(ReportTest, SaysWhatMadeTheNumbers) {
  const char* argv[] = {"bench_l1", "--nodes", "500"};
  Report report("l1", 3, argv);
  Samples cycles;
  cycles.add(Duration::seconds(2));
  cycles.write("cycle", report.results());

  const Result<Document> document = parse_document("report", report.take());
  ASSERT_TRUE(document.has_value()) << document.error().message;
  const Value& root = document->root;
  for (const char* key : {"recipe", "machine", "commit", "command", "compiler", "build", "results"})
    EXPECT_NE(root.find(key), nullptr) << key;
  EXPECT_EQ(root.find("command")->scalar, "bench_l1 --nodes 500");
  EXPECT_EQ(root.find("results")->find("cycle_ms")->find("p50")->scalar, "2000.000");
}

}  // namespace
}  // namespace sillar::bench
