#include "import/dstack.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/quantity.h"
#include "import/amounts.h"
#include "import/dstack_resources.h"
#include "import/launch_names.h"
#include "import/task_form.h"
#include "model/names.h"

namespace sillar {
namespace {

constexpr std::array<std::string_view, 3> kRuns{"task", "service", "dev-environment"};
constexpr std::array<std::string_view, 3> kOthers{"fleet", "volume", "gateway"};
constexpr std::int32_t kRetriesGuessed = 3;  // dstack bounds the time, not the number.

class DstackRun {
 public:
  DstackRun(Reader& reader, const ImportOptions& options, const At& root)
      : reader_(reader), options_(options), root_(root), resources_(reader, workload_) {}

  void read(std::string_view type) {
    workload_.kind = type == "service"           ? WorkloadKind::kInference
                     : type == "dev-environment" ? WorkloadKind::kInteractive
                                                 : WorkloadKind::kBatch;
    walk_all();
    resources_.settle(root_.line);
    settle_regions();
    settle_script();
    Findings& findings = reader_.findings();
    settle_name(findings, root_.line, name_, options_, workload_);
    settle_project(findings, root_.line, options_, workload_);
    check_launch(findings, root_.line, workload_);
    findings.add(root_.line, std::move(workload_));
  }

 private:
  void walk_all() {
    static constexpr Rule<DstackRun> kRules[] = {
        {"type", nullptr, NoteCode::kHeaderOnly},
        {"name", &DstackRun::read_name},
        {"commands", &DstackRun::read_commands},
        {"init", &DstackRun::read_setup},
        {"setup", nullptr, NoteCode::kUpkeep},
        {"shell", &DstackRun::read_shell},
        {"env", &DstackRun::read_variables},
        {"nodes", &DstackRun::read_node_count},
        {"replicas", &DstackRun::read_replicas},
        {"working_dir", &DstackRun::read_directory},
        {"resources", &DstackRun::read_resources},
        {"priority", &DstackRun::read_priority},
        {"tags", &DstackRun::read_tags},
        {"backends", &DstackRun::read_backends},
        {"regions", &DstackRun::read_regions},
        {"spot_policy", &DstackRun::read_spot_policy},
        {"max_duration", &DstackRun::read_max_duration},
        {"stop_duration", &DstackRun::read_stop_duration},
        {"retry", &DstackRun::read_retry},
        {"utilization_policy", &DstackRun::read_utilisation},
        {"idle_duration", nullptr, NoteCode::kFreedAtEnd},
        {"termination_idle_time", nullptr, NoteCode::kFreedAtEnd},
        {"termination_policy", nullptr, NoteCode::kFreedAtEnd},
        {"retry_policy", nullptr, NoteCode::kNoCounterpart},
        {"image", nullptr, NoteCode::kImage},
        {"entrypoint", nullptr, NoteCode::kImage},
        {"python", nullptr, NoteCode::kImage},
        {"nvcc", nullptr, NoteCode::kImage},
        {"docker", nullptr, NoteCode::kImage},
        {"privileged", nullptr, NoteCode::kImage},
        {"registry_auth", nullptr, NoteCode::kImage},
        {"user", nullptr, NoteCode::kIdentity},
        {"home_dir", nullptr, NoteCode::kUpkeep},
        {"single_branch", nullptr, NoteCode::kStorage},
        {"repos", nullptr, NoteCode::kStorage},
        {"files", nullptr, NoteCode::kStorage},
        {"volumes", nullptr, NoteCode::kStorage},
        {"ports", nullptr, NoteCode::kNetwork},
        {"port", nullptr, NoteCode::kNetwork},
        {"gateway", nullptr, NoteCode::kNetwork},
        {"strip_prefix", nullptr, NoteCode::kNetwork},
        {"https", nullptr, NoteCode::kNetwork},
        {"auth", nullptr, NoteCode::kNetwork},
        {"rate_limits", nullptr, NoteCode::kNetwork},
        {"cors", nullptr, NoteCode::kNetwork},
        {"router", nullptr, NoteCode::kNetwork},
        {"model", nullptr, NoteCode::kNoCounterpart},
        {"scaling", nullptr, NoteCode::kNoCounterpart},
        {"probes", nullptr, NoteCode::kNoCounterpart},
        {"ide", nullptr, NoteCode::kNoCounterpart},
        {"version", nullptr, NoteCode::kNoCounterpart},
        {"inactivity_duration", nullptr, NoteCode::kNoCounterpart},
        {"availability_zones", nullptr, NoteCode::kPlacement},
        {"instance_types", nullptr, NoteCode::kMachines},
        {"instances", nullptr, NoteCode::kMachines},
        {"reservation", nullptr, NoteCode::kMachines},
        {"fleets", nullptr, NoteCode::kMachines},
        {"creation_policy", nullptr, NoteCode::kMachines},
        {"pool_name", nullptr, NoteCode::kMachines},
        {"instance_name", nullptr, NoteCode::kMachines},
        {"max_price", nullptr, NoteCode::kNoCounterpart},
        {"schedule", nullptr, NoteCode::kWhen},
        {"startup_order", nullptr, NoteCode::kNoCounterpart},
        {"stop_criteria", nullptr, NoteCode::kNoCounterpart},
    };
    walk(*this, reader_, root_, kRules);
  }

