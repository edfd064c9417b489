#include "engine/reconfigure.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/check.h"
#include "engine/budgets.h"
#include "engine/evictions.h"
#include "engine/places.h"
#include "engine/world_check.h"
#include "engine/world_merge.h"
#include "schedule/division.h"

namespace sillar {
namespace {

using schedule::LocationVerdict;
using schedule::Phase;

// What a change takes from work that has a place, or the promise of one.
class Disturbance {
 public:
  Disturbance(const State& state, const World& world, Time at)
      : s_(state), now_(*state.world), to_(world), at_(at) {
    auto rules = project_rules(world.projects);
    CHECK(rules.has_value(), "check_world accepted these rules");
    rules_ = std::move(*rules);
  }

  // Promises on nodes that take the work no longer.
  void withdraw(std::vector<FactBody>& facts) {
    for (const TaskId id : s_.board.reserved_tasks()) {
      const schedule::Task& task = s_.board.task(id);
      if (!takes(task.job, task.place.node)) facts.emplace_back(PromiseWithdrawn{id});
    }
    for (const TaskId id : s_.board.stopping_tasks()) {
      const schedule::Task& task = s_.board.task(id);
      if (task.promise_shape.valid() && !takes(task.job, task.promise.node))
        facts.emplace_back(PromiseWithdrawn{id});
    }
  }

  // Work that runs where it may not, or on what is said to be sick, goes.
  void evict(std::vector<FactBody>& facts) {
    Evictions evictions(s_, at_);
    for (std::size_t n = 0; n < now_.fleet.nodes.size(); ++n) {
      const NodeId node{n};
      for (const TaskId id : s_.board.tasks_on(node)) {
        if (s_.board.task(id).phase != Phase::kRunning || permitted(s_.board.task(id).job, node))
          continue;
        evictions.add(id, {ReasonCode::kPlaceRefused, {{"node", now_.fleet.nodes[n].name}}});
      }
      said_to_be_sick(node, evictions);
    }
    evictions.facts(facts);
  }

 private:
  void said_to_be_sick(NodeId node, Evictions& evictions) const {
    const auto leave = [&](std::int32_t device) {
      evictions.add_all({node, device}, fault_reason(s_, {node, device}));
    };
    const Node& was = now_.fleet.nodes[node.index()];
    const Node& is = to_.fleet.nodes[node.index()];
    if (is.retired || s_.board.tasks_on(node).empty()) return;
    if (is.health != was.health && is.health == Health::kQuarantined) leave(-1);
    for (std::size_t d = 0; d < is.devices.size(); ++d)
      if (is.devices[d] == Health::kQuarantined && stated_health(was, d) != is.devices[d])
        leave(static_cast<std::int32_t>(d));
  }

  const schedule::LocationVerdicts& verdicts(WorkloadId job) {
    const auto [entry, fresh] = verdicts_.try_emplace(job);
    if (fresh)
      entry->second = location_verdicts(rules_[s_.board.job(job).project.index()],
                                        to_.fleet.locations, s_.spec(job));
    return entry->second;
  }

  bool permitted(WorkloadId job, NodeId node) {
    const schedule::LocationVerdicts& all = verdicts(job);
    const LocationId location = to_.fleet.nodes[node.index()].location;
    return all.empty() ||
           (location.valid() ? all[location.index()] : all.back()) == LocationVerdict::kPermitted;
  }

  bool takes(WorkloadId job, NodeId id) {
    const Node& was = now_.fleet.nodes[id.index()];
    const Node& is = to_.fleet.nodes[id.index()];
    if (is.retired || !same_make(was, is) || was.tasks_max != is.tasks_max) return false;
    if (const ClassId c = is.accelerator_class; c.valid()) {
      const AcceleratorClass& before = now_.fleet.classes[c.index()];
      const AcceleratorClass& after = to_.fleet.classes[c.index()];
      if (before.memory_bytes != after.memory_bytes ||
          before.reserved_bytes != after.reserved_bytes || before.mig != after.mig)
        return false;
    }
    const auto& wanted = s_.spec(job).node_labels;
    return permitted(job, id) &&
           std::includes(is.labels.begin(), is.labels.end(), wanted.begin(), wanted.end());
  }

