#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/engine.h"
#include "engine/fact_text.h"
#include "engine/recording.h"
#include "schedule/policy.h"

namespace sillar {
namespace {

// One node of eight devices under the policy "sillar", told of everything at once.
class Rotating {
 public:
  Rotating() {
    auto world = std::make_shared<World>();
    world->options.policy = "sillar";
    world->fleet.classes.push_back({"h100", std::int64_t{80} << 30, 0, 1000, {}});
    Node node;
    node.name = "n";
    node.accelerator_class = ClassId{0};
    node.accelerators = 8;
    node.cpu = 64'000;
    node.memory_bytes = std::int64_t{512} << 30;
    world->fleet.nodes.push_back(node);
    Project project;
    project.name = "p";
    project.quota.assign(3, kQuotaAbsent);
    world->projects.push_back(project);
    feed(Configure{std::move(world)});
  }

  void submit(std::string name) {
    auto workload = std::make_shared<Workload>();
    workload->name = std::move(name);
    workload->project = "p";
    workload->submitted = now;
    workload->request.accelerators = 8;
    workload->restart_cost = Duration::seconds(30);
    feed(Submit{std::move(workload)});
  }

  // Decides, and lets what is told to stop stop, until nothing more follows.
  void decide() {
    for (bool again = true; again;) {
      feed(Decide{true});
      again = false;
      const std::set<TaskId> stopping = state.board.stopping_tasks();
      for (const TaskId task : stopping) {
        feed(TaskObserved{task, TaskEvent::kStopped});
        again = true;
      }
    }
  }

  void feed(decltype(Input::body) body) {
    const Input input{now, std::move(body)};
    std::optional<schedule::Plan> plan;
    if (const auto* decide = std::get_if<Decide>(&input.body)) plan = plan_of(*decide);
    const auto facts = step(state, scratch, input);
    ASSERT_TRUE(facts.has_value()) << facts.error().message;
    recording += recorded_lines(state, input, *facts);
    if (!plan) return;
    if (plan->rotation) {
      EXPECT_EQ(state.memory.rotation, *plan->rotation);
    }
    if (plan->rebuild_ranks) {
      ++rebuilt;
      EXPECT_EQ(state.memory.ranks.rebuilt_at(), now);
    }
    leases_seen = std::max(leases_seen, state.memory.rotation.leases.size());
  }

  State state;
  Scratch scratch;
  Time now = Time::from_seconds(1'000'000'000);
  std::string recording;
  std::size_t leases_seen = 0;
  int rebuilt = 0;

 private:
  schedule::Plan plan_of(const Decide& decide) {
    const schedule::CycleOptions options = cycle_options(state, decide.full);
    schedule::CycleInput cycle;
    cycle.now = now;
    cycle.options = &options;
    cycle.memory = &state.memory;
    cycle.full = decide.full;
    return schedule::run_cycle(state.board, scratch.index(state), cycle);
  }
};

// A job that fills the node never ends; short ones pass it by rank until it has waited for a day
// and gets a lease. What the facts carry is what the plan said, lease by lease.
TEST(Rotation, FactsCarryWhatThePlanSays) {
  Rotating run;
  run.submit("long");
  run.decide();
  const TaskId longest{std::uint32_t{0}};
  int evicted = 0;
  for (int hour = 0; hour < 120; ++hour) {
    const Time next = run.now + Duration::hours(1);
    if (hour < 60) run.submit(fmt::format("short-{}", hour));
    for (int minute = 0; minute < 60; ++minute) {
      run.now = run.now + Duration::minutes(1);
      run.decide();
    }
    run.now = next;
    // Whatever short job runs ends.
    const std::span<const TaskId> on_node = run.state.board.tasks_on(NodeId{0});
    const std::vector<TaskId> running(on_node.begin(), on_node.end());
    for (const TaskId task : running) {
      if (task == longest) continue;
      ++evicted;
      run.feed(TaskObserved{task, TaskEvent::kSucceeded});
    }
    run.decide();
  }
  EXPECT_EQ(evicted, 60);
  EXPECT_GT(run.leases_seen, 0U);
  EXPECT_GE(run.rebuilt, 4);

  // Ends take their leases with them.
  run.feed(TaskObserved{longest, TaskEvent::kSucceeded});
  run.submit("last");
  run.submit("other");
  run.decide();
  run.now = run.now + Duration::minutes(2);
  run.decide();
  for (const schedule::Lease& lease : run.state.memory.rotation.leases)
    EXPECT_NE(lease.job, WorkloadId{0});

  const auto again = replay("recording", run.recording);
  ASSERT_TRUE(again.has_value()) << again.error().message;
  EXPECT_EQ(again->differences, 0U);
  EXPECT_EQ(again->state.memory.ranks, run.state.memory.ranks);
  EXPECT_EQ(again->state.memory.rotation, run.state.memory.rotation);
}

}  // namespace
}  // namespace sillar
