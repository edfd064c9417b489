#include "schedule/victims.h"

#include <algorithm>
#include <numeric>

namespace sillar::schedule {

VictimCost task_cost(const Board& board, TaskId id, Time now,
                     std::span<const std::int64_t> device_price) {
  const Task& task = board.task(id);
  const Job& job = board.job(task.job);
  const Shape& shape = board.shape(task.shape);
  const ClassId c = board.node(task.place.node).accelerator_class;
  // Work without accelerators is weighed by its cores, so that it has a cost at all.
  const std::int64_t held = shape.needs_accelerator() ? shape.charged(c) : shape.cpu;
  const std::int64_t since = std::max<std::int64_t>(0, (now - task.checkpointed).ns);
  VictimCost cost;
  cost.lost_device_ns = Int128{held} * (since + Int128{job.restart_cost.ns});
  if (!device_price.empty() && shape.needs_accelerator()) {
    constexpr Int128 kDeviceHour = Int128{kDevice} * 3600 * 1'000'000'000;
    // Lost device time at the node's price, rounded down: it orders victims and is never billed.
    const Int128 price = device_price[task.place.node.index()];
    cost.money_nanos = cost.lost_device_ns / kDeviceHour * price +
                       cost.lost_device_ns % kDeviceHour * price / kDeviceHour;
  }
  return cost;
}

namespace {

bool cheaper(const VictimCost& a, const VictimCost& b) {
  if (a.money_nanos != b.money_nanos) return a.money_nanos < b.money_nanos;
  return a.lost_device_ns < b.lost_device_ns;
}

bool same_cost(const VictimCost& a, const VictimCost& b) {
  return !cheaper(a, b) && !cheaper(b, a);
}

}  // namespace

void VictimPools::add_units(WorkloadId id, std::vector<Unit>& out) const {
  const Job& job = board_.job(id);
  if (!job.preemptible) return;
  std::vector<Unit> single;
  for (std::int32_t i = 0; i < job.tasks; ++i) {
    const TaskId t{job.first_task + static_cast<std::uint32_t>(i)};
    const Task& task = board_.task(t);
    if (task.phase != Phase::kRunning || spared_[t.index()]) continue;
    const VictimCost cost = task_cost(board_, t, input_.now, input_.device_price);
    const ClassId on = board_.node(task.place.node).accelerator_class;
    single.push_back({id, t, job.priority, cost, task.started, t, task.place.node, on,
                      board_.shape(task.shape).charged(on)});
  }
  if (single.empty()) return;
  std::sort(single.begin(), single.end(), [](const Unit& a, const Unit& b) {
    if (!same_cost(a.cost, b.cost)) return cheaper(a.cost, b.cost);
    return a.task > b.task;
  });
  const std::int32_t extra =
      std::clamp(job.active() - job.minimum(), 0, static_cast<std::int32_t>(single.size()));
  Unit core{id, TaskId{}, job.priority, {}, Time{}, TaskId{}, NodeId{}, ClassId{}, 0};
  if (job.tasks == 1) {
    core.only = single[0].only;
    core.node = single[0].node;
    core.on = single[0].on;
    core.thousandths = single[0].thousandths;
  }
  for (std::size_t i = 0; i < single.size(); ++i) {
    if (i < static_cast<std::size_t>(extra) && single.size() > 1) {
      out.push_back(single[i]);
      continue;
    }
    core.cost = plus(core.cost, single[i].cost);
    core.youngest = std::max(core.youngest, single[i].youngest);
  }
  if (static_cast<std::size_t>(extra) < single.size() || single.size() == 1) out.push_back(core);
}

void VictimPools::build(ProjectId leaf) {
  std::vector<Unit>& pool = pools_[leaf.index()];
  for (const WorkloadId job : board_.active_jobs(leaf)) add_units(job, pool);
  rigid_[leaf.index()] = std::any_of(pool.begin(), pool.end(), [this](const Unit& unit) {
    return board_.request(board_.job(unit.job).request).classes.size() < 2;
  });
  const bool by_cost = board_.rules() == Rules::kSillar;
  std::sort(pool.begin(), pool.end(), [by_cost](const Unit& a, const Unit& b) {
    if (a.priority != b.priority) return a.priority < b.priority;
    if (by_cost && !same_cost(a.cost, b.cost)) return cheaper(a.cost, b.cost);
    if (a.task.valid() != b.task.valid())
      return a.task.valid();  // What is above a minimum goes first.
    if (a.youngest != b.youngest) return a.youngest > b.youngest;
    if (a.job != b.job) return a.job > b.job;
    return a.task > b.task;
  });
  std::vector<TaskId> tasks;
  for (std::uint32_t i = 0; i < pool.size(); ++i) {
    if (pool[i].task.valid()) continue;
    running_tasks(pool[i], tasks);
    for (const TaskId task : tasks) unit_index_[task.index()] = i;
  }
  for (std::uint32_t i = 0; i < pool.size(); ++i) {
    if (pool[i].task.valid()) unit_index_[pool[i].task.index()] = i;
  }
}

std::span<const Unit> VictimPools::units(ProjectId leaf) {
  if (pools_.empty()) {
    pools_.resize(board_.projects().size());
    built_.resize(board_.projects().size());
    rigid_.resize(board_.projects().size());
    unit_index_.assign(board_.task_count(), UINT32_MAX);
  }
  if (!built_[leaf.index()]) {
    built_[leaf.index()] = true;
    build(leaf);
  }
  return pools_[leaf.index()];
}

const Unit* VictimPools::unit_of(TaskId task) {
  const std::span<const Unit> pool = units(board_.job(board_.task(task).job).project);
  const std::uint32_t i = unit_index_[task.index()];
  return i == UINT32_MAX ? nullptr : &pool[i];
}

std::uint32_t VictimPools::position(const Unit& unit) {
  return static_cast<std::uint32_t>(&unit - units(board_.job(unit.job).project).data());
}

void VictimPools::running_tasks(const Unit& unit, std::vector<TaskId>& out) const {
  out.clear();
  if (unit.only.valid()) {
    if (board_.task(unit.only).phase == Phase::kRunning) out.push_back(unit.only);
    return;
  }
  const Job& job = board_.job(unit.job);
  for (std::int32_t i = 0; i < job.tasks; ++i) {
    const TaskId t{job.first_task + static_cast<std::uint32_t>(i)};
    if (board_.task(t).phase == Phase::kRunning) out.push_back(t);
  }
}

std::int64_t VictimPools::amount(const Unit& unit, std::size_t r) const {
  std::vector<TaskId> tasks;
  running_tasks(unit, tasks);
  std::int64_t total = 0;
  for (const TaskId id : tasks) {
    const Task& task = board_.task(id);
    total +=
        board_.amount(board_.shape(task.shape), board_.node(task.place.node).accelerator_class, r);
  }
  return total;
}

VictimPools::Sizes VictimPools::sizes(ProjectId leaf, std::size_t r) {
  const std::span<const Unit> pool = units(leaf);
  if (sizes_.empty()) sizes_.resize(board_.projects().size() * board_.resources());
  Sizes& sizes = sizes_[board_.at(leaf, r)];
  if (sizes.largest < 0) {
    sizes.largest = 0;
    for (const Unit& unit : pool) {
      const std::int64_t held = amount(unit, r);
      sizes.largest = std::max(sizes.largest, held);
      sizes.step = std::gcd(sizes.step, held);
    }
  }
  return sizes;
}

}  // namespace sillar::schedule
