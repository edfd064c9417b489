#include "import/reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/utf8.h"
#include "model/names.h"
#include "model/text.h"

namespace sillar {
namespace {

constexpr std::string_view kProjectAssumed = "default";
constexpr std::string_view kNameAssumed = "imported";

}  // namespace

void Findings::note(int line, std::string_view field, NoteCode code, NoteParameters parameters) {
  if (out_.notes.size() < kNotesMax)
    out_.notes.push_back({line, std::string(field), code, std::move(parameters)});
  else if (faults_ == 0)
    fault(line, 1, field, fmt::format("more than {} fields to tell of", kNotesMax));
}

void Findings::fault(int line, int column, std::string_view field, std::string_view sentence) {
  if (++faults_ > kFaultsMax) return;
  if (!fault_lines_.empty()) fault_lines_ += '\n';
  fault_lines_ += name_;
  if (line > 0) fault_lines_ += fmt::format(":{}:{}", line, column);
  if (!field.empty()) fault_lines_ += fmt::format(": {}", field);
  fault_lines_ += fmt::format(": {}", sentence);
}

std::string Findings::add(int line, Workload workload) {
  if (out_.workloads.size() >= kImportedMax) {
    if (faults_ == 0)
      fault(line, 1, "", fmt::format("one text holds at most {} workloads", kImportedMax));
    return {};
  }
  const std::string base(cut(workload.name, kNameBytesMax - std::string_view("-1000").size()));
  for (std::size_t i = 2; names_.contains(workload.name); ++i)
    workload.name = fmt::format("{}-{}", base, i);
  if (workload.name != base && names_.contains(base))
    note(line, "name", NoteCode::kNameChanged, {{"to", workload.name}});
  names_.insert(workload.name);
  out_.workloads.push_back(std::move(workload));
  return out_.workloads.back().name;
}

Result<Imported> Findings::finish() {
  if (failed()) return invalid(std::move(fault_lines_));
  std::vector<std::pair<int, std::size_t>> order;
  for (std::size_t i = 0; i < out_.notes.size(); ++i) order.emplace_back(out_.notes[i].line, i);
  std::sort(order.begin(), order.end());
  std::vector<Note> notes;
  notes.reserve(order.size());
  for (const auto& [line, index] : order) notes.push_back(std::move(out_.notes[index]));
  out_.notes = std::move(notes);
  return std::move(out_);
}

At At::field(std::size_t index) const {
  const auto& [name, child] = value->fields[index];
  const auto& [key_line, key_column] = value->key_marks[index];
  return {&child, path.empty() ? name : path + "." + name, key_line, key_column};
}

At At::item(std::size_t index) const {
  const Value& child = value->items[index];
  return {&child, fmt::format("{}[{}]", path, index), child.line, child.column};
}

std::optional<At> At::find(std::string_view wanted) const {
  for (std::size_t i = 0; i < value->fields.size(); ++i)
    if (value->fields[i].first == wanted && value->fields[i].second.kind != Value::Kind::kNull)
      return field(i);
  return std::nullopt;
}

void Reader::note(const At& at, NoteCode code, NoteParameters parameters) {
  findings_.note(at.line, at.path, code, std::move(parameters));
}

void Reader::fault(const At& at, std::string_view sentence) {
  findings_.fault(at.line, at.column, at.path, sentence);
}

std::optional<std::int64_t> Reader::integer(const At& at, std::int64_t min, std::int64_t max) {
  const Scalar found = scalar(at);
  std::optional<std::int64_t> whole;
  if (found.kind == Scalar::Kind::kInteger) whole = found.integer;
  // 1e3 is a float to Kubernetes, and as JSON the number 1000.
  constexpr double kExact = 1e15;
  if (rules_ == ScalarRules::kGo && found.kind == Scalar::Kind::kFloat && found.number > -kExact &&
      found.number < kExact)
    if (const auto rounded = static_cast<std::int64_t>(found.number);
        static_cast<double>(rounded) == found.number)
      whole = rounded;
  if (whole && *whole >= min && *whole <= max) return whole;
  fault(at, fmt::format("a whole number from {} to {} was expected", min, max));
  return std::nullopt;
}

std::optional<bool> Reader::boolean(const At& at) {
  const Scalar found = scalar(at);
  if (found.kind == Scalar::Kind::kBool) return found.truth;
  fault(at, "true or false was expected");
  return std::nullopt;
}

std::optional<std::string> Reader::text(const At& at) {
  const Scalar found = scalar(at);
  if (found.kind == Scalar::Kind::kNull) {
    fault(at, "a text was expected");
    return std::nullopt;
  }
  if (found.kind == Scalar::Kind::kText || rules_ == ScalarRules::kPython) return found.text;
  note(at, NoteCode::kNotAText,
       {{"value", at.value->scalar},
        {"to", at.value->scalar},
        {"format", std::string(findings_.title())}});
  return at.value->scalar;
}

std::optional<std::string> Reader::noted_text(const At& at, std::string_view field) {
  std::optional<std::string> found = text(at);
  if (found && *found != at.value->scalar)
    note(at, NoteCode::kYaml11,
         {{"to", std::string(field)}, {"written", at.value->scalar}, {"read", *found}});
  else if (found)
    becomes(at, field);
  return found;
}

bool Reader::mapping(const At& at) {
  if (at.value->kind == Value::Kind::kMapping) return true;
  fault(at, "a mapping was expected");
  return false;
}

bool Reader::sequence(const At& at) {
  if (at.value->kind == Value::Kind::kSequence) return true;
  fault(at, "a list was expected");
  return false;
}

void Reader::variable(const At& at, std::string_view name, Launch& run) {
  if (!is_variable_name(name))
    return note(at, NoteCode::kNotAVariable, {{"value", std::string(name)}});
  if (const auto value = noted_text(at, fmt::format("run.environment.{}", name)))
    set_variable(run, name, *value);
}

void Reader::label(const At& at, std::string_view key, std::string_view field,
                   std::vector<std::pair<std::string, std::string>>& labels) {
  const auto value = noted_text(at, fmt::format("{}.{}", field, key));
  if (!value) return;
  if (key.empty() || key.size() > kNameBytesMax || value->size() > kTextBytesMax) {
    fault(at, fmt::format("a label has 1 to {} bytes and its text at most {}", kNameBytesMax,
                          kTextBytesMax));
    return;
  }
  const auto place =
      std::lower_bound(labels.begin(), labels.end(), key,
                       [](const auto& pair, std::string_view k) { return pair.first < k; });
  if (place != labels.end() && place->first == key)
    place->second = *value;
  else
    labels.insert(place, {std::string(key), *value});
}

void set_variable(Launch& run, std::string_view name, std::string_view value) {
  auto& all = run.environment;
  const auto place =
      std::lower_bound(all.begin(), all.end(), name,
                       [](const auto& pair, std::string_view n) { return pair.first < n; });
  if (place != all.end() && place->first == name)
    place->second = value;
  else
    all.insert(place, {std::string(name), std::string(value)});
}

std::string clean_name(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = std::max<std::size_t>(utf8_length(text.substr(i)), 1);
    const std::string_view symbol = text.substr(i, length);
    i += length;
    if (out.size() + length > kNameBytesMax) break;
    if (is_name(symbol))
      out += symbol;
    else if (!out.empty() && out.back() != '-')
      out += '-';
  }
  while (out.ends_with('-')) out.pop_back();
  return out;
}