  void read_name(const At& at) {
    if (const auto name = reader_.noted_text(at, "name")) name_ = *name;
  }

  void read_commands(const At& at) {
    commands_at_ = at;
    read_lines(at, "run.script", commands_);
  }

  void read_setup(const At& at) {
    read_lines(at, "run.script", setup_);
    reader_.note(at, NoteCode::kSetupEachStart);
  }

  void read_lines(const At& at, std::string_view field, std::vector<std::string>& lines) {
    if (!reader_.sequence(at)) return;
    for (std::size_t i = 0; i < at.value->items.size(); ++i)
      if (const auto line = resolved_text(reader_, at.item(i), field)) lines.push_back(*line);
  }

  void read_shell(const At& at) {
    const auto shell = reader_.text(at);
    if (!shell) return;
    const bool named = *shell == "sh" || *shell == "bash";
    const std::string path = named ? "/bin/" + *shell : *shell;
    if (!path.starts_with('/') || path.size() > kTextBytesMax ||
        path.find_first_of("\n\r\t") != std::string::npos)
      return reader_.fault(at, fmt::format("'{}' is not one of {}", *shell, "sh, bash, /PATH"));
    shell_ = path;
    reader_.becomes(at, "run.script");
  }

  // A list of NAME=value and NAME, or a mapping.
  void read_variables(const At& at) {
    if (at.value->kind == Value::Kind::kSequence) {
      for (std::size_t i = 0; i < at.value->items.size(); ++i) read_assignment(at.item(i));
      return;
    }
    read_variable_map(reader_, at, workload_.run);
  }

  void read_assignment(const At& at) {
    const auto text = reader_.text(at);
    if (!text) return;
    const std::size_t equals = text->find('=');
    const std::string name = text->substr(0, equals);
    if (equals == std::string::npos)
      return reader_.note(at, NoteCode::kNeedsValue, {{"value", name}});
    if (!is_variable_name(name))
      return reader_.note(at, NoteCode::kNotAVariable, {{"value", name}});
    set_variable(workload_.run, name, text->substr(equals + 1));
    reader_.becomes(at, fmt::format("run.environment.{}", name));
  }

  void read_node_count(const At& at) { read_nodes(reader_, at, workload_); }

  void read_replicas(const At& at) {
    if (at.value->kind == Value::Kind::kSequence) return reader_.note(at, NoteCode::kNoCounterpart);
    const auto range = dstack_range(reader_, at);
    if (!range) return;
    const auto least = whole(range->least.empty() ? "0" : range->least, kArrayTasksMax);
    const auto most = whole(range->most, kArrayTasksMax);
    if (!least || !most || *least > *most)
      return reader_.fault(at, "replicas are a number or a range such as 1..4");
    set_replicas(reader_, at, *least, *most, workload_);
  }

  void read_directory(const At& at) {
    const auto path = reader_.text(at);
    if (!path) return;
    if (!path->starts_with('/') || path->size() > kTextBytesMax)
      return reader_.note(at, NoteCode::kNotLocal, {{"value", *path}});
    workload_.run.directory = *path;
    reader_.note(at, NoteCode::kDirectory, {{"to", *path}});
  }

  void read_resources(const At& at) { resources_.read(at); }

  // From 0, which is the default there, to 100.
  void read_priority(const At& at) {
    const auto priority = reader_.integer(at, 0, 100);
    if (!priority) return;
    workload_.priority = static_cast<std::int32_t>(50 + *priority / 2);
    reader_.note(at, NoteCode::kPriority, {{"to", std::to_string(workload_.priority)}});
  }

