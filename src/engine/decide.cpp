#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "base/check.h"
#include "engine/budget_desk.h"
#include "engine/budgets.h"
#include "engine/dependents.h"
#include "engine/due.h"
#include "engine/engine.h"
#include "engine/evictions.h"
#include "engine/fitness.h"
#include "engine/places.h"
#include "engine/reconfigure.h"
#include "engine/submission.h"
#include "engine/task_end.h"
#include "engine/world_check.h"
#include "schedule/division.h"
#include "schedule/frag_scorer.h"
#include "schedule/policy.h"

namespace sillar {
namespace {

using schedule::Phase;

// How often what rounding owes is handed on: often enough that turns pass, rarely enough that
// shares stand still between.
constexpr Duration kRemainderPace = Duration::hours(1);

class Decider {
 public:
  Decider(State& state, Scratch& scratch, Time at)
      : s_(state), scratch_(scratch), at_(at), desk_(state, scratch.prices(), at, facts_) {}

  Result<std::vector<Fact>> run(const Input& input) {
    if (at_ < Time{0} || at_ > kTimeMax)
      return invalid(fmt::format("input at {}, outside {} to {}", format_time(at_),
                                 format_time(Time{0}), format_time(kTimeMax)));
    if (s_.world && at_ < s_.now)
      return invalid(fmt::format("input at {} comes after the state's time {}", format_time(at_),
                                 format_time(s_.now)));
    if (!s_.world && !std::holds_alternative<Configure>(input.body))
      return invalid("the first input must configure the fleet and the projects");
    if (s_.world) desk_.close_hours();
    SILLAR_TRY_STATUS(std::visit(*this, input.body));
    settle_dependents(s_, at_, facts_);
    return std::move(facts_);
  }

  Status operator()(const Configure& input) {
    if (s_.world) {
      SILLAR_TRY(bodies, reconfigure_facts(s_, input.world, at_));
      pay_new_prices(bodies);
      add_all(std::move(bodies));
      return {};
    }
    SILLAR_TRY_STATUS(check_world_alone(*input.world));
    add(Configured{input.world});
    return {};
  }

  Status operator()(const Submit& input) {
    SILLAR_TRY(bodies, submission_facts(s_, *input.workload, input.workload, at_));
    const bool taken = std::holds_alternative<Submitted>(bodies.front());
    // What a scenario states as it stands is not asked.
    if (taken && s_.budgets && input.workload->tasks.empty()) {
      if (auto reason = desk_.refusal(*input.workload)) {
        add(Refused{input.workload->name, std::move(*reason)});
        return {};
      }
    }
    add_all(std::move(bodies));
    return {};
  }

  Status operator()(const Cancel& input) {
    SILLAR_TRY(id, workload_named(input.workload));
    if (input.task >= 0) return cancel_task(id, input.task);
    if (is_over(id)) return {};
    add(WorkloadCancelled{id, {ReasonCode::kCancelled, {}}});
    for_each_task(id, [&](TaskId t, Phase phase) {
      // What stops by now stops as cancelled.
      if (phase != Phase::kStopping) cancel(t, phase);
    });
    return {};
  }

  Status operator()(const TaskObserved& input) {
    if (input.task.index() >= s_.board.task_count())
      return fail(ErrorCode::kNotFound, fmt::format("there is no task {}", input.task.value));
    for (FactBody& body : observed_facts(s_, input, at_)) add(std::move(body));
    return {};
  }

  Status operator()(const UtilisationObserved& input) {
    if (input.task.index() >= s_.board.task_count())
      return fail(ErrorCode::kNotFound, fmt::format("there is no task {}", input.task.value));
    const schedule::Task& task = s_.board.task(input.task);
    const IdleRule& rule = s_.spec(task.job).idle;
    if (task.phase != Phase::kRunning || rule.limit.ns <= 0) return {};
    const bool idle = input.busy_thousandths < rule.below_thousandths;
    const bool idled = s_.tasks[input.task.index()].idle_since != Time::never();
    if (idle && !idled) add(IdleBegan{input.task});
    if (!idle && idled) add(IdleEnded{input.task});
    return {};
  }

