#include "server/local_world.h"

#include <fmt/format.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <thread>

#include "base/quantity.h"
#include "drivers/devices.h"
#include "model/names.h"

namespace sillar::server {
namespace {

constexpr std::int64_t kDeviceMemoryUnstated = std::int64_t{80} << 30;

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0 || !is_name(name.data())) return "local";
  return name.data();
}

// "NVIDIA H100 80GB HBM3" -> "h100": the first word with a digit, else all of them.
std::string class_of(std::string_view product) {
  std::string all;
  while (!product.empty()) {
    const std::size_t end = std::min(product.find(' '), product.size());
    std::string word(product.substr(0, end));
    product.remove_prefix(std::min(end + 1, product.size()));
    std::ranges::transform(word, word.begin(), [](unsigned char c) { return std::tolower(c); });
    if (std::ranges::any_of(word, [](unsigned char c) { return std::isdigit(c) != 0; }))
      return word;
    if (word != "nvidia") all += (all.empty() ? "" : "-") + word;
  }
  return all.empty() ? "gpu" : all;
}

}  // namespace

LocalMachine look_at_this_machine() {
  LocalMachine machine;
  machine.name = host_name();
  machine.cpu = std::int64_t{std::max(1U, std::thread::hardware_concurrency())} * 1000;
  struct sysinfo info{};
  if (::sysinfo(&info) == 0)
    machine.memory_bytes =
        static_cast<std::int64_t>(info.totalram) * static_cast<std::int64_t>(info.mem_unit);
  if (const auto nvml = drivers::Nvml::load(); nvml != nullptr && !nvml->devices().empty()) {
    const drivers::Device& first = nvml->devices().front();
    machine.device_class = class_of(first.name);
    machine.device_memory_bytes = first.memory_bytes;
    machine.devices = static_cast<std::int32_t>(
        std::min<std::size_t>(nvml->devices().size(), kDevicesPerNodeMax));
  }
  return machine;
}

Status declare_devices(LocalMachine& machine, std::string_view text) {
  const std::size_t colon = text.rfind(':');
  const auto count = colon == std::string_view::npos ? Result<std::int64_t>(invalid(""))
                                                     : parse_integer(text.substr(colon + 1));
  const std::string_view name = text.substr(0, std::min(colon, text.size()));
  if (!count || *count < 1 || *count > kDevicesPerNodeMax || !is_path_segment(name))
    return invalid(
        fmt::format("devices are a class and a number from 1 to {}, as in h100:8; '{}' is not",
                    kDevicesPerNodeMax, text));
  machine.device_class = name;
  machine.devices = static_cast<std::int32_t>(*count);
  if (machine.device_memory_bytes == 0) machine.device_memory_bytes = kDeviceMemoryUnstated;
  return {};
}

World local_world(const LocalMachine& machine) {
  World world;
  Node node;
  node.name = machine.name;
  node.cpu = machine.cpu;
  node.memory_bytes = machine.memory_bytes;
  if (machine.devices > 0) {
    world.fleet.classes.push_back({machine.device_class, machine.device_memory_bytes, 0, 1000, {}});
    node.accelerator_class = ClassId{0U};
    node.accelerators = machine.devices;
  }
  world.fleet.nodes.push_back(std::move(node));
  Project project;
  project.name = "default";
  project.quota.assign(world.fleet.resource_count(), kQuotaAbsent);
  world.projects.push_back(std::move(project));
  return world;
}

}  // namespace sillar::server
