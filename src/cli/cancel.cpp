// cancel: workloads by name, and single tasks of arrays.

#include "base/quantity.h"
#include "cli/server_link.h"
#include "cli/verbs.h"

namespace sillar::cli {
namespace {

constexpr std::int64_t kTaskMax = 65'535;

// "sweep[3]" is task 3 of sweep: no name has brackets.
struct Target {
  std::string name;
  std::string task;  // Empty: all of it.
};

Result<Target> target_of(const Context& context, const std::string& word) {
  Target target{word, std::string(context.arguments.text("task"))};
  const std::size_t open = word.find('[');
  if (open != std::string::npos && word.ends_with(']')) {
    target.name = word.substr(0, open);
    target.task = word.substr(open + 1, word.size() - open - 2);
  }
  if (!target.task.empty())
    SILLAR_TRY_STATUS(number_argument("task", target.task, 0, kTaskMax, context.locale.language));
  return target;
}

Result<Exit> run_cancel(Context& context) {
  SILLAR_TRY(client, connect(context));
  for (const std::string& word : context.arguments.operands()) {
    SILLAR_TRY(target, target_of(context, word));
    const std::string query = target.task.empty() ? "" : "?task=" + target.task;
    SILLAR_TRY_STATUS(
        client.post("/api/v1/workloads/" + server::escape(target.name) + "/cancel" + query, {},
                    server::fresh_key()));
  }
  return Exit::kOk;
}

}  // namespace

const Verb& cancel_verb() {
  static const Verb kVerb{
      .name = "cancel",
      .summary = Message::kVerbCancel,
      .examples = {"cancel train-7", "cancel sweep[3]", "cancel sweep --task 3"},
      .operands = {{"NAME", Message::kOperandCancelled, {}, true, true}},
      .flags = with_server_flags({{"task", "N", Message::kFlagCancelTask, {}}}),
      .formats = {},
      .run = run_cancel,
  };
  return kVerb;
}

}  // namespace sillar::cli
