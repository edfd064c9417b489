#pragma once

// The accelerators of this machine: real ones through the vendor's library, loaded while running
// when it is there; how busy they are and what is wrong with them, from that library or from a file
// that an operator names.

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
  std::int64_t memory_bytes = 0;      // In use; 0: not told.

  friend bool operator==(const DeviceUse&, const DeviceUse&) = default;
};

// One look at the devices. A device of which nothing could be told is in neither list.
struct DeviceSample {
  std::vector<DeviceUse> use;        // By device.
  std::vector<std::int32_t> broken;  // By device, once each: not to be used now.

  friend bool operator==(const DeviceSample&, const DeviceSample&) = default;
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
  // A device is broken while it is lost, and in the one sample after an error that needs it reset
  // or replaced: such XIDs, or memory errors that could not be corrected.
  [[nodiscard]] DeviceSample sample();

 private:
  struct Library;
  explicit Nvml(std::unique_ptr<Library> library);
  [[nodiscard]] bool has_new_memory_errors(std::size_t device);

  std::unique_ptr<Library> library_;
  std::vector<Device> devices_;
};

// Whether an XID means that the device itself failed, and not what ran on it: those for which
// NVIDIA's catalogue asks for a reset, a repair or a replacement.
[[nodiscard]] bool is_device_fault(std::uint64_t xid);

// Lines "DEVICE BUSY_THOUSANDTHS" or "DEVICE broken", each device once, in any order; empty lines
// and lines that begin with '#' are skipped. Errors: kInvalidInput "NAME:LINE: ...".
[[nodiscard]] Result<DeviceSample> parse_telemetry(std::string_view name, std::string_view text);
// Errors: those above, kNotFound, kIo. Symbolic links are not followed.
[[nodiscard]] Result<DeviceSample> read_telemetry(const std::string& path);

}  // namespace sillar::drivers
