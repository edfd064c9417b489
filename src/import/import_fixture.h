#pragma once

// What came of a form, held against the model and against what is expected, for tests and fuzzers.

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/document.h"
#include "import/report.h"
#include "model/text.h"
#include "model/validate.h"

namespace sillar {

// The workloads as YAML, scripts apart.
[[nodiscard]] inline std::string workloads_text(const Imported& imported) {
  Value list = Value::sequence();
  for (Workload workload : imported.workloads) {
    workload.run.script.clear();
    list.items.push_back(workload_value(workload, Fleet{}));
  }
  return print_yaml(list);
}

// "7 --mem: becomes request.memory": line, field, code and what fills its text.
[[nodiscard]] inline std::string notes_text(const Imported& imported) {
  std::string out;
  for (const Note& note : imported.notes) {
    out += fmt::format("{} {}: {}", note.line, note.field, note_code_name(note.code));
    for (const auto& [name, value] : note.parameters)
      if (name != "format" && !value.empty()) out += fmt::format(" {}", value);
    out += '\n';
  }
  return out;
}

// A fleet that knows every class, profile and level that the workloads name.
[[nodiscard]] inline Fleet fleet_for(const Imported& imported) {
  std::set<std::string> classes;
  std::set<std::string> profiles;
  std::set<std::string> levels;
  for (const Workload& workload : imported.workloads) {
    classes.insert(workload.request.classes.begin(), workload.request.classes.end());
    if (!workload.request.mig.empty()) profiles.insert(workload.request.mig);
    for (const std::string& level : {workload.topology.required, workload.topology.preferred})
      if (!level.empty()) levels.insert(level);
  }
  if (classes.empty() && !profiles.empty()) classes.insert("any");
  Fleet fleet;
  for (const std::string& name : classes) {
    AcceleratorClass accelerator;
    accelerator.name = name;
    for (const std::string& profile : profiles) accelerator.mig.push_back({profile, 100, 1, 1, 1});
    fleet.classes.push_back(std::move(accelerator));
  }
  if (!levels.empty()) fleet.topologies.push_back({"all", {levels.begin(), levels.end()}});
  return fleet;
}

// What the model says against the workloads; empty: they are valid, and read back from their text.
[[nodiscard]] inline std::string complaints_about(const Imported& imported) {
  const Fleet fleet = fleet_for(imported);
  std::vector<Project> projects;
  for (const Workload& workload : imported.workloads)
    if (std::ranges::find(projects, workload.project, &Project::name) == projects.end())
      projects.emplace_back().name = workload.project;
  Complaints complaints;
  validate_workloads(imported.workloads, fleet, projects, complaints);
  std::string out;
  for (const Complaint& complaint : complaints.list())
    out += fmt::format("{}: {}\n", complaint.path, complaint.message);
  if (!out.empty()) return out;
  for (const TextFormat format : {TextFormat::kYaml, TextFormat::kJson}) {
    const std::string text = print_workloads(imported.workloads, fleet, format);
    const auto document = parse_document("printed", text);
    if (!document) return document.error().message;
    const auto loaded = load_workloads(*document, fleet, projects);
    if (!loaded) return loaded.error().message;
    if (*loaded != imported.workloads) return "what is printed reads back as something else";
  }
  return {};
}

// What holds of every import of a text called "fuzz", whatever it holds.
inline void check_imported(const Result<Imported>& imported) {
  if (!imported) {
    CHECK(imported.error().message.starts_with("fuzz"), "an error names the text");
    return;
  }
  const std::string complaints = complaints_about(*imported);
  CHECK(complaints.empty(), complaints.c_str());
  for (const Note& note : imported->notes) {
    CHECK(note.line > 0, "a note has a line");
    CHECK(!note_text(note, Language::kSpanish).empty(), "a note has a text");
  }
}

}  // namespace sillar
