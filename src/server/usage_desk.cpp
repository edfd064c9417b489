#include "server/usage_desk.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>
#include <vector>

namespace sillar::server {
namespace {

// The busiest of the task's devices; nothing: nobody knows.
std::optional<std::int64_t> busy_of(const schedule::Task& task, const drivers::DeviceSample& seen) {
  std::optional<std::int64_t> busy;
  for (const drivers::DeviceUse& use : seen.use) {
    const bool its = use.device < kDevicesPerNodeMax && (task.place.device_mask >> use.device & 1);
    if (its) busy = std::max(busy.value_or(0), use.busy_thousandths);
  }
  return busy;
}

std::vector<UtilisationObserved> changes_of_use(const State& state,
                                                const drivers::DeviceSample& seen) {
  std::vector<UtilisationObserved> changes;
  for (std::size_t n = 0; n < state.board.node_count(); ++n)
    for (const TaskId id : state.board.tasks_on(NodeId{n})) {
      const schedule::Task& task = state.board.task(id);
      const IdleRule& rule = state.spec(task.job).idle;
      if (task.phase != schedule::Phase::kRunning || rule.limit.ns <= 0) continue;
      const auto busy = busy_of(task, seen);
      if (!busy) continue;
      const bool idle = *busy < rule.below_thousandths;
      const bool known = state.tasks[id.index()].idle_since != Time::never();
      if (idle != known) changes.push_back({id, *busy});
    }
  return changes;
}

std::vector<HealthObserved> changes_of_health(const State& state,
                                              const drivers::DeviceSample& seen) {
  std::vector<HealthObserved> changes;
  const std::vector<Node>& nodes = state.world->fleet.nodes;
  const auto there = [](const Node& node) { return !node.retired; };
  if (std::ranges::count_if(nodes, there) != 1) return changes;
  const auto only = std::ranges::find_if(nodes, there);
  const NodeId node{static_cast<std::size_t>(only - nodes.begin())};
  const auto look = [&](std::int32_t device, Health now) {
    const Node& stated = *only;
    const auto d = static_cast<std::size_t>(device);
    if (device < 0 || device >= stated.accelerators) return;
    // What the fleet itself states is not for a sample to say.
    if (d < stated.devices.size() && stated.devices[d] != Health::kHealthy) return;
    if (observed_health(state, {node, device}) != now) changes.push_back({node, device, now});
  };
  for (const drivers::DeviceUse& use : seen.use)
    if (!std::ranges::binary_search(seen.broken, use.device)) look(use.device, Health::kHealthy);
  for (const std::int32_t device : seen.broken) look(device, Health::kQuarantined);
  return changes;
}

}  // namespace

UsageDesk::UsageDesk(UsageOptions options, Post post,
                     std::function<void(const std::string&)> remark)
    : options_(std::move(options)), post_(std::move(post)), remark_(std::move(remark)) {
  if (options_.sample) thread_ = std::thread([this] { run(); });
}

void UsageDesk::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void UsageDesk::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    look();
    lock.lock();
    wake_.wait_for(lock, std::chrono::nanoseconds(options_.pace.ns), [&] { return stopping_; });
  }
}

void UsageDesk::look() {
  // A control thread that is behind is not given more: the next look tells as much.
  if (posted_) return;
  auto sample = options_.sample();
  const std::string trouble = sample ? std::string{} : sample.error().message;
  if (!sample) {
    if (trouble != trouble_) remark_(trouble);
    trouble_ = trouble;
    return;
  }
  trouble_.clear();
  posted_ = true;
  if (!post_(std::move(*sample), [this] { posted_ = false; })) posted_ = false;
}

void observe_sample(Core& core, const drivers::DeviceSample& sample) {
  const State& state = core.state();
  if (!state.world) return;
  const auto use = changes_of_use(state, sample);
  const auto health = changes_of_health(state, sample);
  // Each is about what is there: it was just looked up.
  for (const UtilisationObserved& input : use) (void)core.input(input);
  for (const HealthObserved& input : health) (void)core.input(input);
}

}  // namespace sillar::server
