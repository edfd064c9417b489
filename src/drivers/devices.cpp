#include "drivers/devices.h"

#include <dlfcn.h>

#include <algorithm>
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
constexpr int kLost = 15;  // GPU_IS_LOST
constexpr unsigned kDevicesMax = 256;
// Errors of memory that could not be corrected, since the driver was loaded.
constexpr int kUncorrected = 1;
constexpr int kSinceLoaded = 0;
constexpr unsigned long long kXidEvents = 8;
constexpr int kEventsMax = 256;  // Taken at a time.

struct Event {
  Handle device = nullptr;
  unsigned long long type = 0;
  unsigned long long data = 0;  // The XID.
  unsigned instance = 0;
  unsigned compute_instance = 0;
};

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
  // May be missing in an old library.
  int (*memory_errors)(Handle, int, int, unsigned long long*) = nullptr;
  int (*new_events)(Handle*) = nullptr;
  int (*free_events)(Handle) = nullptr;
  int (*register_events)(Handle, unsigned long long, Handle) = nullptr;
  int (*next_event)(Handle, void*, unsigned) = nullptr;  // Into an Event.
  bool running = false;
  Handle events = nullptr;
  std::vector<Handle> handles;             // One for each device.
  std::vector<unsigned long long> errors;  // As last seen, one for each device.

  Library() = default;
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
  ~Library() {
    if (events != nullptr) free_events(events);
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
    if (!running) return false;
    find(memory_errors, "nvmlDeviceGetTotalEccErrors");
    const bool has_events = find(new_events, "nvmlEventSetCreate") &&
                            find(free_events, "nvmlEventSetFree") &&
                            find(register_events, "nvmlDeviceRegisterEvents") &&
                            find(next_event, "nvmlEventSetWait_v2");
    if (!has_events || new_events(&events) != kSuccess) events = nullptr;
    return true;
  }

  void add(Handle handle) {
    handles.push_back(handle);
    unsigned long long known = 0;
    if (memory_errors != nullptr) memory_errors(handle, kUncorrected, kSinceLoaded, &known);
    errors.push_back(known);
    // A device that tells of no events is asked for the rest.
    if (events != nullptr) register_events(handle, kXidEvents, events);
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
    in.add(handle);
  }
  return nvml->devices_.empty() ? nullptr : std::move(nvml);
}

Nvml::Nvml(std::unique_ptr<Library> library) : library_(std::move(library)) {}

Nvml::~Nvml() = default;

bool Nvml::has_new_memory_errors(std::size_t device) {
  unsigned long long now = 0;
  if (library_->memory_errors == nullptr ||
      library_->memory_errors(library_->handles[device], kUncorrected, kSinceLoaded, &now) !=
          kSuccess)
    return false;
  // A reset begins to count anew.
  return now > std::exchange(library_->errors[device], now);
}

DeviceSample Nvml::sample() {
  DeviceSample found;
  for (std::size_t i = 0; i < devices_.size(); ++i) {
    constexpr unsigned kWhole = 100;
    const Handle handle = library_->handles[i];
    std::array<unsigned, kUseNumbers> now{};
    std::array<unsigned long long, kMemoryNumbers> memory{};
    const int told = library_->utilisation(handle, now.data());
    if (told == kLost || has_new_memory_errors(i)) found.broken.push_back(devices_[i].index);
    if (told != kSuccess || now[0] > kWhole) continue;
    const bool with_memory = library_->memory(handle, memory.data()) == kSuccess;
    found.use.push_back({devices_[i].index, std::int64_t{now[0]} * 10,
                         with_memory ? static_cast<std::int64_t>(memory[2]) : 0});
  }
  Event event;
  for (int n = 0; library_->events != nullptr && n < kEventsMax &&
                  library_->next_event(library_->events, &event, 0) == kSuccess;
       ++n) {
    const auto at = std::ranges::find(library_->handles, event.device);
    if (event.type != kXidEvents || !is_device_fault(event.data) || at == library_->handles.end())
      continue;
    const std::int32_t index =
        devices_[static_cast<std::size_t>(at - library_->handles.begin())].index;
    if (std::ranges::find(found.broken, index) == found.broken.end()) found.broken.push_back(index);
  }
  std::ranges::sort(found.broken);
  return found;
}

bool is_device_fault(std::uint64_t xid) {
  // Double-bit errors, rows that could not be remapped, NVLink, off the bus, uncontained errors,
  // the GSP's time-outs and errors, unrecovered ECC errors.
  constexpr std::array<std::uint64_t, 9> kFaults{48, 62, 64, 74, 79, 95, 119, 120, 140};
  return std::ranges::find(kFaults, xid) != kFaults.end();
}

}  // namespace sillar::drivers
