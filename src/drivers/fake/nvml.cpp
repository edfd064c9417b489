// A library with the functions of NVML that are used, for tests: three devices, of which the one in
// the middle cannot be opened.

#include <cstdio>

namespace {

constexpr unsigned kDevices = 3;
constexpr int kUnknown = 999;
int opened[kDevices];

unsigned index_of(void* handle) {
  return static_cast<unsigned>(static_cast<int*>(handle) - opened);
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
  rates[0] = index_of(handle) * 50;
  rates[1] = 0;
  return 0;
}
}
