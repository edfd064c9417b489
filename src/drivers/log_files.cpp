#include "drivers/log_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>

namespace sillar::drivers {
namespace {

constexpr mode_t kFileMode = 0600;
constexpr std::size_t kBaseDigits = 19;  // Of the largest offset.

std::string_view prefix_of(LogStream stream) {
  return stream == LogStream::kOutput ? "output." : "error.";
}

}  // namespace

std::string segment_name(LogStream stream, std::int64_t base) {
  return fmt::format("{}{:0{}}", prefix_of(stream), base, kBaseDigits);
}

std::vector<LogSegment> segments_of(LogStream stream, const std::vector<std::string>& names) {
  std::vector<LogSegment> found;
  for (const std::string& name : names) {
    const std::string_view prefix = prefix_of(stream);
    if (!name.starts_with(prefix) || name.size() != prefix.size() + kBaseDigits) continue;
    const char* const end = name.data() + name.size();
    LogSegment segment{0, name};
    const auto [stop, error] = std::from_chars(name.data() + prefix.size(), end, segment.base);
    if (error == std::errc{} && stop == end && segment.base >= 0)
      found.push_back(std::move(segment));
  }
  std::ranges::sort(found, {}, &LogSegment::base);
  return found;
}

LogWriter::LogWriter(int folder, LogStream stream, std::int64_t bytes_max)
    : folder_(folder),
      stream_(stream),
      segment_bytes_(std::max<std::int64_t>(bytes_max / kLogSegments, 1)) {
  open_segment();
}

void LogWriter::open_segment() {
  const std::string name = segment_name(stream_, base_);
  file_ = Descriptor(::openat(folder_, name.c_str(),
                              O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, kFileMode));
}

void LogWriter::write(std::string_view bytes) {
  while (!bytes.empty()) {
    if (written_ >= segment_bytes_) {
      base_ += written_;
      written_ = 0;
      later_.push_back(base_);
      if (later_.size() == kLogSegments) {
        ::unlinkat(folder_, segment_name(stream_, later_.front()).c_str(), 0);
        later_.erase(later_.begin());
      }
      open_segment();
    }
    if (!file_.is_open()) open_segment();
    const std::string_view part =
        bytes.substr(0, static_cast<std::size_t>(segment_bytes_ - written_));
    if (write_all(file_.get(), part, ""))
      written_ += static_cast<std::int64_t>(part.size());
    else if (::ftruncate(file_.get(), written_) != 0)
      file_.close();
    bytes.remove_prefix(part.size());
  }
}

}  // namespace sillar::drivers
