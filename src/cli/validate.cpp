#include <fmt/format.h>

#include <optional>

#include "cli/model_files.h"
#include "cli/translation.h"
#include "cli/verbs.h"
#include "model/text.h"

namespace sillar::cli {
namespace {

struct Checked {
  Document document;
  FileKind kind = FileKind::kUnknown;
  bool named = false;  // By an operand, not by --fleet or --projects.
  std::string faults;  // Lines; empty: valid.
  std::optional<std::size_t> nodes;
  std::optional<std::size_t> projects;
  std::optional<std::size_t> workloads;
};

constexpr std::string_view kNeedsFleet =
    "to be checked against a fleet; name its file too, or --fleet FILE.";

// Checks files in the order in which one needs the other.
class Check {
 public:
  explicit Check(const Context& context) : context_(context) {}

  Status read(const std::string& path, bool named) {
    SILLAR_TRY(text, context_.io.read(path, kDocumentBytesMax));
    Checked file;
    file.named = named;
    Result<Document> document = parse_document(path, text);
    if (document) {
      file.document = std::move(*document);
      file.kind = recognise(file.document);
      if (file.kind == FileKind::kUnknown)
        fault(file,
              "neither a scenario, a fleet, projects nor workloads: no known key at the top.");
    } else {
      file.document.name = path;
      file.faults = document.error().message;
    }
    files_.push_back(std::move(file));
    return {};
  }

  void run() {
    for (FileKind kind :
         {FileKind::kFleet, FileKind::kProjects, FileKind::kWorkloads, FileKind::kScenario})
      for (Checked& file : files_)
        if (file.kind == kind) check(file);
  }

  [[nodiscard]] const std::vector<Checked>& files() const { return files_; }

 private:
  // In English, as every fault of a file's content until it is shown.
  static void fault(Checked& file, std::string_view sentence) {
    file.faults = fmt::format("{}: {}", file.document.name, sentence);
  }

  void check(Checked& file) {
    switch (file.kind) {
      case FileKind::kFleet:
        return check_fleet(file);
      case FileKind::kProjects:
        return check_projects(file);
      case FileKind::kWorkloads:
        return check_workloads(file);
      case FileKind::kScenario:
        return check_scenario(file);
      case FileKind::kUnknown:
        return;
    }
  }

  void check_fleet(Checked& file) {
    if (fleet_) {
      fault(file, "a second fleet; check one at a time.");
      return;
    }
    Result<Fleet> fleet = load_fleet(file.document);
    if (!fleet) {
      file.faults = fleet.error().message;
      return;
    }
    file.nodes = fleet->nodes.size();
    fleet_ = std::move(*fleet);
  }

  void check_projects(Checked& file) {
    if (projects_ || !fleet_) {
      fault(file, projects_ ? "second projects; check one file of them at a time." : kNeedsFleet);
      return;
    }
    Result<std::vector<Project>> projects = load_projects(file.document, *fleet_);
    if (!projects) {
      file.faults = projects.error().message;
      return;
    }
    file.projects = projects->size();
    projects_ = std::move(*projects);
  }

  void check_workloads(Checked& file) {
    if (!fleet_ || !projects_) {
      fault(file, fleet_
                      ? "to be checked against projects; name their file too, or --projects FILE."
                      : kNeedsFleet);
      return;
    }
    const Result<std::vector<Workload>> workloads =
        load_workloads(file.document, *fleet_, *projects_);
    if (workloads)
      file.workloads = workloads->size();
    else
      file.faults = workloads.error().message;
  }

  void check_scenario(Checked& file) {
    const Result<Scenario> scenario = load_scenario(file.document);
    if (!scenario) {
      file.faults = scenario.error().message;
      return;
    }
    file.nodes = scenario->fleet.nodes.size();
    file.projects = scenario->projects.size();
    file.workloads = scenario->workloads.size();
  }

  const Context& context_;
  std::vector<Checked> files_;
  std::optional<Fleet> fleet_;
  std::optional<std::vector<Project>> projects_;
};

Value fault_lines(std::string_view text) {
  Value lines = Value::sequence();
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    if (!line.empty()) lines.items.push_back(Value::text(line));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  return lines;
}

Value count_or_null(const std::optional<std::size_t>& count) {
  return count ? Value::plain(std::to_string(*count)) : Value{};
}

Value record_of(const Checked& file) {
  Value record = Value::mapping();
  record.set("file", Value::text(file.document.name));
  record.set("kind", Value::text(file_kind_name(file.kind)));
  record.set("result", Value::text(file.faults.empty() ? "valid" : "invalid"));
  record.set("nodes", count_or_null(file.nodes));
  record.set("projects", count_or_null(file.projects));
  record.set("workloads", count_or_null(file.workloads));
  record.set("faults", fault_lines(file.faults));
  return record;
}

const View& validate_view() {
  static const View kView{{TableView{"files",
                                     {{"file", Message::kTitleFile},
                                      {"kind", Message::kTitleKind, Cell::kWord},
                                      {"result", Message::kTitleResult, Cell::kWord},
                                      {"nodes", Message::kTitleNodes, Cell::kNumber},
                                      {"projects", Message::kTitleProjects, Cell::kNumber},
                                      {"workloads", Message::kTitleWorkloads, Cell::kNumber}}}}};
  return kView;
}

Result<Exit> run_validate(Context& context) {
  Check check(context);
  for (std::string_view flag : {"fleet", "projects"})
    if (context.arguments.has(flag))
      SILLAR_TRY_STATUS(check.read(std::string(context.arguments.text(flag)), false));
  for (const std::string& path : context.arguments.operands())
    SILLAR_TRY_STATUS(check.read(path, true));
  check.run();

  Exit exit = Exit::kOk;
  Value answer = answer_of_kind("Validation");
  Value files = Value::sequence();
  for (const Checked& file : check.files()) {
    if (!file.faults.empty()) exit = Exit::kUsage;
    if (file.named || !file.faults.empty()) files.items.push_back(record_of(file));
    // For people faults are messages; for machines they are part of the answer.
    if (context.format == Format::kTable && !file.faults.empty())
      context.io.err.write(translate(file.faults, context.locale.language) +
                           (file.faults.ends_with('\n') ? "" : "\n"));
  }
  answer.set("files", std::move(files));
  context.print(answer, validate_view());
  return exit;
}

}  // namespace

const Verb& validate_verb() {
  static const Verb kVerb{
      .name = "validate",
      .summary = Message::kVerbValidate,
      .examples = {"validate examples/scenarios/first.yaml",
                   "validate fleet.yaml projects.yaml workloads.yaml",
                   "validate --fleet fleet.yaml projects.yaml -o json"},
      .operands = {{"FILE", Message::kOperandModelFiles, {}, true, true}},
      .flags = {{"fleet", "FILE", Message::kFlagFleet, {}},
                {"projects", "FILE", Message::kFlagProjects, {}}},
      .formats = {Format::kTable, Format::kJson, Format::kYaml, Format::kCsv},
      .run = run_validate,
  };
  return kVerb;
}

}  // namespace sillar::cli
