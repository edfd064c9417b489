#include "simulate/simulation.h"

#include <fmt/format.h>

#include "base/document.h"
#include "ledger/rate_card.h"
#include "schedule/policy.h"
#include "simulate/simulator.h"

namespace sillar {
namespace {

constexpr Duration kRunTimeMax = Duration::hours(24 * 36525);  // A century.
// Of a job's tasks together, so that sums of task time stay far from the end of 64 bits.
constexpr std::int64_t kTaskTimeMax = std::int64_t{1} << 60;

Status check_policy(const std::string& name) {
  if (schedule::find_policy(name)) return {};
  std::vector<std::string> known;
  for (const std::string_view policy : schedule::policy_names()) known.emplace_back(policy);
  const std::string near = did_you_mean(name, known);
  return invalid(fmt::format("there is no policy '{}'{}; policies are {}", name,
                             near.empty() ? "" : fmt::format(" (did you mean '{}'?)", near),
                             fmt::join(known, ", ")));
}

Status check_durations(const SimulationSpec& spec) {
  const FaultModel& faults = spec.cluster.faults;
  for (const Duration duration :
       {spec.cluster.start_time, spec.cluster.stop_time, spec.cluster.restart_cost,
        faults.node_mtbf, faults.node_repair, faults.device_mtbf, faults.device_repair}) {
    if (duration.ns < 0 || duration > kRunTimeMax)
      return invalid(fmt::format("the cluster's model: {} is negative or beyond a century",
                                 format_duration(duration)));
  }
  if ((faults.node_mtbf.ns > 0 && faults.node_repair.ns == 0) ||
      (faults.device_mtbf.ns > 0 && faults.device_repair.ns == 0))
    return invalid("the cluster's model: what fails needs a time until its repair");
  if (spec.full_pace.ns <= 0 || spec.full_pace > kRunTimeMax)
    return invalid("full cycles come at a pace of more than nothing");
  if (spec.series_points < 2 || spec.series_points > 100'000)
    return invalid("a series has 2 to 100000 points");
  return {};
}

Status check_jobs(const Trace& trace) {
  Time last{0};
  for (const TraceJob& job : trace.jobs) {
    const Workload& workload = job.workload;
    if (workload.submitted < last)
      return invalid(fmt::format("{}: arrives at {}, before the job in front of it", workload.name,
                                 format_time(workload.submitted)));
    last = workload.submitted;
    if (job.run_time.ns < 0 || job.run_time > kRunTimeMax)
      return invalid(fmt::format("{}: a run time of {} is negative or beyond a century",
                                 workload.name, format_duration(job.run_time)));
    if (workload.gang_max < 1 || job.run_time.ns > kTaskTimeMax / workload.gang_max)
      return invalid(fmt::format("{}: {} tasks of {} are too much work", workload.name,
                                 workload.gang_max, format_duration(job.run_time)));
  }
  return {};
}

}  // namespace

Result<SimulationReport> run_simulation(const SimulationSpec& spec, const SimulationHooks& hooks) {
  if (spec.trace == nullptr) return invalid("a simulation needs a trace");
  SILLAR_TRY_STATUS(check_policy(spec.policy));
  SILLAR_TRY_STATUS(check_durations(spec));
  SILLAR_TRY_STATUS(check_jobs(*spec.trace));
  return Simulator(spec, hooks).run();
}

Result<std::vector<NodeTariff>> price_fleet(const Fleet& fleet, const PriceBook& book,
                                            const PriceMap& map) {
  const RateCard card = rate_fleet(fleet, book, map);
  if (!card.missing.empty()) {
    std::string message;
    for (const MissingPrice& missing : card.missing)
      message +=
          fmt::format("{}{} and {} more: {}", message.empty() ? "" : "\n",
                      fleet.nodes[missing.first.index()].name, missing.nodes - 1, missing.reason);
    return fail(ErrorCode::kNotFound, std::move(message));
  }
  std::vector<NodeTariff> tariffs;
  tariffs.reserve(card.nodes.size());
  for (std::size_t n = 0; n < card.nodes.size(); ++n)
    tariffs.push_back(
        {card.nodes[n].rate.per_hour, card.nodes[n].rate.cpu_nanos, card.source_of(NodeId{n})});
  return tariffs;
}

Result<Fleet> uniform_fleet(std::int32_t gpus) {
  constexpr std::int32_t kPerNode = 8;
  constexpr std::int32_t kGpusMax = 1'000'000;
  if (gpus < kPerNode || gpus > kGpusMax || gpus % kPerNode != 0)
    return invalid(fmt::format("{} GPUs do not make whole nodes of {} (at most {})", gpus, kPerNode,
                               kGpusMax));
  Fleet fleet;
  AcceleratorClass gpu;
  gpu.name = "gpu";
  gpu.memory_bytes = std::int64_t{40} << 30;
  fleet.classes.push_back(std::move(gpu));
  fleet.locations.push_back({"aws", "us-east-1", "", "US"});
  for (std::int32_t n = 0; n < gpus / kPerNode; ++n) {
    Node node;
    node.name = fmt::format("node-{:04}", n);
    node.accelerator_class = ClassId{0};
    node.accelerators = kPerNode;
    node.cpu = 96'000;
    node.memory_bytes = std::int64_t{1152} << 30;
    node.location = LocationId{0};
    node.capacity = CapacityKind::kOnDemand;
    node.instance_type = "p4d.24xlarge";
    fleet.nodes.push_back(std::move(node));
  }
  return fleet;
}

}  // namespace sillar
