#include "engine/evictions.h"

#include <algorithm>

#include "schedule/victims.h"

namespace sillar {

using schedule::Phase;

void Evictions::add(TaskId task, Reason reason) {
  const auto [entry, fresh] = hits_.try_emplace(s_.board.task(task).job);
  if (fresh) entry->second.reason = std::move(reason);
  std::vector<TaskId>& tasks = entry->second.tasks;
  const auto at = std::lower_bound(tasks.begin(), tasks.end(), task);
  if (at == tasks.end() || *at != task) tasks.insert(at, task);
}

void Evictions::add_all(DeviceRef ref, const Reason& reason) {
  for (const TaskId t : s_.board.tasks_on(ref.node)) {
    const schedule::Task& task = s_.board.task(t);
    const bool on_it = ref.device < 0 || (task.place.device_mask >> ref.device & 1) != 0;
    if (on_it && task.phase == Phase::kRunning) add(t, reason);
  }
}

void Evictions::facts(std::vector<FactBody>& out) const {
  for (const auto& [id, hit] : hits_) {
    const schedule::Job& job = s_.board.job(id);
    const bool whole = job.active() - std::ssize(hit.tasks) < job.minimum();
    for (std::int32_t i = 0; i < job.tasks; ++i) {
      const TaskId t{job.first_task + static_cast<std::uint32_t>(i)};
      const bool goes = whole || std::binary_search(hit.tasks.begin(), hit.tasks.end(), t);
      if (!goes || s_.board.task(t).phase != Phase::kRunning) continue;
      const schedule::VictimCost cost = schedule::task_cost(s_.board, t, at_, s_.device_price);
      out.emplace_back(
          TaskEvicted{t, WorkloadId{}, hit.reason, {cost.lost_device_ns, cost.money_nanos}});
    }
  }
}

Reason fault_reason(const State& state, DeviceRef ref) {
  const std::string& name = state.world->fleet.nodes[ref.node.index()].name;
  if (ref.device < 0) return {ReasonCode::kNodeFault, {{"node", name}}};
  return {ReasonCode::kDeviceFault, {{"device", std::int64_t{ref.device}}, {"node", name}}};
}

}  // namespace sillar
