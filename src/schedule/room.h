#pragma once

// How the board reads a node's room, shared by its own questions and by the scorers, which must
// agree with them.

#include <algorithm>
#include <cstdint>

#include "schedule/board.h"

namespace sillar::schedule {

// In the view "now" a thing is free only if it is free now and nobody was promised it.
[[nodiscard]] inline std::int32_t free_thousandths(const DeviceState& device, Room room) {
  return room == Room::kFuture ? device.future : std::min(device.now, device.future);
}

[[nodiscard]] inline std::uint8_t occupied_slots(const DeviceState& device, Room room) {
  return room == Room::kFuture ? device.mig_future
                               : static_cast<std::uint8_t>(device.mig_now | device.mig_future);
}

// Whether a device may take MIG instances: it is cut already or wholly free, in each view that the
// asked one looks at. A device is cut or shared by fraction, never both at a time.
[[nodiscard]] inline bool may_be_cut(const DeviceState& device, Room room) {
  const bool later = device.mig_future != 0 || device.future == kDevice;
  return later && (room == Room::kFuture || device.mig_now != 0 || device.now == kDevice);
}

struct HostRoom {
  std::int64_t cpu, memory;
  std::int32_t tasks;
};

[[nodiscard]] inline HostRoom host_room(const NodeState& node, Room room) {
  if (room == Room::kFuture) return {node.cpu_future, node.memory_future, node.tasks_future};
  return {std::min(node.cpu_now, node.cpu_future), std::min(node.memory_now, node.memory_future),
          std::min(node.tasks_now, node.tasks_future)};
}

// Whether a node or device in this health takes new work of the shape.
[[nodiscard]] inline bool takes_work(const Shape& shape, Health health) {
  return health == Health::kHealthy || (health == Health::kProbation && shape.preemptible);
}

// The MIG profile that the shape asks for on nodes of a class; null for anything but MIG.
[[nodiscard]] inline const MigProfile* profile_of(const Board& board, const Shape& shape,
                                                  ClassId accelerator_class) {
  if (shape.use != DeviceUse::kMig) return nullptr;
  const std::int8_t profile = shape.by_class[accelerator_class.index()].mig_profile;
  return &board.fleet().classes[accelerator_class.index()].mig[static_cast<std::size_t>(profile)];
}

// The first memory slot of a fraction (always 0) or MIG instance of `thousandths` on the device, or
// -1 where it does not fit. Requires: the shape is a fraction or MIG; `profile` is its profile_of.
[[nodiscard]] inline int piece_slot(const Shape& shape, std::int32_t thousandths,
                                    const MigProfile* profile, const DeviceState& device,
                                    Room room) {
  if (!takes_work(shape, device.health) || free_thousandths(device, room) < thousandths) return -1;
  const std::uint8_t occupied = occupied_slots(device, room);
  if (profile == nullptr) return occupied == 0 ? 0 : -1;
  return may_be_cut(device, room) ? mig_fit(*profile, occupied) : -1;
}

}  // namespace sillar::schedule