  Status operator()(const HealthObserved& input) {
    SILLAR_TRY_STATUS(there_is(input.node));
    const schedule::NodeState& node = s_.board.node(input.node);
    if (input.device >= node.device_count)
      return fail(ErrorCode::kNotFound,
                  fmt::format("node {} has no device {}",
                              s_.world->fleet.nodes[input.node.index()].name, input.device));
    const DeviceRef ref{input.node, input.device};
    const bool news = observed_health(s_, ref) != input.health;
    if (news) add(HealthChanged{input.node, input.device, input.health});
    if (input.health != Health::kQuarantined) return {};
    drain(ref, fault_reason(s_, ref));
    if (!news) return {};
    std::vector<FactBody> bodies;
    report_fault(s_, ref, at_, bodies);
    add_all(std::move(bodies));
    return {};
  }

  Status operator()(const Drain& input) {
    SILLAR_TRY_STATUS(there_is(input.node));
    const DeviceRef ref{input.node, -1};
    const Fitness* known = fitness_of(s_, ref);
    if ((known != nullptr && known->drained) == input.drained) return {};
    add(NodeDrained{input.node, input.drained});
    if (input.drained)
      drain(ref,
            {ReasonCode::kDrained, {{"node", s_.world->fleet.nodes[input.node.index()].name}}});
    return {};
  }

  Status operator()(const PriceObserved& input) {
    SILLAR_TRY_STATUS(there_is(input.node));
    if (!s_.meter) return invalid("this world was configured without prices");
    SILLAR_TRY_STATUS(check_tariff(input.price, s_.prices.front().per_hour.currency));
    if (s_.prices[input.node.index()] == input.price) return {};
    if (s_.budgets) desk_.before_price(input.node, input.price);
    add(PriceChanged{input.node, input.price});
    return {};
  }

  Status operator()(const Hold& input) {
    SILLAR_TRY(id, workload_named(input.workload));
    if (is_over(id) || is_held(id, HoldCause::kOwner)) return {};
    // What is promised to it has not started.
    for_each_task(id, [&](TaskId t, Phase phase) {
      if (phase == Phase::kReserved) add(PromiseWithdrawn{t});
    });
    add(WorkloadHeld{id, HoldCause::kOwner, {ReasonCode::kHeldByOwner, {}}, Time::never()});
    return {};
  }

  Status operator()(const Release& input) {
    SILLAR_TRY(id, workload_named(input.workload));
    if (is_held(id, HoldCause::kOwner)) add(WorkloadReleased{id, HoldCause::kOwner});
    return {};
  }

  Result<std::vector<Fact>> run_explained() {
    explained_ = true;
    return run({at_, Decide{true}});
  }

  // What is due has happened when the cycle looks: its moves are made, and taken back with the
  // cycle's.
  Status operator()(const Decide& input) {
    std::vector<FactBody> due = due_facts(s_, at_);
    std::vector<HealthChanged> before;
    for (const FactBody& body : due) change_health(body, before);
    s_.board.begin();
    std::map<WorkloadId, std::size_t> released;
    for (FactBody& body : due) {
      make_move(body, released);
      add(std::move(body));
    }
    for (const auto& [id, causes] : released)
      if (causes == s_.workloads[id.index()].holds.size()) s_.board.set_held(id, false);
    run_cycle(input);
    s_.board.rollback(0);
    s_.board.end();
    for (const HealthChanged& was : before) set_health({was.node, was.device}, was.health);
    return {};
  }

 private:
  void run_cycle(const Decide& input) {
    schedule::CycleOptions options = cycle_options(s_, input.full);
    options.explain_all = explained_;
    schedule::CycleInput cycle;
    cycle.now = at_;
    cycle.options = &options;
    cycle.memory = &s_.memory;
    cycle.device_price = s_.device_price;
    const std::vector<std::int64_t> usage = usage_at(s_, at_);
    cycle.usage_millionths = usage;
    cycle.full = input.full;
    cycle.division = &scratch_.division(s_);
    if (!input.full) cycle.aggressors = s_.arrived;
    const auto run = [&](std::span<const schedule::OffLimits> off_limits) {
      cycle.off_limits = off_limits;
      return schedule::run_cycle(s_.board, scratch_.index(s_), cycle);
    };
    if (s_.budgets) {
      if (input.full) desk_.tell_thresholds();
      desk_.look_after_running();
      if (input.full) desk_.release(explained_);
      finish_cycle(desk_.plan(run, input.full), input.full);
    } else {
      finish_cycle({run({}), {}}, input.full);
    }
  }

