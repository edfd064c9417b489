#pragma once

// The records of a task as bytes: what its folder keeps. Internal to drivers.
//
// Each begins with a line that names its kind, its version and the hash of what follows, so that a
// torn or foreign file is told from a record. A value has one form only.

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/driver.h"

namespace sillar::drivers {

// A control group that a task's processes are put into.
struct Group {
  enum class Kind : std::uint8_t { kV2, kCpu, kMemory, kPids, kFreezer };  // All but the first: v1.
  Kind kind = Kind::kV2;
  std::string path;
  // What it bounds; a group of v1 only what its kind says.
  bool cpu = false;
  bool memory = false;
  bool processes = false;

  friend bool operator==(const Group&, const Group&) = default;
};

// What a shim has to know.
struct ShimOrder {
  LaunchOrder launch;
  std::string work_folder;
  std::vector<Group> groups;     // Of this task; the last part of each path is its token.
  bool limit_by_rlimit = false;  // Memory has no group: bound the data of each process.
  std::int64_t log_bytes_max = 0;
  std::int32_t processes_max = 0;

  friend bool operator==(const ShimOrder&, const ShimOrder&) = default;
};

struct ProcessName {
  pid_t pid = 0;
  std::int64_t start_ticks = 0;

  friend bool operator==(const ProcessName&, const ProcessName&) = default;
};

struct StartedRecord {
  std::string boot_id;
  ProcessName shim;
  ProcessName command;  // The leader of its process group.

  friend bool operator==(const StartedRecord&, const StartedRecord&) = default;
};

[[nodiscard]] std::string order_bytes(const ShimOrder& order);
[[nodiscard]] std::string started_bytes(const StartedRecord& started);
// Of `running` and of `exit`: all of an observation but its token, which the folder's name says.
[[nodiscard]] std::string observation_bytes(const Observation& observation);

// Errors: kInvalidInput, beginning with `name`.
[[nodiscard]] Result<ShimOrder> read_order(std::string_view name, std::string_view bytes);
[[nodiscard]] Result<StartedRecord> read_started(std::string_view name, std::string_view bytes);
[[nodiscard]] Result<Observation> read_observation(std::string_view name, std::string_view bytes);

// Whether an order can be carried out, as far as its text says. Errors: kInvalidInput.
[[nodiscard]] Status check_order(const LaunchOrder& order);

// A file pattern with its values; %% is a percent sign. Errors: kInvalidInput for any other letter,
// for %a without an array.
[[nodiscard]] Result<std::string> expand_pattern(std::string_view pattern,
                                                 const LaunchOrder& order);

}  // namespace sillar::drivers