  const State& s_;
  const World& now_;
  const World& to_;
  Time at_;
  std::vector<ResidencyRule> rules_;
  std::map<WorkloadId, schedule::LocationVerdicts> verdicts_;
};

// ---- Into the new world.

schedule::Board rebuilt_board(const State& s) {
  const World& world = *s.world;
  schedule::Board board;
  board.set_fleet(world.fleet, world.options.rules);
  board.set_projects(world.projects);
  for (std::size_t w = 0; w < s.workloads.size(); ++w) {
    const ProjectId project = s.board.job(WorkloadId{w}).project;
    const Workload& spec = *s.workloads[w].spec;
    const WorkloadId id = board.add_job(project, spec, location_verdicts(s, project, spec));
    CHECK(id == WorkloadId{w}, "jobs keep their ids");
  }
  board.adopt(s.board);
  return board;
}

void remake_usage(State& s, const Options& before, std::size_t resources_before, Time at) {
  const Duration half_life = s.world->options.usage_half_life;
  if (half_life.ns == 0 || !s.usage) {
    s.usage.reset();
    measure_usage(s, at);
    return;
  }
  const std::size_t projects = s.world->projects.size();
  const std::size_t resources = s.board.resources();
  if (half_life == before.usage_half_life) {
    s.usage->grow(projects, resources);
    return;
  }
  // What was used fades at another pace from now on.
  std::vector<std::int64_t> known;
  s.usage->usage_millionths(known);
  std::vector<std::int64_t> usage(projects * resources, 0);
  for (std::size_t i = 0; i < known.size(); ++i)
    usage[i / resources_before * resources + i % resources_before] = known[i];
  s.usage.emplace(projects, resources, half_life, at);
  s.usage->assume(usage, s.board.capacities());
}

void remember(State& s, const Options& before, std::size_t resources_before) {
  schedule::CycleMemory& memory = s.memory;
  if (!memory.remainder_carry.empty()) {
    const std::size_t resources = s.board.resources();
    std::vector<std::int64_t> carry(s.world->projects.size() * resources, 0);
    for (std::size_t i = 0; i < memory.remainder_carry.size(); ++i) {
      const std::size_t p = i / resources_before;
      if (!s.world->projects[p].retired)
        carry[p * resources + i % resources_before] = memory.remainder_carry[i];
    }
    memory.remainder_carry = std::move(carry);
  }
  std::erase_if(memory.holds, [&](const schedule::Hold& hold) {
    return std::any_of(hold.nodes.begin(), hold.nodes.end(),
                       [&](NodeId n) { return s.world->fleet.nodes[n.index()].retired; });
  });
  // Rotation was planned for other room, and leases are of one policy.
  if (before.policy != s.world->options.policy) memory.rotation.leases.clear();
  memory.rotation.due = Time::never();
}

// Tasks that hold devices.
template <typename Visit>
void for_each_holder(const State& s, Visit visit) {
  for (std::size_t n = 0; n < s.board.node_count(); ++n)
    for (const TaskId t : s.board.tasks_on(NodeId{n})) visit(t);
}

// A world that has prices for the first time.
void begin_metering(State& s, Time at) {
  open_books(s, at);
  s.prices = s.world->prices;
  for (std::size_t n = 0; n < s.prices.size(); ++n) {
    const NodeId id{n};
    CHECK(s.meter->set_rate(id, node_rate(s, id, s.prices[n]), at).has_value(),
          "check_world accepted these prices");
    if (s.world->fleet.nodes[n].retired) s.meter->remove_rate(id, at);
  }
  for_each_holder(s, [&](TaskId t) { meter_task(s, t, at); });
}

void change_rate(State& s, const World& before, NodeId id, Time at) {
  const std::size_t n = id.index();
  const Node& node = s.world->fleet.nodes[n];
  const bool known = n < before.prices.size();
  const bool was_gone = known && before.fleet.nodes[n].retired;
  const bool anew = !known || was_gone || s.world->prices[n] != before.prices[n];
  if (anew || node.retired) s.prices[n] = s.world->prices[n];
  const NodeRate rate = node_rate(s, id, s.prices[n]);
  Status set;
  if (known && node.retired) {
    if (!was_gone) s.meter->remove_rate(id, at);
  } else if (known && !same_make(node, before.fleet.nodes[n])) {
    set = s.meter->remake(id, rate, at);
  } else if (anew) {
    set = s.meter->set_rate(id, rate, at);
    if (node.retired) s.meter->remove_rate(id, at);
  }
  CHECK(set.has_value(), "check_world accepted these prices");
}

bool same_budgets(const World& a, const World& b) {
  for (std::size_t p = 0; p < b.projects.size(); ++p) {
    static const std::vector<Budget> kNone;
    if ((p < a.projects.size() ? a.projects[p].budgets : kNone) != b.projects[p].budgets)
      return false;
  }
  return true;
}

// After what runs has its new place in the books. What is reserved was reserved under other terms
// where those have changed: the next decision reserves it anew, or stops the work.
void rebudget(State& s, const World& before, Time at) {
  const std::vector<Project>& projects = s.world->projects;
  const bool any =
      std::ranges::any_of(projects, [](const Project& p) { return !p.budgets.empty(); });
  const bool closes = any || s.world->options.ledger_lines;
  const bool closed = s.budgets || before.options.ledger_lines;
  if (closes && !closed) {
    s.hours_closed = Time{at.ns - at.ns % Duration::hours(1).ns};
    s.meter->close_hours(s.hours_closed);
  }
  s.meter->set_keep_lines(closes);
  if (!any) return s.budgets.reset();
  const bool renewed = !same_budgets(before, *s.world);
  std::vector<LedgerLine> open_hour;
  if (renewed) (void)s.meter->totals_at(at, &open_hour);
  if (!s.budgets) s.budgets.emplace();
  s.budgets->change(before.projects, projects, open_hour, at);
  for_each_holder(s, [&](TaskId t) {
    const schedule::Task& task = s.board.task(t);
    const ProjectId project = s.board.job(task.job).project;
    if (!s.budgets->accounts().covers(project)) return;
    const std::int64_t hourly = hourly_nanos(s, task.shape, task.place.node);
    const BudgetReservation* reserved = s.budgets->find(t);
    if (reserved == nullptr) return s.budgets->reserve(t, project, {hourly, at, at}, at);
    if (reserved->draw.nanos_per_hour != hourly) s.budgets->reprice(t, hourly, at);
    if (renewed && task.phase == Phase::kRunning) s.budgets->extend(t, at, at);
  });
}

void reprice(State& s, const World& before, Time at) {
  const World& world = *s.world;
  if (world.prices.empty()) return;
  ++s.price_changes;
  if (!s.meter) {
    begin_metering(s, at);
  } else {
    s.meter->grow(world.fleet.nodes.size(), world.projects.size());
    s.prices.resize(world.prices.size());
    for (std::size_t n = 0; n < world.prices.size(); ++n) change_rate(s, before, NodeId{n}, at);
    rebudget(s, before, at);
  }
  s.device_price.resize(world.prices.size());
  for (std::size_t n = 0; n < world.prices.size(); ++n)
    s.device_price[n] = device_price(world.fleet.nodes[n], s.prices[n]);
}

// Whatever waits is told anew why, in the new world's figures.
void forget_reasons(State& s) {
  for (std::size_t w = 0; w < s.workloads.size(); ++w) {
    const WorkloadId id{w};
    if (!s.board.job(id).wants_more()) continue;
    s.workloads[w].reason = nullptr;
    s.board.set_waiting(id, ReasonCode::kNone);
  }
}

}  // namespace

Result<std::vector<FactBody>> reconfigure_facts(const State& state,
                                                const std::shared_ptr<const World>& wanted,
                                                Time at) {
  SILLAR_TRY(merged, merge_world(state, *wanted, MergeMode::kReplace));
  std::vector<FactBody> facts;
  if (merged == state.world) return facts;
  SILLAR_TRY_STATUS(check_world(state, *merged));
  if (*merged == *wanted) merged = wanted;
  Disturbance disturbance(state, *merged, at);
  disturbance.withdraw(facts);
  facts.emplace_back(WorldChanged{merged});
  disturbance.evict(facts);
  return facts;
}

void reconfigure(State& state, std::shared_ptr<const World> world, Time at) {
  const std::shared_ptr<const World> before = std::exchange(state.world, std::move(world));
  const std::size_t resources_before = state.board.resources();
  name_everything(state);
  state.board = rebuilt_board(state);
  refit(state, before->fleet);
  remake_usage(state, before->options, resources_before, at);
  remember(state, before->options, resources_before);
  reprice(state, *before, at);
  forget_reasons(state);
}

void name_everything(State& state) {
  const World& world = *state.world;
  auto rules = project_rules(world.projects);
  CHECK(rules.has_value(), "decide accepted these rules");
  state.project_rules = std::move(*rules);
  state.project_ids.clear();
  state.node_ids.clear();
  for (std::size_t p = 0; p < world.projects.size(); ++p)
    if (!world.projects[p].retired) state.project_ids[world.projects[p].name] = ProjectId{p};
  for (std::size_t n = 0; n < world.fleet.nodes.size(); ++n)
    if (!world.fleet.nodes[n].retired) state.node_ids[world.fleet.nodes[n].name] = NodeId{n};
}

void measure_usage(State& state, Time at) {
  const World& world = *state.world;
  if (world.options.usage_half_life.ns == 0) return;
  const std::size_t resources = state.board.resources();
  state.usage.emplace(world.projects.size(), resources, world.options.usage_half_life, at);
  const std::vector<std::int64_t> stated = schedule::stated_usage(world.projects, resources);
  if (!stated.empty()) state.usage->assume(stated, state.board.capacities());
}

}  // namespace sillar
