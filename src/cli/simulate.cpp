#include <fmt/format.h>

#include <limits>
#include <optional>

#include "base/quantity.h"
#include "cli/cluster_flags.h"
#include "cli/journalling.h"
#include "cli/model_files.h"
#include "cli/pricing.h"
#include "cli/progress.h"
#include "cli/recorder.h"
#include "cli/simulation_answer.h"
#include "cli/simulation_page.h"
#include "cli/translation.h"
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
constexpr std::int64_t kGpusPerNode = 8;

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
    if (gpus % kGpusPerNode != 0)
      return invalid(context.say(Message::kNotWholeNodes,
                                 {{"flag", "--gpus"}, {"value", context.arguments.text("gpus")}}));
    return uniform_fleet(static_cast<std::int32_t>(gpus));
  }
  if (context.arguments.has("fleet")) {
    SILLAR_TRY(document, read_document(context.io, text_of(context, "fleet")));
    SILLAR_TRY(fleet, load_fleet(document));
    if (fleet.nodes.empty())
      return invalid(context.say(Message::kNoNodes, {{"file", context.arguments.text("fleet")}}));
    return fleet;
  }
  SILLAR_TRY(text, read_flag(context, "nodes"));
  SILLAR_TRY(nodes, read_openb_nodes(text_of(context, "nodes"), text));
  if (nodes.empty())
    return invalid(context.say(Message::kNoNodes, {{"file", context.arguments.text("nodes")}}));
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
  return openb_trace(path, pods, fleet);
}

Status compress(const Context& context, Trace& trace) {
  constexpr std::int64_t kFactorMax = 1'000'000;
  if (!context.arguments.has("compress")) return {};
  const std::string_view text = context.arguments.text("compress");
  const Result<std::int64_t> thousandths = parse_thousandths(text);
  if (!thousandths || *thousandths < 1 || *thousandths > kFactorMax * kThousand)
    return invalid(context.say(Message::kNotAFactor, {{"flag", "--compress"}, {"value", text}}));
  return compress_arrivals(trace, *thousandths);
}

// More faults than are simulated would be an error of the simulation; here it is one of the flags.
Status check_fault_count(const Context& context, const SimulationSpec& spec) {
  const Int128 expected = expected_faults(spec);
  if (expected <= spec.faults_max) return {};
  return invalid(context.say(Message::kTooManyFaults, {{"expected", fmt::format("{}", expected)},
                                                       {"max", std::to_string(spec.faults_max)}}));
}

// What a simulation's inputs and facts are kept in: a recording, a journal, both or neither. They
// are begun with the first input, so that what is refused before leaves nothing behind.
class Keeper {
 public:
  // Empty names: not kept.
  Keeper(const Io& io, std::string recording, std::string journal)
      : io_(io), recording_(std::move(recording)), journal_(std::move(journal)) {}

  Status write(const State& state, const Input& input, const std::vector<Fact>& facts) {
    if (!begun_) SILLAR_TRY_STATUS(begin());
    if (recorder_) recorder_->write(state, input, facts);
    return writer_ ? writer_->write(state, input, facts) : Status{};
  }
  Status finish(const State& state) {
    if (recorder_) {
      recorder_->keep_last(state);
      SILLAR_TRY_STATUS(recorder_->close());
    }
    return writer_ ? writer_->finish(state) : Status{};
  }

 private:
  Status begin() {
    begun_ = true;
    if (!recording_.empty()) {
      SILLAR_TRY(opened, Recorder::open(io_, recording_));
      recorder_ = std::move(opened);
    }
    if (!journal_.empty()) {
      SILLAR_TRY(opened, JournalWriter::open(journal_));
      writer_.emplace(std::move(opened));
    }
    return {};
  }

  const Io& io_;
  std::string recording_;
  std::string journal_;
  bool begun_ = false;
  std::optional<Recorder> recorder_;
  std::optional<JournalWriter> writer_;
};

