#include "engine/due.h"

#include <algorithm>

#include "engine/budgets.h"
#include "engine/engine.h"
#include "engine/fitness.h"
#include "engine/next_due.h"

namespace sillar {
namespace {

using schedule::Job;
using schedule::Phase;
using schedule::Task;

// Of a gang only all tasks together are idle: one that waits for the others is not.
bool idles_as_one(const Job& job) {
  return job.gang_min > 1;
}

// When patience with something idle since then, and warned then, comes to its next end.
Time idle_due(const IdleRule& rule, Time since, Time warned) {
  if (rule.limit.ns <= 0 || since == Time::never()) return Time::never();
  if (warned == Time::never()) return since + rule.limit;
  return rule.action == IdleAction::kWarn ? Time::never() : warned + rule.grace;
}

Time limit_due(const State& state, const Task& task) {
  const Duration limit = state.spec(task.job).limit;
  return limit.ns > 0 ? task.started + limit : Time::never();
}

template <typename Visit>
void for_tasks(const Job& job, Visit visit) {
  for (std::int32_t i = 0; i < job.tasks; ++i)
    visit(TaskId{job.first_task + static_cast<std::uint32_t>(i)});
}

// Since when all the gang's running tasks are idle; never: they are not.
Time gang_idle_since(const State& state, const Job& job) {
  if (job.running == 0) return Time::never();
  Time since{};
  for_tasks(job, [&](TaskId t) {
    if (state.board.task(t).phase == Phase::kRunning)
      since = std::max(since, state.tasks[t.index()].idle_since);
  });
  return since;
}

class DueFacts {
 public:
  DueFacts(const State& state, Time at) : s_(state), at_(at) {}

  std::vector<FactBody> run() {
    for (const Agenda::Entry& entry : s_.agenda.entries()) {
      if (entry.at > at_) break;
      switch (entry.kind) {
        case Agenda::Kind::kTask:
          of_task(TaskId{entry.subject});
          break;
        case Agenda::Kind::kWorkload:
          of_workload(WorkloadId{entry.subject});
          break;
        case Agenda::Kind::kDevice:
          due_of_device(s_, device_of_subject(entry.subject), at_, facts_);
          break;
      }
    }
    return std::move(facts_);
  }

 private:
  void of_task(TaskId id) {
    const Task& task = s_.board.task(id);
    const Workload& spec = s_.spec(task.job);
    if (task.phase == Phase::kParked) {
      facts_.push_back(BackoffEnded{id});
    } else if (limit_due(s_, task) <= at_) {
      facts_.push_back(
          TaskEvicted{id,
                      WorkloadId{},
                      {ReasonCode::kTimeLimit, {{"limit", format_duration(spec.limit)}}},
                      {}});
    } else {
      of_idle(task.job, id, s_.tasks[id.index()].idle_warned);
    }
  }

  // The limit of a task may be due in the same moment; each is told to stop once.
  void of_workload(WorkloadId id) {
    const WorkloadRecord& record = s_.workloads[id.index()];
    for (const WorkloadHold& hold : record.holds)
      if (hold.until <= at_) facts_.push_back(WorkloadReleased{id, hold.cause});
    const Job& job = s_.board.job(id);
    if (!idles_as_one(job)) return;
    if (idle_due(s_.spec(id).idle, gang_idle_since(s_, job), record.idle_warned) <= at_)
      of_idle(id, TaskId{}, record.idle_warned);
  }

  void of_idle(WorkloadId id, TaskId task, Time warned) {
    const IdleRule& rule = s_.spec(id).idle;
    if (warned == Time::never()) {
      const Time until = rule.action == IdleAction::kStop ? at_ + rule.grace : Time::never();
      facts_.push_back(IdleWarned{id, task, until});
      return;
    }
    const std::int64_t minutes = (rule.limit + rule.grace).whole_seconds() / 60;
    const auto stop = [&](TaskId t) {
      facts_.push_back(
          TaskEvicted{t, WorkloadId{}, {ReasonCode::kIdle, {{"minutes", minutes}}}, {}});
    };
    if (task.valid()) return stop(task);
    for_tasks(s_.board.job(id), [&](TaskId t) {
      const Task& each = s_.board.task(t);
      const bool timed_out = limit_due(s_, each) <= at_;
      if (each.phase == Phase::kRunning && !timed_out) return stop(t);
      // What of the gang waits is not needed any more.
      const bool waits = each.phase == Phase::kPending || each.phase == Phase::kReserved ||
                         each.phase == Phase::kParked;
      if (waits) facts_.push_back(TaskFinished{t, TaskOutcome::kIdle});
    });
  }

  const State& s_;
  Time at_;
  std::vector<FactBody> facts_;
};

}  // namespace

bool has_dues(const Workload& workload) {
  return workload.limit.ns > 0 || workload.idle.limit.ns > 0 || workload.retry.limit > 0;
}

Time task_due(const State& state, TaskId id) {
  const Task& task = state.board.task(id);
  const TaskRecord& record = state.tasks[id.index()];
  if (task.phase == Phase::kParked) return record.retry_at;
  if (task.phase != Phase::kRunning) return Time::never();
  const Time limit = limit_due(state, task);
  if (idles_as_one(state.board.job(task.job))) return limit;
  return std::min(limit,
                  idle_due(state.spec(task.job).idle, record.idle_since, record.idle_warned));
}

Time workload_due(const State& state, WorkloadId id) {
  const WorkloadRecord& record = state.workloads[id.index()];
  Time due = Time::never();
  for (const WorkloadHold& hold : record.holds) due = std::min(due, hold.until);
  const Job& job = state.board.job(id);
  const IdleRule& rule = state.spec(id).idle;
  if (rule.limit.ns <= 0 || !idles_as_one(job)) return due;
  return std::min(due, idle_due(rule, gang_idle_since(state, job), record.idle_warned));
}

std::vector<FactBody> due_facts(const State& state, Time at) {
  return DueFacts(state, at).run();
}

Time next_due(const State& state) {
  Time due = std::min(state.agenda.first(), state.memory.rotation.due);
  for (const schedule::Hold& hold : state.memory.holds)
    if (hold.from > state.now) due = std::min(due, hold.from);
  if (!state.world) return due;
  due = std::min(due, money_due(state));
  const schedule::CycleOptions options = cycle_options(state, true);
  const Duration grace = options.stale_grace;
  const bool stales = std::ranges::find(options.actions, Action::kStale) != options.actions.end();
  if (!stales || grace.ns < 0 || grace > kDurationMax) return due;
  for (const WorkloadId id : state.board.below_minimum()) {
    const Time since = state.board.job(id).below_min_since;
    // A gang is stale once its grace is over.
    if (since != Time::never()) due = std::min(due, since + grace + Duration{1});
  }
  return due;
}

}  // namespace sillar
