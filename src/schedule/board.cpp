#include "schedule/board.h"

#include <algorithm>
#include <bit>

#include "base/check.h"

namespace sillar::schedule {

Board::Holding Board::holding(const Task& task) {
  Holding held;
  switch (task.phase) {
    case Phase::kPending:
    case Phase::kFinished:
    case Phase::kParked:
      break;
    case Phase::kReserved:
      held = {false, true, task.shape, task.place};
      break;
    case Phase::kRunning:
      held = {true, true, task.shape, task.place};
      break;
    case Phase::kStopping:
      held = {true, task.promise_shape.valid(), task.promise_shape, task.promise};
      break;
  }
  return held;
}

void Board::occupy(const Shape& shape, const Placement& place, Room room, int sign) {
  occupy(nodes_[place.node.index()], shape, place, room, sign);
}

void Board::take_off(NodeState& node, TaskId id) const {
  const Task& task = tasks_[id.index()];
  occupy(node, shapes_[task.shape.index()], task.place, Room::kFuture, -1);
}

void Board::occupy(NodeState& node, const Shape& shape, const Placement& place, Room room,
                   int sign) const {
  const bool now = room == Room::kNow;
  (now ? node.cpu_now : node.cpu_future) -= sign * shape.cpu;
  (now ? node.memory_now : node.memory_future) -= sign * shape.memory_bytes;
  (now ? node.tasks_now : node.tasks_future) -= sign;
  if (!shape.needs_accelerator()) return;
  const ClassUse use = shape.by_class[node.accelerator_class.index()];
  for (unsigned mask = place.device_mask; mask != 0; mask &= mask - 1) {
    DeviceState& device = node.devices[static_cast<std::size_t>(std::countr_zero(mask))];
    std::int16_t& free = now ? device.now : device.future;
    free = static_cast<std::int16_t>(free - sign * use.thousandths);
    DCHECK(free >= 0 && free <= kDevice, "a device is never over-committed");
    if (shape.use != DeviceUse::kMig) continue;
    const MigProfile& profile = fleet_.classes[node.accelerator_class.index()]
                                    .mig[static_cast<std::size_t>(use.mig_profile)];
    const auto slots = static_cast<std::uint8_t>(((1U << profile.slots) - 1U) << place.mig_slot);
    std::uint8_t& used = now ? device.mig_now : device.mig_future;
    DCHECK(sign > 0 ? (used & slots) == 0 : (used & slots) == slots, "MIG slots are exclusive");
    used = static_cast<std::uint8_t>(used ^ slots);
  }
}

std::int64_t Board::amount(const Shape& shape, ClassId c, std::size_t r) const {
  if (r == kCpu) return shape.cpu;
  if (r == kMemory) return shape.memory_bytes;
  return c.valid() && resource_of(c) == r ? shape.charged(c) : 0;
}

void Board::account(const Job& job, const Shape& shape, NodeId node, int sign) {
  const ClassId c = nodes_[node.index()].accelerator_class;
  const std::int64_t charged = sign * shape.charged(c);
  const std::size_t resource = charged != 0 ? resource_of(c) : kCpu;
  for (ProjectId p = job.project; p.valid(); p = projects_[p.index()].parent) {
    const std::size_t base = at(p, 0);
    const auto add = [&](std::vector<std::int64_t>& counters) {
      counters[base + kCpu] += sign * shape.cpu;
      counters[base + kMemory] += sign * shape.memory_bytes;
      if (charged != 0) counters[base + resource] += charged;
    };
    add(counters_.allocated);
    if (!job.preemptible) add(counters_.allocated_fixed);
    add(counters_.requested);
    if (charged == 0) continue;
    for (const std::uint32_t other : requests_[job.request.index()].classes) {
      if (other != resource) counters_.elsewhere[base + other] += charged;
    }
  }
}

void Board::demand(const Job& job, std::int64_t tasks) {
  for (const auto& [resource, amount] : requests_[job.request.index()].demand) {
    for (ProjectId p = job.project; p.valid(); p = projects_[p.index()].parent)
      counters_.requested[at(p, resource)] += tasks * amount;
  }
}

void Board::list_on_node(TaskId id) {
  Task& task = tasks_[id.index()];
  std::vector<TaskId>& list = on_node_[task.place.node.index()];
  task.node_slot = static_cast<std::uint32_t>(list.size());
  list.push_back(id);
}

void Board::unlist_from_node(TaskId id) {
  const Task& task = tasks_[id.index()];
  std::vector<TaskId>& list = on_node_[task.place.node.index()];
  DCHECK(list[task.node_slot] == id, "the node's list and the task agree");
  list[task.node_slot] = list.back();
  tasks_[list.back().index()].node_slot = task.node_slot;
  list.pop_back();
}

void Board::touched(NodeId node, bool released) {
  if (released) ++release_version_;
  Change& change = change_[node.index()];
  change.at = ++changes_;
  if (last_changed_ == node) return;
  change_[change.newer.index()].older = change.older;
  if (change.older.valid()) change_[change.older.index()].newer = change.newer;
  change_[last_changed_.index()].newer = node;
  change.newer = NodeId{};
  change.older = last_changed_;
  last_changed_ = node;
}

void Board::count_phase(Job& job, Phase phase, std::int32_t by) {
  switch (phase) {
    case Phase::kPending:
      job.pending += by;
      break;
    case Phase::kReserved:
      job.reserved += by;
      break;
    case Phase::kRunning:
      job.running += by;
      break;
    case Phase::kStopping:
      job.stopping += by;
      break;
    case Phase::kParked:
      job.parked += by;
      break;
    case Phase::kFinished:
      break;
  }
}

PendingKey Board::pending_key(WorkloadId id) const {
  const Job& job = jobs_[id.index()];
  const std::int32_t active = job.active();
  const std::int32_t minimum = job.minimum();
  return {job.priority, active < minimum ? 0 : (active == minimum ? 1 : 2), job.submitted, id};
}

void Board::list_pending(WorkloadId id, bool add) {
  const Job& job = jobs_[id.index()];
  PendingJobs& queue = pending_[job.project.index()];
  if (add) {
    queue.insert(job.request, pending_key(id));
    ++requests_[job.request.index()].pending_jobs;
    return;
  }
  queue.erase(job.request, pending_key(id));
  --requests_[job.request.index()].pending_jobs;
}

void Board::note_gang(WorkloadId id, Time at) {
  Job& job = jobs_[id.index()];
  if (job.active() >= job.minimum()) {
    if (job.below_min_since != Time::never()) job.last_full_start = at;
    job.below_min_since = Time::never();
  } else if (job.below_min_since == Time::never()) {
    job.below_min_since = at;
  }
}

void Board::set_waiting(WorkloadId id, ReasonCode code) {
  Job& job = jobs_[id.index()];
  job.waiting = code;
  if (code == ReasonCode::kNone && job.pending > 0 && !job.held)
    unexplained_.insert(id);
  else
    unexplained_.erase(id);
}

void Board::set_attained(WorkloadId id, Duration attained) {
  jobs_[id.index()].attained = attained;
}

void Board::relist_pending(WorkloadId id, bool listed_before, const PendingKey& key_before) {
  const Job& job = jobs_[id.index()];
  const bool listed = job.wants_more();
  const PendingKey key = pending_key(id);
  if (listed_before == listed && (!listed || (!(key_before < key) && !(key < key_before)))) return;
  if (listed_before) {
    pending_[job.project.index()].erase(job.request, key_before);
    --requests_[job.request.index()].pending_jobs;
  }
  if (listed) list_pending(id, true);
}

void Board::change(TaskId id, const Task& after) {
  Task& task = tasks_[id.index()];
  const WorkloadId job_id = task.job;
  Job& job = jobs_[job_id.index()];
  const Phase from = task.phase;
  const Phase to = after.phase;

  // The pending list is keyed by counts that are about to change.
  const PendingKey key_before = pending_key(job_id);
  const bool listed_before = job.wants_more();
  const std::int32_t asked = job.asks();
  const std::int32_t holders_before = job.running + job.stopping;

  const Holding had = holding(task);
  const Holding has = holding(after);
  const NodeId now_node = had.holds_now ? task.place.node : after.place.node;
  if (had.holds_now && !has.holds_now) {
    occupy(shapes_[task.shape.index()], task.place, Room::kNow, -1);
    unlist_from_node(id);
  }
  const bool same_future = had.holds_future && has.holds_future &&
                           had.future_place == has.future_place &&
                           had.future_shape == has.future_shape;
  if (had.holds_future && !same_future) {
    occupy(shapes_[had.future_shape.index()], had.future_place, Room::kFuture, -1);
    account(job, shapes_[had.future_shape.index()], had.future_place.node, -1);
    touched(had.future_place.node, true);
  }
  const std::uint32_t slot = task.node_slot;
  task = after;
  task.node_slot = slot;
  if (has.holds_future && !same_future) {
    occupy(shapes_[has.future_shape.index()], has.future_place, Room::kFuture, 1);
    account(job, shapes_[has.future_shape.index()], has.future_place.node, 1);
    touched(has.future_place.node, false);
  }
  if (has.holds_now && !had.holds_now) {
    occupy(shapes_[task.shape.index()], task.place, Room::kNow, 1);
    list_on_node(id);
  }
  if (had.holds_now != has.holds_now) touched(now_node, had.holds_now);

  // Demand: a task that waits asks, one that holds room (or will) counts there, a finished one is
  // gone.
  count_phase(job, from, -1);
  count_phase(job, to, 1);
  job.leaving -= from == Phase::kStopping && !had.holds_future ? 1 : 0;
  job.leaving += to == Phase::kStopping && !has.holds_future ? 1 : 0;
  if (const std::int32_t asks = job.asks(); asks != asked) demand(job, asks - asked);

  if (from == to) return;
  relist_pending(job_id, listed_before, key_before);
  const std::int32_t holders = job.running + job.stopping;
  if ((holders_before == 0) != (holders == 0)) {
    if (holders > 0)
      active_[job.project.index()].insert(job_id);
    else
      active_[job.project.index()].erase(job_id);
  }
  if (job.running > 0 && job.active() < job.minimum())
    below_minimum_.insert(job_id);
  else if (!below_minimum_.empty())
    below_minimum_.erase(job_id);
  if (from == Phase::kReserved) reserved_.erase(id);
  if (to == Phase::kReserved) reserved_.insert(id);
  if (from == Phase::kStopping) stopping_.erase(id);
  if (to == Phase::kStopping) stopping_.insert(id);
}

void Board::move(TaskId id, Phase required, const Task& after) {
  const Task& task = tasks_[id.index()];
  CHECK(task.phase == required, "the move does not suit the task's phase");
  if (recording_) {
    const Job& job = jobs_[task.job.index()];
    log_.push_back({id, task, job.last_full_start, job.below_min_since, job.attained, job.held});
  }
  change(id, after);
}

void Board::start(TaskId id, ShapeId shape, const Placement& place, Time at) {
  Task after = tasks_[id.index()];
  after.phase = Phase::kRunning;
  after.shape = shape;
  after.place = place;
  after.started = at;
  after.checkpointed = at;
  move(id, Phase::kPending, after);
  note_gang(after.job, at);
  // What is incomplete is so at the earliest since its latest task began to run.
  Job& job = jobs_[after.job.index()];
  if (job.below_min_since != Time::never()) job.below_min_since = std::max(job.below_min_since, at);
}

void Board::reserve(TaskId id, ShapeId shape, const Placement& place) {
  Task after = tasks_[id.index()];
  after.phase = Phase::kReserved;
  after.shape = shape;
  after.place = place;
  move(id, Phase::kPending, after);
}

void Board::reserve_move(TaskId id, ShapeId shape, const Placement& place) {
  Task after = tasks_[id.index()];
  CHECK(!after.promise_shape.valid(), "a moving task has one promise");
  after.promise_shape = shape;
  after.promise = place;
  move(id, Phase::kStopping, after);
}

void Board::cancel_move(TaskId id) {
  Task after = tasks_[id.index()];
  after.promise_shape = ShapeId{};
  after.promise = Placement{};
  move(id, Phase::kStopping, after);
}

void Board::fulfil(TaskId id, Time at) {
  Task after = tasks_[id.index()];
  after.phase = Phase::kRunning;
  after.started = at;
  after.checkpointed = at;
  move(id, Phase::kReserved, after);
  note_gang(after.job, at);
}

void Board::unreserve(TaskId id) {
  Task after = tasks_[id.index()];
  after.phase = Phase::kPending;
  after.shape = ShapeId{};
  after.place = Placement{};
  move(id, Phase::kReserved, after);
}

void Board::evict(TaskId id) {
  Task after = tasks_[id.index()];
  after.phase = Phase::kStopping;
  move(id, Phase::kRunning, after);
}

void Board::unevict(TaskId id) {
  Task after = tasks_[id.index()];
  CHECK(!after.promise_shape.valid(), "a task that moves is not given back its old place");
  after.phase = Phase::kRunning;
  move(id, Phase::kStopping, after);
}

void Board::stopped(TaskId id) {
  Task after = tasks_[id.index()];
  after.shape = after.promise_shape;
  after.place = after.promise;
  after.phase = after.promise_shape.valid() ? Phase::kReserved : Phase::kPending;
  after.promise_shape = ShapeId{};
  after.promise = Placement{};
  move(id, Phase::kStopping, after);
}

void Board::finish(TaskId id) {
  Task after = tasks_[id.index()];
  const Phase from = after.phase;
  after.phase = Phase::kFinished;
  after.promise_shape = ShapeId{};
  after.promise = Placement{};
  move(id, from, after);
}

void Board::park(TaskId id) {
  Task after = tasks_[id.index()];
  after.phase = Phase::kParked;
  move(id, Phase::kPending, after);
}

void Board::unpark(TaskId id) {
  Task after = tasks_[id.index()];
  after.phase = Phase::kPending;
  move(id, Phase::kParked, after);
}

void Board::set_held(WorkloadId id, bool held) {
  const Job& job = jobs_[id.index()];
  if (job.held == held) return;
  if (recording_) {
    const TaskId first{job.first_task};
    log_.push_back({first, tasks_[first.index()], job.last_full_start, job.below_min_since,
                    job.attained, job.held});
  }
  hold(id, held);
}

void Board::hold(WorkloadId id, bool held) {
  Job& job = jobs_[id.index()];
  if (job.held == held) return;
  const bool listed_before = job.wants_more();
  const std::int32_t asked = job.asks();
  job.held = held;
  demand(job, job.asks() - asked);
  relist_pending(id, listed_before, pending_key(id));
}

void Board::begin() {
  CHECK(!recording_ && log_.empty(), "transactions do not nest; use marks");
  recording_ = true;
}

void Board::end() {
  CHECK(recording_ && log_.empty(), "a transaction ends with every move taken back");
  recording_ = false;
}

void Board::rollback(std::size_t mark) {
  while (log_.size() > mark) {
    const LogEntry entry = log_.back();
    log_.pop_back();
    change(entry.id, entry.before);
    hold(entry.before.job, entry.held);
    Job& job = jobs_[entry.before.job.index()];
    job.last_full_start = entry.last_full_start;
    job.below_min_since = entry.below_min_since;
    job.attained = entry.attained;
  }
}

TaskId Board::next_pending(WorkloadId id, std::uint32_t from) const {
  const Job& job = jobs_[id.index()];
  const std::uint32_t end = job.first_task + static_cast<std::uint32_t>(job.tasks);
  for (std::uint32_t t = std::max(from, job.first_task); t < end; ++t) {
    if (tasks_[t].phase == Phase::kPending) return TaskId{t};
  }
  return TaskId{};
}

void Board::set_device_health(NodeId id, std::size_t device, Health health) {
  CHECK(!recording_, "outside events are not part of a decision");
  nodes_[id.index()].devices[device].health = health;
  count_capacity();
  touched(id, true);
}

void Board::set_node_health(NodeId id, Health health) {
  CHECK(!recording_, "outside events are not part of a decision");
  nodes_[id.index()].health = health;
  count_capacity();
  touched(id, true);
}

void Board::set_checkpointed(TaskId id, Time at) {
  tasks_[id.index()].checkpointed = at;
}

}  // namespace sillar::schedule
