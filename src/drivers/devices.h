#pragma once

// The accelerators of this machine: real ones through the vendor's library, loaded while running
// when it is there; how busy they are, from that library or from a file that anybody may write.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sillar::drivers {

struct Device {
  std::int32_t index = 0;
  std::string name;  // "NVIDIA H100 80GB HBM3".
  std::string uuid;
  std::int64_t memory_bytes = 0;

  friend bool operator==(const Device&, const Device&) = default;
};

struct DeviceUse {
  std::int32_t device = 0;
  std::int64_t busy_thousandths = 0;  // Of the time since the sample before, 0 to 1000.

  friend bool operator==(const DeviceUse&, const DeviceUse&) = default;
};

// NVML. Not to be shared between threads.
class Nvml {
 public:
  // Null when there is no such library, no driver, or no device: that is no error.
  [[nodiscard]] static std::unique_ptr<Nvml> load(const char* library = "libnvidia-ml.so.1");
  ~Nvml();
  Nvml(const Nvml&) = delete;
  Nvml& operator=(const Nvml&) = delete;

  [[nodiscard]] const std::vector<Device>& devices() const { return devices_; }
  // What can be told now, by device.
  [[nodiscard]] std::vector<DeviceUse> use() const;

 private:
  struct Library;
  explicit Nvml(std::unique_ptr<Library> library);

  std::unique_ptr<Library> library_;
  std::vector<Device> devices_;
};

// Lines "DEVICE BUSY_THOUSANDTHS", each device once, in any order; empty lines and lines that begin
// with '#' are skipped. Sorted by device. Errors: kInvalidInput "NAME:LINE: ...".
[[nodiscard]] Result<std::vector<DeviceUse>> parse_telemetry(std::string_view name,
                                                             std::string_view text);
// Errors: those above, kNotFound, kIo. Symbolic links are not followed.
[[nodiscard]] Result<std::vector<DeviceUse>> read_telemetry(const std::string& path);

}  // namespace sillar::drivers
