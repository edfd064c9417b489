// Budgets and costs over HTTP. Amounts are exact decimals as text, with their currency.

#include "base/json_writer.h"
#include "engine/budgets.h"
#include "server/api.h"
#include "server/problem.h"
#include "server/rendering.h"
#include "server/requested.h"

namespace sillar::server {
namespace {

void write_budget(JsonWriter& json, const State& state, const BudgetView& budget) {
  const BudgetStanding& standing = budget.standing;
  json.begin_object()
      .field("project", state.world->projects[budget.project.index()].name)
      .field("name", budget.name)
      .field("period", budget_period_name(budget.period))
      .field_bool("hard", budget.hard)
      .field_bool("in_force", standing.in_force);
  write_time(json, "from", standing.window.start);
  write_time(json, "until", standing.window.end);
  write_money(json, "limit", standing.limit_nanos, budget.currency);
  write_money(json, "spent", standing.spent_nanos, budget.currency);
  write_money(json, "reserved", standing.reserved_nanos, budget.currency);
  write_money(json, "left", standing.left_nanos, budget.currency);
  if (standing.forecast_nanos)
    write_money(json, "forecast", *standing.forecast_nanos, budget.currency);
  else
    json.key("forecast").null();
  json.end_object();
}

Answer budgets(const Core& core, const Caller& caller, std::string_view subtree) {
  const State& state = core.state();
  JsonWriter json;
  json.begin_object()
      .field("apiVersion", "sillar/v1")
      .field("kind", "BudgetList")
      .key("items")
      .begin_array();
  for (const BudgetView& budget : budgets_at(state, core.now())) {
    const std::string& project = state.world->projects[budget.project.index()].name;
    if (within_subtree(project, subtree) &&
        caller.may(Action::kBudgetView, project) == Verdict::kAllowed)
      write_budget(json, state, budget);
  }
  json.end_array().end_object();
  return {200, json.take(), {}};
}

// Thousandths of a device times nanoseconds, as whole device-seconds.
std::int64_t device_seconds(Int128 device_ns) {
  return static_cast<std::int64_t>(device_ns / 1000 / Duration::seconds(1).ns);
}

// Each project's own work: the rows, and what nobody used, add up to what was billed.
Answer costs(const Core& core, const Caller& caller, std::string_view subtree) {
  const State& state = core.state();
  JsonWriter json;
  json.begin_object()
      .field("apiVersion", "sillar/v1")
      .field("kind", "CostReport")
      .field("by", "project");
  if (!state.meter) {
    json.key("billed").null().key("idle").null().key("items").begin_array().end_array();
    json.end_object();
    return {200, json.take(), {}};
  }
  const MeterTotals totals = state.meter->totals_at(core.now());
  const bool whole = subtree.empty() && caller.may(Action::kCostView, "") == Verdict::kAllowed;
  for (const auto& [key, nanos] :
       {std::pair{"billed", totals.billed_nanos}, std::pair{"idle", totals.idle_nanos}})
    if (whole)
      write_money(json, key, nanos, totals.currency);
    else
      json.key(key).null();
  json.key("items").begin_array();
  for (std::size_t p = 0; p < totals.projects.size(); ++p) {
    const ProjectCost& cost = totals.projects[p];
    const std::string& name = state.world->projects[p].name;
    if (!within_subtree(name, subtree) || cost == ProjectCost{}) continue;
    if (caller.may(Action::kCostView, name) != Verdict::kAllowed) continue;
    json.begin_object().field("project", name);
    write_money(json, "cost", cost.nanos(), totals.currency);
    write_money(json, "accelerator_cost", cost.accelerator_nanos, totals.currency);
    write_money(json, "cpu_cost", cost.cpu_nanos, totals.currency);
    json.field("device_seconds", device_seconds(cost.device_ns)).end_object();
  }
  json.end_array().end_object();
  return {200, json.take(), {}};
}

}  // namespace

void list_budgets(Api& api, const std::shared_ptr<Call>& call) {
  api.ask(call, [call, project = std::string(call->query("project"))](Core& core) {
    return budgets(core, call->caller(), project);
  });
}

void list_costs(Api& api, const std::shared_ptr<Call>& call) {
  const std::string_view by = call->query("by");
  if (!by.empty() && by != "project")
    return call->reply(problem(400, "invalid-input", "by is project."));
  api.ask(call, [call, project = std::string(call->query("project"))](Core& core) {
    return costs(core, call->caller(), project);
  });
}

}  // namespace sillar::server
