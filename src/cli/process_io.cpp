#include "cli/process_io.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <ctime>

namespace sillar::cli {
namespace {

constexpr int kColumnsMin = 20;
constexpr int kColumnsMax = 1000;

std::string variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::string{} : std::string(value);
}

int terminal_columns() {
  const std::string stated = variable("COLUMNS");
  int columns = 0;
  const auto [end, error] = std::from_chars(stated.data(), stated.data() + stated.size(), columns);
  if (error == std::errc{} && columns >= kColumnsMin && columns <= kColumnsMax) return columns;
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= kColumnsMin)
    return size.ws_col;
  return 0;
}

// Owns its file and gathers small writes.
class FileSink : public Sink {
 public:
  explicit FileSink(int descriptor) : descriptor_(descriptor), file_(descriptor) {}
  FileSink(const FileSink&) = delete;
  FileSink& operator=(const FileSink&) = delete;
  ~FileSink() override {
    file_.write(buffer_);
    ::close(descriptor_);
  }

  void write(std::string_view text) override {
    buffer_ += text;
    if (buffer_.size() < kBufferBytes) return;
    file_.write(buffer_);
    buffer_.clear();
  }
  void flush() override {
    file_.write(buffer_);
    buffer_.clear();
  }
  [[nodiscard]] int failure() const override { return file_.failure(); }

 private:
  static constexpr std::size_t kBufferBytes = 1 << 20;

  int descriptor_;
  DescriptorSink file_;
  std::string buffer_;
};

Duration monotonic_clock() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return Duration::seconds(now.tv_sec) + Duration{now.tv_nsec};
}

std::int64_t peak_memory() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return std::int64_t{usage.ru_maxrss} * 1024;
}

}  // namespace

Result<std::unique_ptr<Sink>> create_file(const std::string& folder, const std::string& name) {
  constexpr mode_t kFolderMode = 0777;
  constexpr mode_t kFileMode = 0666;
  if (::mkdir(folder.c_str(), kFolderMode) != 0 && errno != EEXIST)
    return fail(ErrorCode::kIo, fmt::format("{}: {}", folder, std::strerror(errno)));
  const std::string path = folder + "/" + name;
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kFileMode);
  if (file >= 0) return std::make_unique<FileSink>(file);
  return fail(errno == EEXIST ? ErrorCode::kInvalidInput : ErrorCode::kIo,
              fmt::format("{}: {}", path, std::strerror(errno)));
}

void DescriptorSink::write(std::string_view text) {
  while (!text.empty() && failure_ == 0) {
    const ssize_t written = ::write(descriptor_, text.data(), text.size());
    if (written > 0)
      text.remove_prefix(static_cast<std::size_t>(written));
    else if (written < 0 && errno != EINTR)
      failure_ = errno;
  }
}

Io process_io(Sink& out, Sink& err) {
  Io io{out,
        err,
        variable,
        [](const std::string& path, std::size_t bytes_max) { return read_file(path, bytes_max); },
        create_file,
        monotonic_clock,
        peak_memory};
  if (::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1)
    io.confirm = [&err](std::string_view question) {
      err.write(std::string(question) + " ");
      err.flush();
      char answer = 0;
      char next = 0;
      while (::read(STDIN_FILENO, &next, 1) == 1 && next != '\n')
        if (answer == 0) answer = next;
      // Yes, or sí.
      return answer == 'y' || answer == 'Y' || answer == 's' || answer == 'S';
    };
  io.out_is_terminal = ::isatty(STDOUT_FILENO) == 1;
  io.err_is_terminal = ::isatty(STDERR_FILENO) == 1;
  if (io.out_is_terminal) io.columns = terminal_columns();
  return io;
}

}  // namespace sillar::cli
