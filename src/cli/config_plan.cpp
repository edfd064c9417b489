#include "cli/config_plan.h"

#include <algorithm>

namespace sillar::cli {
namespace {

constexpr std::size_t kCellBytesMax = 60;

const View& config_plan_view() {
  static const View kView{{TableView{"changes",
                                     {{"action", Message::kTitleAction, Cell::kWord},
                                      {"kind", Message::kTitleKind, Cell::kWord},
                                      {"name", Message::kTitleName},
                                      {"field", Message::kTitleField},
                                      {"from", Message::kTitleFrom},
                                      {"to", Message::kTitleTo}},
                                     Message::kTitleChanges},
                           TableView{"consequences.evicted",
                                     {{"task", Message::kTitleTask},
                                      {"project", Message::kTitleProject},
                                      {"reason.text", Message::kTitleReason}},
                                     Message::kTitleMustLeave},
                           TableView{"consequences.stuck",
                                     {{"workload", Message::kTitleWorkload},
                                      {"project", Message::kTitleProject},
                                      {"reason.text", Message::kTitleReason}},
                                     Message::kTitleStuck}}};
  return kView;
}

// A value of any form as the text of a cell.
Value in_a_cell(const Value& value) {
  if (value.kind == Value::Kind::kNull) return {};
  std::string text = value.kind == Value::Kind::kScalar ? value.scalar : print_json(value, 0);
  if (text.size() > kCellBytesMax) {
    std::size_t end = kCellBytesMax;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    text = text.substr(0, end) + "…";
  }
  return Value::text(text);
}

Status keep_plan(const Context& context, const Value& plan, const ConfigSource& source) {
  const std::string path(context.arguments.text("out"));
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  Value kept = plan;
  kept.set("name", Value::text(source.name)).set("text", Value::text(source.text));
  SILLAR_TRY(file,
             context.io.create(folder, slash == std::string::npos ? path : path.substr(slash + 1)));
  file->write(print_json(kept) + "\n");
  file->flush();
  if (file->failure() == 0) return {};
  return fail(ErrorCode::kIo, path);
}

Result<Exit> plan_file(Context& context) {
  SILLAR_TRY(source, read_config(context));
  SILLAR_TRY(client, connect(context));
  SILLAR_TRY(plan, client.post("/api/v1/plan", config_body(source)));
  if (context.format == Format::kTable)
    show_plan(context, plan.root);
  else
    context.print(plan.root, {});
  if (context.arguments.has("out")) SILLAR_TRY_STATUS(keep_plan(context, plan.root, source));
  const bool detailed = context.arguments.has("detailed-exitcode");
  return detailed && has_changes(plan.root) ? Exit::kChanges : Exit::kOk;
}

}  // namespace

Flag config_file_flag() {
  return {"file", "FILE", Message::kFlagConfigFile, {}, 'f'};
}

std::vector<Flag> plan_config_flags() {
  return with_server_flags({config_file_flag(),
                            {"out", "FILE", Message::kFlagPlanOut, {}},
                            {"detailed-exitcode", "", Message::kFlagDetailedExit, {}}});
}

Result<ConfigSource> read_config(const Context& context) {
  ConfigSource source;
  source.name = context.arguments.text("file");
  SILLAR_TRY(text, context.io.read(source.name, kDocumentBytesMax));
  source.text = std::move(text);
  return source;
}

std::string config_body(const ConfigSource& source) {
  Value body =
      Value::mapping().set("name", Value::text(source.name)).set("text", Value::text(source.text));
  if (!source.base.empty()) body.set("base", Value::text(source.base));
  return print_json(body, 0);
}

bool has_changes(const Value& plan) {
  const Value* changes = plan.find("changes");
  return changes != nullptr && !changes->items.empty();
}

void show_plan(const Context& context, const Value& plan) {
  if (!has_changes(plan)) return context.remark(context.say(Message::kNothingToChange));
  Value shown = plan;
  for (auto& [key, value] : shown.fields)
    if (key == "changes")
      for (Value& change : value.items)
        for (auto& [field, cell] : change.fields)
          if (field == "from" || field == "to") cell = in_a_cell(cell);
  context.print(shown, config_plan_view());
  const auto count = [&](std::string_view key) {
    const Value* found = find_path(plan, key);
    return found == nullptr ? std::string("?") : found->scalar;
  };
  context.remark(context.say(Message::kPlanSummary, {{"add", count("summary.add")},
                                                     {"change", count("summary.change")},
                                                     {"remove", count("summary.remove")}}));
}

// With --detailed-exitcode 2 says that something changes, so no fault may end with it.
Result<Exit> plan_config(Context& context) {
  Result<Exit> done = plan_file(context);
  const bool detailed = context.arguments.has("detailed-exitcode");
  if (!done && detailed && done.error().code == ErrorCode::kInvalidInput)
    return fail(ErrorCode::kIo, done.error().message);
  return done;
}

}  // namespace sillar::cli
