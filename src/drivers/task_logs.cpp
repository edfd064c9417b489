#include "drivers/task_logs.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include "drivers/driver.h"
#include "drivers/log_files.h"
#include "drivers/records.h"
#include "drivers/task_folder.h"

namespace sillar::drivers {
namespace {

struct OpenSegment {
  std::int64_t base = 0;
  std::int64_t end = 0;
  Descriptor file;
};

Result<Descriptor> open_folder(const std::string& path) {
  Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!folder.is_open()) return os_fault(path, errno);
  return folder;
}

// All of them as they are now; false when one went away meanwhile.
bool open_segments(const TaskFolder& folder, LogStream stream, std::vector<OpenSegment>& out) {
  out.clear();
  for (const LogSegment& segment : segments_of(stream, names_in_folder(folder.get()))) {
    OpenSegment open{segment.base, segment.base,
                     Descriptor(::openat(folder.get(), segment.name.c_str(),
                                         O_RDONLY | O_NOFOLLOW | O_CLOEXEC))};
    struct stat status{};
    if (!open.file.is_open() || ::fstat(open.file.get(), &status) != 0) return false;
    open.end += status.st_size;
    if (!out.empty()) out.back().end = std::min(out.back().end, open.base);
    out.push_back(std::move(open));
  }
  return true;
}

Result<std::string> read_at(int file, std::int64_t offset, std::size_t bytes) {
  std::string out(bytes, '\0');
  std::size_t have = 0;
  while (have < bytes) {
    const ssize_t got = ::pread(file, out.data() + have, bytes - have,
                                static_cast<off_t>(offset) + static_cast<off_t>(have));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return os_fault("a log", errno);
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  out.resize(have);
  return out;
}

struct Ended {
  Time at;
  std::string token;
  std::int64_t bytes = 0;
};

std::int64_t bytes_in(const TaskFolder& folder) {
  std::int64_t bytes = 0;
  for (const std::string& name : names_in_folder(folder.get())) {
    struct stat status{};
    if (::fstatat(folder.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0)
      bytes += status.st_size;
  }
  return bytes;
}

}  // namespace

Result<LogChunk> read_log(const std::string& folder, std::string_view token, LogStream stream,
                          std::int64_t offset, std::size_t bytes_max) {
  if (!is_token(token)) return invalid(fmt::format("\"{}\" is no token", token));
  if (offset < 0) return invalid("a log begins at offset 0");
  SILLAR_TRY(tasks, open_folder(folder));
  SILLAR_TRY(task, TaskFolder::open(tasks.get(), folder, token));
  LogChunk chunk;
  // Asked first: what is there after it ended is all.
  chunk.ended = task.has(kEndFile) || task.has(kForgottenFile);
  std::vector<OpenSegment> segments;
  constexpr int kTries = 100;
  for (int i = 0; !open_segments(task, stream, segments); ++i)
    if (i == kTries) return fail(ErrorCode::kIo, fmt::format("{}: changes too fast", task.path()));
  chunk.size = segments.empty() ? 0 : segments.back().end;
  chunk.offset = std::min(offset, chunk.size);
  for (const OpenSegment& segment : segments) {
    if (chunk.offset >= segment.end) continue;
    chunk.offset = std::max(chunk.offset, segment.base);  // Past what was dropped.
    const std::size_t there = static_cast<std::size_t>(segment.end - chunk.offset);
    SILLAR_TRY(bytes, read_at(segment.file.get(), chunk.offset - segment.base,
                              std::min(there, bytes_max)));
    chunk.bytes = std::move(bytes);
    break;
  }
  return chunk;
}

Result<LogsRemoved> remove_old_logs(const std::string& folder, const std::string& work_folder,
                                    const LogRetention& keep, Time now) {
  SILLAR_TRY(tasks, open_folder(folder));
  SILLAR_TRY(work, open_folder(work_folder));
  LogsRemoved removed;
  std::vector<Ended> ended;
  for (const std::string& name : names_in_folder(tasks.get())) {
    if (!is_token(name)) continue;
    const auto task = TaskFolder::open(tasks.get(), folder, name);
    if (!task) continue;
    const std::int64_t bytes = bytes_in(*task);
    removed.bytes_left += bytes;
    if (!task->has(kForgottenFile)) continue;
    const auto how = task->read(kForgottenFile).and_then([](const std::string& text) {
      return read_observation(kForgottenFile, text);
    });
    ended.push_back({how ? how->at : Time{}, name, bytes});
  }
  std::ranges::sort(ended, [](const Ended& a, const Ended& b) {
    return std::pair(a.at, a.token) < std::pair(b.at, b.token);
  });
  for (const Ended& task : ended) {
    const bool too_old = now - task.at > keep.age_max;
    if (!too_old && removed.bytes_left <= keep.bytes_max) break;
    // The folder with the record goes last, so that what is cut off here is done the next time.
    if (!remove_tree(work.get(), task.token) || !remove_tree(tasks.get(), task.token))
      return fail(ErrorCode::kIo, fmt::format("{}/{}: cannot be removed", folder, task.token));
    ++removed.tasks;
    removed.bytes += task.bytes;
    removed.bytes_left -= task.bytes;
  }
  return removed;
}

}  // namespace sillar::drivers
