// info: the fleet in one line for each class of nodes and their health.

#include <map>

#include "base/quantity.h"
#include "cli/server_link.h"
#include "cli/verbs.h"
#include "engine/fact_text.h"

namespace sillar::cli {
namespace {

struct Group {
  std::int64_t nodes = 0;
  std::int64_t devices = 0;
  std::int64_t free = 0;
  std::int64_t tasks = 0;
};

const View& view() {
  static const View kView{{TableView{"items",
                                     {{"class", Message::kTitleClass},
                                      {"health", Message::kTitleHealth, Cell::kWord},
                                      {"nodes", Message::kTitleNodes, Cell::kNumber},
                                      {"accelerators", Message::kTitleDevices, Cell::kNumber},
                                      {"free_accelerators", Message::kTitleFree, Cell::kNumber},
                                      {"tasks", Message::kTitleTasks, Cell::kNumber}},
                                     Message::kNone,
                                     Message::kNoFleet}}};
  return kView;
}

std::string text_of(const Value& item, std::string_view field) {
  const Value* found = item.find(field);
  return found == nullptr ? std::string{} : found->scalar;
}

std::int64_t number_of(const Value& item, std::string_view field) {
  return parse_integer(text_of(item, field)).value_or(0);
}

Result<Exit> run_info(Context& context) {
  SILLAR_TRY(client, connect(context));
  std::map<std::pair<std::string, std::string>, Group> groups;
  std::string from;
  do {
    SILLAR_TRY(page, client.get("/api/v1/nodes?limit=1000" + from));
    if (const Value* items = page.root.find("items"))
      for (const Value& node : items->items) {
        Group& group = groups[{text_of(node, "class"), text_of(node, "health")}];
        ++group.nodes;
        group.devices += number_of(node, "accelerators");
        group.free += number_of(node, "free_accelerators");
        group.tasks += number_of(node, "tasks");
      }
    const std::string next = text_of(page.root, "continue");
    from = next.empty() ? "" : "&continue=" + next;
  } while (!from.empty());
  Value items = Value::sequence();
  for (const auto& [key, group] : groups)
    items.items.push_back(Value::mapping()
                              .set("class", key.first.empty() ? Value{} : Value::text(key.first))
                              .set("health", Value::text(key.second))
                              .set("nodes", number_value(group.nodes))
                              .set("accelerators", number_value(group.devices))
                              .set("free_accelerators", number_value(group.free))
                              .set("tasks", number_value(group.tasks)));
  Value answer = answer_of_kind("FleetSummary");
  answer.set("items", std::move(items));
  context.print(answer, view());
  return Exit::kOk;
}

}  // namespace

const Verb& info_verb() {
  static const Verb kVerb{
      .name = "info",
      .summary = Message::kVerbInfo,
      .examples = {"info", "info -o csv"},
      .operands = {},
      .flags = server_flags(),
      .formats = {Format::kTable, Format::kJson, Format::kYaml, Format::kCsv},
      .run = run_info,
  };
  return kVerb;
}

}  // namespace sillar::cli
