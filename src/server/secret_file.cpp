#include "server/secret_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

namespace sillar::server {
namespace {

constexpr mode_t kSecretMode = 0600;

class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  [[nodiscard]] int get() const { return value_; }

 private:
  int value_;
};

tl::unexpected<Error> fault(const std::string& path, int error) {
  return fail(error == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo,
              fmt::format("{}: {}", path, std::strerror(error)));
}

Status check_owner(const std::string& path, int descriptor) {
  struct stat status{};
  if (::fstat(descriptor, &status) != 0) return fault(path, errno);
  if (!S_ISREG(status.st_mode)) return invalid(fmt::format("{}: this is no file", path));
  if (status.st_uid != ::geteuid())
    return invalid(fmt::format(
        "{}: this secret belongs to another user; start as that one, or make the file yours",
        path));
  if ((status.st_mode & 0077) != 0)
    return invalid(fmt::format(
        "{}: others may read this secret; take that from them (chmod 600) and replace it", path));
  return {};
}

Status write_all(int descriptor, const std::string& path, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) return fault(path, errno);
    if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Status write_beside(const std::string& beside, std::string_view bytes) {
  if (::unlink(beside.c_str()) != 0 && errno != ENOENT) return fault(beside, errno);
  const Descriptor file(
      ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, kSecretMode));
  if (file.get() < 0) return fault(beside, errno);
  SILLAR_TRY_STATUS(write_all(file.get(), beside, bytes));
  if (::fsync(file.get()) != 0) return fault(beside, errno);
  return {};
}

}  // namespace

Result<std::string> read_secret(const std::string& folder, const std::string& name) {
  const std::string path = folder + "/" + name;
  // Not waiting: a pipe of that name has no writer.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (file.get() < 0 && errno == ELOOP)
    return invalid(fmt::format("{}: a secret is no link; put the file itself there", path));
  if (file.get() < 0) return fault(path, errno);
  SILLAR_TRY_STATUS(check_owner(path, file.get()));
  std::string bytes(kSecretBytesMax + 1, '\0');
  std::size_t size = 0;
  while (size < bytes.size()) {
    const ssize_t got = ::read(file.get(), bytes.data() + size, bytes.size() - size);
    if (got < 0 && errno != EINTR) return fault(path, errno);
    if (got == 0) break;
    if (got > 0) size += static_cast<std::size_t>(got);
  }
  if (size > kSecretBytesMax) return invalid(fmt::format("{}: this is no secret of ours", path));
  bytes.resize(size);
  return bytes;
}

Status write_secret(const std::string& folder, const std::string& name, std::string_view bytes) {
  const std::string path = folder + "/" + name;
  const std::string beside = path + ".new";
  Status written = write_beside(beside, bytes);
  if (written && std::rename(beside.c_str(), path.c_str()) != 0) written = fault(path, errno);
  if (!written) {
    ::unlink(beside.c_str());
    return written;
  }
  const Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.get() < 0 || ::fsync(opened.get()) != 0) return fault(folder, errno);
  return {};
}

Result<std::string> secret_or_new(const std::string& folder, const std::string& name,
                                  const std::function<std::string()>& make) {
  Result<std::string> kept = read_secret(folder, name);
  if (kept || kept.error().code != ErrorCode::kNotFound) return kept;
  std::string made = make();
  SILLAR_TRY_STATUS(write_secret(folder, name, made));
  return made;
}

}  // namespace sillar::server
