#include "server/effects.h"

#include <fmt/format.h>

#include <chrono>
#include <set>

#include "base/hash.h"

namespace sillar::server {
namespace {

using drivers::LaunchOrder;
using drivers::Observation;
using drivers::ObservationKind;
using drivers::StopOrder;
using BoardPhase = schedule::Phase;

constexpr std::chrono::milliseconds kRepostPace{50};

std::int32_t ordinal_of(const State& state, TaskId task) {
  return static_cast<std::int32_t>(task.value -
                                   state.board.job(state.board.task(task).job).first_task);
}

bool holds_devices(const State& state, TaskId task) {
  const BoardPhase phase = state.board.task(task).phase;
  return phase == BoardPhase::kRunning || phase == BoardPhase::kStopping;
}

TaskObserved input_of(TaskId task, std::int32_t attempt, const Observation& observation) {
  TaskObserved input;
  input.task = task;
  input.attempt = attempt;
  input.message = observation.message;
  switch (observation.kind) {
    case ObservationKind::kStarted:
      input.event = TaskEvent::kRunning;
      break;
    case ObservationKind::kExited:
      input.exit_code = observation.exit_code;
      input.signal = observation.signal;
      input.event = observation.exit_code == 0 ? TaskEvent::kSucceeded : TaskEvent::kFailed;
      break;
    case ObservationKind::kLaunchFailed:
      input.event = TaskEvent::kLaunchFailed;
      break;
    case ObservationKind::kLost:
      input.event = TaskEvent::kLost;
      break;
  }
  return input;
}

}  // namespace

std::string token_of(const Core& core, TaskId task) {
  const State& state = core.state();
  const Workload& spec = state.spec(state.board.task(task).job);
  return hash_bytes(fmt::format("{}\n{}\n{}\n{}", core.parts().installation.name(), spec.name,
                                ordinal_of(state, task), state.attempt(task)))
      .hex();
}

LaunchOrder launch_order(const Core& core, TaskId id) {
  const State& state = core.state();
  const schedule::Task& task = state.board.task(id);
  const Workload& spec = state.spec(task.job);
  LaunchOrder order;
  order.token = token_of(core, id);
  order.workload = spec.name;
  order.project = spec.project;
  order.task = ordinal_of(state, id);
  if (!spec.array.empty()) order.array_index = spec.array[static_cast<std::size_t>(order.task)];
  order.attempt = state.attempt(id);
  order.node = state.world->fleet.nodes[task.place.node.index()].name;
  order.placed = task.started;
  order.run = spec.run;
  order.os_user = spec.os_user;
  for (std::int32_t d = 0; d < kDevicesPerNodeMax; ++d)
    if ((task.place.device_mask >> d & 1) != 0) order.devices.push_back(d);
  order.cpu = spec.request.cpu;
  order.memory_bytes = spec.request.memory_bytes;
  return order;
}

Status Effects::start(const Core& core, drivers::Driver& driver) {
  driver_ = &driver;
  SILLAR_TRY(found, driver.list());
  std::map<std::string, drivers::Phase> known;
  for (const drivers::Found& each : found) known.emplace(each.token, each.phase);
  const State& state = core.state();
  for (std::uint32_t i = 0; i < state.board.task_count(); ++i) {
    const TaskId task{i};
    if (!holds_devices(state, task)) continue;
    const bool stopping = state.board.task(task).phase == BoardPhase::kStopping;
    const std::string token = token_of(core, task);
    const auto at = known.find(token);
    const bool there = at != known.end();
    if (there) known.erase(at);
    tasks_.emplace(token, task);
    tokens_.emplace(task, token);
    last_tokens_[task] = token;
    // Launching what was launched changes nothing; a stop needs something to stop.
    if (!there || !stopping) order(launch_order(core, task));
    if (stopping) order_stop(core, task);
  }
  // What nobody has running any more: its end was lost on us, or its start was taken back.
  for (const auto& [token, phase] : known) {
    if (phase != drivers::Phase::kEnded) order(StopOrder{token, {}, Duration{}});
    if (phase == drivers::Phase::kEnded) order(Forget{token});
  }
  thread_ = std::thread([this] { run(); });
  return {};
}

void Effects::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Effects::publish(const Core& core) {
  const State& state = core.state();
  std::set<TaskId> touched;
  for (const Step& step : core.steps())
    for (const Fact& fact : step.facts)
      std::visit(
          [&](const auto& f) {
            if constexpr (requires { TaskId{f.task}; }) touched.insert(f.task);
          },
          fact.body);
  for (const TaskId task : touched) {
    const bool holds = holds_devices(state, task);
    const auto known = tokens_.find(task);
    const bool same = known != tokens_.end() && holds && known->second == token_of(core, task);
    if (known != tokens_.end() && !same) forget_task(task);
    if (holds && !same) order_launch(core, task);
    if (holds && state.board.task(task).phase == BoardPhase::kStopping) order_stop(core, task);
  }
}

void Effects::order_launch(const Core& core, TaskId task) {
  LaunchOrder launch = launch_order(core, task);
  tasks_.emplace(launch.token, task);
  tokens_.emplace(task, launch.token);
  {
    const std::lock_guard lock(mutex_);
    last_tokens_[task] = launch.token;
  }
  order(std::move(launch));
}

void Effects::order_stop(const Core& core, TaskId task) {
  const Launch& run = core.state().spec(core.state().board.task(task).job).run;
  order(StopOrder{tokens_.at(task), run.checkpoint_signal, run.grace});
}

void Effects::forget_task(TaskId task) {
  const auto known = tokens_.find(task);
  order(Forget{known->second});
  tasks_.erase(known->second);
  tokens_.erase(known);
}

void Effects::observe(Core& core, const Observation& observation) {
  const auto known = tasks_.find(observation.token);
  if (known == tasks_.end()) {
    if (observation.kind != ObservationKind::kStarted) order(Forget{observation.token});
    return;
  }
  const TaskId task = known->second;
  TaskObserved input = input_of(task, core.state().attempt(task), observation);
  // Whatever its exit code: it was told to stop and has. One that saves what it has and ends well
  // is not done.
  const bool told = core.state().board.task(task).phase == BoardPhase::kStopping;
  if (told && observation.kind == ObservationKind::kExited) input.event = TaskEvent::kStopped;
  // An attempt that is over is not news.
  (void)core.input(std::move(input));
}

void Effects::observed(const Observation& observation) {
  if (post_(observation)) return;
  const std::lock_guard lock(mutex_);
  unposted_.push_back(observation);
}

void Effects::order(Order order) {
  {
    const std::lock_guard lock(mutex_);
    orders_.push_back(std::move(order));
  }
  wake_.notify_one();
}

void Effects::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    const auto ready = [&] { return stopping_ || !orders_.empty(); };
    if (unposted_.empty())
      wake_.wait(lock, ready);
    else
      wake_.wait_for(lock, kRepostPace, ready);
    if (stopping_) return;
    while (!unposted_.empty()) {
      const Observation next = unposted_.front();
      lock.unlock();
      const bool posted = post_(next);
      lock.lock();
      if (!posted) break;
      unposted_.pop_front();
    }
    if (orders_.empty()) continue;
    const Order next = std::move(orders_.front());
    orders_.pop_front();
    lock.unlock();
    carry_out(next);
    lock.lock();
  }
}

void Effects::carry_out(const Order& order) {
  if (const auto* launch = std::get_if<LaunchOrder>(&order)) {
    const Status launched = driver_->launch(*launch);
    note(DriverOperation::kLaunch, launched);
    if (!launched)
      observed({launch->token, ObservationKind::kLaunchFailed, {}, 0, 0, launched.error().message});
    return;
  }
  if (const auto* stop = std::get_if<StopOrder>(&order)) {
    // Unknown to the driver: its launch failed, and that has been said.
    note(DriverOperation::kStop, driver_->stop(*stop));
    return;
  }
  // Forgetting what never was, or was forgotten before a crash, is no loss.
  note(DriverOperation::kForget, driver_->forget(std::get<Forget>(order).token));
}

void Effects::note(DriverOperation operation, const Status& done) const {
  if (metrics_ != nullptr) metrics_->carried_out(operation, done.has_value());
}

std::string Effects::last_token(TaskId task) const {
  const std::lock_guard lock(mutex_);
  const auto found = last_tokens_.find(task);
  return found == last_tokens_.end() ? std::string{} : found->second;
}

std::size_t Effects::waiting() const {
  const std::lock_guard lock(mutex_);
  return orders_.size();
}

}  // namespace sillar::server
