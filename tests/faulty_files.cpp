// Preloaded into a program, makes writing to files fail on request.
//
//   SILLAR_FAULTS="FILE FOLDER": while FILE holds one of these words, for what lies below FOLDER
//     sync        fsync and fdatasync fail with EIO
//     write       writing fails with EIO
//     full        writing fails with ENOSPC
//     read-only   opening to write, and making anything, fails with EROFS
//
//   SILLAR_SYNCED="FOLDER": keeps there, under its path with '%' for '/', each such file as it was
//   when it was last synced: all that a power cut is sure to leave of it.

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
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

std::string path_of(int file) {
  std::array<char, 4096> path{};
  const ssize_t size =
      ::readlink(("/proc/self/fd/" + std::to_string(file)).c_str(), path.data(), path.size());
  return size > 0 ? std::string(path.data(), static_cast<std::size_t>(size)) : std::string{};
}

bool is_ours(int file) {
  return path_of(file).starts_with(plan().folder);
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

std::string synced_copy(std::string path) {
  const char* folder = std::getenv("SILLAR_SYNCED");
  if (folder == nullptr) return {};
  std::replace(path.begin(), path.end(), '/', '%');
  return std::string(folder) + "/" + path;
}

// Whole or not at all: who is killed in here had not been told that its sync succeeded.
void keep_copy(int file) {
  const std::string copy = synced_copy(path_of(file));
  if (copy.empty() || !is_ours(file)) return;
  const std::string beside = copy + "." + std::to_string(::syscall(SYS_gettid));
  const long out = ::syscall(SYS_openat, AT_FDCWD, beside.c_str(),
                             O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (out < 0) std::abort();
  const long in = ::syscall(SYS_openat, AT_FDCWD, ("/proc/self/fd/" + std::to_string(file)).c_str(),
                            O_RDONLY | O_CLOEXEC, 0);
  std::array<char, 65536> piece{};
  long got = 0;
  while ((got = ::syscall(SYS_read, in, piece.data(), piece.size())) > 0)
    if (::syscall(SYS_write, out, piece.data(), got) != got) std::abort();
  ::syscall(SYS_close, in);
  ::syscall(SYS_close, out);
  if (::syscall(SYS_renameat, AT_FDCWD, beside.c_str(), AT_FDCWD, copy.c_str()) != 0) std::abort();
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

int sync_by(long call, int file) {
  if (may_not_sync(file)) return static_cast<int>(failed(EIO));
  const long done = ::syscall(call, file);
  if (done == 0) keep_copy(file);
  return static_cast<int>(done);
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
  return sync_by(SYS_fsync, file);
}
int fdatasync(int file) {
  return sync_by(SYS_fdatasync, file);
}
int rename(const char* from, const char* to) {
  const long done = ::syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to);
  if (done == 0 && std::string_view(to).starts_with(plan().folder))
    ::syscall(SYS_renameat, AT_FDCWD, synced_copy(from).c_str(), AT_FDCWD, synced_copy(to).c_str());
  return static_cast<int>(done);
}

}  // extern "C"
