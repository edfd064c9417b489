#include "model/config_text.h"

#include <fmt/format.h>

#include <array>

#include "model/file_kind.h"
#include "model/tables.h"
#include "model/validate.h"

namespace sillar {
namespace {

constexpr std::string_view kVersion = "sillar/v1";
constexpr std::string_view kKind = "Config";

// Of a scenario: when it is, how often it is decided, what it keeps.
constexpr std::array<std::string_view, 3> kOfScenarios{"now", "rounds", "ledger_lines"};

struct ConfigText : Config {
  std::string version;
  std::string kind;
};

const std::vector<std::string_view> kVersions{kVersion};
const std::vector<std::string_view> kKinds{kKind};

const Table<ConfigText>& config_table() {
  static const auto table = [] {
    Table<ConfigText> t("config", "The configuration of a control plane.");
    t.optional("apiVersion", &ConfigText::version, WordOf{&kVersions}, "Of this form.");
    t.optional("kind", &ConfigText::kind, WordOf{&kKinds}, "What this is.");
    t.optional("options", &ConfigText::options, Record<Options>{&options_table},
               "How to decide; what is not stated stays.");
    t.optional("fleet", &ConfigText::fleet, Record<Fleet>{&fleet_table},
               "What there is to schedule on; absent: stays.");
    t.optional("projects", &ConfigText::projects, project_list(),
               "The project tree; absent: stays.");
    return t;
  }();
  return table;
}

// The document with its parts named, or nothing that can be read as one.
Result<Document> whole_form(const Document& document) {
  const FileKind kind = recognise(document);
  const bool alone = kind == FileKind::kFleet ||
                     (kind == FileKind::kProjects && document.root.kind == Value::Kind::kSequence);
  if (!alone) return document;
  Document whole{document.name, Value::mapping()};
  whole.root.line = document.root.line;
  whole.root.column = document.root.column;
  whole.root.set(kind == FileKind::kFleet ? "fleet" : "projects", document.root);
  whole.root.key_marks.assign(1, {document.root.line, document.root.column});
  return whole;
}

bool refuse_foreign(Decoder& decoder, const Value& root) {
  for (const std::string_view key : {"workloads", "expect"})
    if (const Value* part = root.find(key))
      return decoder.fault(part->line, part->column, key,
                           "a configuration states no work; submit it instead");
  const Value* options = root.find("options");
  if (options == nullptr) return true;
  for (const std::string_view key : kOfScenarios)
    if (const Value* part = options->find(key))
      return decoder.fault(part->line, part->column, fmt::format("options.{}", key),
                           "only a scenario states this; leave it out");
  return true;
}

// In the resources of another fleet; what that one does not have is left out.
std::vector<Project> in_resources_of(const Fleet& fleet, const Config& now) {
  std::vector<Project> projects = now.projects;
  for (Project& project : projects) {
    std::vector<Quota> quota(fleet.resource_count(), kQuotaAbsent);
    std::vector<std::int64_t> usage(project.usage.empty() ? 0 : fleet.resource_count(), 0);
    for (std::size_t r = 0; r < quota.size(); ++r) {
      std::size_t from = r;
      if (r >= kFirstClass) {
        const auto& classes = now.fleet.classes;
        const auto found = std::ranges::find(classes, fleet.classes[r - kFirstClass].name,
                                             &AcceleratorClass::name);
        if (found == classes.end()) continue;
        from = kFirstClass + static_cast<std::size_t>(found - classes.begin());
      }
      quota[r] = project.quota[from];
      if (!usage.empty()) usage[r] = project.usage[from];
    }
    project.quota = std::move(quota);
    project.usage = std::move(usage);
  }
  return projects;
}

}  // namespace

Result<Config> load_config(const Document& document, const Config& now) {
  SILLAR_TRY(whole, whole_form(document));
  const Value& root = whole.root;
  const bool fleet = root.find("fleet") != nullptr;
  const bool projects = root.find("projects") != nullptr;
  ConfigText text;
  text.options = now.options;
  if (!fleet) text.fleet = now.fleet;
  Decoder decoder(whole, text.fleet);
  if (refuse_foreign(decoder, root) && root.find("options") == nullptr && !fleet && !projects)
    decoder.fault(root, "a configuration states options, fleet or projects");
  if (!decoder.failed() && config_table().read(decoder, root, text)) {
    if (projects)
      link_projects(text.projects);
    else
      text.projects = in_resources_of(text.fleet, now);
    check_parts(decoder, root, text.options, text.fleet, text.projects);
  }
  if (decoder.failed()) return tl::unexpected(decoder.error());
  return Config(std::move(text));
}

Value config_value(const Config& config) {
  ConfigText text;
  static_cast<Config&>(text) = config;
  text.version = kVersion;
  text.kind = kKind;
  const Options standard;
  text.options.now = standard.now;
  text.options.rounds = standard.rounds;
  text.options.ledger_lines = standard.ledger_lines;
  return config_table().write(config.fleet, text);
}

}  // namespace sillar
