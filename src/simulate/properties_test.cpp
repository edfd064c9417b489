// What holds for every policy over random traces: nothing is lost, nothing is made up.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>

#include "base/check.h"
#include "base/random.h"
#include "engine/recording.h"
#include "schedule/policy.h"
#include "simulate/simulation.h"
#include "simulate/trace_fixture.h"

namespace sillar {
namespace {

struct RandomWorld {
  Trace trace;
  SimulationSpec spec;
};

// Some 60 jobs of one to sixteen devices on four nodes, arriving faster than they can be done.
RandomWorld random_world(std::uint64_t seed, std::string_view policy, bool elastic, bool faults) {
  Random random(seed);
  std::vector<PlainJob> jobs;
  std::int64_t now = 0;
  for (int i = 0; i < 60; ++i) {
    now += static_cast<std::int64_t>(random.below(120));
    PlainJob job;
    job.project = std::string(1, static_cast<char>('a' + random.below(3)));
    job.arrives_s = now;
    job.devices = 1 << random.below(4);
    job.run_time_s = 1 + static_cast<std::int64_t>(random.below(2000));
    if (random.below(5) == 0) {
      job.devices = 8;
      job.gang_min = 2;
    } else if (elastic && random.below(3) == 0) {
      job.gang_max = 1 + static_cast<std::int32_t>(random.below(4));
    }
    jobs.push_back(job);
  }
  RandomWorld world;
  world.trace = plain_trace(jobs);
  for (TraceJob& job : world.trace.jobs) {
    if (random.below(2) == 0) continue;
    job.workload.checkpoint_interval = Duration::seconds(300);
    job.workload.checkpoint_cost = Duration::seconds(1);
  }
  world.spec = plain_spec(world.trace, 4, policy);
  world.spec.projects = plain_projects(world.spec.fleet, {{"a", 16}, {"b", 12}, {"c", 4}});
  world.spec.cluster.start_time = Duration::seconds(static_cast<std::int64_t>(random.below(3)));
  world.spec.cluster.stop_time = Duration::seconds(static_cast<std::int64_t>(random.below(2) * 5));
  world.spec.cluster.saves_when_stopped = random.below(3) != 0;
  if (faults) {
    world.spec.cluster.failures = {Duration::hours(2), 2, seed};
    for (TraceJob& job : world.trace.jobs) {
      if (random.below(8) == 0) job.workload.limit = Duration::seconds(900);
    }
    world.spec.cluster.faults = {Duration::hours(4), Duration::minutes(20), Duration::hours(20),
                                 Duration::minutes(10), seed};
  }
  return world;
}

// Holds each fact against what came before: tasks hold devices one at a time, nodes are never
// over-full, and what starts fits.
class Watch {
 public:
  void see(const Input& input, const std::vector<Fact>& facts) {
    EXPECT_GE(input.at, last_);
    last_ = input.at;
    for (const Fact& fact : facts) {
      if (const auto* body = std::get_if<Submitted>(&fact.body)) {
        for (std::int32_t i = 0; i < body->workload->gang_max; ++i)
          devices_.push_back(body->workload->request.accelerators);
      }
      if (const auto* body = std::get_if<TaskStarted>(&fact.body)) take(body->task, body->place);
      if (const auto* body = std::get_if<TaskPromised>(&fact.body))
        promised_[body->task] = body->place;
      if (const auto* body = std::get_if<TaskMoves>(&fact.body))
        promised_[body->task] = body->place;
      if (const auto* body = std::get_if<PromiseKept>(&fact.body))
        take(body->task, promised_[body->task]);
      if (const auto* body = std::get_if<TaskStopped>(&fact.body)) give(body->task);
      if (const auto* body = std::get_if<TaskFinished>(&fact.body)) {
        if (held_.contains(body->task)) give(body->task);
      }
    }
  }
  [[nodiscard]] bool all_free() const { return held_.empty(); }

 private:
  void take(TaskId task, const Place& place) {
    EXPECT_FALSE(held_.contains(task));
    EXPECT_EQ(std::popcount(place.device_mask), devices_[task.index()]);
    EXPECT_EQ(used_[place.node] & place.device_mask, 0);
    used_[place.node] |= place.device_mask;
    held_[task] = place;
  }
  void give(TaskId task) {
    ASSERT_TRUE(held_.contains(task));
    used_[held_[task].node] &= ~held_[task].device_mask;
    held_.erase(task);
  }

