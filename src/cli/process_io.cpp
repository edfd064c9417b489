#include "cli/process_io.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>

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

}  // namespace

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
  Io io{out, err, variable, [](const std::string& path) { return read_file(path); }};
  io.out_is_terminal = ::isatty(STDOUT_FILENO) == 1;
  io.err_is_terminal = ::isatty(STDERR_FILENO) == 1;
  if (io.out_is_terminal) io.columns = terminal_columns();
  return io;
}

}  // namespace sillar::cli
