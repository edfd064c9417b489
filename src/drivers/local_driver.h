#pragma once

// This machine as a cluster of one node: commands as process groups, each under a shim that keeps
// how it ended, so that the driver may end and come back.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/driver.h"

namespace sillar::drivers {

struct LocalOptions {
  std::string folder;        // Of the tasks' folders; made with rights for its owner alone.
  std::string work_folder;   // Of the fresh directories; OS users must be able to reach it.
  std::string installation;  // Names the cgroup; letters, digits, '-', '_', '.'.
  std::uint64_t epoch = 0;   // Of the leader; one that is lower than seen before is refused.
  std::string program = "/proc/self/exe";  // Run as `program shim FOLDER`.
  std::int64_t log_bytes_max = 64 << 20;   // Of each of a task's two logs.
  std::int32_t processes_max = 32768;      // Of a task, threads too.
};

// What bounds what, in words: "cgroup v2", "cgroup v1", "rlimit ...", "none: why".
struct LimitsInUse {
  std::string cpu;
  std::string memory;
  std::string processes;
  std::string kill;  // By what all processes of a task are found and ended.
};

class LocalDriver final : public Driver {
 public:
  // Takes the folder, adopts what it holds, and reports it. Errors: kInvalidInput when another
  // process has the folder, or a later epoch had it, or a name is not allowed; kIo.
  [[nodiscard]] static Result<std::unique_ptr<LocalDriver>> open(LocalOptions options,
                                                                 Observe observe);
  // Commands and their shims go on.
  ~LocalDriver() override;

  [[nodiscard]] Status launch(const LaunchOrder& order) override;
  [[nodiscard]] Status stop(const StopOrder& order) override;
  [[nodiscard]] Result<std::vector<Found>> list() override;
  [[nodiscard]] Status forget(std::string_view token) override;

  [[nodiscard]] LimitsInUse limits_in_use() const;

 private:
  class Watch;
  explicit LocalDriver(std::unique_ptr<Watch> watch);

  std::unique_ptr<Watch> watch_;
};

}  // namespace sillar::drivers
