#include <algorithm>

#include "base/check.h"
#include "engine/budgets.h"
#include "engine/due.h"
#include "engine/engine.h"
#include "engine/fitness.h"
#include "engine/places.h"
#include "engine/reconfigure.h"
#include "engine/workload_phase.h"
#include "schedule/fairness.h"
#include "schedule/run_time.h"

namespace sillar {
namespace {

using schedule::Phase;

class Applier {
 public:
  Applier(State& state, Time at) : s_(state), at_(at) {}

  void operator()(const Configured& fact) {
    const World& world = *fact.world;
    const std::uint64_t facts = s_.facts;
    s_ = State{};
    s_.facts = facts;
    s_.world = fact.world;
    s_.board.set_fleet(world.fleet, world.options.rules);
    s_.board.set_projects(world.projects);
    name_everything(s_);
    s_.remainders_carried = at_;
    s_.memory.ranks.rebuild(at_, {});
    measure_usage(s_, at_);
    if (world.prices.empty()) return;
    s_.prices = world.prices;
    open_books(s_, at_);
    for (std::size_t n = 0; n < world.prices.size(); ++n) {
      const Node& node = world.fleet.nodes[n];
      CHECK(
          s_.meter->set_rate(NodeId{n}, node_rate(s_, NodeId{n}, world.prices[n]), at_).has_value(),
          "decide accepted these prices");
      if (node.retired) s_.meter->remove_rate(NodeId{n}, at_);
      s_.device_price.push_back(device_price(node, world.prices[n]));
    }
  }

  void operator()(const Submitted& fact) {
    const ProjectId project = s_.project_ids.find(fact.workload->project)->second;
    const WorkloadId id =
        s_.board.add_job(project, *fact.workload, location_verdicts(s_, project, *fact.workload));
    WorkloadRecord record;
    record.spec = fact.workload;
    record.idle_since = fact.workload->submitted;
    s_.workloads.push_back(std::move(record));
    s_.tasks.resize(s_.board.task_count());
    s_.dependents.emplace_back();
    for (const Dependency& dependency : fact.workload->after)
      s_.dependents[s_.workload_ids.find(dependency.workload)->second.index()].push_back(id);
    s_.workload_ids[fact.workload->name] = id;
    arrives(id);
    schedule::note_arrived(s_.memory.ranks, s_.board, id);
  }

  void operator()(const Refused&) {}

  void operator()(const TaskStarted& fact) {
    s_.board.start(fact.task, shape_of(s_, fact.task, fact.place), placement_of(fact.place),
                   fact.started);
    if (fact.checkpointed != fact.started) s_.board.set_checkpointed(fact.task, fact.checkpointed);
    began(fact.task);
  }

  void operator()(const TaskPromised& fact) {
    s_.board.reserve(fact.task, shape_of(s_, fact.task, fact.place), placement_of(fact.place));
  }

  void operator()(const PromiseKept& fact) {
    s_.board.fulfil(fact.task, at_);
    began(fact.task);
  }

  void operator()(const PromiseWithdrawn& fact) {
    if (s_.board.task(fact.task).phase == Phase::kStopping)
      s_.board.cancel_move(fact.task);
    else
      s_.board.unreserve(fact.task);
  }

  void operator()(const TaskEvicted& fact) {
    s_.board.evict(fact.task);
    // It is not to go on: what is reserved is for stopping.
    if (const BudgetReservation* reserved = reserved_for(fact.task))
      s_.budgets->extend(fact.task, reserved->draw.until, reserved->draw.until);
    WorkloadRecord& record = record_of(fact.task);
    ++record.evictions;
    record.lost_device_ns += fact.lost.device_ns;
    no_longer_runs(fact.task);
    if (const auto ends = end_of(fact.reason.code)) {
      will_end(fact.task, *ends);
      if (!record.end_reason && *ends != TaskOutcome::kCancelled)
        record.end_reason = std::make_shared<const Reason>(fact.reason);
    }
    s_.board.note_gang(s_.board.task(fact.task).job, at_);
    note_due(fact.task);
    note_work(s_, s_.board.task(fact.task).place.node);
  }

