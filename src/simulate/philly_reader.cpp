#include "simulate/philly_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>
#include <vector>

#include "base/csv.h"
#include "base/money.h"
#include "base/quantity.h"
#include "model/names.h"

namespace sillar {
namespace {

constexpr std::int32_t kGpusPerNode = 8;
constexpr std::int64_t kGpusMax = 100'000;
constexpr std::int64_t kSecondsMax = std::int64_t{100} * 365 * 86'400;
constexpr Duration kRestartCost = Duration::seconds(30);
constexpr std::string_view kRoot = "philly";

std::string project_name(std::string_view cluster) {
  return fmt::format("{}/{}", kRoot, cluster);
}

struct Row {
  Time submitted;
  std::string cluster;
  std::int64_t gpus = 0;
  std::int64_t seconds = 0;
  std::size_t number = 0;  // In the file, from 0.
  std::size_t line = 0;
};

Result<std::int64_t> read_count(const CsvReader& csv, std::size_t column, std::int64_t least,
                                std::int64_t most) {
  const Result<std::int64_t> value = parse_integer(csv[column]);
  if (!value || *value < least || *value > most)
    return tl::unexpected(csv.error_at(
        column, fmt::format("'{}' is not a whole number from {} to {}", csv[column], least, most)));
  return *value;
}

Result<std::vector<Row>> read_rows(const std::string& name, std::string_view text) {
  SILLAR_TRY(csv, CsvReader::open(name, text));
  SILLAR_TRY(timestamp, csv.column("timestamp"));
  SILLAR_TRY(cluster, csv.column("cluster"));
  SILLAR_TRY(gpus, csv.column("num_gpus"));
  SILLAR_TRY(duration, csv.column("duration"));
  std::vector<Row> rows;
  while (true) {
    SILLAR_TRY(more, csv.next());
    if (!more) break;
    Row row;
    const Result<Time> submitted = parse_time(csv[timestamp]);
    if (!submitted) return tl::unexpected(csv.error_at(timestamp, submitted.error().message));
    row.submitted = *submitted;
    row.cluster = csv[cluster];
    if (!is_path_segment(row.cluster) || !is_name(project_name(row.cluster)))
      return tl::unexpected(csv.error_at(
          cluster, fmt::format("'{}' cannot name a project: up to {} letters, digits, '.', '_' "
                               "and '-' can",
                               csv[cluster], kNameBytesMax - project_name("").size())));
    SILLAR_TRY(gpu_count, read_count(csv, gpus, 1, kGpusMax));
    SILLAR_TRY(seconds, read_count(csv, duration, 0, kSecondsMax));
    row.gpus = gpu_count;
    row.seconds = seconds;
    row.number = rows.size();
    row.line = csv.line();
    rows.push_back(std::move(row));
  }
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    return std::pair(a.submitted, a.number) < std::pair(b.submitted, b.number);
  });
  return rows;
}

TraceJob job_of(const Row& row) {
  TraceJob job;
  Workload& workload = job.workload;
  workload.name = fmt::format("job-{:05}", row.number);
  workload.project = project_name(row.cluster);
  workload.submitted = row.submitted;
  workload.gang_min = static_cast<std::int32_t>((row.gpus + kGpusPerNode - 1) / kGpusPerNode);
  workload.gang_max = workload.gang_min;
  workload.request.accelerators =
      row.gpus <= kGpusPerNode ? static_cast<std::int32_t>(row.gpus) : kGpusPerNode;
  workload.restart_cost = kRestartCost;
  job.run_time = Duration::seconds(row.seconds);
  return job;
}

// Whole devices by mean demand; a demand of 96 bits is cut to what split_largest_remainder takes.
std::vector<std::int64_t> devices_by_demand(std::int64_t devices,
                                            const std::vector<Int128>& demand) {
  const Int128 total = std::accumulate(demand.begin(), demand.end(), Int128{0});
  int shift = 0;
  while (total >> shift >= Int128{1} << 40) ++shift;
  std::vector<std::int64_t> weights;
  weights.reserve(demand.size());
  for (const Int128 one : demand) weights.push_back(static_cast<std::int64_t>(one >> shift));
  if (std::all_of(weights.begin(), weights.end(), [](std::int64_t w) { return w == 0; }))
    weights.assign(weights.size(), 1);
  return split_largest_remainder(devices, weights);
}

std::vector<Project> projects_of(const std::vector<Row>& rows, const Fleet& fleet) {
  std::map<std::string, Int128> demand;
  for (const Row& row : rows) demand[row.cluster] += Int128{row.gpus} * row.seconds;
  if (demand.empty()) return {};
  std::vector<std::int64_t> per_class(fleet.classes.size());
  for (const Node& node : fleet.nodes) {
    if (node.accelerator_class.valid())
      per_class[node.accelerator_class.index()] += node.accelerators;
  }
  std::vector<Int128> weights;
  for (const auto& [cluster, amount] : demand) weights.push_back(amount);

  Project root;
  root.name = kRoot;
  root.quota.assign(fleet.resource_count(), kQuotaAbsent);
  std::vector<Project> projects{root};
  for (const auto& [cluster, amount] : demand) {
    Project& leaf = projects.emplace_back();
    leaf.name = project_name(cluster);
    leaf.parent = ProjectId{0};
    leaf.quota.assign(fleet.resource_count(), kQuotaAbsent);
  }
  for (std::size_t c = 0; c < per_class.size(); ++c) {
    const std::vector<std::int64_t> devices = devices_by_demand(per_class[c], weights);
    projects[0].quota[kFirstClass + c].deserved = per_class[c] * kDevice;
    for (std::size_t v = 0; v < devices.size(); ++v)
      projects[1 + v].quota[kFirstClass + c] = {devices[v] * kDevice,
                                                std::max<std::int64_t>(1, devices[v]), kUnlimited};
  }
  return projects;
}

}  // namespace

Result<Trace> read_philly(const std::string& name, std::string_view text, const Fleet& fleet) {
  SILLAR_TRY(rows, read_rows(name, text));
  Trace trace;
  trace.projects = projects_of(rows, fleet);
  trace.jobs.reserve(rows.size());
  for (const Row& row : rows) {
    TraceJob job = job_of(row);
    if (const Status bad = check_job(job); !bad)
      return tl::unexpected(bad.error().within(fmt::format("{}:{}", name, row.line)));
    trace.jobs.push_back(std::move(job));
  }
  return trace;
}

}  // namespace sillar
