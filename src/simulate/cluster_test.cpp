#include "simulate/cluster.h"

#include <gtest/gtest.h>

#include "simulate/trace_fixture.h"

namespace sillar {
namespace {

using Cause = ModelledCluster::Cause;

ClusterModel takes(std::int64_t start_s, std::int64_t stop_s) {
  ClusterModel model;
  model.start_time = Duration::seconds(start_s);
  model.stop_time = Duration::seconds(stop_s);
  return model;
}

ClusterModel forgetful() {
  ClusterModel model;
  model.saves_when_stopped = false;
  return model;
}

// Plays a cluster by hand: events come when the test lets time pass.
struct Stage {
  explicit Stage(const std::vector<PlainJob>& jobs, ClusterModel with = {})
      : model(with), trace(plain_trace(jobs)), cluster(model, events) {
    for (const TraceJob& job : trace.jobs) cluster.add_job(job);
  }

  // Lets events happen until `s`; returns when a job ended, in seconds, or -1.
  std::int64_t pass(std::int64_t s) {
    std::int64_t ended = -1;
    while (events.next() <= at_second(s)) {
      const Event event = events.pop();
      switch (event.kind) {
        case EventKind::kFinished:
        case EventKind::kFailed:
        case EventKind::kLimit: {
          const std::optional<JobEnd> came_to = cluster.ends(event, event.at);
          if (!came_to) break;
          outcome = came_to;
          ended = event.at.ns / 1'000'000'000;
          release_all(WorkloadId{event.subject}, event.at);
          break;
        }
        case EventKind::kStopped:
          if (cluster.stops(event)) cluster.release(TaskId{event.subject}, event.at);
          break;
        case EventKind::kWorks:
          (void)cluster.works(event, event.at);
          break;
        default:
          if (cluster.checkpoints(event, event.at)) ++checkpoints;
          break;
      }
    }
    return ended;
  }
  void release_all(WorkloadId job, Time at) {
    const auto [begin, end] = cluster.tasks_of(job);
    for (std::uint32_t t = begin; t < end; ++t) cluster.release(TaskId{t}, at);
  }
  void start(int task, std::int64_t s, std::int64_t amount = 1000) {
    pass(s);
    cluster.start(TaskId{task}, amount, at_second(s));
  }
  void stop(int task, std::int64_t s, Cause cause = Cause::kOrder) {
    pass(s);
    cluster.stop(TaskId{task}, cause, at_second(s));
  }
  // Device seconds of job 0.
  [[nodiscard]] std::vector<std::int64_t> device_seconds() const {
    const DeviceTime& time = cluster.device_time(WorkloadId{0});
    const auto seconds = [](Int128 ns) {
      return static_cast<std::int64_t>(ns / 1'000'000'000'000);
    };
    return {seconds(time.held), seconds(time.useful), seconds(time.restarting),
            seconds(time.lost_work)};
  }

