#include "simulate/openb_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "base/csv.h"
#include "base/quantity.h"
#include "model/names.h"

namespace sillar {
namespace {

constexpr std::int64_t kMib = std::int64_t{1} << 20;
constexpr std::int64_t kCpuMax = 100'000'000;          // Thousandths: 100,000 cores.
constexpr std::int64_t kMemoryMibMax = 1'000'000'000;  // A petabyte.
constexpr std::int64_t kSecondsMax = 5'000'000'000;    // Within the range of Time.

Result<std::int64_t> integer(const CsvReader& csv, std::size_t column, std::int64_t least,
                             std::int64_t most) {
  const auto value = parse_integer(csv[column]);
  if (!value)
    return tl::unexpected(csv.error_at(column, fmt::format("'{}' is no number", csv[column])));
  if (*value < least || *value > most)
    return tl::unexpected(
        csv.error_at(column, fmt::format("{} is outside {} to {}", *value, least, most)));
  return *value;
}

// A column that a list may lack; an empty field is an absent one.
Result<Time> seconds(const CsvReader& csv, std::string_view name) {
  if (!csv.has_column(name)) return Time::never();
  SILLAR_TRY(column, csv.column(name));
  if (csv[column].empty()) return Time::never();
  SILLAR_TRY(value, integer(csv, column, 0, kSecondsMax));
  return Time::from_seconds(value);
}

// A name that no row before has.
Result<std::string> new_name(const CsvReader& csv, std::size_t column,
                             std::set<std::string>& seen) {
  std::string name(csv[column]);
  if (!is_name(name))
    return tl::unexpected(csv.error_at(column, fmt::format("'{}' cannot be a name", name)));
  if (!seen.insert(name).second)
    return tl::unexpected(
        csv.error_at(column, fmt::format("there is another '{}' before it", name)));
  return name;
}

// "V100M16|V100M32", sorted and each once.
std::vector<std::string> models_of(std::string_view text) {
  std::set<std::string> models;
  while (!text.empty()) {
    const std::string_view model = text.substr(0, text.find('|'));
    if (!model.empty()) models.emplace(model);
    text.remove_prefix(std::min(model.size() + 1, text.size()));
  }
  return {models.begin(), models.end()};
}

Result<OpenbPod> read_pod(const CsvReader& csv, std::set<std::string>& seen) {
  OpenbPod pod;
  SILLAR_TRY(name, csv.column("name"));
  SILLAR_TRY(cpu_column, csv.column("cpu_milli"));
  SILLAR_TRY(memory_column, csv.column("memory_mib"));
  SILLAR_TRY(gpus_column, csv.column("num_gpu"));
  SILLAR_TRY(milli_column, csv.column("gpu_milli"));
  SILLAR_TRY(own_name, new_name(csv, name, seen));
  pod.name = std::move(own_name);
  SILLAR_TRY(cpu, integer(csv, cpu_column, 0, kCpuMax));
  SILLAR_TRY(memory_mib, integer(csv, memory_column, 0, kMemoryMibMax));
  SILLAR_TRY(gpus, integer(csv, gpus_column, 0, kDevicesPerNodeMax));
  pod.cpu = cpu;
  pod.memory_bytes = memory_mib * kMib;
  pod.gpus = static_cast<std::int32_t>(gpus);
  if (gpus > 0) {
    SILLAR_TRY(milli, integer(csv, milli_column, 1, kDevice));
    if (gpus > 1 && milli != kDevice)
      return tl::unexpected(csv.error_at(
          milli_column, fmt::format("{} of each of {} GPUs: only one can be shared", milli, gpus)));
    pod.gpu_milli = static_cast<std::int32_t>(milli);
  }
  if (csv.has_column("gpu_spec")) {
    SILLAR_TRY(models, csv.column("gpu_spec"));
    pod.models = models_of(csv[models]);
  }
  SILLAR_TRY(created, seconds(csv, "creation_time"));
  SILLAR_TRY(deleted, seconds(csv, "deletion_time"));
  SILLAR_TRY(scheduled, seconds(csv, "scheduled_time"));
  pod.created = created;
  pod.deleted = deleted;
  pod.scheduled = scheduled;
  if (pod.deleted < pod.began() && pod.began() != Time::never()) {
    SILLAR_TRY(column, csv.column("deletion_time"));
    return tl::unexpected(
        csv.error_at(column, fmt::format("{} is before the pod began, at {}", csv[column],
                                         pod.began().ns / 1'000'000'000)));
  }
  if (csv.has_column("pod_phase")) {
    SILLAR_TRY(phase, csv.column("pod_phase"));
    pod.failed = csv[phase] == "Failed";
  }
  pod.line = csv.line();
  return pod;
}

Result<OpenbNode> read_node(const CsvReader& csv, std::set<std::string>& seen) {
  OpenbNode node;
  SILLAR_TRY(name, csv.column("sn"));
  SILLAR_TRY(cpu_column, csv.column("cpu_milli"));
  SILLAR_TRY(memory_column, csv.column("memory_mib"));
  SILLAR_TRY(gpus_column, csv.column("gpu"));
  SILLAR_TRY(model, csv.column("model"));
  SILLAR_TRY(own_name, new_name(csv, name, seen));
  node.name = std::move(own_name);
  SILLAR_TRY(cpu, integer(csv, cpu_column, 0, kCpuMax));
  SILLAR_TRY(memory_mib, integer(csv, memory_column, 0, kMemoryMibMax));
  SILLAR_TRY(gpus, integer(csv, gpus_column, 0, kDevicesPerNodeMax));
  node.cpu = cpu;
  node.memory_bytes = memory_mib * kMib;
  node.gpus = static_cast<std::int32_t>(gpus);
  if (gpus > 0 && csv[model].empty())
    return tl::unexpected(csv.error_at(model, "a node with GPUs names their model"));
  if (gpus > 0) node.model = csv[model];
  if (gpus > 0 && (!is_name(node.model) || node.model == "cpu" || node.model == "memory"))
    return tl::unexpected(
        csv.error_at(model, fmt::format("'{}' cannot name a class of GPUs", node.model)));
  return node;
}

template <class Record, class Read>
Result<std::vector<Record>> read_rows(const std::string& name, std::string_view text, Read read) {
  SILLAR_TRY(csv, CsvReader::open(name, text));
  std::vector<Record> records;
  std::set<std::string> seen;
  for (;;) {
    SILLAR_TRY(more, csv.next());
    if (!more) return records;
    SILLAR_TRY(record, read(csv, seen));
    records.push_back(std::move(record));
  }
}

}  // namespace

Result<std::vector<OpenbNode>> read_openb_nodes(const std::string& name, std::string_view text) {
  return read_rows<OpenbNode>(name, text, read_node);
}

Result<std::vector<OpenbPod>> read_openb_pods(const std::string& name, std::string_view text) {
  return read_rows<OpenbPod>(name, text, read_pod);
}

Fleet openb_fleet(std::span<const OpenbNode> nodes) {
  std::set<std::string> models;
  for (const OpenbNode& node : nodes) {
    if (!node.model.empty()) models.insert(node.model);
  }
  Fleet fleet;
  for (const std::string& model : models) fleet.classes.emplace_back().name = model;
  fleet.nodes.reserve(nodes.size());
  for (const OpenbNode& from : nodes) {
    Node node;
    node.name = from.name;
    node.cpu = from.cpu;
    node.memory_bytes = from.memory_bytes;
    node.accelerators = from.gpus;
    if (from.gpus > 0)
      node.accelerator_class =
          ClassId{static_cast<std::size_t>(std::distance(models.begin(), models.find(from.model)))};
    fleet.nodes.push_back(std::move(node));
  }
  return fleet;
}

Request openb_request(const OpenbPod& pod) {
  Request request;
  request.cpu = pod.cpu;
  request.memory_bytes = pod.memory_bytes;
  if (pod.gpus == 0) return request;
  if (pod.gpu_milli < kDevice)
    request.fraction = pod.gpu_milli;
  else
    request.accelerators = pod.gpus;
  request.classes = pod.models;
  return request;
}

}  // namespace sillar
