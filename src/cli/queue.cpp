// queue: what waits and what runs, in order.

#include "cli/server_link.h"
#include "cli/verbs.h"

namespace sillar::cli {
namespace {

const View& view() {
  static const View kView{
      {TableView{"items",
                 {{"name", Message::kTitleName},
                  {"project", Message::kTitleProject},
                  {"owner", Message::kTitleOwner},
                  {"phase", Message::kTitlePhase, Cell::kWord},
                  {"priority", Message::kTitlePriority, Cell::kNumber},
                  {"request.accelerators", Message::kTitleDevices, Cell::kNumber},
                  {"submitted", Message::kTitleSubmitted},
                  {"nodes", Message::kTitleNodes},
                  {"reason.text", Message::kTitleReason}},
                 Message::kNone,
                 Message::kQueueIsEmpty}}};
  return kView;
}

Result<Exit> run_queue(Context& context) {
  SILLAR_TRY(client, connect(context));
  SILLAR_TRY(answer, client.get("/api/v1/queue" + query_of(context, {"project", "limit"})));
  context.print(answer.root, view());
  return Exit::kOk;
}

}  // namespace

const Verb& queue_verb() {
  static const Verb kVerb{
      .name = "queue",
      .summary = Message::kVerbQueue,
      .examples = {"queue", "queue -p acme --limit 20"},
      .operands = {},
      .flags = with_server_flags({{"project", "PATH", Message::kFlagProject, {}, 'p'},
                                  {"limit", "N", Message::kFlagLimit, {}}}),
      .formats = {Format::kTable, Format::kJson, Format::kYaml, Format::kCsv},
      .run = run_queue,
  };
  return kVerb;
}

}  // namespace sillar::cli
