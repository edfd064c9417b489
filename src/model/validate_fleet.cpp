#include <fmt/format.h>

#include <set>

#include "base/quantity.h"
#include "model/mig.h"
#include "model/names.h"
#include "model/validate.h"

namespace sillar {

void Complaints::add(std::string path, std::string message) {
  ++count_;
  if (list_.size() < max_) list_.push_back({std::move(path), std::move(message)});
}

namespace {

using Names = std::set<std::string_view>;

// Complains about a name that is malformed or was seen before.
void check_name(Names& seen, const std::string& name, const std::string& path, Complaints& out) {
  if (!is_name(name)) out.add(path + ".name", fmt::format("'{}' cannot be a name", name));
  if (!seen.insert(name).second)
    out.add(path + ".name", fmt::format("there is another '{}' before it", name));
}

void check_mig(const AcceleratorClass& accelerator, const std::string& path, Complaints& out) {
  Names seen;
  for (std::size_t i = 0; i < accelerator.mig.size(); ++i) {
    const MigProfile& profile = accelerator.mig[i];
    const std::string at = fmt::format("{}.mig[{}]", path, i);
    check_name(seen, profile.name, at, out);
    if (profile.thousandths < 1 || profile.thousandths > kDevice)
      out.add(at + ".thousandths", fmt::format("{} is outside 1 to 1000", profile.thousandths));
    if (profile.slots < 1 || profile.slots > kMigSlotsMax) {
      out.add(at + ".slots", fmt::format("{} is outside 1 to 8", profile.slots));
      return;
    }
    if (profile.starts_mask == 0) out.add(at + ".starts", "a profile needs somewhere to begin");
    if (profile.starts_mask >> (kMigSlotsMax - profile.slots + 1) != 0)
      out.add(at + ".starts",
              fmt::format("an instance of {} slots would pass the end of the device's {}",
                          profile.slots, kMigSlotsMax));
    if (profile.memory_bytes < 0 ||
        (accelerator.memory_bytes > 0 && profile.memory_bytes > accelerator.memory_bytes))
      out.add(at + ".memory",
              fmt::format("{} is more than the device has, {}", format_bytes(profile.memory_bytes),
                          format_bytes(accelerator.memory_bytes)));
  }
  const std::int64_t most = most_mig_thousandths(accelerator.mig);
  if (most > kDevice)
    out.add(path + ".mig",
            fmt::format("instances that fit together add up to {} thousandths of a device", most));
}

void check_amount(std::int64_t amount, const std::string& path, Complaints& out) {
  if (amount < 0) out.add(path, "an amount is not negative");
  if (amount > kResourceMax) out.add(path, "the amount is larger than can be counted");
}

void check_classes(const Fleet& fleet, Complaints& out) {
  if (fleet.classes.size() > kClassesMax)
    out.add("classes", fmt::format("a fleet has at most {} classes", kClassesMax));
  Names seen{"cpu", "memory"};
  for (std::size_t c = 0; c < fleet.classes.size(); ++c) {
    const AcceleratorClass& accelerator = fleet.classes[c];
    const std::string path = fmt::format("classes[{}]", c);
    if (accelerator.name == "cpu" || accelerator.name == "memory")
      out.add(path + ".name", fmt::format("'{}' is another resource's name", accelerator.name));
    else
      check_name(seen, accelerator.name, path, out);
    check_amount(accelerator.memory_bytes, path + ".memory", out);
    if (accelerator.reserved_bytes < 0 ||
        (accelerator.reserved_bytes > 0 && accelerator.reserved_bytes >= accelerator.memory_bytes))
      out.add(path + ".reserved_memory", fmt::format("{} leaves nothing of the device's {}",
                                                     format_bytes(accelerator.reserved_bytes),
                                                     format_bytes(accelerator.memory_bytes)));
    if (accelerator.exchange_thousandths < 1)
      out.add(path + ".exchange", "a device is worth more than nothing");
    check_mig(accelerator, path, out);
  }
}

void check_topologies(const Fleet& fleet, Complaints& out) {
  Names seen;
  for (std::size_t t = 0; t < fleet.topologies.size(); ++t) {
    const Topology& topology = fleet.topologies[t];
    const std::string path = fmt::format("topologies[{}]", t);
    check_name(seen, topology.name, path, out);
    if (topology.levels.empty()) out.add(path + ".levels", "a topology has at least one level");
    Names levels;
    for (std::size_t l = 0; l < topology.levels.size(); ++l)
      if (!levels.insert(topology.levels[l]).second)
        out.add(fmt::format("{}.levels[{}]", path, l),
                fmt::format("the level '{}' stands before it already", topology.levels[l]));
  }
}

void check_devices(const Fleet& fleet, const Node& node, const std::string& path, Complaints& out) {
  if (node.accelerators < 0 || node.accelerators > kDevicesPerNodeMax)
    out.add(path + ".accelerators",
            fmt::format("{} is outside 0 to {}", node.accelerators, kDevicesPerNodeMax));
  if (node.accelerator_class.valid() ? node.accelerator_class.index() >= fleet.classes.size()
                                     : node.accelerators > 0)
    out.add(path + ".class", "a node with accelerators names their class");
  if (!node.devices.empty() && node.devices.size() != static_cast<std::size_t>(node.accelerators))
    out.add(path + ".device_health", "there is one state for each device, or none");
}

void check_node(const Fleet& fleet, const Node& node, const std::string& path, Complaints& out) {
  check_devices(fleet, node, path, out);
  check_amount(node.cpu, path + ".cpu", out);
  check_amount(node.memory_bytes, path + ".memory", out);
  if (node.tasks_max < 0) out.add(path + ".tasks_max", "a bound is not negative");
  if (node.fabric_gbit < 0) out.add(path + ".fabric_gbit", "an amount is not negative");
  if (node.storage_mib_per_s < 0) out.add(path + ".storage_mib_per_s", "an amount is not negative");
  if (node.price_per_hour && node.price_per_hour->nanos < 0)
    out.add(path + ".price_per_hour", "a price is not negative");
  for (std::size_t i = 1; i < node.labels.size(); ++i)
    if (node.labels[i].first <= node.labels[i - 1].first)
      out.add(path + ".labels", "labels are sorted and have one text each");
  if (!node.location.valid()) return;
  if (node.location.index() >= fleet.locations.size()) {
    out.add(path + ".location", "the location is unknown");
    return;
  }
  const Location& location = fleet.locations[node.location.index()];
  if (!location.country.empty() && !is_country_code(location.country))
    out.add(path + ".location.country",
            fmt::format("'{}' is not a country code of two capital letters", location.country));
}

}  // namespace

void validate_fleet(const Fleet& fleet, Complaints& complaints) {
  check_classes(fleet, complaints);
  check_topologies(fleet, complaints);
  Names seen;
  std::int64_t cpu = 0;
  std::int64_t memory = 0;
  for (std::size_t n = 0; n < fleet.nodes.size(); ++n) {
    const Node& node = fleet.nodes[n];
    if (!is_name(node.name) || !seen.insert(node.name).second) {
      complaints.add(fmt::format("nodes[{}].name", n),
                     is_name(node.name) ? fmt::format("there is another '{}' before it", node.name)
                                        : fmt::format("'{}' cannot be a name", node.name));
    }
    const std::size_t before = complaints.count();
    check_node(fleet, node, fmt::format("nodes[{}]", n), complaints);
    if (complaints.count() != before) continue;
    // Each is checked to be at most kResourceMax, so the sums stay within 64 bits.
    cpu += node.cpu;
    memory += node.memory_bytes;
    if (cpu > kResourceMax || memory > kResourceMax) {
      complaints.add(fmt::format("nodes[{}]", n),
                     fmt::format("with it, the fleet has more {} than can be counted",
                                 cpu > kResourceMax ? "cores" : "memory"));
      return;
    }
  }
}

}  // namespace sillar
