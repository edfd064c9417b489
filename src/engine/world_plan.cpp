#include "engine/world_plan.h"

#include <algorithm>
#include <array>

#include "engine/fact_text.h"
#include "engine/reconfigure.h"
#include "engine/world_check.h"
#include "engine/world_merge.h"

namespace sillar {
namespace {

constexpr std::array kStuckFor{ReasonCode::kNeverFits, ReasonCode::kResidency,
                               ReasonCode::kOverLimit, ReasonCode::kOverDeserved,
                               ReasonCode::kOverBudgetForGood};

Value text(std::string_view s) {
  return Value::text(s);
}

// Its code and words.
Value told(const Reason& reason) {
  Value all = reason_value(reason);
  return Value::mapping().set("code", *all.find("code")).set("text", *all.find("text"));
}

ReasonCode waits_for(const State& state, WorkloadId id) {
  const std::shared_ptr<const Reason>& reason = state.workloads[id.index()].reason;
  return reason == nullptr ? ReasonCode::kNone : reason->code;
}

void find_stuck(const State& state, const std::vector<FactBody>& bodies, Time at, WorldPlan& plan) {
  State fork = state;
  for (const FactBody& body : bodies) apply(fork, {at, body});
  Scratch scratch;
  for (const WorldPlan::Task& each : plan.evicted)
    (void)step(fork, scratch, {at, TaskObserved{each.task, TaskEvent::kStopped}});
  const auto facts = decide_explained(fork, scratch, at);
  if (!facts) return;
  for (const Fact& fact : *facts) apply(fork, fact);
  for (std::size_t w = 0; w < fork.workloads.size(); ++w) {
    const WorkloadId id{w};
    const ReasonCode now = waits_for(fork, id);
    if (std::ranges::count(kStuckFor, now) == 0 || now == waits_for(state, id)) continue;
    plan.stuck.push_back({id, *fork.workloads[w].reason});
  }
}

// What the state's work stands against is a conflict; what the world says of itself is a fault.
Status check(const State& state, const World& merged) {
  SILLAR_TRY_STATUS(check_world_alone(merged));
  if (Status fits = check_world(state, merged); !fits)
    return fail(ErrorCode::kConflict, fits.error().message);
  return {};
}

Value change_value(const WorldChange& change) {
  Value out = Value::mapping()
                  .set("action", text(change_action_name(change.action)))
                  .set("kind", text(change_kind_name(change.kind)));
  out.set("name", change.name.empty() ? Value{} : text(change.name));
  out.set("field", change.field.empty() ? Value{} : text(change.field));
  return out.set("from", change.from).set("to", change.to);
}

}  // namespace

Result<WorldPlan> plan_world(const State& state, const std::shared_ptr<const World>& wanted,
                             Time at) {
  WorldPlan plan;
  plan.base = world_hash(*state.world);
  SILLAR_TRY(merged, merge_world(state, *wanted, MergeMode::kReplace));
  plan.world = merged;
  if (merged == state.world) return plan;
  SILLAR_TRY_STATUS(check(state, *merged));
  plan.changes = world_changes(*state.world, *merged);
  SILLAR_TRY(bodies, reconfigure_facts(state, wanted, at));
  for (const FactBody& body : bodies) {
    if (const auto* evicted = std::get_if<TaskEvicted>(&body))
      plan.evicted.push_back({evicted->task, evicted->reason});
    if (const auto* withdrawn = std::get_if<PromiseWithdrawn>(&body))
      plan.withdrawn.push_back(withdrawn->task);
  }
  find_stuck(state, bodies, at, plan);
  return plan;
}

Value plan_value(const State& state, const WorldPlan& plan) {
  std::array<std::int64_t, 3> counts{};
  Value changes = Value::sequence();
  for (const WorldChange& change : plan.changes) {
    ++counts[static_cast<std::size_t>(change.action)];
    changes.items.push_back(change_value(change));
  }
  const auto of_task = [&](TaskId task) {
    const Workload& work = state.spec(state.board.task(task).job);
    return Value::mapping()
        .set("task", text(state.task_name(task)))
        .set("workload", text(work.name))
        .set("project", text(work.project));
  };
  Value evicted = Value::sequence(), withdrawn = Value::sequence(), stuck = Value::sequence();
  for (const WorldPlan::Task& each : plan.evicted)
    evicted.items.push_back(of_task(each.task).set("reason", told(each.reason)));
  for (const TaskId task : plan.withdrawn) withdrawn.items.push_back(of_task(task));
  for (const WorldPlan::Stuck& each : plan.stuck)
    stuck.items.push_back(Value::mapping()
                              .set("workload", text(state.spec(each.workload).name))
                              .set("project", text(state.spec(each.workload).project))
                              .set("reason", told(each.reason)));
  return Value::mapping()
      .set("base", text(plan.base))
      .set("summary", Value::mapping()
                          .set("add", number_value(counts[0]))
                          .set("change", number_value(counts[1]))
                          .set("remove", number_value(counts[2])))
      .set("changes", std::move(changes))
      .set("consequences", Value::mapping()
                               .set("evicted", std::move(evicted))
                               .set("withdrawn", std::move(withdrawn))
                               .set("stuck", std::move(stuck)));
}

}  // namespace sillar
