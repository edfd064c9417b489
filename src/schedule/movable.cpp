#include "schedule/movable.h"

#include <algorithm>
#include <array>
#include <bit>
#include <numeric>

#include "schedule/room.h"

namespace sillar::schedule {

Held held_by(const Board& board, const Task& task) {
  const Shape& shape = board.shape(task.shape);
  Held held{shape.cpu, shape.memory_bytes, {}};
  if (!shape.needs_accelerator()) return held;
  const ClassId on = board.node(task.place.node).accelerator_class;
  for (unsigned mask = task.place.device_mask; mask != 0; mask &= mask - 1)
    held.thousandths[static_cast<std::size_t>(std::countr_zero(mask))] =
        shape.by_class[on.index()].thousandths;
  return held;
}

bool could_open(const Board& board, const Shape& shape, NodeId id, const Held& freed) {
  const NodeState& node = board.node(id);
  const HostRoom host = host_room(node, Room::kFuture);
  if (host.cpu + freed.cpu < shape.cpu || host.memory + freed.memory_bytes < shape.memory_bytes)
    return false;
  if (!shape.needs_accelerator()) return true;
  const std::int32_t needed = shape.by_class[node.accelerator_class.index()].thousandths;
  std::int32_t open = 0;
  for (std::size_t d = 0; d < node.device_count; ++d) {
    const std::int32_t free = free_thousandths(node.devices[d], Room::kFuture);
    open += free + freed.thousandths[d] >= needed ? 1 : 0;
  }
  return open >= shape.devices;
}

std::int32_t missing_thousandths(const Board& board, const Shape& shape, NodeId id) {
  if (!shape.needs_accelerator()) return 0;
  const NodeState& node = board.node(id);
  const std::int32_t needed = shape.by_class[node.accelerator_class.index()].thousandths;
  std::array<std::int32_t, kDevicesMax> missing{};
  for (std::size_t d = 0; d < node.device_count; ++d)
    missing[d] = std::max(0, needed - free_thousandths(node.devices[d], Room::kFuture));
  const auto devices =
      static_cast<std::ptrdiff_t>(std::min<std::int32_t>(shape.devices, node.device_count));
  std::partial_sort(missing.begin(), missing.begin() + devices,
                    missing.begin() + node.device_count);
  return std::accumulate(missing.begin(), missing.begin() + devices, 0);
}

void Movables::survey() {
  if (seen_ == board_.changes()) return;
  seen_ = board_.changes();
  fits_.assign(board_.shape_count(), Fits::kUnknown);
  on_.resize(board_.node_count());
}

bool Movables::movable(ShapeId shape) {
  Fits& fits = fits_[shape.index()];
  if (fits == Fits::kUnknown)
    fits = index_.slots(board_, shape, Room::kFuture) > 0 ? Fits::kYes : Fits::kNo;
  return fits == Fits::kYes;
}

const Held& Movables::on(NodeId node) {
  Sum& sum = on_[node.index()];
  if (sum.seen == seen_) return sum.held;
  sum = {seen_, {}};
  for (const TaskId id : board_.tasks_on(node)) {
    const Task& task = board_.task(id);
    if (task.phase == Phase::kRunning && movable(task.shape))
      sum.held = plus(sum.held, held_by(board_, task));
  }
  return sum.held;
}

}  // namespace sillar::schedule
