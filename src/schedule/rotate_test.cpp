#include "schedule/rotate.h"

#include <gtest/gtest.h>

#include "schedule/rotation_due.h"
#include "schedule/rotation_world.h"

namespace sillar::schedule {
namespace {

using Jobs = std::vector<WorkloadId>;

constexpr Duration kHour = Duration::hours(1);
constexpr Duration kTenHours = Duration::hours(10);
constexpr Duration kMinute = Duration::minutes(1);

RotationWorld world(std::size_t nodes, std::vector<Project> projects = {}) {
  if (projects.empty()) projects = {plain_project("a", 8), plain_project("b", 8)};
  return {plain_fleet(nodes), std::move(projects)};
}

TEST(Rotate, WhatIsLikelyToEndSoonTakesTheRoomOfWhatIsNot) {
  RotationWorld w = world(1);
  const WorkloadId old = w.run(0, 1, 8, 0, kTenHours);
  const WorkloadId fresh = w.add(1, 1, 8);
  const Plan plan = w.turn();
  EXPECT_EQ(evicted(w, plan, false), Jobs{old});
  EXPECT_EQ(plan.decisions[0].reason.code, ReasonCode::kRotated);
  EXPECT_EQ(plan.decisions[0].beneficiary, fresh);
  EXPECT_TRUE(w.runs(fresh));
  EXPECT_TRUE(w.waits(old));
  EXPECT_EQ(w.board.job(old).attained, Duration::hours(10));
  EXPECT_EQ(w.board.check_invariants(), "");
}

TEST(Rotate, WhatRunsStaysUnlessItRanksTwiceAsBad) {
  struct Case {
    Duration ran;
    std::int64_t hysteresis;
    bool goes;
  };
  // Knowing nothing, a rank doubles with each octave of run time; before the first bucket it is
  // that of about 20 s.
  for (const auto& [ran, hysteresis, goes] :
       {Case{Duration::seconds(10), 0, false}, Case{Duration::seconds(40), 0, true},
        Case{Duration::seconds(40), 100, false}, Case{Duration::seconds(100), 100, true},
        Case{Duration::seconds(100), 300, false}}) {
    RotationWorld w = world(1);
    w.options.rotation.hysteresis_percent = hysteresis;
    w.run(0, 1, 8, 0, ran);
    w.add(1, 1, 8);
    EXPECT_EQ(!evicted(w, w.rotate(), false).empty(), goes) << ran.whole_seconds();
  }
}

TEST(Rotate, NoMoreGoThanTheRoomTakes) {
  RotationWorld w = world(1);
  Jobs old;
  for (int i = 0; i < 8; ++i) old.push_back(w.run(0, 1, 1, 0, Duration::hours(10 + i)));
  w.add(1, 1, 2);
  EXPECT_EQ(evicted(w, w.turn(), false), (Jobs{old[6], old[7]}));
}

TEST(Rotate, AGangGoesAsAWhole) {
  RotationWorld w = world(2);
  Workload gang = plain_workload("gang", 2, 4);
  const WorkloadId old = w.run(0, gang, 0, kTenHours);
  w.run(0, 1, 8, 1, kMinute);
  w.add(1, 1, 4);
  w.add(1, 1, 1);
  const Plan plan = w.turn();
  EXPECT_EQ(evicted(w, plan, false), Jobs{old});
  EXPECT_EQ(w.board.job(old).running, 0);
}

TEST(Rotate, AGangComesAsAWhole) {
  RotationWorld w = world(3);
  Jobs old;
  for (int n = 0; n < 3; ++n) old.push_back(w.run(0, 1, 8, n, Duration::hours(10 + n)));
  const WorkloadId gang = w.add(1, 2, 8);
  EXPECT_EQ(evicted(w, w.turn(), false), (Jobs{old[1], old[2]}));
  EXPECT_TRUE(w.runs(gang));
}

// A gang costs all that it holds, wherever that is.
TEST(RoomMaker, TheCheapestNodeGivesWay) {
  RotationWorld w = world(3);
  const WorkloadId gang = w.run(0, 2, 4, 0, kTenHours);
  const WorkloadId large = w.run(0, 1, 7, 1, kTenHours);
  const WorkloadId small = w.run(0, 1, 6, 2, kHour);
  std::vector<Runner> runners;
  for (const WorkloadId id : {small, large, gang})
    runners.push_back({FlatKey{50, 0, 0, id}, {}, 0, false, false});
  runners[0].amount = 6000;
  runners[1].amount = 7000;
  runners[2].amount = 8000;
  const WorkloadId asks = w.add(1, 1, 4);
  w.board.begin();
  Fairness fairness(w.board);
  CycleInput input;
  input.now = w.now;
  input.options = &w.options;
  input.memory = &w.memory;
  Plan plan;
  RoomMaker maker({w.board, w.index, fairness, input, plan}, runners);
  const ShapeId shape = w.board.request(w.board.job(asks).request).alternatives.front();
  EXPECT_EQ(maker.place({asks, shape, ClassId{0}, 1}), RoomMaker::Placed::kPromised);
  EXPECT_EQ(evicted(w, plan, false), Jobs{small});
  w.board.rollback(0);
  w.board.end();
}

TEST(Rotate, OnlyWhatMayBeRotatedGoes) {
  const auto keep = [](auto change) {
    std::vector<Project> projects{plain_project("a", 8), plain_project("b", 8)};
    Workload workload = plain_workload("w", 1, 8);
    change(workload, projects);
    RotationWorld w = world(1, projects);
    w.run(0, workload, 0, kTenHours);
    w.add(1, 1, 8);
    return evicted(w, w.rotate(), false).empty();
  };
  EXPECT_FALSE(keep([](Workload&, auto&) {}));
  EXPECT_TRUE(keep([](Workload& x, auto&) { x.preemptible = false; }));
  EXPECT_TRUE(keep([](Workload& x, auto&) { x.kind = WorkloadKind::kInference; }));
  EXPECT_TRUE(keep([](Workload& x, auto&) { x.kind = WorkloadKind::kInteractive; }));
  EXPECT_TRUE(keep([](Workload& x, auto&) { x.priority = 60; }));
  EXPECT_TRUE(keep([](Workload&, auto& p) { p[0].min_runtime.preempt = Duration::hours(11); }));
  EXPECT_TRUE(keep([](Workload&, auto& p) { p[0].min_runtime.reclaim = Duration::hours(11); }));
  EXPECT_FALSE(keep([](Workload&, auto& p) { p[0].min_runtime.reclaim = Duration::hours(9); }));
}

TEST(Rotate, ALimitIsKeptByItsOwnSide) {
  RotationWorld w = world(2, {plain_project("a", 8, 1, 8), plain_project("b", 8)});
  const WorkloadId own = w.run(0, 1, 8, 0, kHour);
  w.run(1, 1, 8, 1, kTenHours);
  const WorkloadId fresh = w.add(0, 1, 8);
  EXPECT_EQ(evicted(w, w.turn(), false), Jobs{own});
  EXPECT_TRUE(w.runs(fresh));
}

TEST(Rotate, NothingGoesForWhatALimitKeepsOut) {
  RotationWorld w = world(2, {plain_project("a", 8, 1, 4), plain_project("b", 8)});
  w.run(1, 1, 8, 0, kTenHours);
  w.run(1, 1, 8, 1, kTenHours);
  w.add(0, 1, 8);
  EXPECT_TRUE(w.rotate().decisions.empty());
}

TEST(Rotate, WhatStaysMovesWhereRoomIsInPieces) {
  RotationWorld w = world(2);
  Jobs small;
  for (int i = 0; i < 8; ++i) small.push_back(w.run(0, 1, 1, i % 2, Duration::seconds(10 + i)));
  const WorkloadId large = w.add(1, 1, 8);
  const Plan plan = w.turn();
  EXPECT_TRUE(evicted(w, plan, false).empty());
  EXPECT_EQ(evicted(w, plan, true).size(), 4U);
  EXPECT_EQ(plan.decisions[0].reason.code, ReasonCode::kMoved);
  EXPECT_TRUE(w.runs(large));
  for (const WorkloadId id : small) EXPECT_TRUE(w.runs(id));
  EXPECT_EQ(w.board.check_invariants(), "");
}

TEST(Rotate, MovesAreBoundedAndCountedBeforeTheyAreMade) {
  RotationWorld w = world(2);
  for (int i = 0; i < 8; ++i) w.run(0, 1, 1, i % 2, Duration::seconds(10));
  w.add(1, 1, 8);
  w.options.consolidation_victims_max = 3;
  EXPECT_TRUE(w.rotate().decisions.empty());
  w.options.consolidation_victims_max = 4;
  EXPECT_FALSE(w.rotate().decisions.empty());
}

// Free room and a victim's are one: the mover takes the place of the long runner.
TEST(Rotate, WhatMovesMayTakeAVictimsPlace) {
  RotationWorld w = world(2);
  const WorkloadId mover = w.run(0, 1, 4, 0, Duration::seconds(10));
  const WorkloadId fixed = w.run(0, 1, 4, 1, Duration::seconds(10));
  const WorkloadId victim = w.run(0, 1, 4, 1, kTenHours);
  Workload pinned = plain_workload("pinned", 1, 8);
  const WorkloadId large = w.add(1, pinned);
  const Plan plan = w.turn();
  EXPECT_EQ(evicted(w, plan, false), Jobs{victim});
  EXPECT_TRUE(w.runs(mover));
  EXPECT_TRUE(w.runs(fixed));
  EXPECT_TRUE(w.runs(large));
}

TEST(Rotate, ClassesOfAcceleratorsAreApart) {
  Fleet fleet = plain_fleet(2);
  AcceleratorClass old = fleet.classes[0];
  old.name = "a100";
  fleet.classes.push_back(old);
  fleet.nodes[1].accelerator_class = ClassId{1};
  RotationWorld w(fleet, {plain_project("a", 8), plain_project("b", 8)});
  const WorkloadId on_h100 = w.run(0, 1, 8, 0, Duration::hours(20));
  const WorkloadId on_a100 = w.run(0, 1, 8, 1, kTenHours);
  Workload asks = plain_workload("asks", 1, 8);
  asks.request.classes = {"a100"};
  w.add(1, asks);
  EXPECT_EQ(evicted(w, w.rotate(), false), Jobs{on_a100});
  asks.request.classes = {"h100", "a100"};  // In order of preference.
  w.add(1, asks);
  EXPECT_EQ(evicted(w, w.rotate(), false), (Jobs{on_h100, on_a100}));
}

// The empty node of the other class is not for it: a limit might stand in its way there.
TEST(Rotate, WhatMovesStaysInItsClass) {
  Fleet fleet = plain_fleet(3);
  AcceleratorClass old = fleet.classes[0];
  old.name = "a100";
  fleet.classes.push_back(old);
  fleet.nodes[2].accelerator_class = ClassId{1};
  RotationWorld w(fleet, {plain_project("a", 8), plain_project("b", 8)});
  const WorkloadId first = w.run(0, 1, 4, 0, Duration::seconds(5));
  const WorkloadId second = w.run(0, 1, 3, 1, Duration::seconds(5));
  Workload asks = plain_workload("asks", 1, 8);
  asks.request.classes = {"h100"};
  const WorkloadId large = w.add(1, asks);
  EXPECT_EQ(evicted(w, w.turn(), true), Jobs{second});
  EXPECT_TRUE(w.runs(large));
  EXPECT_EQ(w.node_of(first), NodeId{0});
  EXPECT_EQ(w.node_of(second), NodeId{0});
}

TEST(Rotate, FractionsAndCoresRotateToo) {
  Fleet fleet = plain_fleet(1, 1);
  RotationWorld w(fleet, {plain_project("a", 8), plain_project("b", 8)});
  Workload half = plain_workload("half", 1, 0);
  half.request.fraction = 500;
  const WorkloadId first = w.run(0, half, 0, Duration::hours(20));
  const WorkloadId second = w.run(0, half, 0, kTenHours);
  Workload cores = plain_workload("cores", 1, 0);
  cores.request.cpu = 60'000;
  const WorkloadId busy = w.run(0, cores, 0, kTenHours);
  const WorkloadId wants_half = w.add(1, half);
  const WorkloadId wants_cores = w.add(1, cores);
  EXPECT_EQ(evicted(w, w.turn(), false), (Jobs{first, busy}));
  EXPECT_TRUE(w.runs(wants_half));
  EXPECT_TRUE(w.runs(wants_cores));
  EXPECT_TRUE(w.runs(second));
  EXPECT_EQ(w.board.check_invariants(), "");
}

// By amounts alone the old half of each rack would go, and neither rack would do.
TEST(Rotate, ARequiredDomainHoldsTheWholeGang) {
  Fleet fleet = plain_fleet(4);
  fleet.topologies.push_back({"net", {"rack"}});
  for (std::size_t n = 0; n < 4; ++n) fleet.nodes[n].labels = {{"rack", n < 2 ? "r0" : "r1"}};
  RotationWorld w(fleet, {plain_project("a", 8), plain_project("b", 8)});
  Jobs old;
  for (int n = 0; n < 4; ++n) old.push_back(w.run(0, 1, 8, n, n % 2 == 0 ? kTenHours : kHour));
  Workload gang = plain_workload("gang", 2, 8);
  gang.topology.required = "rack";
  const WorkloadId id = w.add(1, gang);
  EXPECT_EQ(evicted(w, w.turn(), false), (Jobs{old[0], old[1]}));
  EXPECT_TRUE(w.runs(id));
  const Job& job = w.board.job(id);
  const NodeId a = w.board.task(TaskId{job.first_task}).place.node;
  const NodeId b = w.board.task(TaskId{job.first_task + 1}).place.node;
  EXPECT_EQ(a.value / 2, b.value / 2);
}

TEST(Rotate, ADomainIsNotTakenFromWhatGoesBefore) {
  Fleet fleet = plain_fleet(4);
  fleet.topologies.push_back({"net", {"rack"}});
  for (std::size_t n = 0; n < 4; ++n) fleet.nodes[n].labels = {{"rack", n < 2 ? "r0" : "r1"}};
  RotationWorld w(fleet, {plain_project("a", 8), plain_project("b", 8)});
  for (int n = 0; n < 4; ++n) w.run(0, 1, 8, n, n % 2 == 0 ? kTenHours : Duration::seconds(20));
  Workload gang = plain_workload("gang", 2, 8);
  gang.topology.required = "rack";
  w.add(1, gang);
  EXPECT_TRUE(evicted(w, w.turn(), false).empty());
}

// ---- Leases.

// One node; a stream of short work that always ranks before the one long job.
struct Starving {
  RotationWorld w = world(1);
  WorkloadId shorts, longer;

