#include "schedule/shape.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"

namespace sillar::schedule {
namespace {

bool accepts(const Request& request, const AcceleratorClass& accelerator) {
  return request.classes.empty() || std::find(request.classes.begin(), request.classes.end(),
                                              accelerator.name) != request.classes.end();
}

// Thousandths of one device of `accelerator` that hold `bytes` of its memory, rounded up so that
// promised bytes never pass the memory that is there. 0: too large for one device.
std::int16_t thousandths_for_memory(const AcceleratorClass& accelerator, std::int64_t bytes) {
  const std::int64_t usable = accelerator.memory_bytes - accelerator.reserved_bytes;
  if (usable <= 0 || bytes > usable) return 0;
  return static_cast<std::int16_t>((static_cast<__int128>(bytes) * kDevice + usable - 1) / usable);
}

ClassUse class_use(const AcceleratorClass& accelerator, const Request& request, DeviceUse use) {
  switch (use) {
    case DeviceUse::kNone:
      return {};
    case DeviceUse::kWhole:
      return {static_cast<std::int16_t>(kDevice), -1};
    case DeviceUse::kFraction:
      if (request.fraction > 0) return {static_cast<std::int16_t>(request.fraction), -1};
      return {thousandths_for_memory(accelerator, request.accelerator_memory), -1};
    case DeviceUse::kMig:
      for (std::size_t i = 0; i < accelerator.mig.size(); ++i) {
        if (accelerator.mig[i].name == request.mig)
          return {static_cast<std::int16_t>(accelerator.mig[i].thousandths),
                  static_cast<std::int8_t>(i)};
      }
      return {};
  }
  return {};
}

DeviceUse device_use(const Request& request) {
  if (!request.mig.empty()) return DeviceUse::kMig;
  if (request.fraction > 0 || request.accelerator_memory > 0) return DeviceUse::kFraction;
  return request.accelerators > 0 ? DeviceUse::kWhole : DeviceUse::kNone;
}

bool labels_match(const std::vector<std::pair<std::string, std::string>>& wanted,
                  const Node& node) {
  return std::includes(node.labels.begin(), node.labels.end(), wanted.begin(), wanted.end());
}

// Whether an empty, healthy `node` could hold one task of `shape`.
bool could_hold(const Shape& shape, const Node& node) {
  if (node.retired || shape.cpu > node.cpu || shape.memory_bytes > node.memory_bytes) return false;
  if (!shape.needs_accelerator()) return true;
  if (!node.accelerator_class.valid() || shape.devices > node.accelerators) return false;
  return shape.by_class[node.accelerator_class.index()].thousandths > 0;
}

}  // namespace

Shape resolve_shape(const Fleet& fleet, const Workload& workload, ClassId only,
                    const LocationVerdicts& verdicts) {
  const Request& request = workload.request;
  Shape shape;
  shape.cpu = request.cpu;
  shape.memory_bytes = request.memory_bytes;
  shape.use = device_use(request);
  shape.devices =
      shape.use == DeviceUse::kWhole ? request.accelerators : (shape.needs_accelerator() ? 1 : 0);
  shape.spread = workload.spread;
  shape.preemptible = workload.preemptible;
  shape.by_class.resize(fleet.classes.size());
  for (std::size_t c = 0; c < fleet.classes.size(); ++c) {
    const bool asked = only.valid() ? only.index() == c : accepts(request, fleet.classes[c]);
    if (asked) shape.by_class[c] = class_use(fleet.classes[c], request, shape.use);
  }
  shape.eligible.resize(fleet.nodes.size());
  for (std::size_t n = 0; n < fleet.nodes.size(); ++n) {
    const Node& node = fleet.nodes[n];
    if (!could_hold(shape, node) || !labels_match(workload.node_labels, node)) continue;
    const LocationVerdict verdict =
        verdicts.empty()
            ? LocationVerdict::kPermitted
            : (node.location.valid() ? verdicts[node.location.index()] : verdicts.back());
    if (verdict == LocationVerdict::kPermitted) {
      shape.eligible[n] = true;
      ++shape.eligible_count;
    } else {
      ++shape.refused_by_residency;
      if (verdict == LocationVerdict::kUnknown) ++shape.refused_unknown_location;
    }
  }
  return shape;
}

std::string shape_key(const Workload& workload, ClassId only, const LocationVerdicts& verdicts) {
  const Request& r = workload.request;
  std::string key = fmt::format("{}/{}/{}/{}/{}/{}/{}/{}{}", r.accelerators, r.fraction,
                                r.accelerator_memory, r.mig, r.cpu, r.memory_bytes, only.value,
                                workload.spread ? 's' : 'p', workload.preemptible ? 'e' : 'f');
  if (!only.valid()) {
    for (const std::string& name : r.classes) key += "|" + name;
  }
  for (const auto& [name, value] : workload.node_labels) key += fmt::format(";{}={}", name, value);
  key += '#';
  for (const LocationVerdict verdict : verdicts)
    key += static_cast<char>('0' + static_cast<int>(verdict));
  return key;
}

int mig_fit(const MigProfile& profile, std::uint8_t occupied) {
  const unsigned span = (1U << profile.slots) - 1U;
  for (int slot = 7; slot >= 0; --slot) {
    if ((profile.starts_mask >> slot & 1) == 0) continue;
    if (((span << slot) & occupied) == 0 && slot + profile.slots <= 8) return slot;
  }
  return -1;
}

int mig_slots(const MigProfile& profile, std::uint8_t occupied) {
  int count = 0;
  for (int slot = mig_fit(profile, occupied); slot >= 0; slot = mig_fit(profile, occupied)) {
    occupied = static_cast<std::uint8_t>(occupied | (((1U << profile.slots) - 1U) << slot));
    ++count;
  }
  return count;
}

}  // namespace sillar::schedule