  void operator()(const TaskMoves& fact) {
    s_.board.reserve_move(fact.task, shape_of(s_, fact.task, fact.place), placement_of(fact.place));
  }

  void operator()(const TaskStopped& fact) {
    ended(fact.task);
    s_.board.stopped(fact.task);
    const WorkloadId id = s_.board.task(fact.task).job;
    s_.board.note_gang(id, at_);
    if (!s_.workloads[id.index()].reason) s_.board.set_waiting(id, ReasonCode::kNone);
  }

  void operator()(const WorkloadCancelled& fact) {
    WorkloadRecord& record = s_.workloads[fact.workload.index()];
    record.cancelled = true;
    if (!record.end_reason) record.end_reason = std::make_shared<const Reason>(fact.reason);
    note_money_waiter(s_, fact.workload);
  }

  void operator()(const TaskFinished& fact) {
    const Phase phase = s_.board.task(fact.task).phase;
    const NodeId node = s_.board.task(fact.task).place.node;
    const bool held = phase == Phase::kRunning || phase == Phase::kStopping;
    if (held) ended(fact.task);
    if (held && fact.outcome == TaskOutcome::kSucceeded) note_success(s_, fact.task);
    if (phase == Phase::kRunning) no_longer_runs(fact.task);
    s_.board.finish(fact.task);
    if (held) note_work(s_, node);
    note_outcome(fact);
    note_due(fact.task);
    const WorkloadId id = s_.board.task(fact.task).job;
    if (s_.board.job(id).left() > 0)
      s_.board.note_gang(id, at_);
    else
      note_over(id);
  }

  void operator()(const TaskCheckpointed& fact) { s_.board.set_checkpointed(fact.task, at_); }

  void operator()(const WorkloadWaits& fact) {
    if (!s_.workloads[fact.workload.index()].holds.empty()) return;
    s_.workloads[fact.workload.index()].reason = fact.reason;
    s_.board.set_waiting(fact.workload, fact.reason->code);
  }

  void operator()(const HealthChanged& fact) { apply_fitness(s_, fact, at_); }

  void operator()(const PriceChanged& fact) {
    const Node& node = s_.world->fleet.nodes[fact.node.index()];
    CHECK(s_.meter.has_value(), "decide refuses prices where there are none");
    CHECK(s_.meter->set_rate(fact.node, node_rate(s_, fact.node, fact.price), at_).has_value(),
          "decide accepted this price");
    s_.prices[fact.node.index()] = fact.price;
    ++s_.price_changes;
    reprice(fact.node);
    s_.device_price[fact.node.index()] = device_price(node, fact.price);
  }

  void operator()(const NodesHeld& fact) {
    s_.memory.holds.clear();
    for (const NodesHeld::Hold& hold : fact.holds)
      s_.memory.holds.push_back({hold.workload, hold.made, hold.from, hold.nodes});
  }

  void operator()(const RemaindersCarried& fact) {
    s_.memory.remainder_carry.assign(s_.world->projects.size() * s_.board.resources(), 0);
    for (const auto& [at, owed] : fact.owed) s_.memory.remainder_carry[at] = owed;
    s_.remainders_carried = at_;
  }

  void operator()(const RotationMoved& fact) {
    schedule::RotationState& rotation = s_.memory.rotation;
    rotation.due = fact.due;
    rotation.events = fact.events;
    const auto of = [&](WorkloadId id) {
      return std::lower_bound(
          rotation.leases.begin(), rotation.leases.end(), id,
          [](const schedule::Lease& lease, WorkloadId job) { return lease.job < job; });
    };
    for (const WorkloadId id : fact.ended) rotation.leases.erase(of(id));
    for (const RotationMoved::Lease& lease : fact.leases) {
      const schedule::Lease now{lease.workload, lease.granted, lease.attained, lease.waited};
      const auto at = of(lease.workload);
      if (at != rotation.leases.end() && at->job == lease.workload)
        *at = now;
      else
        rotation.leases.insert(at, now);
    }
  }

  void operator()(const RanksRebuilt&) { schedule::rebuild_ranks(s_.memory.ranks, s_.board, at_); }

