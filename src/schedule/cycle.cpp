#include "schedule/cycle.h"

#include <algorithm>
#include <optional>
#include <set>
#include <type_traits>

#include "base/check.h"
#include "schedule/fairness.h"
#include "schedule/flat_order.h"
#include "schedule/gang.h"
#include "schedule/hold.h"
#include "schedule/no_room.h"
#include "schedule/rotation_due.h"
#include "schedule/service_order.h"
#include "schedule/solver.h"
#include "schedule/victims.h"
#include "schedule/waiting.h"

namespace sillar::schedule {

namespace {

class Cycle {
 public:
  Cycle(Board& board, PlacementIndex& index, const CycleInput& input)
      : board_(board),
        index_(index),
        input_(input),
        options_(*input.options),
        fairness_(board, input.division),
        pools_(board, input),
        waiting_(board, plan_),
        solver_({board_, index_, fairness_, pools_, input_, plan_}),
        failed_(board.request_count(), INT32_MAX),
        fits_(board.request_count()) {}

  Plan run() {
    const bool alone = !board_.in_transaction();
    if (alone) board_.begin();
    const std::size_t mark = board_.mark();
    keep_promises();
    fairness_.divide(options_, input_.memory->remainder_carry, input_.usage_millionths);
    plan_.remainder_carry = fairness_.shares().carry;
    take_what_is_due();
    for (const Action action : options_.actions) act(action);
    if (rotates(options_)) plan_rotation(board_, input_, ranker(), std::move(rotated_), plan_);
    explain_the_rest();
    board_.rollback(mark);
    if (alone) board_.end();
    return std::move(plan_);
  }

 private:
  void act(Action action) {
    switch (action) {
      case Action::kAllocate:
        return allocate();
      case Action::kConsolidate:
        return options_.consolidation_victims_max == 0 ? void() : take(Taking::kConsolidate);
      case Action::kReclaim:
        return take(Taking::kReclaim);
      case Action::kPreempt:
        return take(Taking::kPreempt);
      case Action::kRotate:
        return rotate_if_due();
      case Action::kStale:
        return evict_stale();
    }
  }

  // ---- Promises of earlier cycles.

  void keep_promises() {
    std::set<WorkloadId> jobs;
    for (const TaskId task : board_.reserved_tasks()) jobs.insert(board_.task(task).job);
    for (const WorkloadId job : jobs) keep_promise(job);
  }

  // A gang's promises are kept together. They are withdrawn when one of them is on a node that no
  // longer takes work, and when the rest of the gang has gone meanwhile.
  void keep_promise(WorkloadId id) {
    const Job& job = board_.job(id);
    std::vector<TaskId> tasks;
    std::int32_t others = 0;  // Tasks that run, or stop to run elsewhere.
    bool broken = false;
    for (std::int32_t i = 0; i < job.tasks; ++i) {
      const TaskId t{job.first_task + static_cast<std::uint32_t>(i)};
      const Task& task = board_.task(t);
      if (task.phase == Phase::kRunning || task.promise_shape.valid()) ++others;
      if (task.phase != Phase::kReserved) continue;
      tasks.push_back(t);
      broken = broken || !board_.still_usable(board_.shape(task.shape), task.place);
    }
    if (broken || others + std::ssize(tasks) < job.minimum()) {
      for (const TaskId t : tasks) {
        board_.unreserve(t);
        decide(Step::kUnreserve, t);
      }
      return;
    }
    const std::size_t mark = board_.mark();
    for (const TaskId t : tasks) {
      if (!board_.can_fulfil(t)) {
        board_.rollback(mark);
        return;
      }
      board_.fulfil(t, input_.now);
    }
    for (const TaskId t : tasks) decide(Step::kFulfil, t);
  }

  void decide(Step step, TaskId task) {
    Decision decision;
    decision.step = step;
    decision.task = task;
    decision.shape = board_.task(task).shape;
    decision.place = board_.task(task).place;
    plan_.decisions.push_back(std::move(decision));
    if (step == Step::kStart || step == Step::kFulfil) pools_.spare(task);
  }

  // ---- Allocate.

  void allocate() {
    const bool releasing = !board_.stopping_tasks().empty() || !board_.reserved_tasks().empty();
    if (options_.order != QueueOrder::kShares) {
      const auto fits = [&](RequestId request) { return might_fit(request); };
      return serve(FlatOrder(board_, ranker(), fits), releasing);
    }
    if (reserves() && input_.full)
      allocate_up_to_the_head(releasing);
    else if (reserves())
      keep_standing_holds();
    if (!anything_might_fit()) return;
    const auto wanted = [&](ProjectId, RequestId request, const PendingKey&) {
      return might_fit(request);
    };
    serve(ServiceOrder(board_, fairness_, wanted), releasing);
  }

