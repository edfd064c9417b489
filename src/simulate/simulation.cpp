#include "simulate/simulation.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/document.h"
#include "base/money.h"
#include "ledger/rate_card.h"
#include "schedule/policy.h"
#include "simulate/simulator.h"

namespace sillar {
namespace {

Status check_policy(const std::string& name) {
  if (schedule::find_policy(name)) return {};
  std::vector<std::string> known;
  for (const std::string_view policy : schedule::policy_names()) known.emplace_back(policy);
  const std::string near = did_you_mean(name, known);
  return invalid(fmt::format("there is no policy '{}'{}; policies are {}", name,
                             near.empty() ? "" : fmt::format(" (did you mean '{}'?)", near),
                             fmt::join(known, ", ")));
}

Status check_model(const ClusterModel& model) {
  const FaultModel& faults = model.faults;
  SILLAR_TRY_STATUS(
      check_durations({{"start time", model.start_time, kSimulatedCostMax},
                       {"stop time", model.stop_time, kSimulatedCostMax},
                       {"restart cost", model.restart_cost, kSimulatedCostMax},
                       {"time between faults of a node", faults.node_mtbf, kSimulatedTimeMax},
                       {"repair of a node", faults.node_repair, kSimulatedTimeMax},
                       {"time between faults of a device", faults.device_mtbf, kSimulatedTimeMax},
                       {"repair of a device", faults.device_repair, kSimulatedTimeMax},
                       {"time between failures of work", model.failures.mtbf, kSimulatedTimeMax}}));
  if (faults.node_mtbf.ns > 0 && faults.node_repair.ns == 0)
    return invalid("nodes that fail need a time until their repair");
  if (faults.device_mtbf.ns > 0 && faults.device_repair.ns == 0)
    return invalid("devices that fail need a time until their repair");
  if (model.failures.retries < 0 || model.failures.retries > kRetriesMax)
    return invalid(
        fmt::format("{} retries are outside 0 to {}", model.failures.retries, kRetriesMax));
  return {};
}

Status check_jobs(const Trace& trace) {
  Time last{0};
  Int128 checkpoints = 0;
  std::int64_t tasks = 0;
  for (const TraceJob& job : trace.jobs) {
    SILLAR_TRY_STATUS(check_job(job));
    const Workload& workload = job.workload;
    if (workload.submitted < last)
      return invalid(fmt::format("{}: arrives at {}, before the job in front of it", workload.name,
                                 format_time(workload.submitted)));
    last = workload.submitted;
    tasks += workload.gang_max;
    if (tasks > kSimulatedTasksMax)
      return invalid(fmt::format("{}: with its tasks the trace has more than {}", workload.name,
                                 kSimulatedTasksMax));
    if (workload.checkpoint_interval.ns > 0)
      checkpoints += Int128{job.run_time.ns / workload.checkpoint_interval.ns} * workload.gang_max;
  }
  if (checkpoints <= kSimulatedCheckpointsMax) return {};
  return invalid(
      fmt::format("the trace has more than {} checkpoints of tasks; longer intervals "
                  "make fewer",
                  kSimulatedCheckpointsMax));
}

// From the first arrival until the last job has run, if none had to wait.
Duration span_of(const SimulationSpec& spec) {
  const std::vector<TraceJob>& jobs = spec.trace->jobs;
  if (jobs.empty()) return {};
  Time end = jobs.front().workload.submitted;
  for (const TraceJob& job : jobs) end = std::max(end, job.workload.submitted + job.run_time);
  return std::max(Duration{0}, std::min(end, spec.until) - jobs.front().workload.submitted);
}

Status check_fault_count(const SimulationSpec& spec) {
  const Int128 expected = expected_faults(spec);
  if (expected <= spec.faults_max) return {};
  return invalid(
      fmt::format("some {} faults are to be expected, and at most {} are simulated; "
                  "a longer time between faults makes fewer",
                  expected, spec.faults_max));
}

}  // namespace

Int128 expected_faults(const SimulationSpec& spec) {
  const FaultModel& faults = spec.cluster.faults;
  Int128 devices = 0;
  for (const Node& node : spec.fleet.nodes) devices += node.accelerators;
  const Duration span = span_of(spec);
  const auto expected = [&](Int128 count, Duration mtbf) {
    return mtbf.ns <= 0 ? Int128{0} : count * span.ns / mtbf.ns;
  };
  return expected(Int128{std::ssize(spec.fleet.nodes)}, faults.node_mtbf) +
         expected(devices, faults.device_mtbf);
}

Result<SimulationReport> run_simulation(const SimulationSpec& spec, const SimulationHooks& hooks) {
  if (spec.trace == nullptr) return invalid("a simulation needs a trace");
  SILLAR_TRY_STATUS(check_policy(spec.policy));
  SILLAR_TRY_STATUS(check_model(spec.cluster));
  SILLAR_TRY_STATUS(check_durations({{"pace of full cycles", spec.full_pace, kSimulatedCostMax}}));
  if (spec.full_pace.ns == 0) return invalid("full cycles come at a pace of more than nothing");
  if (spec.series_points < 2 || spec.series_points > 100'000)
    return invalid("a series has 2 to 100000 points");
  SILLAR_TRY_STATUS(check_jobs(*spec.trace));
  SILLAR_TRY_STATUS(check_fault_count(spec));
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