  ClusterModel model;
  Trace trace;
  EventQueue events;
  ModelledCluster cluster;
  int checkpoints = 0;
  std::optional<JobEnd> outcome;
};

using Seconds = std::vector<std::int64_t>;

TEST(ModelledCluster, FinishesAfterStartAndRunTime) {
  Stage stage({{.run_time_s = 100}}, takes(7, 0));
  stage.start(0, 10);
  EXPECT_EQ(stage.pass(116), -1);
  EXPECT_EQ(stage.pass(117), 117);
  EXPECT_EQ(stage.device_seconds(), (Seconds{107, 100, 0, 0}));
  EXPECT_TRUE(stage.cluster.empty());
  EXPECT_EQ(stage.cluster.advancing(), 0);
}

TEST(ModelledCluster, AnOrderedStopLosesTheRestartAlone) {
  Stage stage({{.run_time_s = 100}}, takes(0, 5));
  stage.start(0, 0);
  stage.stop(0, 60);
  EXPECT_EQ(stage.pass(64), -1);
  EXPECT_TRUE(stage.cluster.holds(TaskId{0}));
  EXPECT_EQ(stage.pass(65), -1);
  EXPECT_FALSE(stage.cluster.holds(TaskId{0}));
  stage.start(0, 200);
  EXPECT_EQ(stage.pass(1000), 200 + 30 + 40);
  EXPECT_EQ(stage.device_seconds(), (Seconds{65 + 70, 100, 30, 0}));
  EXPECT_EQ(stage.cluster.restarts(), 1);
}

TEST(ModelledCluster, WithoutSavingItFallsBackToItsBeginning) {
  Stage stage({{.run_time_s = 100}}, forgetful());
  stage.start(0, 0);
  stage.stop(0, 60);
  stage.start(0, 60);
  EXPECT_EQ(stage.pass(1000), 60 + 30 + 100);
  EXPECT_EQ(stage.device_seconds(), (Seconds{190, 100, 30, 60}));
}

TEST(ModelledCluster, FallsBackToTheLastCheckpointAndPaysForEach) {
  Stage stage({{.run_time_s = 100}}, forgetful());
  stage.trace.jobs[0].workload.checkpoint_interval = Duration::seconds(40);
  stage.trace.jobs[0].workload.checkpoint_cost = Duration::seconds(2);
  stage.start(0, 0);
  // Saved 40 s of work at 40 and works on from 42.
  stage.stop(0, 70);
  stage.start(0, 70);
  // Set up at 100; saves 80 s at 140; from 142 the last 20.
  EXPECT_EQ(stage.pass(1000), 162);
  EXPECT_EQ(stage.checkpoints, 2);
  EXPECT_EQ(stage.device_seconds(), (Seconds{162, 100, 30, 28}));
}

TEST(ModelledCluster, AFaultSavesNothingAndFreesWhatItHitAtOnce) {
  Stage stage({{.run_time_s = 100, .gang_min = 2}}, takes(0, 5));
  stage.start(0, 0);
  stage.start(1, 0);
  stage.stop(0, 60, Cause::kFaultUnderIt);
  stage.stop(1, 60, Cause::kFault);
  stage.pass(60);
  EXPECT_FALSE(stage.cluster.holds(TaskId{0}));
  EXPECT_TRUE(stage.cluster.holds(TaskId{1}));
  stage.start(0, 65);
  stage.start(1, 65);
  EXPECT_EQ(stage.pass(1000), 65 + 30 + 100);
  EXPECT_EQ(stage.device_seconds(), (Seconds{60 + 65 + 2 * 130, 200, 60, 120}));
}

TEST(ModelledCluster, AGangWorksOnlyTogether) {
  Stage stage({{.run_time_s = 100, .gang_min = 2}});
  stage.start(0, 0);
  stage.pass(50);
  EXPECT_EQ(stage.cluster.advancing(), 0);
  stage.start(1, 50);
  EXPECT_EQ(stage.cluster.advancing(), 1);
  stage.stop(1, 90);
  EXPECT_EQ(stage.cluster.advancing(), 0);
  stage.start(1, 100);
  EXPECT_EQ(stage.pass(1000), 130 + 60);
  EXPECT_EQ(stage.device_seconds(), (Seconds{190 + 40 + 90, 200, 30, 0}));
}

TEST(ModelledCluster, ElasticWorkGoesAsFastAsItHasTasks) {
  // 4 x 100 s of task time.
  Stage stage({{.run_time_s = 100, .gang_min = 1, .gang_max = 4}});
  stage.start(0, 0);
  stage.start(1, 40);  // 40 done.
  stage.start(2, 90);  // 140 done.
  stage.stop(0, 150);  // 320 done; the rest at 2.
  EXPECT_EQ(stage.pass(1000), 190);
  EXPECT_EQ(stage.device_seconds(), (Seconds{150 + 150 + 100, 400, 0, 0}));
}

TEST(ModelledCluster, ElasticWorkThatSavesNothingLosesTheLeavingPart) {
  Stage stage({{.run_time_s = 100, .gang_min = 1, .gang_max = 2}}, forgetful());
  stage.start(0, 0);
  stage.start(1, 0);
  stage.stop(1, 30);  // 60 done, 30 of them lost.
  EXPECT_EQ(stage.pass(1000), 30 + 170);
  EXPECT_EQ(stage.device_seconds(), (Seconds{230, 200, 0, 30}));
}

TEST(ModelledCluster, StoppedDuringSetUpPaysForAnother) {
  Stage stage({{.run_time_s = 100}});
  stage.start(0, 0);
  stage.stop(0, 10);
  stage.start(0, 20);
  stage.stop(0, 35);  // 15 s of 30 s.
  stage.start(0, 50);
  EXPECT_EQ(stage.pass(1000), 50 + 30 + 90);
  EXPECT_EQ(stage.device_seconds(), (Seconds{10 + 15 + 120, 100, 45, 0}));
}

TEST(ModelledCluster, ARunIsEndedAtItsLimitSetUpIncluded) {
  Stage stage({{.run_time_s = 100, .gang_min = 2}}, takes(7, 0));
  stage.trace.jobs[0].workload.limit = Duration::seconds(60);
  stage.start(0, 10);
  stage.start(1, 10);
  EXPECT_EQ(stage.pass(1000), 70);
  EXPECT_EQ(stage.outcome, JobEnd::kStoppedAtLimit);
  EXPECT_EQ(stage.device_seconds(), (Seconds{120, 0, 0, 106}));
  EXPECT_TRUE(stage.cluster.empty());
  EXPECT_EQ(stage.cluster.advancing(), 0);
}

TEST(ModelledCluster, EachRunHasTheWholeLimit) {
  Stage stage({{.run_time_s = 100}}, takes(0, 5));
  stage.trace.jobs[0].workload.limit = Duration::seconds(95);
  stage.start(0, 0);
  // Told to stop in time, it is not killed while it stops.
  stage.stop(0, 92);
  EXPECT_EQ(stage.pass(97), -1);
  stage.start(0, 200);
  EXPECT_EQ(stage.pass(1000), 200 + 30 + 8);
  EXPECT_EQ(stage.outcome, JobEnd::kFinished);
}

TEST(ModelledCluster, AsLongAsTheLimitIsNotTooLong) {
  Stage stage({{.run_time_s = 100}});
  stage.trace.jobs[0].workload.limit = Duration::seconds(100);
  stage.start(0, 0);
  EXPECT_EQ(stage.pass(1000), 100);
  EXPECT_EQ(stage.outcome, JobEnd::kFinished);
}

TEST(ModelledCluster, WorkThatFailsPaysARestartWhereItIs) {
  ClusterModel model;
  model.failures = {Duration::seconds(50), kRetriesMax, 1};
  int failed = 0;
  for (model.failures.seed = 1; model.failures.seed <= 20; ++model.failures.seed) {
    Stage stage({{.run_time_s = 100}}, model);
    stage.start(0, 0);
    const std::int64_t ended = stage.pass(1'000'000);
    EXPECT_EQ(stage.outcome, JobEnd::kFinished);
    const Seconds seconds = stage.device_seconds();
    EXPECT_EQ(seconds[2], 30 * stage.cluster.failures());
    EXPECT_NEAR(static_cast<double>(ended), static_cast<double>(100 + seconds[2] + seconds[3]), 1);
    EXPECT_EQ(stage.cluster.restarts(), stage.cluster.failures());
    failed += stage.cluster.failures() > 0 ? 1 : 0;
  }
  EXPECT_GT(failed, 10);
}

TEST(ModelledCluster, CheckpointsLimitWhatAFailureCosts) {
  ClusterModel model;
  model.failures = {Duration::seconds(50), kRetriesMax, 1};
  Stage stage({{.run_time_s = 10'000}}, model);
  stage.trace.jobs[0].workload.checkpoint_interval = Duration::seconds(5);
  stage.start(0, 0);
  EXPECT_NE(stage.pass(1'000'000), -1);
  // 200 and what is lost, which is at most 5 s each: drawn, but not at random.
  EXPECT_NEAR(static_cast<double>(stage.cluster.failures()), 200, 40);
  EXPECT_LE(stage.device_seconds()[3], 5 * stage.cluster.failures());
}

TEST(ModelledCluster, OneFailureTooManyIsForGood) {
  ClusterModel model;
  model.failures = {Duration::seconds(1), 2, 1};
  Stage stage({{.run_time_s = 1000, .gang_min = 2}}, model);
  stage.start(0, 0);
  stage.start(1, 0);
  EXPECT_NE(stage.pass(1000), -1);
  EXPECT_EQ(stage.outcome, JobEnd::kFailed);
  EXPECT_EQ(stage.cluster.failures(), 3);
  EXPECT_EQ(stage.device_seconds()[1], 0);
  EXPECT_EQ(stage.device_seconds()[2], 2 * 2 * 30);
}

TEST(ModelledCluster, AFailureCanComeWhileItRecoversFromAStop) {
  ClusterModel model;
  model.failures = {Duration::seconds(50), kRetriesMax, 4};
  Stage stage({{.run_time_s = 1000}}, model);
  std::int64_t ended = -1;
  for (std::int64_t s = 0; ended < 0 && s < 1'000'000; s += 71) {
    stage.start(0, s);
    ended = stage.pass(s + 70);
    if (ended < 0) stage.stop(0, s + 70);
  }
  const Seconds seconds = stage.device_seconds();
  EXPECT_EQ(seconds[1], 1000);
  EXPECT_GE(seconds[0], seconds[1] + seconds[2] + seconds[3]);
  EXPECT_LE(seconds[0], seconds[1] + seconds[2] + seconds[3] + 2);
}

TEST(ModelledCluster, WhatFailedInTheTraceFailsInTheEnd) {
  ClusterModel model;
  model.failures.as_recorded = true;
  Stage stage({{.run_time_s = 100}}, model);
  stage.trace.jobs[0].failed = true;
  stage.start(0, 0);
  EXPECT_EQ(stage.pass(1000), 100);
  EXPECT_EQ(stage.outcome, JobEnd::kFailed);
  EXPECT_EQ(stage.device_seconds(), (Seconds{100, 0, 0, 100}));
}

TEST(ModelledCluster, WorkOfNothingEndsAtOnce) {
  Stage stage({{.run_time_s = 0}});
  stage.start(0, 5);
  EXPECT_EQ(stage.pass(5), 5);
}

}  // namespace
}  // namespace sillar