std::string_view cut(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  // Continuation bytes belong to the character before them.
  while (bytes_max > 0 && (static_cast<unsigned char>(text[bytes_max]) & 0xC0) == 0x80) --bytes_max;
  return text.substr(0, bytes_max);
}

bool is_variable_name(std::string_view text) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !text.empty() && is_letter(text.front()) &&
         std::ranges::all_of(text, [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

bool is_project_path(std::string_view text) {
  if (!is_name(text)) return false;
  while (true) {
    const std::size_t end = std::min(text.find('/'), text.size());
    if (!is_path_segment(text.substr(0, end))) return false;
    if (end == text.size()) return true;
    text.remove_prefix(end + 1);
  }
}

void settle_name(Findings& findings, int line, std::string_view stated,
                 const ImportOptions& options, Workload& workload) {
  workload.name = clean_name(stated);
  if (!workload.name.empty()) return;
  workload.name = clean_name(options.name);
  if (workload.name.empty()) workload.name = kNameAssumed;
  findings.note(line, "name", NoteCode::kNamed, {{"to", workload.name}});
}

void settle_project(Findings& findings, int line, const ImportOptions& options,
                    Workload& workload) {
  if (!options.project.empty()) workload.project = options.project;
  if (!workload.project.empty()) return;
  workload.project = kProjectAssumed;
  findings.note(line, "project", NoteCode::kProject, {{"to", workload.project}});
}

void check_launch(Findings& findings, int line, Workload& workload) {
  Launch& run = workload.run;
  if (run.command.empty() && run.script.empty()) {
    run = Launch{};
    return;
  }
  const auto check = [&](std::string_view field, std::string_view text, std::size_t bytes_max) {
    if (text.size() > bytes_max)
      findings.fault(line, 1, field, fmt::format("a text has at most {} bytes here", bytes_max));
    if (text.find('\0') != std::string_view::npos)
      findings.fault(line, 1, field, "a byte of value zero ends a text; it cannot be in one");
  };
  check("run.script", run.script, kScriptBytesMax);
  if (run.command.size() > kArgumentsMax)
    findings.fault(line, 1, "run.command",
                   fmt::format("a command has at most {} arguments", kArgumentsMax));
  for (const std::string& argument : run.command) check("run.command", argument, kArgumentBytesMax);
  if (!run.command.empty() && run.command.front().empty())
    findings.fault(line, 1, "run.command", "a command begins with its program");
  if (run.environment.size() > kArgumentsMax)
    findings.fault(line, 1, "run.environment",
                   fmt::format("an environment has at most {} variables", kArgumentsMax));
  for (const auto& [name, value] : run.environment)
    check("run.environment." + name, value, kArgumentBytesMax);
}

}  // namespace sillar
