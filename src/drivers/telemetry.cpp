// What an operator's own means tell of devices, from a file.

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <set>

#include "base/quantity.h"
#include "drivers/devices.h"
#include "drivers/os.h"

namespace sillar::drivers {
namespace {

constexpr std::size_t kFileBytesMax = 1 << 16;
constexpr std::int64_t kDeviceMax = 4095;
constexpr std::string_view kBroken = "broken";

bool is_number(std::string_view text, std::int64_t most, std::int64_t& value) {
  const auto parsed = parse_integer(text);
  if (!parsed || text.starts_with('-') || *parsed > most) return false;
  value = *parsed;
  return true;
}

}  // namespace

Result<DeviceSample> parse_telemetry(std::string_view name, std::string_view text) {
  if (text.size() > kFileBytesMax)
    return invalid(fmt::format("{}: larger than the limit of {} bytes", name, kFileBytesMax));
  DeviceSample found;
  std::set<std::int64_t> seen;
  for (int line = 1; !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view row = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (row.empty() || row.front() == '#') continue;
    const std::size_t blank = row.find(' ');
    const bool two = blank != std::string_view::npos;
    const std::string_view state = two ? row.substr(blank + 1) : std::string_view{};
    std::int64_t device = 0;
    std::int64_t busy = 0;
    const bool whole = two && is_number(row.substr(0, blank), kDeviceMax, device) &&
                       (state == kBroken || is_number(state, kThousand, busy));
    if (!whole)
      return invalid(
          fmt::format("{}:{}: expected a device's index, a blank and how busy it is in "
                      "thousandths, or 'broken', such as \"0 950\"",
                      name, line));
    const auto index = static_cast<std::int32_t>(device);
    if (!seen.insert(device).second)
      return invalid(fmt::format("{}:{}: device {} is there twice", name, line, device));
    if (state == kBroken)
      found.broken.push_back(index);
    else
      found.use.push_back({index, busy});
  }
  std::ranges::sort(found.use, {}, &DeviceUse::device);
  std::ranges::sort(found.broken);
  return found;
}

Result<DeviceSample> read_telemetry(const std::string& path) {
  // Not held up by a pipe that somebody put there.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file.is_open()) return os_fault(path, errno);
  SILLAR_TRY(text, read_all(file.get(), kFileBytesMax, path));
  return parse_telemetry(path, text);
}

}  // namespace sillar::drivers
