#include "schedule/cycle.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/check.h"
#include "schedule/board_fixture.h"

namespace sillar::schedule {
namespace {

constexpr Time kNow = Time::from_seconds(1'000'000);
constexpr Time kLongAgo = Time::from_seconds(1000);

struct Bench {
  Board board;
  PackScorer scorer;
  PlacementIndex index{scorer};
  CycleOptions options;
  CycleMemory memory;

  Plan cycle() {
    CycleInput input;
    input.now = kNow;
    input.options = &options;
    input.memory = &memory;
    return run_cycle(board, index, input);
  }
};

std::int64_t count(const Plan& plan, Step step) {
  return std::count_if(plan.decisions.begin(), plan.decisions.end(),
                       [&](const Decision& d) { return d.step == step; });
}

// L1 of the load list: one project holds everything and deserves nothing, the other asks for all of
// it.
void fill(Bench& bench, Rules rules, std::size_t nodes, std::int64_t a_deserved,
          std::int64_t b_deserved) {
  bench.board.set_fleet(plain_fleet(nodes), rules);
  const std::vector<Project> projects{plain_project("queue-0", a_deserved, 0),
                                      plain_project("queue-1", b_deserved, 0)};
  bench.board.set_projects(projects);
  for (std::size_t i = 0; i < 8 * nodes; ++i) {
    const WorkloadId job = bench.board.add_job(ProjectId{0}, plain_workload("a", 1, 1), {});
    run_on(bench.board, job, NodeId{i % nodes}, kLongAgo);
  }
}

TEST(Cycle, ReclaimsAWholeClusterOneByOne) {
  for (const Rules rules : {Rules::kKai, Rules::kSillar}) {
    Bench bench;
    fill(bench, rules, 10, 0, 80);
    for (int i = 0; i < 80; ++i) bench.board.add_job(ProjectId{1}, plain_workload("b", 1, 1), {});
    const Plan plan = bench.cycle();
    EXPECT_EQ(count(plan, Step::kEvict), 80);
    EXPECT_EQ(count(plan, Step::kReserve), 80);
    EXPECT_EQ(bench.board.check_invariants(), "");
  }
}

TEST(Cycle, ReclaimsWholeNodesForAGang) {
  for (const Rules rules : {Rules::kKai, Rules::kSillar}) {
    Bench bench;
    fill(bench, rules, 20, 0, 160);
    bench.board.add_job(ProjectId{1}, plain_workload("gang", 10, 8), {});
    const Plan plan = bench.cycle();
    EXPECT_EQ(count(plan, Step::kEvict), 80);
    EXPECT_EQ(count(plan, Step::kReserve), 10);
  }
}

TEST(Cycle, ProvesThatOneDeviceIsMissing) {
  Bench bench;
  fill(bench, Rules::kKai, 1000, 7921, 80);
  bench.board.add_job(ProjectId{1}, plain_workload("gang", 10, 8), {});
  const Plan plan = bench.cycle();
  EXPECT_EQ(count(plan, Step::kEvict), 0);
  ASSERT_EQ(plan.waiting.size(), 1U);
  const Reason& reason = plan.reasons[plan.waiting[0].reason];
  EXPECT_EQ(reason.code, ReasonCode::kNotReclaimable);
  EXPECT_EQ(std::get<std::int64_t>(reason.parameters[0].second), 80);
  EXPECT_EQ(std::get<std::int64_t>(reason.parameters[1].second), 79);
  EXPECT_EQ(std::get<std::int64_t>(reason.parameters[3].second), 7921);
}

TEST(Cycle, ConsolidatesWithAsFewMovesAsThereAre) {
  Bench bench;
  bench.board.set_fleet(plain_fleet(50), Rules::kSillar);
  bench.board.set_projects(std::vector<Project>{plain_project("a", 0), plain_project("b", 0)});
  for (std::size_t i = 0; i < 150; ++i) {
    const WorkloadId job = bench.board.add_job(ProjectId{0}, plain_workload("a", 1, 1), {});
    run_on(bench.board, job, NodeId{i % 50}, kNow - Duration::seconds(60));
  }
  for (int i = 0; i < 4; ++i) bench.board.add_job(ProjectId{1}, plain_workload("gang", 10, 6), {});
  bench.options.actions = {Action::kConsolidate};
  const Plan plan = bench.cycle();
  EXPECT_EQ(count(plan, Step::kReserve), 40);
  EXPECT_EQ(count(plan, Step::kEvict), 40);
}

// An elastic job whose first task lost its place runs on with the others: only what starts anew is
// decided.
TEST(Cycle, StartsTheTaskThatWaitsAndNoneThatRuns) {
  Bench bench;
  bench.board.set_fleet(plain_fleet(1), Rules::kSillar);
  bench.board.set_projects(std::vector<Project>{plain_project("a", 8)});
  Workload workload = plain_workload("elastic", 3, 1);
  workload.gang_min = 1;
  const WorkloadId job = bench.board.add_job(ProjectId{0}, workload, {});
  run_on(bench.board, job, NodeId{0}, kLongAgo);
  bench.board.evict(TaskId{0});
  bench.board.stopped(TaskId{0});
  const Plan plan = bench.cycle();
  ASSERT_EQ(plan.decisions.size(), 1U);
  EXPECT_EQ(plan.decisions[0].step, Step::kStart);
  EXPECT_EQ(plan.decisions[0].task, TaskId{0});
}

// What asks like a refused job is put aside at once, and still gets to know why it waits.
TEST(Cycle, WhatAsksAlikeIsRefusedTogether) {
  Bench bench;
  bench.board.set_fleet(plain_fleet(1), Rules::kSillar);
  bench.board.set_projects(std::vector<Project>{plain_project("a", 4), plain_project("b", 4)});
  bench.options.actions = {Action::kAllocate};
  bench.options.reservations = false;
  for (int i = 0; i < 50; ++i) bench.board.add_job(ProjectId{i % 2}, plain_workload("w", 1, 3), {});
  const Plan plan = bench.cycle();
  EXPECT_EQ(count(plan, Step::kStart), 2);
  EXPECT_LE(plan.counts.attempts, 4);
  EXPECT_EQ(plan.waiting.size(), 48U);
}

TEST(Cycle, ASmallerGangIsTriedAfterALargerOne) {
  Bench bench;
  bench.board.set_fleet(plain_fleet(3), Rules::kSillar);
  bench.board.set_projects(std::vector<Project>{plain_project("a", 24)});
  bench.options.actions = {Action::kAllocate};
  bench.options.reservations = false;
  std::vector<WorkloadId> jobs;
  for (const int tasks : {4, 5, 2, 4, 1})
    jobs.push_back(bench.board.add_job(ProjectId{0}, plain_workload("w", tasks, 8), {}));
  const Plan plan = bench.cycle();
  std::set<WorkloadId> started;
  for (const Decision& d : plan.decisions) started.insert(bench.board.task(d.task).job);
  EXPECT_EQ(started, (std::set<WorkloadId>{jobs[2], jobs[4]}));
  EXPECT_EQ(plan.waiting.size(), 3U);
}

}  // namespace
}  // namespace sillar::schedule
