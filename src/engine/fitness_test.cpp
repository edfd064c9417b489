// Devices that fail: quarantine, trials, and operators who take nodes out of use.

#include "engine/fitness.h"

#include "engine/life_fixture.h"
#include "engine/next_due.h"

namespace sillar {
namespace {

constexpr std::int64_t kMinute = 60;

class FitnessTest : public LifeFixture {
 protected:
  FitnessTest() {
    configure(options({.after = Duration::minutes(30),
                       .failures = 3,
                       .window = Duration::hours(1),
                       .trial = Duration::minutes(60),
                       .longest = Duration::hours(3),
                       .share_thousandths = 500}));
  }

  static Options options(QuarantineRule rule) {
    Options out;
    out.quarantine = rule;
    return out;
  }

  // Runs alone on a device, and fails there.
  void fail_on(std::int32_t device, const std::string& name) {
    start_on(device, name);
    feed(TaskObserved{task(name + "/0"), TaskEvent::kFailed, 1});
  }
  // The others are held by fillers, so that there is one choice.
  void start_on(std::int32_t device, const std::string& name) {
    for (std::int32_t d = 0; d < 4; ++d)
      if (d != device) keep_off(d);
    submit(gang(name, 1));
    decide();
    ASSERT_EQ(state_.board.task(task(name + "/0")).phase, schedule::Phase::kRunning) << name;
    ASSERT_EQ(state_.board.task(task(name + "/0")).place.device_mask, 1U << device);
    for (const auto& [d, was] : kept_off_) feed(HealthObserved{NodeId{0}, d, was});
    kept_off_.clear();
  }
  [[nodiscard]] Health device(std::size_t d) const {
    return state_.board.node(NodeId{0}).devices[d].health;
  }
  [[nodiscard]] Health node() const { return state_.board.node(NodeId{0}).health; }

 private:
  void keep_off(std::int32_t device) {
    kept_off_.emplace_back(device, observed_health(state_, {NodeId{0}, device}));
    feed(HealthObserved{NodeId{0}, device, Health::kSuspect});
  }