  void finish_cycle(const PaidPlan& paid, bool full) {
    const schedule::Plan& plan = paid.plan;
    tell_decisions(plan, paid.bill);
    tell_reasons(plan, paid.bill);
    if (plan.holds != s_.memory.holds) add(holds_fact(plan));
    if (plan.rotation) add(rotation_fact(s_.memory.rotation, *plan.rotation));
    if (plan.rebuild_ranks) add(RanksRebuilt{});
    if (full && at_ - s_.remainders_carried >= kRemainderPace) carry_remainders(plan);
    // A cycle that changed nothing and met nobody new leaves no trace.
    if (!facts_.empty() || !s_.arrived.empty()) add(CycleEnded{plan.counts.attempts});
  }

  void tell_decisions(const schedule::Plan& plan, const PlanBill& bill) {
    for (std::size_t i = 0; i < plan.decisions.size(); ++i) {
      const schedule::Decision& decision = plan.decisions[i];
      if (const auto charge = bill.charges.find(i); charge != bill.charges.end())
        add(charge->second);
      if (bill.unpaid.empty() || !bill.unpaid[i])
        add(fact_of(decision));
      else if (decision.step == schedule::Step::kFulfil)
        add(PromiseWithdrawn{decision.task});
    }
  }

  void make_move(const FactBody& body, std::map<WorkloadId, std::size_t>& released) {
    if (const auto* evicted = std::get_if<TaskEvicted>(&body)) s_.board.evict(evicted->task);
    if (const auto* finished = std::get_if<TaskFinished>(&body)) s_.board.finish(finished->task);
    if (const auto* ended = std::get_if<BackoffEnded>(&body)) s_.board.unpark(ended->task);
    if (const auto* release = std::get_if<WorkloadReleased>(&body)) ++released[release->workload];
  }

  // What is tried, or is well, from now on takes work in the cycle that finds it so.
  void change_health(const FactBody& body, std::vector<HealthChanged>& before) {
    const auto change = [&](const auto& fact) {
      const schedule::NodeState& node = s_.board.node(fact.node);
      before.push_back({fact.node, fact.device,
                        fact.device < 0
                            ? node.health
                            : node.devices[static_cast<std::size_t>(fact.device)].health});
      set_health({fact.node, fact.device}, health_after(s_, fact));
    };
    if (const auto* tried = std::get_if<ProbationBegan>(&body)) change(*tried);
    if (const auto* well = std::get_if<QuarantineEnded>(&body)) change(*well);
  }
  void set_health(DeviceRef ref, Health health) {
    if (ref.device < 0)
      s_.board.set_node_health(ref.node, health);
    else
      s_.board.set_device_health(ref.node, static_cast<std::size_t>(ref.device), health);
  }

  void cancel(TaskId task, Phase phase) {
    if (phase == Phase::kPending || phase == Phase::kReserved || phase == Phase::kParked)
      add(TaskFinished{task, TaskOutcome::kCancelled});
    if (phase == Phase::kRunning)
      add(TaskEvicted{task, WorkloadId{}, {ReasonCode::kCancelled, {}}, {}});
    if (phase == Phase::kStopping && s_.tasks[task.index()].ends_as != TaskOutcome::kCancelled)
      add(TaskToEnd{task, TaskOutcome::kCancelled});
  }

  Status cancel_task(WorkloadId id, std::int32_t number) {
    const schedule::Job& job = s_.board.job(id);
    if (s_.spec(id).array.empty())
      return invalid("only tasks of an array are cancelled one by one");
    if (number >= job.tasks)
      return fail(ErrorCode::kNotFound, fmt::format("'{}' has {} tasks, no task {}",
                                                    s_.spec(id).name, job.tasks, number));
    const TaskId task{job.first_task + static_cast<std::uint32_t>(number)};
    cancel(task, s_.board.task(task).phase);
    return {};
  }
  [[nodiscard]] Status there_is(NodeId node) const {
    if (node.index() < s_.board.node_count() && !s_.world->fleet.nodes[node.index()].retired)
      return {};
    return fail(ErrorCode::kNotFound, fmt::format("there is no node {}", node.value));
  }

  template <typename Body>
  void add(Body&& body) {
    facts_.push_back({at_, FactBody(std::forward<Body>(body))});
  }

