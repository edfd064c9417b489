// drain: takes nodes out of use, or back into it.

#include "cli/server_link.h"
#include "cli/verbs.h"

namespace sillar::cli {
namespace {

Result<Exit> run_drain(Context& context) {
  SILLAR_TRY(client, connect(context));
  const std::string command = context.arguments.has("undo") ? "/undrain" : "/drain";
  for (const std::string& name : context.arguments.operands())
    SILLAR_TRY_STATUS(
        client.post("/api/v1/nodes/" + server::escape(name) + command, {}, server::fresh_key()));
  return Exit::kOk;
}

}  // namespace

const Verb& drain_verb() {
  static const Verb kVerb{
      .name = "drain",
      .summary = Message::kVerbDrain,
      .examples = {"drain node-3", "drain node-3 --undo"},
      .operands = {{"NODE", Message::kOperandNodeName, {}, true, true}},
      .flags = with_server_flags({{"undo", "", Message::kFlagUndo, {}}}),
      .formats = {},
      .run = run_drain,
  };
  return kVerb;
}

}  // namespace sillar::cli