  void operator()(const CycleEnded&) {
    for (const WorkloadId id : s_.arrived) s_.workloads[id.index()].arrived = false;
    s_.arrived.clear();
  }

  void operator()(const WorkloadHeld& fact) {
    std::vector<WorkloadHold>& holds = s_.workloads[fact.workload.index()].holds;
    const auto at = hold_of(holds, fact.cause);
    WorkloadHold hold{fact.cause, std::make_shared<const Reason>(fact.reason), fact.until};
    if (at != holds.end() && at->cause == fact.cause)
      *at = std::move(hold);
    else
      holds.insert(at, std::move(hold));
    s_.board.set_held(fact.workload, true);
    tell_reason(fact.workload);
    if (fact.cause == HoldCause::kBudget) note_money_waiter(s_, fact.workload);
    note_workload_due(fact.workload);
  }

  void operator()(const WorkloadReleased& fact) {
    std::vector<WorkloadHold>& holds = s_.workloads[fact.workload.index()].holds;
    const auto at = hold_of(holds, fact.cause);
    if (at != holds.end() && at->cause == fact.cause) holds.erase(at);
    if (fact.cause == HoldCause::kBudget) note_money_waiter(s_, fact.workload);
    tell_reason(fact.workload);
    note_workload_due(fact.workload);
    if (!holds.empty()) return;
    s_.board.set_held(fact.workload, false);
    // Cycles look at it as at something new.
    tell_reason(fact.workload);
    arrives(fact.workload);
    s_.memory.rotation.due = Time::never();
  }

  void operator()(const HoursClosed& fact) {
    s_.hours_closed = fact.until;
    s_.meter->close_hours(fact.until);
    std::vector<LedgerLine> lines = s_.meter->take_lines();
    if (s_.world->options.ledger_lines) s_.lines.insert(s_.lines.end(), lines.begin(), lines.end());
    // What thresholds the hours reached, decide has told.
    std::vector<BudgetEvent> told;
    if (s_.budgets) s_.budgets->close_hours(fact.until, std::move(lines), told);
  }

  void operator()(const BudgetReserved& fact) {
    const ProjectId project = s_.board.job(fact.workload).project;
    for (const BudgetReserved::Part& part : fact.parts) {
      if (s_.budgets->find(part.task) != nullptr)
        s_.budgets->extend(part.task, fact.until, fact.due);
      else
        s_.budgets->reserve(part.task, project, {part.nanos_per_hour, at_, fact.until}, fact.due);
    }
  }

  void operator()(const BudgetThreshold& fact) {
    const Budget& budget = s_.world->projects[fact.project.index()].budgets[fact.budget];
    s_.budgets->note({{fact.project, fact.budget},
                      budget_window(budget.period, budget.starts, fact.period_start),
                      fact.percent,
                      fact.measure,
                      fact.nanos,
                      fact.limit_nanos});
  }

  void operator()(const TaskConfirmed& fact) {
    s_.tasks[fact.task.index()].confirmed = true;
    ++record_of(fact.task).confirmed_tasks;
  }

  void operator()(const TaskRetries& fact) {
    ended(fact.task);
    no_longer_runs(fact.task);
    const NodeId node = s_.board.task(fact.task).place.node;
    s_.board.evict(fact.task);
    s_.board.stopped(fact.task);
    note_work(s_, node);
    TaskRecord& task = s_.tasks[fact.task.index()];
    task.exit_code = fact.exit_code;
    task.signal = fact.signal;
    const WorkloadId id = s_.board.task(fact.task).job;
    WorkloadRecord& record = s_.workloads[id.index()];
    if (fact.whole) {
      ++record.retries;
    } else {
      ++task.failures;
      task.retry_at = fact.until;
      s_.board.park(fact.task);
    }
    s_.board.note_gang(id, at_);
    if (!record.reason) s_.board.set_waiting(id, ReasonCode::kNone);
    note_due(fact.task);
  }

  void operator()(const BackoffEnded& fact) {
    s_.tasks[fact.task.index()].retry_at = Time::never();
    s_.board.unpark(fact.task);
    const WorkloadId id = s_.board.task(fact.task).job;
    s_.board.note_gang(id, at_);
    tell_reason(id);
    arrives(id);
    s_.memory.rotation.due = Time::never();
    note_due(fact.task);
  }

