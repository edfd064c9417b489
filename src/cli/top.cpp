// top: who uses what right now, and what it costs by the hour.

#include "cli/server_link.h"
#include "cli/verbs.h"

namespace sillar::cli {
namespace {

constexpr Duration kRefresh = Duration::seconds(2);

const View& view() {
  static const View kView{
      {ListView{"",
                {{"at", Message::kTitleAt}, {"per_hour", Message::kTitlePerHour, Cell::kMoney}}},
       TableView{"workloads",
                 {{"name", Message::kTitleWorkload},
                  {"project", Message::kTitleProject},
                  {"owner", Message::kTitleOwner},
                  {"tasks", Message::kTitleTasks, Cell::kNumber},
                  {"device_thousandths", Message::kTitleDevices, Cell::kQuantity},
                  {"busy_thousandths", Message::kTitleBusy, Cell::kQuantity},
                  {"per_hour", Message::kTitlePerHour, Cell::kMoney}},
                 Message::kTitleWorkloads,
                 Message::kNothingRuns},
       TableView{"nodes",
                 {{"name", Message::kTitleNode},
                  {"accelerators", Message::kTitleDevices, Cell::kNumber},
                  {"device_thousandths", Message::kTitleInUse, Cell::kQuantity},
                  {"used_cpu_thousandths", Message::kTitleCores, Cell::kQuantity},
                  {"used_memory_bytes", Message::kTitleMemory, Cell::kBytes},
                  {"per_hour", Message::kTitlePerHour, Cell::kMoney}},
                 Message::kTitleNodes}}};
  return kView;
}

Result<Exit> run_top(Context& context) {
  SILLAR_TRY(client, connect(context));
  const std::string target = "/api/v1/usage" + query_of(context, {"project", "limit"});
  const bool live = !context.arguments.has("once") && context.io.out_is_terminal &&
                    context.format == Format::kTable;
  for (;;) {
    SILLAR_TRY(answer, client.get(target));
    if (live) context.io.out.write("\x1b[H\x1b[2J");
    context.print(answer.root, view());
    context.io.out.flush();
    if (!live || context.io.out.failure() != 0) return Exit::kOk;
    pause_for(kRefresh);
  }
}

}  // namespace

const Verb& top_verb() {
  static const Verb kVerb{
      .name = "top",
      .summary = Message::kVerbTop,
      .examples = {"top", "top --once -p acme", "top -o json"},
      .operands = {},
      .flags = with_server_flags({{"once", "", Message::kFlagRefresh, {}},
                                  {"project", "PATH", Message::kFlagProject, {}, 'p'},
                                  {"limit", "N", Message::kFlagLimit, {}}}),
      .formats = {Format::kTable, Format::kJson, Format::kYaml, Format::kCsv},
      .run = run_top,
  };
  return kVerb;
}

}  // namespace sillar::cli
