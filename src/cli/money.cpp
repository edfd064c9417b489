// budget, cost: how budgets stand, and what was spent.

#include "cli/server_link.h"
#include "cli/verbs.h"

namespace sillar::cli {
namespace {

const View& budget_view() {
  static const View kView{{TableView{"items",
                                     {{"project", Message::kTitleProject},
                                      {"name", Message::kTitleName},
                                      {"period", Message::kTitlePeriod, Cell::kWord},
                                      {"limit", Message::kTitleLimit, Cell::kMoney},
                                      {"spent", Message::kTitleSpent, Cell::kMoney},
                                      {"reserved", Message::kTitleReserved, Cell::kMoney},
                                      {"left", Message::kTitleLeft, Cell::kMoney},
                                      {"forecast", Message::kTitleForecast, Cell::kMoney},
                                      {"until", Message::kTitleEnd}},
                                     Message::kNone,
                                     Message::kNoBudgets}}};
  return kView;
}

const View& cost_view() {
  static const View kView{{TableView{"items",
                                     {{"project", Message::kTitleProject},
                                      {"cost", Message::kTitleCost, Cell::kMoney},
                                      {"accelerator_cost", Message::kTitleOfDevices, Cell::kMoney},
                                      {"cpu_cost", Message::kTitleOfCpu, Cell::kMoney},
                                      {"device_seconds", Message::kTitleGpuSeconds, Cell::kNumber}},
                                     Message::kNone,
                                     Message::kNoCosts},
                           ListView{"",
                                    {{"idle", Message::kTitleIdleCost, Cell::kMoney},
                                     {"billed", Message::kTitleBilled, Cell::kMoney}}}}};
  return kView;
}

Result<Exit> run_budget(Context& context) {
  SILLAR_TRY(client, connect(context));
  SILLAR_TRY(answer, client.get("/api/v1/budgets" + query_of(context, {"project"})));
  context.print(answer.root, budget_view());
  return Exit::kOk;
}

Result<Exit> run_cost(Context& context) {
  SILLAR_TRY(client, connect(context));
  SILLAR_TRY(answer, client.get("/api/v1/costs" + query_of(context, {"project"})));
  context.print(answer.root, cost_view());
  return Exit::kOk;
}

std::vector<Flag> project_flags() {
  return with_server_flags({{"project", "PATH", Message::kFlagProject, {}, 'p'}});
}

}  // namespace

const Verb& budget_verb() {
  static const Verb kVerb{
      .name = "budget",
      .summary = Message::kVerbBudget,
      .examples = {"budget", "budget -p acme -o json"},
      .operands = {},
      .flags = project_flags(),
      .formats = {Format::kTable, Format::kJson, Format::kYaml, Format::kCsv},
      .run = run_budget,
  };
  return kVerb;
}

const Verb& cost_verb() {
  static const Verb kVerb{
      .name = "cost",
      .summary = Message::kVerbCost,
      .examples = {"cost", "cost -p acme -o csv"},
      .operands = {},
      .flags = project_flags(),
      .formats = {Format::kTable, Format::kJson, Format::kYaml, Format::kCsv},
      .run = run_cost,
  };
  return kVerb;
}

}  // namespace sillar::cli
