// describe: all that there is to know of one workload, node or project.

#include "cli/server_link.h"
#include "cli/verbs.h"

namespace sillar::cli {
namespace {

constexpr std::size_t kEventsShown = 20;

const View& workload_view() {
  static const View kView{
      {ListView{
           "",
           {{"workload.name", Message::kTitleName},
            {"workload.project", Message::kTitleProject},
            {"workload.owner", Message::kTitleOwner},
            {"workload.workload_kind", Message::kTitleKind, Cell::kWord},
            {"workload.phase", Message::kTitlePhase, Cell::kWord},
            {"decision.reason.text", Message::kTitleReason},
            {"decision.expected_start", Message::kTitleExpectedStart},
            {"decision.in_front.workloads_in_its_project", Message::kTitleInFront, Cell::kNumber},
            {"workload.priority", Message::kTitlePriority, Cell::kNumber},
            {"workload.submitted", Message::kTitleSubmitted},
            {"workload.started", Message::kTitleStarted},
            {"workload.finished", Message::kTitleFinishedAt},
            {"workload.spec.limit", Message::kTitleTimeLimit},
            {"workload.spec.idle.limit", Message::kTitleIdleLimit},
            {"workload.spec.retry.limit", Message::kTitleRetries},
            {"after", Message::kTitleAfter},
            {"stops_by", Message::kTitleStopsBy},
            {"workload.cost_of_running", Message::kTitleCostOfRunning, Cell::kMoney},
            {"workload.reserved", Message::kTitleReserved, Cell::kMoney},
            {"workload.evictions", Message::kTitleEvictions, Cell::kNumber}}},
       TableView{"workload.holds",
                 {{"cause", Message::kTitleHeldBy, Cell::kWord},
                  {"until", Message::kTitleUntil},
                  {"reason.text", Message::kTitleReason}},
                 Message::kTitleHolds},
       TableView{"workload.task_list",
                 {{"name", Message::kTitleTask},
                  {"phase", Message::kTitlePhase, Cell::kWord},
                  {"place.node", Message::kTitleNode},
                  {"place.devices", Message::kTitleDevices, Cell::kDevices},
                  {"attempt", Message::kTitleAttempt, Cell::kNumber},
                  {"exit_code", Message::kTitleExitCode, Cell::kNumber},
                  {"signal", Message::kTitleSignal, Cell::kNumber}},
                 Message::kTitleTasks},
       TableView{"events",
                 {{"at", Message::kTitleAt},
                  {"fact", Message::kTitleHappens, Cell::kWord},
                  {"task", Message::kTitleTask},
                  {"place.node", Message::kTitleNode},
                  {"reason.text", Message::kTitleReason}},
                 Message::kTitleEvents}}};
  return kView;
}

const View& node_view() {
  static const View kView{{ListView{"node",
                                    {{"name", Message::kTitleName},
                                     {"class", Message::kTitleClass},
                                     {"health", Message::kTitleHealth, Cell::kWord},
                                     {"why", Message::kTitleReason},
                                     {"location.provider", Message::kTitleProvider},
                                     {"location.region", Message::kTitleRegion},
                                     {"accelerators", Message::kTitleDevices, Cell::kNumber},
                                     {"free_accelerators", Message::kTitleFree, Cell::kNumber},
                                     {"memory_bytes", Message::kTitleMemory, Cell::kBytes},
                                     {"free_memory_bytes", Message::kTitleFreeMemory, Cell::kBytes},
                                     {"tasks", Message::kTitleTasks, Cell::kNumber}}},
                           TableView{"node.devices",
                                     {{"index", Message::kTitleDevice, Cell::kNumber},
                                      {"health", Message::kTitleHealth, Cell::kWord},
                                      {"tasks", Message::kTitleTasks}},
                                     Message::kTitleDevices}}};
  return kView;
}

const View& project_view() {
  static const View kView{
      {ListView{"project",
                {{"name", Message::kTitleName},
                 {"parent", Message::kTitleParent},
                 {"priority", Message::kTitlePriority, Cell::kNumber}}},
       TableView{"project.quota",
                 {{"resource", Message::kTitleResource},
                  {"allocated", Message::kTitleAllocated, Cell::kQuantity},
                  {"requested", Message::kTitleRequested, Cell::kQuantity},
                  {"deserved", Message::kTitleDeserved, Cell::kQuantity},
                  {"limit", Message::kTitleLimit, Cell::kQuantity}},
                 Message::kTitleQuota},
       TableView{"budgets",
                 {{"project", Message::kTitleProject},
                  {"period", Message::kTitlePeriod, Cell::kWord},
                  {"limit", Message::kTitleLimit, Cell::kMoney},
                  {"spent", Message::kTitleSpent, Cell::kMoney},
                  {"reserved", Message::kTitleReserved, Cell::kMoney},
                  {"left", Message::kTitleLeft, Cell::kMoney}},
                 Message::kTitleBudgets},
       TableView{"workloads",
                 {{"name", Message::kTitleWorkload},
                  {"phase", Message::kTitlePhase, Cell::kWord},
                  {"request.accelerators", Message::kTitleDevices, Cell::kNumber},
                  {"reason.text", Message::kTitleReason}},
                 Message::kTitleWorkloads}}};
  return kView;
}

Value at_or_null(const Value& from, std::string_view path) {
  const Value* found = find_path(from, path);
  return found == nullptr ? Value{} : *found;
}

// Which signals it gets when it has to stop, and how long it has between them.
Value stops_by(const Value& workload) {
  Value steps = Value::sequence();
  const Value* run = find_path(workload, "spec.run");
  if (run == nullptr) return steps;
  const Value* first = run->find("checkpoint_signal");
  if (first != nullptr && !first->scalar.empty()) steps.items.push_back(*first);
  steps.items.push_back(Value::text("TERM"));
  const Value* grace = run->find("grace");
  steps.items.push_back(Value::text("+" + (grace == nullptr ? "30s" : grace->scalar) + " KILL"));
  return steps;
}

Value dependencies(const Value& workload) {
  Value names = Value::sequence();
  if (const Value* after = find_path(workload, "spec.after"))
    for (const Value& one : after->items)
      if (const Value* name = one.find("workload")) names.items.push_back(*name);
  return names;
}

// The last of what is remembered; nothing for who may not listen.
Value events_of(server::ApiClient& client, const std::string& name) {
  Value events = Value::sequence();
  const Status heard = client.listen("/api/v1/events?once=true&workload=" + server::escape(name),
                                     {}, [&](const server::ApiEvent* event) {
                                       const auto document =
                                           event == nullptr ? Result<Document>(invalid(""))
                                                            : parse_document("event", event->json);
                                       if (document) events.items.push_back(document->root);
                                       if (events.items.size() > kEventsShown)
                                         events.items.erase(events.items.begin());
                                       return true;
                                     });
  if (!heard) events.items.clear();
  return events;
}

Result<Exit> describe_workload(const Context& context, server::ApiClient& client,
                               const std::string& name) {
  const std::string target = "/api/v1/workloads/" + server::escape(name);
  SILLAR_TRY(workload, client.get(target));
  SILLAR_TRY(decision, client.get(target + "/explain"));
  Value answer = answer_of_kind("WorkloadDescription");
  answer.set("stops_by", stops_by(workload.root))
      .set("after", dependencies(workload.root))
      .set("workload", std::move(workload.root))
      .set("decision", std::move(decision.root))
      .set("events", events_of(client, name));
  context.print(answer, workload_view());
  return Exit::kOk;
}

// Of a list that has no route for one of it.
Result<Value> named_in(server::ApiClient& client, const std::string& target,
                       const std::string& name, const std::string& absent) {
  std::string from;
  do {
    SILLAR_TRY(page, client.get(target + from));
    for (const Value& item : at_or_null(page.root, "items").items)
      if (at_or_null(item, "name").scalar == name) return item;
    const std::string next = at_or_null(page.root, "continue").scalar;
    from = next.empty() ? "" : "&continue=" + next;
  } while (!from.empty());
  return fail(ErrorCode::kNotFound, absent);
}

Result<Exit> describe_node(const Context& context, server::ApiClient& client,
                           const std::string& name) {
  SILLAR_TRY(node, named_in(client, "/api/v1/nodes?limit=1000", name,
                            context.say(Message::kNoSuchNode, {{"name", name}})));
  Value answer = answer_of_kind("NodeDescription");
  answer.set("node", std::move(node));
  context.print(answer, node_view());
  return Exit::kOk;
}

Result<Exit> describe_project(const Context& context, server::ApiClient& client,
                              const std::string& name) {
  const std::string query = "?project=" + server::escape(name);
  SILLAR_TRY(project, named_in(client, "/api/v1/projects" + query + "&limit=1000", name,
                               context.say(Message::kNoSuchProject, {{"name", name}})));
  SILLAR_TRY(budgets, client.get("/api/v1/budgets" + query));
  SILLAR_TRY(queue, client.get("/api/v1/queue" + query + "&limit=50"));
  Value answer = answer_of_kind("ProjectDescription");
  answer.set("project", std::move(project))
      .set("budgets", at_or_null(budgets.root, "items"))
      .set("workloads", at_or_null(queue.root, "items"));
  context.print(answer, project_view());
  return Exit::kOk;
}

Result<Exit> run_describe(Context& context) {
  SILLAR_TRY(client, connect(context));
  const auto operands = context.arguments.operands();
  if (operands[0] == "node") return describe_node(context, client, operands[1]);
  if (operands[0] == "project") return describe_project(context, client, operands[1]);
  return describe_workload(context, client, operands[1]);
}

}  // namespace

const Verb& describe_verb() {
  static const Verb kVerb{
      .name = "describe",
      .summary = Message::kVerbDescribe,
      .examples = {"describe workload train-7", "describe node n1",
                   "describe project acme/research -o yaml"},
      .operands = {{"KIND", Message::kOperandDescribed, {"workload", "node", "project"}},
                   {"NAME", Message::kOperandItsName, {}}},
      .flags = server_flags(),
      .formats = {Format::kTable, Format::kJson, Format::kYaml},
      .run = run_describe,
  };
  return kVerb;
}

}  // namespace sillar::cli
