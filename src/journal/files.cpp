#include "journal/files.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <memory>
#include <utility>

namespace sillar::journal {
namespace {

constexpr mode_t kFolderMode = 0700;  // What is journalled may be nobody else's business.
constexpr mode_t kFileMode = 0600;

Status write_all(int descriptor, const std::string& path, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) return file_fault(path, errno);
    if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace

File& File::operator=(File&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

File::~File() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

tl::unexpected<Error> file_fault(const std::string& path, int error) {
  ErrorCode code = ErrorCode::kIo;
  if (error == ENOENT) code = ErrorCode::kNotFound;
  if (error == ENOSPC || error == EDQUOT) code = ErrorCode::kLimit;
  return fail(code, fmt::format("{}: {}", path, std::strerror(error)));
}

bool exists(const std::string& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0;
}

Status make_folder(const std::string& folder) {
  if (::mkdir(folder.c_str(), kFolderMode) == 0) {
    const std::size_t slash = folder.find_last_not_of('/');
    const std::size_t parent = folder.rfind('/', slash);
    if (parent == std::string::npos) return sync_folder(".");
    return sync_folder(parent == 0 ? "/" : folder.substr(0, parent));
  }
  if (errno == EEXIST) return {};
  return file_fault(folder, errno);
}

Status sync_folder(const std::string& folder) {
  const File file(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!file.is_open() || ::fsync(file.get()) != 0) return file_fault(folder, errno);
  return {};
}

Result<std::vector<std::string>> names_in(const std::string& folder) {
  const std::unique_ptr<DIR, int (*)(DIR*)> open(::opendir(folder.c_str()), ::closedir);
  if (!open) return file_fault(folder, errno);
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(open.get())) names.emplace_back(entry->d_name);
  std::sort(names.begin(), names.end());
  return names;
}

Status remove_file(const std::string& path) {
  if (::unlink(path.c_str()) == 0 || errno == ENOENT) return {};
  return file_fault(path, errno);
}

Status write_whole(const std::string& folder, const std::string& name, std::string_view head,
                   std::string_view bytes) {
  const std::string path = folder + "/" + name;
  const std::string beside = path + ".new";
  const auto written = [&]() -> Status {
    const File file(::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kFileMode));
    if (!file.is_open()) return file_fault(beside, errno);
    SILLAR_TRY_STATUS(write_all(file.get(), beside, head));
    SILLAR_TRY_STATUS(write_all(file.get(), beside, bytes));
    if (::fsync(file.get()) != 0) return file_fault(beside, errno);
    if (std::rename(beside.c_str(), path.c_str()) != 0) return file_fault(path, errno);
    return sync_folder(folder);
  };
  Status status = written();
  if (!status) (void)remove_file(beside);
  return status;
}

namespace {

constexpr int kLockTries = 1000;
constexpr int kLockPaceMs = 10;

// Of whoever wrote its number into the lock's file; 0: nobody did.
pid_t holder_of(const File& file) {
  std::array<char, 32> text{};
  const ssize_t got = ::pread(file.get(), text.data(), text.size() - 1, 0);
  pid_t holder = 0;
  if (got > 0) (void)std::from_chars(text.data(), text.data() + got, holder);
  return holder;
}

}  // namespace

Result<File> lock_folder(const std::string& folder, const char* name) {
  const std::string path = folder + "/" + name;
  File file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kFileMode));
  if (!file.is_open()) return file_fault(path, errno);
  for (int tries = 0; ::flock(file.get(), LOCK_EX | LOCK_NB) != 0; ++tries) {
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK) return file_fault(path, errno);
    const pid_t holder = holder_of(file);
    // A child that a dead holder was about to start has the lock until it runs its own program.
    const bool dead = holder > 0 && ::kill(holder, 0) != 0 && errno == ESRCH;
    if (!dead || tries == kLockTries)
      return invalid(fmt::format(
          "{}: another writer has this journal open, process {}. One writes at a time: stop it, or "
          "name another folder",
          folder, holder));
    (void)::poll(nullptr, 0, kLockPaceMs);
  }
  // For the message above alone; the lock itself is the kernel's and goes with the process.
  const std::string holder = fmt::format("{}\n", ::getpid());
  if (::ftruncate(file.get(), 0) != 0) return file_fault(path, errno);
  SILLAR_TRY_STATUS(write_all(file.get(), path, holder));
  return file;
}

}  // namespace sillar::journal
