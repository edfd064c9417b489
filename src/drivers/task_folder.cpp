#include "drivers/task_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <utility>

namespace sillar::drivers {
namespace {

constexpr mode_t kFolderMode = 0700;
constexpr mode_t kFileMode = 0600;
constexpr int kFolderFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
constexpr const char* kLockFile = "lock";

struct flock whole_file(short type) {
  struct flock lock{};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  return lock;
}

Status sync_descriptor(int descriptor, const std::string& path) {
  if (::fsync(descriptor) != 0) return os_fault(path, errno);
  return {};
}

}  // namespace

Result<TaskFolder> TaskFolder::create(int parent, const std::string& parent_path,
                                      std::string_view name) {
  const std::string owned(name);
  if (::mkdirat(parent, owned.c_str(), kFolderMode) != 0 && errno != EEXIST)
    return os_fault(parent_path + "/" + owned, errno);
  SILLAR_TRY(folder, open(parent, parent_path, name));
  // Also when it was there: whoever made it may have been cut off before this.
  SILLAR_TRY_STATUS(sync_descriptor(parent, parent_path));
  return folder;
}

Result<TaskFolder> TaskFolder::open(int parent, const std::string& parent_path,
                                    std::string_view name) {
  const std::string owned(name);
  std::string path = parent_path + "/" + owned;
  Descriptor folder(::openat(parent, owned.c_str(), kFolderFlags));
  if (!folder.is_open()) return os_fault(path, errno);
  return TaskFolder(std::move(folder), std::move(path));
}

Result<TaskFolder> TaskFolder::open(const std::string& path) {
  Descriptor folder(::open(path.c_str(), kFolderFlags));
  struct stat status{};
  if (!folder.is_open() || ::fstat(folder.get(), &status) != 0) return os_fault(path, errno);
  if (status.st_uid != ::geteuid() || (status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return invalid(fmt::format("{}: is not this user's alone", path));
  return TaskFolder(std::move(folder), path);
}

bool TaskFolder::has(const char* name) const {
  struct stat status{};
  return ::fstatat(get(), name, &status, AT_SYMLINK_NOFOLLOW) == 0;
}

Result<std::string> TaskFolder::read(const char* name) const {
  const std::string path = path_ + "/" + name;
  const Descriptor file(::openat(get(), name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  if (!file.is_open()) return os_fault(path, errno);
  return read_all(file.get(), kRecordBytesMax, path);
}

Status TaskFolder::write(const char* name, std::string_view bytes, Keep keep) const {
  const std::string beside = fmt::format("{}.{}.new", name, ::getpid());
  const std::string path = path_ + "/" + name;
  const auto written = [&]() -> Status {
    const Descriptor file(::openat(
        get(), beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, kFileMode));
    if (!file.is_open()) return os_fault(path, errno);
    SILLAR_TRY_STATUS(write_all(file.get(), bytes, path));
    if (keep == Keep::kDurable) SILLAR_TRY_STATUS(sync_descriptor(file.get(), path));
    SILLAR_TRY_STATUS(rename(beside.c_str(), name));
    if (keep == Keep::kDurable) return sync_descriptor(get(), path_);
    return {};
  };
  Status status = written();
  if (!status) remove(beside.c_str());
  return status;
}

Status TaskFolder::rename(const char* from, const char* to) const {
  if (::renameat(get(), from, get(), to) != 0) return os_fault(path_ + "/" + to, errno);
  return {};
}

void TaskFolder::remove(const char* name) const {
  ::unlinkat(get(), name, 0);
}

Result<Descriptor> TaskFolder::try_lock() const {
  const std::string path = path_ + "/" + kLockFile;
  Descriptor file(::openat(get(), kLockFile, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, kFileMode));
  if (!file.is_open()) return os_fault(path, errno);
  // Of the process, not of the open file: so it can be asked who has it.
  struct flock lock = whole_file(F_WRLCK);
  if (::fcntl(file.get(), F_SETLK, &lock) == 0) return file;
  if (errno == EAGAIN || errno == EACCES) return Descriptor();
  return os_fault(path, errno);
}

pid_t TaskFolder::lock_holder() const {
  const Descriptor file(::openat(get(), kLockFile, O_RDWR | O_NOFOLLOW | O_CLOEXEC));
  struct flock lock = whole_file(F_WRLCK);
  if (!file.is_open() || ::fcntl(file.get(), F_GETLK, &lock) != 0) return 0;
  return lock.l_type == F_UNLCK ? 0 : lock.l_pid;
}

Result<Descriptor> make_folder(const std::string& path, mode_t mode) {
  if (::mkdir(path.c_str(), mode) != 0 && errno != EEXIST) return os_fault(path, errno);
  Descriptor folder(::open(path.c_str(), kFolderFlags));
  if (!folder.is_open()) return os_fault(path, errno);
  const Descriptor parent(::openat(folder.get(), "..", kFolderFlags));
  if (!parent.is_open()) return os_fault(path, errno);
  SILLAR_TRY_STATUS(sync_descriptor(parent.get(), path));
  return folder;
}

namespace {

// One descriptor is open for each level, so what lies deeper is brought up first.
constexpr int kDepthMax = 64;

struct Removal {
  int top = -1;
  int brought_up = 0;

  bool remove(int parent, const std::string& name, int depth) {
    if (::unlinkat(parent, name.c_str(), 0) == 0 || errno == ENOENT) return true;
    if (errno != EISDIR && errno != EPERM) return false;
    if (depth == kDepthMax) {
      const std::string above = fmt::format(".brought-up-{}", brought_up++);
      return ::renameat(parent, name.c_str(), top, above.c_str()) == 0;
    }
    {
      const Descriptor folder(::openat(parent, name.c_str(), kFolderFlags));
      if (!folder.is_open()) return false;
      if (depth == 0) top = folder.get();
      const auto empty = [&] {
        for (const std::string& entry : names_in_folder(folder.get()))
          if (!remove(folder.get(), entry, depth + 1)) return false;
        return true;
      };
      int moved = 0;
      do {
        moved = brought_up;
        if (!empty()) return false;
      } while (depth == 0 && moved != brought_up);
    }
    return ::unlinkat(parent, name.c_str(), AT_REMOVEDIR) == 0;
  }
};

}  // namespace

bool remove_tree(int parent, const std::string& name) {
  return Removal{}.remove(parent, name, 0);
}

}  // namespace sillar::drivers
