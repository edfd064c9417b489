// roles: who may do what in which subtree of projects.

#include "cli/server_link.h"
#include "cli/verbs.h"

namespace sillar::cli {
namespace {

Result<Exit> run_roles(Context& context) {
  SILLAR_TRY(client, connect(context));
  const auto operands = context.arguments.operands();
  const std::string project(context.arguments.text("project"));
  const std::string target = "/api/v1/principals/" + server::escape(operands[1]) + "/roles";
  if (operands[0] == "revoke") {
    SILLAR_TRY_STATUS(
        client.remove(target + "?project=" + server::escape(project), server::fresh_key()));
    return Exit::kOk;
  }
  if (operands.size() < 3)
    return invalid(context.say(Message::kOperandMissing, {{"operand", "ROLE"}}));
  const Value body =
      Value::mapping().set("project", Value::text(project)).set("role", Value::text(operands[2]));
  SILLAR_TRY_STATUS(client.put(target, print_json(body, 0), server::fresh_key()));
  return Exit::kOk;
}

}  // namespace

const Verb& roles_verb() {
  static const Verb kVerb{
      .name = "roles",
      .summary = Message::kVerbRoles,
      .examples = {"roles grant ann manager -p acme/research", "roles grant ann viewer",
                   "roles revoke ann -p acme/research"},
      .operands =
          {{"ACTION", Message::kOperandRolesAction, {"grant", "revoke"}},
           {"NAME", Message::kOperandPrincipal, {}},
           {"ROLE", Message::kOperandRole, {"viewer", "member", "manager", "admin"}, false}},
      .flags = with_server_flags({{"project", "PATH", Message::kFlagRoleProject, {}, 'p'}}),
      .formats = {},
      .run = run_roles,
  };
  return kVerb;
}

}  // namespace sillar::cli
