// get: workloads and nodes as the service lists them.

#include <algorithm>
#include <numeric>

#include "base/quantity.h"
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

const View& projects_view() {
  static const View kView{{TableView{"items",
                                     {{"name", Message::kTitleName},
                                      {"parent", Message::kTitleParent},
                                      {"priority", Message::kTitlePriority, Cell::kNumber}}}}};
  return kView;
}

bool is_less(const Value* a, const Value* b) {
  const bool no_a = a == nullptr || a->scalar.empty();
  const bool no_b = b == nullptr || b->scalar.empty();
  if (no_a || no_b) return !no_a && no_b;  // What is absent comes last.
  if (is_json_number(a->scalar) && is_json_number(b->scalar)) {
    const auto left = parse_integer(a->scalar);
    const auto right = parse_integer(b->scalar);
    if (left && right) return *left < *right;
  }
  return a->scalar < b->scalar;
}

// By the field that is named, of the page that was asked for; the rest stays in order.
void sort_items(const Context& context, Value& answer) {
  const std::string_view field = context.arguments.text("sort-by");
  if (field.empty()) return;
  for (auto& [key, items] : answer.fields) {
    if (key != "items") continue;
    std::vector<std::size_t> order(items.items.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
      const Value* left = find_path(items.items[a], field);
      const Value* right = find_path(items.items[b], field);
      if (is_less(left, right)) return true;
      return !is_less(right, left) && a < b;
    });
    std::vector<Value> sorted;
    for (const std::size_t at : order) sorted.push_back(std::move(items.items[at]));
    items.items = std::move(sorted);
  }
}

Result<Exit> run_get(Context& context) {
  SILLAR_TRY(client, connect(context));
  const auto operands = context.arguments.operands();
  const bool nodes = operands.front() == "nodes";
  if (nodes || operands.front() == "projects") {
    const std::string target = nodes ? "/api/v1/nodes" + query_of(context, {"limit"})
                                     : "/api/v1/projects" + query_of(context, {"project", "limit"});
    SILLAR_TRY(answer, client.get(target));
    sort_items(context, answer.root);
    context.print(answer.root, nodes ? nodes_view() : projects_view());
    return Exit::kOk;
  }
  if (operands.front() == "config") {
    SILLAR_TRY(answer, client.get("/api/v1/config"));
    if (context.format == Format::kTable || context.format == Format::kCsv)
      context.io.out.write(print_yaml(answer.root));
    else
      context.print(answer.root, {});
    return Exit::kOk;
  }
  if (operands.size() > 1) {
    SILLAR_TRY(answer, client.get("/api/v1/workloads/" + server::escape(operands[1])));
    context.print(answer.root, one_view());
    return Exit::kOk;
  }
  const auto query = query_of(context, {"project", "phase", "owner", "limit"});
  SILLAR_TRY(answer, client.get("/api/v1/workloads" + query));
  sort_items(context, answer.root);
  context.print(answer.root, list_view());
  return Exit::kOk;
}

}  // namespace

const Verb& get_verb() {
  static const Verb kVerb{
      .name = "get",
      .summary = Message::kVerbGet,
      .examples = {"get workloads", "get workloads --phase Pending,Running -p acme",
                   "get workloads train-7 -o yaml", "get workloads --sort-by submitted -o name",
                   "get nodes", "get config -o yaml"},
      .operands = {{"KIND", Message::kOperandNoun, {"workloads", "nodes", "projects", "config"}},
                   {"NAME", Message::kOperandWorkloadName, {}, false}},
      .flags = with_server_flags({{"project", "PATH", Message::kFlagProject, {}, 'p'},
                                  {"phase", "PHASES", Message::kFlagPhase, {}},
                                  {"owner", "NAME", Message::kFlagOwner, {}},
                                  {"sort-by", "FIELD", Message::kFlagSortBy, {}},
                                  {"limit", "N", Message::kFlagLimit, {}}}),
      .formats = {Format::kTable, Format::kJson, Format::kYaml, Format::kCsv, Format::kName},
      .run = run_get,
  };
  return kVerb;
}

}  // namespace sillar::cli
