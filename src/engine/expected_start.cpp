#include "engine/expected_start.h"

#include <algorithm>

#include "engine/engine.h"
#include "engine/next_due.h"

namespace sillar {
namespace {

// What was told to stop is gone at once: a driver's time to stop is short beside a wait.
bool end_what_stops(State& fork, Scratch& scratch) {
  for (std::uint32_t t = 0; t < fork.board.task_count(); ++t) {
    const TaskId task{t};
    if (fork.board.task(task).phase != schedule::Phase::kStopping) continue;
    if (!step(fork, scratch, {fork.now, TaskObserved{task, TaskEvent::kStopped}})) return false;
  }
  return true;
}

}  // namespace

std::optional<Time> expected_start(const State& state, WorkloadId id) {
  const schedule::Job& job = state.board.job(id);
  if (job.held || job.running > 0 || job.left() == 0) return std::nullopt;
  if (state.board.task_count() > kLookAheadTasksMax) return std::nullopt;
  State fork = state;
  Scratch scratch;
  Time at = state.now;
  for (int i = 0; i < kLookAheadSteps; ++i) {
    if (!step(fork, scratch, {at, Decide{}})) return std::nullopt;
    if (!end_what_stops(fork, scratch)) return std::nullopt;
    if (!step(fork, scratch, {at, Decide{}})) return std::nullopt;
    if (fork.board.job(id).running > 0) return at;
    const Time next = next_due(fork);
    if (next == Time::never()) return std::nullopt;
    at = std::max(next, at + Duration{1});
  }
  return std::nullopt;
}

}  // namespace sillar
