#include "simulate/openb_trace.h"

#include <gtest/gtest.h>

#include "base/document.h"
#include "simulate/simulation.h"
#include "simulate/trace_fixture.h"

namespace sillar {
namespace {

OpenbPod pod(std::string name, std::int64_t created_s, std::int64_t deleted_s) {
  OpenbPod out;
  out.name = std::move(name);
  out.gpus = 1;
  out.gpu_milli = 1000;
  out.created = at_second(created_s);
  out.deleted = at_second(deleted_s);
  return out;
}

TEST(OpenbTrace, CompressesArrivalsAndKeepsRunTimes) {
  std::vector<OpenbPod> pods{pod("late", 1100, 1400), pod("first", 100, 700)};
  pods[0].scheduled = at_second(1150);
  const auto trace = openb_trace(pods, plain_fleet(1), 10);
  ASSERT_TRUE(trace.has_value()) << trace.error().message;
  ASSERT_EQ(trace->jobs.size(), 2U);
  EXPECT_EQ(trace->jobs[0].workload.name, "first");
  EXPECT_EQ(trace->jobs[0].workload.submitted, at_second(100));
  EXPECT_EQ(trace->jobs[0].run_time, Duration::seconds(600));
  EXPECT_EQ(trace->jobs[1].workload.submitted, at_second(200));
  EXPECT_EQ(trace->jobs[1].run_time, Duration::seconds(250));
  EXPECT_EQ(trace->jobs[1].workload.request.accelerators, 1);
}

TEST(OpenbTrace, Refuses) {
  const Fleet fleet = plain_fleet(1);
  const std::vector<OpenbPod> good{pod("a", 0, 1)}, back{pod("a", 5, 1)};
  EXPECT_TRUE(openb_trace(good, fleet, 1).has_value());
  EXPECT_FALSE(openb_trace(good, fleet, 0).has_value());
  EXPECT_FALSE(openb_trace(back, fleet, 1).has_value());
  std::vector<OpenbPod> timeless{pod("a", 0, 1)};
  timeless[0].deleted = Time::never();
  EXPECT_FALSE(openb_trace(timeless, fleet, 1).has_value());
}

TEST(OpenbTrace, TheDefaultListRunsOnItsOwnNodes) {
  const auto nodes_text = read_file("examples/data/openb/openb_node_list_gpu_node.csv");
  const auto pods_text = read_file("examples/data/openb/openb_pod_list_default.csv");
  ASSERT_TRUE(nodes_text.has_value() && pods_text.has_value());
  const auto nodes = read_openb_nodes("nodes.csv", *nodes_text);
  auto pods = read_openb_pods("pods.csv", *pods_text);
  ASSERT_TRUE(nodes.has_value() && pods.has_value());
  // The first 500 pods by name, compressed until most of them run at once.
  pods->resize(500);
  SimulationSpec spec;
  spec.fleet = openb_fleet(*nodes);
  const auto trace = openb_trace(*pods, spec.fleet, 1000);
  ASSERT_TRUE(trace.has_value()) << trace.error().message;
  spec.projects = trace->projects;
  spec.trace = &*trace;
  spec.policy = "fair";
  const auto report = run_simulation(spec);
  ASSERT_TRUE(report.has_value()) << report.error().message;
  EXPECT_EQ(report->finished, 500);
  EXPECT_FALSE(report->priced);
  EXPECT_LE(report->queueing.p99, Duration::seconds(1));
}

}  // namespace
}  // namespace sillar
