#include <fmt/format.h>

#include <limits>
#include <optional>

#include "base/quantity.h"
#include "cli/model_files.h"
#include "cli/pricing.h"
#include "cli/progress.h"
#include "cli/recorder.h"
#include "cli/simulation_answer.h"
#include "cli/simulation_page.h"
#include "cli/verbs.h"
#include "model/text.h"
#include "schedule/policy.h"
#include "simulate/openb_reader.h"
#include "simulate/openb_trace.h"
#include "simulate/philly_reader.h"
#include "simulate/simulation.h"
#include "simulate/workload_reader.h"

namespace sillar::cli {
namespace {

constexpr std::int64_t kGpusMax = 1'000'000;

std::string text_of(const Context& context, std::string_view flag) {
  return std::string(context.arguments.text(flag));
}

Result<std::string> read_flag(const Context& context, std::string_view flag) {
  return context.io.read(text_of(context, flag), kDocumentBytesMax);
}

Result<Fleet> choose_fleet(const Context& context) {
  int stated = 0;
  for (std::string_view flag : {"gpus", "fleet", "nodes"})
    if (context.arguments.has(flag)) ++stated;
  if (stated != 1) return invalid(context.say(Message::kOneFleet));
  if (context.arguments.has("gpus")) {
    SILLAR_TRY(gpus, number_argument("--gpus", context.arguments.text("gpus"), 1, kGpusMax,
                                     context.locale.language));
    return uniform_fleet(static_cast<std::int32_t>(gpus));
  }
  if (context.arguments.has("fleet")) {
    SILLAR_TRY(document, read_document(context.io, text_of(context, "fleet")));
    return load_fleet(document);
  }
  SILLAR_TRY(text, read_flag(context, "nodes"));
  SILLAR_TRY(nodes, read_openb_nodes(text_of(context, "nodes"), text));
  return openb_fleet(nodes);
}

Result<Trace> read_workloads(const Context& context, const Fleet& fleet) {
  if (!context.arguments.has("projects")) return invalid(context.say(Message::kTraceNeedsProjects));
  SILLAR_TRY(projects_file, read_document(context.io, text_of(context, "projects")));
  SILLAR_TRY(projects, load_projects(projects_file, fleet));
  SILLAR_TRY(document, read_document(context.io, text_of(context, "trace")));
  return read_workload_trace(document, fleet, projects);
}

Result<Trace> read_trace(const Context& context, const Fleet& fleet) {
  const std::string path = text_of(context, "trace");
  const std::string_view format = context.arguments.text("format");
  if (format == "sillar") return read_workloads(context, fleet);
  if (context.arguments.has("projects")) return invalid(context.say(Message::kProjectsOfTrace));
  SILLAR_TRY(text, read_flag(context, "trace"));
  if (format == "philly") return read_philly(path, text, fleet);
  SILLAR_TRY(pods, read_openb_pods(path, text));
  return openb_trace(pods, fleet, 1);
}

// A duration of --flag; nothing when the flag is absent. Errors: kInvalidInput naming the flag.
Result<std::optional<Duration>> duration_flag(const Context& context, std::string_view flag) {
  if (!context.arguments.has(flag)) return std::nullopt;
  const Result<Duration> duration = parse_duration(context.arguments.text(flag));
  if (duration && duration->ns >= 0) return *duration;
  return invalid(context.say(Message::kNotADuration, {{"flag", fmt::format("--{}", flag)},
                                                      {"value", context.arguments.text(flag)}}));
}

Status fill_faults(const Context& context, FaultModel& faults) {
  struct Setting {
    std::string_view flag;
    Duration FaultModel::* member;
  };
  for (const Setting& setting : {Setting{"node-mtbf", &FaultModel::node_mtbf},
                                 {"node-repair", &FaultModel::node_repair},
                                 {"device-mtbf", &FaultModel::device_mtbf},
                                 {"device-repair", &FaultModel::device_repair}}) {
    SILLAR_TRY(duration, duration_flag(context, setting.flag));
    if (duration) faults.*setting.member = *duration;
  }
  if (!context.arguments.has("seed")) return {};
  SILLAR_TRY(seed,
             number_argument("--seed", context.arguments.text("seed"), 0,
                             std::numeric_limits<std::int64_t>::max(), context.locale.language));
  faults.seed = static_cast<std::uint64_t>(seed);
  return {};
}

// Arrivals `factor` times as dense, counted from the first; run times stay. Rounded down.
Status compress(const Context& context, Trace& trace) {
  constexpr std::int64_t kFactorMax = 1'000'000;
  if (!context.arguments.has("compress") || trace.jobs.empty()) return {};
  const std::string_view text = context.arguments.text("compress");
  const Result<std::int64_t> thousandths = parse_thousandths(text);
  if (!thousandths || *thousandths < 1 || *thousandths > kFactorMax * kThousand)
    return invalid(context.say(Message::kNotAFactor, {{"flag", "--compress"}, {"value", text}}));
  const Time first = trace.jobs.front().workload.submitted;
  for (TraceJob& job : trace.jobs) {
    const Int128 since = Int128{(job.workload.submitted - first).ns} * kThousand / *thousandths;
    if (since > std::numeric_limits<std::int64_t>::max() - std::max<std::int64_t>(first.ns, 0))
      return invalid(context.say(Message::kNotAFactor, {{"flag", "--compress"}, {"value", text}}));
    job.workload.submitted = first + Duration{static_cast<std::int64_t>(since)};
  }
  return {};
}

Status apply_restart_cost(const Context& context, Trace& trace, ClusterModel& cluster) {
  SILLAR_TRY(restart, duration_flag(context, "restart"));
  if (!restart) return {};
  cluster.restart_cost = *restart;
  for (TraceJob& job : trace.jobs) job.workload.restart_cost = *restart;
  return {};
}

Result<SimulationReport> simulate(const Context& context, const SimulationSpec& spec,
                                  Recorder* recorder) {
  Progress progress(context);
  SimulationHooks hooks;
  hooks.clock = context.io.clock;
  hooks.peak_memory_bytes = context.io.peak_memory_bytes;
  hooks.on_progress = [&](const SimulationProgress& seen) {
    progress.show(static_cast<int>(seen.thousandths),
                  context.say(Message::kSimulated, {{"finished", std::to_string(seen.ended)},
                                                    {"jobs", std::to_string(seen.jobs)},
                                                    {"now", format_time(seen.now).substr(0, 10)}}));
    return true;
  };
  if (recorder != nullptr)
    hooks.on_input = [&](const State& state, const Input& input, const std::vector<Fact>& facts) {
      recorder->write(state, input, facts);
    };
  SILLAR_TRY(report, run_simulation(spec, hooks));
  if (recorder != nullptr) SILLAR_TRY_STATUS(recorder->close());
  return report;
}

Result<Exit> run_simulate(Context& context) {
  SimulationSpec spec;
  SILLAR_TRY(fleet, choose_fleet(context));
  SILLAR_TRY(trace, read_trace(context, fleet));
  SILLAR_TRY_STATUS(compress(context, trace));
  SILLAR_TRY_STATUS(apply_restart_cost(context, trace, spec.cluster));
  SILLAR_TRY_STATUS(fill_faults(context, spec.cluster.faults));
  std::string missing;
  SILLAR_TRY(tariffs, fleet_tariffs(context, fleet, &missing));
  if (!missing.empty()) context.remark(context.say(Message::kNoPrices, {{"missing", missing}}));
  if (context.arguments.has("policy")) spec.policy = text_of(context, "policy");
  spec.fleet = std::move(fleet);
  spec.projects = trace.projects;
  spec.prices = std::move(tariffs);
  spec.trace = &trace;

  std::optional<Recorder> recorder;
  if (context.arguments.has("record")) {
    SILLAR_TRY(opened, Recorder::open(context.io, text_of(context, "record")));
    recorder = std::move(opened);
  }
  SILLAR_TRY(report, simulate(context, spec, recorder ? &*recorder : nullptr));
  if (context.format == Format::kHtml) {
    context.io.out.write(simulation_page(report, context.locale));
    return Exit::kOk;
  }
  context.print(simulation_answer(report, context.arguments.has("series")), simulation_view());
  return Exit::kOk;
}

}  // namespace

const Verb& simulate_verb() {
  static const Verb kVerb{
      .name = "simulate",
      .summary = Message::kVerbSimulate,
      .examples =
          {"simulate --trace examples/data/philly/philly_jobs.csv --format philly --gpus 512 "
           "--prices examples/data/gpu-prices/catalog.csv",
           "simulate --trace examples/data/openb/openb_pod_list_default.csv --format openb "
           "--nodes examples/data/openb/openb_node_list_gpu_node.csv --compress 100 -o json",
           "simulate --trace examples/data/philly/philly_jobs.csv --format philly --gpus 512 "
           "--policy fifo -o html > fifo.html"},
      .operands = {},
      .flags = {{"trace", "FILE", Message::kFlagTrace, {}, 0, true},
                {"format", "NAME", Message::kFlagFormat, {"philly", "openb", "sillar"}, 0, true},
                {"gpus", "N", Message::kFlagGpus, {}},
                {"fleet", "FILE", Message::kFlagSimulatedFleet, {}},
                {"nodes", "FILE", Message::kFlagNodes, {}},
                {"projects", "FILE", Message::kFlagSimulatedProjects, {}},
                {"policy", "NAME", Message::kFlagPolicy, schedule::policy_names()},
                {"compress", "FACTOR", Message::kFlagCompress, {}},
                {"restart", "TIME", Message::kFlagRestart, {}},
                {"node-mtbf", "TIME", Message::kFlagNodeMtbf, {}},
                {"node-repair", "TIME", Message::kFlagNodeRepair, {}},
                {"device-mtbf", "TIME", Message::kFlagDeviceMtbf, {}},
                {"device-repair", "TIME", Message::kFlagDeviceRepair, {}},
                {"seed", "N", Message::kFlagSeed, {}},
                prices_flag(),
                {"record", "DIR", Message::kFlagRecord, {}},
                {"series", "", Message::kFlagSeries, {}}},
      .formats = {Format::kTable, Format::kJson, Format::kYaml, Format::kCsv, Format::kHtml},
      .run = run_simulate,
  };
  return kVerb;
}

}  // namespace sillar::cli
