#pragma once

// The modelled cluster: which tasks hold devices, which of them work, and how far each job's work
// has come. Told what the engine decided, it says by events what will be observed.
//
// A job's work is measured in task time: its run time times all its tasks. It advances by the
// number of tasks at work while these are at least the gang's minimum, and not at all otherwise.
//
// Belongs to one simulation. Jobs and tasks have the engine's ids.

#include <cstdint>
#include <optional>
#include <vector>

#include "base/ids.h"
#include "base/money.h"
#include "base/random.h"
#include "base/time.h"
#include "simulate/event_queue.h"
#include "simulate/report.h"
#include "simulate/simulation.h"
#include "simulate/trace.h"

namespace sillar {

class ModelledCluster {
 public:
  // `events` outlives this.
  ModelledCluster(const ClusterModel& model, EventQueue& events) : model_(model), events_(events) {}

  // Jobs come in the order of their ids, and so do their tasks. `job` outlives this.
  void add_job(const TraceJob& job);

  // ---- What the engine decided.
  // The task holds `amount` thousandths of devices from `now` on.
  void start(TaskId task, std::int64_t amount, Time now);
  // The task is told to stop. By a fault it saves nothing; on what failed it is gone at once.
  enum class Cause : std::uint8_t { kOrder, kFault, kFaultUnderIt };
  void stop(TaskId task, Cause cause, Time now);
  // The task gave its devices back, after it stopped or finished.
  void release(TaskId task, Time now);

  // What tasks that still hold devices have held until `now`; at the end of a run.
  void close(Time now);

  // ---- What happens by itself. False: the event is out of date.
  // What a job comes to by its work's end, by a failure or by its limit. Nothing also when it gets
  // over the failure.
  std::optional<JobEnd> ends(const Event& event, Time now);
  bool stops(const Event& event) const;
  bool works(const Event& event, Time now);
  // The job has a checkpoint from `now` on, and works on after what it costs.
  bool checkpoints(const Event& event, Time now);

  // ---- Reading.
  struct TaskRange {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
  };
  [[nodiscard]] TaskRange tasks_of(WorkloadId job) const {
    return {jobs_[job.index()].first_task,
            jobs_[job.index()].first_task + jobs_[job.index()].tasks};
  }
  [[nodiscard]] WorkloadId job_of(TaskId task) const { return tasks_[task.index()].job; }
  [[nodiscard]] bool holds(TaskId task) const { return tasks_[task.index()].phase != Phase::kAway; }
  [[nodiscard]] bool running(TaskId task) const {
    const Phase phase = tasks_[task.index()].phase;
    return phase == Phase::kSetUp || phase == Phase::kWorking;
  }
  [[nodiscard]] std::int64_t amount(TaskId task) const { return tasks_[task.index()].amount; }
  // Tasks that hold devices.
  [[nodiscard]] std::uint32_t holding(WorkloadId job) const { return jobs_[job.index()].holding; }
  [[nodiscard]] const DeviceTime& device_time(WorkloadId job) const {
    return jobs_[job.index()].device_time;
  }
  [[nodiscard]] std::int64_t restarts() const { return restarts_; }
  [[nodiscard]] std::int64_t failures() const { return failures_; }
  // Whether no task holds devices.
  [[nodiscard]] bool empty() const { return holding_ == 0; }
  // Jobs whose work advances.
  [[nodiscard]] std::int64_t advancing() const { return advancing_; }

 private:
  enum class Phase : std::uint8_t { kAway, kSetUp, kWorking, kStopping };

  struct Task {
    WorkloadId job;
    Phase phase = Phase::kAway;
    bool ran_before = false;
    std::uint32_t version = 0;
    std::int64_t amount = 0;
    Time started;
    Time restart_from;  // Of the set-up, what a restart adds: from here on.
  };

  struct Progress {
    std::int64_t left = 0;  // Task time, nanoseconds.
    Int128 device_time = 0;
  };

  struct Job {
    const TraceJob* spec = nullptr;
    std::uint32_t first_task = 0;
    std::uint32_t tasks = 0;
    std::uint32_t holding = 0;
    std::uint32_t working = 0;
    std::uint32_t version = 0;
    std::uint32_t runs = 0;  // Times that it came to hold devices.
    std::int64_t working_amount = 0;
    Progress now;
    Progress saved;
    Time settled;             // Until when `now` is counted.
    Time resumes;             // Until then a checkpoint or a failure keeps it from its work.
    bool recovering = false;  // The failure does.
    bool advancing = false;
    bool done = false;
    Random random{0};
    std::int64_t until_failure = 0;  // Task time, nanoseconds; of use where work fails at all.
    std::int32_t failures = 0;
    DeviceTime device_time;
  };

  void settle(Job& job, Time now);
  // After a change of who works: the events that follow from it.
  void expect(WorkloadId id, Time now);
  void fall_back(Job& job);
  [[nodiscard]] bool overruns(const Job& job, const Event& event) const;
  void end(WorkloadId id, JobEnd how, Time now);
  // False: it was one failure too many.
  bool recover(WorkloadId id, Time now);
  void leave_work(Job& job, Task& task, bool saves, Time now);
  void count_restart(Job& job, const Task& task, Time until) const;
  [[nodiscard]] Duration restart_cost(const Job& job) const;

  const ClusterModel& model_;
  EventQueue& events_;
  std::vector<Job> jobs_;
  std::vector<Task> tasks_;
  std::int64_t holding_ = 0;
  std::int64_t restarts_ = 0;
  std::int64_t failures_ = 0;
  std::int64_t advancing_ = 0;
};

}  // namespace sillar
