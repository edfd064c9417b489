#include "server/process_figures.h"

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <charconv>
#include <string>
#include <string_view>

#include "base/document.h"

namespace sillar::server {
namespace {

// Fields of /proc/self/stat behind the command's name, counted from 0 (proc(5): 3).
constexpr std::size_t kThreads = 17;
constexpr std::size_t kVirtual = 20;
constexpr std::size_t kResidentPages = 21;

std::int64_t stat_field(std::string_view fields, std::size_t index) {
  for (std::size_t i = 0; i < index; ++i)
    fields.remove_prefix(std::min(fields.find(' ') + 1, fields.size()));
  std::int64_t value = 0;
  std::from_chars(fields.data(), fields.data() + fields.size(), value);
  return value;
}

std::int64_t count_fds() {
  DIR* folder = ::opendir("/proc/self/fd");
  if (folder == nullptr) return 0;
  std::int64_t count = 0;
  while (const dirent* entry = ::readdir(folder))
    if (entry->d_name[0] != '.') ++count;
  ::closedir(folder);
  return count - 1;  // Less the one that looked.
}

std::int64_t ns_of(const timeval& time) {
  return Duration::seconds(time.tv_sec).ns + time.tv_usec * 1000;
}

}  // namespace

std::optional<ProcessFigures> process_figures() {
  const auto stat = read_file("/proc/self/stat", 4096);
  rusage usage{};
  rlimit files{};
  if (!stat || ::getrusage(RUSAGE_SELF, &usage) != 0 || ::getrlimit(RLIMIT_NOFILE, &files) != 0)
    return std::nullopt;
  const auto name_end = stat->rfind(") ");
  if (name_end == std::string::npos) return std::nullopt;
  const std::string_view fields = std::string_view(*stat).substr(name_end + 2);
  ProcessFigures figures;
  figures.cpu = Duration{ns_of(usage.ru_utime) + ns_of(usage.ru_stime)};
  figures.threads = stat_field(fields, kThreads);
  figures.virtual_bytes = stat_field(fields, kVirtual);
  figures.resident_bytes = stat_field(fields, kResidentPages) * ::sysconf(_SC_PAGESIZE);
  figures.open_fds = count_fds();
  figures.fds_max = static_cast<std::int64_t>(files.rlim_cur);
  return figures;
}

}  // namespace sillar::server
