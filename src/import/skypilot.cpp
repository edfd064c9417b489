#include "import/skypilot.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "import/launch_names.h"
#include "import/skypilot_resources.h"
#include "import/task_form.h"

namespace sillar {
namespace {

constexpr std::string_view kShell = "/bin/bash";

class SkyTask {
 public:
  SkyTask(Reader& reader, const ImportOptions& options, const At& root)
      : reader_(reader), options_(options), root_(root), resources_(reader, workload_) {
    workload_.kind = WorkloadKind::kBatch;
  }

  // The task before it in a pipeline, or none.
  Workload read(const std::string& previous) {
    static constexpr Rule<SkyTask> kRules[] = {
        {"name", &SkyTask::read_name},
        {"num_nodes", &SkyTask::read_node_count},
        {"resources", &SkyTask::read_resources},
        {"envs", &SkyTask::read_variables},
        {"secrets", &SkyTask::read_secrets},
        {"setup", &SkyTask::read_setup},
        {"run", &SkyTask::read_run},
        {"service", &SkyTask::read_service},
        {"workdir", nullptr, NoteCode::kStorage},
        {"file_mounts", nullptr, NoteCode::kStorage},
        {"file_mounts_mapping", nullptr, NoteCode::kStorage},
        {"volumes", nullptr, NoteCode::kStorage},
        {"volume_mounts", nullptr, NoteCode::kStorage},
        {"inputs", nullptr, NoteCode::kStorage},
        {"outputs", nullptr, NoteCode::kStorage},
        {"event_callback", nullptr, NoteCode::kNotices},
        {"pool", nullptr, NoteCode::kMachines},
        {"config", nullptr, NoteCode::kTuning},
        {"experimental", nullptr, NoteCode::kTuning},
        {"api_server", nullptr, NoteCode::kSubmitter},
        {"_metadata", nullptr, NoteCode::kUpkeep},
        {"_policy_mutated", nullptr, NoteCode::kUpkeep},
        {"_user_specified_yaml", nullptr, NoteCode::kUpkeep},
    };
    walk(*this, reader_, root_, kRules);
    settle_nodes();
    settle_script();
    Findings& findings = reader_.findings();
    settle_name(findings, root_.line, name_, options_, workload_);
    settle_project(findings, root_.line, options_, workload_);
    if (!previous.empty()) {
      workload_.after.push_back({previous, DependencyKind::kAfterOk});
      findings.note(root_.line, "after", NoteCode::kAfterPrevious, {{"to", previous}});
    }
    check_launch(findings, root_.line, workload_);
    return std::move(workload_);
  }

 private:
  void read_name(const At& at) {
    if (const auto name = reader_.noted_text(at, "name")) name_ = *name;
  }

  void read_node_count(const At& at) {
    nodes_ = at;
    read_nodes(reader_, at, workload_);
  }

  void read_resources(const At& at) { resources_.read(at); }

  void read_variables(const At& at) { read_variable_map(reader_, at, workload_.run); }

  void read_secrets(const At& at) {
    if (!reader_.mapping(at)) return;
    for (std::size_t i = 0; i < at.value->fields.size(); ++i)
      reader_.note(at.field(i), NoteCode::kSecret);
  }

  void read_setup(const At& at) {
    if (const auto text = resolved_text(reader_, at, "run.script")) setup_ = {at, *text};
  }

  void read_run(const At& at) {
    if (const auto text = resolved_text(reader_, at, "run.script")) run_ = {at, *text};
  }

  void read_service(const At& at) {
    workload_.kind = WorkloadKind::kInference;
    if (at.value->kind != Value::Kind::kMapping) {
      if (reader_.text(at)) reader_.note(at, NoteCode::kNoCounterpart);
      return;
    }
    static constexpr Rule<SkyTask> kRules[] = {
        {"replicas", &SkyTask::read_replicas},
        {"replica_policy", &SkyTask::read_replica_policy},
        {"readiness_probe", nullptr, NoteCode::kNoCounterpart},
        {"load_balancing_policy", nullptr, NoteCode::kNetwork},
        {"ports", nullptr, NoteCode::kNetwork},
        {"tls", nullptr, NoteCode::kNetwork},
        {"pool", nullptr, NoteCode::kMachines},
        {"workers", nullptr, NoteCode::kMachines},
    };
    walk(*this, reader_, at, kRules);
  }

  void read_replica_policy(const At& at) {
    static constexpr Rule<SkyTask> kRules[] = {
        {"min_replicas", &SkyTask::read_replicas},
        {"max_replicas", &SkyTask::read_replicas_most},
        {"num_overprovision", nullptr, NoteCode::kNoCounterpart},
        {"target_qps_per_replica", nullptr, NoteCode::kNoCounterpart},
        {"qps_upper_threshold", nullptr, NoteCode::kNoCounterpart},
        {"qps_lower_threshold", nullptr, NoteCode::kNoCounterpart},
        {"spot_placer", nullptr, NoteCode::kPlacement},
        {"upscale_delay_seconds", nullptr, NoteCode::kNoCounterpart},
        {"downscale_delay_seconds", nullptr, NoteCode::kNoCounterpart},
        {"base_ondemand_fallback_replicas", nullptr, NoteCode::kMachines},
        {"dynamic_ondemand_fallback", nullptr, NoteCode::kMachines},
    };
    walk(*this, reader_, at, kRules);
  }

  void read_replicas(const At& at) {
    if (const auto count = reader_.integer(at, 0, kArrayTasksMax)) least_ = {at, *count};
  }

