// principals: the people and programs that the service knows.

#include "cli/server_link.h"
#include "cli/verbs.h"

namespace sillar::cli {
namespace {

const View& list_view() {
  static const View kView{{TableView{"items",
                                     {{"name", Message::kTitleName},
                                      {"principal_kind", Message::kTitleKind, Cell::kWord},
                                      {"role_list", Message::kTitleRoles},
                                      {"project", Message::kTitleProject},
                                      {"os_user", Message::kTitleOsUser},
                                      {"enabled", Message::kTitleEnabled, Cell::kWord},
                                      {"id", Message::kTitleId}}}}};
  return kView;
}

// "manager at acme" for each role, beside the answer's own list of them.
void add_role_lists(Value& answer) {
  for (auto& [key, items] : answer.fields) {
    if (key != "items") continue;
    for (Value& principal : items.items) {
      Value texts = Value::sequence();
      if (const Value* roles = principal.find("roles"))
        for (const Value& role : roles->items) {
          const Value* project = role.find("project");
          const Value* name = role.find("role");
          if (project == nullptr || name == nullptr) continue;
          texts.items.push_back(
              Value::text(name->scalar + ":" + (project->scalar.empty() ? "/" : project->scalar)));
        }
      principal.set("role_list", std::move(texts));
    }
  }
}

Result<Exit> run_principals(Context& context) {
  SILLAR_TRY(client, connect(context));
  const auto operands = context.arguments.operands();
  if (operands[0] == "list") {
    SILLAR_TRY(answer, client.get("/api/v1/principals"));
    if (context.format == Format::kTable || context.format == Format::kCsv)
      add_role_lists(answer.root);
    context.print(answer.root, list_view());
    return Exit::kOk;
  }
  if (operands.size() < 2)
    return invalid(context.say(Message::kOperandMissing, {{"operand", "NAME"}}));
  Value body = Value::mapping().set("name", Value::text(operands[1]));
  body.set("kind", Value::text(context.arguments.has("service") ? "service" : "user"));
  for (const auto& [flag, field] :
       {std::pair{"project", "project"}, std::pair{"issuer", "issuer"},
        std::pair{"subject", "subject"}, std::pair{"os-user", "os_user"}})
    if (context.arguments.has(flag)) body.set(field, Value::text(context.arguments.text(flag)));
  SILLAR_TRY_STATUS(client.post("/api/v1/principals", print_json(body, 0), server::fresh_key()));
  return Exit::kOk;
}

}  // namespace

const Verb& principals_verb() {
  static const Verb kVerb{
      .name = "principals",
      .summary = Message::kVerbPrincipals,
      .examples = {"principals list", "principals add ann --os-user ann",
                   "principals add ann --issuer https://idp.example --subject 00u1",
                   "principals add bot-train --service -p acme/research"},
      .operands = {{"ACTION", Message::kOperandPrincipalsAction, {"list", "add"}},
                   {"NAME", Message::kOperandPrincipal, {}, false}},
      .flags = with_server_flags({{"service", "", Message::kFlagService, {}},
                                  {"project", "PATH", Message::kFlagServiceProject, {}, 'p'},
                                  {"issuer", "URL", Message::kFlagIssuer, {}},
                                  {"subject", "ID", Message::kFlagSubject, {}},
                                  {"os-user", "USER", Message::kFlagOsUser, {}}}),
      .formats = {Format::kTable, Format::kJson, Format::kYaml, Format::kCsv},
      .run = run_principals,
  };
  return kVerb;
}

}  // namespace sillar::cli
