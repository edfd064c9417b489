// How busy devices are, from a file that anybody may write.

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

#include "base/quantity.h"
#include "drivers/devices.h"
#include "drivers/os.h"

namespace sillar::drivers {
namespace {

constexpr std::size_t kFileBytesMax = 1 << 16;
constexpr std::int64_t kDeviceMax = 4095;

bool is_number(std::string_view text, std::int64_t most, std::int64_t& value) {
  const auto parsed = parse_integer(text);
  if (!parsed || text.starts_with('-') || *parsed > most) return false;
  value = *parsed;
  return true;
}

}  // namespace

Result<std::vector<DeviceUse>> parse_telemetry(std::string_view name, std::string_view text) {
  if (text.size() > kFileBytesMax)
    return invalid(fmt::format("{}: larger than the limit of {} bytes", name, kFileBytesMax));
  std::vector<DeviceUse> found;
  for (int line = 1; !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view row = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (row.empty() || row.front() == '#') continue;
    const std::size_t blank = row.find(' ');
    std::int64_t device = 0;
    std::int64_t busy = 0;
    const bool whole = blank != std::string_view::npos &&
                       is_number(row.substr(0, blank), kDeviceMax, device) &&
                       is_number(row.substr(blank + 1), kThousand, busy);
    if (!whole)
      return invalid(
          fmt::format("{}:{}: expected a device's index, a blank and how busy it is in "
                      "thousandths, such as \"0 950\"",
                      name, line));
    const auto index = static_cast<std::int32_t>(device);
    if (std::ranges::find(found, index, &DeviceUse::device) != found.end())
      return invalid(fmt::format("{}:{}: device {} is there twice", name, line, device));
    found.push_back({index, busy});
  }
  std::ranges::sort(found, {}, &DeviceUse::device);
  return found;
}

Result<std::vector<DeviceUse>> read_telemetry(const std::string& path) {
  // Not held up by a pipe that somebody put there.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file.is_open()) return os_fault(path, errno);
  SILLAR_TRY(text, read_all(file.get(), kFileBytesMax, path));
  return parse_telemetry(path, text);
}

}  // namespace sillar::drivers
