#include "demo/arrivals.h"

#include <algorithm>
#include <array>
#include <optional>

#include "simulate/openb_reader.h"
#include "simulate/openb_trace.h"
#include "simulate/philly_reader.h"

namespace sillar::demo {
namespace {

constexpr std::array<Team, kTeams> kAll{{
    {"acme/research/language", "lena", "ee9e8c", "h100, h200"},
    {"acme/research/vision", "victor", "7f04ca", "a100, h100"},
    {"acme/research/speech", "sara", "0e4a51", "a100, h100"},
    {"acme/products/search", "samir", "6214e9", {}},
    {"acme/products/assistant", "aiko", "6c71a0", "h100, a100"},
    {"acme/products/ads", "adam", "11cb48", "l4"},
    {"acme/health", "helena", "103959", "h100, a100"},
    {"acme/platform/serving", "paula", {}, "a100, l4"},
    {"acme/platform/notebooks", "nils", {}, "l4, h200"},
}};

// Where each trace is opened: at noon of the 32nd day of Philly, when its jobs want 370 GPUs; and
// where openb's pods have begun to come steadily.
constexpr Duration kPhillyOpens = Duration::hours(31 * 24 + 12);
constexpr Duration kOpenbOpens = Duration::seconds(10'000'000);
constexpr std::int32_t kGpusMax = 8;

std::optional<std::uint8_t> team_of_cluster(std::string_view project) {
  const std::string_view cluster = project.substr(project.rfind('/') + 1);
  for (std::size_t i = 0; i < kTeams; ++i)
    if (!kAll[i].cluster.empty() && kAll[i].cluster == cluster) return static_cast<std::uint8_t>(i);
  return std::nullopt;
}

// Philly says nothing of a job's shares, openb of a pod's team.
std::optional<std::uint8_t> team_of(const Workload& workload) {
  if (workload.project != "openb") return team_of_cluster(workload.project);
  return static_cast<std::uint8_t>(workload.request.fraction > 0 ? kNotebooks : kServing);
}

void add_jobs(const Trace& trace, Duration opens, std::vector<Arrival>& arrivals) {
  if (trace.jobs.empty()) return;
  const Time begin = trace.jobs.front().workload.submitted + opens;
  for (const TraceJob& job : trace.jobs) {
    const Workload& workload = job.workload;
    const auto team = team_of(workload);
    if (!team) continue;
    Arrival arrival;
    arrival.team = *team;
    arrival.failed = job.failed;
    arrival.runs = std::min(job.run_time, kRunMax);
    const Time ends = workload.submitted + arrival.runs;
    if (workload.submitted < begin) arrival.runs = ends - begin;
    arrival.at = std::max(workload.submitted - begin, Duration{});
    if (arrival.runs < kRunMin) continue;
    arrival.tasks = static_cast<std::int16_t>(std::min<std::int32_t>(workload.gang_max, kTasksMax));
    arrival.accelerators =
        static_cast<std::int16_t>(std::min(workload.request.accelerators, kGpusMax));
    arrival.fraction = static_cast<std::int16_t>(workload.request.fraction);
    arrival.cpu = workload.request.cpu;
    arrival.memory_bytes = workload.request.memory_bytes;
    arrivals.push_back(arrival);
  }
}

}  // namespace

const Team& team(std::size_t index) {
  return kAll.at(index);
}

std::string_view short_name(const Team& team) {
  return team.project.substr(team.project.rfind('/') + 1);
}

Result<std::vector<Arrival>> read_arrivals(std::string_view philly, std::string_view openb) {
  const Fleet none;
  std::vector<Arrival> arrivals;
  {
    SILLAR_TRY(trace, read_philly("philly_jobs.csv", philly, none));
    add_jobs(trace, kPhillyOpens, arrivals);
  }
  {
    const std::string name = "openb_pod_list_default.csv";
    SILLAR_TRY(pods, read_openb_pods(name, openb));
    SILLAR_TRY(trace, openb_trace(name, pods, none));
    add_jobs(trace, kOpenbOpens, arrivals);
  }
  std::vector<std::uint32_t> order(arrivals.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return std::pair(arrivals[a].at, a) < std::pair(arrivals[b].at, b);
  });
  std::vector<Arrival> sorted;
  sorted.reserve(order.size());
  for (const std::uint32_t i : order) sorted.push_back(arrivals[i]);
  if (sorted.empty()) return invalid("there is no job in the traces that the demo could feed");
  return sorted;
}

}  // namespace sillar::demo
