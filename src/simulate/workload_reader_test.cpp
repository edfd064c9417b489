#include "simulate/workload_reader.h"

#include <gtest/gtest.h>

#include "simulate/trace_fixture.h"

namespace sillar {
namespace {

Result<Trace> read(std::string_view text) {
  const auto document = parse_document("work.yaml", text);
  if (!document) return tl::unexpected(document.error());
  const Fleet fleet = plain_fleet(1);
  return read_workload_trace(*document, fleet, plain_projects(fleet, {{"a", 8}}));
}

std::string fault(std::string_view text) {
  const auto trace = read(text);
  return trace ? "" : trace.error().message;
}

TEST(WorkloadReader, RunTimesStandBesideTheWork) {
  const auto trace = read(
      "workloads:\n"
      "- {name: late, project: a, submitted: 2026-01-01T01:00:00Z, estimate: 2h}\n"
      "- {name: early, project: a, submitted: 2026-01-01T00:00:00Z, estimate: 1h}\n"
      "run_times: {early: 90m}\n");
  ASSERT_TRUE(trace.has_value()) << trace.error().message;
  ASSERT_EQ(trace->jobs.size(), 2U);
  EXPECT_EQ(trace->jobs[0].workload.name, "early");
  EXPECT_EQ(trace->jobs[0].run_time, Duration::minutes(90));
  EXPECT_EQ(trace->jobs[0].workload.estimate, Duration::hours(1));
  EXPECT_EQ(trace->jobs[1].run_time, Duration::hours(2));
  EXPECT_EQ(trace->projects.size(), 1U);
}

TEST(WorkloadReader, ABareListAndCopiesWillDo) {
  const auto trace = read("- {name: w, project: a, estimate: 1h, copies: 3}\n");
  ASSERT_TRUE(trace.has_value()) << trace.error().message;
  EXPECT_EQ(trace->jobs.size(), 3U);
}

TEST(WorkloadReader, Refuses) {
  EXPECT_NE(fault("workloads: [{name: w, project: a, estimate: 1h}]\nrun_times: {v: 1h}\n")
                .find("work.yaml:2:16: run_times: there is no workload 'v'"),
            std::string::npos);
  EXPECT_NE(fault("workloads: [{name: w, project: a, estimate: 1h}]\nrun_times: {w: soon}\n")
                .find("work.yaml:2:16: run_times.w"),
            std::string::npos);
  EXPECT_NE(
      fault("workloads: [{name: w, project: a, estimate: 1h}]\nrun_times: 1h\n").find("a mapping"),
      std::string::npos);
  EXPECT_EQ(fault("workloads: [{name: w, project: a}]\n"),
            "work.yaml:1:13: w: neither an estimate nor a run time; state one under run_times");
  EXPECT_EQ(fault("- {name: w, project: a, estimate: 1h}\n- {name: v, project: a, copies: 2}\n")
                .substr(0, 20),
            "work.yaml:2:3: v-0: ");
  EXPECT_EQ(fault("workloads: [{name: w, project: a}]\nrun_times: {w: 36526d}\n"),
            "work.yaml:1:13: w: run time: 36526d is outside 0 to 36525d");
  EXPECT_EQ(fault("workloads: [{name: w, project: a}]\nrum_times: {w: 1h}\n"),
            "work.yaml:2:1: unknown field 'rum_times'; did you mean 'run_times'?");
  EXPECT_NE(fault("workloads: [{name: w, project: b, estimate: 1h}]\n"), "");
  EXPECT_NE(fault("workloads: [{name: w, project: a, estimate: 1h, request: {accelerators: 1}, "
                  "tasks: [{name: t, state: Running, node: node-0000}]}]\n")
                .find("does not wait"),
            std::string::npos);
}

}  // namespace
}  // namespace sillar