  std::vector<std::pair<std::int32_t, Health>> kept_off_;
};

TEST_F(FitnessTest, DifferentWorkloadsThatFailOnOneDeviceQuarantineIt) {
  fail_on(2, "a");
  fail_on(2, "b");
  EXPECT_EQ(device(2), Health::kHealthy);
  start_on(2, "c");
  EXPECT_EQ(feed(TaskObserved{task("c/0"), TaskEvent::kFailed, 1}), "finished, fault, quarantine");
  EXPECT_EQ(device(2), Health::kQuarantined);
  EXPECT_EQ(node(), Health::kHealthy);
  EXPECT_NE(last_.back().find("3 different workloads failed there within 1h."), std::string::npos)
      << last_.back();
}

TEST_F(FitnessTest, OneWorkloadThatFailsOftenSaysNothing) {
  Workload work = gang("w", 1);
  work.retry = {5, Duration::seconds(1), Duration::seconds(1)};
  submit(work);
  for (int i = 0; i < 4; ++i) {
    wait_until(10 * (i + 1));
    decide();
    EXPECT_EQ(feed(TaskObserved{task("w/0"), TaskEvent::kFailed, 1}),
              "workload-held, retries, fault");
  }
  EXPECT_EQ(device(0), Health::kHealthy);
}

TEST_F(FitnessTest, WorkThatFailsElsewhereTooIsToBlameItself) {
  for (const std::string name : {"a", "b", "c"}) {
    Workload work = gang(name, 1);
    work.retry = {1, Duration::seconds(1), Duration::seconds(1)};
    for (std::int32_t d = 1; d < 4; ++d) feed(HealthObserved{NodeId{0}, d, Health::kSuspect});
    submit(work);
    decide();
    feed(TaskObserved{task(name + "/0"), TaskEvent::kFailed, 1});
    feed(HealthObserved{NodeId{0}, 0, Health::kSuspect});
    feed(HealthObserved{NodeId{0}, 1, Health::kHealthy});
    now_ = now_ + Duration::seconds(1);
    decide();
    feed(TaskObserved{task(name + "/0"), TaskEvent::kFailed, 1});
    feed(HealthObserved{NodeId{0}, 0, Health::kHealthy});
  }
  EXPECT_EQ(device(0), Health::kHealthy);
  EXPECT_EQ(observed_health(state_, {NodeId{0}, 1}), Health::kHealthy);
  EXPECT_EQ(device(1), Health::kHealthy);
}

TEST_F(FitnessTest, SuccessAndTimeForget) {
  fail_on(0, "a");
  fail_on(0, "b");
  start_on(0, "good");
  feed(TaskObserved{task("good/0"), TaskEvent::kSucceeded});
  fail_on(0, "c");
  EXPECT_EQ(device(0), Health::kHealthy);
  fail_on(0, "d");
  wait_until(61 * kMinute);
  fail_on(0, "e");
  EXPECT_EQ(device(0), Health::kHealthy) << "c and d were longer ago than the window";
}

TEST_F(FitnessTest, NoMoreThanAShareIsQuarantinedForFailures) {
  for (std::int32_t d = 0; d < 3; ++d)
    for (const char* name : {"a", "b", "c"}) fail_on(d, name + std::to_string(d));
  EXPECT_EQ(device(0), Health::kQuarantined);
  EXPECT_EQ(device(1), Health::kQuarantined);
  EXPECT_EQ(device(2), Health::kHealthy) << "half of four are out of use already";
}

TEST_F(FitnessTest, ATrialThatGoesWellEndsIt) {
  for (const char* name : {"a", "b", "c"}) fail_on(0, name);
  EXPECT_EQ(next_due(state_), at(30 * kMinute));
  wait_until(30 * kMinute);
  Workload fixed = gang("fixed", 1);
  fixed.preemptible = false;
  for (std::int32_t d = 1; d < 4; ++d) feed(HealthObserved{NodeId{0}, d, Health::kSuspect});
  submit(fixed);
  EXPECT_EQ(decide(), "probation, waits");
  EXPECT_EQ(device(0), Health::kProbation);
  submit(gang("w", 1));
  EXPECT_EQ(decide(), "started");
  EXPECT_EQ(next_due(state_), at(90 * kMinute));
  wait_until(40 * kMinute);
  feed(TaskObserved{task("w/0"), TaskEvent::kSucceeded});
  decide();
  EXPECT_EQ(device(0), Health::kProbation) << "the hour is not over";
  wait_until(90 * kMinute);
  EXPECT_EQ(decide(), "quarantine-ended, started") << "what cannot be started again may start";
  EXPECT_EQ(device(0), Health::kHealthy);
  EXPECT_TRUE(state_.fitness.empty());
}

TEST_F(FitnessTest, ATrialWithoutWorkGoesOn) {
  for (const char* name : {"a", "b", "c"}) fail_on(0, name);
  wait_until(30 * kMinute);
  decide();
  EXPECT_EQ(next_due(state_), Time::never());
  wait_until(1000 * kMinute);
  start_on(0, "w");
  EXPECT_EQ(next_due(state_), at(1060 * kMinute)) << "an hour of work";
  wait_until(1060 * kMinute);
  EXPECT_EQ(decide(), "quarantine-ended");
}

TEST_F(FitnessTest, ATrialThatFailsTakesTwiceAsLong) {
  for (const char* name : {"a", "b", "c"}) fail_on(0, name);
  std::int64_t now = 30;
  for (const std::int64_t wait : {60, 120, 180, 180}) {
    wait_until(now * kMinute);
    EXPECT_EQ(decide(), "probation");
    const std::string name = "t" + std::to_string(now);
    start_on(0, name);
    EXPECT_EQ(feed(TaskObserved{task(name + "/0"), TaskEvent::kLost}),
              "finished, fault, quarantine");
    now += wait;
    EXPECT_EQ(next_due(state_), at(now * kMinute));
  }
  EXPECT_NE(last_.back().find("failed there while it was on probation"), std::string::npos);
}

TEST_F(FitnessTest, WhatTheDriverReportsIsEvictedAndTriedLater) {
  submit(gang("w", 1));
  decide();
  EXPECT_EQ(feed(HealthObserved{NodeId{0}, 0, Health::kQuarantined}),
            "health, evicted, quarantine");
  EXPECT_EQ(feed(HealthObserved{NodeId{0}, 0, Health::kQuarantined}), "");
  feed(TaskObserved{task("w/0"), TaskEvent::kStopped});
  wait_until(31 * kMinute);
  EXPECT_EQ(decide(), "started") << "elsewhere; it is broken still, and not tried";
  EXPECT_EQ(device(0), Health::kQuarantined);
  EXPECT_EQ(feed(HealthObserved{NodeId{0}, 0, Health::kHealthy}), "health");
  EXPECT_EQ(device(0), Health::kQuarantined) << "well again, and not trusted yet";
  EXPECT_EQ(decide(), "probation");
  EXPECT_EQ(device(0), Health::kProbation);
}

TEST_F(FitnessTest, ADrainIsNotLiftedByAReportOfHealth) {
  submit(gang("w", 1));
  decide();
  EXPECT_EQ(feed(Drain{NodeId{0}, true}), "node-drained, evicted");
  EXPECT_EQ(feed(Drain{NodeId{0}, true}), "");
  EXPECT_NE(last_.size(), 1U);
  feed(TaskObserved{task("w/0"), TaskEvent::kStopped});
  EXPECT_EQ(feed(HealthObserved{NodeId{0}, -1, Health::kSuspect}), "health");
  EXPECT_EQ(feed(HealthObserved{NodeId{0}, -1, Health::kHealthy}), "health");
  EXPECT_EQ(node(), Health::kQuarantined);
  EXPECT_EQ(decide(), "waits");
  EXPECT_EQ(feed(Drain{NodeId{0}, false}), "node-drained");
  EXPECT_EQ(decide(), "started");
}

TEST_F(FitnessTest, AQuarantineIsNotLiftedByGivingTheNodeBack) {
  feed(Drain{NodeId{0}, true});
  EXPECT_EQ(feed(HealthObserved{NodeId{0}, -1, Health::kQuarantined}), "health, quarantine");
  EXPECT_EQ(feed(HealthObserved{NodeId{0}, -1, Health::kHealthy}), "health");
  EXPECT_EQ(feed(Drain{NodeId{0}, false}), "node-drained");
  EXPECT_EQ(node(), Health::kQuarantined);
  wait_until(30 * kMinute);
  EXPECT_EQ(decide(), "probation");
  EXPECT_EQ(node(), Health::kProbation);
}

TEST_F(FitnessTest, SeveralDevicesPointToTheNode) {
  configure(options({.after = Duration::minutes(30),
                     .failures = 2,
                     .window = Duration::hours(1),
                     .trial = Duration::hours(1),
                     .longest = Duration::hours(3),
                     .share_thousandths = 1000}));
  for (const char* name : {"a", "b"}) {
    Workload work = schedule::plain_workload(name, 1, 3);
    work.project = "a";
    submit(work);
    decide();
    feed(TaskObserved{task(std::string(name) + "/0"), TaskEvent::kFailed, 1});
  }
  EXPECT_EQ(node(), Health::kQuarantined);
  EXPECT_EQ(device(0), Health::kHealthy);
}

TEST_F(FitnessTest, WhatNeverRanOrGotLostSaysNothingOfADevice) {
  for (const char* name : {"a", "b", "c", "d"}) {
    start_on(0, name);
    feed(TaskObserved{task(std::string(name) + "/0"), TaskEvent::kLaunchFailed});
  }
  EXPECT_EQ(device(0), Health::kHealthy);
  EXPECT_EQ(node(), Health::kHealthy) << "one of one node is more than a share";
  EXPECT_EQ(fitness_of(state_, {NodeId{0}, -1})->faults.size(), 3U);
}

TEST_F(FitnessTest, ACommandThatIsNotThereIsNobodysFault) {
  for (const char* name : {"a", "b", "c"}) {
    start_on(0, name);
    EXPECT_EQ(feed(TaskObserved{task(std::string(name) + "/0"), TaskEvent::kFailed, 127}),
              "finished");
  }
  EXPECT_TRUE(state_.fitness.empty());
}

// Other rules, another fleet: who is out of use stays so while its node is there.
TEST_F(FitnessTest, WhatIsKnownOutlastsAChangeOfTheWorld) {
  feed(Drain{NodeId{0}, true});
  feed(HealthObserved{NodeId{0}, 1, Health::kQuarantined});
  feed(HealthObserved{NodeId{0}, 1, Health::kHealthy});
  const auto change = [&](QuarantineRule rule, const std::string& name) {
    auto world = std::make_shared<World>(*state_.world);
    world->options.quarantine = rule;
    world->fleet.nodes.front().name = name;
    return feed(Configure{world});
  };
  QuarantineRule longer = state_.world->options.quarantine;
  longer.trial = Duration::hours(2);
  const std::string same = state_.world->fleet.nodes.front().name;
  EXPECT_EQ(change(longer, same), "world-changed");
  EXPECT_EQ(node(), Health::kQuarantined);
  EXPECT_EQ(device(1), Health::kQuarantined);
  wait_until(30 * kMinute);
  EXPECT_EQ(decide(), "probation");
  feed(Drain{NodeId{0}, false});
  EXPECT_EQ(node(), Health::kHealthy);
  EXPECT_EQ(device(1), Health::kProbation);
  feed(Drain{NodeId{0}, true});
  EXPECT_EQ(change(longer, "another"), "world-changed");
  EXPECT_TRUE(state_.fitness.empty()) << "the node is gone";
  EXPECT_EQ(state_.board.node(NodeId{1}).health, Health::kHealthy);
}

TEST_F(FitnessTest, WithoutARuleNothingIsRemembered) {
  configure({});
  for (const char* name : {"a", "b", "c", "d"}) {
    submit(gang(name, 1));
    decide();
    EXPECT_EQ(feed(TaskObserved{task(std::string(name) + "/0"), TaskEvent::kFailed, 1}),
              "finished");
  }
  feed(HealthObserved{NodeId{0}, 0, Health::kQuarantined});
  EXPECT_EQ(feed(HealthObserved{NodeId{0}, 0, Health::kHealthy}), "health");
  EXPECT_EQ(device(0), Health::kHealthy);
  EXPECT_TRUE(state_.fitness.empty());
}

}  // namespace
}  // namespace sillar
