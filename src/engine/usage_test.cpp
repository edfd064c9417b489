// Usage measured by the engine decides over-quota shares, fades, and survives a snapshot.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "engine/engine.h"
#include "engine/snapshot.h"

namespace sillar {
namespace {

class Usage : public testing::Test {
 protected:
  // One node of eight devices, two projects with nothing but equal over-quota weights.
  void configure(std::vector<std::int64_t> stated_a = {}, Duration half_life = Duration::hours(1)) {
    auto world = std::make_shared<World>();
    world->options.usage_half_life = half_life;
    world->options.k_thousandths = k_thousandths_;
    AcceleratorClass accelerator;
    accelerator.name = "a100";
    world->fleet.classes.push_back(accelerator);
    Node node;
    node.name = "n";
    node.accelerator_class = ClassId{0};
    node.accelerators = 8;
    node.cpu = 64'000;
    node.memory_bytes = std::int64_t{64} << 30;
    world->fleet.nodes.push_back(node);
    for (const std::string name : {"a", "b"}) {
      Project project;
      project.name = name;
      project.quota.assign(world->fleet.resource_count(), {0, 1, kUnlimited});
      world->projects.push_back(std::move(project));
    }
    world->projects[0].usage = std::move(stated_a);
    feed(Configure{world});
  }

  void feed(decltype(Input::body) body) {
    const auto facts = step(state_, scratch_, {now_, std::move(body)});
    ASSERT_TRUE(facts.has_value()) << facts.error().message;
  }

  void submit(const std::string& project, int count) {
    for (int i = 0; i < count; ++i) {
      auto workload = std::make_shared<Workload>();
      workload->name = fmt::format("{}{}", project, state_.workloads.size());
      workload->project = project;
      workload->submitted = now_;
      workload->request.accelerators = 1;
      feed(Submit{std::move(workload)});
    }
  }

  // What each project runs.
  std::map<std::string, int> running() const {
    std::map<std::string, int> out;
    for (std::size_t t = 0; t < state_.board.task_count(); ++t) {
      const schedule::Task& task = state_.board.task(TaskId{t});
      if (task.phase == schedule::Phase::kRunning) ++out[state_.spec(task.job).project];
    }
    return out;
  }

  void finish_all() {
    for (std::size_t t = 0; t < state_.board.task_count(); ++t) {
      if (state_.board.task(TaskId{t}).phase == schedule::Phase::kRunning)
        feed(TaskObserved{TaskId{t}, TaskEvent::kSucceeded});
    }
  }

  // One gang of each project that takes the whole node and never ends: who had it, every ten
  // minutes of two days.
  std::vector<std::string> two_gangs_for_the_node(Duration half_life) {
    configure({}, half_life);
    for (const std::string project : {"a", "b"}) {
      auto workload = std::make_shared<Workload>();
      workload->name = project;
      workload->project = project;
      workload->submitted = now_;
      workload->gang_min = workload->gang_max = 8;
      workload->request.accelerators = 1;
      feed(Submit{std::move(workload)});
    }
    std::vector<std::string> had;
    for (int i = 0; i < 288; ++i) {
      feed(Decide{true});
      const std::set<TaskId> stopping = state_.board.stopping_tasks();
      for (const TaskId task : stopping) feed(TaskObserved{task, TaskEvent::kStopped});
      feed(Decide{true});
      const auto now_running = running();
      EXPECT_LE(now_running.size(), 1U);
      had.push_back(now_running.empty() ? "" : now_running.begin()->first);
      now_ = now_ + Duration::minutes(10);
    }
    return had;
  }

  std::int64_t k_thousandths_ = 1000;
  State state_;
  Scratch scratch_;
  Time now_ = Time{0} + Duration::hours(1000);
};

TEST_F(Usage, WhoUsedMuchLatelyGetsLess) {
  configure();
  submit("a", 8);
  feed(Decide{true});
  now_ = now_ + Duration::hours(2);
  finish_all();
  // Everything was a's since the start: its pull is 1/2 + (1/2 - 1) = 0.
  EXPECT_EQ(usage_at(state_, now_)[kFirstClass], 1'000'000);
  submit("a", 8);
  submit("b", 8);
  feed(Decide{true});
  EXPECT_EQ(running(), (std::map<std::string, int>{{"b", 8}}));
}

TEST_F(Usage, FadesWithTime) {
  configure();
  submit("a", 8);
  feed(Decide{true});
  now_ = now_ + Duration::hours(1);
  finish_all();
  now_ = now_ + Duration::hours(40);
  EXPECT_LT(usage_at(state_, now_)[kFirstClass], 1000);
  submit("a", 8);
  submit("b", 8);
  feed(Decide{true});
  EXPECT_EQ(running(), (std::map<std::string, int>{{"a", 4}, {"b", 4}}));
}

// The share of each is four devices and both ask for eight: usage that fades is the credit that
// pays for what is beyond the share, by turns.
TEST_F(Usage, GangsLargerThanTheirShareTakeTurns) {
  k_thousandths_ = 3000;
  const std::vector<std::string> had = two_gangs_for_the_node(Duration::hours(4));
  std::ptrdiff_t turns = 1;
  for (std::size_t i = 1; i < had.size(); ++i) turns += had[i] != had[i - 1] ? 1 : 0;
  const std::ptrdiff_t of_a = std::count(had.begin(), had.end(), "a");
  EXPECT_GE(turns, 6);
  EXPECT_LE(turns, 48) << "a turn lasts about as long as usage remembers";
  EXPECT_NEAR(static_cast<double>(of_a), 144, 30);
  EXPECT_LE(std::count(had.begin(), had.end(), ""), turns) << "idle but while one stops";
}

TEST_F(Usage, WithoutItAGangLargerThanTheShareTakesNothing) {
  const std::vector<std::string> had = two_gangs_for_the_node(Duration{0});
  EXPECT_EQ(std::count(had.begin(), had.end(), "a"), std::ssize(had));
}

TEST_F(Usage, StartsWithWhatAProjectStates) {
  configure({0, 0, 800'000});
  EXPECT_EQ(usage_at(state_, now_)[kFirstClass], 800'000);
  now_ = now_ + Duration::hours(1);
  EXPECT_NEAR(static_cast<double>(usage_at(state_, now_)[kFirstClass]), 400'000, 1);
}

TEST_F(Usage, SurvivesASnapshot) {
  configure({0, 0, 300'000});
  submit("a", 3);
  feed(Decide{true});
  now_ = now_ + Duration::minutes(17);
  finish_all();
  const Snapshot saved = save(state_);
  const auto restored = restore("s", saved.bytes);
  ASSERT_TRUE(restored.has_value()) << restored.error().message;
  EXPECT_EQ(state_hash(*restored), state_hash(state_));
  const Time later = now_ + Duration::hours(3);
  EXPECT_EQ(usage_at(*restored, later), usage_at(state_, later));
}

}  // namespace
}  // namespace sillar
