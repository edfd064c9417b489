// apply: takes over a configuration of a service, as it was planned.

#include "cli/config_plan.h"
#include "cli/verbs.h"

namespace sillar::cli {
namespace {

std::string text_at(const Value& mapping, std::string_view key) {
  const Value* found = mapping.find(key);
  return found == nullptr ? std::string{} : found->scalar;
}

Result<ConfigSource> read_plan(const Context& context) {
  const std::string path = context.arguments.operands().front();
  SILLAR_TRY(text, context.io.read(path, kDocumentBytesMax));
  SILLAR_TRY(plan, parse_document(path, text));
  ConfigSource source{text_at(plan.root, "name"), text_at(plan.root, "text"),
                      text_at(plan.root, "base")};
  if (text_at(plan.root, "kind") != "ConfigPlan" || source.text.empty() || source.base.empty())
    return invalid(context.say(Message::kNotAPlanFile, {{"file", path}}));
  return source;
}

Result<Exit> take_over(Context& context, server::ApiClient& client, const ConfigSource& source) {
  SILLAR_TRY(applied, client.post("/api/v1/apply", config_body(source), server::fresh_key()));
  if (context.format != Format::kTable) context.print(applied.root, {});
  context.remark(context.say(Message::kApplied));
  return Exit::kOk;
}

Result<Exit> run_apply(Context& context) {
  const bool file = context.arguments.has("file");
  if (file == !context.arguments.operands().empty())
    return invalid(context.say(Message::kApplyWhat));
  if (!file) {
    SILLAR_TRY(source, read_plan(context));
    SILLAR_TRY(client, connect(context));
    return take_over(context, client, source);
  }
  const bool asks = !context.arguments.has("yes");
  if (asks && !context.io.confirm) return invalid(context.say(Message::kApplyNeedsYes));
  SILLAR_TRY(source, read_config(context));
  SILLAR_TRY(client, connect(context));
  SILLAR_TRY(plan, client.post("/api/v1/plan", config_body(source)));
  if (context.format == Format::kTable) show_plan(context, plan.root);
  if (!has_changes(plan.root)) {
    if (context.format != Format::kTable) context.print(plan.root, {});
    return Exit::kOk;
  }
  if (asks && !context.io.confirm(context.say(Message::kApplyQuestion))) {
    context.remark(context.say(Message::kApplyLeft));
    return Exit::kFailure;
  }
  source.base = text_at(plan.root, "base");
  return take_over(context, client, source);
}

}  // namespace

const Verb& apply_verb() {
  static const Verb kVerb{
      .name = "apply",
      .summary = Message::kVerbApply,
      .examples = {"apply -f projects.yaml", "apply -f examples/projects/acme.yaml --yes",
                   "apply change.plan"},
      .operands = {{"PLANFILE", Message::kOperandPlanFile, {}, false}},
      .flags = with_server_flags({config_file_flag(), {"yes", "", Message::kFlagYes, {}, 'y'}}),
      .formats = {Format::kTable, Format::kJson, Format::kYaml},
      .run = run_apply,
  };
  return kVerb;
}

}  // namespace sillar::cli
