// Board's questions about room: does a shape fit on a node, on which devices, and how many times.

#include "schedule/room.h"

#include <algorithm>

#include "base/check.h"

namespace sillar::schedule {

bool Board::fit(const Shape& shape, NodeId id, Room room, Placement& out) const {
  if (!shape.eligible[id.index()]) return false;
  const NodeState& node = nodes_[id.index()];
  const HostRoom host = host_room(node, room);
  if (!takes_work(shape, node.health) || host.cpu < shape.cpu || host.memory < shape.memory_bytes ||
      host.tasks < 1)
    return false;
  out = {id, 0, 0};
  if (!shape.needs_accelerator()) return true;
  const ClassUse use = shape.by_class[node.accelerator_class.index()];
  if (shape.use == DeviceUse::kWhole) {
    std::int32_t found = 0;
    for (std::size_t d = 0; d < node.device_count && found < shape.devices; ++d) {
      const DeviceState& device = node.devices[d];
      if (takes_work(shape, device.health) && free_thousandths(device, room) == kDevice) {
        out.device_mask = static_cast<std::uint16_t>(out.device_mask | (1U << d));
        ++found;
      }
    }
    return found == shape.devices;
  }
  // The fullest device that fits keeps the others whole.
  const MigProfile* profile = profile_of(*this, shape, node.accelerator_class);
  std::int32_t best = -1;
  std::int32_t best_free = kDevice + 1;
  for (std::size_t d = 0; d < node.device_count; ++d) {
    const DeviceState& device = node.devices[d];
    const std::int32_t free = free_thousandths(device, room);
    if (free >= best_free) continue;
    const int slot = piece_slot(shape, use.thousandths, profile, device, room);
    if (slot < 0) continue;
    best = static_cast<std::int32_t>(d);
    best_free = free;
    out.mig_slot = static_cast<std::uint8_t>(slot);
  }
  if (best < 0) return false;
  out.device_mask = static_cast<std::uint16_t>(1U << best);
  return true;
}

std::int32_t Board::slots(const Shape& shape, NodeId id, Room room, std::int32_t most) const {
  return slots(shape, id, nodes_[id.index()], room, most);
}

std::int32_t Board::slots(const Shape& shape, NodeId id, const NodeState& node, Room room,
                          std::int32_t most) const {
  if (!shape.eligible[id.index()]) return 0;
  if (!takes_work(shape, node.health)) return 0;
  const HostRoom host = host_room(node, room);
  std::int64_t count = std::min(most, host.tasks);
  if (shape.cpu > 0) count = std::min(count, host.cpu / shape.cpu);
  if (shape.memory_bytes > 0) count = std::min(count, host.memory / shape.memory_bytes);
  if (count <= 0) return 0;
  if (!shape.needs_accelerator()) return static_cast<std::int32_t>(count);
  const ClassUse use = shape.by_class[node.accelerator_class.index()];
  const MigProfile* profile = profile_of(*this, shape, node.accelerator_class);
  std::int64_t by_devices = 0;
  for (std::size_t d = 0; d < node.device_count; ++d) {
    const DeviceState& device = node.devices[d];
    if (!takes_work(shape, device.health)) continue;
    const std::int32_t free = free_thousandths(device, room);
    const std::uint8_t occupied = occupied_slots(device, room);
    if (shape.use == DeviceUse::kMig) {
      if (may_be_cut(device, room))
        by_devices += std::min(mig_slots(*profile, occupied), free / use.thousandths);
    } else if (shape.use == DeviceUse::kFraction) {
      if (occupied == 0) by_devices += free / use.thousandths;
    } else if (free == kDevice) {
      ++by_devices;
    }
  }
  if (shape.use == DeviceUse::kWhole) by_devices /= shape.devices;
  return static_cast<std::int32_t>(std::min(count, by_devices));
}

bool Board::still_usable(const Shape& shape, const Placement& place) const {
  const NodeState& node = nodes_[place.node.index()];
  if (!takes_work(shape, node.health)) return false;
  for (std::size_t d = 0; d < node.device_count; ++d) {
    if ((place.device_mask >> d & 1) != 0 && !takes_work(shape, node.devices[d].health))
      return false;
  }
  return true;
}

bool Board::can_fulfil(TaskId id) const {
  const Task& task = tasks_[id.index()];
  const NodeState& node = nodes_[task.place.node.index()];
  const Shape& shape = shapes_[task.shape.index()];
  if (node.cpu_now < shape.cpu || node.memory_now < shape.memory_bytes || node.tasks_now < 1)
    return false;
  return takes_work(shape, node.health) && devices_free(shape, task.place, Room::kNow);
}

// Whether the very devices of `place` are free for the shape in one view, whoever was promised
// them.
bool Board::devices_free(const Shape& shape, const Placement& place, Room room) const {
  if (!shape.needs_accelerator()) return true;
  const NodeState& node = nodes_[place.node.index()];
  const ClassUse use = shape.by_class[node.accelerator_class.index()];
  for (std::size_t d = 0; d < node.device_count; ++d) {
    if ((place.device_mask >> d & 1) == 0) continue;
    const DeviceState& device = node.devices[d];
    const std::int32_t free = room == Room::kNow ? device.now : device.future;
    const std::uint8_t occupied = room == Room::kNow ? device.mig_now : device.mig_future;
    if (free < use.thousandths) return false;
    if (shape.use == DeviceUse::kMig) {
      const auto profile = static_cast<std::size_t>(use.mig_profile);
      const MigProfile& mig = fleet_.classes[node.accelerator_class.index()].mig[profile];
      const unsigned span = ((1U << mig.slots) - 1U) << place.mig_slot;
      if ((span & occupied) != 0 || (occupied == 0 && free != kDevice)) return false;
    } else if (occupied != 0) {
      return false;
    }
  }
  return true;
}

bool Board::can_unevict(TaskId id) const {
  const Task& task = tasks_[id.index()];
  const NodeState& node = nodes_[task.place.node.index()];
  const Shape& shape = shapes_[task.shape.index()];
  if (node.cpu_future < shape.cpu || node.memory_future < shape.memory_bytes ||
      node.tasks_future < 1)
    return false;
  return devices_free(shape, task.place, Room::kFuture);
}

}  // namespace sillar::schedule
