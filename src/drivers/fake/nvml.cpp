// A library with the functions of NVML that are used, for tests: three devices, of which the one in
// the middle cannot be opened. What FAKE_NVML names, when it names a file, is read at each call:
// lines "DEVICE BUSY_PERCENT MEMORY_ERRORS XID LOST"; an XID is told when it has changed.

#include <cstdio>
#include <cstdlib>

namespace {

constexpr unsigned kDevices = 3;
constexpr int kUnknown = 999;
constexpr int kLost = 15;
constexpr int kTimedOut = 10;
int opened[kDevices];
int event_set;
unsigned long long told[kDevices];

struct State {
  unsigned busy = 0;
  unsigned long long errors = 0;
  unsigned long long xid = 0;
  int lost = 0;
};

struct Event {
  void* device;
  unsigned long long type;
  unsigned long long data;
  unsigned instances[2];
};

unsigned index_of(void* handle) {
  return static_cast<unsigned>(static_cast<int*>(handle) - opened);
}

State state_of(unsigned device) {
  State state;
  state.busy = device * 50;
  const char* path = std::getenv("FAKE_NVML");
  std::FILE* file = path == nullptr ? nullptr : std::fopen(path, "r");
  if (file == nullptr) return state;
  unsigned index = 0;
  State read;
  while (std::fscanf(file, "%u %u %llu %llu %d", &index, &read.busy, &read.errors, &read.xid,
                     &read.lost) == 5)
    if (index == device) state = read;
  std::fclose(file);
  return state;
}

}  // namespace

extern "C" {

int nvmlInit_v2() {
  return 0;
}
int nvmlShutdown() {
  return 0;
}
int nvmlDeviceGetCount_v2(unsigned* count) {
  *count = kDevices;
  return 0;
}
int nvmlDeviceGetHandleByIndex_v2(unsigned index, void** handle) {
  *handle = &opened[index];
  return index == 1 ? kUnknown : 0;
}
int nvmlDeviceGetName(void* handle, char* name, unsigned length) {
  std::snprintf(name, length, "Fake %c", static_cast<char>('A' + index_of(handle)));
  return 0;
}
int nvmlDeviceGetUUID(void* handle, char* uuid, unsigned length) {
  std::snprintf(uuid, length, "GPU-%u", index_of(handle));
  return 0;
}
int nvmlDeviceGetMemoryInfo(void*, unsigned long long* memory) {
  memory[0] = 80ULL << 30;
  memory[1] = memory[0];
  memory[2] = 0;
  return 0;
}
int nvmlDeviceGetUtilizationRates(void* handle, unsigned* rates) {
  const State state = state_of(index_of(handle));
  rates[0] = state.busy;
  rates[1] = 0;
  return state.lost != 0 ? kLost : 0;
}
int nvmlDeviceGetTotalEccErrors(void* handle, int, int, unsigned long long* count) {
  *count = state_of(index_of(handle)).errors;
  return 0;
}
int nvmlEventSetCreate(void** set) {
  *set = &event_set;
  return 0;
}
int nvmlEventSetFree(void*) {
  return 0;
}
int nvmlDeviceRegisterEvents(void*, unsigned long long, void*) {
  return 0;
}
int nvmlEventSetWait_v2(void*, void* event, unsigned) {
  for (unsigned i = 0; i < kDevices; ++i) {
    const unsigned long long xid = state_of(i).xid;
    if (xid == told[i]) continue;
    told[i] = xid;
    if (xid == 0) continue;
    *static_cast<Event*>(event) = {&opened[i], 8, xid, {}};
    return 0;
  }
  return kTimedOut;
}
}
