// hold, release: workloads by name.

#include "cli/server_link.h"
#include "cli/verbs.h"

namespace sillar::cli {
namespace {

Result<Exit> command_each(const Context& context, const char* command) {
  SILLAR_TRY(client, connect(context));
  for (const std::string& name : context.arguments.operands())
    SILLAR_TRY_STATUS(client.post("/api/v1/workloads/" + server::escape(name) + command, {},
                                  server::fresh_key()));
  return Exit::kOk;
}

Result<Exit> run_hold(Context& context) {
  return command_each(context, "/hold");
}

Result<Exit> run_release(Context& context) {
  return command_each(context, "/release");
}

}  // namespace

const Verb& hold_verb() {
  static const Verb kVerb{
      .name = "hold",
      .summary = Message::kVerbHold,
      .examples = {"hold train-7"},
      .operands = {{"NAME", Message::kOperandWorkloadName, {}, true, true}},
      .flags = server_flags(),
      .formats = {},
      .run = run_hold,
  };
  return kVerb;
}

const Verb& release_verb() {
  static const Verb kVerb{
      .name = "release",
      .summary = Message::kVerbRelease,
      .examples = {"release train-7"},
      .operands = {{"NAME", Message::kOperandWorkloadName, {}, true, true}},
      .flags = server_flags(),
      .formats = {},
      .run = run_release,
  };
  return kVerb;
}

}  // namespace sillar::cli
