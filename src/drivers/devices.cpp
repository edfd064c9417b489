#include "drivers/devices.h"

#include <dlfcn.h>

#include <array>
#include <cstddef>
#include <utility>

namespace sillar::drivers {
namespace {

// Of NVML's interface what is used here, as its documentation states it: functions return 0 for
// success and take handles that mean nothing to the caller.
using Handle = void*;
// Its structs are numbers in a row: bytes in total, free and used; per cent of time with the device
// and with its memory busy.
constexpr std::size_t kMemoryNumbers = 3;
constexpr std::size_t kUseNumbers = 2;
constexpr int kSuccess = 0;
constexpr unsigned kDevicesMax = 256;

}  // namespace

struct Nvml::Library {
  void* library = nullptr;
  int (*init)() = nullptr;
  int (*shutdown)() = nullptr;
  int (*count)(unsigned*) = nullptr;
  int (*handle_by_index)(unsigned, Handle*) = nullptr;
  int (*name)(Handle, char*, unsigned) = nullptr;
  int (*uuid)(Handle, char*, unsigned) = nullptr;
  int (*memory)(Handle, unsigned long long*) = nullptr;
  int (*utilisation)(Handle, unsigned*) = nullptr;
  bool running = false;
  std::vector<Handle> handles;  // One for each device.

  Library() = default;
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
  ~Library() {
    if (running) shutdown();
    if (library != nullptr) ::dlclose(library);
  }

  template <typename Function>
  bool find(Function& function, const char* symbol) {
    function = reinterpret_cast<Function>(::dlsym(library, symbol));
    return function != nullptr;
  }

  bool load(const char* file) {
    library = ::dlopen(file, RTLD_NOW | RTLD_LOCAL);
    const bool whole = library != nullptr && find(init, "nvmlInit_v2") &&
                       find(shutdown, "nvmlShutdown") && find(count, "nvmlDeviceGetCount_v2") &&
                       find(handle_by_index, "nvmlDeviceGetHandleByIndex_v2") &&
                       find(name, "nvmlDeviceGetName") && find(uuid, "nvmlDeviceGetUUID") &&
                       find(memory, "nvmlDeviceGetMemoryInfo") &&
                       find(utilisation, "nvmlDeviceGetUtilizationRates");
    running = whole && init() == kSuccess;
    return running;
  }
};

std::unique_ptr<Nvml> Nvml::load(const char* library) {
  auto opened = std::make_unique<Library>();
  unsigned count = 0;
  if (!opened->load(library) || opened->count(&count) != kSuccess) return nullptr;
  std::unique_ptr<Nvml> nvml(new Nvml(std::move(opened)));
  Library& in = *nvml->library_;
  for (unsigned i = 0; i < count && i < kDevicesMax; ++i) {
    Handle handle = nullptr;
    if (in.handle_by_index(i, &handle) != kSuccess) continue;
    // Its own bounds: 96 bytes each.
    std::array<char, 97> name{};
    std::array<char, 97> uuid{};
    std::array<unsigned long long, kMemoryNumbers> memory{};
    if (in.name(handle, name.data(), name.size() - 1) != kSuccess) continue;
    if (in.uuid(handle, uuid.data(), uuid.size() - 1) != kSuccess) continue;
    if (in.memory(handle, memory.data()) != kSuccess) continue;
    nvml->devices_.push_back({static_cast<std::int32_t>(i), name.data(), uuid.data(),
                              static_cast<std::int64_t>(memory[0])});
    in.handles.push_back(handle);
  }
  return nvml->devices_.empty() ? nullptr : std::move(nvml);
}

Nvml::Nvml(std::unique_ptr<Library> library) : library_(std::move(library)) {}

Nvml::~Nvml() = default;

std::vector<DeviceUse> Nvml::use() const {
  std::vector<DeviceUse> found;
  for (std::size_t i = 0; i < devices_.size(); ++i) {
    std::array<unsigned, kUseNumbers> now{};
    constexpr unsigned kWhole = 100;
    if (library_->utilisation(library_->handles[i], now.data()) != kSuccess) continue;
    if (now[0] > kWhole) continue;
    found.push_back({devices_[i].index, std::int64_t{now[0]} * 10});
  }
  return found;
}

}  // namespace sillar::drivers
