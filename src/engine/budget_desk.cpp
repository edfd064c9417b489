#include "engine/budget_desk.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/check.h"
#include "engine/budgets.h"
#include "schedule/victims.h"

namespace sillar {
namespace {

using schedule::Phase;

constexpr Duration kHour = Duration::hours(1);
// A task that does not stop in time is reserved for in steps of this.
constexpr Duration kOverrunStep = Duration::minutes(1);

Time hour_of(Time t) {
  return Time{t.ns - t.ns % kHour.ns};
}

}  // namespace

BudgetAccounts& BudgetDesk::accounts() {
  if (!accounts_) accounts_ = book().accounts();
  return *accounts_;
}

void BudgetDesk::tell(const std::vector<BudgetEvent>& events) {
  for (const BudgetEvent& e : events)
    add(BudgetThreshold{e.budget.project, e.budget.index, e.window.start, e.percent, e.measure,
                        e.nanos, e.limit_nanos});
}

void BudgetDesk::close_hours() {
  const Time hour = hour_of(at_);
  if (!closes_hours(s_) || hour <= s_.hours_closed) return;
  add(HoursClosed{hour});
  if (!s_.budgets) return;
  Meter meter = *s_.meter;
  meter.close_hours(hour);
  rolled_ = *s_.budgets;
  std::vector<BudgetEvent> events;
  rolled_->close_hours(hour, meter.take_lines(), events);
  tell(events);
}

void BudgetDesk::tell_thresholds() {
  tell(book().accounts().reached(at_));
}

std::optional<Reason> BudgetDesk::refusal(const Workload& workload) {
  const ProjectId leaf = s_.project_ids.find(workload.project)->second;
  if (!book().accounts().guards(leaf)) return std::nullopt;
  const std::optional<Cheapest> cheapest = prices_.cheapest(s_, leaf, workload);
  if (!cheapest) return std::nullopt;
  const Duration run = workload.limit.ns > 0      ? workload.limit
                       : workload.estimate.ns > 0 ? workload.estimate
                                                  : s_.world->options.budget_slice;
  for (ProjectId p = leaf; p.valid(); p = s_.world->projects[p.index()].parent) {
    const Project& project = s_.world->projects[p.index()];
    for (const Budget& budget : project.budgets) {
      if (!budget.hard) continue;
      const Duration length = std::min(run + stop_time(workload), longest_period(budget.period));
      const BudgetDraw draw{cheapest->nanos_per_hour, Time{0}, Time{0} + length};
      const Int128 needs = reserved_nanos(draw, Time{0}, Time::never()) * workload.gang_min;
      if (needs > budget.amount.nanos)
        return Reason{ReasonCode::kBudgetTooSmall,
                      {{"needs", money(needs, true)},
                       {"budget", budget.name},
                       {"project", project.name},
                       {"limit", money(budget.amount.nanos, false)}}};
    }
  }
  return std::nullopt;
}

void BudgetDesk::before_price(NodeId node, const NodeTariff& price) {
  std::vector<TaskId> tasks(s_.board.tasks_on(node).begin(), s_.board.tasks_on(node).end());
  std::sort(tasks.begin(), tasks.end());
  for (const TaskId t : tasks) {
    const BudgetReservation* reserved = book().find(t);
    if (reserved == nullptr) continue;
    const schedule::Task& task = s_.board.task(t);
    BudgetAccounts& money = accounts();
    money.remove(reserved->project, reserved->draw);
    money.use(reserved->project, reserved->draw, at_);
    const NodeRate rate = node_rate(s_, node, price);
    BudgetDraw draw{hourly_nanos(rate, claim_of(s_, task.shape, node)), at_, reserved->draw.until};
    if (task.phase == Phase::kRunning && money.shortage(reserved->project, draw, 1)) {
      draw.until = std::min(draw.until, at_ + stop_time(s_.spec(task.job)));
      prolong(task.job, {&t, 1}, draw.until, at_);
    }
    money.add(reserved->project, draw);
  }
}

// ---- What runs.

void BudgetDesk::look_after_running() {
  std::vector<TaskId> due;
  for (const auto& [when, task] : book().due()) {
    if (when > at_) break;
    due.push_back(task);
  }
  std::set<WorkloadId> seen;
  std::vector<TaskId> of_job;
  for (const TaskId first : due) {
    const WorkloadId job = s_.board.task(first).job;
    if (!seen.insert(job).second) continue;
    of_job.clear();
    for (const TaskId t : due)
      if (s_.board.task(t).job == job) of_job.push_back(t);
    std::sort(of_job.begin(), of_job.end());
    look_after(job, of_job);
  }
}

// A gang goes on together or not at all; an elastic job may lose tasks down to its minimum.
void BudgetDesk::look_after(WorkloadId id, std::span<const TaskId> due) {
  const schedule::Job& job = s_.board.job(id);
  std::vector<TaskId> running;
  for (const TaskId t : due) {
    if (s_.board.task(t).phase == Phase::kRunning)
      running.push_back(t);
    else if (book().find(t)->draw.until <= at_)
      prolong(id, {&t, 1}, at_ + kOverrunStep, at_ + kOverrunStep);
  }
  if (running.empty()) return;
  std::optional<BudgetShortage> shortage;
  std::vector<TaskId> without;
  if (job.elastic()) {
    for (const TaskId t : running) {
      auto refused = extend(id, {&t, 1});
      if (!refused) continue;
      without.push_back(t);
      if (!shortage) shortage = refused;
    }
  } else {
    shortage = extend(id, running);
    without = running;
  }
  if (!shortage) return;
  const auto lost = static_cast<std::int32_t>(without.size());
  if (job.active() - lost >= job.minimum()) return stop(without, *shortage);
  std::vector<TaskId> all;
  for (std::int32_t i = 0; i < job.tasks; ++i) {
    const TaskId t{job.first_task + static_cast<std::uint32_t>(i)};
    if (s_.board.task(t).phase == Phase::kRunning) all.push_back(t);
  }
  stop(all, *shortage);
}

// Until its limit if it has one, else for a slice. Returns what is in the way.
std::optional<BudgetShortage> BudgetDesk::extend(WorkloadId id, std::span<const TaskId> tasks) {
  const Workload& spec = s_.spec(id);
  const Duration slice = s_.world->options.budget_slice;
  const Time limit = s_.board.task(tasks.front()).started + spec.limit;
  Duration goal = slice;
  if (spec.limit.ns > 0 && limit > at_) goal = std::min(limit - at_, BudgetBook::kAheadMax);
  const ProjectId project = s_.board.job(id).project;
  BudgetAccounts& money = accounts();
  for (const TaskId t : tasks) money.remove(project, book().find(t)->draw);
  std::optional<BudgetShortage> shortage;
  for (const Duration run : {goal, std::min(goal, slice)}) {
    const Time due = at_ + run;
    std::vector<BudgetDraw> draws;
    for (const TaskId t : tasks) {
      draws.push_back(book().find(t)->draw);
      draws.back().until = due + stop_time(spec);
    }
    shortage = money.shortage(project, draws);
    if (shortage) continue;
    for (const BudgetDraw& draw : draws) money.add(project, draw);
    prolong(id, tasks, due + stop_time(spec), due);
    return std::nullopt;
  }
  for (const TaskId t : tasks) money.add(project, book().find(t)->draw);
  return shortage;
}

void BudgetDesk::prolong(WorkloadId job, std::span<const TaskId> tasks, Time until, Time due) {
  BudgetReserved fact{job, until, due, {}, 0};
  for (const TaskId t : tasks) {
    const std::int64_t hourly = book().find(t)->draw.nanos_per_hour;
    fact.parts.push_back({t, hourly});
    fact.nanos += reserved_nanos({hourly, at_, until}, at_, until);
  }
  add(std::move(fact));
}

void BudgetDesk::stop(std::span<const TaskId> tasks, const BudgetShortage& shortage) {
  const Project& project = s_.world->projects[shortage.budget.project.index()];
  const Reason reason{ReasonCode::kBudgetExhausted,
                      {{"budget", project.budgets[shortage.budget.index].name},
                       {"project", project.name},
                       {"limit", money(shortage.limit_nanos, false)}}};
  for (const TaskId t : tasks) {
    const schedule::VictimCost cost = schedule::task_cost(s_.board, t, at_, s_.device_price);
    add(TaskEvicted{t, WorkloadId{}, reason, {cost.lost_device_ns, cost.money_nanos}});
    stopped_.push_back(t);
  }
}

}  // namespace sillar