  template <typename Order>
  void serve(Order order, bool releasing) {
    for (WorkloadId id = order.top(); id.valid(); id = order.top()) {
      ++plan_.counts.attempts;
      const bool placed = allocate_job(id, releasing);
      constexpr bool kFlat = std::is_same_v<Order, FlatOrder>;
      if (placed || !fails_alike(board_.job(id), kFlat))
        order.pop(placed);
      else if constexpr (kFlat)
        order.skip_alike();
      else if (anything_might_fit())
        order.skip_alike([this](RequestId request) { return !might_fit(request); });
      else
        return;
    }
  }

  Ranker& ranker() {
    if (!ranker_) ranker_.emplace(board_, options_, input_.memory->ranks, input_.now);
    return *ranker_;
  }

  // Whether all that the order takes to ask alike were found not to fit: those that ask for as many
  // tasks in the same way, or for any number.
  [[nodiscard]] bool fails_alike(const Job& job, bool by_count) const {
    const std::int32_t count = by_count ? job.next_step() : 1;
    return count >= failed_[job.request.index()] && (job.topology < 0 || !by_count);
  }

  // Whether one more task of any alternative fits anywhere: what fits nowhere is not worth
  // ordering. Asked for every leaf's every request, so it is remembered while the board stands
  // still.
  bool might_fit(RequestId id) {
    Fits& fits = fits_[id.index()];
    if (fits.seen != board_.changes()) {
      fits.seen = board_.changes();
      const std::vector<ShapeId>& alternatives = board_.request(id).alternatives;
      fits.any = std::any_of(alternatives.begin(), alternatives.end(), [&](ShapeId shape) {
        return index_.slots(board_, shape, Room::kNow) > 0 ||
               index_.slots(board_, shape, Room::kFuture) > 0;
      });
    }
    return fits.any;
  }

  // Of anything pending.
  bool anything_might_fit() {
    if (anything_.seen != board_.changes()) {
      anything_ = {board_.changes(), false};
      for (std::size_t r = 0; r < board_.request_count() && !anything_.any; ++r)
        anything_.any = board_.request(RequestId{r}).pending_jobs > 0 && might_fit(RequestId{r});
    }
    return anything_.any;
  }

  bool allocate_job(WorkloadId id, bool releasing) {
    const Job& job = board_.job(id);
    const std::int32_t count = job.next_step();
    if (job.pending < count) {
      wait(id, {ReasonCode::kWaitsForVictim, {{"victims", std::int64_t{job.stopping}}}});
      return false;
    }
    // Room only shrinks while this action runs: what did not fit will not fit for an equal or
    // larger ask.
    if (count >= failed_[job.request.index()]) {
      wait_like(id, job.request);
      return false;
    }
    if (count == 1 && knows_no_room(job) && !might_fit(job.request)) {
      failed_[job.request.index()] = 1;
      return false;
    }
    Reason first;
    bool by_room = true;
    for (const ShapeId shape : board_.request(job.request).alternatives) {
      const Amounts more = fairness_.amounts(shape, fairness_.only_class(shape), count);
      if (auto closed = fairness_.closed_gate(job, more)) {
        by_room = false;
        if (first.code == ReasonCode::kNone) first = std::move(*closed);
        continue;
      }
      GangAsk ask{id, shape, count, Room::kNow, input_.now, {}};
      limit_nodes(job, ask);
      keep_off_held(id, ask);
      keep_off_limits(id, ask);
      by_room = by_room && !ask.allowed;
      const std::vector<TaskId> tasks = first_pending(id, count);
      GangOutcome outcome = place_gang(board_, index_, ask);
      if (!outcome.placed && releasing) {
        ask.room = Room::kFuture;
        outcome = place_gang(board_, index_, ask);
      }
      if (outcome.placed) {
        note_placed(tasks, ask.room);
        if (ask.room == Room::kFuture) wait_for_promise(id);
        return true;
      }
      if (first.code == ReasonCode::kNone) first = std::move(outcome.reason);
    }
    if (const Hold* hold = hold_in_the_way(id, count); hold != nullptr)
      first = {ReasonCode::kBehindReservation,
               {{"holder", std::int64_t{hold->job.value}}, {"at", format_time(hold->from)}}};
    // A job without topology conditions fails for every job that asks alike.
    if (by_room && job.topology < 0) {
      failed_[job.request.index()] = count;
      failed_reason_[job.request] = waiting_.keep(first);
    }
    wait(id, std::move(first));
    return false;
  }

