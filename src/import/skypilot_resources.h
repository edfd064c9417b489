#pragma once

// What a task of SkyPilot asks for, on its way to a workload's request. Internal to import.

#include <optional>
#include <string>
#include <string_view>

#include "import/reader.h"

namespace sillar {

class SkyResources {
 public:
  SkyResources(Reader& reader, Workload& workload) : reader_(reader), workload_(workload) {}

  void read(const At& at);
  // Of each node; what scripts find in a variable.
  [[nodiscard]] std::int64_t devices() const { return workload_.request.accelerators; }

 private:
  void read_infra(const At& at);
  void read_cloud(const At& at);
  void read_region(const At& at);
  void read_zone(const At& at);
  void settle_place();
  void read_accelerators(const At& at);
  void read_choice(const At& at, std::string_view name, std::string_view count);
  void read_cores(const At& at);
  void read_memory(const At& at);
  void read_spot_use(const At& at);
  void read_labels(const At& at);
  void read_recovery(const At& at);
  void read_restarts(const At& at);
  void read_priority(const At& at);
  void read_candidates(const At& at);
  void read_each(const At& choices);

  Reader& reader_;
  Workload& workload_;
  bool candidate_ = false;  // What is read is one of several choices.
  std::string count_;       // Of accelerators, as the first choice writes it.
  bool may_be_lost_ = false;
  std::optional<At> choices_;
  std::optional<std::string> default_cloud_;  // For choices.
  std::optional<std::string> default_region_;
  std::optional<At> cloud_;
  std::optional<At> region_;
  std::optional<At> zone_;
};

}  // namespace sillar
