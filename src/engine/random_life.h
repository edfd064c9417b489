#pragma once

// A small random world and whatever may happen in it, as inputs: gangs, fractions, MIG instances,
// elastic work, topology, residency, faults, moving prices, drivers that repeat themselves. For
// property tests of the engine; everything follows from the seed.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>

#include "base/random.h"
#include "engine/engine.h"
#include "schedule/mixed_fleet_fixture.h"

namespace sillar {

class RandomLife {
 public:
  // Policies take turns with the seed; the first is none, which reserves nodes and holds them.
  static constexpr std::array<std::string_view, 6> kPolicies{"",    "sillar", "kai",
                                                             "las", "fifo",   "fair"};

  explicit RandomLife(std::uint64_t seed)
      : random_(seed), policy_(kPolicies[seed % kPolicies.size()]), quarantines_(seed % 4 < 2) {}

  // The input that comes first.
  [[nodiscard]] Input configure() {
    auto world = std::make_shared<World>();
    world->options.now = now_;
    world->options.policy = policy_;
    if (policy_ == "kai") world->options.rules = Rules::kKai;
    if (quarantines_)
      world->options.quarantine = {.after = Duration::minutes(20),
                                   .failures = 2,
                                   .trial = Duration::minutes(30),
                                   .longest = Duration::hours(2),
                                   .share_thousandths = 400};
    if (policy_.empty() || policy_ == "kai") world->options.usage_half_life = Duration::hours(6);
    world->fleet = schedule::mixed_fleet(8, random_);
    world->fleet.locations = {{"own", "madrid", "", "ES"}, {"gcp", "us-east1", "", "US"}};
    world->fleet.topologies = {{"net", {"rack", "host"}}};
    for (std::size_t n = 0; n < world->fleet.nodes.size(); ++n) {
      Node& node = world->fleet.nodes[n];
      node.location = LocationId{n % 2};
      node.labels = {{"rack", n < 4 ? "r0" : "r1"}};
      if (n % 3 == 0) node.instance_type = "p5.48xlarge";
      world->prices.push_back({{dice(90) * Money::kUnit, {}}, Money::kUnit / 2, "list"});
      world->prices.back().per_hour.nanos += Money::kUnit;
    }
    for (const char* name : {"top", "top/a", "top/b", "c"}) {
      Project project = schedule::plain_project(name, dice(12), dice(3) + 1);
      project.quota.resize(world->fleet.resource_count(), kQuotaAbsent);
      if (project.name.starts_with("top/")) project.parent = ProjectId{0};
      world->projects.push_back(std::move(project));
    }
    world->projects[2].residency.countries = {"ES"};
    return {now_, Configure{std::move(world)}};
  }

  [[nodiscard]] Time now() const { return now_; }

  [[nodiscard]] Input next(const State& state) {
    if (random_.below(2) == 0) now_ = now_ + Duration::seconds(dice(240));
    if (random_.below(60) == 0) now_ = now_ + Duration::hours(dice(30));
    const std::size_t tasks = state.board.task_count();
    const std::uint64_t kind = random_.below(24);
    if (kind < 5) return {now_, Submit{std::make_shared<const Workload>(workload())}};
    if (kind < 10 && tasks > 0) return observe(state);
    if (kind == 10) {
      const NodeId node{random_.below(state.board.node_count())};
      if (dice(4) == 0) return {now_, Drain{node, dice(3) == 0}};
      const auto device = static_cast<std::int32_t>(dice(state.board.node(node).device_count + 1));
      return {now_, HealthObserved{node, device - 1, static_cast<Health>(dice(4))}};
    }
    if (kind == 11) {
      const NodeId node{random_.below(state.board.node_count())};
      const Money price{dice(100) * Money::kUnit + 7, {}};
      return {now_, PriceObserved{node, {price, dice(price.nanos), "spot"}}};
    }
    if (kind == 12 && !state.workloads.empty()) return {now_, cancel(state)};
    if (kind == 20 && !state.workloads.empty()) return {now_, Hold{any_name(state)}};
    if (kind == 21 && !state.workloads.empty()) return {now_, Release{any_name(state)}};
    if (kind >= 22 && tasks > 0) return utilisation(state);
    return {now_, Decide{random_.below(2) == 0}};
  }

 private:
  std::string any_name(const State& state) {
    return state.spec(WorkloadId{random_.below(state.workloads.size())}).name;
  }

