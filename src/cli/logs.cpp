// logs: what a task wrote.

#include "cli/server_link.h"
#include "cli/verbs.h"

namespace sillar::cli {
namespace {

constexpr std::int64_t kTasksMax = 1'000'000;

Result<Exit> run_logs(Context& context) {
  std::string target =
      "/api/v1/workloads/" + server::escape(context.arguments.operands().front()) + "/logs?stream=";
  target += context.arguments.has("error") ? "error" : "output";
  if (context.arguments.has("follow")) target += "&follow=true";
  if (const auto task = context.arguments.text("task"); !task.empty()) {
    SILLAR_TRY(index, number_argument("task", task, 0, kTasksMax, context.locale.language));
    target += "&task=" + std::to_string(index);
  }
  SILLAR_TRY(client, connect(context));
  SILLAR_TRY_STATUS(client.read_on(target, [&](std::string_view piece) {
    context.io.out.write(piece);
    context.io.out.flush();
    return context.io.out.failure() == 0;
  }));
  return Exit::kOk;
}

}  // namespace

const Verb& logs_verb() {
  static const Verb kVerb{
      .name = "logs",
      .summary = Message::kVerbLogs,
      .examples = {"logs train-7", "logs -f train-7 --task 3", "logs train-7 --error"},
      .operands = {{"NAME", Message::kOperandWorkloadName, {}}},
      .flags = with_server_flags({{"follow", "", Message::kFlagFollow, {}, 'f'},
                                  {"task", "N", Message::kFlagTask, {}},
                                  {"error", "", Message::kFlagErrorStream, {}}}),
      .formats = {},
      .run = run_logs,
  };
  return kVerb;
}

}  // namespace sillar::cli