  // Those that place_gang places.
  [[nodiscard]] std::vector<TaskId> first_pending(WorkloadId id, std::int32_t count) const {
    std::vector<TaskId> tasks;
    tasks.reserve(static_cast<std::size_t>(count));
    TaskId task = board_.next_pending(id, 0);
    for (; std::ssize(tasks) < count; task = board_.next_pending(id, task.value + 1))
      tasks.push_back(task);
    return tasks;
  }

  void note_placed(const std::vector<TaskId>& tasks, Room room) {
    for (const TaskId task : tasks)
      decide(room == Room::kNow ? Step::kStart : Step::kReserve, task);
  }

  // Classes that a limit closes, for a shape that accepts several.
  void limit_nodes(const Job& job, GangAsk& ask) {
    const Shape& shape = board_.shape(ask.shape);
    if (!shape.needs_accelerator() || fairness_.only_class(ask.shape).valid()) return;
    bool limited = false;
    for (ProjectId p = job.project; p.valid(); p = board_.projects()[p.index()].parent) {
      for (std::size_t r = kFirstClass; r < board_.resources(); ++r)
        limited = limited || board_.quota(p, r).limit != kUnlimited ||
                  (!job.preemptible && board_.quota(p, r).deserved != kUnlimited);
    }
    if (!limited) return;
    ask.allowed = [this, &job, shape_id = ask.shape](NodeId node) {
      return !fairness_.closed_gate(
          job, fairness_.amounts(shape_id, board_.node(node).accelerator_class, 1));
    };
  }

  // ---- Reservation by time.

  [[nodiscard]] bool reserves() const {
    return options_.reservations && board_.rules() == Rules::kSillar;
  }

  void keep_off_held(WorkloadId id, GangAsk& ask) {
    if (plan_.holds.empty() || board_.job(id).preemptible) return;
    ask.allowed = [this, id, inner = std::move(ask.allowed)](NodeId node) {
      return (!inner || inner(node)) && may_use_held(board_, plan_.holds, id, node, input_.now);
    };
  }

  void keep_off_limits(WorkloadId id, GangAsk& ask) {
    const auto off = std::ranges::lower_bound(input_.off_limits, id, {}, &OffLimits::job);
    if (off == input_.off_limits.end() || off->job != id) return;
    ask.allowed = [&nodes = off->nodes, inner = std::move(ask.allowed)](NodeId node) {
      return !nodes[node.index()] && (!inner || inner(node));
    };
  }

  // The reservation without which the job would fit now.
  [[nodiscard]] const Hold* hold_in_the_way(WorkloadId id, std::int32_t count) {
    const std::vector<Hold>& holds = plan_.holds;
    const Job& job = board_.job(id);
    if (holds.empty() || job.preemptible || holds.front().job == id) return nullptr;
    const ShapeId shape = board_.request(job.request).alternatives.front();
    return index_.slots(board_, shape, Room::kNow) >= count ? &holds.front() : nullptr;
  }

  // A reservation whose time has come: what filled the nodes meanwhile goes.
  void take_what_is_due() {
    if (!reserves()) return;
    for (const Hold& hold : input_.memory->holds) {
      const bool due = hold.from <= input_.now && board_.job(hold.job).wants_more();
      if (due && !solver_.take_filler(hold)) wait_for_promise(hold.job);
    }
  }

  // Serves jobs in order up to the first that only lacks room: it gets the reservation, and
  // whatever comes after it in this very cycle keeps off its nodes.
  void allocate_up_to_the_head(bool releasing) {
    ServiceOrder order(board_, fairness_,
                       [](ProjectId, RequestId, const PendingKey&) { return true; });
    for (int tries = 0; tries < kHeadsTriedMax && order.top().valid();) {
      const WorkloadId id = order.top();
      const bool placed = allocate_job(id, releasing);
      if (!placed) {
        ++tries;
        if (hold_for(id)) return;
      }
      order.pop(placed);
    }
  }

  bool hold_for(WorkloadId id) {
    const Job& job = board_.job(id);
    const std::int32_t count = job.next_step();
    const ShapeId shape = board_.request(job.request).alternatives.front();
    if (job.pending < count ||
        fairness_.closed_gate(job, fairness_.amounts(shape, fairness_.only_class(shape), count)))
      return false;
    std::optional<Hold> hold = earliest_hold(board_, index_, id, count, input_.now);
    if (!hold) return false;
    for (const Hold& known : input_.memory->holds) {
      if (known.job == id) hold->made = known.made;
    }
    wait(id, {ReasonCode::kWaitsForReservation, {{"at", format_time(hold->from)}}});
    plan_.holds.push_back(std::move(*hold));
    return true;
  }

