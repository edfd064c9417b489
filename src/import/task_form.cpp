#include "import/task_form.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "import/amounts.h"
#include "import/sbatch_script.h"
#include "model/names.h"

namespace sillar {

std::string set_tool_variables(Reader& reader, const At& at, std::string_view script,
                               std::string_view prefix, std::span<const ToolVariable> known) {
  const std::string format(reader.findings().title());
  std::string lines;
  for (const Use& use : variables_used(script, prefix)) {
    const auto found = std::ranges::find(known, use.name, &ToolVariable::name);
    if (found == known.end()) {
      reader.note(at, NoteCode::kVariableOfTool, {{"value", use.name}, {"format", format}});
      continue;
    }
    const std::string value =
        found->own.empty() ? found->value : fmt::format("${{{}}}", found->own);
    lines += fmt::format("export {}=\"{}\"\n", use.name, value);
    reader.note(at, NoteCode::kVariable, {{"value", use.name}, {"to", value}, {"format", format}});
  }
  return lines;
}

void note_tool_commands(Reader& reader, const At& at, std::string_view script,
                        std::string_view command) {
  for (const Use& use : commands_used(script, std::array{command}))
    reader.note(at, NoteCode::kCommandOfTool,
                {{"value", use.name}, {"format", std::string(reader.findings().title())}});
}

std::optional<std::string> resolved_text(Reader& reader, const At& at, std::string_view field) {
  std::optional<std::string> found = reader.text(at);
  if (found && *found != at.value->scalar)
    reader.note(at, NoteCode::kYaml11,
                {{"to", std::string(field)}, {"written", at.value->scalar}, {"read", *found}});
  return found;
}

void read_variable_map(Reader& reader, const At& at, Launch& run) {
  if (!reader.mapping(at)) return;
  for (std::size_t i = 0; i < at.value->fields.size(); ++i) {
    const At field = at.field(i);
    if (field.value->kind == Value::Kind::kNull)
      reader.note(field, NoteCode::kNeedsValue, {{"value", std::string(at.key(i))}});
    else
      reader.variable(field, at.key(i), run);
  }
}

void read_nodes(Reader& reader, const At& at, Workload& workload) {
  const auto count = reader.integer(at, 1, kArrayTasksMax);
  if (!count) return;
  workload.gang_min = workload.gang_max = static_cast<std::int32_t>(*count);
  if (*count == 1)
    reader.becomes(at, "gang");
  else
    reader.note(at, NoteCode::kGang, {{"to", fmt::format("{0}-{0}", *count)}});
}

void allow_region(Reader& reader, const At& at, const std::string& region, NoteCode code,
                  Workload& workload) {
  if (!is_region_path(region))
    return reader.fault(at, fmt::format("'{}' is not written as provider/region", region));
  std::vector<std::string>& regions = workload.residency.regions;
  if (std::ranges::find(regions, region) == regions.end()) regions.push_back(region);
  if (code == NoteCode::kBecomes)
    reader.becomes(at, "residency.regions");
  else
    reader.note(at, code, {{"to", region}});
}

void set_replicas(Reader& reader, const At& at, std::int64_t least, std::int64_t most,
                  Workload& workload) {
  workload.gang_min = static_cast<std::int32_t>(std::max<std::int64_t>(least, 1));
  workload.gang_max = std::max(static_cast<std::int32_t>(most), workload.gang_min);
  if (workload.gang_max == 1)
    reader.becomes(at, "gang");
  else
    reader.note(at, workload.gang_min == workload.gang_max ? NoteCode::kGang : NoteCode::kElastic,
                {{"to", fmt::format("{}-{}", workload.gang_min, workload.gang_max)}});
}

std::optional<std::int64_t> core_thousandths(std::string_view text) {
  constexpr std::int64_t kNanosPerThousandth = 1'000'000;
  const auto nanos = decimal_nanos(text);
  if (!nanos) return std::nullopt;
  return *nanos / kNanosPerThousandth + (*nanos % kNanosPerThousandth != 0 ? 1 : 0);
}

bool accept_class(std::string_view type, Workload& workload) {
  const std::string name = class_of(type);
  if (name.empty()) return false;
  std::vector<std::string>& classes = workload.request.classes;
  if (std::ranges::find(classes, name) == classes.end()) classes.push_back(name);
  return true;
}

std::string classes_text(const Workload& workload) {
  return fmt::format("{}", fmt::join(workload.request.classes, ", "));
}

void read_spot(Reader& reader, const At& at, bool spot, Workload& workload) {
  workload.preemptible = spot;
  reader.note(at, spot ? NoteCode::kPreempted : NoteCode::kNotPreempted);
}

}  // namespace sillar
