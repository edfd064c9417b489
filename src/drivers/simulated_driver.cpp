#include "drivers/simulated_driver.h"

#include <algorithm>

namespace sillar::drivers {
namespace {

constexpr int kTerminated = 128 + 15;  // As shells say that TERM ended it.

}  // namespace

SimulatedDriver::SimulatedDriver(SimulatedOptions options, Observe observe)
    : options_(std::move(options)), observe_(std::move(observe)) {}

Status SimulatedDriver::launch(const LaunchOrder& order) {
  if (!is_token(order.token)) return invalid("a token is 32 hexadecimal digits");
  if (!order.run.command.empty() || !order.run.script.empty())
    return invalid("this node is simulated: no command can run on it");
  Task task;
  task.run = options_.model(order);
  task.placed = order.placed;
  task.starts = task.placed + task.run.starts_after;
  task.ends = std::max(task.placed + task.run.ends_after, task.starts);
  const std::lock_guard lock(mutex_);
  const auto [at, fresh] = tasks_.emplace(order.token, std::move(task));
  if (fresh) due_.emplace(at->second.starts, order.token);
  return {};
}

Status SimulatedDriver::stop(const StopOrder& order) {
  const Time gone = options_.clock() + std::min(options_.stop_takes, order.grace);
  const std::lock_guard lock(mutex_);
  const auto found = tasks_.find(order.token);
  if (found == tasks_.end()) return fail(ErrorCode::kNotFound, "no such task is simulated");
  Task& task = found->second;
  if (task.phase == Phase::kEnded || gone >= task.ends) return {};
  due_.erase({task.phase == Phase::kOrdered ? task.starts : task.ends, order.token});
  // One that has not started never will; it says that it did, and ended, as a command would.
  task.starts = std::min(task.starts, gone);
  task.ends = gone;
  task.stopping = true;
  due_.emplace(task.phase == Phase::kOrdered ? task.starts : task.ends, order.token);
  return {};
}

Result<std::vector<Found>> SimulatedDriver::list() {
  const std::lock_guard lock(mutex_);
  std::vector<Found> found;
  found.reserve(tasks_.size());
  for (const auto& [token, task] : tasks_) found.push_back({token, task.phase, task.last});
  return found;
}

Status SimulatedDriver::forget(std::string_view token) {
  const std::lock_guard lock(mutex_);
  const auto found = tasks_.find(token);
  if (found == tasks_.end()) return fail(ErrorCode::kNotFound, "no such task is simulated");
  if (found->second.phase != Phase::kEnded) return invalid("it has not ended");
  tasks_.erase(found);
  return {};
}

// Requires: `mutex_` is held and the task's next thing has come.
Observation SimulatedDriver::step(Tasks::value_type& entry) {
  auto& [token, task] = entry;
  Observation seen;
  seen.token = token;
  if (task.phase == Phase::kOrdered && task.run.end != ObservationKind::kLaunchFailed) {
    seen.at = task.starts;
    task.phase = Phase::kRunning;
    due_.emplace(task.ends, token);
  } else {
    seen.at = task.phase == Phase::kOrdered ? task.starts : task.ends;
    seen.kind = task.stopping ? ObservationKind::kExited : task.run.end;
    if (seen.kind == ObservationKind::kExited)
      seen.exit_code = task.stopping ? kTerminated : task.run.exit_code;
    if (task.stopping) seen.signal = kTerminated - 128;
    if (!task.stopping) seen.message = task.run.message;
    task.phase = Phase::kEnded;
  }
  task.last = seen;
  return seen;
}

Time SimulatedDriver::advance() {
  const Time now = options_.clock();
  for (;;) {
    Observation seen;
    {
      const std::lock_guard lock(mutex_);
      if (due_.empty()) return Time::never();
      const auto [at, token] = *due_.begin();
      if (at > now) return at;
      due_.erase(due_.begin());
      seen = step(*tasks_.find(token));
    }
    // Without the lock: whoever is told may call back.
    observe_(seen);
  }
}

}  // namespace sillar::drivers
