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

  // Lets events happen until `s`; returns when job 0 finished, in seconds, or -1.
  std::int64_t pass(std::int64_t s) {
    std::int64_t finished = -1;
    while (events.next() <= at_second(s)) {
      const Event event = events.pop();
      switch (event.kind) {
        case EventKind::kFinished:
          if (!cluster.finishes(event, event.at)) break;
          finished = event.at.ns / 1'000'000'000;
          release_all(WorkloadId{event.subject}, event.at);
          break;
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
    return finished;
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

TEST(ModelledCluster, WorkOfNothingEndsAtOnce) {
  Stage stage({{.run_time_s = 0}});
  stage.start(0, 5);
  EXPECT_EQ(stage.pass(5), 5);
}

}  // namespace
}  // namespace sillar