  void operator()(const TaskToEnd& fact) { will_end(fact.task, fact.outcome); }

  void operator()(const IdleBegan& fact) {
    s_.tasks[fact.task.index()].idle_since = at_;
    note_due(fact.task);
  }

  void operator()(const IdleEnded& fact) {
    TaskRecord& task = s_.tasks[fact.task.index()];
    task.idle_since = Time::never();
    task.idle_warned = Time::never();
    record_of(fact.task).idle_warned = Time::never();
    note_due(fact.task);
  }

  void operator()(const IdleWarned& fact) {
    if (fact.task.valid()) {
      s_.tasks[fact.task.index()].idle_warned = at_;
      note_due(fact.task);
    } else {
      s_.workloads[fact.workload.index()].idle_warned = at_;
      note_workload_due(fact.workload);
    }
  }
  void operator()(const WorldChanged& fact) { reconfigure(s_, fact.world, at_); }

  void operator()(const NodeDrained& fact) { apply_fitness(s_, fact, at_); }
  void operator()(const FaultNoted& fact) { apply_fitness(s_, fact, at_); }
  void operator()(const QuarantineBegan& fact) { apply_fitness(s_, fact, at_); }
  void operator()(const ProbationBegan& fact) { apply_fitness(s_, fact, at_); }
  void operator()(const QuarantineEnded& fact) { apply_fitness(s_, fact, at_); }

 private:
  // What runs there costs something else from now on.
  void reprice(NodeId node) {
    for (const TaskId t : s_.board.tasks_on(node))
      if (reserved_for(t) != nullptr)
        s_.budgets->reprice(t, hourly_nanos(s_, s_.board.task(t).shape, node), at_);
  }

  WorkloadRecord& record_of(TaskId task) { return s_.workloads[s_.board.task(task).job.index()]; }

  void began(TaskId id) {
    const schedule::Task& task = s_.board.task(id);
    const schedule::Job& job = s_.board.job(task.job);
    WorkloadRecord& record = record_of(id);
    if (record.first_started == Time::never()) record.first_started = at_;
    if (record.idle_since != Time::never()) {
      record.queued = record.queued + (at_ - record.idle_since);
      record.idle_since = Time::never();
    }
    TaskRecord& run = s_.tasks[id.index()];
    ++run.attempt;
    note_work(s_, task.place.node);
    record.idle_warned = Time::never();
    if (job.pending + job.reserved == 0 || (job.full() && job.waiting != ReasonCode::kArrayLimit))
      tell_reason(task.job);
    note_due(id);
    if (s_.meter) meter_task(s_, id, at_);
  }

  [[nodiscard]] const BudgetReservation* reserved_for(TaskId task) const {
    return s_.budgets ? s_.budgets->find(task) : nullptr;
  }

  // A task gives its devices back.
  void ended(TaskId id) {
    const schedule::Task& task = s_.board.task(id);
    const schedule::Job& job = s_.board.job(task.job);
    if (s_.meter) s_.meter->stop(id, at_);
    if (reserved_for(id) != nullptr) s_.budgets->settle(id, at_);
    if (job.running + job.stopping > 1) return;
    schedule::note_leaving(s_.memory.ranks, s_.board, id, at_);
    record_of(id).idle_since = at_;
  }

  // As what a task ends that is evicted for this reason; nothing: it comes back.
  static std::optional<TaskOutcome> end_of(ReasonCode code) {
    switch (code) {
      case ReasonCode::kCancelled:
      case ReasonCode::kDependencyFailed:
        return TaskOutcome::kCancelled;
      case ReasonCode::kTimeLimit:
        return TaskOutcome::kTimedOut;
      case ReasonCode::kIdle:
        return TaskOutcome::kIdle;
      case ReasonCode::kFailedTogether:
        return TaskOutcome::kFailed;
      default:
        return std::nullopt;
    }
  }

  void will_end(TaskId id, TaskOutcome outcome) {
    std::optional<TaskOutcome>& ends_as = s_.tasks[id.index()].ends_as;
    if (!ends_as) ++record_of(id).ending_tasks;
    ends_as = outcome;
  }

