#include "engine/task_bytes.h"

#include "engine/due.h"

namespace sillar {
namespace {

using schedule::Phase;

// What is told of a task beside its attempt: one bit each, so that most tasks take two bytes.
constexpr unsigned kConfirmed = 1;
constexpr unsigned kEnds = 2;
constexpr unsigned kOutcome = 4;
constexpr unsigned kFailures = 8;
constexpr unsigned kExit = 16;
constexpr unsigned kParkedUntil = 32;
constexpr unsigned kIdleSince = 64;
constexpr unsigned kWarned = 128;
constexpr unsigned kAll = 255;

unsigned marks_of(const TaskRecord& task) {
  unsigned marks = task.confirmed ? kConfirmed : 0;
  if (task.ends_as) marks |= kEnds;
  if (task.outcome != TaskOutcome::kSucceeded) marks |= kOutcome;
  if (task.failures != 0) marks |= kFailures;
  if (task.exit_code != 0 || task.signal != 0) marks |= kExit;
  if (task.retry_at != Time::never()) marks |= kParkedUntil;
  if (task.idle_since != Time::never()) marks |= kIdleSince;
  if (task.idle_warned != Time::never()) marks |= kWarned;
  return marks;
}

void append_task(std::string& out, const TaskRecord& task) {
  const unsigned marks = marks_of(task);
  put_number(out, task.attempt);
  put_number(out, marks);
  if ((marks & kEnds) != 0) put_number(out, static_cast<std::int64_t>(*task.ends_as));
  if ((marks & kOutcome) != 0) put_number(out, static_cast<std::int64_t>(task.outcome));
  if ((marks & kFailures) != 0) put_number(out, task.failures);
  if ((marks & kExit) != 0) {
    put_number(out, task.exit_code);
    put_number(out, task.signal);
  }
  if ((marks & kParkedUntil) != 0) put_number(out, task.retry_at.ns);
  if ((marks & kIdleSince) != 0) put_number(out, task.idle_since.ns);
  if ((marks & kWarned) != 0) put_number(out, task.idle_warned.ns);
}

std::int32_t read_int(ByteReader& in, std::int32_t least) {
  return static_cast<std::int32_t>(in.number(least, INT32_MAX));
}

TaskRecord read_task(ByteReader& in) {
  TaskRecord task;
  task.attempt = read_int(in, 0);
  const auto marks = static_cast<unsigned>(in.number(0, kAll));
  task.confirmed = (marks & kConfirmed) != 0;
  if ((marks & kEnds) != 0) task.ends_as = in.word(TaskOutcome::kIdle);
  if ((marks & kOutcome) != 0) task.outcome = in.word(TaskOutcome::kIdle);
  if ((marks & kFailures) != 0) task.failures = read_int(in, 0);
  if ((marks & kExit) != 0) {
    task.exit_code = read_int(in, INT32_MIN);
    task.signal = read_int(in, INT32_MIN);
  }
  // A back-off may end after the last moment that is decided about.
  if ((marks & kParkedUntil) != 0) task.retry_at = Time{in.number(0, Time::never().ns)};
  if ((marks & kIdleSince) != 0) task.idle_since = in.moment();
  if ((marks & kWarned) != 0) task.idle_warned = in.moment();
  if (marks_of(task) != marks) in.fail();
  return task;
}

// Each mark belongs to one phase.
bool possible(const TaskRecord& task, Phase phase) {
  const bool running = phase == Phase::kRunning;
  const bool began = running || phase == Phase::kStopping;
  return (task.attempt > 0 || !began) && (running || !task.confirmed) &&
         (phase == Phase::kStopping || !task.ends_as) &&
         (phase == Phase::kFinished || task.outcome == TaskOutcome::kSucceeded) &&
         (phase == Phase::kParked) == (task.retry_at != Time::never()) &&
         (running || task.idle_since == Time::never()) &&
         (task.idle_since != Time::never() || task.idle_warned == Time::never());
}

}  // namespace

void append_task_records(std::string& out, const State& state) {
  for (const TaskRecord& task : state.tasks) append_task(out, task);
}

bool read_task_records(ByteReader& in, State& state) {
  for (std::size_t t = 0; t < state.tasks.size(); ++t) {
    TaskRecord& task = state.tasks[t] = read_task(in);
    const schedule::Task& placed = state.board.task(TaskId{t});
    if (!in.ok() || !possible(task, placed.phase)) return false;
    WorkloadRecord& record = state.workloads[placed.job.index()];
    record.confirmed_tasks += task.confirmed ? 1 : 0;
    record.ending_tasks += task.ends_as ? 1 : 0;
    if (has_dues(*record.spec))
      state.agenda.set(Agenda::Kind::kTask, static_cast<std::uint32_t>(t),
                       task_due(state, TaskId{t}));
  }
  for (std::size_t w = 0; w < state.workloads.size(); ++w)
    state.agenda.set(Agenda::Kind::kWorkload, static_cast<std::uint32_t>(w),
                     workload_due(state, WorkloadId{w}));
  return true;
}

}  // namespace sillar
