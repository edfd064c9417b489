#include "engine/explain.h"

#include "cli/server_link.h"
#include "cli/verbs.h"
#include "cli/world_state.h"

namespace sillar::cli {
namespace {

const View& explain_view() {
  static const View kView{
      {ListView{"",
                {{"workload", Message::kTitleWorkload},
                 {"project", Message::kTitleProject},
                 {"at", Message::kTitleAt},
                 {"reason.text", Message::kTitleReason},
                 {"expected_start", Message::kTitleExpectedStart},
                 {"in_front.workloads_in_its_project", Message::kTitleInFront, Cell::kNumber},
                 {"in_front.first_of_them", Message::kTitleFirstInFront},
                 {"evictions", Message::kTitleEvictions, Cell::kNumber}}},
       TableView{"tasks",
                 {{"task", Message::kTitleTask},
                  {"state", Message::kTitleState, Cell::kWord},
                  {"place.node", Message::kTitleNode},
                  {"place.devices", Message::kTitleDevices, Cell::kDevices}},
                 Message::kTitleTasks},
       TableView{"next_cycle",
                 {{"fact", Message::kTitleHappens, Cell::kWord},
                  {"task", Message::kTitleTask},
                  {"place.node", Message::kTitleNode},
                  {"for", Message::kTitleFor},
                  {"reason.text", Message::kTitleReason}},
                 Message::kTitleNextCycle},
       TableView{"in_front.projects",
                 {{"project", Message::kTitleProject}, {"rule", Message::kTitleRule, Cell::kWord}},
                 Message::kTitleProjectsInFront},
       TableView{"nodes",
                 {{"key", Message::kTitleVerdict, Cell::kWord},
                  {"value", Message::kTitleNodes, Cell::kNumber}},
                 Message::kTitleNodeVerdicts},
       TableView{"projects",
                 {{"project", Message::kTitleProject},
                  {"resource", Message::kTitleResource},
                  {"allocated", Message::kTitleAllocated, Cell::kQuantity},
                  {"requested", Message::kTitleRequested, Cell::kQuantity},
                  {"fair_share", Message::kTitleFairShare, Cell::kQuantity},
                  {"deserved", Message::kTitleDeserved, Cell::kQuantity},
                  {"limit", Message::kTitleLimit, Cell::kQuantity}},
                 Message::kTitleProjects}}};
  return kView;
}

// Of a running service, unless a scenario or a recording is named.
Result<Value> explanation_of(const Context& context) {
  const std::string& name = context.arguments.operands().front();
  if (context.arguments.has("scenario") || context.arguments.has("recording")) {
    SILLAR_TRY(state, read_state(context));
    return explain_workload(state, name);
  }
  SILLAR_TRY(client, connect(context));
  SILLAR_TRY(answer, client.get("/api/v1/workloads/" + server::escape(name) + "/explain"));
  return std::move(answer.root);
}

Result<Exit> run_explain(Context& context) {
  SILLAR_TRY(explanation, explanation_of(context));
  Value answer = answer_of_kind("Explanation");
  for (auto& [key, value] : explanation.fields) answer.set(key, std::move(value));
  context.print(answer, explain_view());
  return Exit::kOk;
}

}  // namespace

const Verb& explain_verb() {
  static const Verb kVerb{
      .name = "explain",
      .summary = Message::kVerbExplain,
      .examples = {"explain train-7", "explain train-1 --scenario examples/scenarios/first.yaml",
                   "explain job-00042 --recording philly --at 2017-10-03T12:00:00Z -o json"},
      .operands = {{"WORKLOAD", Message::kOperandWorkload, {}}},
      .flags = with_server_flags(state_flags()),
      .formats = {Format::kTable, Format::kJson, Format::kYaml, Format::kCsv},
      .run = run_explain,
  };
  return kVerb;
}

}  // namespace sillar::cli
