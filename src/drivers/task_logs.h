#pragma once

// What tasks wrote: read by offset while they write, removed by bytes and age.
//
// A log is a row of segments of a quarter of its bound. The first one and the last three are kept,
// so that both the beginning and the end of a long log are there; offsets count every byte written.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace sillar::drivers {

// The error stream has a log only where the workload gives it a file of its own; else what it says
// stands in the output, in its place.
enum class LogStream : std::uint8_t { kOutput, kError };

struct LogChunk {
  std::int64_t offset = 0;  // Of the first byte; past what was asked for when that was dropped.
  std::string bytes;
  std::int64_t size = 0;  // Bytes written so far.
  bool ended = false;     // Nothing is added any more.

  // Where to read on.
  [[nodiscard]] std::int64_t next() const {
    return offset + static_cast<std::int64_t>(bytes.size());
  }
};

// At most `bytes_max` from `offset` on; none when nothing is there yet. Follow a log by asking
// again from next() until ended and next() == size. Errors: kNotFound when the driver of `folder`
// (LocalOptions::folder) has no such task, or its logs were removed; kIo.
[[nodiscard]] Result<LogChunk> read_log(const std::string& folder, std::string_view token,
                                        LogStream stream, std::int64_t offset,
                                        std::size_t bytes_max = 1 << 16);

struct LogRetention {
  std::int64_t bytes_max = std::int64_t{4} << 30;  // Of all logs.
  Duration age_max = Duration::hours(24 * 30);     // After the end.
};

struct LogsRemoved {
  std::int64_t tasks = 0;
  std::int64_t bytes = 0;
  std::int64_t bytes_left = 0;
};

// Removes what is too old, then the logs of those that ended longest ago until the bound is kept.
// With a task's logs goes its fresh directory. Only tasks that ended and were forgotten lose
// theirs.
[[nodiscard]] Result<LogsRemoved> remove_old_logs(const std::string& folder,
                                                  const std::string& work_folder,
                                                  const LogRetention& keep, Time now);

}  // namespace sillar::drivers