  Time last_;
  std::vector<std::int32_t> devices_;  // Of each task.
  std::map<TaskId, Place> held_, promised_;
  std::map<NodeId, int> used_;
};

class EveryPolicy : public testing::TestWithParam<std::string> {};

void expect_sums(const SimulationReport& report) {
  EXPECT_EQ(report.billed_nanos, report.workload_nanos + report.idle_nanos);
  const DeviceTime& time = report.device_time;
  EXPECT_GE(time.held, time.useful + time.restarting + time.lost_work);
  EXPECT_LE(time.held, report.capacity_device_time);
  Int128 cost = 0;
  DeviceTime sum;
  std::int64_t finished = 0, failed = 0, stopped_at_limit = 0;
  for (const ProjectReport& project : report.projects) {
    cost += project.cost_nanos;
    sum.held += project.device_time.held;
    finished += project.finished;
    failed += project.failed;
    stopped_at_limit += project.stopped_at_limit;
  }
  EXPECT_EQ(cost, report.workload_nanos);
  EXPECT_EQ(sum.held, time.held);
  EXPECT_EQ(finished, report.finished);
  EXPECT_EQ(failed, report.failed);
  EXPECT_EQ(stopped_at_limit, report.stopped_at_limit);
  Int128 billed = 0;
  for (const std::int64_t nanos : report.series.fleet.cost_nanos) billed += nanos;
  EXPECT_EQ(billed, report.billed_nanos);
}

TEST_P(EveryPolicy, FinishesEverythingOnceAndClosesItsBooks) {
  const std::uint64_t bugs = bug_count();
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    const bool faults = seed % 3 == 0;
    const RandomWorld world = random_world(seed, GetParam(), seed % 2 == 0, faults);
    Watch watch;
    SimulationHooks hooks;
    hooks.on_input = [&](const State&, const Input& input, const std::vector<Fact>& facts) {
      watch.see(input, facts);
    };
    const auto report = run_simulation(world.spec, hooks);
    ASSERT_TRUE(report.has_value()) << report.error().message;
    EXPECT_EQ(report->finished + report->failed + report->stopped_at_limit,
              std::ssize(world.trace.jobs));
    EXPECT_TRUE(watch.all_free());
    EXPECT_GE(report->queueing.p50, Duration{0});
    if (faults) {
      EXPECT_GT(report->faults, 0);
      EXPECT_GT(report->failures, 0);
      EXPECT_GT(report->stopped_at_limit, 0);
    }
    expect_sums(*report);
  }
  EXPECT_EQ(bug_count(), bugs);
}

TEST_P(EveryPolicy, UsefulTimeIsWhatTheWorkNeeds) {
  const RandomWorld world = random_world(21, GetParam(), false, false);
  Int128 needed = 0;
  for (const TraceJob& job : world.trace.jobs)
    needed += Int128{job.run_time.ns} * job.workload.gang_max * job.workload.request.accelerators *
              kDevice;
  const auto report = run_simulation(world.spec);
  ASSERT_TRUE(report.has_value()) << report.error().message;
  EXPECT_EQ(report->device_time.useful, needed);
}

TEST_P(EveryPolicy, EqualSpecsGiveEqualRunsAndReplayAgrees) {
  const RandomWorld world = random_world(4, GetParam(), true, true);
  std::string recordings[2];
  SimulationReport reports[2];
  for (int i = 0; i < 2; ++i) {
    SimulationHooks hooks;
    hooks.on_input = [&](const State& state, const Input& input, const std::vector<Fact>& facts) {
      recordings[i] += recorded_lines(state, input, facts);
    };
    const auto report = run_simulation(world.spec, hooks);
    ASSERT_TRUE(report.has_value()) << report.error().message;
    reports[i] = *report;
  }
  EXPECT_EQ(recordings[0], recordings[1]);
  EXPECT_TRUE(reports[0] == reports[1]);
  const auto replayed = replay("recording", recordings[0]);
  ASSERT_TRUE(replayed.has_value()) << replayed.error().message;
  EXPECT_EQ(replayed->differences, 0U);
  EXPECT_GT(replayed->facts, 0U);
}

std::vector<std::string> policies() {
  std::vector<std::string> names;
  for (const std::string_view name : schedule::policy_names()) names.emplace_back(name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Policies, EveryPolicy, testing::ValuesIn(policies()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace sillar