  // Of an array now and then one task.
  Cancel cancel(const State& state) {
    Cancel out{any_name(state)};
    const Workload& work = state.spec(state.workload_ids.at(out.workload));
    if (!work.array.empty()) out.task = static_cast<std::int32_t>(dice(work.gang_max + 1)) - 1;
    return out;
  }

  std::int64_t dice(std::int64_t sides) {
    return sides < 1 ? 0
                     : static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(sides)));
  }

  // Stopping tasks rather than others, so that room moves on.
  Input observe(const State& state) {
    const auto& stopping = state.board.stopping_tasks();
    if (!stopping.empty() && random_.below(3) != 0)
      return {now_, TaskObserved{*stopping.begin(), TaskEvent::kStopped}};
    const TaskId task{random_.below(state.board.task_count())};
    TaskObserved observed{task, static_cast<TaskEvent>(dice(7))};
    if (observed.event == TaskEvent::kFailed) {
      observed.exit_code = static_cast<std::int32_t>(dice(3));
      observed.signal = static_cast<std::int32_t>(dice(2)) * 9;
    }
    if (observed.event == TaskEvent::kLaunchFailed) observed.message = "no such program";
    observed.attempt = static_cast<std::int32_t>(dice(3));
    return {now_, std::move(observed)};
  }

  // Of tasks that run rather than others.
  Input utilisation(const State& state) {
    TaskId task{random_.below(state.board.task_count())};
    for (std::size_t n = 0; n < state.board.node_count(); ++n) {
      const auto on = state.board.tasks_on(NodeId{n});
      if (!on.empty() && random_.below(2) == 0) task = on[random_.below(on.size())];
    }
    return {now_, UtilisationObserved{task, dice(3) == 0 ? 900 : dice(60)}};
  }

  // Retries, idle rules, arrays, waiting for others.
  void live(Workload& work) {
    if (random_.below(2) == 0)
      work.retry = {static_cast<std::int32_t>(1 + dice(3)), Duration::seconds(dice(200)),
                    Duration::minutes(5)};
    if (random_.below(3) == 0)
      work.idle = {Duration::minutes(1 + dice(30)), 50, Duration::minutes(dice(5)),
                   random_.below(3) == 0 ? IdleAction::kWarn : IdleAction::kStop};
    for (int i = 0; made_ > 1 && random_.below(3) == 0 && i < 2; ++i) {
      const std::string name = fmt::format("w{}", dice(made_ - 1));
      if (!work.after.empty() && work.after.front().workload == name) continue;
      work.after.push_back({name, static_cast<DependencyKind>(dice(2))});
    }
    if (work.kind != WorkloadKind::kBatch || random_.below(2) == 0) return;
    work.gang_min = 1;
    for (std::int32_t i = 0; i < work.gang_max; ++i) work.array.push_back(2 * i);
    work.array_at_most = static_cast<std::int32_t>(dice(3));
  }

  Workload workload() {
    Workload work = schedule::mixed_workload(random_);
    work.name = fmt::format("w{}", made_++);
    constexpr std::array kProjects{"top/a", "top/b", "c"};
    work.project = kProjects[random_.below(kProjects.size())];
    work.kind = static_cast<WorkloadKind>(dice(4));
    work.submitted = now_;
    work.held = dice(20) == 0;
    work.priority = static_cast<std::int32_t>(dice(3)) * 10;
    work.gang_max = static_cast<std::int32_t>(1 + dice(4));
    work.gang_min = static_cast<std::int32_t>(1 + dice(work.gang_max));
    if (random_.below(2) == 0) live(work);
    if (random_.below(2) == 0) work.estimate = Duration::minutes(10 + dice(300));
    if (random_.below(3) == 0) work.limit = work.estimate + Duration::minutes(30 + dice(300));
    if (random_.below(3) == 0) work.checkpoint_interval = Duration::minutes(10);
    work.restart_cost = Duration::seconds(dice(90));
    if (random_.below(6) == 0) work.topology.required = "rack";
    if (random_.below(8) == 0) work.topology.preferred = "host";
    if (random_.below(6) == 0) work.residency.forbidden = {"US"};
    if (random_.below(6) == 0) work.labels = {{"team", "x"}};
    return work;
  }

  Random random_;
  std::string_view policy_;
  bool quarantines_ = false;
  Time now_ = Time::from_seconds(1'767'225'600);
  int made_ = 0;
};

}  // namespace sillar
