// cancel: workloads by name.

#include "cli/server_link.h"
#include "cli/verbs.h"

namespace sillar::cli {
namespace {

Result<Exit> run_cancel(Context& context) {
  SILLAR_TRY(client, connect(context));
  for (const std::string& name : context.arguments.operands())
    SILLAR_TRY_STATUS(client.post("/api/v1/workloads/" + server::escape(name) + "/cancel", {},
                                  server::fresh_key()));
  return Exit::kOk;
}

}  // namespace

const Verb& cancel_verb() {
  static const Verb kVerb{
      .name = "cancel",
      .summary = Message::kVerbCancel,
      .examples = {"cancel train-7"},
      .operands = {{"NAME", Message::kOperandWorkloadName, {}, true, true}},
      .flags = server_flags(),
      .formats = {},
      .run = run_cancel,
  };
  return kVerb;
}

}  // namespace sillar::cli
