#pragma once

// What this process takes of its machine, as Linux tells.

#include <cstdint>
#include <optional>

#include "base/time.h"

namespace sillar::server {

struct ProcessFigures {
  Duration cpu;  // User and system.
  std::int64_t resident_bytes = 0;
  std::int64_t virtual_bytes = 0;
  std::int64_t open_fds = 0;
  std::int64_t fds_max = 0;
  std::int64_t threads = 0;
};

// Absent: /proc does not tell.
[[nodiscard]] std::optional<ProcessFigures> process_figures();

}  // namespace sillar::server
