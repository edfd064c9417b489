#include "simulate/simulation.h"

#include <gtest/gtest.h>

#include "base/document.h"
#include "simulate/trace_fixture.h"

namespace sillar {
namespace {

// Completion times in seconds by job, from what the engine was told; -1: it did not finish.
struct Outcome {
  SimulationReport report;
  std::vector<std::int64_t> completion_s;
};

Outcome run(const SimulationSpec& spec) {
  Outcome out;
  std::vector<std::uint32_t> job_of_task;
  std::vector<Time> arrived, finished;
  SimulationHooks hooks;
  hooks.on_input = [&](const State&, const Input& input, const std::vector<Fact>& facts) {
    for (const Fact& fact : facts) {
      if (const auto* body = std::get_if<Submitted>(&fact.body)) {
        job_of_task.insert(job_of_task.end(), static_cast<std::size_t>(body->workload->gang_max),
                           static_cast<std::uint32_t>(arrived.size()));
        arrived.push_back(body->workload->submitted);
        finished.push_back(Time::never());
      }
      if (const auto* body = std::get_if<TaskFinished>(&fact.body))
        finished[job_of_task[body->task.index()]] = input.at;
    }
  };
  auto report = run_simulation(spec, hooks);
  EXPECT_TRUE(report.has_value()) << report.error().message;
  if (!report) return out;
  out.report = std::move(*report);
  for (std::size_t i = 0; i < arrived.size(); ++i)
    out.completion_s.push_back(
        finished[i] == Time::never() ? -1 : (finished[i] - arrived[i]).whole_seconds());
  return out;
}

using Seconds = std::vector<std::int64_t>;

TEST(Simulation, OneAfterTheOther) {
  const Trace trace = plain_trace({{.arrives_s = 0, .devices = 8, .run_time_s = 100},
                                   {.arrives_s = 10, .devices = 8, .run_time_s = 50},
                                   {.arrives_s = 20, .devices = 8, .run_time_s = 10}});
  for (const std::string_view policy : {"fifo", "fair", "kai"}) {
    const Outcome outcome = run(plain_spec(trace, 1, policy));
    EXPECT_EQ(outcome.completion_s, (Seconds{100, 140, 140})) << policy;
    EXPECT_EQ(outcome.report.completion.mean, Duration{126'666'666'666});
    EXPECT_EQ(outcome.report.queueing.mean, Duration{73'333'333'333});
    EXPECT_EQ(outcome.report.queueing.max, Duration::seconds(130));
    EXPECT_EQ(outcome.report.finished, 3);
    EXPECT_EQ(outcome.report.evictions, 0);
    EXPECT_EQ(outcome.report.end, at_second(160));
    EXPECT_EQ(outcome.report.held_millionths(), 1'000'000);
  }
}

TEST(Simulation, SjfServesTheShortestByItsTrueRunTime) {
  const Trace trace = plain_trace({{.arrives_s = 0, .devices = 8, .run_time_s = 100},
                                   {.arrives_s = 10, .devices = 8, .run_time_s = 50},
                                   {.arrives_s = 20, .devices = 8, .run_time_s = 10}});
  const Outcome outcome = run(plain_spec(trace, 1, "sjf"));
  EXPECT_EQ(outcome.completion_s, (Seconds{100, 150, 90}));
}

// A long job on the whole node, and a short one ten minutes later.
Trace long_and_short() {
  return plain_trace({{.arrives_s = 0, .devices = 8, .run_time_s = 10'000},
                      {.arrives_s = 600, .devices = 8, .run_time_s = 1000}});
}

TEST(Simulation, LasTakesTurnsAfter16DeviceHours) {
  const Trace trace = long_and_short();
  const Outcome outcome = run(plain_spec(trace, 1, "las"));
  // It starts at the tick of 60 s, has had 16 device hours at 7260 s and gives way; the short job
  // ends at 8260 s, and from the tick of 8280 s the rest follows after 30 s of set-up.
  EXPECT_EQ(outcome.completion_s, (Seconds{8280 + 30 + 2800, 8260 - 600}));
  EXPECT_EQ(outcome.report.evictions, 1);
  EXPECT_EQ(outcome.report.restarts, 1);
}

TEST(Simulation, SillarLetsTheNewcomerGoFirstWithoutKnowingItsRunTime) {
  const Trace trace = long_and_short();
  const Outcome outcome = run(plain_spec(trace, 1, "sillar"));
  // Rotation at the tick of 660 s; the long job is back as soon as the short one has gone.
  EXPECT_EQ(outcome.completion_s, (Seconds{1660 + 30 + 9340, 1660 - 600}));
  EXPECT_EQ(outcome.report.evictions, 1);
  EXPECT_EQ(outcome.report.device_time.restarting, Int128{30 * 8} * 1'000'000'000'000);
}

TEST(Simulation, BackfillPassesWhatDoesNotFit) {
  const Trace trace = plain_trace({{.arrives_s = 0, .devices = 6, .run_time_s = 100},
                                   {.arrives_s = 1, .devices = 4, .run_time_s = 50},
                                   {.arrives_s = 2, .devices = 2, .run_time_s = 300}});
  for (const std::string_view policy : {"fifo", "sjf", "fair", "kai"}) {
    const Outcome outcome = run(plain_spec(trace, 1, policy));
    EXPECT_EQ(outcome.completion_s, (Seconds{100, 149, 300})) << policy;
  }
}

TEST(Simulation, ReclaimEvictsAndTheVictimPaysTheRestart) {
  std::vector<PlainJob> jobs(8, PlainJob{.project = "a", .run_time_s = 1000});
  jobs.push_back({.project = "b", .arrives_s = 60, .devices = 4, .run_time_s = 100});
  const Trace trace = plain_trace(jobs);
  SimulationSpec spec = plain_spec(trace, 1, "kai");
  spec.projects = plain_projects(spec.fleet, {{"a", 4}, {"b", 4}});
  const Outcome outcome = run(spec);
  Seconds sorted = outcome.completion_s;
  std::sort(sorted.begin(), sorted.end());
  EXPECT_EQ(sorted, (Seconds{100, 1000, 1000, 1000, 1000, 1130, 1130, 1130, 1130}));
  EXPECT_EQ(outcome.completion_s[8], 100);
  EXPECT_EQ(outcome.report.evictions, 4);
  EXPECT_EQ(outcome.report.restarts, 4);
  EXPECT_EQ(outcome.report.device_time.restarting, Int128{4 * 30} * 1'000'000'000'000);
  EXPECT_EQ(outcome.report.device_time.lost_work, 0);
  EXPECT_EQ(outcome.report.projects[0].evictions, 4);
  EXPECT_EQ(outcome.report.projects[1].completion.mean, Duration::seconds(100));
}

TEST(Simulation, StoppingTakesItsTimeAndTheRoomIsKept) {
  std::vector<PlainJob> jobs(2, PlainJob{.project = "a", .devices = 4, .run_time_s = 1000});
  jobs.push_back({.project = "b", .arrives_s = 60, .devices = 4, .run_time_s = 100});
  const Trace trace = plain_trace(jobs);
  SimulationSpec spec = plain_spec(trace, 1, "kai");
  spec.projects = plain_projects(spec.fleet, {{"a", 4}, {"b", 4}});
  spec.cluster.start_time = Duration::seconds(5);
  spec.cluster.stop_time = Duration::seconds(20);
  const Outcome outcome = run(spec);
  EXPECT_EQ(outcome.completion_s[2], 20 + 5 + 100);
  // Worked from 5 to 60; starts again at 185, works from 220.
  EXPECT_EQ(std::max(outcome.completion_s[0], outcome.completion_s[1]), 220 + 945);
}

TEST(Simulation, AnElasticJobGrowsAndWithdrawsWhatItNeverNeeded) {
  const Trace trace = plain_trace(
      {{.devices = 4, .run_time_s = 100},
       {.arrives_s = 0, .devices = 2, .run_time_s = 100, .gang_min = 1, .gang_max = 8}});
  const Outcome outcome = run(plain_spec(trace, 1, "fair"));
  // Two tasks until 100 do 200 of 800; four from then on.
  EXPECT_EQ(outcome.completion_s, (Seconds{100, 250}));
  EXPECT_EQ(outcome.report.finished, 2);
  EXPECT_EQ(outcome.report.unfinished, 0);
}

TEST(Simulation, EstimatesAreForThePolicyThatReadsThem) {
  Trace trace = plain_trace({{.run_time_s = 100}});
  trace.jobs[0].workload.estimate = Duration::seconds(7);
  for (const auto& [policy, seconds] : {std::pair{"sjf", 100}, {"fair", 7}, {"sillar", 7}}) {
    Duration seen;
    SimulationHooks hooks;
    hooks.on_input = [&](const State&, const Input& input, const std::vector<Fact>&) {
      if (const auto* submit = std::get_if<Submit>(&input.body)) seen = submit->workload->estimate;
    };
    ASSERT_TRUE(run_simulation(plain_spec(trace, 1, policy), hooks).has_value());
    EXPECT_EQ(seen, Duration::seconds(seconds)) << policy;
  }
}

TEST(Simulation, WhatFitsNowhereIsTold) {
  const Trace trace =
      plain_trace({{.devices = 1, .run_time_s = 10},
                   {.arrives_s = 5, .devices = 8, .run_time_s = 10, .gang_min = 2}});
  const Outcome outcome = run(plain_spec(trace, 1, "fair"));
  EXPECT_EQ(outcome.completion_s, (Seconds{10, -1}));
  EXPECT_EQ(outcome.report.unfinished, 1);
  EXPECT_EQ(outcome.report.completion.count, 1);
}

TEST(Simulation, RefusedWorkIsCounted) {
  Trace trace = plain_trace({{.run_time_s = 10}, {.arrives_s = 1, .run_time_s = 10}});
  trace.jobs[1].workload.name = "j0";
  const Outcome outcome = run(plain_spec(trace, 1, "fair"));
  EXPECT_EQ(outcome.report.refused, 1);
  EXPECT_EQ(outcome.report.finished, 1);
  EXPECT_EQ(outcome.report.unfinished, 0);
}

TEST(Simulation, WorkOverItsLimitMakesRoomForTheNext) {
  Trace trace = plain_trace(
      {{.devices = 8, .run_time_s = 100}, {.arrives_s = 1, .devices = 8, .run_time_s = 100}});
  trace.jobs[0].workload.limit = Duration::seconds(60);
  for (const std::string_view policy : {"fifo", "kai", "sillar"}) {
    const Outcome outcome = run(plain_spec(trace, 1, policy));
    EXPECT_EQ(outcome.report.end, at_second(160)) << policy;
    EXPECT_EQ(outcome.report.finished, 1);
    EXPECT_EQ(outcome.report.stopped_at_limit, 1);
    EXPECT_EQ(outcome.report.projects[0].stopped_at_limit, 1);
    EXPECT_EQ(outcome.report.unfinished, 0);
    EXPECT_EQ(outcome.report.completion.count, 1);
    EXPECT_EQ(outcome.report.device_time.lost_work, Int128{60 * 8} * 1'000'000'000'000);
  }
}

TEST(Simulation, WhatTheTraceSaysFailedIsToldToTheEngine) {
  Trace trace = plain_trace({{.run_time_s = 100}, {.run_time_s = 200}});
  trace.jobs[0].failed = true;
  SimulationHooks hooks;
  std::vector<TaskOutcome> outcomes;
  hooks.on_input = [&](const State&, const Input&, const std::vector<Fact>& facts) {
    for (const Fact& fact : facts)
      if (const auto* body = std::get_if<TaskFinished>(&fact.body))
        outcomes.push_back(body->outcome);
  };
  SimulationSpec spec = plain_spec(trace, 1, "fair");
  EXPECT_EQ(run_simulation(spec)->finished, 2);
  spec.cluster.failures.as_recorded = true;
  const auto report = run_simulation(spec, hooks);
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(outcomes, (std::vector{TaskOutcome::kFailed, TaskOutcome::kSucceeded}));
  EXPECT_EQ(report->failed, 1);
  EXPECT_EQ(report->finished, 1);
  EXPECT_EQ(report->failures, 0);
}

// Who goes first is no matter: a job fails after the same time worked under every policy.
TEST(Simulation, FailuresAreTheJobsOwn) {
  std::vector<PlainJob> jobs;
  for (std::int64_t i = 0; i < 40; ++i)
    jobs.push_back({.arrives_s = i * 10, .devices = 4, .run_time_s = 500 + i % 7 * 100});
  const Trace trace = plain_trace(jobs);
  std::vector<std::int64_t> failures;
  for (const std::string_view policy : {"fifo", "sjf", "fair", "kai"}) {
    SimulationSpec spec = plain_spec(trace, 1, policy);
    spec.cluster.failures = {Duration::seconds(800), 2, 7};
    const Outcome outcome = run(spec);
    EXPECT_EQ(outcome.report.finished + outcome.report.failed, 40) << policy;
    EXPECT_GT(outcome.report.failed, 0);
    EXPECT_GT(outcome.report.device_time.lost_work, 0);
    failures.push_back(outcome.report.failures);
  }
  EXPECT_EQ(failures, std::vector<std::int64_t>(4, failures[0]));
  EXPECT_GT(failures[0], 10);
}

TEST(Simulation, MoneyClosesAndIdleIsShown) {
  const Trace trace = plain_trace(
      {{.devices = 4, .run_time_s = 3600}, {.arrives_s = 3600, .devices = 8, .run_time_s = 1800}});
  const Outcome outcome = run(plain_spec(trace, 1, "fair"));
  const SimulationReport& report = outcome.report;
  EXPECT_TRUE(report.priced);
  EXPECT_EQ(report.billed_nanos, 12 * Money::kUnit);
  EXPECT_EQ(report.billed_nanos, report.workload_nanos + report.idle_nanos);
  EXPECT_EQ(report.projects[0].cost_nanos, report.workload_nanos);
  // Jobs ask for no CPU: its pool stays idle, and half of the accelerators' for an hour.
  const Int128 accelerators = report.projects[0].accelerator_nanos;
  EXPECT_EQ(report.workload_nanos, accelerators);
  EXPECT_EQ(report.idle_nanos, 12 * Money::kUnit - accelerators);
  Int128 series = 0;
  for (const std::int64_t nanos : report.series.fleet.cost_nanos) series += nanos;
  EXPECT_EQ(series, report.billed_nanos);
}

TEST(Simulation, StopsWhenTold) {
  const Trace trace = plain_trace({{.run_time_s = 100}, {.arrives_s = 50, .run_time_s = 100}});
  SimulationSpec spec = plain_spec(trace, 1, "fair");
  spec.until = at_second(120);
  const Outcome outcome = run(spec);
  EXPECT_EQ(outcome.completion_s, (Seconds{100, -1}));
  EXPECT_EQ(outcome.report.end, at_second(120));
  EXPECT_EQ(outcome.report.device_time.held, Int128{170} * 1'000'000'000'000);

  spec.until = Time::never();
  std::vector<std::int64_t> told;
  SimulationHooks hooks;
  hooks.on_progress = [&](const SimulationProgress& progress) {
    told.push_back(progress.thousandths);
    return progress.ended == 0;
  };
  const auto stopped = run_simulation(spec, hooks);
  ASSERT_TRUE(stopped.has_value());
  EXPECT_EQ(stopped->finished, 1);
  EXPECT_EQ(told, (std::vector<std::int64_t>{0, 250, 500, 750}));
}

TEST(Simulation, ClockAndMemoryAreTheCallers) {
  const Trace trace = plain_trace({{.run_time_s = 10}});
  std::int64_t seconds = 0;
  SimulationHooks hooks;
  hooks.clock = [&] { return Duration::seconds(++seconds); };
  hooks.peak_memory_bytes = [] { return std::int64_t{42}; };
  const auto report = run_simulation(plain_spec(trace, 1, "fair"), hooks);
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(report->effort.elapsed, Duration::seconds(1));
  EXPECT_EQ(report->effort.decisions_per_second, report->cycles);
  EXPECT_EQ(report->effort.peak_memory_bytes, 42);
}

TEST(Simulation, RefusesWhatMakesNoSense) {
  const Trace trace = plain_trace({{.run_time_s = 10}});
  const auto fault = [&](auto change) {
    SimulationSpec spec = plain_spec(trace, 1, "fair");
    change(spec);
    const auto report = run_simulation(spec);
    return report ? std::string() : report.error().message;
  };
  EXPECT_EQ(fault([](SimulationSpec&) {}), "");
  EXPECT_NE(fault([](SimulationSpec& s) { s.policy = "fiar"; }).find("did you mean 'fair'?"),
            std::string::npos);
  EXPECT_NE(fault([](SimulationSpec& s) { s.trace = nullptr; }), "");
  EXPECT_NE(fault([](SimulationSpec& s) { s.full_pace = Duration{0}; }), "");
  EXPECT_NE(fault([](SimulationSpec& s) { s.series_points = 1; }), "");
  EXPECT_NE(fault([](SimulationSpec& s) { s.cluster.stop_time = Duration{-1}; }), "");
  EXPECT_NE(fault([](SimulationSpec& s) { s.cluster.faults.node_mtbf = Duration{1}; }), "");
  EXPECT_NE(fault([](SimulationSpec& s) { s.prices.resize(2); }), "");
  Trace unsorted = plain_trace({{.arrives_s = 5, .run_time_s = 1}, {.arrives_s = 4}});
  EXPECT_NE(fault([&](SimulationSpec& s) { s.trace = &unsorted; }).find("arrives at"),
            std::string::npos);
  EXPECT_NE(fault([](SimulationSpec& s) {
              s.cluster.start_time = Duration::hours(24 * 366);
            }).find("start time: 366d is outside 0 to 365d"),
            std::string::npos);
  EXPECT_NE(fault([](SimulationSpec& s) { s.cluster.failures.retries = -1; }), "");
  Trace late = plain_trace({{.run_time_s = 1}});
  late.jobs[0].workload.submitted = kSimulatedEnd;
  EXPECT_NE(fault([&](SimulationSpec& s) { s.trace = &late; }).find("outside 1970-01-01T"),
            std::string::npos);
  Trace eager = plain_trace({{.run_time_s = 1000}});
  eager.jobs[0].workload.checkpoint_interval = Duration{1};
  EXPECT_NE(fault([&](SimulationSpec& s) { s.trace = &eager; }).find("checkpoints"),
            std::string::npos);
  Trace forever = plain_trace({{.run_time_s = 1}});
  forever.jobs[0].workload.estimate = Duration::max();
  EXPECT_NE(fault([&](SimulationSpec& s) { s.trace = &forever; }).find("j0: estimate: "),
            std::string::npos);
  Trace endless = plain_trace({{.run_time_s = std::int64_t{1} << 31, .gang_min = 1 << 20}});
  EXPECT_NE(fault([&](SimulationSpec& s) { s.trace = &endless; }), "");
}

TEST(Simulation, MoreFaultsThanCanBeSimulatedAreRefusedAtOnce) {
  const Trace trace = plain_trace({{.run_time_s = 1'000'000}});
  SimulationSpec spec = plain_spec(trace, 1, "fair");
  spec.cluster.faults.device_mtbf = Duration::seconds(7);
  spec.cluster.faults.device_repair = Duration::seconds(1);
  const auto report = run_simulation(spec);
  ASSERT_FALSE(report.has_value());
  EXPECT_EQ(report.error().code, ErrorCode::kInvalidInput);
  EXPECT_NE(report.error().message.find("some 1142857 faults are to be expected"),
            std::string::npos)
      << report.error().message;
}

TEST(Simulation, WorkThatNeverGetsPastItsFaultsEndsTheRun) {
  const Trace trace = plain_trace({{.devices = 8, .run_time_s = 1000}});
  SimulationSpec spec = plain_spec(trace, 1, "fair");
  spec.cluster.faults.node_mtbf = Duration::seconds(1);
  spec.cluster.faults.node_repair = Duration{1};
  spec.faults_max = 1500;
  const auto report = run_simulation(spec);
  ASSERT_FALSE(report.has_value());
  EXPECT_EQ(report.error().code, ErrorCode::kLimit);
  EXPECT_NE(report.error().message.find("1501 faults by "), std::string::npos);
}

TEST(Simulation, NothingIsSimulatedBeyondItsEnd) {
  Trace trace = plain_trace(
      {{.devices = 8, .run_time_s = 1'000'000'000}, {.devices = 8, .run_time_s = 1'000'000'000}});
  for (TraceJob& job : trace.jobs) job.workload.submitted = kSimulatedEnd - Duration::hours(1);
  const Outcome outcome = run(plain_spec(trace, 1, "fifo"));
  EXPECT_EQ(outcome.report.end, kSimulatedEnd);
  EXPECT_EQ(outcome.report.unfinished, 2);
}

TEST(Simulation, SeriesHoldQueueingByTheTimeOfArrival) {
  const Trace trace = plain_trace({{.devices = 8, .run_time_s = 100},
                                   {.arrives_s = 50, .devices = 8, .run_time_s = 30},
                                   {.arrives_s = 90, .devices = 8, .run_time_s = 30},
                                   {.arrives_s = 200, .devices = 8, .gang_min = 2}});
  const Outcome outcome = run(plain_spec(trace, 1, "fifo"));
  for (const SeriesLine& line : {outcome.report.series.projects[0], outcome.report.series.fleet}) {
    ASSERT_EQ(line.arrived.size(), 4U);
    EXPECT_EQ(line.arrived, (std::vector<std::int64_t>{2, 1, 0, 0}));
    EXPECT_EQ(line.queueing[0], Duration::seconds(25));
    EXPECT_EQ(line.queueing[1], Duration::seconds(40));
  }
}

TEST(Simulation, AnEmptyTraceIsNoWork) {
  const Trace trace;
  const Outcome outcome = run(plain_spec(trace, 1, "fair"));
  EXPECT_EQ(outcome.report.jobs, 0);
  EXPECT_EQ(outcome.report.billed_nanos, 0);
}

TEST(UniformFleet, IsPricedByTheCatalogue) {
  const auto fleet = uniform_fleet(16);
  ASSERT_TRUE(fleet.has_value());
  EXPECT_EQ(fleet->nodes.size(), 2U);
  EXPECT_FALSE(uniform_fleet(12).has_value());
  EXPECT_FALSE(uniform_fleet(0).has_value());
  const auto unpriced = price_fleet(*fleet, PriceBook{});
  ASSERT_FALSE(unpriced.has_value());
  EXPECT_NE(unpriced.error().message.find("p4d.24xlarge"), std::string::npos);
  const auto text = read_file("examples/data/gpu-prices/catalog.csv");
  ASSERT_TRUE(text.has_value());
  const auto book = PriceBook::read("catalog.csv", *text);
  ASSERT_TRUE(book.has_value()) << book.error().message;
  const auto prices = price_fleet(*fleet, *book);
  ASSERT_TRUE(prices.has_value()) << prices.error().message;
  EXPECT_EQ(prices->front().per_hour.nanos, 21'957'642'000);
}

}  // namespace
}  // namespace sillar
