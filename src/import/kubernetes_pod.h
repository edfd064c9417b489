#pragma once

// What a pod asks for and runs, on its way to a workload's task. Internal to import.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "import/reader.h"

namespace sillar {

// A guess at a priority from the words in its class's name.
void guess_priority(Reader& reader, const At& at, Workload& workload);

class PodReader {
 public:
  PodReader(Reader& reader, Workload& workload) : reader_(reader), workload_(workload) {}

  // The spec of a pod or of a job's template.
  void read(const At& spec);

  // "Always", "OnFailure", "Never"; with the place where it is stated.
  [[nodiscard]] const std::optional<std::pair<At, std::string>>& restart_policy() const {
    return restart_policy_;
  }

 private:
  void read_containers(const At& at);
  void read_container(const At& at);
  void read_init_containers(const At& at);
  void read_restart_policy(const At& at);
  void read_grace(const At& at);
  void read_deadline(const At& at);
  void read_priority_class(const At& at) { guess_priority(reader_, at, workload_); }
  void read_gates(const At& at);

  // Nodes (kubernetes_nodes.cpp).
  void read_node_selector(const At& at);
  void read_affinity(const At& at);
  void read_node_affinity(const At& at);
  void read_node_terms(const At& at);
  void read_expression(const At& at);
  void need_label(const At& at, std::string_view key, const std::vector<std::string>& values);
  void settle_classes();

  // One container.
  void read_name(const At& at) { reader_.becomes(at, "run"); }
  void read_command(const At& at);
  void read_arguments(const At& at);
  void read_directory(const At& at);
  void read_variables(const At& at);
  void read_variable(const At& at);
  void read_sources(const At& at);
  void settle_command(const At& container);
  [[nodiscard]] std::string expanded(std::string_view text) const;

  // Resources (kubernetes_nodes.cpp).
  void read_resources(const At& at);
  void read_resource(std::string_view name, const std::optional<At>& request,
                     const std::optional<At>& limit);
  void count_devices(const At& at, std::string_view name, std::string_view amount);
  void add_amount(const At& at, std::string_view text, std::int64_t per_one, std::string_view field,
                  std::int64_t& sum);

  Reader& reader_;
  Workload& workload_;
  std::string main_;        // Name of the container that runs.
  bool first_ = true;       // The container in hand is that.
  std::string devices_of_;  // The resource that gave the devices.
  std::optional<At> command_;
  std::optional<At> arguments_;
  std::optional<std::pair<At, std::string>> restart_policy_;
  // Labels that say which card a node has, until it is known whether cards are asked for.
  std::vector<std::pair<At, std::pair<std::string, std::vector<std::string>>>> cards_;
};

}  // namespace sillar
