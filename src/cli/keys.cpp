// keys: tokens for programs and people, made, listed and ended.

#include "cli/server_link.h"
#include "cli/verbs.h"

namespace sillar::cli {
namespace {

const View& list_view() {
  static const View kView{{TableView{"items",
                                     {{"id", Message::kTitleId},
                                      {"principal", Message::kTitleOwner},
                                      {"label", Message::kTitleLabel},
                                      {"role", Message::kTitleRole, Cell::kWord},
                                      {"project", Message::kTitleProject},
                                      {"created", Message::kTitleCreated},
                                      {"expires", Message::kTitleExpires},
                                      {"ended", Message::kTitleEndedAt}},
                                     Message::kNone,
                                     Message::kNoKeys}}};
  return kView;
}

const View& token_view() {
  static const View kView{
      {ListView{"", {{"id", Message::kTitleId}, {"token", Message::kTitleToken}}}}};
  return kView;
}

Result<Exit> create(Context& context, server::ApiClient& client) {
  SILLAR_TRY(answer, client.post("/api/v1/keys",
                                 body_of(context, {{"principal", "principal"},
                                                   {"label", "label"},
                                                   {"role", "role"},
                                                   {"project", "project"},
                                                   {"expires-in", "expires_in"}}),
                                 server::fresh_key()));
  context.remark(context.say(Message::kTokenShownOnce));
  context.print(answer.root, token_view());
  return Exit::kOk;
}

Result<Exit> run_keys(Context& context) {
  SILLAR_TRY(client, connect(context));
  const auto operands = context.arguments.operands();
  if (operands[0] == "create") return create(context, client);
  if (operands[0] == "list") {
    SILLAR_TRY(answer, client.get("/api/v1/keys"));
    context.print(answer.root, list_view());
    return Exit::kOk;
  }
  if (operands.size() < 2)
    return invalid(context.say(Message::kOperandMissing, {{"operand", "ID"}}));
  SILLAR_TRY_STATUS(
      client.remove("/api/v1/keys/" + server::escape(operands[1]), server::fresh_key()));
  return Exit::kOk;
}

}  // namespace

const Verb& keys_verb() {
  static const Verb kVerb{
      .name = "keys",
      .summary = Message::kVerbKeys,
      .examples = {"keys list", "keys create --label ci --role member -p acme --expires-in 90d",
                   "keys create --principal bot-train", "keys revoke 7k2m9qx4"},
      .operands = {{"ACTION", Message::kOperandKeysAction, {"list", "create", "revoke"}},
                   {"ID", Message::kOperandKeyId, {}, false}},
      .flags = with_server_flags(
          {{"principal", "NAME", Message::kFlagPrincipal, {}},
           {"label", "TEXT", Message::kFlagLabel, {}},
           {"role", "ROLE", Message::kFlagRole, {"viewer", "member", "manager", "admin"}},
           {"project", "PATH", Message::kFlagKeyProject, {}, 'p'},
           {"expires-in", "TIME", Message::kFlagExpiresIn, {}}}),
      .formats = {Format::kTable, Format::kJson, Format::kYaml, Format::kCsv},
      .run = run_keys,
  };
  return kVerb;
}

}  // namespace sillar::cli
