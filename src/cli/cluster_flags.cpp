#include "cli/cluster_flags.h"

#include <fmt/format.h>

#include <limits>
#include <optional>
#include <string_view>

namespace sillar::cli {
namespace {

// A duration of --flag; nothing when the flag is absent.
Result<std::optional<Duration>> duration_flag(const Context& context, std::string_view flag,
                                              Duration most) {
  if (!context.arguments.has(flag)) return std::nullopt;
  const std::string_view value = context.arguments.text(flag);
  const std::string name = fmt::format("--{}", flag);
  const Result<Duration> duration = parse_duration(value);
  if (!duration || duration->ns < 0)
    return invalid(context.say(Message::kNotADuration, {{"flag", name}, {"value", value}}));
  if (*duration > most)
    return invalid(
        context.say(Message::kDurationTooLong,
                    {{"flag", name}, {"value", value}, {"most", format_duration(most)}}));
  return *duration;
}

// What a flag states stays as it is without it.
Status fill(const Context& context, std::string_view flag, Duration most, Duration& member) {
  SILLAR_TRY(duration, duration_flag(context, flag, most));
  if (duration) member = *duration;
  return {};
}

Status fill_workloads(const Context& context, std::string_view flag, Duration most, Trace& trace,
                      Duration Workload::* member) {
  SILLAR_TRY(duration, duration_flag(context, flag, most));
  if (!duration) return {};
  for (TraceJob& job : trace.jobs) job.workload.*member = *duration;
  return {};
}

Status check_repair(const Context& context, std::string_view faults, Duration mtbf,
                    std::string_view repair, Duration takes) {
  if (mtbf.ns == 0 || takes.ns > 0) return {};
  return invalid(context.say(Message::kNeedsRepair, {{"flag", faults}, {"repair", repair}}));
}

Status fill_faults(const Context& context, FaultModel& faults) {
  constexpr Duration kMost = kSimulatedTimeMax;
  SILLAR_TRY_STATUS(fill(context, "node-mtbf", kMost, faults.node_mtbf));
  SILLAR_TRY_STATUS(fill(context, "node-repair", kMost, faults.node_repair));
  SILLAR_TRY_STATUS(fill(context, "device-mtbf", kMost, faults.device_mtbf));
  SILLAR_TRY_STATUS(fill(context, "device-repair", kMost, faults.device_repair));
  SILLAR_TRY_STATUS(
      check_repair(context, "--node-mtbf", faults.node_mtbf, "--node-repair", faults.node_repair));
  return check_repair(context, "--device-mtbf", faults.device_mtbf, "--device-repair",
                      faults.device_repair);
}

Status fill_failures(const Context& context, ClusterModel& cluster) {
  const Arguments& arguments = context.arguments;
  const Language language = context.locale.language;
  WorkFailures& failures = cluster.failures;
  SILLAR_TRY_STATUS(fill(context, "work-mtbf", kSimulatedTimeMax, failures.mtbf));
  if (arguments.has("retries")) {
    SILLAR_TRY(retries,
               number_argument("--retries", arguments.text("retries"), 0, kRetriesMax, language));
    failures.retries = static_cast<std::int32_t>(retries);
  }
  failures.as_recorded = arguments.has("trace-failures");
  if (arguments.has("seed")) {
    SILLAR_TRY(seed, number_argument("--seed", arguments.text("seed"), 0,
                                     std::numeric_limits<std::int64_t>::max(), language));
    failures.seed = cluster.faults.seed = static_cast<std::uint64_t>(seed);
  }
  return {};
}

}  // namespace

std::vector<Flag> cluster_flags() {
  return {{"start", "TIME", Message::kFlagStart, {}},
          {"stop", "TIME", Message::kFlagStop, {}},
          {"no-save", "", Message::kFlagNoSave, {}},
          {"restart", "TIME", Message::kFlagRestart, {}},
          {"checkpoint-interval", "TIME", Message::kFlagCheckpointInterval, {}},
          {"checkpoint-cost", "TIME", Message::kFlagCheckpointCost, {}},
          {"work-mtbf", "TIME", Message::kFlagWorkMtbf, {}},
          {"retries", "N", Message::kFlagRetries, {}},
          {"trace-failures", "", Message::kFlagTraceFailures, {}},
          {"node-mtbf", "TIME", Message::kFlagNodeMtbf, {}},
          {"node-repair", "TIME", Message::kFlagNodeRepair, {}},
          {"device-mtbf", "TIME", Message::kFlagDeviceMtbf, {}},
          {"device-repair", "TIME", Message::kFlagDeviceRepair, {}},
          {"seed", "N", Message::kFlagSeed, {}}};
}

Status apply_cluster_flags(const Context& context, Trace& trace, ClusterModel& cluster) {
  constexpr Duration kCostMax = kSimulatedCostMax;
  SILLAR_TRY_STATUS(fill(context, "start", kCostMax, cluster.start_time));
  SILLAR_TRY_STATUS(fill(context, "stop", kCostMax, cluster.stop_time));
  cluster.saves_when_stopped = !context.arguments.has("no-save");
  SILLAR_TRY_STATUS(fill(context, "restart", kCostMax, cluster.restart_cost));
  SILLAR_TRY_STATUS(fill_workloads(context, "restart", kCostMax, trace, &Workload::restart_cost));
  SILLAR_TRY_STATUS(fill_workloads(context, "checkpoint-interval", kSimulatedTimeMax, trace,
                                   &Workload::checkpoint_interval));
  SILLAR_TRY_STATUS(
      fill_workloads(context, "checkpoint-cost", kCostMax, trace, &Workload::checkpoint_cost));
  SILLAR_TRY_STATUS(fill_failures(context, cluster));
  return fill_faults(context, cluster.faults);
}

}  // namespace sillar::cli
