#pragma once

// What a run of dstack asks for, on its way to a workload's request. Internal to import.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "import/reader.h"

namespace sillar {

// "4", "2..8", "16GB..", "..80GB", or {min, max}. At least one bound is there.
struct DstackRange {
  std::string least;
  std::string most;

  [[nodiscard]] bool is_exact() const { return least == most; }
};
// Nothing where a fault was recorded.
[[nodiscard]] std::optional<DstackRange> dstack_range(Reader& reader, const At& at);
[[nodiscard]] std::optional<DstackRange> dstack_range(std::string_view text);

class DstackResources {
 public:
  DstackResources(Reader& reader, Workload& workload) : reader_(reader), workload_(workload) {}

  void read(const At& at);
  // What the tool takes where cores or memory are not stated, noted at `line`.
  void settle(int line);

 private:
  void read_cores(const At& at);
  void read_memory(const At& at);
  void read_devices(const At& at);
  void read_device_words(const At& at, std::string_view text);
  void read_device_name(const At& at);
  void read_device_count(const At& at);
  void read_device_memory(const At& at);
  void read_device_vendor(const At& at) { vendor_ = at; }
  void settle_devices(const At& at);
  [[nodiscard]] bool settle_count(const At& at);
  [[nodiscard]] std::string class_with_memory(const std::string& name) const;

  Reader& reader_;
  Workload& workload_;
  bool has_cores_ = false;
  bool has_memory_ = false;
  // Of the accelerators.
  std::vector<std::string> names_;
  std::optional<DstackRange> count_;
  std::optional<DstackRange> device_memory_;
  std::optional<At> vendor_;
};

}  // namespace sillar
