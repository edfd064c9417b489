#include "cli/model_files.h"
#include "cli/pricing.h"
#include "cli/verbs.h"
#include "engine/scenario_run.h"

namespace sillar::cli {
namespace {

const View& decide_view() {
  static const View kView{
      {TableView{"tasks",
                 {{"task", Message::kTitleTask},
                  {"state", Message::kTitleState, Cell::kWord},
                  {"node", Message::kTitleNode},
                  {"devices", Message::kTitleDevices, Cell::kDevices},
                  {"reserved.node", Message::kTitlePromised},
                  {"reserved.devices", Message::kTitlePromisedDevices, Cell::kDevices},
                  {"reason.text", Message::kTitleReason}},
                 Message::kTitleTasks,
                 Message::kNoTasks},
       TableView{"victims",
                 {{"task", Message::kTitleTask},
                  {"for", Message::kTitleFor},
                  {"moved_to", Message::kTitleMovedTo},
                  {"cost.gpu_seconds", Message::kTitleGpuSeconds, Cell::kNumber},
                  {"cost.money", Message::kTitleLost, Cell::kMoney},
                  {"reason.text", Message::kTitleReason}},
                 Message::kTitleVictims,
                 Message::kNoVictims}}};
  return kView;
}

Result<Exit> run_decide(Context& context) {
  SILLAR_TRY(scenario, read_scenario(context.io, context.arguments.operands().front()));
  SILLAR_TRY(tariffs, fleet_tariffs(context, scenario.fleet));
  SILLAR_TRY(outcome, run_scenario(scenario, std::move(tariffs)));
  context.print(scenario_answer(outcome), decide_view());
  return Exit::kOk;
}

}  // namespace

const Verb& decide_verb() {
  static const Verb kVerb{
      .name = "decide",
      .summary = Message::kVerbDecide,
      .examples = {"decide examples/scenarios/first.yaml",
                   "decide examples/scenarios/first.yaml -o json"},
      .operands = {{"SCENARIO", Message::kOperandScenario, {}}},
      .flags = {prices_flag()},
      .formats = {Format::kTable, Format::kJson, Format::kYaml, Format::kCsv},
      .run = run_decide,
  };
  return kVerb;
}

}  // namespace sillar::cli
