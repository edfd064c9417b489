// submit: workloads from a file, or one command.

#include <fmt/format.h>

#include <optional>

#include "cli/server_link.h"
#include "cli/verbs.h"
#include "import/import.h"
#include "model/text.h"

namespace sillar::cli {
namespace {

constexpr int kGpusMax = 16;

Value word_list(std::span<const std::string> words) {
  Value list = Value::sequence();
  for (const std::string& word : words) list.items.push_back(Value::text(word));
  return list;
}

// One task that runs a command.
Result<std::string> body_of_command(const Context& context) {
  const Arguments& arguments = context.arguments;
  std::int64_t gpus = 0;
  if (arguments.has("gpus")) {
    SILLAR_TRY(number, number_argument("gpus", arguments.text("gpus"), 0, kGpusMax,
                                       context.locale.language));
    gpus = number;
  }
  const std::string name = arguments.has("name") ? std::string(arguments.text("name"))
                                                 : "run-" + server::fresh_key().substr(0, 8);
  Value request = Value::mapping();
  if (gpus > 0) request.set("accelerators", Value::plain(std::to_string(gpus)));
  Value body = Value::mapping()
                   .set("name", Value::text(name))
                   .set("project", Value::text(arguments.text("project")))
                   .set("kind", Value::text("batch"))
                   .set("request", std::move(request));
  body.set("run", Value::mapping().set("command", word_list(arguments.operands())));
  return print_json(body, 0);
}

bool is_batch_script(std::string_view text) {
  return text.starts_with("#!") && text.find("\n#SBATCH") != std::string_view::npos;
}

// A script for sbatch, as workloads; what of it counts for nothing here is told.
Result<std::string> body_of_script(const Context& context, const std::string& path,
                                   std::string_view text) {
  std::string_view stem = path;
  stem.remove_prefix(stem.rfind('/') + 1);
  const ImportOptions options{std::string(context.arguments.text("project")),
                              std::string(stem.substr(0, stem.find('.', 1)))};
  SILLAR_TRY(imported, import_text(Source::kSbatch, path, text, options));
  for (const Note& note : imported.notes)
    if (note.outcome() == Outcome::kIgnored)
      context.remark(fmt::format("{}:{}: {}: {}", path, note.line, note.field,
                                 note_text(note, context.locale.language)));
  return print_workloads(imported.workloads, Fleet{}, TextFormat::kYaml);
}

// Nothing where the one operand is no such script, or there are others.
Result<std::optional<std::string>> script_body(const Context& context) {
  const auto operands = context.arguments.operands();
  if (operands.size() != 1) return std::nullopt;
  const auto text = context.io.read(operands.front(), kDocumentBytesMax);
  if (!text || !is_batch_script(*text)) return std::nullopt;
  SILLAR_TRY(body, body_of_script(context, operands.front(), *text));
  return std::optional(std::move(body));
}

Result<Exit> run_submit(Context& context) {
  const Arguments& arguments = context.arguments;
  SILLAR_TRY(script, script_body(context));
  std::string body;
  if (script) {
    body = std::move(*script);
  } else if (arguments.has("project")) {
    if (arguments.operands().empty()) return invalid(context.say(Message::kNothingToSubmit));
    SILLAR_TRY(command, body_of_command(context));
    body = std::move(command);
  } else {
    if (arguments.operands().size() != 1) return invalid(context.say(Message::kNothingToSubmit));
    SILLAR_TRY(text, context.io.read(arguments.operands().front(), kDocumentBytesMax));
    body = std::move(text);
  }
  SILLAR_TRY(client, connect(context));
  SILLAR_TRY(answer, client.post("/api/v1/workloads", std::move(body), server::fresh_key()));
  if (const Value* items = answer.root.find("items"); items != nullptr)
    for (const Value& item : items->items)
      if (const Value* name = item.find("name"); name != nullptr)
        context.remark(context.say(Message::kSubmitted, {{"name", name->scalar}}));
  static const View kView{{TableView{"items",
                                     {{"name", Message::kTitleName},
                                      {"project", Message::kTitleProject},
                                      {"owner", Message::kTitleOwner}}}}};
  context.print(answer.root, kView);
  return Exit::kOk;
}

}  // namespace

const Verb& submit_verb() {
  static const Verb kVerb{
      .name = "submit",
      .summary = Message::kVerbSubmit,
      .examples = {"submit examples/workloads/acme.yaml", "submit train.sbatch -p acme/research",
                   "submit --gpus 2 --project acme/research -- train.sh --epochs 3"},
      .operands = {{"FILE|COMMAND", Message::kOperandCommand, {}, true, true}},
      .flags = with_server_flags({{"project", "PATH", Message::kFlagProject, {}, 'p'},
                                  {"gpus", "N", Message::kFlagGpusAsked, {}},
                                  {"name", "NAME", Message::kFlagName, {}}}),
      .formats = {Format::kTable, Format::kJson, Format::kYaml, Format::kCsv},
      .run = run_submit,
  };
  return kVerb;
}

}  // namespace sillar::cli
