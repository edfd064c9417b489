#include "model/occupancy.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/money.h"
#include "base/quantity.h"
#include "model/mig.h"

namespace sillar {
namespace {

std::int64_t thousandths_for_memory(const AcceleratorClass& accelerator, std::int64_t bytes) {
  const std::int64_t usable = accelerator.memory_bytes - accelerator.reserved_bytes;
  if (usable <= 0 || bytes > usable) return 0;
  return static_cast<std::int64_t>((static_cast<Int128>(bytes) * kDevice + usable - 1) / usable);
}

}  // namespace

Occupancy::Occupancy(const Fleet& fleet)
    : fleet_(fleet),
      devices_(fleet.nodes.size() * kDevicesPerNodeMax),
      cpu_(fleet.nodes.size()),
      memory_(fleet.nodes.size()),
      tasks_(fleet.nodes.size()) {
  for (std::size_t n = 0; n < fleet.nodes.size(); ++n)
    node_by_name_.try_emplace(fleet.nodes[n].name, n);
}

std::int64_t Occupancy::find_node(std::string_view name) const {
  const auto found = node_by_name_.find(name);
  return found == node_by_name_.end() ? -1 : static_cast<std::int64_t>(found->second);
}

Result<Occupancy::Use> Occupancy::use_on(std::size_t node, const Request& request) const {
  const bool asks = request.accelerators > 0 || request.fraction > 0 ||
                    request.accelerator_memory > 0 || !request.mig.empty();
  if (!asks) return Use{};
  const Node& record = fleet_.nodes[node];
  if (!record.accelerator_class.valid())
    return invalid(fmt::format("node {} has no accelerators", record.name));
  const AcceleratorClass& accelerator = fleet_.classes[record.accelerator_class.index()];
  if (!request.classes.empty() && std::find(request.classes.begin(), request.classes.end(),
                                            accelerator.name) == request.classes.end())
    return invalid(fmt::format("node {} has class {}, which the request does not accept",
                               record.name, accelerator.name));
  if (request.accelerators > 0) return Use{request.accelerators, kDevice, nullptr};
  if (request.fraction > 0) return Use{1, request.fraction, nullptr};
  if (!request.mig.empty()) {
    for (const MigProfile& profile : accelerator.mig)
      if (profile.name == request.mig) return Use{1, profile.thousandths, &profile};
    return invalid(fmt::format("class {} of node {} has no MIG profile {}", accelerator.name,
                               record.name, request.mig));
  }
  const std::int64_t share = thousandths_for_memory(accelerator, request.accelerator_memory);
  if (share == 0)
    return invalid(fmt::format("a device of node {} has less than {} of memory", record.name,
                               format_bytes(request.accelerator_memory)));
  return Use{1, share, nullptr};
}

bool Occupancy::has_room(const Use& use, const Device& device) {
  if (device.thousandths + use.thousandths > kDevice) return false;
  // A device is either cut into slices or shared in fractions.
  if (use.profile == nullptr) return device.slots == 0;
  if (device.thousandths > 0 && device.slots == 0) return false;
  return first_free_mig_slot(*use.profile, device.slots) >= 0;
}

Status Occupancy::add(std::size_t node, const Request& request,
                      const std::vector<std::int32_t>& devices) {
  const Node& record = fleet_.nodes[node];
  SILLAR_TRY(use, use_on(node, request));
  if (devices.size() != static_cast<std::size_t>(use.devices))
    return invalid(fmt::format("{} devices are named, but the request is for {}", devices.size(),
                               use.devices));
  for (std::size_t i = 0; i < devices.size(); ++i) {
    const std::int32_t device = devices[i];
    if (device < 0 || device >= record.accelerators)
      return invalid(fmt::format("node {} has {} devices, no device {}", record.name,
                                 record.accelerators, device));
    if (std::find(devices.begin(), devices.begin() + static_cast<std::ptrdiff_t>(i), device) !=
        devices.begin() + static_cast<std::ptrdiff_t>(i))
      return invalid(fmt::format("device {} is named twice", device));
    if (!has_room(use, devices_[index(node, device)]))
      return invalid(fmt::format(
          "device {} of node {} is over-committed: {} thousandths of it are "
          "taken and {} more do not fit",
          device, record.name, devices_[index(node, device)].thousandths, use.thousandths));
  }
  SILLAR_TRY_STATUS(add_host(node, request));
  for (const std::int32_t device : devices) {
    Device& taken = devices_[index(node, device)];
    taken.thousandths += use.thousandths;
    if (use.profile != nullptr)
      taken.slots |= mig_slot_mask(*use.profile, first_free_mig_slot(*use.profile, taken.slots));
  }
  return {};
}

Status Occupancy::add_host(std::size_t node, const Request& request) {
  const Node& record = fleet_.nodes[node];
  // Room left is compared, so that no sum can overflow.
  if (request.cpu > record.cpu - cpu_[node])
    return invalid(fmt::format("node {} has {} cores, {} of them taken; {} more do not fit",
                               record.name, format_thousandths(record.cpu),
                               format_thousandths(cpu_[node]), format_thousandths(request.cpu)));
  if (request.memory_bytes > record.memory_bytes - memory_[node])
    return invalid(fmt::format("node {} has {} of memory, {} of it taken; {} more do not fit",
                               record.name, format_bytes(record.memory_bytes),
                               format_bytes(memory_[node]), format_bytes(request.memory_bytes)));
  if (record.tasks_max > 0 && tasks_[node] >= record.tasks_max)
    return invalid(fmt::format("node {} takes {} tasks at most", record.name, record.tasks_max));
  cpu_[node] += request.cpu;
  memory_[node] += request.memory_bytes;
  ++tasks_[node];
  return {};
}

std::vector<std::int32_t> Occupancy::lowest_free(std::size_t node, const Request& request) const {
  const auto use = use_on(node, request);
  std::vector<std::int32_t> devices;
  if (!use) return devices;
  for (std::int32_t d = 0; d < fleet_.nodes[node].accelerators; ++d) {
    if (devices.size() == static_cast<std::size_t>(use->devices)) break;
    if (has_room(*use, devices_[index(node, d)])) devices.push_back(d);
  }
  if (devices.size() != static_cast<std::size_t>(use->devices)) devices.clear();
  return devices;
}

}  // namespace sillar
