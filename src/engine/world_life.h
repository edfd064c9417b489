#pragma once

// A random life in a world that changes under it: nodes, classes, projects and prices come, change
// and go. For property tests; everything follows from the seed.

#include <string_view>

#include "engine/random_life.h"
#include "model/validate.h"

namespace sillar {

class WorldLife {
 private:
  template <class List>
  auto& pick(List& list) {
    return list[random_.below(list.size())];
  }
  bool one_in(std::uint64_t sides) { return random_.below(sides) == 0; }

 public:
  explicit WorldLife(std::uint64_t seed) : life_(seed), random_(seed + 7'000) {}

  [[nodiscard]] Input configure() { return life_.configure(); }

  [[nodiscard]] Input next(const State& state) {
    if (random_.below(6) == 0) return {life_.now(), Configure{changed(state)}};
    Input input = life_.next(state);
    auto* submit = std::get_if<Submit>(&input.body);
    if (submit == nullptr) return input;
    // Into any project that there is, as a server would let it in.
    Workload work = *submit->workload;
    if (random_.below(2) == 0) work.project = pick(state.world->projects).name;
    if (random_.below(4) == 0) work.request.classes = {pick(state.world->fleet.classes).name};
    Complaints complaints(1);
    validate_workloads({&work, 1}, state.world->fleet, state.world->projects, complaints);
    if (!complaints.empty()) return {life_.now(), Decide{true}};
    submit->workload = std::make_shared<const Workload>(std::move(work));
    return input;
  }

 private:
  std::shared_ptr<const World> changed(const State& state) {
    World world = *state.world;
    const auto& promised = state.board.reserved_tasks();
    if (!promised.empty() && one_in(2))
      change_node(world, state.board.task(*promised.begin()).place.node.index());
    const auto changes = 1 + random_.below(4);
    for (std::uint64_t i = 0; i < changes; ++i) change(world);
    shuffle(world);
    return std::make_shared<const World>(std::move(world));
  }

  void change(World& world) {
    switch (random_.below(7)) {
      case 0:
        return add_node(world);
      case 1:
        return remove_node(world);
      case 2:
      case 3:
        return change_node(world, random_.below(world.fleet.nodes.size()));
      case 4:
        return change_class(world);
      case 5:
        return change_project(world);
      default:
        return change_options(world);
    }
  }

  void add_node(World& world) {
    Node node = pick(world.fleet.nodes);
    const bool comes_back = node.retired && one_in(2);
    if (!comes_back) node.name = fmt::format("m{}", made_++);
    node.retired = false;
    node.health = Health::kHealthy;
    node.devices.clear();
    if (node.accelerators > 0)
      node.accelerator_class = ClassId{random_.below(world.fleet.classes.size())};
    if (node.accelerator_class.valid())
      world.fleet.classes[node.accelerator_class.index()].retired = false;
    if (comes_back)
      std::erase_if(world.fleet.nodes, [&, i = std::size_t{0}](const Node& other) mutable {
        const bool same = other.name == node.name;
        if (same) world.prices.erase(world.prices.begin() + static_cast<std::ptrdiff_t>(i));
        i += same ? 0 : 1;
        return same;
      });
    world.fleet.nodes.push_back(std::move(node));
    world.prices.push_back(price());
  }

  NodeTariff price() {
    const auto nanos = static_cast<std::int64_t>(random_.below(90)) * Money::kUnit + 13;
    return {{nanos, {}}, nanos / 3, "list"};
  }

  void remove_node(World& world) {
    if (world.fleet.nodes.size() < 4) return;
    const std::size_t at = random_.below(world.fleet.nodes.size());
    world.fleet.nodes.erase(world.fleet.nodes.begin() + static_cast<std::ptrdiff_t>(at));
    world.prices.erase(world.prices.begin() + static_cast<std::ptrdiff_t>(at));
  }

  void change_node(World& world, std::size_t at) {
    Node& node = world.fleet.nodes[at];
    switch (random_.below(7)) {
      case 0:
        world.prices[at] = price();
        break;
      case 1:
        node.health = static_cast<Health>(random_.below(4));
        break;
      case 2:
        if (node.accelerators == 0) break;
        node.devices.assign(static_cast<std::size_t>(node.accelerators), Health::kHealthy);
        pick(node.devices) = static_cast<Health>(random_.below(4));
        break;
      case 3:
        node.location = LocationId{random_.below(world.fleet.locations.size())};
        break;
      case 4:
        node.tasks_max = static_cast<std::int32_t>(random_.below(20));
        break;
      case 5:
        node.cpu += 1000;
        if (node.accelerators > 0) node.accelerators = 1 + static_cast<int>(random_.below(8));
        node.devices.clear();
        break;
      default:
        node.labels = {{"rack", one_in(2) ? "r0" : "r2"}};
    }
  }

  void change_class(World& world) {
    std::vector<AcceleratorClass>& classes = world.fleet.classes;
    if (one_in(2) && classes.size() < 6) {
      classes.push_back(schedule::mixed_class(fmt::format("x{}", made_++), one_in(2)));
      for (Project& project : world.projects) project.quota.push_back(kQuotaAbsent);
    } else if (one_in(2)) {
      AcceleratorClass& accelerator = pick(classes);
      accelerator.memory_bytes += std::int64_t{1} << 30;
      accelerator.exchange_thousandths += 10;
    } else {
      const std::size_t c = random_.below(classes.size());
      const bool used = std::any_of(
          world.fleet.nodes.begin(), world.fleet.nodes.end(),
          [&](const Node& node) { return !node.retired && node.accelerator_class == ClassId{c}; });
      classes[c].retired = !used;
    }
  }

  void change_project(World& world) {
    Project& project = pick(world.projects);
    switch (random_.below(8)) {
      case 6:
      case 7:
        return change_budgets(project);
      case 0:
      case 1: {
        Project fresh;
        const bool below = one_in(2);
        fresh.name = fmt::format("{}{}{}", below ? project.name : "", below ? "/" : "", "p");
        fresh.name += std::to_string(made_++);
        fresh.quota.assign(world.fleet.resource_count(), kQuotaAbsent);
        if (below && project.retired) return;
        world.projects.push_back(std::move(fresh));
        return;
      }
      case 2: {
        const std::string name = project.name;
        std::erase_if(world.projects, [&](const Project& other) {
          return other.name == name || other.name.starts_with(name + "/");
        });
        return;
      }
      case 3:
        project.quota[random_.below(project.quota.size())] = {
            static_cast<std::int64_t>(random_.below(40'000)), 1, kUnlimited};
        return;
      case 4:
        project.priority = static_cast<std::int32_t>(random_.below(3));
        return;
      default:
        project.residency = {};
        if (one_in(2)) project.residency.countries = {one_in(2) ? "ES" : "US"};
    }
  }

  void change_budgets(Project& project) {
    if (project.retired) return;
    if (one_in(4)) {
      project.budgets.clear();
      return;
    }
    Budget budget;
    budget.name = one_in(2) ? "main" : "other";
    budget.period = one_in(2) ? BudgetPeriod::kDay : BudgetPeriod::kMonth;
    budget.amount.nanos = static_cast<std::int64_t>(1 + random_.below(3000)) * Money::kUnit;
    budget.hard = one_in(2);
    std::erase_if(project.budgets, [&](const Budget& b) { return b.name == budget.name; });
    project.budgets.push_back(std::move(budget));
  }

  void change_options(World& world) {
    Options& options = world.options;
    switch (random_.below(5)) {
      case 4:
        options.ledger_lines = !options.ledger_lines;
        break;
      case 0:
        options.k_thousandths = static_cast<std::int64_t>(random_.below(3)) * 500;
        break;
      case 1:
        options.usage_half_life = Duration::hours(static_cast<std::int64_t>(random_.below(3)) * 3);
        break;
      case 2:
        options.placement = kPlacements[random_.below(kPlacements.size())];
        break;
      default:
        if (options.rules == Rules::kSillar)
          options.policy = one_in(2) ? "" : (one_in(2) ? "las" : "sillar");
    }
  }

  // The order of a file says nothing.
  void shuffle(World& world) {
    for (std::size_t n = world.fleet.nodes.size(); n > 1; --n) {
      const std::size_t other = random_.below(n);
      std::swap(world.fleet.nodes[n - 1], world.fleet.nodes[other]);
      std::swap(world.prices[n - 1], world.prices[other]);
    }
    if (one_in(2)) return;
    const std::size_t a = random_.below(world.fleet.classes.size());
    const std::size_t b = random_.below(world.fleet.classes.size());
    std::swap(world.fleet.classes[a], world.fleet.classes[b]);
    for (Project& project : world.projects)
      std::swap(project.quota[kFirstClass + a], project.quota[kFirstClass + b]);
    for (Node& node : world.fleet.nodes) {
      if (node.accelerator_class == ClassId{a})
        node.accelerator_class = ClassId{b};
      else if (node.accelerator_class == ClassId{b})
        node.accelerator_class = ClassId{a};
    }
  }

  RandomLife life_;
  Random random_;
  int made_ = 0;
};

}  // namespace sillar
