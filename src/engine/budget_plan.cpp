// The desk and the cycle: what starts, and what waits for money.

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/check.h"
#include "engine/budget_desk.h"
#include "engine/budgets.h"

namespace sillar {
namespace {

constexpr std::int64_t kCent = Money::kUnit / 100;

const WorkloadHold& hold_for_money(const WorkloadRecord& record) {
  const auto hold = std::ranges::find(record.holds, HoldCause::kBudget, &WorkloadHold::cause);
  CHECK(hold != record.holds.end(), "who waits for money is held for it");
  return *hold;
}

std::string_view capacity_name(CapacityKind kind) {
  switch (kind) {
    case CapacityKind::kOwned:
      return "owned";
    case CapacityKind::kReserved:
      return "reserved";
    case CapacityKind::kOnDemand:
      return "on-demand";
    case CapacityKind::kSpot:
      return "spot";
  }
  return "owned";
}

}  // namespace

// Whole cents for people, so rounded that what does not fit still does not.
std::string BudgetDesk::money(Int128 nanos, bool up) const {
  const Int128 cents = (nanos + (up ? kCent - 1 : 0)) / kCent;
  return fmt::format("{} {}", format_nanos(cents * kCent),
                     s_.prices.front().per_hour.currency.text());
}

Reason BudgetDesk::reason_for(const Unpaid& unpaid) const {
  const BudgetShortage& shortage = unpaid.shortage;
  const Project& project = s_.world->projects[shortage.budget.project.index()];
  Reason reason{ReasonCode::kOverBudget,
                {{"needs", money(shortage.needs_nanos, true)},
                 {"budget", project.budgets[shortage.budget.index].name},
                 {"project", project.name},
                 {"left", money(shortage.left_nanos, false)}}};
  const bool ends = shortage.window.end != Time::never();
  if (ends) reason.parameters.emplace_back("until", format_time(shortage.window.end));
  if (unpaid.cheaper) {
    const Node& node = s_.world->fleet.nodes[unpaid.cheaper->node.index()];
    const ClassId c = node.accelerator_class;
    reason.code = ReasonCode::kOverBudgetCheaper;
    if (!ends) reason.parameters.emplace_back("until", "-");
    reason.parameters.emplace_back(
        "class", c.valid() ? s_.world->fleet.classes[c.index()].name : std::string("cpu"));
    reason.parameters.emplace_back("capacity", std::string(capacity_name(node.capacity)));
    reason.parameters.emplace_back("cheaper", money(unpaid.cheaper_nanos, true));
  } else if (!ends) {
    reason.code = ReasonCode::kOverBudgetForGood;
  }
  return reason;
}

BudgetDraw BudgetDesk::draw_for(WorkloadId job, std::int64_t nanos_per_hour) const {
  return {nanos_per_hour, at_, at_ + run_ahead(s_, job, at_) + stop_time(s_.spec(job))};
}

// ---- Holding back.

void BudgetDesk::open_board(bool full) {
  full_ = full;
  opened_ = !s_.board.in_transaction();
  if (opened_) s_.board.begin();
  mark_ = s_.board.mark();
  for (const TaskId t : stopped_) s_.board.evict(t);
  for (const WorkloadId job : released_) s_.board.set_held(job, false);
  if (full) note_out_of_reach(accounts());
  // Whoever waited for money, and could be paid now, is told anew why it waits, if it does.
  for (const auto& [job, code] : reconsidered_) s_.board.set_waiting(job, ReasonCode::kNone);
}

void BudgetDesk::close_board() {
  s_.board.rollback(mark_);
  if (opened_) s_.board.end();
  for (const auto& [job, code] : reconsidered_) s_.board.set_waiting(job, code);
}

// Work that could not even be paid on the cheapest node that could ever hold it.
void BudgetDesk::note_out_of_reach(const BudgetAccounts& accounts) {
  constexpr Duration kLongest = BudgetBook::kAheadMax + kStopTimeMax + kStopMargin;
  for (std::size_t p = 0; p < s_.world->projects.size(); ++p) {
    const ProjectId leaf{p};
    const std::optional<Int128> spare = accounts.spare(leaf);
    if (!spare) continue;
    const schedule::PendingJobs& pending = s_.board.pending(leaf);
    for (std::size_t group = 0; group < pending.heads().size(); ++group) {
      const schedule::RequestId request = pending.heads()[group].request;
      const auto cheapest = prices_.cheapest(s_, request);
      if (!cheapest) continue;
      // Where the longest run fits, so does every other.
      const BudgetDraw longest{cheapest->nanos_per_hour, at_, at_ + kLongest};
      if (s_.board.request(request).single && reserved_nanos(longest, at_, longest.until) <= *spare)
        continue;
      for (const schedule::PendingKey& key : pending.keys(group))
        note_if_out_of_reach(key.job, *cheapest, *spare, accounts);
    }
  }
}

void BudgetDesk::note_if_out_of_reach(WorkloadId id, const Cheapest& cheapest, Int128 spare,
                                      const BudgetAccounts& accounts) {
  const schedule::Job& job = s_.board.job(id);
  const BudgetDraw draw = draw_for(id, cheapest.nanos_per_hour);
  std::optional<BudgetShortage> shortage;
  if (reserved_nanos(draw, at_, draw.until) * job.next_step() > spare)
    shortage = accounts.shortage(job.project, draw, job.next_step());
  if (shortage)
    held_back_.try_emplace(id, Unpaid{*shortage, std::nullopt, 0});
  else if (waits_for_money(job.waiting) && job.reserved == 0)
    reconsidered_.emplace_back(id, job.waiting);
}

void BudgetDesk::release(bool anew) {
  if (s_.money_waiters.empty()) return;
  BudgetAccounts money = accounts();
  for (const auto& [leaf, waiters] : s_.money_waiters) {
    int passed_over = 0;
    const Time end = money.first_end(leaf);
    std::optional<Int128> left = money.left(leaf);
    for (const MoneyWaiter& waiter : waiters) {
      if (passed_over >= kPassedOverMax && !anew) break;
      const WorkloadId id = waiter.workload;
      const schedule::Job& job = s_.board.job(id);
      const WorkloadRecord& record = s_.workloads[id.index()];
      const auto cheapest = prices_.cheapest(s_, job.request);
      CHECK(cheapest.has_value(), "what waits for money has a node that could hold it");
      const BudgetDraw draw = draw_for(id, cheapest->nanos_per_hour);
      // What is needed in every current period already tells most of them apart.
      const bool hopeless = left && reserved_nanos(draw, at_, end) * job.next_step() > *left;
      if (hopeless && !anew) {
        ++passed_over;
        continue;
      }
      const auto shortage = money.shortage(leaf, draw, job.next_step());
      if (shortage || record.holds.size() > 1) {
        ++passed_over;
        if (!anew || !shortage) continue;
        Reason reason = reason_for({*shortage, std::nullopt, 0});
        if (reason != *hold_for_money(record).reason)
          add(WorkloadHeld{id, HoldCause::kBudget, std::move(reason), Time::never()});
        continue;
      }
      for (std::int32_t i = 0; i < job.next_step(); ++i) money.add(leaf, draw);
      left = money.left(leaf);
      released_.push_back(id);
      add(WorkloadReleased{id, HoldCause::kBudget});
    }
  }
}

void BudgetDesk::hold_back() {
  for (const auto& [job, unpaid] : held_back_) s_.board.set_held(job, true);
  for (const TaskId task : parked_) s_.board.park(task);
}

// ---- Paying.

std::vector<BudgetDesk::Start> BudgetDesk::starts_of(const schedule::Plan& plan) const {
  using schedule::Step;
  std::vector<Start> starts;
  std::set<WorkloadId> known;
  std::size_t last = 0;
  std::ptrdiff_t step = 0;
  for (std::size_t i = 0; i < plan.decisions.size(); ++i) {
    const schedule::Decision& decision = plan.decisions[i];
    const bool promise = decision.step == Step::kReserve;
    if (decision.step != Step::kStart && decision.step != Step::kFulfil && !promise) continue;
    const WorkloadId job = s_.board.task(decision.task).job;
    if (!book().accounts().covers(s_.board.job(job).project)) continue;
    const bool with_last = !starts.empty() && last + 1 == i && starts.back().job == job &&
                           starts.back().promise == promise &&
                           std::ssize(starts.back().parts) < step;
    if (!with_last) {
      // Elastic work starts with what it needs at least; what comes on top starts task by task.
      const schedule::Job& started = s_.board.job(job);
      step = !started.elastic()         ? started.tasks
             : known.insert(job).second ? started.next_step()
                                        : 1;
      starts.push_back({job, i, {}, promise});
    }
    last = i;
    starts.back().parts.push_back(
        {decision.task, hourly_nanos(s_, decision.shape, decision.place.node)});
  }
  return starts;
}

bool BudgetDesk::pay(const Start& start, BudgetAccounts& accounts, PlanBill& bill,
                     std::map<WorkloadId, Unpaid>& unpaid) {
  const ProjectId project = s_.board.job(start.job).project;
  std::vector<BudgetDraw> draws;
  for (const BudgetReserved::Part& part : start.parts)
    draws.push_back(draw_for(start.job, part.nanos_per_hour));
  if (unpaid.contains(start.job)) return false;
  if (auto shortage = accounts.shortage(project, draws)) {
    unpaid.emplace(start.job, unpaid_start(start.job, *shortage, accounts));
    return false;
  }
  for (const BudgetDraw& draw : draws) accounts.add(project, draw);
  if (start.promise) return true;
  const Time until = draws.front().until;
  BudgetReserved fact{start.job, until, until + Duration{-stop_time(s_.spec(start.job)).ns},
                      start.parts, 0};
  for (const BudgetDraw& draw : draws) fact.nanos += reserved_nanos(draw, draw.since, draw.until);
  bill.charges.emplace(start.first, std::move(fact));
  return true;
}

// With the cheapest node that it could use, if that would fit.
BudgetDesk::Unpaid BudgetDesk::unpaid_start(WorkloadId id, const BudgetShortage& shortage,
                                            const BudgetAccounts& accounts) {
  Unpaid unpaid{shortage, std::nullopt, 0};
  const schedule::Job& job = s_.board.job(id);
  const auto cheapest = prices_.cheapest(s_, job.request);
  if (!cheapest) return unpaid;
  const BudgetDraw draw = draw_for(id, cheapest->nanos_per_hour);
  if (accounts.shortage(job.project, draw, job.next_step())) return unpaid;
  unpaid.cheaper = cheapest;
  unpaid.cheaper_nanos = reserved_nanos(draw, draw.since, draw.until) * job.next_step();
  return unpaid;
}

bool BudgetDesk::send_on(WorkloadId id, const Unpaid& why, const BudgetAccounts& accounts) {
  const auto sent = std::ranges::find(dear_, id, &schedule::OffLimits::job);
  if (!why.cheaper || sent != dear_.end() || dear_.size() >= kSentOnMax) return false;
  const schedule::Job& job = s_.board.job(id);
  std::map<std::int64_t, bool> fits;  // By price.
  schedule::OffLimits off{id, std::vector<bool>(s_.board.node_count(), true)};
  for (const ShapeId shape : s_.board.request(job.request).alternatives) {
    for (std::size_t n = 0; n < off.nodes.size(); ++n) {
      if (!s_.board.shape(shape).eligible[n]) continue;
      const std::int64_t hourly = hourly_nanos(s_, shape, NodeId{n});
      const auto [at, fresh] = fits.try_emplace(hourly, false);
      if (fresh)
        at->second = !accounts.shortage(job.project, draw_for(id, hourly), job.next_step());
      if (at->second) off.nodes[n] = false;
    }
  }
  const auto place = std::ranges::lower_bound(dear_, id, {}, &schedule::OffLimits::job);
  dear_.insert(place, std::move(off));
  return true;
}

bool BudgetDesk::settles(PaidPlan& paid, bool last) {
  PlanBill bill;
  bill.unpaid.resize(paid.plan.decisions.size());
  BudgetAccounts accounts = this->accounts();
  std::map<WorkloadId, Unpaid> unpaid;
  std::map<WorkloadId, bool> starts;  // Jobs of which something starts.
  std::vector<TaskId> left_out;
  for (const Start& start : starts_of(paid.plan)) {
    if (pay(start, accounts, bill, unpaid)) {
      if (!start.promise) starts[start.job] = true;
      continue;
    }
    for (std::size_t i = 0; i < start.parts.size(); ++i) {
      const TaskId task = start.parts[i].task;
      // A promise that nobody can pay yet may stand: it is asked again when it comes true.
      if (!start.promise) bill.unpaid[start.first + i] = true;
      if (s_.board.task(task).phase == schedule::Phase::kPending) left_out.push_back(task);
    }
  }
  if (last || left_out.empty()) {
    for (const auto& [job, why] : held_back_) {
      // A job with room that is promised to it is asked again when the promise comes true.
      const bool held = !why.cheaper && s_.board.job(job).reserved == 0;
      (held ? bill.held : bill.waiting).emplace(job, reason_for(why));
    }
    for (const auto* more : {&partly_, &unpaid}) {
      for (const auto& [job, why] : *more)
        if (!bill.held.contains(job)) bill.waiting.insert_or_assign(job, reason_for(why));
    }
    paid.bill = std::move(bill);
    return true;
  }
  // The next cycle goes without what was left out, and in a full pass without all that is out of
  // reach once the rest has started: others get the room.
  for (const auto& [job, why] : unpaid) {
    if (!send_on(job, why, accounts))
      (starts.contains(job) ? partly_ : held_back_).insert_or_assign(job, why);
  }
  for (const TaskId task : left_out)
    if (partly_.contains(s_.board.task(task).job)) parked_.push_back(task);
  if (full_) note_out_of_reach(accounts);
  for (const auto& [job, _] : starts) held_back_.erase(job);
  return false;
}

}  // namespace sillar