  void keep_standing_holds() {
    plan_.holds = input_.memory->holds;
    std::erase_if(plan_.holds,
                  [&](const Hold& hold) { return !board_.job(hold.job).wants_more(); });
  }

  // ---- Taking room.

  // The least ask of a kind that was refused, and the most important job that made it: what asks as
  // much and matters no more would be refused for the same reason.
  struct Refusal {
    std::int32_t count = INT32_MAX;
    std::int32_t priority = INT32_MIN;
    std::uint32_t reason =
        WaitingReasons::kNone;  // None: nothing was found, and nothing to be said about it.
  };

  using Refusals = std::map<std::pair<ProjectId, RequestId>, Refusal>;

  void take(Taking how) {
    Refusals refusals;
    ServiceOrder order =
        input_.aggressors.empty()
            ? ServiceOrder(board_, fairness_,
                           [&](ProjectId leaf, RequestId request, const PendingKey& first) {
                             return might_take(how, leaf, request, first);
                           })
            : ServiceOrder(board_, fairness_, input_.aggressors);
    for (WorkloadId id = order.top(); id.valid(); id = order.top()) {
      const bool taken = take_for(id, how, refusals);
      // What was refused for one task of one job is refused for those that matter no more.
      const Job& job = board_.job(id);
      const Refusal* const known =
          taken || !board_.request(job.request).single ? nullptr : refusal_of(job, how, refusals);
      if (known == nullptr) {
        order.pop(taken);
        continue;
      }
      order.visit_alike([&](WorkloadId other) { waiting_.tell(other, known->reason); });
      order.skip_alike([](RequestId) { return false; });
    }
  }

  // Whether room can be made by moving others does not depend on whose job it is for.
  static std::pair<ProjectId, RequestId> refusal_key(const Job& job, Taking how) {
    return {how == Taking::kConsolidate ? ProjectId{} : job.project, job.request};
  }

  // What covers the job's next step, if anything does.
  static const Refusal* refusal_of(const Job& job, Taking how, const Refusals& refusals) {
    const auto known = refusals.find(refusal_key(job, how));
    const bool covers = known != refusals.end() && job.next_step() >= known->second.count &&
                        job.priority <= known->second.priority;
    return covers ? &known->second : nullptr;
  }

  bool take_for(WorkloadId id, Taking how, Refusals& refusals) {
    const Job& job = board_.job(id);
    if (how == Taking::kConsolidate && !job.preemptible) return false;
    if (plan_.counts.search_steps >= options_.search_steps_max) {
      wait(id, {ReasonCode::kBudgetStep, {{"bound", std::string("search_steps_max")}}});
      return false;
    }
    if (const Refusal* const known = refusal_of(job, how, refusals); known != nullptr) {
      waiting_.tell(id, known->reason);
      return false;
    }
    ++plan_.counts.attempts;
    std::optional<Reason> refused = solver_.take_room(id, how);
    if (!refused) {
      wait_for_promise(id);
      return true;
    }
    // A closed gate is the project's own.
    const bool own = how == Taking::kConsolidate && (refused->code == ReasonCode::kOverLimit ||
                                                     refused->code == ReasonCode::kOverDeserved);
    const std::uint32_t reason = waiting_.keep(std::move(*refused));
    const std::int32_t count = job.next_step();
    Refusal& known = refusals[refusal_key(job, how)];
    if (!own && job.topology < 0 && count <= known.count && job.priority >= known.priority)
      known = {count, job.priority, reason};
    waiting_.tell(id, reason);
    return false;
  }

  // Cheap tests that leave out most of a backlog. They only leave out what would be refused anyway;
  // when every job is to be told its reason nothing is left out.
  bool might_take(Taking how, ProjectId leaf, RequestId request, const PendingKey& first) {
    if (options_.explain_all) return true;
    if (how == Taking::kPreempt) {
      const std::span<const Unit> units = pools_.units(leaf);
      return !units.empty() && units.front().priority < first.priority;
    }
    for (const ShapeId shape_id : board_.request(request).alternatives) {
      const Shape& shape = board_.shape(shape_id);
      if (!shape.needs_accelerator()) return true;
      for (std::size_t c = 0; c < shape.by_class.size(); ++c) {
        if (shape.by_class[c].thousandths == 0) continue;
        const std::size_t r = board_.resource_of(ClassId{c});
        const std::int64_t one = shape.charged(ClassId{c});
        const bool might = how == Taking::kConsolidate
                               ? fairness_.free_amount(r) >= one
                               : fairness_.fair(leaf, r) >=
                                         board_.counters().allocated[board_.at(leaf, r)] + one &&
                                     !fairness_.over_in_total(leaf, request, r, one) &&
                                     solver_.any_gives(r);
        if (might) return true;
      }
    }
    return false;
  }

