// What holds of every life, whatever happens in it: for each seed a random world and thousands of
// inputs.

#include <gtest/gtest.h>

#include "base/check.h"
#include "engine/due.h"
#include "engine/entry.h"
#include "engine/next_due.h"
#include "engine/random_life.h"
#include "engine/workload_phase.h"

namespace sillar {
namespace {

using schedule::Phase;

// Counters and the agenda against a recount.
std::string recount(const State& state) {
  Agenda agenda;
  for (std::size_t w = 0; w < state.workloads.size(); ++w) {
    const WorkloadRecord& record = state.workloads[w];
    const schedule::Job& job = state.board.job(WorkloadId{w});
    WorkloadRecord counted;
    for (std::int32_t i = 0; i < job.tasks; ++i) {
      const TaskId t{job.first_task + static_cast<std::uint32_t>(i)};
      const TaskRecord& task = state.tasks[t.index()];
      const Phase phase = state.board.task(t).phase;
      counted.confirmed_tasks += task.confirmed ? 1 : 0;
      counted.ending_tasks += task.ends_as ? 1 : 0;
      if (phase == Phase::kFinished && task.outcome == TaskOutcome::kCancelled)
        ++counted.cancelled_tasks;
      else if (phase == Phase::kFinished && task.outcome != TaskOutcome::kSucceeded)
        ++counted.failed_tasks;
      if (task.failures > record.spec->retry.limit) return "a task was tried too often";
      if (has_dues(*record.spec)) agenda.set(Agenda::Kind::kTask, t.value, task_due(state, t));
    }
    agenda.set(Agenda::Kind::kWorkload, static_cast<std::uint32_t>(w),
               workload_due(state, WorkloadId{w}));
    if (counted.confirmed_tasks != record.confirmed_tasks) return "confirmed tasks differ";
    if (counted.ending_tasks != record.ending_tasks) return "ending tasks differ";
    if (counted.failed_tasks != record.failed_tasks) return "failed tasks differ";
    if (counted.cancelled_tasks != record.cancelled_tasks) return "cancelled tasks differ";
    if (record.retries > record.spec->retry.limit) return "a gang was tried too often";
    if (job.held == record.holds.empty()) return "a job is held for nothing";
    if ((job.left() == 0) != (record.finished != Time::never())) return "over without an end";
  }
  for (const auto& [ref, fitness] : state.fitness) {
    const schedule::NodeState& node = state.board.node(ref.node);
    const Health health =
        ref.device < 0 ? node.health : node.devices[static_cast<std::size_t>(ref.device)].health;
    if (health != fitness.effective()) return "the board knows of another health";
    if (fitness.says_nothing()) return "something is kept that says nothing";
    agenda.set(Agenda::Kind::kDevice, agenda_subject(ref), device_due(state, ref));
  }
  return state.agenda.entries() == agenda.entries() ? "" : "the agenda differs";
}

// No gang runs with a part of it after a cycle that had time to make it whole or to end it: a gang
// starts whole, and its tasks fail and are tried again together.
std::string half_placed(const State& state, const std::vector<Fact>& facts) {
  std::set<WorkloadId> started;
  for (const Fact& fact : facts)
    if (const auto* start = std::get_if<TaskStarted>(&fact.body))
      started.insert(state.board.task(start->task).job);
  for (const WorkloadId id : started) {
    const schedule::Job& job = state.board.job(id);
    if (job.active() < job.minimum()) return fmt::format("w{} started in part", id.value);
  }
  return "";
}

// Nothing starts on what is out of use, and on trial only what may be started again.
std::string started_on_sick(const State& state, const std::vector<Fact>& facts) {
  for (const Fact& fact : facts) {
    const auto* start = std::get_if<TaskStarted>(&fact.body);
    const auto* kept = std::get_if<PromiseKept>(&fact.body);
    if (start == nullptr && kept == nullptr) continue;
    const schedule::Task& task = state.board.task(start != nullptr ? start->task : kept->task);
    const schedule::NodeState& node = state.board.node(task.place.node);
    const auto takes = [&](Health health) {
      return health == Health::kHealthy ||
             (health == Health::kProbation && state.board.shape(task.shape).preemptible);
    };
    bool well = takes(node.health);
    for (std::size_t d = 0; d < node.device_count; ++d)
      if ((task.place.device_mask >> d & 1) != 0) well = well && takes(node.devices[d].health);
    if (!well) return "a task started on what is out of use";
  }
  return "";
}

// A job that waits for others starts nothing, and those that it needs have succeeded.
std::string dependencies(const State& state) {
  for (const WorkloadRecord& record : state.workloads) {
    if (record.first_started == Time::never()) continue;
    for (const Dependency& dependency : record.spec->after) {
      const WorkloadId on = state.workload_ids.find(dependency.workload)->second;
      const WorkloadRecord& other = state.workloads[on.index()];
      if (other.finished == Time::never()) return "started before its dependency was over";
      if (dependency.kind == DependencyKind::kAfterOk && !succeeded(other))
        return "started though its dependency failed";
    }
  }
  return "";
}

TEST(LifeProperty, HoldsOfEveryLife) {
  std::map<std::size_t, int> seen;
  for (std::uint64_t seed = 1; seed <= 24; ++seed) {
    RandomLife life(seed);
    State state;
    State applied;
    Scratch scratch;
    const auto feed = [&](const Input& input) {
      auto facts = step(state, scratch, input);
      ASSERT_TRUE(facts.has_value() || facts.error().code == ErrorCode::kInvalidInput ||
                  facts.error().code == ErrorCode::kNotFound)
          << facts.error().message;
      if (!facts) return;
      ASSERT_TRUE(apply_entry(applied, "e", entry_bytes(input, *facts)));
      ASSERT_EQ(half_placed(state, *facts), "");
      ASSERT_EQ(started_on_sick(state, *facts), "");
      for (const Fact& fact : *facts) ++seen[fact.body.index()];
    };
    feed(life.configure());
    for (int i = 0; i < 1200 && !testing::Test::HasFatalFailure(); ++i) {
      feed(life.next(state));
      if (i % 20 != 0) continue;
      ASSERT_EQ(recount(state), "") << "seed " << seed << " input " << i;
      ASSERT_EQ(dependencies(state), "") << "seed " << seed << " input " << i;
      ASSERT_EQ(state.board.check_invariants(), "") << "seed " << seed << " input " << i;
      ASSERT_EQ(state_hash(applied), state_hash(state)) << "seed " << seed << " input " << i;
    }
    ASSERT_EQ(bug_count(), 0U) << "seed " << seed;
  }
  for (const FactBody& body :
       {FactBody(NodeDrained{}), FactBody(FaultNoted{}), FactBody(QuarantineBegan{}),
        FactBody(ProbationBegan{}), FactBody(QuarantineEnded{}), FactBody(IdleWarned{})})
    EXPECT_GT(seen[body.index()], 0) << "no life came to fact " << body.index();
}

// A server that decides whenever something is due, and once after, comes to rest.
TEST(LifeProperty, WhatIsDueIsDoneOnce) {
  for (std::uint64_t seed = 1; seed <= 24; ++seed) {
    RandomLife life(seed);
    State state;
    Scratch scratch;
    ASSERT_TRUE(step(state, scratch, life.configure()).has_value());
    for (int i = 0; i < 400; ++i) (void)step(state, scratch, life.next(state));
    Time now = state.now;
    for (int turn = 0; turn < 300; ++turn) {
      const Time due = next_due(state);
      if (due == Time::never()) break;
      now = std::max({now, due, state.now});
      ASSERT_TRUE(step(state, scratch, {now, Decide{true}}).has_value());
      ASSERT_GT(next_due(state), now) << "seed " << seed << " turn " << turn;
    }
  }
}

}  // namespace
}  // namespace sillar
