#include "engine/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "engine/candidates.h"
#include "engine/fact_text.h"
#include "engine/places.h"
#include "schedule/fairness.h"
#include "schedule/service_order.h"

namespace sillar {
namespace {

using schedule::Phase;

Value text(std::string_view s) {
  return Value::text(s);
}

std::string resource_name(const State& state, std::size_t r) {
  if (r == kCpu) return "cpu";
  if (r == kMemory) return "memory";
  return state.world->options.rules == Rules::kKai
             ? "accelerators"
             : state.world->fleet.classes[r - kFirstClass].name;
}

Value amount_value(std::int64_t amount) {
  return amount == kUnlimited ? text("unlimited") : number_value(amount);
}

// Amounts in the model's own units: thousandths of a core or a device, bytes.
Value project_rows(const State& state, const schedule::Fairness& fairness, ProjectId leaf) {
  Value rows = Value::sequence();
  const schedule::ProjectCounters& counters = state.board.counters();
  for (ProjectId p = leaf; p.valid(); p = state.world->projects[p.index()].parent) {
    for (std::size_t r = 0; r < state.board.resources(); ++r) {
      const std::size_t at = state.board.at(p, r);
      if (r < kFirstClass && counters.requested[at] == 0) continue;
      rows.items.push_back(Value::mapping()
                               .set("project", text(state.world->projects[p.index()].name))
                               .set("resource", text(resource_name(state, r)))
                               .set("allocated", number_value(counters.allocated[at]))
                               .set("requested", number_value(counters.requested[at]))
                               .set("fair_share", number_value(fairness.fair(p, r)))
                               .set("deserved", amount_value(state.board.quota(p, r).deserved))
                               .set("limit", amount_value(state.board.quota(p, r).limit)));
    }
  }
  return rows;
}

std::string_view step_name(schedule::OrderStep step) {
  switch (step) {
    case schedule::OrderStep::kSame:
      return "same";
    case schedule::OrderStep::kFairShare:
      return "not-over-fair-share";
    case schedule::OrderStep::kStarved:
      return "below-deserved";
    case schedule::OrderStep::kPriority:
      return "priority";
    case schedule::OrderStep::kZeroShare:
      return "no-use-of-a-zero-share";
    case schedule::OrderStep::kShareWithJob:
      return "dominant-share-with-the-job";
    case schedule::OrderStep::kShareWithout:
      return "dominant-share";
    case schedule::OrderStep::kAllocatable:
      return "allocatable-share";
    case schedule::OrderStep::kAge:
      return "age";
  }
  return "same";
}

// Pending jobs of its own leaf that go first, and siblings of its project that stand before it,
// with the rule that says so.
Value in_front(const State& state, const schedule::Fairness& fairness, WorkloadId id,
               const MaySay& may_say) {
  const schedule::Job& job = state.board.job(id);
  const schedule::PendingKey mine = state.board.pending_key(id);
  constexpr std::size_t kNamed = 5;
  std::int64_t ahead = 0;
  std::vector<schedule::PendingKey> first;
  const schedule::PendingJobs& own_leaf = state.board.pending(job.project);
  for (std::size_t g = 0; g < own_leaf.heads().size(); ++g) {
    std::size_t named = 0;
    for (const schedule::PendingKey& key : own_leaf.keys(g)) {
      if (!(key < mine)) break;
      ++ahead;
      if (named++ < kNamed) first.push_back(key);
    }
  }
  std::sort(first.begin(), first.end());
  if (first.size() > kNamed) first.resize(kNamed);
  Value names = Value::sequence();
  for (const schedule::PendingKey& other : first)
    names.items.push_back(text(state.spec(other.job).name));
  Value siblings = Value::sequence();
  const schedule::Amounts asks = schedule::next_ask(state.board, job);
  const schedule::OrderKey own = fairness.standing(job.project, asks);
  const ProjectId parent = state.world->projects[job.project.index()].parent;
  for (const ProjectId sibling :
       parent.valid() ? state.board.children(parent) : state.board.roots()) {
    if (sibling == job.project || state.board.pending(sibling).empty()) continue;
    if (may_say && !may_say("project", state.world->projects[sibling.index()].name)) continue;
    const auto heads = state.board.pending(sibling).heads();
    const WorkloadId best =
        std::min_element(heads.begin(), heads.end(), [](const auto& a, const auto& b) {
          return a.first < b.first;
        })->first.job;
    const schedule::OrderKey key =
        fairness.standing(sibling, schedule::next_ask(state.board, state.board.job(best)));
    const schedule::Precedence precedence = schedule::compare(key, own);
    if (precedence.order < 0 && siblings.items.size() < 10)
      siblings.items.push_back(
          Value::mapping()
              .set("project", text(state.world->projects[sibling.index()].name))
              .set("rule", text(step_name(precedence.step))));
  }
  return Value::mapping()
      .set("workloads_in_its_project", number_value(ahead))
      .set("first_of_them", std::move(names))
      .set("projects", std::move(siblings));
}

std::string_view phase_name(Phase phase) {
  switch (phase) {
    case Phase::kPending:
    case Phase::kParked:
      return "Pending";
    case Phase::kReserved:
      return "Promised";
    case Phase::kRunning:
      return "Running";
    case Phase::kStopping:
      return "Stopping";
    case Phase::kFinished:
      return "Finished";
  }
  return "Pending";
}

Value task_rows(const State& state, WorkloadId id) {
  Value rows = Value::sequence();
  const schedule::Job& job = state.board.job(id);
  for (std::int32_t i = 0; i < job.tasks; ++i) {
    const TaskId t{job.first_task + static_cast<std::uint32_t>(i)};
    const schedule::Task& task = state.board.task(t);
    Value row = Value::mapping()
                    .set("task", text(state.task_name(t)))
                    .set("state", text(phase_name(task.phase)));
    if (task.phase != Phase::kPending && task.phase != Phase::kFinished)
      row.set("place", place_value(state, task.shape, task.place));
    rows.items.push_back(std::move(row));
  }
  return rows;
}

// The near word, by the same rule as everywhere. Bounded: a fleet has more workloads than a person
// can mistype.
std::string near_name(const State& state, const std::string& name) {
  std::vector<std::string> known;
  for (const auto& [other, id] : state.workload_ids) {
    if (known.size() == 10'000) break;
    known.push_back(other);
  }
  return did_you_mean(name, known);
}

// The fork after one full cycle with every reason told anew.
Result<State> decided_fork(const State& state, Scratch& scratch, std::vector<Fact>& facts) {
  State fork = state;
  SILLAR_TRY(decided, decide_explained(fork, scratch, state.now));
  for (const Fact& fact : decided) apply(fork, fact);
  facts = std::move(decided);
  return fork;
}

// What the next cycle does to the workload, and to others for it.
Value next_facts(const State& state, const State& fork, WorkloadId id,
                 const std::vector<Fact>& facts, const MaySay& may_say) {
  const auto job_of = [&](TaskId task) { return state.board.task(task).job; };
  Value next = Value::sequence();
  for (const Fact& fact : facts) {
    const bool about = std::visit(
        [&](const auto& body) {
          using Body = std::decay_t<decltype(body)>;
          if constexpr (std::is_same_v<Body, TaskEvicted>)
            return job_of(body.task) == id ||
                   (body.beneficiary == id &&
                    (!may_say || may_say("task", state.task_name(body.task))));
          else if constexpr (requires { body.task; })
            return job_of(body.task) == id;
          else
            return false;
        },
        fact.body);
    if (about) next.items.push_back(fact_value(fork, fact, may_say));
  }
  return next;
}

}  // namespace

Result<Value> explain_workload(const State& state, const std::string& name, const MaySay& may_say) {
  const auto found = state.workload_ids.find(name);
  if (found == state.workload_ids.end()) {
    const std::string near = near_name(state, name);
    return fail(ErrorCode::kNotFound,
                fmt::format("there is no workload '{}'{}", name,
                            near.empty() ? "" : fmt::format("; did you mean '{}'?", near)));
  }
  const WorkloadId id = found->second;
  const WorkloadRecord& record = state.workloads[id.index()];
  Scratch scratch;
  std::vector<Fact> facts;
  SILLAR_TRY(fork, decided_fork(state, scratch, facts));
  schedule::Fairness fairness(state.board);
  fairness.divide(cycle_options(state, true), state.memory.remainder_carry,
                  usage_at(state, state.now));

  Value out = Value::mapping()
                  .set("workload", text(name))
                  .set("project", text(record.spec->project))
                  .set("at", text(format_time(state.now)))
                  .set("tasks", task_rows(state, id));
  const auto& now_reason = fork.workloads[id.index()].reason;
  out.set("reason", record.reason || now_reason
                        ? reason_value(withhold(now_reason ? *now_reason : *record.reason, may_say))
                        : Value{});
  out.set("next_cycle", next_facts(state, fork, id, facts, may_say));
  if (state.board.job(id).pending > 0) out.set("in_front", in_front(state, fairness, id, may_say));
  out.set("nodes", node_verdicts(state, id));
  out.set("projects", project_rows(state, fairness, state.board.job(id).project));
  out.set("evictions", number_value(record.evictions));
  return out;
}

Result<Value> plan_workloads(const State& state, const std::vector<Workload>& workloads) {
  State fork = state;
  Scratch scratch;
  std::vector<WorkloadId> ids;
  for (const Workload& workload : workloads) {
    SILLAR_TRY(facts, step(fork, scratch,
                           {state.now, Submit{std::make_shared<const Workload>(workload)}}));
    if (const auto* refused = std::get_if<Refused>(&facts.front().body))
      return invalid(
          fmt::format("{}: {}", workload.name, reason_text(refused->reason, Language::kEnglish)));
    ids.push_back(fork.workload_ids.find(workload.name)->second);
  }
  SILLAR_TRY(facts, decide_explained(fork, scratch, state.now));
  for (const Fact& fact : facts) apply(fork, fact);
  Value plans = Value::sequence();
  for (const WorkloadId id : ids) {
    Value plan = Value::mapping()
                     .set("workload", text(fork.spec(id).name))
                     .set("tasks", task_rows(fork, id));
    const auto& reason = fork.workloads[id.index()].reason;
    plan.set("reason", reason ? reason_value(*reason) : Value{});
    Value victims = Value::sequence();
    for (const Fact& fact : facts) {
      const auto* evicted = std::get_if<TaskEvicted>(&fact.body);
      if (evicted != nullptr && evicted->beneficiary == id)
        victims.items.push_back(Value::mapping()
                                    .set("task", text(fork.task_name(evicted->task)))
                                    .set("cost", lost_value(fork, evicted->lost)));
    }
    plan.set("victims", std::move(victims));
    plan.set("candidates", candidates_value(fork, id));
    plan.set("nodes", node_verdicts(fork, id));
    plans.items.push_back(std::move(plan));
  }
  return Value::mapping().set("at", text(format_time(state.now))).set("plans", std::move(plans));
}

}  // namespace sillar