  Starving() {
    shorts = w.run(0, 1, 8, 0, Duration::seconds(5));
    Workload workload = plain_workload("long", 1, 8);
    workload.submitted = Time{w.now.ns - Duration::hours(24).ns};
    longer = w.add(1, workload);
    w.board.set_attained(longer, Duration::hours(100));
  }

  void next_short() {
    w.finish(shorts);
    shorts = w.run(0, 1, 8, 0, Duration::seconds(5));
  }
};

TEST(Lease, WhoWaitedForADayGoesBeforeAllRanks) {
  Starving s;
  // The clock of waiting leaves out what it ran; it had run before it was submitted here, so it
  // has to wait for that much longer.
  EXPECT_TRUE(evicted(s.w, s.w.rotate(), false).empty());
  s.w.now = s.w.now + Duration::hours(100);
  s.next_short();
  const Plan plan = s.w.turn();
  EXPECT_EQ(evicted(s.w, plan, false), Jobs{s.shorts});
  ASSERT_EQ(s.w.memory.rotation.leases.size(), 1U);
  EXPECT_EQ(s.w.memory.rotation.leases[0].granted, s.w.now);
  EXPECT_TRUE(s.w.runs(s.longer));
  s.w.finish(s.shorts);
  // Sticky: it stays although the other ranks before it, until it has run for a day.
  s.w.now = s.w.now + Duration::hours(23);
  s.shorts = s.w.add(0, 1, 8);
  (void)s.w.turn();
  EXPECT_TRUE(s.w.runs(s.longer));
  s.w.now = s.w.now + Duration::hours(1);
  (void)s.w.turn();
  EXPECT_TRUE(s.w.waits(s.longer));
  ASSERT_EQ(s.w.memory.rotation.leases.size(), 1U);
  EXPECT_EQ(s.w.memory.rotation.leases[0].granted, Time::never());
  // And is not granted again before another day of waiting.
  s.w.now = s.w.now + Duration::hours(23);
  s.next_short();
  (void)s.w.turn();
  EXPECT_TRUE(s.w.waits(s.longer));
  s.w.now = s.w.now + Duration::hours(1);
  s.next_short();
  (void)s.w.turn();
  EXPECT_TRUE(s.w.runs(s.longer));
}

TEST(Lease, TheRecordGoesWithTheJob) {
  Starving s;
  s.w.now = s.w.now + Duration::hours(100);
  (void)s.w.turn();
  ASSERT_EQ(s.w.memory.rotation.leases.size(), 1U);
  s.w.finish(s.longer);
  s.w.add(0, 1, 8);
  (void)s.w.turn();
  EXPECT_TRUE(s.w.memory.rotation.leases.empty());
}

TEST(Lease, AProjectLeasesOneJobOrAQuarterOfItsShare) {
  for (const auto& [percent, expected] :
       {std::pair{25, 1U}, std::pair{99, 1U}, std::pair{100, 2U}}) {
    RotationWorld w = world(4);
    w.options.rotation.lease_share_percent = percent;
    for (int n = 0; n < 4; ++n) w.run(0, 1, 8, n, Duration::seconds(5));
    for (int i = 0; i < 4; ++i) {
      Workload workload = plain_workload("long", 1, 8);
      workload.submitted = Time{w.now.ns - Duration::hours(48).ns};
      w.board.set_attained(w.add(1, workload), kHour);
    }
    // Half of the four nodes is its share: 16 devices.
    const Plan plan = w.rotate();
    EXPECT_EQ(evicted(w, plan, false).size(), expected) << percent;
  }
}

// ---- Least attained service.

TEST(Las, TwoQueuesBySubmission) {
  RotationWorld w = world(2);
  w.options = policy_options("las");
  const WorkloadId old = w.run(0, 1, 8, 0, Duration::hours(2));  // 16 device-hours.
  const WorkloadId young = w.run(0, 1, 8, 1, Duration::minutes(119));
  const WorkloadId fresh = w.add(1, 1, 8);
  EXPECT_EQ(evicted(w, w.turn(), false), Jobs{old});
  EXPECT_TRUE(w.runs(young));
  EXPECT_TRUE(w.runs(fresh));
  // The next change is that the young one has had its 16 device-hours.
  EXPECT_EQ(w.memory.rotation.due, next_tick(w.now, Duration::seconds(60)));
}

// ---- When.

TEST(RotationDue, NeverWhileNothingWaits) {
  RotationWorld w = world(1);
  w.run(0, 1, 8, 0, kHour);
  w.apply(w.cycle());
  EXPECT_EQ(w.memory.rotation.due, Time::never());
}

TEST(RotationDue, AtTheTickAfterAnArrivalAndThenWhenTheOrderChanges) {
  RotationWorld w = world(1);
  w.now = Time::from_seconds(1'000'010);
  w.run(0, 1, 8, 0, Duration::seconds(40));
  w.add(1, 1, 8);
  const Plan early = w.cycle();
  EXPECT_TRUE(early.decisions.empty());
  w.apply(early);
  EXPECT_EQ(w.memory.rotation.due, Time::from_seconds(1'000'020));
  w.now = w.memory.rotation.due;
  w.apply(w.cycle());
  // It has run for 50 s; at 64 s it ranks lower, and the next tick after that is at 1,000,080.
  EXPECT_EQ(w.memory.rotation.due, Time::from_seconds(1'000'080));
  w.now = w.memory.rotation.due;
  EXPECT_FALSE(evicted(w, w.cycle(), false).empty());
}

// A server runs quick cycles between its full ones; they must not push a rotation away.
TEST(RotationDue, ACycleThatDoesNotRotateLeavesWhatIsDue) {
  RotationWorld w = world(1);
  w.run(0, 1, 8, 0, kHour);
  w.add(1, 1, 8);
  w.apply(w.cycle());
  const Time due = w.memory.rotation.due;
  EXPECT_NE(due, Time::never());
  w.now = due + Duration::seconds(5);
  const CycleOptions full = w.options;
  w.options.actions = {Action::kAllocate};
  w.add(1, 1, 8);
  w.apply(w.cycle());
  EXPECT_EQ(w.memory.rotation.due, due);
  w.options = full;
  EXPECT_FALSE(evicted(w, w.cycle(), false).empty());
}

TEST(RotationDue, RanksAreRebuiltAtTheirPace) {
  RotationWorld w = world(1);
  EXPECT_FALSE(w.cycle().rebuild_ranks);
  w.now = w.now + Duration::hours(24);
  const Plan plan = w.cycle();
  EXPECT_TRUE(plan.rebuild_ranks);
  w.apply(plan);
  EXPECT_FALSE(w.cycle().rebuild_ranks);
}

// ---- Flat orders.

TEST(FlatOrder, EachOrderHasItsOwnFirst) {
  RotationWorld w = world(1);
  const auto add = [&](int project, std::int64_t at, std::int64_t estimate, std::int32_t priority) {
    Workload workload = plain_workload("w", 1, 8);
    workload.submitted = Time::from_seconds(at);
    workload.estimate = Duration::seconds(estimate);
    workload.priority = priority;
    return w.add(project, workload);
  };
  const WorkloadId shortest = add(0, 300, 10, 50);
  const WorkloadId earliest = add(1, 100, 900, 50);
  const WorkloadId urgent = add(0, 400, 500, 60);
  const WorkloadId middle = add(1, 200, 20, 50);
  const auto served = [&](QueueOrder order) {
    w.options.order = order;
    Ranker ranker(w.board, w.options, w.memory.ranks, w.now);
    FlatOrder flat(w.board, ranker, [](RequestId) { return true; });
    Jobs jobs;
    for (; !flat.empty(); flat.pop(false)) jobs.push_back(flat.top());
    return jobs;
  };
  EXPECT_EQ(served(QueueOrder::kFifo), (Jobs{urgent, earliest, middle, shortest}));
  EXPECT_EQ(served(QueueOrder::kSjf), (Jobs{urgent, shortest, middle, earliest}));
  w.board.set_attained(earliest, Duration::hours(3));
  EXPECT_EQ(served(QueueOrder::kLas), (Jobs{urgent, shortest, middle, earliest}));
  EXPECT_EQ(served(QueueOrder::kRank), (Jobs{urgent, shortest, middle, earliest}));
}

TEST(FlatOrder, WhatAsksAlikeIsPutAsideTogether) {
  RotationWorld w = world(1);
  w.options.order = QueueOrder::kFifo;
  for (int i = 0; i < 5; ++i) w.add(i % 2, 1, 8);
  const WorkloadId other = w.add(0, 2, 8);  // The same shape, but two tasks.
  Ranker ranker(w.board, w.options, w.memory.ranks, w.now);
  FlatOrder flat(w.board, ranker, [](RequestId) { return true; });
  flat.skip_alike();
  EXPECT_EQ(flat.top(), other);
  flat.pop(true);
  EXPECT_EQ(flat.top(), other);
  flat.pop(false);
  EXPECT_TRUE(flat.empty());
}

TEST(FlatOrder, AllocateBackfillsBehindWhatDoesNotFit) {
  RotationWorld w = world(1);
  w.options = policy_options("fifo");
  w.run(0, 1, 4, 0, kHour);
  w.add(0, 1, 8);
  w.add(1, 1, 8);
  const WorkloadId small = w.add(1, 1, 2);
  w.apply(w.cycle());
  EXPECT_TRUE(w.runs(small));
}

}  // namespace
}  // namespace sillar::schedule
