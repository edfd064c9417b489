#include "engine/task_end.h"

#include <algorithm>

#include "engine/fitness.h"
#include "model/signals.h"
#include "schedule/victims.h"

namespace sillar {
namespace {

using schedule::Job;
using schedule::Phase;
using schedule::Task;

constexpr int kDoublingsMax = 40;  // Beyond it any back-off is longer than it may be.

Duration backoff_of(const Retry& retry, std::int32_t attempt) {
  const int doublings = std::min(attempt - 1, kDoublingsMax);
  const Int128 wait = Int128{retry.backoff.ns} << doublings;
  return wait < retry.backoff_max.ns ? Duration{static_cast<std::int64_t>(wait)}
                                     : retry.backoff_max;
}

Reason failure_of(const TaskObserved& input) {
  switch (input.event) {
    case TaskEvent::kLaunchFailed:
      return {ReasonCode::kLaunchFailed, {{"message", input.message}}};
    case TaskEvent::kLost:
      return {ReasonCode::kTaskLost, {}};
    default:
      break;
  }
  if (input.signal != 0) return {ReasonCode::kSignal, {{"signal", signal_name(input.signal)}}};
  if (input.exit_code != 0)
    return {ReasonCode::kExitCode, {{"code", std::int64_t{input.exit_code}}}};
  return {ReasonCode::kTaskFailed, {}};
}

class Observed {
 public:
  Observed(const State& state, const TaskObserved& input, Time at)
      : s_(state),
        in_(input),
        at_(at),
        task_(state.board.task(input.task)),
        job_(state.board.job(task_.job)),
        spec_(state.spec(task_.job)),
        record_(state.tasks[input.task.index()]) {}

  std::vector<FactBody> run() {
    const bool stopping = task_.phase == Phase::kStopping;
    const bool holds = stopping || task_.phase == Phase::kRunning;
    if (!holds || (in_.attempt != 0 && in_.attempt != record_.attempt)) return {};
    switch (in_.event) {
      case TaskEvent::kRunning:
        if (!stopping && !record_.confirmed) facts_.push_back(TaskConfirmed{in_.task});
        break;
      case TaskEvent::kCheckpointed:
        if (!stopping) facts_.push_back(TaskCheckpointed{in_.task});
        break;
      case TaskEvent::kStopped:
        // A running task that stops unasked failed; its driver says so with kFailed.
        if (stopping) stopped();
        break;
      case TaskEvent::kSucceeded:
        if (stopping && (record_.ends_as || s_.workloads[task_.job.index()].cancelled))
          stopped();
        else
          finish(in_.task, TaskOutcome::kSucceeded, {});
        break;
      case TaskEvent::kFailed:
      case TaskEvent::kLaunchFailed:
      case TaskEvent::kLost:
        stopping ? stopped() : failed();
        break;
    }
    return std::move(facts_);
  }

 private:
  void finish(TaskId task, TaskOutcome outcome, Reason reason) {
    const bool own = task == in_.task;
    facts_.push_back(TaskFinished{task, outcome, own ? in_.exit_code : 0, own ? in_.signal : 0,
                                  std::move(reason)});
  }

  void stopped() {
    const bool cancelled = s_.workloads[task_.job.index()].cancelled;
    if (cancelled)
      finish(in_.task, TaskOutcome::kCancelled, {});
    else if (record_.ends_as)
      finish(in_.task, *record_.ends_as, {});
    else
      facts_.push_back(TaskStopped{in_.task});
  }

  void failed() {
    // Tasks of which each makes sense by itself do not go down together.
    const bool whole = job_.tasks == 1 || (job_.gang_min > 1 && job_.active() - 1 < job_.minimum());
    const std::int32_t used = whole ? s_.workloads[task_.job.index()].retries : record_.failures;
    if (used < spec_.retry.limit)
      retry(whole, used + 1);
    else
      give_up(whole, used + 1);
    blame_place(s_, in_, at_, facts_);
  }

  void retry(bool whole, std::int32_t attempt) {
    const Time until = at_ + backoff_of(spec_.retry, attempt);
    const Reason backs_off{ReasonCode::kBacksOff,
                           {{"attempt", std::int64_t{attempt}}, {"until", format_time(until)}}};
    if (whole) {
      withdraw_promises();
      facts_.push_back(WorkloadHeld{task_.job, HoldCause::kBackoff, backs_off, until});
    }
    facts_.push_back(
        TaskRetries{in_.task, failure_of(in_), in_.exit_code, in_.signal, until, whole});
    if (whole)
      stop_others(ReasonCode::kRetriedTogether);
    else if (!job_.held && job_.pending + job_.reserved == 0)
      facts_.push_back(WorkloadWaits{task_.job, std::make_shared<const Reason>(backs_off)});
  }

  void give_up(bool whole, std::int32_t attempts) {
    Reason reason = spec_.retry.limit == 0 ? failure_of(in_)
                                           : Reason{ReasonCode::kRetriesExhausted,
                                                    {{"attempts", std::int64_t{attempts}}}};
    finish(in_.task, TaskOutcome::kFailed, std::move(reason));
    if (!whole) return;
    for_others([&](TaskId t, const Task& other) {
      const bool waits = other.phase == Phase::kPending || other.phase == Phase::kReserved ||
                         other.phase == Phase::kParked;
      if (waits) finish(t, TaskOutcome::kFailed, {});
      if (other.phase == Phase::kStopping && !s_.tasks[t.index()].ends_as)
        facts_.push_back(TaskToEnd{t, TaskOutcome::kFailed});
    });
    stop_others(ReasonCode::kFailedTogether);
  }

  // A gang that begins again goes nowhere in between.
  void withdraw_promises() {
    for_others([&](TaskId t, const Task& other) {
      if (other.phase == Phase::kReserved || other.promise_shape.valid())
        facts_.push_back(PromiseWithdrawn{t});
    });
  }

  void stop_others(ReasonCode code) {
    const Reason reason{code, {{"task", s_.task_name(in_.task)}}};
    for_others([&](TaskId t, const Task& other) {
      if (other.phase != Phase::kRunning) return;
      LostWork lost;
      if (code == ReasonCode::kRetriedTogether) {
        const schedule::VictimCost cost = schedule::task_cost(s_.board, t, at_, s_.device_price);
        lost = {cost.lost_device_ns, cost.money_nanos};
      }
      facts_.push_back(TaskEvicted{t, WorkloadId{}, reason, lost});
    });
  }

  template <typename Visit>
  void for_others(Visit visit) {
    for (std::int32_t i = 0; i < job_.tasks; ++i) {
      const TaskId t{job_.first_task + static_cast<std::uint32_t>(i)};
      if (t != in_.task) visit(t, s_.board.task(t));
    }
  }

  const State& s_;
  const TaskObserved& in_;
  Time at_;
  const Task& task_;
  const Job& job_;
  const Workload& spec_;
  const TaskRecord& record_;
  std::vector<FactBody> facts_;
};

}  // namespace

std::vector<FactBody> observed_facts(const State& state, const TaskObserved& input, Time at) {
  return Observed(state, input, at).run();
}

}  // namespace sillar