  void read_tags(const At& at) {
    if (!reader_.mapping(at)) return;
    for (std::size_t i = 0; i < at.value->fields.size(); ++i)
      if (at.field(i).value->kind == Value::Kind::kNull)
        reader_.note(at.field(i), NoteCode::kEmpty);
      else
        reader_.label(at.field(i), at.key(i), "labels", workload_.labels);
  }

  void read_backends(const At& at) {
    backends_at_ = at;
    read_lines(at, "residency.regions", backends_);
  }

  void read_regions(const At& at) {
    regions_at_ = at;
    read_lines(at, "residency.regions", regions_);
  }

  // Each region with each provider: those that do not go together are nowhere.
  void settle_regions() {
    const bool both = !backends_.empty() && !regions_.empty();
    if (backends_at_ && both) reader_.becomes(*backends_at_, "residency.regions");
    if (backends_at_ && !both) reader_.note(*backends_at_, NoteCode::kMachines);
    if (!regions_at_) return;
    if (!both) return reader_.note(*regions_at_, NoteCode::kPlacement);
    constexpr std::size_t kPairsMax = 1024;
    if (backends_.size() * regions_.size() > kPairsMax)
      return reader_.fault(*regions_at_,
                           fmt::format("more than {} regions of providers", kPairsMax));
    for (const std::string& backend : backends_)
      for (const std::string& region : regions_)
        allow_region(reader_, *regions_at_, fmt::format("{}/{}", backend, region),
                     NoteCode::kOneProvider, workload_);
  }

  void read_spot_policy(const At& at) {
    const auto policy = reader_.text(at);
    if (!policy) return;
    if (*policy != "spot" && *policy != "on-demand" && *policy != "auto")
      return reader_.fault(at,
                           fmt::format("'{}' is not one of {}", *policy, "spot, on-demand, auto"));
    read_spot(reader_, at, *policy != "on-demand", workload_);
  }

  // Seconds, or "2h"; nothing: off, where YAML 1.1 reads false, or a fault that is recorded.
  std::optional<Duration> duration(const At& at) {
    const Scalar scalar = reader_.scalar(at);
    if (scalar.kind == Scalar::Kind::kBool) {
      reader_.note(at, NoteCode::kEmpty);
      return std::nullopt;
    }
    const auto text = reader_.text(at);
    if (!text) return std::nullopt;
    if (*text == "off") {
      reader_.note(at, NoteCode::kEmpty);
      return std::nullopt;
    }
    const auto found = simple_duration(*text, Duration::seconds(1));
    if (!found) reader_.fault(at, fmt::format("'{}' is not a duration such as 2h", *text));
    return found;
  }

  void read_max_duration(const At& at) {
    const auto limit = duration(at);
    if (!limit) return;
    workload_.limit = *limit;
    reader_.note(at, NoteCode::kRunsAnew, {{"to", format_duration(*limit)}});
  }

  void read_stop_duration(const At& at) {
    const auto grace = duration(at);
    if (!grace) return;
    workload_.run.grace = *grace;
    reader_.becomes(at, "run.grace");
  }

  void read_retry(const At& at) {
    if (at.value->kind != Value::Kind::kMapping) {
      const auto retries = reader_.boolean(at);
      if (!retries) return;
      if (!*retries) return reader_.becomes(at, "retry.limit");
      return retry(at);
    }
    static constexpr Rule<DstackRun> kRules[] = {
        {"on_events", &DstackRun::read_events},
        {"duration", nullptr, NoteCode::kNoCounterpart},
    };
    walk(*this, reader_, at, kRules);
  }

  void read_events(const At& at) {
    if (!reader_.sequence(at)) return;
    for (std::size_t i = 0; i < at.value->items.size(); ++i) {
      const At item = at.item(i);
      const auto event = reader_.text(item);
      if (!event) continue;
      if (*event == "error")
        retry(item);
      else if (*event == "no-capacity" || *event == "interruption")
        reader_.note(item, NoteCode::kWaitsAnyway);
      else
        reader_.fault(
            item, fmt::format("'{}' is not one of {}", *event, "no-capacity, interruption, error"));
    }
  }

  void retry(const At& at) {
    workload_.retry.limit = kRetriesGuessed;
    reader_.note(at, NoteCode::kRetries, {{"to", std::to_string(kRetriesGuessed)}});
  }

