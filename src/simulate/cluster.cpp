#include "simulate/cluster.h"

#include <algorithm>

#include "base/check.h"
#include "simulate/faults.h"

namespace sillar {

void ModelledCluster::add_job(const TraceJob& spec) {
  const WorkloadId id{jobs_.size()};
  Job& job = jobs_.emplace_back();
  job.spec = &spec;
  job.first_task = static_cast<std::uint32_t>(tasks_.size());
  job.tasks = static_cast<std::uint32_t>(spec.workload.gang_max);
  job.now.left = spec.run_time.ns * spec.workload.gang_max;
  job.saved = job.now;
  if (model_.failures.mtbf.ns > 0) {
    job.random = Random(Random(model_.failures.seed + id.value).next());
    job.until_failure = exponential(job.random, model_.failures.mtbf).ns;
  }
  Task task;
  task.job = id;
  tasks_.resize(tasks_.size() + job.tasks, task);
}

Duration ModelledCluster::restart_cost(const Job& job) const {
  const Duration own = job.spec->workload.restart_cost;
  return own.ns > 0 ? own : model_.restart_cost;
}

void ModelledCluster::start(TaskId id, std::int64_t amount, Time now) {
  Task& task = tasks_[id.index()];
  Job& job = jobs_[task.job.index()];
  CHECK(task.phase == Phase::kAway, "a task starts once");
  task.phase = Phase::kSetUp;
  task.amount = amount;
  task.started = now;
  task.restart_from = now + model_.start_time;
  ++task.version;
  const Duration limit = job.spec->workload.limit;
  if (job.holding == 0 && limit.ns > 0)
    events_.push({now + limit, EventKind::kLimit, task.job.value, ++job.runs});
  ++job.holding;
  ++holding_;
  Time works = task.restart_from;
  if (task.ran_before) {
    works = works + restart_cost(job);
    ++restarts_;
  }
  const Event event{works, EventKind::kWorks, id.value, task.version};
  if (works > now)
    events_.push(event);
  else
    (void)this->works(event, now);
}

bool ModelledCluster::works(const Event& event, Time now) {
  Task& task = tasks_[event.subject];
  if (task.phase != Phase::kSetUp || task.version != event.version) return false;
  Job& job = jobs_[task.job.index()];
  if (task.ran_before) count_restart(job, task, now);
  settle(job, now);
  task.phase = Phase::kWorking;
  task.ran_before = true;
  ++job.working;
  job.working_amount += task.amount;
  expect(task.job, now);
  return true;
}

void ModelledCluster::stop(TaskId id, Cause cause, Time now) {
  Task& task = tasks_[id.index()];
  Job& job = jobs_[task.job.index()];
  CHECK(running(id), "who is told to stop runs");
  leave_work(job, task, cause == Cause::kOrder && model_.saves_when_stopped, now);
  task.phase = Phase::kStopping;
  // A task that was still being set up will be set up again, as one that has run.
  task.ran_before = true;
  const Duration takes = cause == Cause::kFaultUnderIt ? Duration{0} : model_.stop_time;
  events_.push({now + takes, EventKind::kStopped, id.value, task.version});
  expect(task.job, now);
}

bool ModelledCluster::stops(const Event& event) const {
  const Task& task = tasks_[event.subject];
  return task.phase == Phase::kStopping && task.version == event.version;
}

void ModelledCluster::release(TaskId id, Time now) {
  Task& task = tasks_[id.index()];
  if (task.phase == Phase::kAway) return;
  Job& job = jobs_[task.job.index()];
  if (task.phase != Phase::kStopping) {
    leave_work(job, task, true, now);
    expect(task.job, now);
  }
  job.device_time.held += Int128{(now - task.started).ns} * task.amount;
  task.phase = Phase::kAway;
  --job.holding;
  --holding_;
}

void ModelledCluster::close(Time now) {
  for (Task& task : tasks_) {
    if (task.phase == Phase::kAway) continue;
    jobs_[task.job.index()].device_time.held += Int128{(now - task.started).ns} * task.amount;
    task.started = now;
  }
}

// Takes a task out of its job's work, set up or not.
void ModelledCluster::leave_work(Job& job, Task& task, bool saves, Time now) {
  settle(job, now);
  if (task.phase == Phase::kSetUp) {
    if (task.ran_before) count_restart(job, task, now);
    return;
  }
  if (saves) {
    job.saved = job.now;
  } else if (job.working > static_cast<std::uint32_t>(job.spec->workload.gang_min)) {
    // The others work on; the leaving task's part since the last save is lost.
    const std::int64_t part = (job.saved.left - job.now.left) / job.working;
    const Int128 devices = (job.now.device_time - job.saved.device_time) / job.working;
    job.now.left += part;
    job.now.device_time -= devices;
    job.device_time.lost_work += devices;
  } else {
    fall_back(job);
  }
  --job.working;
  job.working_amount -= task.amount;
}

void ModelledCluster::fall_back(Job& job) {
  job.device_time.lost_work += job.now.device_time - job.saved.device_time;
  job.now = job.saved;
}

void ModelledCluster::count_restart(Job& job, const Task& task, Time until) const {
  if (until > task.restart_from)
    job.device_time.restarting += Int128{(until - task.restart_from).ns} * task.amount;
}

void ModelledCluster::settle(Job& job, Time now) {
  if (now <= job.settled) return;
  const Time resumed = std::clamp(job.resumes, job.settled, now);
  const std::int64_t paused = (resumed - job.settled).ns;
  const std::int64_t elapsed = (now - resumed).ns;
  job.settled = now;
  if (!job.advancing) return;
  if (job.recovering) job.device_time.restarting += Int128{paused} * job.working_amount;
  job.now.left = std::max<std::int64_t>(0, job.now.left - elapsed * job.working);
  job.until_failure -= elapsed * job.working;
  job.now.device_time += Int128{elapsed} * job.working_amount;
}

void ModelledCluster::expect(WorkloadId id, Time now) {
  Job& job = jobs_[id.index()];
  const Workload& workload = job.spec->workload;
  ++job.version;
  const bool advances =
      !job.done && job.working > 0 && job.working >= static_cast<std::uint32_t>(workload.gang_min);
  if (advances != job.advancing) advancing_ += advances ? 1 : -1;
  job.advancing = advances;
  if (!advances) {
    job.resumes = now;
    return;
  }
  const Time from = std::max(job.resumes, now);
  const bool fails = model_.failures.mtbf.ns > 0 && job.until_failure < job.now.left;
  const std::int64_t work = fails ? std::max<std::int64_t>(0, job.until_failure) : job.now.left;
  const Time ends{from.ns + (work + job.working - 1) / job.working};
  events_.push({ends, fails ? EventKind::kFailed : EventKind::kFinished, id.value, job.version});
  const Duration interval = workload.checkpoint_interval;
  if (interval.ns > 0 && from + interval < ends)
    events_.push({from + interval, EventKind::kCheckpoint, id.value, job.version});
}

std::optional<JobEnd> ModelledCluster::ends(const Event& event, Time now) {
  const WorkloadId id{event.subject};
  const Job& job = jobs_[event.subject];
  if (event.kind == EventKind::kLimit) {
    if (!overruns(job, event)) return std::nullopt;
    end(id, JobEnd::kStoppedAtLimit, now);
    return JobEnd::kStoppedAtLimit;
  }
  if (job.version != event.version) return std::nullopt;
  if (event.kind == EventKind::kFailed && recover(id, now)) return std::nullopt;
  const bool failed =
      event.kind == EventKind::kFailed || (model_.failures.as_recorded && job.spec->failed);
  const JobEnd how = failed ? JobEnd::kFailed : JobEnd::kFinished;
  end(id, how, now);
  return how;
}

// A job that is all told to stop already is spared: it goes on later, in another run.
bool ModelledCluster::overruns(const Job& job, const Event& event) const {
  if (job.done || job.runs != event.version) return false;
  for (std::uint32_t t = job.first_task; t < job.first_task + job.tasks; ++t) {
    if (running(TaskId{t})) return true;
  }
  return false;
}

void ModelledCluster::end(WorkloadId id, JobEnd how, Time now) {
  Job& job = jobs_[id.index()];
  settle(job, now);
  job.saved = job.now;
  (how == JobEnd::kFinished ? job.device_time.useful : job.device_time.lost_work) +=
      job.now.device_time;
  job.done = true;
  expect(id, now);
}

bool ModelledCluster::recover(WorkloadId id, Time now) {
  Job& job = jobs_[id.index()];
  ++failures_;
  if (job.failures++ >= model_.failures.retries) return false;
  settle(job, now);
  fall_back(job);
  job.until_failure = exponential(job.random, model_.failures.mtbf).ns;
  restarts_ += job.working;
  job.resumes = now + restart_cost(job);
  job.recovering = true;
  expect(id, now);
  return true;
}

bool ModelledCluster::checkpoints(const Event& event, Time now) {
  Job& job = jobs_[event.subject];
  if (job.version != event.version) return false;
  settle(job, now);
  job.saved = job.now;
  job.resumes = now + job.spec->workload.checkpoint_cost;
  job.recovering = false;
  expect(WorkloadId{event.subject}, now);
  return true;
}

}  // namespace sillar
