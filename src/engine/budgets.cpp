#include "engine/budgets.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/check.h"
#include "schedule/run_time.h"

namespace sillar {

Status check_budgets(const World& world) {
  for (const Project& project : world.projects) {
    for (const Budget& budget : project.budgets) {
      if (budget.hard && world.prices.empty())
        return invalid(
            fmt::format("the budget '{}' of {} is hard, and this world has no prices to hold it "
                        "against; give prices, or make it soft",
                        budget.name, project.name));
      if (world.prices.empty()) continue;
      const Currency currency = world.prices.front().per_hour.currency;
      if (budget.amount.currency != currency)
        return invalid(fmt::format("the budget '{}' of {} is in {}, the prices are in {}",
                                   budget.name, project.name, budget.amount.currency.text(),
                                   currency.text()));
    }
  }
  return {};
}

NodeRate node_rate(const State& state, NodeId id, const NodeTariff& tariff) {
  const Node& node = state.world->fleet.nodes[id.index()];
  return {tariff.per_hour, tariff.cpu_nanos, node.accelerators, node.cpu, node.memory_bytes};
}

Claim claim_of(const State& state, ShapeId id, NodeId node) {
  const schedule::Shape& shape = state.board.shape(id);
  return {shape.charged(state.board.node(node).accelerator_class), shape.cpu, shape.memory_bytes};
}

std::int64_t device_price(const Node& node, const NodeTariff& tariff) {
  return node.accelerators > 0 ? (tariff.per_hour.nanos - tariff.cpu_nanos) / node.accelerators : 0;
}

void open_books(State& state, Time at) {
  const World& world = *state.world;
  const bool budgets = std::ranges::any_of(
      world.projects, [](const Project& project) { return !project.budgets.empty(); });
  state.hours_closed = Time{at.ns - at.ns % Duration::hours(1).ns};
  if (budgets) state.budgets.emplace(world.projects, state.hours_closed);
  state.meter.emplace(world.fleet.nodes.size(), world.projects.size(),
                      world.prices.front().per_hour.currency,
                      budgets || world.options.ledger_lines);
}

void meter_task(State& state, TaskId id, Time at) {
  const schedule::Task& task = state.board.task(id);
  const ProjectId project = state.board.job(task.job).project;
  state.meter->start(id, task.place.node, project, claim_of(state, task.shape, task.place.node),
                     at);
  if (!state.budgets || !state.budgets->accounts().covers(project)) return;
  if (state.budgets->find(id) == nullptr)
    state.budgets->reserve(id, project, {hourly_nanos(state, task.shape, task.place.node), at, at},
                           at);
}

std::int64_t hourly_nanos(const State& state, ShapeId shape, NodeId node) {
  return hourly_nanos(node_rate(state, node, state.prices[node.index()]),
                      claim_of(state, shape, node));
}

Duration run_ahead(const Options& options, const Workload& spec, Duration attained) {
  Duration ahead = options.budget_slice;
  if (spec.limit.ns > 0)
    ahead = spec.limit;
  else if (spec.estimate > attained)
    ahead = spec.estimate - attained;
  return std::min(ahead, BudgetBook::kAheadMax);
}

Duration run_ahead(const State& state, WorkloadId workload, Time now) {
  const Duration attained = schedule::attained(state.board, state.board.job(workload), now);
  return run_ahead(state.world->options, state.spec(workload), attained);
}

Duration stop_time(const Workload& spec) {
  const Duration grace = std::min(spec.run.grace, kStopTimeMax);
  const Duration checkpoint = std::min(spec.checkpoint_cost, kStopTimeMax);
  return std::min(grace + checkpoint, kStopTimeMax) + kStopMargin;
}

bool closes_hours(const State& state) {
  return state.meter && (state.budgets || state.world->options.ledger_lines);
}

Time money_due(const State& state) {
  if (!closes_hours(state)) return Time::never();
  const Time hour = state.hours_closed + Duration::hours(1);
  if (!state.budgets || state.budgets->due().empty()) return hour;
  return std::min(hour, state.budgets->due().begin()->first);
}

void note_money_waiter(State& state, WorkloadId id) {
  const WorkloadRecord& record = state.workloads[id.index()];
  const bool over = record.cancelled || record.finished != Time::never();
  const bool waits = !over && std::ranges::any_of(record.holds, [](const WorkloadHold& hold) {
    return hold.cause == HoldCause::kBudget;
  });
  const ProjectId leaf = state.project_ids.find(record.spec->project)->second;
  const MoneyWaiter waiter{record.spec->priority, record.spec->submitted, id};
  if (waits) {
    state.money_waiters[leaf].insert(waiter);
    return;
  }
  const auto of_leaf = state.money_waiters.find(leaf);
  if (of_leaf == state.money_waiters.end()) return;
  of_leaf->second.erase(waiter);
  if (of_leaf->second.empty()) state.money_waiters.erase(of_leaf);
}

std::optional<BudgetView> budget_at(const State& state, ProjectId project, std::uint32_t index,
                                    Time now) {
  if (!state.budgets) return std::nullopt;
  auto standing = state.budgets->accounts().standing({project, index}, now);
  if (!standing) return std::nullopt;
  const Budget& budget = state.world->projects[project.index()].budgets[index];
  return BudgetView{
      project, index, budget.name, budget.period, budget.hard, budget.amount.currency, *standing};
}

std::vector<BudgetView> budgets_at(const State& state, Time now) {
  std::vector<BudgetView> views;
  if (!state.budgets) return views;
  for (const BudgetId id : state.budgets->accounts().ids())
    views.push_back(*budget_at(state, id.project, id.index, now));
  return views;
}

std::vector<LedgerLine> take_lines(State& state) {
  std::vector<LedgerLine> lines = std::exchange(state.lines, {});
  std::sort(lines.begin(), lines.end(), [](const LedgerLine& a, const LedgerLine& b) {
    return std::tie(a.start, a.node, a.project, a.kind) <
           std::tie(b.start, b.node, b.project, b.kind);
  });
  return lines;
}

}  // namespace sillar