  void read_replicas_most(const At& at) {
    if (const auto count = reader_.integer(at, 1, kArrayTasksMax)) most_ = {at, *count};
  }

  // A service's replicas are tasks; where a replica is several machines, those are.
  void settle_nodes() {
    const bool several = nodes_ && workload_.gang_max > 1;
    for (const auto& bound : {least_, most_})
      if (bound && several) reader_.note(bound->first, NoteCode::kNoCounterpart);
    if (several || (!least_ && !most_)) return;
    const std::int64_t least = least_ ? least_->second : 1;
    const std::int64_t most = most_ ? most_->second : least;
    for (const auto& bound : {least_, most_})
      if (bound) set_replicas(reader_, bound->first, least, most, workload_);
  }

  void settle_script() {
    if (!run_) {
      reader_.findings().note(root_.line, "run", NoteCode::kEntryPoint);
      if (setup_) reader_.note(setup_->first, NoteCode::kEntryPoint);
      return;
    }
    const std::string nodes = std::to_string(workload_.gang_max);
    const std::string devices = std::to_string(resources_.devices());
    const std::array<ToolVariable, 7> known{{
        {"SKYPILOT_NODE_RANK", kOwnTaskIndex},
        {"SKYPILOT_SETUP_NODE_RANK", kOwnTaskIndex},
        {"SKYPILOT_TASK_ID", kOwnWorkload},
        {"SKYPILOT_NUM_NODES", {}, nodes},
        {"SKYPILOT_NUM_GPUS_PER_NODE", {}, devices},
        {"SKYPILOT_SETUP_NUM_GPUS_PER_NODE", {}, devices},
        {"SKYPILOT_USER", "USER"},
    }};
    std::string& script = workload_.run.script;
    script = fmt::format("#!{}\n", kShell);
    for (const auto& part : {setup_, run_}) {
      if (!part) continue;
      script += set_tool_variables(reader_, part->first, part->second, "SKYPILOT_", known);
      note_tool_commands(reader_, part->first, part->second, "sky");
    }
    // In a shell of its own, as there; what it leaves behind in files stays.
    if (setup_) {
      script += fmt::format("(\n{}\n) || exit\n", setup_->second);
      reader_.note(setup_->first, NoteCode::kSetupEachStart);
    }
    script += run_->second;
    if (!script.ends_with('\n')) script += '\n';
    reader_.note(run_->first, NoteCode::kShell, {{"to", std::string(kShell)}});
  }

  using Text = std::pair<At, std::string>;
  using Count = std::pair<At, std::int64_t>;

  Reader& reader_;
  const ImportOptions& options_;
  At root_;
  Workload workload_;
  SkyResources resources_;
  std::string name_;
  std::optional<At> nodes_;
  std::optional<Text> setup_;
  std::optional<Text> run_;
  std::optional<Count> least_;
  std::optional<Count> most_;
};

// A pipeline begins with a document that only names it.
bool is_pipeline_header(const Value& root) {
  return root.kind == Value::Kind::kMapping && !root.fields.empty() &&
         std::ranges::all_of(root.fields, [](const auto& field) {
           return field.first == "name" || field.first == "execution" ||
                  field.first == "primary_tasks";
         });
}

bool is_task(const Value& root) {
  if (root.kind != Value::Kind::kMapping) return false;
  for (const char* other : {"type", "apiVersion", "kind"})
    if (root.find(other) != nullptr) return false;
  const Value* run = root.find("run");
  if (run != nullptr && run->kind == Value::Kind::kMapping) return false;
  constexpr std::array<std::string_view, 7> kOwn{"run",         "resources", "setup",  "num_nodes",
                                                 "file_mounts", "workdir",   "service"};
  return std::ranges::any_of(kOwn, [&](std::string_view key) { return root.find(key) != nullptr; });
}

void read_header(Reader& reader, const At& root) {
  for (std::size_t i = 0; i < root.value->fields.size(); ++i) {
    const At field = root.field(i);
    const bool order = root.key(i) == "execution";
    reader.note(field, order ? NoteCode::kNoCounterpart : NoteCode::kHeaderOnly);
  }
}

}  // namespace

bool is_skypilot(std::span<const Document> documents) {
  if (documents.size() > 1 && is_pipeline_header(documents.front().root))
    return is_task(documents[1].root);
  return is_task(documents.front().root);
}

Result<Imported> import_skypilot(std::string name, std::string_view text,
                                 const ImportOptions& options) {
  SILLAR_TRY(documents, parse_documents(name, text));
  Findings findings(std::move(name), Source::kSkypilot);
  Reader reader(findings, ScalarRules::kPython);
  std::string previous;
  const bool pipeline = documents.size() > 1 && is_pipeline_header(documents.front().root);
  for (std::size_t i = 0; i < documents.size(); ++i) {
    const Value& root = documents[i].root;
    const At at{&root, {}, std::max(root.line, 1), std::max(root.column, 1)};
    if (root.kind == Value::Kind::kNull) continue;
    if (!reader.mapping(at)) continue;
    if (i == 0 && pipeline) {
      read_header(reader, at);
      continue;
    }
    Workload workload = SkyTask(reader, options, at).read(previous);
    previous = findings.add(at.line, std::move(workload));
  }
  if (!findings.failed() && findings.workload_count() == 0)
    findings.fault(1, 1, "", "there is no task here");
  return findings.finish();
}

}  // namespace sillar
