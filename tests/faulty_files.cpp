// Preloaded into a program, makes writing to files fail on request.
//
//   SILLAR_FAULTS="FILE FOLDER": while FILE holds one of these words, for what lies below FOLDER
//     sync        fsync and fdatasync fail with EIO
//     write       writing fails with EIO
//     full        writing fails with ENOSPC
//     read-only   opening to write, and making anything, fails with EROFS

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include <array>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

struct Plan {
  std::string file;
  std::string folder;
};

const Plan& plan() {
  static const Plan kPlan = [] {
    const char* text = std::getenv("SILLAR_FAULTS");
    const std::string both = text == nullptr ? "" : text;
    const std::size_t space = both.find(' ');
    if (space == std::string::npos) std::abort();
    return Plan{both.substr(0, space), both.substr(space + 1)};
  }();
  return kPlan;
}

bool wished(std::string_view word) {
  const long file = ::syscall(SYS_openat, AT_FDCWD, plan().file.c_str(), O_RDONLY | O_CLOEXEC, 0);
  if (file < 0) return false;
  std::array<char, 32> bytes{};
  const long got = ::syscall(SYS_read, file, bytes.data(), bytes.size());
  ::syscall(SYS_close, file);
  return got > 0 && std::string_view(bytes.data(), static_cast<std::size_t>(got)) == word;
}

bool is_ours(int file) {
  std::array<char, 4096> path{};
  const ssize_t size =
      ::readlink(("/proc/self/fd/" + std::to_string(file)).c_str(), path.data(), path.size());
  return size > 0 &&
         std::string_view(path.data(), static_cast<std::size_t>(size)).starts_with(plan().folder);
}

// The error of writing to that file now; 0: none.
int write_error(int file) {
  if (!is_ours(file)) return 0;
  if (wished("write")) return EIO;
  return wished("full") ? ENOSPC : 0;
}

bool may_not_sync(int file) {
  return is_ours(file) && wished("sync");
}

bool may_not_open(const char* path, int flags) {
  const bool writes = (flags & O_ACCMODE) != O_RDONLY || (flags & O_CREAT) != 0;
  return writes && std::string_view(path).starts_with(plan().folder) && wished("read-only");
}

long failed(int error) {
  errno = error;
  return -1;
}

int open_file(const char* path, int flags, mode_t mode) {
  if (may_not_open(path, flags)) return static_cast<int>(failed(EROFS));
  return static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path, flags, mode));
}

ssize_t write_at(int file, const void* bytes, std::size_t size, off_t at) {
  if (const int error = write_error(file)) return failed(error);
  return ::syscall(SYS_pwrite64, file, bytes, size, at);
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = va_arg(rest, mode_t);
  va_end(rest);
  return open_file(path, flags, mode);
}
int open64(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = va_arg(rest, mode_t);
  va_end(rest);
  return open_file(path, flags, mode);
}
int mkdir(const char* path, mode_t mode) {
  if (may_not_open(path, O_CREAT)) return static_cast<int>(failed(EROFS));
  return static_cast<int>(::syscall(SYS_mkdirat, AT_FDCWD, path, mode));
}
ssize_t write(int file, const void* bytes, std::size_t size) {
  if (const int error = write_error(file)) return failed(error);
  return ::syscall(SYS_write, file, bytes, size);
}
ssize_t pwrite(int file, const void* bytes, std::size_t size, off_t at) {
  return write_at(file, bytes, size, at);
}
ssize_t pwrite64(int file, const void* bytes, std::size_t size, off_t at) {
  return write_at(file, bytes, size, at);
}
int fsync(int file) {
  if (may_not_sync(file)) return static_cast<int>(failed(EIO));
  return static_cast<int>(::syscall(SYS_fsync, file));
}
int fdatasync(int file) {
  if (may_not_sync(file)) return static_cast<int>(failed(EIO));
  return static_cast<int>(::syscall(SYS_fdatasync, file));
}

}  // extern "C"