  Result<WorkloadId> workload_named(const std::string& name) const {
    const auto found = s_.workload_ids.find(name);
    if (found == s_.workload_ids.end())
      return fail(ErrorCode::kNotFound, fmt::format("there is no workload '{}'", name));
    return found->second;
  }
  // Finished, or cancelled and about to be.
  [[nodiscard]] bool is_over(WorkloadId id) const {
    const WorkloadRecord& record = s_.workloads[id.index()];
    return record.cancelled || record.finished != Time::never();
  }
  [[nodiscard]] bool is_held(WorkloadId id, HoldCause cause) const {
    const std::vector<WorkloadHold>& holds = s_.workloads[id.index()].holds;
    return std::ranges::any_of(holds, [&](const WorkloadHold& h) { return h.cause == cause; });
  }
  // Of what runs under a budget on nodes that will cost something else.
  void pay_new_prices(const std::vector<FactBody>& bodies) {
    if (!s_.budgets) return;
    for (const FactBody& body : bodies) {
      const auto* changed = std::get_if<WorldChanged>(&body);
      if (changed == nullptr) continue;
      const World& to = *changed->world;
      for (std::size_t n = 0; n < s_.world->prices.size(); ++n)
        if (to.prices[n] != s_.world->prices[n]) desk_.before_price(NodeId{n}, to.prices[n]);
    }
  }

  void add_all(std::vector<FactBody> bodies) {
    for (FactBody& body : bodies) add(std::move(body));
  }

  template <typename Visit>
  void for_each_task(WorkloadId id, Visit visit) {
    const schedule::Job& job = s_.board.job(id);
    for (std::int32_t i = 0; i < job.tasks; ++i) {
      const TaskId t{job.first_task + static_cast<std::uint32_t>(i)};
      visit(t, s_.board.task(t).phase);
    }
  }

  // Whatever sits on what failed must go.
  void drain(DeviceRef ref, const Reason& reason) {
    Evictions evictions(s_, at_);
    evictions.add_all(ref, reason);
    std::vector<FactBody> bodies;
    evictions.facts(bodies);
    add_all(std::move(bodies));
  }

  FactBody fact_of(const schedule::Decision& decision) {
    const TaskId task = decision.task;
    switch (decision.step) {
      case schedule::Step::kStart:
        return TaskStarted{task, place_of(s_, task, decision.shape, decision.place), at_, at_};
      case schedule::Step::kFulfil:
        return PromiseKept{task};
      case schedule::Step::kReserve:
        return TaskPromised{task, place_of(s_, task, decision.shape, decision.place)};
      case schedule::Step::kUnreserve:
        return PromiseWithdrawn{task};
      case schedule::Step::kMove:
        return TaskMoves{task, place_of(s_, task, decision.shape, decision.place)};
      case schedule::Step::kEvict:
        break;
    }
    return TaskEvicted{task,
                       decision.beneficiary,
                       named(decision.reason),
                       {decision.cost.lost_device_ns, decision.cost.money_nanos}};
  }

  // The scheduler knows numbers; people read names.
  [[nodiscard]] Reason named(Reason reason) const {
    for (auto& [name, value] : reason.parameters) {
      const auto* number = std::get_if<std::int64_t>(&value);
      if (number == nullptr) continue;
      if (name == "workload" || name == "holder")
        value = s_.workloads[static_cast<std::size_t>(*number)].spec->name;
      else if (name == "node")
        value = s_.world->fleet.nodes[static_cast<std::size_t>(*number)].name;
    }
    return reason;
  }

  void tell_reasons(const schedule::Plan& plan, const PlanBill& bill) {
    std::vector<std::shared_ptr<const Reason>> shared(plan.reasons.size());
    for (const schedule::Waiting& waiting : plan.waiting) {
      // Why it is held tells more than what a moving task of it waits for.
      if (s_.board.job(waiting.job).held) continue;
      std::shared_ptr<const Reason>& reason = shared[waiting.reason];
      if (!reason) reason = std::make_shared<const Reason>(named(plan.reasons[waiting.reason]));
      const WorkloadRecord& record = s_.workloads[waiting.job.index()];
      if (record.reason && *record.reason == *reason) continue;
      const bool for_money = bill.waiting.contains(waiting.job) || bill.held.contains(waiting.job);
      if (!for_money) add(WorkloadWaits{waiting.job, reason});
    }
    for (const auto& [job, reason] : bill.held)
      add(WorkloadHeld{job, HoldCause::kBudget, reason, Time::never()});
    for (const auto& [job, reason] : bill.waiting) {
      const std::shared_ptr<const Reason>& known = s_.workloads[job.index()].reason;
      // What is left changes with every start: it is told anew when it is asked for.
      if (known && (explained_ ? *known == reason : says_the_same(*known, reason))) continue;
      add(WorkloadWaits{job, std::make_shared<const Reason>(reason)});
    }
  }

