// Budgets: 1,000 nodes of 8 devices with prices, 100 projects in 10 departments, 7,000 running and
// 20,000 pending workloads. What a full pass and one arrival or completion cost without budgets,
// with hard ones that bind nobody, and with hard ones that leave half the projects without money.

#include <memory>

#include "base/random.h"
#include "bench/cluster.h"
#include "engine/budgets.h"
#include "engine/engine.h"

using namespace sillar;
using namespace sillar::bench;

namespace {

constexpr std::size_t kNodes = 1'000;
constexpr std::size_t kDepartments = 10;
constexpr std::size_t kLeaves = 90;
constexpr std::size_t kRunning = 7'000;
constexpr std::size_t kPending = 20'000;

enum class Budgeting : std::uint8_t { kNone, kAmple, kShort };

Budget budget(std::int64_t usd) {
  Budget out;
  out.name = "month";
  out.amount = {usd * Money::kUnit, {}};
  out.hard = true;
  return out;
}

std::shared_ptr<World> make_world(Budgeting budgeting) {
  auto world = std::make_shared<World>();
  world->options.now = kNow;
  AcceleratorClass accelerator;
  accelerator.name = "h100";
  world->fleet.classes.push_back(accelerator);
  for (std::size_t n = 0; n < kNodes; ++n) {
    Node node;
    node.name = "node" + std::to_string(n);
    node.accelerator_class = ClassId{0};
    node.accelerators = 8;
    node.cpu = 96'000;
    node.memory_bytes = std::int64_t{768} << 30;
    world->fleet.nodes.push_back(node);
    world->prices.push_back({{(24 + static_cast<std::int64_t>(n % 8)) * Money::kUnit, {}}, 0, ""});
  }
  const auto project = [&](std::string name, ProjectId parent) -> Project& {
    Project p;
    p.name = std::move(name);
    p.parent = parent;
    p.quota.assign(world->fleet.resource_count(), {0, 1, kUnlimited});
    world->projects.push_back(std::move(p));
    return world->projects.back();
  };
  const bool any = budgeting != Budgeting::kNone;
  for (std::size_t d = 0; d < kDepartments; ++d) {
    Project& department = project("dep" + std::to_string(d), {});
    if (any) department.budgets = {budget(100'000'000)};
  }
  for (std::size_t l = 0; l < kLeaves; ++l) {
    const std::size_t d = l % kDepartments;
    const bool poor = budgeting == Budgeting::kShort && l % 2 == 0;
    Project& leaf = project("dep" + std::to_string(d) + "/team" + std::to_string(l), ProjectId{d});
    if (any) leaf.budgets = {budget(poor ? 1'000 : 10'000'000)};
  }
  return world;
}

class Load {
 public:
  explicit Load(const World& world) : world_(world) {}

  std::shared_ptr<const Workload> next(Time at) {
    auto w = std::make_shared<Workload>();
    w->name = "w" + std::to_string(count_++);
    w->project = world_.projects[kDepartments + random_.below(kLeaves)].name;
    w->submitted = at;
    w->priority = static_cast<std::int32_t>(random_.below(3)) * 25 + 25;
    w->request.accelerators = static_cast<std::int32_t>(1U << random_.below(3));
    w->request.cpu = 8'000;
    if (random_.below(2) == 0)
      w->estimate = Duration::minutes(30 + static_cast<std::int64_t>(random_.below(600)));
    return w;
  }

 private:
  const World& world_;
  Random random_{17};
  std::uint64_t count_ = 0;
};

std::vector<Fact> feed(State& state, Scratch& scratch, Time at, auto body) {
  auto facts = step(state, scratch, Input{at, std::move(body)});
  expect(facts.has_value(), "no error");
  return std::move(*facts);
}

void expect_within(const State& state) {
  for (const BudgetView& view : budgets_at(state, state.now))
    expect(!view.hard || view.standing.left_nanos >= 0, "no hard budget is passed");
}

void run(Report& report, std::string_view name, Budgeting budgeting) {
  const auto world = make_world(budgeting);
  Load load(*world);
  State state;
  Scratch scratch;
  Time now = kNow;
  feed(state, scratch, now, Configure{world});
  for (std::size_t i = 0; i < kRunning; ++i) feed(state, scratch, now, Submit{load.next(now)});
  feed(state, scratch, now, Decide{true});
  for (std::size_t i = 0; i < kPending; ++i) feed(state, scratch, now, Submit{load.next(now)});
  const auto stop_what_should = [&] {
    const std::set<TaskId> stopping = state.board.stopping_tasks();
    for (const TaskId task : stopping)
      feed(state, scratch, now, TaskObserved{task, TaskEvent::kStopped});
  };
  const auto pass = [&](Samples* samples) {
    now = std::min(now + Duration::seconds(20), std::max(now, money_due(state)));
    const Stopwatch watch;
    feed(state, scratch, now, Decide{true});
    if (samples != nullptr) samples->add(watch.elapsed());
    stop_what_should();
    expect_within(state);
  };
  for (int settling = 0; settling < 10; ++settling) pass(nullptr);
  Samples full, events;
  for (int i = 0; i < 15; ++i) pass(&full);
  Random random(18);
  for (int i = 0; i < 400; ++i) {
    now = std::min(now + Duration::seconds(1), std::max(now, money_due(state)));
    TaskId task;
    do task = TaskId{random.below(state.board.task_count())};
    while (state.board.task(task).phase != schedule::Phase::kRunning);
    const Stopwatch watch;
    if (i % 2 == 0)
      feed(state, scratch, now, Submit{load.next(now)});
    else
      feed(state, scratch, now, TaskObserved{task, TaskEvent::kSucceeded});
    feed(state, scratch, now, Decide{false});
    events.add(watch.elapsed());
    stop_what_should();
  }
  expect_within(state);
  std::int64_t running = 0;
  std::int64_t waiting = 0;
  for (std::size_t t = 0; t < state.board.task_count(); ++t)
    running += state.board.task(TaskId{t}).phase == schedule::Phase::kRunning ? 1 : 0;
  for (const WorkloadRecord& record : state.workloads)
    waiting += record.reason && record.reason->code == ReasonCode::kOverBudget ? 1 : 0;
  report.results().key(name).begin_object();
  full.write("full_pass", report.results());
  events.write("arrival_or_completion", report.results());
  report.results().field("running", running).field("over_budget", waiting).end_object();
}

}  // namespace

int main(int argc, char** argv) {
  Report report("budgets", argc, argv);
  run(report, "none", Budgeting::kNone);
  run(report, "ample", Budgeting::kAmple);
  run(report, "short", Budgeting::kShort);
  return report.print();
}
