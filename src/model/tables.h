#pragma once

// The field tables of the model, and the records that a file states where they differ from the
// model's own. Internal to model.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/codecs.h"
#include "model/scenario.h"
#include "model/table.h"
#include "model/text.h"

namespace sillar {

struct NodeText : Node {
  std::string class_name;
  std::int64_t accelerator_memory = 0;  // Of the class; 0: unstated.
  std::optional<Location> place;
  std::vector<std::pair<std::int32_t, Health>> device_health;
  std::int32_t count = 0;
};

struct GangText {
  std::optional<std::int32_t> min;
  std::optional<std::int32_t> max;
  friend bool operator==(const GangText&, const GangText&) = default;
};

struct TaskText : TaskSpec {
  std::optional<Time> last_checkpoint;
  std::int32_t copies = 0;
};

struct ArrayText {
  std::vector<std::int32_t> indices;
  std::int32_t at_most = 0;
  friend bool operator==(const ArrayText&, const ArrayText&) = default;
};

struct WorkloadText : Workload {
  std::optional<GangText> gang;
  std::int32_t copies = 0;
  std::optional<ArrayText> array_text;
};

struct ReservedText {
  bool reserved = false;
  std::optional<std::string> node;
  std::optional<std::vector<std::int32_t>> devices;
  friend bool operator==(const ReservedText&, const ReservedText&) = default;
};

struct TaskExpectationText : TaskExpectation {
  std::optional<ReservedText> promise;
};

struct VictimsText {
  std::optional<std::int64_t> count;
  std::optional<std::vector<std::string>> tasks;
  friend bool operator==(const VictimsText&, const VictimsText&) = default;
};

struct ExpectationText : Expectation {
  VictimsText evicted;
};

const Table<Fleet>& fleet_table();
const Table<AcceleratorClass>& class_table();
const Table<NodeText>& node_table();
const Table<Location>& location_table();
const Table<Topology>& topology_table();
const Table<Project>& project_table();
const Table<Residency>& residency_table();
const Table<WorkloadText>& workload_table();
const Table<TaskText>& task_table();
const Table<Request>& request_table();
const Table<TopologyRequest>& topology_request_table();
const Table<Launch>& launch_table();
const Table<Retry>& retry_table();
const Table<IdleRule>& idle_table();
const Table<ArrayText>& array_table();
const Table<Options>& options_table();
const Table<QuarantineRule>& quarantine_table();
const Table<ExpectationText>& expectation_table();
const Table<TaskExpectationText>& task_expectation_table();
const Table<Scenario>& scenario_table();

// Device indices, in a compact form also {i}.
struct Devices {
  bool read(Decoder& decoder, const Value& value, std::vector<std::int32_t>& out) const;
  [[nodiscard]] Value write(const Fleet& fleet, const std::vector<std::int32_t>& devices) const;
  void schema(SchemaWriter& writer) const;
};

List<Record<Dependency>> dependency_list();

using ProjectList = List<Record<Project>>;
using WorkloadList = CompactList<Workload, WorkloadText>;
inline ProjectList project_list() {
  return {{&project_table}};
}
inline WorkloadList workload_list() {
  return {&workload_table, kWorkloadCopies};
}

// Children find their parents, which stand before them.
void link_projects(std::vector<Project>& projects);
// Holds the parts of `root` against their rules. False: options or fleet are at fault, so that what
// stands on them cannot be judged.
bool check_parts(Decoder& decoder, const Value& root, const Options& options, const Fleet& fleet,
                 std::span<const Project> projects);

inline constexpr std::array<std::string_view, 4> kTaskStateNames{"Pending", "Running", "Stopping",
                                                                 "Finished"};

}  // namespace sillar
