#include "import/import.h"

#include <fmt/format.h>

#include <array>

#include "cli/verbs.h"
#include "model/text.h"

namespace sillar::cli {
namespace {

// A script or a form, not a data set.
constexpr std::size_t kFormBytesMax = 4U << 20;

Value value_of(const Note& note) {
  Value value = Value::mapping();
  value.set("line", Value::plain(std::to_string(note.line)));
  value.set("field", Value::text(note.field));
  value.set("outcome", Value::text(outcome_name(note.outcome())));
  value.set("code", Value::text(note_code_name(note.code)));
  Value parameters = Value::mapping();
  for (const auto& [name, text] : note.parameters) parameters.set(name, Value::text(text));
  value.set("parameters", std::move(parameters));
  Value text = Value::mapping();
  text.set("en", Value::text(note_text(note, Language::kEnglish)));
  text.set("es", Value::text(note_text(note, Language::kSpanish)));
  value.set("text", std::move(text));
  return value;
}

Value answer_of(const Imported& imported) {
  Value answer = answer_of_kind("Import");
  answer.set("source", Value::text(source_name(imported.source)));
  Value workloads = Value::sequence();
  for (const Workload& workload : imported.workloads)
    workloads.items.push_back(workload_value(workload, Fleet{}));
  answer.set("workloads", std::move(workloads));
  Value notes = Value::sequence();
  for (const Note& note : imported.notes) notes.items.push_back(value_of(note));
  answer.set("notes", std::move(notes));
  return answer;
}

const View& notes_view() {
  static const View kView{{TableView{"notes",
                                     {{"line", Message::kTitleLine, Cell::kNumber},
                                      {"field", Message::kTitleField},
                                      {"outcome", Message::kTitleResult, Cell::kWord},
                                      {"text", Message::kTitleReason}}}}};
  return kView;
}

// "sweep" of "jobs/sweep.sbatch".
std::string stem_of(std::string_view path) {
  path.remove_prefix(path.rfind('/') + 1);
  return std::string(path == "-" ? "" : path.substr(0, path.find('.', 1)));
}

Result<Source> source_of(const Context& context, const std::string& path, std::string_view text) {
  const std::string_view stated = context.arguments.text("from");
  for (std::size_t i = 0; i < kSources; ++i)
    if (source_name(static_cast<Source>(i)) == stated) return static_cast<Source>(i);
  SILLAR_TRY(source, recognise_source(path, text));
  context.remark(context.say(Message::kReadAs, {{"file", path}, {"form", source_title(source)}}));
  return source;
}

void tell(const Context& context, const Value& answer, const Imported& imported) {
  if (context.quiet) return;
  // Reasons are not cut to a terminal's width: they are what is asked for here.
  context.io.err.write(show_text(answer, notes_view(), {context.locale, 0, false}));
  context.remark(
      context.say(Message::kImportSummary,
                  {{"workloads", std::to_string(imported.workloads.size())},
                   {"mapped", std::to_string(imported.count(Outcome::kMapped))},
                   {"approximated", std::to_string(imported.count(Outcome::kApproximated))},
                   {"ignored", std::to_string(imported.count(Outcome::kIgnored))}}));
}

Result<Exit> run_import(Context& context) {
  const std::string& path = context.arguments.operands().front();
  SILLAR_TRY(text, context.io.read(path, kFormBytesMax));
  SILLAR_TRY(source, source_of(context, path, text));
  const ImportOptions options{std::string(context.arguments.text("project")), stem_of(path)};
  SILLAR_TRY(imported, import_text(source, path, text, options));
  const Value answer = answer_of(imported);
  if (context.format == Format::kJson) {
    context.io.out.write(print_json(answer) + "\n");
  } else {
    context.io.out.write(print_workloads(imported.workloads, Fleet{}, TextFormat::kYaml));
    tell(context, answer, imported);
  }
  const bool partial = context.arguments.has("strict") && imported.count(Outcome::kIgnored) > 0;
  return partial ? Exit::kPartial : Exit::kOk;
}

}  // namespace

const Verb& import_verb() {
  static const Verb kVerb{
      .name = "import",
      .summary = Message::kVerbImport,
      .examples = {"import train.sbatch --project acme/research > work.yaml",
                   "import job.yaml --from kubernetes -o json",
                   "import task.yaml --from skypilot --strict"},
      .operands = {{"FILE", Message::kOperandForm, {}}},
      .flags =
          {{"from", "NAME", Message::kFlagFrom, {"sbatch", "kubernetes", "skypilot", "dstack"}},
           {"project", "PROJECT", Message::kFlagImportProject, {}},
           {"strict", "", Message::kFlagStrict, {}}},
      .formats = {Format::kYaml, Format::kJson},
      .run = run_import,
  };
  return kVerb;
}

}  // namespace sillar::cli
