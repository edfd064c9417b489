// auth: logs in once for all later calls, says as whom, and logs out.

#include "cli/credentials.h"
#include "cli/server_link.h"
#include "cli/verbs.h"

namespace sillar::cli {
namespace {

// A token is proven before it is kept: what is kept works.
Result<Exit> log_in(const Context& context) {
  SILLAR_TRY(address, address_of(context));
  SILLAR_TRY(client, server::ApiClient::open(address));
  SILLAR_TRY(answer, client.get("/api/v1/whoami"));
  SILLAR_TRY_STATUS(keep_credentials(context.io, {address.url, address.token}));
  const Value* name = answer.root.find("name");
  context.remark(context.say(Message::kLoggedIn,
                             {{"name", name == nullptr ? std::string_view{} : name->scalar},
                              {"server", address.url},
                              {"file", config_folder(context.io) + "/" + kCredentialsFile}}));
  return Exit::kOk;
}

Result<Exit> log_out(const Context& context) {
  SILLAR_TRY(dropped, drop_credentials(context.io));
  context.remark(context.say(dropped ? Message::kLoggedOut : Message::kWasNotLoggedIn));
  return Exit::kOk;
}

Result<Exit> run_auth(Context& context) {
  const std::string& action = context.arguments.operands().front();
  if (action == "login") return log_in(context);
  if (action == "logout") return log_out(context);
  return whoami_verb().run(context);
}

}  // namespace

const Verb& auth_verb() {
  static const Verb kVerb{
      .name = "auth",
      .summary = Message::kVerbAuth,
      .examples = {"auth login --token-file sillar-data/first-token",
                   "auth login --server https://gpu.example --token-file -", "auth whoami",
                   "auth logout"},
      .operands = {{"ACTION", Message::kOperandAuthAction, {"login", "whoami", "logout"}}},
      .flags = server_flags(),
      .formats = {Format::kTable, Format::kJson, Format::kYaml, Format::kCsv},
      .run = run_auth,
  };
  return kVerb;
}

}  // namespace sillar::cli
