// get: workloads and nodes as the service lists them.

#include <fmt/format.h>

#include "cli/server_link.h"
#include "cli/verbs.h"

namespace sillar::cli {
namespace {

const View& list_view() {
  static const View kView{
      {TableView{"items",
                 {{"name", Message::kTitleName},
                  {"project", Message::kTitleProject},
                  {"phase", Message::kTitlePhase, Cell::kWord},
                  {"request.accelerators", Message::kTitleDevices, Cell::kNumber},
                  {"tasks.pending", Message::kTitlePending, Cell::kNumber},
                  {"tasks.running", Message::kTitleRunning, Cell::kNumber},
                  {"tasks.ended", Message::kTitleEnded, Cell::kNumber},
                  {"nodes", Message::kTitleNodes},
                  {"owner", Message::kTitleOwner},
                  {"submitted", Message::kTitleSubmitted},
                  {"reason.text", Message::kTitleReason}},
                 Message::kNone,
                 Message::kNoWorkloads}}};
  return kView;
}

const View& one_view() {
  static const View kView{{ListView{"",
                                    {{"name", Message::kTitleName},
                                     {"project", Message::kTitleProject},
                                     {"owner", Message::kTitleOwner},
                                     {"phase", Message::kTitlePhase, Cell::kWord},
                                     {"submitted", Message::kTitleSubmitted},
                                     {"started", Message::kTitleStarted},
                                     {"finished", Message::kTitleFinishedAt},
                                     {"reason.text", Message::kTitleReason}}},
                           TableView{"task_list",
                                     {{"name", Message::kTitleTask},
                                      {"phase", Message::kTitlePhase, Cell::kWord},
                                      {"place.node", Message::kTitleNode},
                                      {"place.devices", Message::kTitleDevices, Cell::kDevices}},
                                     Message::kTitleTasks}}};
  return kView;
}

const View& nodes_view() {
  static const View kView{{TableView{"items",
                                     {{"name", Message::kTitleName},
                                      {"class", Message::kTitleClass},
                                      {"health", Message::kTitleHealth, Cell::kWord},
                                      {"accelerators", Message::kTitleDevices, Cell::kNumber},
                                      {"free_accelerators", Message::kTitleFree, Cell::kNumber},
                                      {"tasks", Message::kTitleTasks, Cell::kNumber},
                                      {"location.provider", Message::kTitleProvider},
                                      {"location.region", Message::kTitleRegion},
                                      {"why", Message::kTitleReason}}}}};
  return kView;
}

Result<Exit> run_get(Context& context) {
  SILLAR_TRY(client, connect(context));
  const auto operands = context.arguments.operands();
  if (operands.front() == "nodes") {
    SILLAR_TRY(answer, client.get("/api/v1/nodes" + query_of(context, {"limit"})));
    context.print(answer.root, nodes_view());
    return Exit::kOk;
  }
  if (operands.size() > 1) {
    SILLAR_TRY(answer, client.get("/api/v1/workloads/" + server::escape(operands[1])));
    context.print(answer.root, one_view());
    return Exit::kOk;
  }
  const auto query = query_of(context, {"project", "phase", "owner", "limit"});
  SILLAR_TRY(answer, client.get("/api/v1/workloads" + query));
  context.print(answer.root, list_view());
  return Exit::kOk;
}

}  // namespace

const Verb& get_verb() {
  static const Verb kVerb{
      .name = "get",
      .summary = Message::kVerbGet,
      .examples = {"get workloads", "get workloads --phase Pending,Running -p acme",
                   "get workloads train-7 -o yaml", "get nodes"},
      .operands = {{"KIND", Message::kOperandNoun, {"workloads", "nodes"}},
                   {"NAME", Message::kOperandWorkloadName, {}, false}},
      .flags =
          [] {
            std::vector<Flag> flags{{"project", "PATH", Message::kFlagProject, {}, 'p'},
                                    {"phase", "PHASES", Message::kFlagPhase, {}},
                                    {"owner", "NAME", Message::kFlagOwner, {}},
                                    {"limit", "N", Message::kFlagLimit, {}}};
            for (Flag& flag : server_flags()) flags.push_back(std::move(flag));
            return flags;
          }(),
      .formats = {Format::kTable, Format::kJson, Format::kYaml, Format::kCsv},
      .run = run_get,
  };
  return kVerb;
}

}  // namespace sillar::cli
