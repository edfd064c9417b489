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

TEST(OpenbTrace, ComesByArrivalAndRunsFromItsScheduling) {
  std::vector<OpenbPod> pods{pod("late", 1100, 1400), pod("first", 100, 700)};
  pods[0].scheduled = at_second(1150);
  pods[0].failed = true;
  auto trace = openb_trace("pods.csv", pods, plain_fleet(1));
  ASSERT_TRUE(trace.has_value()) << trace.error().message;
  ASSERT_EQ(trace->jobs.size(), 2U);
  EXPECT_EQ(trace->jobs[0].workload.name, "first");
  EXPECT_EQ(trace->jobs[0].workload.submitted, at_second(100));
  EXPECT_EQ(trace->jobs[0].run_time, Duration::seconds(600));
  EXPECT_FALSE(trace->jobs[0].failed);
  EXPECT_EQ(trace->jobs[1].workload.submitted, at_second(1100));
  EXPECT_TRUE(trace->jobs[1].failed);
  EXPECT_EQ(trace->jobs[1].run_time, Duration::seconds(250));
  EXPECT_EQ(trace->jobs[1].workload.request.accelerators, 1);

  ASSERT_TRUE(compress_arrivals(*trace, 10'000).has_value());
  EXPECT_EQ(trace->jobs[0].workload.submitted, at_second(100));
  EXPECT_EQ(trace->jobs[1].workload.submitted, at_second(200));
  EXPECT_EQ(trace->jobs[1].run_time, Duration::seconds(250));
  // A thousandth as dense, three times over: the second would come in thousands of years.
  ASSERT_TRUE(compress_arrivals(*trace, 1).has_value());
  EXPECT_EQ(trace->jobs[1].workload.submitted, at_second(100'100));
  ASSERT_TRUE(compress_arrivals(*trace, 1).has_value());
  EXPECT_FALSE(compress_arrivals(*trace, 1).has_value());
}

TEST(OpenbTrace, NamesTheLineThatCannotBeReplayed) {
  std::vector<OpenbPod> pods{pod("a", 0, 1), pod("b", 0, 1)};
  pods[1].line = 7;
  EXPECT_TRUE(openb_trace("pods.csv", pods, plain_fleet(1)).has_value());
  pods[1].deleted = Time::never();
  const auto timeless = openb_trace("pods.csv", pods, plain_fleet(1));
  ASSERT_FALSE(timeless.has_value());
  EXPECT_TRUE(timeless.error().message.starts_with("pods.csv:7: b: a pod without times"))
      << timeless.error().message;
  pods[1].deleted = at_second(5'000'000'000);
  const auto endless = openb_trace("pods.csv", pods, plain_fleet(1));
  ASSERT_FALSE(endless.has_value());
  EXPECT_TRUE(endless.error().message.starts_with("pods.csv:7: b: run time: "))
      << endless.error().message;
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
  auto trace = openb_trace("pods.csv", *pods, spec.fleet);
  ASSERT_TRUE(trace.has_value()) << trace.error().message;
  ASSERT_TRUE(compress_arrivals(*trace, 1'000'000).has_value());
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
