#pragma once

// A log as a row of segment files. Internal to drivers; task_logs.h says what a log is.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/os.h"
#include "drivers/task_logs.h"

namespace sillar::drivers {

inline constexpr int kLogSegments = 4;

struct LogSegment {
  std::int64_t base = 0;  // Offset of its first byte in the log.
  std::string name;

  friend bool operator==(const LogSegment&, const LogSegment&) = default;
};

[[nodiscard]] std::string segment_name(LogStream stream, std::int64_t base);
// Those of one log among the names of a folder, by offset. Names that are none are skipped.
[[nodiscard]] std::vector<LogSegment> segments_of(LogStream stream,
                                                  const std::vector<std::string>& names);

// Writes a log in the folder that it is given. What cannot be written is dropped: a full disk must
// not stop the command, whose output is read all the same.
class LogWriter {
 public:
  // Requires: `folder` stays open. bytes_max > 0.
  LogWriter(int folder, LogStream stream, std::int64_t bytes_max);

  void write(std::string_view bytes);

 private:
  void open_segment();

  int folder_;
  LogStream stream_;
  std::int64_t segment_bytes_;
  std::int64_t base_ = 0;     // Of the open segment.
  std::int64_t written_ = 0;  // Into it.
  Descriptor file_;
  std::vector<std::int64_t> later_;  // Bases of the segments after the first one.
};

}  // namespace sillar::drivers