  void read_utilisation(const At& at) {
    static constexpr Rule<DstackRun> kRules[] = {
        {"min_gpu_utilization", &DstackRun::read_least_use},
        {"time_window", &DstackRun::read_window},
    };
    walk(*this, reader_, at, kRules);
    for (const char* field : {"min_gpu_utilization", "time_window"})
      if (at.value->find(field) == nullptr)
        reader_.fault(at, fmt::format("the field '{}' is missing", field));
  }

  void read_least_use(const At& at) {
    const auto percent = reader_.integer(at, 0, 100);
    if (!percent) return;
    workload_.idle.below_thousandths = *percent * 10;
    reader_.note(at, NoteCode::kIdleStop, {{"to", "below=" + format_thousandths(*percent * 10)}});
  }

  void read_window(const At& at) {
    const auto window = duration(at);
    if (!window) return;
    workload_.idle.limit = *window;
    reader_.note(at, NoteCode::kIdleStop, {{"to", "limit=" + format_duration(*window)}});
  }

  void settle_script() {
    if (commands_.empty() && setup_.empty()) {
      reader_.findings().note(root_.line, "commands", NoteCode::kEntryPoint);
      return;
    }
    const std::string devices = std::to_string(workload_.request.accelerators);
    const std::int64_t all = std::int64_t{workload_.request.accelerators} * workload_.gang_max;
    const std::array<ToolVariable, 5> known{{
        {"DSTACK_RUN_NAME", kOwnWorkload},
        {"DSTACK_NODE_RANK", kOwnTaskIndex},
        {"DSTACK_NODES_NUM", {}, std::to_string(workload_.gang_max)},
        {"DSTACK_GPUS_PER_NODE", {}, devices},
        {"DSTACK_GPUS_NUM", {}, std::to_string(all)},
    }};
    std::string body;
    for (const auto* lines : {&setup_, &commands_})
      for (const std::string& line : *lines) body += line + (line.ends_with('\n') ? "" : "\n");
    const At at = commands_at_ ? *commands_at_ : root_;
    const std::string exports = set_tool_variables(reader_, at, body, "DSTACK_", known);
    note_tool_commands(reader_, at, body, "dstack");
    // The first command that fails ends it, as && between them does there.
    workload_.run.script = fmt::format("#!{}\nset -e\n{}{}", shell_, exports, body);
    if (commands_at_) reader_.note(at, NoteCode::kShell, {{"to", shell_}});
  }

  Reader& reader_;
  const ImportOptions& options_;
  At root_;
  Workload workload_;
  DstackResources resources_;
  std::string name_;
  std::string shell_ = "/bin/bash";
  std::optional<At> commands_at_;
  std::vector<std::string> commands_;
  std::vector<std::string> setup_;
  std::optional<At> backends_at_;
  std::optional<At> regions_at_;
  std::vector<std::string> backends_;
  std::vector<std::string> regions_;
};

void read_document(Reader& reader, const ImportOptions& options, const At& at) {
  if (!reader.mapping(at)) return;
  const auto type = at.find("type");
  if (!type) return reader.fault(at, "the field 'type' is missing");
  const auto text = reader.text(*type);
  if (!text) return;
  if (std::ranges::find(kOthers, *text) != kOthers.end())
    return reader.note(*type, NoteCode::kNotAWorkload, {{"value", *text}});
  if (std::ranges::find(kRuns, *text) == kRuns.end())
    return reader.fault(
        *type, fmt::format("'{}' is not one of {}", *text, "task, service, dev-environment"));
  DstackRun(reader, options, at).read(*text);
}

}  // namespace

bool is_dstack(const Value& root) {
  const Value* type = root.find("type");
  if (type == nullptr || root.find("apiVersion") != nullptr) return false;
  return std::ranges::find(kRuns, type->scalar) != kRuns.end() ||
         std::ranges::find(kOthers, type->scalar) != kOthers.end();
}

Result<Imported> import_dstack(std::string name, std::string_view text,
                               const ImportOptions& options) {
  SILLAR_TRY(documents, parse_documents(name, text));
  Findings findings(std::move(name), Source::kDstack);
  Reader reader(findings, ScalarRules::kPython);
  for (const Document& document : documents) {
    const Value& root = document.root;
    if (root.kind == Value::Kind::kNull) continue;
    read_document(reader, options, {&root, {}, std::max(root.line, 1), std::max(root.column, 1)});
  }
  if (!findings.failed() && findings.workload_count() == 0)
    findings.fault(1, 1, "", "there is neither a task nor a service nor a dev environment here");
  return findings.finish();
}

}  // namespace sillar
