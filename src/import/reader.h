#pragma once

// What the readers of YAML forms share: places in a document with their paths, scalars as the
// source tool resolves them, notes and faults. Internal to import.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/document.h"
#include "base/result.h"
#include "import/report.h"
#include "import/scalars.h"

namespace sillar {

inline constexpr std::size_t kNotesMax = 10'000;
inline constexpr std::size_t kImportedMax = 1'000;  // Workloads of one text.

using NoteParameters = std::vector<std::pair<std::string, std::string>>;

// Notes and faults of one text on its way in.
class Findings {
 public:
  Findings(std::string name, Source source) : name_(std::move(name)) { out_.source = source; }

  void note(int line, std::string_view field, NoteCode code, NoteParameters parameters = {});
  // Line 0: the text as a whole.
  void fault(int line, int column, std::string_view field, std::string_view sentence);

  [[nodiscard]] std::string_view title() const { return source_title(out_.source); }
  // Adds a workload; one whose name is taken gets a number after it, which is noted at `line`.
  // Returns its name.
  std::string add(int line, Workload workload);
  [[nodiscard]] std::size_t workload_count() const { return out_.workloads.size(); }
  [[nodiscard]] bool failed() const { return faults_ > 0; }
  // The notes by line, or all faults, one a line (kInvalidInput).
  [[nodiscard]] Result<Imported> finish();

 private:
  std::string name_;
  Imported out_;
  std::set<std::string> names_;  // Of the workloads.
  std::string fault_lines_;
  std::size_t faults_ = 0;
};

// A value with the way to it.
struct At {
  const Value* value = nullptr;
  std::string path;
  int line = 0;  // Of its key, where it has one.
  int column = 0;

  [[nodiscard]] At field(std::size_t index) const;  // Of a mapping.
  [[nodiscard]] At item(std::size_t index) const;   // Of a sequence.
  [[nodiscard]] std::optional<At> find(std::string_view key) const;
  [[nodiscard]] std::string_view key(std::size_t index) const { return value->fields[index].first; }
};

class Reader {
 public:
  Reader(Findings& findings, ScalarRules rules) : findings_(findings), rules_(rules) {}

  [[nodiscard]] Findings& findings() { return findings_; }
  void note(const At& at, NoteCode code, NoteParameters parameters = {});
  void becomes(const At& at, std::string_view field) {
    note(at, NoteCode::kBecomes, {{"to", std::string(field)}});
  }
  void fault(const At& at, std::string_view sentence);

  [[nodiscard]] Scalar scalar(const At& at) const { return resolve(*at.value, rules_); }
  // Each records a fault and returns nothing for a value of another kind.
  std::optional<std::int64_t> integer(const At& at, std::int64_t min, std::int64_t max);
  std::optional<bool> boolean(const At& at);
  // As the tool would write it: Python's str() of numbers and truth. Kubernetes has no text there;
  // what is written stands, with a note.
  std::optional<std::string> text(const At& at);
  // As text(), with a note on what it becomes that tells of YAML 1.1 where that changes it.
  std::optional<std::string> noted_text(const At& at, std::string_view field);
  bool mapping(const At& at);
  bool sequence(const At& at);

  // Sets a variable of `run` and notes it.
  void variable(const At& at, std::string_view name, Launch& run);
  // Adds a label and notes it as `field`.
  void label(const At& at, std::string_view key, std::string_view field,
             std::vector<std::pair<std::string, std::string>>& labels);

 private:
  Findings& findings_;
  ScalarRules rules_;
};

// What to do with a field: read it, or say why it is ignored.
template <class T>
struct Rule {
  std::string_view key;
  void (T::*read)(const At&) = nullptr;
  NoteCode otherwise = NoteCode::kNoCounterpart;
};

// Goes through a mapping's fields in their order. What is empty, and what no rule knows, is noted.
template <class T, std::size_t N>
void walk(T& self, Reader& reader, const At& at, const Rule<T> (&rules)[N]) {
  if (!reader.mapping(at)) return;
  for (std::size_t i = 0; i < at.value->fields.size(); ++i) {
    const At field = at.field(i);
    const Rule<T>* found = nullptr;
    for (const Rule<T>& rule : rules)
      if (rule.key == at.key(i)) found = &rule;
    if (found == nullptr)
      reader.note(field, NoteCode::kUnknown, {{"format", std::string(reader.findings().title())}});
    else if (field.value->kind == Value::Kind::kNull)
      reader.note(field, NoteCode::kEmpty);
    else if (found->read != nullptr)
      (self.*(found->read))(field);
    else
      reader.note(field, found->otherwise);
  }
}

// Puts a variable where its name sorts; the last value of a name stands.
void set_variable(Launch& run, std::string_view name, std::string_view value);

// Without blanks and control characters, of at most kNameBytesMax bytes; empty when nothing is
// left.
[[nodiscard]] std::string clean_name(std::string_view text);
// The beginning of a text, of at most `bytes_max` bytes, in whole characters.
[[nodiscard]] std::string_view cut(std::string_view text, std::size_t bytes_max);
// As POSIX has it: letters, digits and _, no digit at the front.
[[nodiscard]] bool is_variable_name(std::string_view text);
// Whether it can be a project's path, "acme/research".
[[nodiscard]] bool is_project_path(std::string_view text);

// The name of a workload and its project, from what is stated and the options; what is taken in
// their absence is noted at `line`.
void settle_name(Findings& findings, int line, std::string_view stated,
                 const ImportOptions& options, Workload& workload);
void settle_project(Findings& findings, int line, const ImportOptions& options, Workload& workload);

// Faults for what a launch cannot hold: texts that are too long, too many of them. A launch with
// nothing to run is emptied.
void check_launch(Findings& findings, int line, Workload& workload);

}  // namespace sillar
