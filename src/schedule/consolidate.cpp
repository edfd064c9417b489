// RoomMaker's last resort, moving work that may stay, and what it tells the plan.

#include <algorithm>
#include <tuple>

#include "schedule/room_maker.h"
#include "schedule/victims.h"

namespace sillar::schedule {

// How much would have to move for one more task on the node, after all victims there have gone;
// nothing when that does not help. `movers` gets who it is, if asked for.
std::optional<std::int64_t> RoomMaker::clearing(const Site& site, NodeId node,
                                                std::vector<Tenant>* movers) {
  const Shape& shape = c_.board.shape(site.shape);
  NodeState copy = c_.board.node(node);
  if (c_.board.slots(shape, node, copy, Room::kFuture, 1) > 0) return std::nullopt;
  const std::int64_t needed =
      shape.needs_accelerator() ? shape.charged(c_.board.node(node).accelerator_class) : shape.cpu;
  std::int64_t moved = 0;
  for (const Tenant& tenant : tenants(node)) {
    if (!still_there(tenant)) continue;
    ++c_.plan.counts.search_steps;
    const Shape& held = c_.board.shape(c_.board.task(tenant.task).shape);
    if (!tenant.victim) {
      // Larger work would need more room elsewhere than it makes here.
      if (tenant.size >= needed || held.needs_accelerator() != shape.needs_accelerator()) continue;
      moved += tenant.size;
      if (movers != nullptr) movers->push_back(tenant);
    }
    c_.board.take_off(copy, tenant.task);
    if (c_.board.slots(shape, node, copy, Room::kFuture, 1) > 0) return moved;
  }
  return std::nullopt;
}

// Best fit of the movers, largest first, into what is free or a victim's elsewhere. Counts amounts
// only: a bound that saves most attempts that would fail.
bool RoomMaker::movers_could_fit(const Site& site, std::span<const Tenant> movers) {
  const Shape& shape = c_.board.shape(site.shape);
  std::vector<std::int64_t> room;
  for (std::size_t n = 0; n < c_.board.node_count(); ++n) {
    if (target_[n] || !site.allowed[n] ||
        c_.index.slots_on(c_.board, site.shape, Room::kFuture, NodeId{n}) > 0)
      continue;
    const NodeState& node = c_.board.node(NodeId{n});
    std::int64_t free = shape.needs_accelerator() ? 0 : node.cpu_future;
    for (std::size_t d = 0; d < node.device_count && shape.needs_accelerator(); ++d)
      free += node.devices[d].future;
    for (const Tenant& tenant : tenants(NodeId{n})) {
      if (tenant.victim && still_there(tenant)) free += tenant.size;
    }
    room.push_back(free);
  }
  std::vector<std::int64_t> sizes;
  for (const Tenant& mover : movers) sizes.push_back(mover.size);
  std::sort(sizes.begin(), sizes.end(), std::greater<>());
  for (const std::int64_t size : sizes) {
    std::int64_t* best = nullptr;
    for (std::int64_t& free : room) {
      if (free >= size && (best == nullptr || free < *best)) best = &free;
    }
    if (best == nullptr) return false;
    *best -= size;
  }
  return true;
}

// Clears the nodes where least has to move, one task's room on each.
bool RoomMaker::consolidate(Site& site, std::int64_t missing) {
  std::vector<std::pair<std::int64_t, NodeId>> order;
  for (std::size_t n = 0; n < site.allowed.size(); ++n) {
    if (!site.allowed[n]) continue;
    if (const auto moved = clearing(site, NodeId{n}, nullptr)) order.emplace_back(*moved, n);
  }
  if (std::ssize(order) < missing) return false;
  std::partial_sort(order.begin(), order.begin() + missing, order.end());
  order.resize(static_cast<std::size_t>(missing));
  std::vector<Tenant> movers;
  target_.assign(c_.board.node_count(), false);
  for (const auto& [moved, node] : order) {
    target_[node.index()] = true;
    (void)clearing(site, node, &movers);
  }
  const std::int32_t most = c_.input.options->consolidation_victims_max;
  if (most >= 0 && std::ssize(movers) > most) return false;
  if (!movers_could_fit(site, movers)) return false;
  for (const auto& [moved, node] : order) {
    for (const Tenant& tenant : tenants(node)) {
      if (tenant.victim && still_there(tenant)) evict(tenant.runner);
    }
  }
  for (const Tenant& mover : movers) c_.board.evict(mover.task);
  moved_ = std::move(movers);
  return true;
}

// Promises a moved task a place, free or a victim's, in the class that it leaves: in another it
// might break a limit, and the class's room is counted on.
bool RoomMaker::rehouse(const Tenant& mover) {
  const Task& task = c_.board.task(mover.task);
  const ShapeId shape = task.shape;
  const ClassId on = c_.board.node(task.place.node).accelerator_class;
  const RoomAsk ask{runners_[mover.runner].key.job, shape,
                    c_.board.shape(shape).needs_accelerator() ? on : ClassId{}, 1};
  Site& site = site_of(ask);
  Placement place;
  const auto found = [&] {
    if (site.everywhere) return c_.index.best(c_.board, shape, Room::kFuture, place);
    const auto allowed = [&](NodeId node) { return bool{site.allowed[node.index()]}; };
    return c_.index.best_where(c_.board, shape, Room::kFuture, allowed, place);
  };
  if (!found() && !(take_cheapest(site) && found())) return false;
  c_.board.reserve_move(mover.task, shape, place);
  return true;
}

// A victim whose old place is still free once all others have theirs need not have gone. The best
// goes back first.
void RoomMaker::give_back() {
  std::sort(gone_.begin(), gone_.end());
  for (const std::uint32_t runner : gone_) {
    const Job& job = c_.board.job(runners_[runner].key.job);
    const std::size_t mark = c_.board.mark();
    bool back = true;
    for (std::int32_t i = 0; i < job.tasks && back; ++i) {
      const TaskId id{job.first_task + static_cast<std::uint32_t>(i)};
      const Task& task = c_.board.task(id);
      if (task.phase != Phase::kStopping) continue;
      const ClassId on = c_.board.node(task.place.node).accelerator_class;
      back = c_.board.can_unevict(id) &&
             !c_.fairness.shut_gate(job, c_.fairness.amounts(task.shape, on, 1));
      if (back) c_.board.unevict(id);
    }
    if (!back) c_.board.rollback(mark);
  }
}

void RoomMaker::emit_eviction(TaskId id, WorkloadId beneficiary) {
  const Task& task = c_.board.task(id);
  Decision decision;
  decision.step = Step::kEvict;
  decision.task = id;
  decision.beneficiary = beneficiary;
  decision.cost = task_cost(c_.board, id, c_.input.now, c_.input.device_price);
  decision.reason = {ReasonCode::kRotated, {{"workload", std::int64_t{beneficiary.value}}}};
  if (task.promise_shape.valid())
    decision.reason = {ReasonCode::kMoved, {{"node", std::int64_t{task.promise.node.value}}}};
  c_.plan.decisions.push_back(std::move(decision));
}

void RoomMaker::emit_evictions(std::uint32_t runner, WorkloadId beneficiary) {
  const Job& job = c_.board.job(runners_[runner].key.job);
  for (std::int32_t i = 0; i < job.tasks; ++i) {
    const TaskId id{job.first_task + static_cast<std::uint32_t>(i)};
    if (c_.board.task(id).phase == Phase::kStopping) emit_eviction(id, beneficiary);
  }
}

void RoomMaker::emit_place(Step step, TaskId id, ShapeId shape, const Placement& place) {
  Decision decision;
  decision.step = step;
  decision.task = id;
  decision.shape = shape;
  decision.place = place;
  c_.plan.decisions.push_back(std::move(decision));
}

// All that goes before all that comes: every place rests on what went.
void RoomMaker::emit(const RoomAsk& ask, Step step) {
  for (const std::uint32_t runner : gone_) emit_evictions(runner, ask.job);
  for (const Tenant& mover : moved_) emit_eviction(mover.task, ask.job);
  const Job& job = c_.board.job(ask.job);
  for (std::int32_t i = 0; i < job.tasks; ++i) {
    const TaskId id{job.first_task + static_cast<std::uint32_t>(i)};
    const Task& task = c_.board.task(id);
    if (task.phase == Phase::kRunning || task.phase == Phase::kReserved)
      emit_place(step, id, task.shape, task.place);
  }
  for (const Tenant& mover : moved_) {
    const Task& task = c_.board.task(mover.task);
    emit_place(Step::kMove, mover.task, task.promise_shape, task.promise);
  }
}

}  // namespace sillar::schedule