  // ---- Rotation.

  void rotate_if_due() {
    if (!rotates(options_) || rotated_ || input_.now < input_.memory->rotation.due) return;
    rotated_ = rotate({board_, index_, fairness_, input_, plan_}, ranker());
    for (const WorkloadId id : rotated_->promised) wait_for_promise(id);
  }

  // ---- Stale gangs.

  void evict_stale() {
    if (options_.stale_grace.ns < 0) return;
    const std::set<WorkloadId> candidates = board_.below_minimum();
    for (const WorkloadId id : candidates) {
      const Job& job = board_.job(id);
      if (job.below_min_since == Time::never() ||
          input_.now - job.below_min_since <= options_.stale_grace)
        continue;
      evict_all(id, {ReasonCode::kStaleGang,
                     {{"minimum", std::int64_t{job.minimum()}},
                      {"seconds", options_.stale_grace.whole_seconds()}}});
    }
  }

  void evict_all(WorkloadId id, const Reason& reason) {
    const Job& job = board_.job(id);
    for (std::int32_t i = 0; i < job.tasks; ++i) {
      const TaskId t{job.first_task + static_cast<std::uint32_t>(i)};
      if (board_.task(t).phase != Phase::kRunning) continue;
      Decision decision;
      decision.step = Step::kEvict;
      decision.task = t;
      decision.cost = task_cost(board_, t, input_.now, input_.device_price);
      decision.reason = reason;
      board_.evict(t);
      plan_.decisions.push_back(std::move(decision));
    }
  }

  // ---- Reasons.

  void wait(WorkloadId id, Reason reason) { waiting_.tell(id, std::move(reason)); }

  void wait_for_promise(WorkloadId id) { wait(id, waits_for_victims(board_, id)); }

  // Whether the job was told before that there is no room for it: it need not be found out how
  // much is missing by now.
  [[nodiscard]] bool knows_no_room(const Job& job) const {
    return job.waiting == ReasonCode::kNoRoom && !options_.explain_all;
  }

  void wait_like(WorkloadId id, RequestId request) {
    const Job& job = board_.job(id);
    if (waiting_.told(id) || knows_no_room(job)) return;
    if (!failed_reason_.contains(request))
      failed_reason_[request] = waiting_.keep(request_reason(job));
    waiting_.tell(id, failed_reason_[request]);
  }

  // Jobs that nobody looked at because nothing of their kind fits anywhere still get to know why.
  void explain_the_rest() {
    for (const WorkloadId id : board_.unexplained()) {
      const Job& job = board_.job(id);
      if (job.held || job.pending == 0) continue;
      if (job.full())
        wait(id, {ReasonCode::kArrayLimit, {{"limit", std::int64_t{job.active_max}}}});
      else
        wait_like(id, job.request);
    }
    waiting_.finish(options_.explain_all);
  }

  Reason request_reason(const Job& job) {
    const ShapeId shape = board_.request(job.request).alternatives.front();
    return no_room_reason(board_, board_.shape(shape));
  }

  static constexpr int kHeadsTriedMax = 16;

  Board& board_;
  PlacementIndex& index_;
  const CycleInput& input_;
  const CycleOptions& options_;
  Fairness fairness_;
  VictimPools pools_;
  Plan plan_;
  WaitingReasons waiting_;
  Solver solver_;
  struct Fits {
    std::uint64_t seen = UINT64_MAX;  // Board::changes() then.
    bool any = false;
  };

  std::vector<std::int32_t> failed_;  // Per request class: smallest ask that did not fit.
  std::vector<Fits> fits_;            // Per request class.
  Fits anything_;
  std::map<RequestId, std::uint32_t> failed_reason_;
  std::optional<RotationOutcome> rotated_;
  std::optional<Ranker> ranker_;  // Made when a flat order is first asked for.
};

}  // namespace

Plan run_cycle(Board& board, PlacementIndex& index, const CycleInput& input) {
  return Cycle(board, index, input).run();
}

}  // namespace sillar::schedule