Result<SimulationReport> simulate(const Context& context, const SimulationSpec& spec) {
  Progress progress(context);
  SimulationHooks hooks;
  Status kept;
  hooks.clock = context.io.clock;
  hooks.peak_memory_bytes = context.io.peak_memory_bytes;
  hooks.on_progress = [&](const SimulationProgress& seen) {
    progress.show(static_cast<int>(seen.thousandths),
                  context.say(Message::kSimulated, {{"finished", std::to_string(seen.ended)},
                                                    {"jobs", std::to_string(seen.jobs)},
                                                    {"now", format_time(seen.now).substr(0, 10)}}));
    return kept.has_value();
  };
  Keeper keeper(context.io, text_of(context, "record"), text_of(context, "journal"));
  hooks.on_input = [&](const State& state, const Input& input, const std::vector<Fact>& facts) {
    if (kept) kept = keeper.write(state, input, facts);
  };
  hooks.on_end = [&](const State& state) {
    if (kept) kept = keeper.finish(state);
  };
  SILLAR_TRY(report, run_simulation(spec, hooks));
  if (!kept) return tl::unexpected(kept.error());
  return report;
}

Result<Exit> run_simulate(Context& context) {
  SimulationSpec spec;
  SILLAR_TRY(fleet, choose_fleet(context));
  SILLAR_TRY(trace, read_trace(context, fleet));
  if (trace.jobs.empty())
    return invalid(context.say(Message::kNoJobs, {{"file", context.arguments.text("trace")}}));
  SILLAR_TRY_STATUS(compress(context, trace));
  SILLAR_TRY_STATUS(apply_cluster_flags(context, trace, spec.cluster));
  std::string missing;
  SILLAR_TRY(tariffs, fleet_tariffs(context, fleet, &missing));
  if (!missing.empty())
    context.remark(context.say(Message::kNoPrices,
                               {{"missing", translate(missing, context.locale.language)}}));
  if (context.arguments.has("policy")) spec.policy = text_of(context, "policy");
  spec.fleet = std::move(fleet);
  spec.projects = trace.projects;
  spec.prices = std::move(tariffs);
  spec.trace = &trace;
  SILLAR_TRY_STATUS(check_fault_count(context, spec));

  SILLAR_TRY(report, simulate(context, spec));
  if (context.format == Format::kHtml) {
    context.io.out.write(simulation_page(report, context.locale));
    return Exit::kOk;
  }
  context.print(simulation_answer(report, context.arguments.has("series")), simulation_view());
  return Exit::kOk;
}

std::vector<Flag> simulate_flags() {
  std::vector<Flag> flags{
      {"trace", "FILE", Message::kFlagTrace, {}, 0, true},
      {"format", "NAME", Message::kFlagFormat, {"philly", "openb", "sillar"}, 0, true},
      {"gpus", "N", Message::kFlagGpus, {}},
      {"fleet", "FILE", Message::kFlagSimulatedFleet, {}},
      {"nodes", "FILE", Message::kFlagNodes, {}},
      {"projects", "FILE", Message::kFlagSimulatedProjects, {}},
      {"policy", "NAME", Message::kFlagPolicy, schedule::policy_names()},
      {"compress", "FACTOR", Message::kFlagCompress, {}}};
  for (Flag& flag : cluster_flags()) flags.push_back(std::move(flag));
  flags.push_back(prices_flag());
  flags.push_back({"record", "DIR", Message::kFlagRecord, {}});
  flags.push_back({"journal", "DIR", Message::kFlagJournal, {}});
  flags.push_back({"series", "", Message::kFlagSeries, {}});
  return flags;
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
           "--fleet examples/fleets/openb-corner.yaml -o json",
           "simulate --trace examples/data/philly/philly_jobs.csv --format philly --gpus 512 "
           "--policy fifo -o html > fifo.html"},
      .operands = {},
      .flags = simulate_flags(),
      .formats = {Format::kTable, Format::kJson, Format::kYaml, Format::kCsv, Format::kHtml},
      .run = run_simulate,
  };
  return kVerb;
}

}  // namespace sillar::cli
