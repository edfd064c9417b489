// metrics: how busy a workload kept its devices.

#include <algorithm>

#include "base/quantity.h"
#include "cli/server_link.h"
#include "cli/verbs.h"

namespace sillar::cli {
namespace {

const View& view() {
  static const View kView{{TableView{"points",
                                     {{"at", Message::kTitleAt},
                                      {"devices", Message::kTitleDevices, Cell::kNumber},
                                      {"busy", Message::kTitleUtilisation, Cell::kRatio},
                                      {"memory_bytes", Message::kTitleMemoryUsed, Cell::kBytes}},
                                     Message::kNone,
                                     Message::kNothingMeasured}}};
  return kView;
}

const std::vector<Value>& column_of(const Value& answer, std::string_view name) {
  static const std::vector<Value> kNone;
  const Value* found = answer.find(name);
  return found == nullptr ? kNone : found->items;
}

// The service answers column by column; people and spreadsheets read rows.
Value by_rows(const Value& answer) {
  Value points = Value::sequence();
  const auto& times = column_of(answer, "at");
  const auto& devices = column_of(answer, "devices");
  const auto& busy = column_of(answer, "busy_thousandths");
  const auto& memory = column_of(answer, "memory_bytes");
  const std::size_t count = std::min({times.size(), devices.size(), busy.size(), memory.size()});
  for (std::size_t i = 0; i < count; ++i) {
    const auto thousandths = parse_integer(busy[i].scalar);
    points.items.push_back(
        Value::mapping()
            .set("at", times[i])
            .set("devices", devices[i])
            .set("busy", Value::plain(format_thousandths(thousandths ? *thousandths : 0)))
            .set("memory_bytes", memory[i]));
  }
  return Value::mapping().set("points", std::move(points));
}

Result<Exit> run_metrics(Context& context) {
  SILLAR_TRY(client, connect(context));
  const std::string& name = context.arguments.operands().front();
  SILLAR_TRY(answer, client.get("/api/v1/workloads/" + server::escape(name) + "/metrics"));
  const bool rows = context.format == Format::kTable || context.format == Format::kCsv;
  context.print(rows ? by_rows(answer.root) : answer.root, view());
  return Exit::kOk;
}

}  // namespace

const Verb& metrics_verb() {
  static const Verb kVerb{
      .name = "metrics",
      .summary = Message::kVerbMetrics,
      .examples = {"metrics train-7", "metrics train-7 -o csv"},
      .operands = {{"NAME", Message::kOperandWorkloadName, {}}},
      .flags = server_flags(),
      .formats = {Format::kTable, Format::kJson, Format::kYaml, Format::kCsv},
      .run = run_metrics,
  };
  return kVerb;
}

}  // namespace sillar::cli
