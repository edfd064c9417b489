#include "server/control.h"

#include <algorithm>
#include <chrono>

#include "base/check.h"
#include "engine/next_due.h"
#include "server/problem.h"

namespace sillar::server {
namespace {

// How long something takes, for the metrics alone.
class Watch {
 public:
  [[nodiscard]] std::int64_t ns() const {
    return std::chrono::nanoseconds(std::chrono::steady_clock::now() - began_).count();
  }

 private:
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

}  // namespace

Control::Control(std::unique_ptr<Core> core, ControlOptions options, ControlHooks hooks)
    : core_(std::move(core)),
      options_(options),
      hooks_(std::move(hooks)),
      thread_([this] { run(); }) {}

bool Control::post(Command command) {
  const std::size_t most =
      command.urgency == Urgency::kRelease ? kQueueMax + kQueueReserve : kQueueMax;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || queue_.size() >= most) {
      if (hooks_.metrics != nullptr) hooks_.metrics->not_queued.add();
      return false;
    }
    queue_.push_back(std::move(command));
    waiting_.store(queue_.size(), std::memory_order_relaxed);
  }
  wake_.notify_one();
  return true;
}

void Control::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

std::deque<Command> Control::take() {
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, std::chrono::nanoseconds(wait_ns()),
                 [&] { return stopping_ || !queue_.empty(); });
  ended_ = stopping_ && queue_.size() <= kBatchBodies;
  std::deque<Command> taken;
  if (queue_.size() <= kBatchBodies) {
    taken.swap(queue_);
  } else {
    const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(kBatchBodies);
    std::move(queue_.begin(), end, std::back_inserter(taken));
    queue_.erase(queue_.begin(), end);
  }
  waiting_.store(queue_.size(), std::memory_order_relaxed);
  return taken;
}

// How long nothing is due.
std::int64_t Control::wait_ns() const {
  const Time now = core_->now();
  Time due = full_at_ + options_.idle_pace;
  if (core_->state().world) due = std::min(due, next_due(core_->state()));
  if (changed_) due = std::min(due, light_at_ + options_.light_pace);
  if (changed_full_) due = std::min(due, full_at_ + options_.full_pace);
  return std::max<std::int64_t>((due - now).ns, 0);
}

void Control::run() {
  while (!ended_) run_batch(take());
  if (const Status kept = core_->keep_snapshot(); !kept) hooks_.fatal(kept.error());
}

void Control::run_batch(std::deque<Command> commands) {
  core_->begin();
  const bool low = hooks_.disk_is_low && hooks_.disk_is_low();
  std::vector<std::pair<std::function<void(Answer)>, Answer>> answers;
  answers.reserve(commands.size());
  while (!commands.empty() && !core_->batch_is_full()) {
    Command command = std::move(commands.front());
    commands.pop_front();
    const bool refused = low && command.urgency == Urgency::kAdmission;
    Answer answer = refused ? disk_is_full() : command.act(*core_);
    answers.emplace_back(std::move(command.answer), std::move(answer));
  }
  const bool rest = !commands.empty();
  if (rest) {
    const std::lock_guard lock(mutex_);
    std::move(commands.rbegin(), commands.rend(), std::front_inserter(queue_));
    ended_ = false;
  }
  if (!core_->steps().empty()) changed_ = changed_full_ = true;
  run_cycle();
  if (hooks_.decided) hooks_.decided(*core_, low);
  const bool writes = core_->seq() > core_->durable_seq();
  const Watch watch;
  const Status committed = core_->commit();
  if (hooks_.metrics != nullptr) {
    if (writes) hooks_.metrics->commit.observe(watch.ns());
    if (!answers.empty()) hooks_.metrics->batch.observe(static_cast<std::int64_t>(answers.size()));
  }
  if (!committed && committed.error().code != ErrorCode::kLimit)
    return hooks_.fatal(committed.error());
  if (!committed && hooks_.make_room) (void)hooks_.make_room();
  if (committed && hooks_.published) hooks_.published(*core_);
  for (auto& [answer, what] : answers)
    if (answer) answer(committed ? std::move(what) : disk_is_full());
  core_->end();
}

void Control::run_cycle() {
  if (!core_->state().world) return;
  const Time now = core_->now();
  const bool full = now - full_at_ >= (changed_full_ ? options_.full_pace : options_.idle_pace) ||
                    now >= next_due(core_->state());
  const bool light = changed_ && now - light_at_ >= options_.light_pace;
  if (!full && !light) return;
  const Watch watch;
  const auto facts = core_->input(Decide{full});
  CHECK(facts.has_value(), "a cycle is always possible");
  if (hooks_.metrics != nullptr)
    (full ? hooks_.metrics->full_cycle : hooks_.metrics->light_cycle).observe(watch.ns());
  light_at_ = now;
  changed_ = false;
  if (full) {
    full_at_ = now;
    // What a full cycle changed may let the next one change more.
    changed_full_ = !facts->empty();
  } else if (!facts->empty()) {
    changed_full_ = true;
  }
}

}  // namespace sillar::server
