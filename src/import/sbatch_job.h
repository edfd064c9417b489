#pragma once

// One batch job on its way to a workload. Internal to import.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "import/reader.h"
#include "import/sbatch_script.h"

namespace sillar {

class SbatchJob {
 public:
  // Requires: the text has passed check_script; it and `options` outlive this.
  SbatchJob(Findings& findings, const ImportOptions& options, std::string_view text)
      : findings_(findings), options_(options), text_(text) {}

  void run();

 private:
  // What is asked for of one kind of device: "gpu:a100:2".
  struct Devices {
    std::string kind;
    std::string type;
    std::int64_t count = 1;
  };

  [[nodiscard]] const GivenOption* find(std::string_view name) const;
  void note(const GivenOption& given, NoteCode code, NoteParameters parameters = {});
  void becomes(const GivenOption& given, std::string_view field);
  void fault(const GivenOption& given, std::string_view sentence);
  std::optional<std::int64_t> number(const GivenOption* given, std::int64_t min, std::int64_t max);
  [[nodiscard]] std::int64_t devices_per_node() const { return workload_.request.accelerators; }

  // sbatch_job.cpp: who, when and how.
  void read_name();
  void read_account();
  void read_limit();
  void read_array();
  void read_dependencies();
  void read_dependency(const GivenOption& given, std::string_view part);
  void read_restart();
  void read_signal();
  void read_files();
  void read_pattern(const GivenOption& given, std::string& out, std::string_view field);
  void read_environment();
  void read_rest();
  void read_body();
  [[nodiscard]] std::optional<std::string> constant_of(std::string_view variable) const;
  void finish();

  // sbatch_shape.cpp: how much of what.
  void read_shape();
  void read_nodes(const GivenOption& given);
  void derive_counts();
  void read_cpus();
  void read_devices();
  void read_gres(const GivenOption& given);
  void take_devices(const GivenOption& given, const Devices& devices, bool total);
  void read_memory();
  void read_constraint();
  void set_memory(const GivenOption& given, std::int64_t each, std::int64_t times);

  Findings& findings_;
  const ImportOptions& options_;
  std::string_view text_;
  std::vector<GivenOption> given_;
  Workload workload_;
  bool nodes_stated_ = false;
  std::int64_t nodes_min_ = 1;
  std::int64_t nodes_max_ = 1;
  std::int64_t processes_ = 1;            // On one node.
  std::optional<std::int64_t> ntasks_;    // In all.
  std::int64_t cores_ = 0;                // On one node; 0: unstated.
  const GivenOption* decided_ = nullptr;  // Which option stated the devices.
  std::vector<std::int32_t> copies_;      // Indices of an array whose jobs have several nodes.
};

}  // namespace sillar
