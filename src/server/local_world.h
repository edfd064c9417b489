#pragma once

// This machine as a fleet of one node, and projects to begin with.

#include <string>

#include "base/result.h"
#include "model/input.h"

namespace sillar::server {

struct LocalMachine {
  std::string name;
  std::int64_t cpu = 0;  // Thousandths of a core.
  std::int64_t memory_bytes = 0;
  std::string device_class;  // Empty: no accelerators.
  std::int32_t devices = 0;
  std::int64_t device_memory_bytes = 0;
};

// What this machine says of itself; accelerators as NVML tells them.
[[nodiscard]] LocalMachine look_at_this_machine();
// "h100:8": accelerators that are declared, real or not. Errors: kInvalidInput.
[[nodiscard]] Status declare_devices(LocalMachine& machine, std::string_view text);

// A project "default" without quota may use all of it.
[[nodiscard]] World local_world(const LocalMachine& machine);

}  // namespace sillar::server
