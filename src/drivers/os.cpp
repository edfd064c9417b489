#include "drivers/os.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <climits>
#include <cstring>
#include <memory>
#include <utility>

namespace sillar::drivers {
namespace {

constexpr std::size_t kKernelFileBytesMax = 1 << 20;

Duration clock_now(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return Duration::seconds(now.tv_sec) + Duration{now.tv_nsec};
}

template <typename T>
bool parse_whole(std::string_view text, T& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

void Descriptor::close() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

tl::unexpected<Error> os_fault(std::string_view what, int error) {
  ErrorCode code = ErrorCode::kIo;
  if (error == ENOENT || error == ESRCH) code = ErrorCode::kNotFound;
  for (const int full : {ENOSPC, EDQUOT, EMFILE, ENFILE, EAGAIN})
    if (error == full) code = ErrorCode::kLimit;
  return fail(code, fmt::format("{}: {}", what, std::strerror(error)));
}

Status write_all(int descriptor, std::string_view bytes, std::string_view what) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) return os_fault(what, errno);
    if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<std::string> read_all(int descriptor, std::size_t bytes_max, std::string_view what) {
  std::string bytes;
  std::array<char, 1 << 14> buffer;
  for (;;) {
    const ssize_t got = ::read(descriptor, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return os_fault(what, errno);
    if (got == 0) return bytes;
    bytes.append(buffer.data(), static_cast<std::size_t>(got));
    if (bytes.size() > bytes_max)
      return invalid(fmt::format("{}: larger than the limit of {} bytes", what, bytes_max));
  }
}

std::string read_kernel_file(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) return {};
  return read_all(file.get(), kKernelFileBytesMax, path).value_or(std::string{});
}

int write_kernel_file(const std::string& path, std::string_view text) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file.is_open()) return errno;
  // One write: these files take a value whole or not at all.
  return ::write(file.get(), text.data(), text.size()) < 0 ? errno : 0;
}

std::vector<std::string> names_in_folder(int folder) {
  std::vector<std::string> names;
  const int own = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (own < 0) return names;
  const std::unique_ptr<DIR, int (*)(DIR*)> open(::fdopendir(own), ::closedir);
  if (!open) {
    ::close(own);
    return names;
  }
  while (const dirent* entry = ::readdir(open.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

Time wall_clock() {
  return Time{clock_now(CLOCK_REALTIME).ns};
}

Duration since_boot() {
  return clock_now(CLOCK_BOOTTIME);
}

std::string boot_id() {
  std::string id = read_kernel_file("/proc/sys/kernel/random/boot_id");
  while (!id.empty() && id.back() == '\n') id.pop_back();
  return id;
}

Result<ProcessStat> parse_process_stat(std::string_view text) {
  // "PID (NAME) STATE PPID ...": the name may hold anything, so the last parenthesis counts.
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string_view::npos) return invalid("no process name");
  std::string_view rest = text.substr(name_end + 1);
  constexpr std::size_t kState = 0;
  constexpr std::size_t kParent = 1;
  constexpr std::size_t kStart = 19;
  ProcessStat stat;
  for (std::size_t field = 0; field <= kStart; ++field) {
    if (!rest.starts_with(' ')) return invalid("too few fields");
    rest.remove_prefix(1);
    const std::string_view word = rest.substr(0, rest.find_first_of(" \n"));
    if (word.empty()) return invalid("too few fields");
    if (field == kState) stat.ended = word == "Z" || word == "X";
    if (field == kParent && !parse_whole(word, stat.parent)) return invalid("no parent");
    if (field == kStart && !parse_whole(word, stat.start_ticks)) return invalid("no start time");
    rest.remove_prefix(word.size());
  }
  return stat;
}

Result<ProcessStat> process_stat(pid_t pid) {
  const std::string text = read_kernel_file(fmt::format("/proc/{}/stat", pid));
  if (text.empty()) return fail(ErrorCode::kNotFound, fmt::format("no process {}", pid));
  return parse_process_stat(text);
}

std::vector<pid_t> all_processes() {
  std::vector<pid_t> found;
  const std::unique_ptr<DIR, int (*)(DIR*)> open(::opendir("/proc"), ::closedir);
  if (!open) return found;
  while (const dirent* entry = ::readdir(open.get())) {
    pid_t pid = 0;
    if (parse_whole(std::string_view(entry->d_name), pid)) found.push_back(pid);
  }
  return found;
}

Descriptor open_process(pid_t pid) {
  return Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

int send_number(const Descriptor& process, int signal, int number) {
  siginfo_t info{};
  info.si_signo = signal;
  info.si_code = SI_QUEUE;
  info.si_pid = ::getpid();
  info.si_uid = ::getuid();
  info.si_value.sival_int = number;
  return ::syscall(SYS_pidfd_send_signal, process.get(), signal, &info, 0) == 0 ? 0 : errno;
}

bool wait_for_end(const Descriptor& process, Duration patience) {
  if (!process.is_open()) return true;
  const Duration end = since_boot() + patience;
  for (;;) {
    const std::int64_t left_ms =
        std::clamp<std::int64_t>((end - since_boot()).ns / 1'000'000, 0, INT_MAX);
    pollfd watched{process.get(), POLLIN, 0};
    const int ready = ::poll(&watched, 1, static_cast<int>(left_ms));
    if (ready > 0) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

void close_other_descriptors() {
  constexpr unsigned kFirst = STDERR_FILENO + 1;
  if (::syscall(SYS_close_range, kFirst, ~0U, 0) == 0) return;
  // A kernel before 5.9. One that cannot start processes by handle at all is older still.
  const long most = ::sysconf(_SC_OPEN_MAX);
  for (int i = STDERR_FILENO + 1; i < most; ++i) ::close(i);
}

}  // namespace sillar::drivers
