// Rotation in random worlds: mixed classes, racks, limits, gangs, elastic work, fractions, cores,
// and drivers that take their time to stop what they are told to.

#include <gtest/gtest.h>

#include <set>

#include "base/random.h"
#include "schedule/rotation_world.h"

namespace sillar::schedule {
namespace {

constexpr std::uint64_t kWorlds = 60;
constexpr int kSteps = 120;

Fleet random_fleet(Random& random) {
  Fleet fleet = plain_fleet(4 + random.below(5));
  AcceleratorClass old = fleet.classes[0];
  old.name = "a100";
  fleet.classes.push_back(old);
  fleet.topologies.push_back({"net", {"rack"}});
  for (std::size_t n = 0; n < fleet.nodes.size(); ++n) {
    fleet.nodes[n].accelerator_class = ClassId{n % 3 == 0 ? 1 : 0};
    fleet.nodes[n].labels = {{"rack", fmt::format("r{}", n / 3)}};
  }
  return fleet;
}

std::vector<Project> random_projects(Random& random) {
  std::vector<Project> projects{plain_project("top", 40)};
  for (int p = 0; p < 3; ++p) {
    const auto limit = static_cast<std::int64_t>(random.below(2) == 0 ? 6 + random.below(20) : 0);
    Project project = plain_project(fmt::format("top/p{}", p), 8, 1, limit > 0 ? limit : -1);
    project.parent = ProjectId{0};
    if (random.below(4) == 0) project.min_runtime.reclaim = Duration::minutes(5);
    projects.push_back(std::move(project));
  }
  return projects;
}

Workload random_workload(Random& random) {
  constexpr std::array<std::int32_t, 6> kDevices{1, 1, 2, 4, 8, 8};
  const auto tasks = static_cast<std::int32_t>(random.below(4) == 0 ? 2 + random.below(3) : 1);
  Workload w = plain_workload("w", tasks, kDevices[random.below(kDevices.size())]);
  w.restart_cost = Duration::seconds(static_cast<std::int64_t>(random.below(60)));
  switch (random.below(10)) {
    case 0:
      w.request.accelerators = 0;
      w.request.fraction = 500;
      break;
    case 1:
      w.request.accelerators = 0;
      w.request.cpu = 30'000;
      break;
    case 2:
      w.preemptible = false;
      break;
    case 3:
      w.gang_min = 1;  // Elastic, where it has several tasks.
      break;
    case 4:
      w.topology.required = "rack";
      break;
    case 5:
      w.request.classes = {"a100"};
      break;
    case 6:
      w.request.classes = {"h100", "a100"};
      break;
    case 7:
      w.priority = 60;
      break;
    default:
      break;
  }
  return w;
}

bool same(const Plan& a, const Plan& b) {
  if (a.decisions.size() != b.decisions.size() || a.rotation != b.rotation) return false;
  for (std::size_t i = 0; i < a.decisions.size(); ++i) {
    const Decision& x = a.decisions[i];
    const Decision& y = b.decisions[i];
    if (x.step != y.step || x.task != y.task || !(x.place == y.place) || x.shape != y.shape ||
        x.beneficiary != y.beneficiary || !(x.reason == y.reason))
      return false;
  }
  return true;
}

class RandomWorld {
 public:
  explicit RandomWorld(std::uint64_t seed)
      : random_(seed), w_(random_fleet(random_), random_projects(random_)) {
    w_.options = policy_options(random_.below(3) == 0 ? "las" : "sillar");
    w_.options.rotation.lease_wait = Duration::minutes(20);
    w_.options.rotation.lease_run = Duration::minutes(20);
    w_.options.rotation.rank_pace = Duration::hours(1);
  }

  void step() {
    w_.now = w_.now + Duration::seconds(static_cast<std::int64_t>(1 + random_.below(120)));
    if (random_.below(3) != 0) add();
    finish_some();
    stop_some();
    const Plan plan = w_.cycle();
    EXPECT_EQ(w_.board.check_invariants(), "");
    EXPECT_TRUE(same(plan, w_.cycle())) << "a cycle leaves the board as it was";
    check(plan);
    apply(plan);
    EXPECT_EQ(w_.board.check_invariants(), "");
    check_limits();
    check_gangs();
    reload();
  }

  std::int64_t evictions = 0, moves = 0, leases = 0;

 private:
  void add() {
    const int project = 1 + static_cast<int>(random_.below(3));
    jobs_.push_back(w_.add(project, random_workload(random_)));
  }

