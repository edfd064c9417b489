#include "journal/disk.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace sillar::journal {
namespace {

struct FileSystem {
  unsigned long magic;
  std::string_view name;
};

// Numbers of statfs(2).
constexpr std::array kNetworkFileSystems{
    FileSystem{0x6969, "NFS"},        FileSystem{0x517b, "SMB"},
    FileSystem{0xff534d42, "CIFS"},   FileSystem{0xfe534d42, "SMB2"},
    FileSystem{0x73757245, "Coda"},   FileSystem{0x5346414f, "AFS"},
    FileSystem{0x00c36400, "Ceph"},   FileSystem{0x01021997, "9P"},
    FileSystem{0x0bd00bd0, "Lustre"}, FileSystem{0x7461636f, "OCFS2"},
    FileSystem{0x01161970, "GFS2"},   FileSystem{0x19830326, "BeeGFS"},
    FileSystem{0x47504653, "GPFS"},   FileSystem{0x6b414653, "kAFS"},
    FileSystem{0x564c, "NCP"},
};

tl::unexpected<Error> refused(const std::string& folder) {
  return fail(ErrorCode::kIo, fmt::format("{}: {}", folder, std::strerror(errno)));
}

}  // namespace

Status check_file_system(const std::string& folder) {
  struct statfs info{};
  if (::statfs(folder.c_str(), &info) != 0) return refused(folder);
  const auto magic = static_cast<std::uint32_t>(info.f_type);
  for (const FileSystem& each : kNetworkFileSystems)
    if (each.magic == magic)
      return invalid(
          fmt::format("{}: is on a network file system ({}), which does not keep what a journal "
                      "promises. Name a folder on a local disk",
                      folder, each.name));
  return {};
}

Result<std::int64_t> free_bytes(const std::string& folder) {
  struct statvfs info{};
  if (::statvfs(folder.c_str(), &info) != 0) return refused(folder);
  return static_cast<std::int64_t>(info.f_bavail) * static_cast<std::int64_t>(info.f_frsize);
}

DiskGuard::DiskGuard(std::string folder, Options options)
    : folder_(std::move(folder)), options_(options) {
  held_ = ::access(path().c_str(), F_OK) == 0;
  (void)low();
}

bool DiskGuard::low() {
  const auto free = free_bytes(folder_);
  if (!free) return false;
  if (!held_ && *free >= options_.low_water_bytes + options_.ballast_bytes) held_ = take_up();
  return *free < options_.low_water_bytes;
}

bool DiskGuard::take_up() {
  if (options_.ballast_bytes == 0) return false;
  const int file = ::open(path().c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return false;
  const bool there = ::posix_fallocate(file, 0, options_.ballast_bytes) == 0;
  ::close(file);
  if (!there) ::unlink(path().c_str());
  return there;
}

bool DiskGuard::release() {
  if (!held_) return false;
  held_ = false;
  return ::unlink(path().c_str()) == 0;
}

}  // namespace sillar::journal
