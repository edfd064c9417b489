// How tasks start, end, are tried again and are limited.

#include "engine/life_fixture.h"
#include "engine/next_due.h"
#include "engine/workload_phase.h"

namespace sillar {
namespace {

class TaskLifeTest : public LifeFixture {
 protected:
  static Workload retried(Workload work, std::int32_t limit) {
    work.retry = {limit, Duration::seconds(10), Duration::seconds(25)};
    return work;
  }
  std::string observe(const std::string& name, TaskEvent event, std::int32_t exit_code = 0,
                      std::int32_t signal = 0, std::int32_t attempt = 0) {
    return feed(TaskObserved{task(name), event, exit_code, signal, {}, attempt});
  }
  [[nodiscard]] std::string_view phase(const std::string& name) const {
    return phase_name(workload_phase(state_, id(name)));
  }
  [[nodiscard]] const TaskRecord& record(const std::string& name) const {
    return state_.tasks[task(name).index()];
  }
};

TEST_F(TaskLifeTest, AnAttemptIsCountedAndConfirmed) {
  submit(gang("w", 1));
  EXPECT_EQ(phase("w"), "Submitted");
  EXPECT_EQ(state_.attempt(task("w/0")), 0);
  decide();
  EXPECT_EQ(state_.attempt(task("w/0")), 1);
  EXPECT_EQ(phase("w"), "Starting");
  EXPECT_EQ(observe("w/0", TaskEvent::kRunning), "confirmed");
  EXPECT_EQ(observe("w/0", TaskEvent::kRunning), "") << "drivers repeat themselves";
  EXPECT_EQ(phase("w"), "Running");
  EXPECT_EQ(observe("w/0", TaskEvent::kSucceeded, 0, 0, 2), "") << "no such attempt runs";
  EXPECT_EQ(observe("w/0", TaskEvent::kSucceeded, 0, 0, 1), "finished");
  EXPECT_EQ(phase("w"), "Succeeded");
  EXPECT_EQ(observe("w/0", TaskEvent::kFailed, 1), "") << "it is over";
}

TEST_F(TaskLifeTest, AFailureIsKeptWithItsCodeAndReason) {
  submit(gang("a", 1));
  submit(gang("b", 1));
  submit(gang("c", 1));
  submit(gang("d", 1));
  decide();
  observe("a/0", TaskEvent::kFailed, 3);
  EXPECT_EQ(record("a/0").exit_code, 3);
  EXPECT_EQ(state_.workloads[0].end_reason->code, ReasonCode::kExitCode);
  observe("b/0", TaskEvent::kFailed, 137, 9);
  EXPECT_EQ(reason_text(*state_.workloads[1].end_reason, Language::kEnglish),
            "It was ended by the signal KILL.");
  observe("c/0", TaskEvent::kLost);
  EXPECT_EQ(state_.workloads[2].end_reason->code, ReasonCode::kTaskLost);
  feed(TaskObserved{task("d/0"), TaskEvent::kLaunchFailed, 0, 0, "no such program", 1});
  EXPECT_EQ(reason_text(*state_.workloads[3].end_reason, Language::kEnglish),
            "It could not be started: no such program.");
  for (const char* name : {"a", "b", "c", "d"}) EXPECT_EQ(phase(name), "Failed");
}

TEST_F(TaskLifeTest, AFailedTaskIsTriedAgainAfterLongerAndLongerWaits) {
  submit(retried(gang("w", 1), 3));
  decide();
  std::int64_t now = 0;
  for (const std::int64_t wait : {10, 20, 25}) {
    EXPECT_EQ(observe("w/0", TaskEvent::kFailed, 1), "workload-held, retries");
    EXPECT_EQ(phase("w"), "Held");
    EXPECT_EQ(reason("w"), "backs-off");
    EXPECT_EQ(next_due(state_), at(now + wait));
    wait_until(now + wait - 1);
    EXPECT_EQ(decide(), "");
    wait_until(now += wait);
    EXPECT_EQ(decide(), "workload-released, started") << "in the very cycle";
  }
  EXPECT_EQ(state_.attempt(task("w/0")), 4);
  EXPECT_EQ(observe("w/0", TaskEvent::kFailed, 1), "finished");
  EXPECT_EQ(state_.workloads[0].end_reason->code, ReasonCode::kRetriesExhausted);
  EXPECT_EQ(next_due(state_), Time::never());
}

TEST_F(TaskLifeTest, AGangIsTriedAgainAsAWhole) {
  submit(retried(gang("w", 3), 1));
  decide();
  EXPECT_EQ(observe("w/1", TaskEvent::kFailed, 1), "workload-held, retries, evicted, evicted");
  // The others go down by themselves, or as they are told: neither is another failure.
  EXPECT_EQ(observe("w/0", TaskEvent::kFailed, 1), "stopped");
  EXPECT_EQ(observe("w/2", TaskEvent::kStopped), "stopped");
  wait_until(10);
  EXPECT_EQ(decide(), "workload-released, started, started, started");
  EXPECT_EQ(observe("w/0", TaskEvent::kLost), "finished, evicted, evicted");
  EXPECT_EQ(phase("w"), "Stopping");
  EXPECT_EQ(observe("w/1", TaskEvent::kStopped), "finished");
  EXPECT_EQ(observe("w/2", TaskEvent::kSucceeded), "finished");
  EXPECT_EQ(phase("w"), "Failed");
  EXPECT_EQ(state_.workloads[0].failed_tasks, 3);
}

TEST_F(TaskLifeTest, BeingEvictedIsNoFailure) {
  submit(retried(gang("low", 4), 1));
  decide();
  Workload high = gang("high", 4);
  high.priority = 90;
  submit(high);
  decide();
  EXPECT_EQ(phase("low"), "Stopping");
  for (const char* name : {"low/0", "low/1", "low/2", "low/3"})
    observe(name, TaskEvent::kFailed, 143);
  EXPECT_EQ(phase("low"), "Preempted");
  EXPECT_EQ(state_.workloads[0].retries, 0);
  EXPECT_EQ(state_.workloads[0].failed_tasks, 0);
}

TEST_F(TaskLifeTest, TasksOfAnArrayFailAndAreTriedAgainOneByOne) {
  submit(retried(array("w", 3), 1));
  decide();
  EXPECT_EQ(observe("w/1", TaskEvent::kFailed, 1), "retries, waits");
  EXPECT_EQ(job("w").running, 2);
  EXPECT_EQ(decide(), "");
  wait_until(10);
  EXPECT_EQ(decide(), "backoff-ended, started");
  EXPECT_EQ(observe("w/1", TaskEvent::kFailed, 1), "finished");
  EXPECT_EQ(job("w").running, 2) << "the others go on";
  observe("w/0", TaskEvent::kSucceeded);
  observe("w/2", TaskEvent::kSucceeded);
  EXPECT_EQ(phase("w"), "Failed") << "one of them did";
}

TEST_F(TaskLifeTest, AnArrayRunsSoManyOfItsTasksAtATime) {
  submit(array("w", 4, 2));
  EXPECT_EQ(decide(), "started, started, waits");
  EXPECT_EQ(reason("w"), "array-limit");
  EXPECT_EQ(decide(), "");
  observe("w/0", TaskEvent::kSucceeded);
  EXPECT_EQ(decide(), "started");
  EXPECT_EQ(reason("w"), "array-limit");
  EXPECT_EQ(job("w").running, 2);
}

TEST_F(TaskLifeTest, TasksOfAnArrayAreCancelledOneByOne) {
  submit(array("w", 3, 2));
  decide();
  EXPECT_EQ(feed(Cancel{"w", 2}), "finished");
  EXPECT_EQ(feed(Cancel{"w", 0}), "evicted");
  EXPECT_EQ(feed(Cancel{"w", 0}), "") << "it is about to be";
  EXPECT_EQ(observe("w/0", TaskEvent::kFailed, 143), "finished");
  EXPECT_EQ(feed(Cancel{"w", 7}), "error: 'w' has 3 tasks, no task 7");
  observe("w/1", TaskEvent::kSucceeded);
  EXPECT_EQ(phase("w"), "Succeeded");
  EXPECT_FALSE(succeeded(state_.workloads[0])) << "not all of it";
  submit(gang("g", 2));
  EXPECT_EQ(feed(Cancel{"g", 1}), "error: only tasks of an array are cancelled one by one");
}

TEST_F(TaskLifeTest, WhatStopsAlreadyCanStillBeCancelled) {
  submit(array("w", 4));
  decide();
  Workload high = gang("high", 4);
  high.priority = 90;
  submit(high);
  decide();
  EXPECT_EQ(feed(Cancel{"w", 0}), "to-end");
  EXPECT_EQ(feed(Cancel{"w", 0}), "");
  EXPECT_EQ(observe("w/0", TaskEvent::kStopped), "finished");
  EXPECT_EQ(record("w/0").outcome, TaskOutcome::kCancelled);
  EXPECT_EQ(observe("w/1", TaskEvent::kStopped), "stopped");
}

TEST_F(TaskLifeTest, AtItsLimitATaskIsStopped) {
  Workload work = retried(gang("w", 2), 5);
  work.limit = Duration::seconds(60);
  submit(work);
  wait_until(5);
  decide();
  EXPECT_EQ(next_due(state_), at(65)) << "the time in the queue does not count";
  wait_until(64);
  EXPECT_EQ(decide(), "");
  wait_until(65);
  EXPECT_EQ(decide(), "evicted, evicted");
  EXPECT_EQ(decide(), "") << "they are told once";
  EXPECT_EQ(observe("w/0", TaskEvent::kFailed, 143, 15), "finished");
  EXPECT_EQ(observe("w/1", TaskEvent::kSucceeded), "finished");
  EXPECT_EQ(record("w/0").outcome, TaskOutcome::kTimedOut);
  EXPECT_EQ(record("w/1").outcome, TaskOutcome::kTimedOut);
  EXPECT_EQ(phase("w"), "Failed");
  EXPECT_EQ(state_.workloads[0].end_reason->code, ReasonCode::kTimeLimit);
}

TEST_F(TaskLifeTest, WhatALimitFreesIsGivenOnInTheSameCycle) {
  Workload work = gang("w", 4);
  work.limit = Duration::seconds(60);
  submit(work);
  decide();
  submit(gang("next", 4));
  decide();
  wait_until(60);
  EXPECT_EQ(decide(),
            "evicted, evicted, evicted, evicted, promised, promised, promised, promised, "
            "waits, held");
}

TEST_F(TaskLifeTest, IdleTasksAreWarnedAndStopped) {
  Workload work = gang("w", 1);
  work.idle = {Duration::minutes(10), 50, Duration::minutes(5), IdleAction::kStop};
  submit(work);
  decide();
  EXPECT_EQ(feed(UtilisationObserved{task("w/0"), 50}), "");
  EXPECT_EQ(feed(UtilisationObserved{task("w/0"), 49}), "idle-began");
  EXPECT_EQ(feed(UtilisationObserved{task("w/0"), 0}), "");
  EXPECT_EQ(next_due(state_), at(600));
  wait_until(600);
  EXPECT_EQ(decide(), "idle-warned");
  EXPECT_EQ(next_due(state_), at(900));
  EXPECT_EQ(feed(UtilisationObserved{task("w/0"), 800}), "idle-ended");
  EXPECT_EQ(next_due(state_), Time::never());
  EXPECT_EQ(feed(UtilisationObserved{task("w/0"), 0}), "idle-began");
  wait_until(1200);
  EXPECT_EQ(decide(), "idle-warned");
  wait_until(1500);
  EXPECT_EQ(decide(), "evicted");
  EXPECT_EQ(observe("w/0", TaskEvent::kStopped), "finished");
  EXPECT_EQ(record("w/0").outcome, TaskOutcome::kIdle);
  EXPECT_EQ(state_.workloads[0].end_reason->code, ReasonCode::kIdle);
}

TEST_F(TaskLifeTest, AGangIsIdleWhenAllOfItIs) {
  Workload work = gang("w", 2);
  work.idle = {Duration::minutes(10), 50, Duration::minutes(5), IdleAction::kStop};
  submit(work);
  decide();
  feed(UtilisationObserved{task("w/0"), 0});
  EXPECT_EQ(next_due(state_), Time::never());
  wait_until(60);
  feed(UtilisationObserved{task("w/1"), 0});
  EXPECT_EQ(next_due(state_), at(660));
  wait_until(660);
  EXPECT_EQ(decide(), "idle-warned");
  wait_until(960);
  EXPECT_EQ(decide(), "evicted, evicted");
}

TEST_F(TaskLifeTest, AWarningMayBeAll) {
  Workload work = gang("w", 1);
  work.idle = {Duration::minutes(10), 50, Duration::minutes(5), IdleAction::kWarn};
  submit(work);
  decide();
  feed(UtilisationObserved{task("w/0"), 0});
  wait_until(600);
  EXPECT_EQ(decide(), "idle-warned");
  EXPECT_EQ(next_due(state_), Time::never());
}

}  // namespace
}  // namespace sillar
