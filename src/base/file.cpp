// Reading a file whole, and the nearest word for a misspelt one.

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/document.h"

namespace sillar {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ > STDIN_FILENO) ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

tl::unexpected<Error> too_large(const std::string& path, std::size_t bytes_max) {
  return invalid(fmt::format("{}: larger than the limit of {} bytes", path, bytes_max));
}

}  // namespace

Result<std::string> read_file(const std::string& path, std::size_t bytes_max) {
  const bool standard_input = path == "-";
  const Descriptor file(standard_input ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) {
    const int error = errno;
    return fail(error == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo,
                fmt::format("{}: {}", path, std::strerror(error)));
  }
  struct stat status{};
  if (::fstat(file.get(), &status) != 0)
    return fail(ErrorCode::kIo, fmt::format("{}: {}", path, std::strerror(errno)));
  if (S_ISDIR(status.st_mode))
    return invalid(fmt::format("{}: is a directory, a file was expected", path));
  const bool regular = S_ISREG(status.st_mode);
  if (regular && static_cast<std::uint64_t>(status.st_size) > bytes_max)
    return too_large(path, bytes_max);

  std::string text;
  if (regular) text.reserve(static_cast<std::size_t>(status.st_size));
  std::array<char, 1 << 16> buffer;
  for (;;) {
    const ssize_t got = ::read(file.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(ErrorCode::kIo, fmt::format("{}: {}", path, std::strerror(errno)));
    if (got == 0) return text;
    // A pipe has no size to ask for, and a file may grow while it is read.
    if (text.size() + static_cast<std::size_t>(got) > bytes_max) return too_large(path, bytes_max);
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

namespace {

// Optimal string alignment: insert, delete, replace, and swap of neighbours each cost one.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, replace});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

}  // namespace

std::string did_you_mean(std::string_view word, const std::vector<std::string>& known) {
  constexpr std::size_t kWordBytesMax = 64;  // Longer ones are no slip of a finger.
  if (word.empty() || word.size() > kWordBytesMax) return {};
  const std::string* best = nullptr;
  std::size_t best_distance = word.size() / 3 + 1;  // Farther than this is another word.
  for (const std::string& candidate : known) {
    const std::size_t gap = candidate.size() > word.size() ? candidate.size() - word.size()
                                                           : word.size() - candidate.size();
    if (gap > best_distance || candidate.size() > kWordBytesMax) continue;
    const std::size_t distance = edit_distance(word, candidate);
    // A candidate of which nothing is left is no suggestion.
    if (distance >= std::max(word.size(), candidate.size())) continue;
    if (distance < best_distance || (distance == best_distance && best == nullptr)) {
      best = &candidate;
      best_distance = distance;
    }
  }
  return best != nullptr ? *best : std::string{};
}

}  // namespace sillar