  // Whether both name the same budget and period as what work waits for.
  static bool says_the_same(const Reason& a, const Reason& b) {
    const auto of = [](const Reason& reason, std::string_view name) {
      const auto at = std::ranges::find_if(reason.parameters,
                                           [&](const auto& each) { return each.first == name; });
      return at == reason.parameters.end() ? std::string() : std::get<std::string>(at->second);
    };
    return a.code == b.code && waits_for_money(a.code) &&
           std::ranges::all_of(std::array{"budget", "project", "until", "class"},
                               [&](const char* name) { return of(a, name) == of(b, name); });
  }

  static NodesHeld holds_fact(const schedule::Plan& plan) {
    NodesHeld held;
    for (const schedule::Hold& hold : plan.holds)
      held.holds.push_back({hold.job, hold.made, hold.from, hold.nodes});
    return held;
  }

  // Both lists of leases are in order of jobs.
  static RotationMoved rotation_fact(const schedule::RotationState& before,
                                     const schedule::RotationState& after) {
    RotationMoved moved{after.due, after.events, {}, {}};
    auto old = before.leases.begin();
    for (const schedule::Lease& lease : after.leases) {
      for (; old != before.leases.end() && old->job < lease.job; ++old)
        moved.ended.push_back(old->job);
      const bool known = old != before.leases.end() && old->job == lease.job;
      if (!known || *old != lease)
        moved.leases.push_back({lease.job, lease.granted, lease.attained, lease.waited});
      if (known) ++old;
    }
    for (; old != before.leases.end(); ++old) moved.ended.push_back(old->job);
    return moved;
  }

  void carry_remainders(const schedule::Plan& plan) {
    RemaindersCarried carried;
    for (std::size_t i = 0; i < plan.remainder_carry.size(); ++i) {
      if (plan.remainder_carry[i] != 0)
        carried.owed.emplace_back(static_cast<std::uint32_t>(i), plan.remainder_carry[i]);
    }
    // Nothing owed is news where something was.
    const std::vector<std::int64_t>& before = s_.memory.remainder_carry;
    const bool owed_before =
        std::any_of(before.begin(), before.end(), [](std::int64_t owed) { return owed != 0; });
    if (!carried.owed.empty() || owed_before) add(std::move(carried));
  }

  State& s_;
  Scratch& scratch_;
  Time at_;
  bool explained_ = false;
  std::vector<Fact> facts_;
  BudgetDesk desk_;
};

}  // namespace

schedule::CycleOptions cycle_options(const State& state, bool full) {
  const Options& from = state.world->options;
  schedule::CycleOptions to;
  to.actions = from.actions;
  to.reservations = from.reservations && from.rules == Rules::kSillar;
  if (!from.policy.empty()) to = schedule::policy_options(from.policy);
  if (!full) {
    std::erase_if(to.actions, [&](Action a) {
      return a == Action::kRotate || a == Action::kStale ||
             (a != Action::kAllocate && state.arrived.empty());
    });
  }
  to.stale_grace = from.stale_grace;
  to.consolidation_victims_max = from.consolidation_victims_max;
  to.k_thousandths = from.k_thousandths;
  to.saturation_thousandths = from.saturation_thousandths;
  return to;
}

Result<std::vector<Fact>> decide(State& state, Scratch& scratch, const Input& input) {
  return Decider(state, scratch, input.at).run(input);
}

Result<std::vector<Fact>> decide_explained(State& state, Scratch& scratch, Time at) {
  return Decider(state, scratch, at).run_explained();
}

Result<std::vector<Fact>> step(State& state, Scratch& scratch, const Input& input) {
  auto facts = decide(state, scratch, input);
  if (facts) {
    for (const Fact& fact : *facts) apply(state, fact);
  }
  return facts;
}

Scratch::Scratch() = default;
Scratch::~Scratch() = default;
Scratch::Scratch(Scratch&&) noexcept = default;
Scratch& Scratch::operator=(Scratch&&) noexcept = default;

void Scratch::follow(const State& state) {
  if (world_ == state.world) return;
  world_ = state.world;
  scorer_ = schedule::make_scorer(world_->options.placement, world_->options.rules);
  CHECK(scorer_ != nullptr, "a world is configured with a placement that there is");
  index_ = std::make_unique<schedule::PlacementIndex>(*scorer_);
  division_ = std::make_unique<schedule::Division>();
}

schedule::PlacementIndex& Scratch::index(const State& state) {
  follow(state);
  scorer_->observe(state.board);
  return *index_;
}

schedule::Division& Scratch::division(const State& state) {
  follow(state);
  return *division_;
}

}  // namespace sillar
