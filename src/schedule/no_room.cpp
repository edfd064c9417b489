#include "schedule/no_room.h"

#include <algorithm>

#include "base/quantity.h"
#include "schedule/room.h"

namespace sillar::schedule {
namespace {

// What a node has of the devices that a shape asks for, in the shape's own terms: whole devices,
// thousandths of the emptiest device, or MIG instances.
struct DeviceRoom {
  std::int64_t needed = 0;
  std::int64_t in_service = 0;
  std::int64_t in_all = 0;  // Sick devices counted in.
  std::int64_t sick = 0;    // Free devices that are out of service.
  std::int64_t slots = 0;   // Tasks that the devices in service would hold.
};

std::int64_t room_on(const Shape& shape, const MigProfile* profile, const DeviceState& device) {
  if (shape.use == DeviceUse::kMig)
    return may_be_cut(device, Room::kNow) ? mig_slots(*profile, occupied_slots(device, Room::kNow))
                                          : 0;
  const std::int64_t free = free_thousandths(device, Room::kNow);
  return shape.use == DeviceUse::kWhole ? free / kDevice : free;
}

DeviceRoom device_room(const Board& board, const Shape& shape, const NodeState& node) {
  DeviceRoom out;
  if (!shape.needs_accelerator()) return out;
  const ClassUse use = shape.by_class[node.accelerator_class.index()];
  out.needed = shape.use == DeviceUse::kFraction ? use.thousandths : shape.devices;
  const MigProfile* profile = nullptr;
  if (shape.use == DeviceUse::kMig)
    profile = &board.fleet()
                   .classes[node.accelerator_class.index()]
                   .mig[static_cast<std::size_t>(use.mig_profile)];
  const bool up = takes_work(shape, node.health);
  const auto add = [&](std::int64_t& sum, std::int64_t room) {
    sum = shape.use == DeviceUse::kFraction ? std::max(sum, room) : sum + room;
  };
  for (std::size_t d = 0; d < node.device_count; ++d) {
    const std::int64_t room = room_on(shape, profile, node.devices[d]);
    const bool well = up && takes_work(shape, node.devices[d].health);
    add(out.in_all, room);
    if (well) add(out.in_service, room);
    out.sick += !well && room > 0 ? 1 : 0;
    if (well && shape.use == DeviceUse::kFraction) out.slots += room / out.needed;
  }
  if (shape.use == DeviceUse::kMig) out.slots = out.in_service;
  if (shape.use == DeviceUse::kWhole) out.slots = out.in_service / out.needed;
  return out;
}

Reason short_of(std::string needed, std::string free) {
  return {ReasonCode::kNoRoom, {{"needed", std::move(needed)}, {"free", std::move(free)}}};
}

}  // namespace

Reason never_fits_reason(const Shape& shape) {
  if (shape.refused_by_residency == 0) return {ReasonCode::kNeverFits, {}};
  return {ReasonCode::kResidency,
          {{"refused", std::int64_t{shape.refused_by_residency}},
           {"unknown", std::int64_t{shape.refused_unknown_location}}}};
}

Reason no_room_reason(const Board& board, const Shape& shape) {
  if (shape.eligible_count == 0) return never_fits_reason(shape);
  DeviceRoom best;
  std::int64_t sick = 0;
  std::int64_t cpu = -1;
  std::int64_t memory = -1;
  bool cores_do = false;
  for (std::size_t n = 0; n < board.node_count(); ++n) {
    if (!shape.eligible[n]) continue;
    const NodeState& node = board.node(NodeId{n});
    const DeviceRoom room = device_room(board, shape, node);
    if (room.in_service >= best.in_service) best = room;
    if (room.in_service < room.needed) {
      if (room.in_all >= room.needed) sick += room.sick;
      continue;
    }
    if (!takes_work(shape, node.health)) continue;
    const HostRoom host = host_room(node, Room::kNow);
    cpu = std::max(cpu, host.cpu);
    if (host.cpu < shape.cpu) continue;
    cores_do = true;
    memory = std::max(memory, host.memory);
  }
  if (cpu < 0 && sick > 0) return {ReasonCode::kQuarantined, {{"devices", sick}}};
  if (cpu < 0 && shape.use == DeviceUse::kFraction)
    return short_of(format_thousandths(best.needed), format_thousandths(best.in_service));
  if (!cores_do && (cpu >= 0 || !shape.needs_accelerator()))
    return short_of(format_thousandths(shape.cpu) + " cpu",
                    format_thousandths(std::max<std::int64_t>(cpu, 0)) + " cpu");
  if (cpu >= 0 && memory < shape.memory_bytes)
    return short_of(format_bytes(shape.memory_bytes) + " memory", format_bytes(memory) + " memory");
  // Whole devices and instances; or places for a task, where everything else would do.
  if (cpu >= 0)
    return {ReasonCode::kNoRoom, {{"needed", std::int64_t{1}}, {"free", std::int64_t{0}}}};
  return {ReasonCode::kNoRoom, {{"needed", best.needed}, {"free", best.in_service}}};
}

Reason gang_too_large_reason(const Board& board, const Shape& shape, std::int64_t fit,
                             std::int64_t count) {
  std::int64_t healthy = 0;
  std::int64_t sick = 0;
  for (std::size_t n = 0; n < board.node_count(); ++n) {
    if (!shape.eligible[n]) continue;
    const NodeState& node = board.node(NodeId{n});
    for (std::size_t d = 0; d < node.device_count; ++d) {
      const bool well = takes_work(shape, node.health) && takes_work(shape, node.devices[d].health);
      (well ? healthy : sick) += 1;
    }
  }
  if (sick > 0 && healthy < shape.devices * count)
    return {ReasonCode::kQuarantined, {{"devices", sick}}};
  return {ReasonCode::kGangTooLarge, {{"fit", fit}, {"needed", count}}};
}

std::int64_t slots_by_devices(const Board& board, const Shape& shape) {
  if (!shape.needs_accelerator()) return INT64_MAX;
  std::int64_t slots = 0;
  for (std::size_t n = 0; n < board.node_count(); ++n) {
    if (!shape.eligible[n]) continue;
    slots += device_room(board, shape, board.node(NodeId{n})).slots;
  }
  return slots;
}

}  // namespace sillar::schedule
