#include "engine/reconfigure.h"

#include <gtest/gtest.h>

#include <functional>

#include "engine/engine.h"
#include "engine/fact_text.h"
#include "engine/snapshot.h"
#include "engine/world_merge.h"
#include "schedule/board_fixture.h"

namespace sillar {
namespace {

using schedule::Phase;

constexpr Time kStart = Time::from_seconds(1'767'225'600);

// Two nodes of eight h100 in Madrid, one spare of a10 in Oregon; work on the first node in "a/b",
// none in "c".
class Reconfiguring : public testing::Test {
 protected:
  void SetUp() override {
    World world;
    world.fleet.classes = {{"h100", std::int64_t{80} << 30, 0, 1000, {}, false},
                           {"a10", std::int64_t{24} << 30, 0, 300, {}, false}};
    world.fleet.locations = {{"own", "madrid", "", "ES"}, {"aws", "us-west-2", "", "US"}};
    world.fleet.topologies = {{"net", {"rack"}}};
    for (const char* name : {"n0", "n1", "spare"}) {
      Node node;
      node.name = name;
      const bool spare = node.name == "spare";
      node.accelerator_class = ClassId{spare ? 1 : 0};
      node.accelerators = 8;
      node.cpu = 64'000;
      node.memory_bytes = std::int64_t{512} << 30;
      node.location = LocationId{spare ? 1 : 0};
      node.labels = {{"rack", "r1"}};
      world.fleet.nodes.push_back(node);
      world.prices.push_back({{40 * Money::kUnit, {}}, 8 * Money::kUnit, "list"});
    }
    for (const char* name : {"a", "a/b", "c"}) {
      Project project = schedule::plain_project(name, 8);
      project.quota.resize(world.fleet.resource_count(), kQuotaAbsent);
      if (project.name == "a/b") project.parent = ProjectId{0};
      world.projects.push_back(std::move(project));
    }
    feed(Configure{std::make_shared<const World>(world)});
    Workload work = workload("train", 4);
    work.request.classes = {"h100"};
    work.topology.required = "rack";
    submit(work);
    feed(Decide{true});
    ASSERT_EQ(phase("train/0"), Phase::kRunning);
    ASSERT_EQ(node_of("train/0"), "n0");
  }

  static Workload workload(const std::string& name, std::int32_t devices) {
    Workload work = schedule::plain_workload(name, 1, devices);
    work.project = "a/b";
    work.submitted = kStart;
    return work;
  }
  void submit(const Workload& work) { feed(Submit{std::make_shared<const Workload>(work)}); }

  std::vector<Fact> feed(decltype(Input::body) body) {
    const auto facts = step(state_, scratch_, {now_, std::move(body)});
    EXPECT_TRUE(facts.has_value()) << facts.error().message;
    EXPECT_EQ(state_.board.check_invariants(), "");
    return facts ? *facts : std::vector<Fact>{};
  }
  // What the engine says to the world as `change` makes it.
  Result<std::vector<Fact>> change(const std::function<void(World&)>& change) {
    World world = *state_.world;
    change(world);
    return step(state_, scratch_, {now_, Configure{std::make_shared<const World>(world)}});
  }
  std::string refusal(const std::function<void(World&)>& change_it) {
    const std::string before = state_hash(state_);
    const auto facts = change(change_it);
    EXPECT_EQ(state_hash(state_), before);
    return facts ? "it is not refused" : facts.error().message;
  }

  [[nodiscard]] Phase phase(const std::string& task) const {
    return state_.board.task(*state_.task_named(task)).phase;
  }
  [[nodiscard]] std::string node_of(const std::string& task) const {
    const NodeId node = state_.board.task(*state_.task_named(task)).place.node;
    return state_.world->fleet.nodes[node.index()].name;
  }
  static void drop_node(World& world, std::size_t n) {
    world.fleet.nodes.erase(world.fleet.nodes.begin() + static_cast<std::ptrdiff_t>(n));
    world.prices.erase(world.prices.begin() + static_cast<std::ptrdiff_t>(n));
  }

  State state_;
  Scratch scratch_;
  Time now_ = kStart;
};

TEST_F(Reconfiguring, WhatWorkStandsAgainstIsRefusedWithWhatToDoFirst) {
  EXPECT_EQ(refusal([](World& w) { drop_node(w, 0); }),
            "node 'n0' holds tasks, 1 of them; drain it first, then remove it");
  EXPECT_EQ(refusal([](World& w) { w.fleet.nodes[0].accelerators = 4; }),
            "node 'n0' holds tasks, 1 of them, so its class, devices, cores and memory stay; drain "
            "it first");
  EXPECT_EQ(refusal([](World& w) { w.fleet.nodes[0].accelerator_class = ClassId{1}; }),
            "node 'n0' holds tasks, 1 of them, so its class, devices, cores and memory stay; drain "
            "it first");
  EXPECT_EQ(refusal([](World& w) { w.fleet.nodes[0].cpu = 32'000; }),
            "node 'n0' holds tasks, 1 of them, so its class, devices, cores and memory stay; drain "
            "it first");
  EXPECT_EQ(
      refusal([](World& w) { w.fleet.classes[0].memory_bytes *= 2; }),
      "class 'h100' has devices that are held by tasks, 1 of them, so its memory and MIG profiles "
      "stay; drain its nodes first");
  EXPECT_EQ(refusal([](World& w) { w.projects.erase(w.projects.begin() + 1); }),
            "project 'a/b' has workloads that are not over, 1 of them, and cannot be removed; keep "
            "it, and "
            "close it with a limit of 0");
  EXPECT_EQ(
      refusal([](World& w) {
        Project child = w.projects[1];
        child.name = "a/b/x";
        child.parent = ProjectId{1};
        w.projects.push_back(child);
      }),
      "project 'a/b' has or had workloads, 1 of them, and cannot become a parent; put the new "
      "projects beside it");
  EXPECT_EQ(refusal([](World& w) { w.fleet.topologies.clear(); }),
            "workload 'train': topology: the fleet has 0 topologies; name one; cancel it, or keep "
            "what it names");
  EXPECT_EQ(refusal([](World& w) {
              w.options.policy = "kai";
              w.options.rules = Rules::kKai;
            }),
            "a control plane keeps the rules that it began with; start another for other rules");
  EXPECT_EQ(refusal([](World& w) {
              for (NodeTariff& price : w.prices) price.per_hour.currency = *parse_currency("EUR");
            }),
            "money is counted in USD, but the prices are in EUR; state them in USD");
  EXPECT_EQ(refusal([](World& w) {
              w.prices.clear();
              w.fleet.nodes.push_back(w.fleet.nodes[1]);
              w.fleet.nodes.back().name = "n2";
            }),
            "node 'n2' has no price, but others have; state its price_per_hour");
  EXPECT_EQ(refusal([](World& w) { w.projects[1].parent = ProjectId{2}; }), "it is not refused")
      << "a parent is what the name says";
  EXPECT_EQ(refusal([](World& w) {
              drop_node(w, 0);
              w.projects.erase(w.projects.begin() + 1);
            }),
            "node 'n0' holds tasks, 1 of them; drain it first, then remove it\n"
            "project 'a/b' has workloads that are not over, 1 of them, and cannot be removed; keep "
            "it, and "
            "close it with a limit of 0");
}

TEST_F(Reconfiguring, AClassGoesUnlessAWorkloadAcceptsNoOther) {
  Workload only = workload("only", 8);
  only.request.classes = {"a10"};
  Workload either = workload("either", 8);
  either.request.classes = {"a10", "h100"};
  submit(only);
  submit(either);
  const auto without = [](World& w) {
    drop_node(w, 2);
    w.fleet.classes.pop_back();
    for (Project& project : w.projects) project.quota.pop_back();
  };
  EXPECT_EQ(refusal(without),
            "class 'a10' is the only one that workload 'only' accepts; cancel it, or keep the "
            "class");
  feed(Cancel{"only"});
  ASSERT_TRUE(change(without).has_value());
  EXPECT_TRUE(state_.world->fleet.classes[1].retired);
  EXPECT_EQ(state_.board.capacity(kFirstClass + 1), 0);
  feed(Decide{true});
  EXPECT_EQ(node_of("either/0"), "n1");
}

TEST_F(Reconfiguring, AHistoryStaysUnderItsProject) {
  feed(TaskObserved{*state_.task_named("train/0"), TaskEvent::kSucceeded});
  EXPECT_EQ(
      refusal([](World& w) { w.projects.erase(w.projects.begin() + 1); }),
      "project 'a/b' had workloads, 1 of them, whose history stays under its name; keep it, and "
      "close it with a limit of 0");
  ASSERT_TRUE(change([](World& w) { w.fleet.topologies.clear(); }).has_value())
      << "of work that is over nobody asks";
  ASSERT_TRUE(restore("s", save(state_).bytes).has_value());
}

TEST_F(Reconfiguring, IdsStayWhateverTheOrderOfTheFile) {
  ASSERT_TRUE(change([](World& w) {
                std::swap(w.fleet.nodes[0], w.fleet.nodes[2]);
                std::swap(w.prices[0], w.prices[2]);
                std::swap(w.fleet.classes[0], w.fleet.classes[1]);
                for (Node& node : w.fleet.nodes)
                  node.accelerator_class = ClassId{1 - node.accelerator_class.value};
                for (Project& p : w.projects)
                  std::swap(p.quota[kFirstClass], p.quota[kFirstClass + 1]);
                std::swap(w.projects[0], w.projects[2]);
                std::swap(w.projects[1], w.projects[2]);
              })->empty())
      << "nothing has changed";
  now_ = now_ + Duration::hours(1);
  ASSERT_TRUE(change([](World& w) { drop_node(w, 1); }).has_value());
  const World gone = *state_.world;
  EXPECT_TRUE(gone.fleet.nodes[1].retired);
  EXPECT_EQ(state_.board.capacity(kFirstClass), 8'000);
  EXPECT_FALSE(state_.node_ids.contains("n1"));
  const auto sick = decide(state_, scratch_, {now_, HealthObserved{NodeId{1}, -1, {}}});
  ASSERT_FALSE(sick.has_value());
  EXPECT_EQ(sick.error().message, "there is no node 1");
  now_ = now_ + Duration::hours(1);
  ASSERT_TRUE(change([](World& w) {
                w.fleet.nodes[1].retired = false;
                w.fleet.nodes[1].health = Health::kHealthy;
                w.fleet.nodes[1].accelerators = 4;
                w.prices[1].per_hour.nanos = 10 * Money::kUnit;
              }).has_value());
  EXPECT_EQ(state_.board.capacity(kFirstClass), 12'000);
  EXPECT_EQ(state_.node_ids.find("n1")->second, NodeId{1});
  now_ = now_ + Duration::hours(1);
  const MeterTotals totals = state_.meter->totals_at(now_);
  EXPECT_TRUE(totals.nodes[1].billed_nanos == 50 * Money::kUnit) << "an hour at 40, one at 10";
}

TEST_F(Reconfiguring, NewCapacityIsUsedAtOnce) {
  submit(workload("more", 8));
  Workload late = workload("late", 8);
  submit(late);
  feed(Decide{true});
  EXPECT_EQ(phase("more/0"), Phase::kRunning);
  EXPECT_EQ(phase("late/0"), Phase::kRunning) << "on the spare";
  submit(workload("waits", 8));
  feed(Decide{true});
  ASSERT_EQ(phase("waits/0"), Phase::kPending);
  ASSERT_TRUE(change([](World& w) {
                w.fleet.classes.push_back({"b200", std::int64_t{180} << 30, 0, 2000, {}, false});
                w.fleet.nodes.push_back(w.fleet.nodes[0]);
                w.fleet.nodes.back().name = "new";
                w.fleet.nodes.back().accelerator_class = ClassId{2};
                w.prices.push_back({{90 * Money::kUnit, {}}, 0, "list"});
                for (Project& project : w.projects) project.quota.push_back(kQuotaAbsent);
              }).has_value());
  EXPECT_EQ(state_.workloads[3].reason, nullptr) << "why it waited is another matter now";
  feed(Decide{true});
  EXPECT_EQ(node_of("waits/0"), "new");
}

TEST_F(Reconfiguring, WorkLeavesWhereTheRulesNoLongerPermitIt) {
  const auto facts = change([](World& w) { w.projects[1].residency.forbidden = {"ES"}; });
  ASSERT_TRUE(facts.has_value()) << facts.error().message;
  ASSERT_EQ(facts->size(), 2U);
  const auto* evicted = std::get_if<TaskEvicted>(&facts->back().body);
  ASSERT_NE(evicted, nullptr);
  EXPECT_EQ(reason_text(evicted->reason, Language::kEnglish),
            "Evicted: the rules on where it may run no longer permit n0.");
  feed(TaskObserved{*state_.task_named("train/0"), TaskEvent::kStopped});
  feed(Decide{true});
  EXPECT_EQ(phase("train/0"), Phase::kPending);
  EXPECT_EQ(state_.workloads[0].reason->code, ReasonCode::kResidency);
}

TEST_F(Reconfiguring, ADeviceThatIsSaidToBeSickIsDrained) {
  const auto facts = change([](World& w) {
    w.fleet.nodes[0].devices.assign(8, Health::kHealthy);
    w.fleet.nodes[0].devices[2] = Health::kQuarantined;
  });
  ASSERT_TRUE(facts.has_value());
  ASSERT_EQ(facts->size(), 2U);
  EXPECT_EQ(std::get<TaskEvicted>(facts->back().body).reason.code, ReasonCode::kDeviceFault);
}

TEST_F(Reconfiguring, WhatWasObservedStandsUntilTheFileSaysSomethingNew) {
  feed(HealthObserved{NodeId{1}, 3, Health::kQuarantined});
  feed(PriceObserved{NodeId{1}, {{55 * Money::kUnit, {}}, 0, "spot"}});
  ASSERT_TRUE(change([](World& w) { w.projects[2].priority = 7; }).has_value());
  EXPECT_EQ(state_.board.node(NodeId{1}).devices[3].health, Health::kQuarantined);
  EXPECT_EQ(state_.prices[1].per_hour.nanos, 55 * Money::kUnit);
  ASSERT_TRUE(change([](World& w) { w.prices[1].per_hour.nanos = 60 * Money::kUnit; }).has_value());
  EXPECT_EQ(state_.prices[1].per_hour.nanos, 60 * Money::kUnit);
  EXPECT_EQ(state_hash(*restore("s", save(state_).bytes)), state_hash(state_));
}

TEST_F(Reconfiguring, AddingLeavesAloneWhatIsNotNamed) {
  World wanted;
  wanted.options = state_.world->options;
  wanted.fleet.classes = {{"h100", 0, 0, 1000, {}, false}};  // Named by the node alone.
  Node node = state_.world->fleet.nodes[0];
  node.name = "n9";
  node.location = LocationId{};
  wanted.fleet.nodes = {node};
  wanted.prices = {{{41 * Money::kUnit, {}}, 0, "list"}};
  const auto merged = merge_world(state_, wanted, MergeMode::kAdd);
  ASSERT_TRUE(merged.has_value()) << merged.error().message;
  EXPECT_EQ((*merged)->fleet.nodes.size(), 4U);
  EXPECT_EQ((*merged)->fleet.classes, state_.world->fleet.classes);
  EXPECT_EQ((*merged)->projects, state_.world->projects);
  EXPECT_TRUE(merge_world(state_, **merged, MergeMode::kReplace).value() != state_.world);
  const auto facts = step(state_, scratch_, {now_, Configure{*merged}});
  ASSERT_TRUE(facts.has_value()) << facts.error().message;
  EXPECT_EQ(state_.world, *merged) << "the server's merge is what the engine takes";
  EXPECT_EQ(merge_world(state_, wanted, MergeMode::kAdd).value(), state_.world);
}

TEST_F(Reconfiguring, AnEmptyProjectClosesAndItsParentRunsWork) {
  ASSERT_TRUE(change([](World& w) {
                Project child = w.projects[2];
                child.name = "c/x";
                child.parent = ProjectId{2};
                w.projects.push_back(child);
              }).has_value());
  ASSERT_TRUE(change([](World& w) { w.projects.pop_back(); }).has_value());
  EXPECT_TRUE(state_.world->projects[3].retired);
  Workload work = workload("in-c", 8);
  work.project = "c";
  submit(work);
  feed(Decide{true});
  EXPECT_EQ(phase("in-c/0"), Phase::kRunning);
  work.name = "in-x";
  work.project = "c/x";
  submit(work);
  EXPECT_EQ(state_.workloads.size(), 2U);
  EXPECT_EQ(state_hash(*restore("s", save(state_).bytes)), state_hash(state_));
}

}  // namespace
}  // namespace sillar