  void finish_some() {
    for (std::size_t i = jobs_.size(); i-- > 0;) {
      const Job& job = w_.board.job(jobs_[i]);
      if (job.running < job.tasks || random_.below(12) != 0) continue;
      w_.finish(jobs_[i]);
      jobs_.erase(jobs_.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }

  void stop_some() {
    const std::set<TaskId> stopping = w_.board.stopping_tasks();
    for (const TaskId task : stopping) {
      if (random_.below(3) == 0) continue;
      note_leaving(w_.memory.ranks, w_.board, task, w_.now);
      w_.board.stopped(task);
      w_.board.note_gang(w_.board.task(task).job, w_.now);
    }
  }

  void check(const Plan& plan) {
    std::set<TaskId> touched;
    for (const Decision& d : plan.decisions) {
      const Job& job = w_.board.job(w_.board.task(d.task).job);
      if (d.step == Step::kMove) {
        EXPECT_TRUE(touched.contains(d.task)) << "what moves was told to stop";
        ++moves;
        continue;
      }
      EXPECT_TRUE(touched.insert(d.task).second) << "a task is decided once";
      if (d.step != Step::kEvict) continue;
      ++evictions;
      EXPECT_TRUE(job.preemptible);
      EXPECT_TRUE(d.beneficiary.valid() || d.reason.code == ReasonCode::kStaleGang);
    }
    if (plan.rotation) leases += std::ssize(plan.rotation->leases);
  }

  void apply(const Plan& plan) {
    for (const Decision& d : plan.decisions) {
      if (d.step == Step::kStart) w_.board.start(d.task, d.shape, d.place, w_.now);
      if (d.step == Step::kFulfil) w_.board.fulfil(d.task, w_.now);
      if (d.step == Step::kReserve) w_.board.reserve(d.task, d.shape, d.place);
      if (d.step == Step::kUnreserve) w_.board.unreserve(d.task);
      if (d.step == Step::kEvict) w_.board.evict(d.task);
      if (d.step == Step::kMove) w_.board.reserve_move(d.task, d.shape, d.place);
    }
    if (plan.rotation) w_.memory.rotation = *plan.rotation;
    if (plan.rebuild_ranks) rebuild_ranks(w_.memory.ranks, w_.board, w_.now);
  }

  void check_limits() const {
    for (std::size_t p = 0; p < w_.board.projects().size(); ++p) {
      for (std::size_t r = 0; r < w_.board.resources(); ++r) {
        const Quota& quota = w_.board.quota(ProjectId{p}, r);
        const std::size_t at = w_.board.at(ProjectId{p}, r);
        if (quota.limit != kUnlimited) EXPECT_LE(w_.board.counters().allocated[at], quota.limit);
        if (quota.deserved != kUnlimited)
          EXPECT_LE(w_.board.counters().allocated_fixed[at], quota.deserved);
      }
    }
  }

  // Every gang has its minimum, or nothing: what is promised and what moves counts.
  void check_gangs() const {
    for (const WorkloadId id : jobs_) {
      const Job& job = w_.board.job(id);
      std::int32_t moving = 0;
      for (std::int32_t i = 0; i < job.tasks; ++i) {
        const Task& task = w_.board.task(TaskId{job.first_task + static_cast<std::uint32_t>(i)});
        moving += task.phase == Phase::kStopping && task.promise_shape.valid() ? 1 : 0;
      }
      const std::int32_t has = job.active() + moving;
      EXPECT_TRUE(has == 0 || has >= job.gang_min) << id.value;
    }
  }

  // A restart between any two cycles changes nothing.
  void reload() {
    std::string text;
    w_.memory.rotation.append_state(text);
    w_.memory.ranks.append_state(text);
    std::string_view in = text;
    auto rotation = RotationState::read_state(in);
    auto ranks = RankTable::read_state(in);
    ASSERT_TRUE(rotation.has_value());
    ASSERT_TRUE(ranks.has_value());
    EXPECT_EQ(*rotation, w_.memory.rotation);
    EXPECT_EQ(*ranks, w_.memory.ranks);
    w_.memory.rotation = std::move(*rotation);
    w_.memory.ranks = std::move(*ranks);
  }

  Random random_;
  RotationWorld w_;
  std::vector<WorkloadId> jobs_;
};

TEST(RotateProperty, GangsStayWholeLimitsHoldAndNothingIsPromisedTwice) {
  std::int64_t evictions = 0, moves = 0, leases = 0;
  for (std::uint64_t seed = 1; seed <= kWorlds; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    RandomWorld world(seed);
    for (int i = 0; i < kSteps && !testing::Test::HasFailure(); ++i) world.step();
    evictions += world.evictions;
    moves += world.moves;
    leases += world.leases;
  }
  // The worlds are such that everything happens.
  EXPECT_GT(evictions, 500);
  EXPECT_GT(moves, 20);
  EXPECT_GT(leases, 100);
}

}  // namespace
}  // namespace sillar::schedule
