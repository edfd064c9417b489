#include "cli/config_plan.h"
#include "cli/model_files.h"
#include "cli/verbs.h"
#include "cli/world_state.h"
#include "engine/explain.h"
#include "model/text.h"

namespace sillar::cli {
namespace {

// Of one workload's plan.
const View& plan_view() {
  static const View kView{
      {ListView{"",
                {{"workload", Message::kTitleWorkload}, {"reason.text", Message::kTitleReason}}},
       TableView{"tasks",
                 {{"task", Message::kTitleTask},
                  {"state", Message::kTitleState, Cell::kWord},
                  {"place.node", Message::kTitleNode},
                  {"place.devices", Message::kTitleDevices, Cell::kDevices}},
                 Message::kTitleTasks},
       TableView{"victims",
                 {{"task", Message::kTitleTask},
                  {"cost.gpu_seconds", Message::kTitleGpuSeconds, Cell::kNumber},
                  {"cost.money", Message::kTitleLost, Cell::kMoney}},
                 Message::kTitleVictims,
                 Message::kNoVictims},
       TableView{"candidates",
                 {{"location", Message::kTitleLocation},
                  {"class", Message::kTitleClass},
                  {"chosen", Message::kTitleChosen, Cell::kWord},
                  {"nodes", Message::kTitleNodes, Cell::kNumber},
                  {"tasks_that_fit_now", Message::kTitleFitNow, Cell::kNumber},
                  {"price_per_hour", Message::kTitlePerHour, Cell::kMoney},
                  {"difference_per_hour", Message::kTitleDifferencePerHour, Cell::kMoney},
                  {"refused_by", Message::kTitleRefusedBy, Cell::kWord}},
                 Message::kTitleCandidates,
                 Message::kNoCandidates}}};
  return kView;
}

Result<Exit> run_plan(Context& context) {
  const bool config = context.arguments.has("file");
  if (config == !context.arguments.operands().empty())
    return invalid(context.say(Message::kPlanOfWhat));
  if (config) return plan_config(context);
  SILLAR_TRY(state, read_state(context));
  SILLAR_TRY(document, read_document(context.io, context.arguments.operands().front()));
  SILLAR_TRY(workloads, load_workloads(document, state.world->fleet, state.world->projects));
  SILLAR_TRY(plan, plan_workloads(state, workloads));
  if (context.format == Format::kTable) {
    const Value* plans = plan.find("plans");
    for (const Value& each : plans->items) {
      if (&each != &plans->items.front()) context.io.out.write("\n");
      context.print(each, plan_view());
    }
    return Exit::kOk;
  }
  Value answer = answer_of_kind("Plan");
  for (auto& [key, value] : plan.fields) answer.set(key, std::move(value));
  context.print(answer, {});
  return Exit::kOk;
}

}  // namespace

const Verb& plan_verb() {
  static const Verb kVerb{
      .name = "plan",
      .summary = Message::kVerbPlan,
      .examples = {"plan new-work.yaml --scenario examples/scenarios/first.yaml",
                   "plan new-work.yaml --recording philly --at 2017-10-03T12:00:00Z -o json",
                   "plan -f projects.yaml --out change.plan"},
      .operands = {{"FILE", Message::kOperandPlanned, {}, false}},
      .flags =
          [] {
            std::vector<Flag> flags = state_flags();
            for (Flag& flag : plan_config_flags()) flags.push_back(std::move(flag));
            return flags;
          }(),
      .formats = {Format::kTable, Format::kJson, Format::kYaml},
      .run = run_plan,
  };
  return kVerb;
}

}  // namespace sillar::cli