  void no_longer_runs(TaskId id) {
    TaskRecord& task = s_.tasks[id.index()];
    if (task.confirmed) --record_of(id).confirmed_tasks;
    task.confirmed = false;
    task.idle_since = Time::never();
    task.idle_warned = Time::never();
  }

  void note_outcome(const TaskFinished& fact) {
    TaskRecord& task = s_.tasks[fact.task.index()];
    WorkloadRecord& record = record_of(fact.task);
    if (task.ends_as) --record.ending_tasks;
    task.ends_as.reset();
    task.retry_at = Time::never();
    task.outcome = fact.outcome;
    task.exit_code = fact.exit_code;
    task.signal = fact.signal;
    if (fact.outcome == TaskOutcome::kCancelled)
      ++record.cancelled_tasks;
    else if (fact.outcome != TaskOutcome::kSucceeded)
      ++record.failed_tasks;
    if (!record.end_reason && fact.reason.code != ReasonCode::kNone)
      record.end_reason = std::make_shared<const Reason>(fact.reason);
  }

  // What is over waits for nothing.
  void note_over(WorkloadId id) {
    WorkloadRecord& record = s_.workloads[id.index()];
    record.finished = at_;
    schedule::note_finished(s_.memory.ranks, s_.board, id);
    record.holds.clear();
    note_money_waiter(s_, id);
    s_.board.set_held(id, false);
    tell_reason(id);
    note_workload_due(id);
  }

  void note_due(TaskId id) {
    const WorkloadId job = s_.board.task(id).job;
    if (!has_dues(s_.spec(job))) return;
    s_.agenda.set(Agenda::Kind::kTask, id.value, task_due(s_, id));
    if (s_.spec(job).idle.limit.ns > 0) note_workload_due(job);
  }
  void note_workload_due(WorkloadId id) {
    s_.agenda.set(Agenda::Kind::kWorkload, id.value, workload_due(s_, id));
  }

  // Why it is held, if it is; otherwise the next cycle finds out what else is in its way.
  void tell_reason(WorkloadId id) {
    WorkloadRecord& record = s_.workloads[id.index()];
    record.reason = record.holds.empty() ? nullptr : record.holds.front().reason;
    s_.board.set_waiting(id, record.reason ? record.reason->code : ReasonCode::kNone);
  }

  void arrives(WorkloadId id) {
    WorkloadRecord& record = s_.workloads[id.index()];
    if (record.arrived) return;
    record.arrived = true;
    s_.arrived.push_back(id);
  }

  // Where the cause stands, or would.
  static std::vector<WorkloadHold>::iterator hold_of(std::vector<WorkloadHold>& holds,
                                                     HoldCause cause) {
    return std::ranges::lower_bound(holds, cause, {}, &WorkloadHold::cause);
  }

  State& s_;
  Time at_;
};

}  // namespace

namespace {

#ifndef NDEBUG
// Whose life the fact is about; invalid: nobody's.
WorkloadId subject_of(const State& state, const FactBody& body) {
  return std::visit(
      [&](const auto& fact) -> WorkloadId {
        if constexpr (requires { fact.workload.index(); })
          return fact.workload;
        else if constexpr (requires { fact.task.index(); })
          return state.board.task(fact.task).job;
        else
          return WorkloadId{};
      },
      body);
}
#endif

}  // namespace

void apply(State& state, const Fact& fact) {
#ifndef NDEBUG
  const WorkloadId subject = subject_of(state, fact.body);
  const bool known = subject.valid() && subject.index() < state.workloads.size();
  const WorkloadPhase before = known ? workload_phase(state, subject) : WorkloadPhase::kSubmitted;
#endif
  // What was held until now was held since the last fact.
  if (state.usage)
    state.usage->accrue(fact.at, state.board.counters().allocated, state.board.capacities());
  std::visit(Applier(state, fact.at), fact.body);
  state.now = fact.at;
  ++state.facts;
#ifndef NDEBUG
  if (known && !may_follow(before, workload_phase(state, subject)))
    BUG("a fact takes a workload from one state to another that does not follow it");
#endif
}

}  // namespace sillar
