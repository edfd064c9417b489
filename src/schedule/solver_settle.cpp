// The second half of a taking: the job takes its place, needless victims are given back or moved,
// the whole set is judged.

#include <algorithm>
#include <tuple>

#include "schedule/solver.h"

namespace sillar::schedule {
namespace {

ReasonCode eviction_code(Taking how) {
  switch (how) {
    case Taking::kReclaim:
      return ReasonCode::kReclaimed;
    case Taking::kPreempt:
      return ReasonCode::kPreempted;
    case Taking::kConsolidate:
      return ReasonCode::kMoved;
    case Taking::kFiller:
      return ReasonCode::kHoldDue;
  }
  return ReasonCode::kNone;
}

}  // namespace

std::optional<Reason> Solver::settle(Attempt& attempt) {
  attempt.placed.clear();
  std::uint32_t from = attempt.job->first_task;
  for (std::int32_t i = 0; i < attempt.count; ++i) {
    const TaskId task = c_.board.next_pending(attempt.id, from);
    attempt.placed.push_back(task);
    from = task.value + 1;
  }
  GangAsk ask{attempt.id, attempt.shape, attempt.count, Room::kFuture, c_.input.now, {}};
  const bool one_class = attempt.only == c_.fairness.only_class(attempt.shape);
  if (attempt.domain != nullptr || attempt.restricted || !one_class)
    ask.allowed = [&](NodeId node) { return allowed(attempt, node); };
  const GangOutcome outcome = place_gang(c_.board, c_.index, ask);
  if (!outcome.placed) return outcome.reason;
  give_back_needless(attempt);
  if (attempt.how == Taking::kConsolidate) {
    if (!worth_moving(attempt) || !move_victims(attempt)) return refusal(attempt);
  } else if (c_.input.options->consolidating_reclaim && !attempt.limit) {
    // Whoever made room under a limit would not leave it by moving.
    (void)move_victims(attempt);
  }
  std::vector<ProjectId> losers;
  std::vector<TaskId> tasks;
  for (const Taken& taken : attempt.taken) {
    lost_tasks(taken, tasks);
    if (!tasks.empty()) losers.push_back(c_.board.job(taken.unit->job).project);
  }
  if (attempt.how == Taking::kReclaim && !c_.fairness.order_holds(*attempt.job, losers))
    return refusal(attempt);
  emit(attempt);
  return std::nullopt;
}

// What was taken, whole jobs before the extras of elastic ones, which need them; each dearest
// first.
std::vector<const Solver::Taken*> Solver::dearest_first(const Attempt& attempt) {
  std::vector<const Taken*> order;
  for (const Taken& taken : attempt.taken) order.push_back(&taken);
  std::sort(order.begin(), order.end(), [](const Taken* a, const Taken* b) {
    const Unit& x = *a->unit;
    const Unit& y = *b->unit;
    if (x.task.valid() != y.task.valid()) return y.task.valid();
    if (x.cost.money_nanos != y.cost.money_nanos) return x.cost.money_nanos > y.cost.money_nanos;
    if (x.cost.lost_device_ns != y.cost.lost_device_ns)
      return x.cost.lost_device_ns > y.cost.lost_device_ns;
    return std::tie(x.job, x.task) < std::tie(y.job, y.task);
  });
  return order;
}

// A victim whose old place is still free once the job has its own need not have gone.
void Solver::give_back_needless(Attempt& attempt) {
  for (const Taken* taken : dearest_first(attempt)) {
    const std::size_t mark = c_.board.mark();
    bool back = true;
    for (const TaskId task : taken->tasks) {
      back = back && c_.board.can_unevict(task);
      if (back) c_.board.unevict(task);
    }
    back = back && whole_or_gone(taken->unit->job) &&
           (!attempt.limit || c_.fairness.within_limits(*attempt.job, attempt.more));
    if (!back) c_.board.rollback(mark);
  }
}

bool Solver::worth_moving(const Attempt& attempt) const {
  std::int64_t moved = 0;
  __int128 lost = 0;
  std::vector<TaskId> tasks;
  for (const Taken& taken : attempt.taken) {
    lost_tasks(taken, tasks);
    moved += static_cast<std::int64_t>(tasks.size());
    if (!tasks.empty()) lost += taken.unit->cost.lost_device_ns;
  }
  const std::int32_t most = c_.input.options->consolidation_victims_max;
  if (most >= 0 && moved > most) return false;
  if (c_.board.rules() == Rules::kKai) return true;
  // Device time unlocked against device time thrown away. A run time that nobody stated counts as
  // one hour.
  const Duration runs = attempt.job->estimate.ns > 0 ? attempt.job->estimate : Duration::hours(1);
  const std::size_t r = c_.fairness.binding_resource(attempt.more);
  return r < kFirstClass || lost < static_cast<__int128>(attempt.more[r]) * runs.ns;
}

// Work that takes any class may find room on one that its project's limit closes.
bool Solver::stays_within_limits(const std::vector<TaskId>& tasks) const {
  return std::all_of(tasks.begin(), tasks.end(), [&](TaskId id) {
    const Task& task = c_.board.task(id);
    const ClassId on = c_.board.node(task.promise.node).accelerator_class;
    return c_.fairness.within_limits(c_.board.job(task.job),
                                     c_.fairness.amounts(task.promise_shape, on, 1));
  });
}

// Promises evicted units new places, whole units only. Returns whether every one found a place.
bool Solver::move_victims(Attempt& attempt) {
  bool all = true;
  std::vector<TaskId> tasks;
  for (const Taken* taken : dearest_first(attempt)) {
    lost_tasks(*taken, tasks);
    if (tasks.empty()) continue;
    const std::size_t mark = c_.board.mark();
    bool moved = c_.board.job(taken->unit->job).topology < 0;
    for (const TaskId task : tasks) {
      Placement place;
      moved = moved && c_.index.best(c_.board, c_.board.task(task).shape, Room::kFuture, place);
      if (!moved) break;
      c_.board.reserve_move(task, c_.board.task(task).shape, place);
    }
    moved = moved && whole_or_gone(taken->unit->job) && stays_within_limits(tasks);
    if (!moved) c_.board.rollback(mark);
    all = all && moved;
  }
  return all;
}

// Evictions first, then what takes the room, then the victims that move: each step finds the room
// that it needs.
void Solver::emit(const Attempt& attempt) {
  const std::string& project = c_.board.projects()[attempt.job->project.index()].name;
  std::vector<TaskId> moving;
  for (const Taken& taken : attempt.taken) {
    for (const TaskId id : taken.tasks) {
      const Task& task = c_.board.task(id);
      if (task.phase != Phase::kStopping) continue;
      if (task.promise_shape.valid()) moving.push_back(id);
      Decision decision;
      decision.step = Step::kEvict;
      decision.task = id;
      decision.beneficiary = attempt.id;
      decision.cost = task_cost(c_.board, id, c_.input.now, c_.input.device_price);
      if (attempt.how == Taking::kConsolidate)
        decision.reason = {ReasonCode::kMoved, {{"node", std::int64_t{task.promise.node.value}}}};
      else
        decision.reason = {eviction_code(attempt.how),
                           {{"project", project}, {"workload", std::int64_t{attempt.id.value}}}};
      c_.plan.decisions.push_back(std::move(decision));
    }
  }
  const auto placed = [&](Step step, TaskId id, ShapeId shape, const Placement& place) {
    Decision decision;
    decision.step = step;
    decision.task = id;
    decision.shape = shape;
    decision.place = place;
    decision.beneficiary = attempt.id;
    c_.plan.decisions.push_back(std::move(decision));
  };
  for (const TaskId id : attempt.placed)
    placed(Step::kReserve, id, c_.board.task(id).shape, c_.board.task(id).place);
  for (const TaskId id : moving)
    placed(Step::kMove, id, c_.board.task(id).promise_shape, c_.board.task(id).promise);
}

// Empty where there is nothing to say beyond what placement said: nothing was found.
Reason Solver::refusal(const Attempt& attempt) {
  if (attempt.protected_until)
    return {ReasonCode::kMinRuntime, {{"until", format_time(*attempt.protected_until)}}};
  return attempt.in_pieces.value_or(Reason{});
}

}  // namespace sillar::schedule
