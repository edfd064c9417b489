#include "server/operations.h"
#include "server/shapes.h"
#include "server/views.h"

namespace sillar::server {
namespace {

Value phase() {
  return shape::words(
      {"Submitted", "Held", "Pending", "Placed", "Starting", "Running", "Checkpointing",
       "Preempted", "Stopping", "Succeeded", "Failed", "Cancelled"},
      "Where it is in its life.");
}

std::vector<shape::Member> row_members() {
  return {
      {"name", shape::text("Its name, of which there is one.")},
      {"project", shape::text("The leaf project that it belongs to.")},
      {"owner", shape::text("Who submitted it.")},
      {"workload_kind",
       shape::words({"training", "inference", "interactive", "batch"}, "What kind of work it is.")},
      {"phase", phase()},
      {"priority", shape::integer("Higher goes first within the project.")},
      {"request", shape::object("What one task asks for.",
                                {{"accelerators", shape::count("Whole accelerators.")},
                                 {"classes", shape::list(shape::text("A class's name."),
                                                         "Classes that will do; empty: any.")}})},
      {"tasks", shape::object("How many of its tasks are where.",
                              {{"pending", shape::count("Wait, or are promised room.")},
                               {"running", shape::count("Hold devices.")},
                               {"ended", shape::count("Have ended.")}})},
      {"nodes", shape::list(shape::text("A node's name."), "Where it holds devices.")},
      {"submitted", shape::or_null(shape::time("When it was submitted."))},
      {"started", shape::or_null(shape::time("When its first task first started."))},
      {"finished", shape::or_null(shape::time("When it ended."))},
      {"evictions", shape::count("How often a task of it was evicted.")},
      {"exit_code", shape::or_null(shape::integer(
                        "Once it is over: the first of its tasks' that is not 0, or 0."))},
      {"reason", shape::or_null(shape::ref("Reason"))}};
}

Value workload_shape() {
  std::vector<shape::Member> members = row_members();
  members.push_back(
      {"holds", shape::list(shape::object(
                    "Why it does not start although there may be room.",
                    {{"cause", shape::words({"owner", "dependency", "back-off", "budget", "drain"},
                                            "What holds it.")},
                     {"until", shape::or_null(shape::time("When that ends by itself."))},
                     {"reason", shape::or_null(shape::ref("Reason"))}}))});
  members.push_back({"cost_of_running", shape::or_null(shape::ref(
                                            "Money", "What has come of its running attempts."))});
  members.push_back(
      {"reserved", shape::or_null(shape::ref("Money", "What budgets set aside for what runs."))});
  members.push_back({"task_list", shape::list(shape::ref("Task"), "Its tasks, by index.")});
  members.push_back({"spec", shape::ref("spec.workload", "What was submitted.")});
  return shape::answer("Workload", "A workload with its tasks and what was submitted.",
                       std::move(members));
}

Value task_shape() {
  return shape::object(
      "One task of a workload.",
      {{"name", shape::text("The workload's name, a slash, its index.")},
       {"phase",
        shape::words({"Pending", "Promised", "Running", "Stopping", "Finished"}, "Where it is.")},
       {"place", shape::or_null(shape::ref("Place"))},
       {"attempt", shape::count("How often it was started.")},
       {"exit_code", shape::or_null(shape::integer("Of its last attempt, once that has ended."))},
       {"signal", shape::count("That ended its last attempt; 0: none.")}});
}

Value place_shape() {
  return shape::object(
      "Where a task is.",
      {{"node", shape::text("The node's name.")},
       {"devices",
        shape::list(shape::object("A device, or a part of it.",
                                  {{"index", shape::count("The device's number on its node.")},
                                   {"thousandths", shape::count("Of the device.")},
                                   shape::optional("slot", shape::count("Of a MIG slice."))}),
                    "Its devices.")}});
}

Value decision_shape() {
  const auto amount = [](std::string_view doc) {
    return shape::any_of({shape::integer({}), shape::word("unlimited")}, doc);
  };
  return shape::object(
      "Why a workload is where it is, by the decision code itself on a copy of the state.",
      {{"workload", shape::text("Its name.")},
       {"project", shape::text("Its project.")},
       {"at", shape::time("When this was so.")},
       {"tasks", shape::list(shape::object(
                     "A task.", {{"task", shape::text("Its name.")},
                                 {"state", shape::words({"Pending", "Promised", "Running",
                                                         "Stopping", "Finished"},
                                                        "Where it is.")},
                                 shape::optional("place", shape::ref("Place"))}))},
       {"reason", shape::or_null(shape::ref("FullReason"))},
       {"next_cycle", shape::list(shape::ref("Fact"), "What the next cycle would do to it.")},
       shape::optional(
           "in_front",
           shape::object(
               "What goes first while it waits.",
               {{"workloads_in_its_project", shape::count("That wait before it.")},
                {"first_of_them", shape::list(shape::text("A workload's name."))},
                {"projects",
                 shape::list(shape::object(
                     "A project beside its own that goes first.",
                     {{"project", shape::text("Its path.")},
                      {"rule", shape::text("The step of the order that puts it first.")}}))}})),
       {"nodes", shape::map_of(shape::count("Nodes."),
                               "How many nodes fit it, and how many refuse it for which reason.")},
       {"projects", shape::list(shape::object(
                        "What a project of its line holds of a resource; thousandths of a "
                        "device or a core, or bytes.",
                        {{"project", shape::text("Its path.")},
                         {"resource", shape::text("cpu, memory, or a class of accelerators.")},
                         {"allocated", shape::integer("In use.")},
                         {"requested", shape::integer("In use or waited for.")},
                         {"fair_share", shape::integer("Its share now.")},
                         {"deserved", amount("What it is entitled to.")},
                         {"limit", amount("What it may have at most.")}}))},
       {"evictions", shape::count("How often a task of it was evicted.")},
       {"expected_start",
        shape::or_null(shape::time("When it would start if nothing else came and what runs ended "
                                   "at its limit; null: it does not wait for room, or nobody can "
                                   "tell."))}});
}

Value metrics_shape() {
  const auto column = [](std::string_view doc) { return shape::list(shape::count({}), doc); };
  return shape::answer(
      "WorkloadMetrics", "What was seen of a workload's devices, column by column.",
      {{"name", shape::text("The workload's name.")},
       {"step", shape::text("How long a point stands for, such as 10s.")},
       {"at",
        shape::list(shape::time({}), "When each begins. Points without anything are not there.")},
       {"devices", column("How many devices were seen, on average.")},
       {"busy_thousandths", column("How busy one of them was, on average.")},
       {"memory_bytes", column("Most memory in use in all of them; 0 where it is not told.")}});
}

std::vector<NamedShape> workload_shapes() {
  return {
      {"WorkloadSummary", shape::object("A workload, as lists show it.", row_members())},
      {"WorkloadList", shape::page("WorkloadList", "Workloads, newest first.", "WorkloadSummary")},
      {"Workload", workload_shape()},
      {"Task", task_shape()},
      {"WorkloadMetrics", metrics_shape()},
      {"Place", place_shape()},
      {"Submission",
       shape::answer("Submission", "What was accepted: all that was sent.",
                     {{"items", shape::list(shape::object(
                                    "One workload.", {{"name", shape::text("Its name.")},
                                                      {"project", shape::text("Its project.")},
                                                      {"owner", shape::text("Who sent it.")}}))}}),
       R"({"apiVersion": "sillar/v1", "kind": "Submission", "items": [
          {"name": "train-7", "project": "acme/research", "owner": "ann"}]})"},
      {"WorkloadsToSubmit",
       shape::any_of({shape::ref("spec.workload"), shape::list(shape::ref("spec.workload")),
                      shape::object({}, {{"workloads", shape::list(shape::ref("spec.workload"))}})},
                     "One workload, a list of them, or a list under `workloads`; JSON or YAML."),
       R"({"name": "train-7", "project": "acme/research", "kind": "training",
          "request": {"accelerators": 2}, "limit": "8h", "run": {"command": ["./train.sh"]}})"},
      {"Decision", decision_shape()},
      {"Queue",
       shape::page("Queue", "What has not ended: what waits first, by priority, then time.",
                   "WorkloadSummary",
                   {{"waiting", shape::count("How many wait.")},
                    {"running", shape::count("How many run.")}})},
  };
}

Operation cancel_operation() {
  Operation operation =
      order(Action::kWorkloadControl, "/api/v1/workloads/{name}/cancel", "cancelWorkload",
            "Ends a workload", "What runs is told to stop. Another's workload takes a manager.");
  operation.query = {{"task", shape::count("Of an array, this task alone.")}};
  return operation;
}

Operation log_operation() {
  return {.method = "GET",
          .pattern = "/api/v1/workloads/{name}/logs",
          .id = "readWorkloadLog",
          .summary = "What a task of a workload wrote",
          .doc =
              "The bytes as they are. The header Sillar-Log-Offset says where in the log the "
              "first of them stands: what came before it was dropped.",
          .right = Action::kWorkloadLogs,
          .query = {{"task", shape::count("The task's index; 0 without it.")},
                    {"stream", shape::words({"output", "error"}, "Which of its streams.")},
                    {"offset", shape::count("In bytes from the log's beginning.")},
                    {"follow", shape::boolean("Go on until the task has ended.")}},
          .replies = {{200, {}, "The log.", "text/plain"}},
          .problems = {400, 403, 404}};
}

}  // namespace

Chapter workload_chapter() {
  Chapter chapter{"workloads", "Work that is submitted, waits, runs and ends.", {}, {}};
  chapter.operations = {
      {.method = "GET",
       .pattern = "/api/v1/workloads",
       .id = "listWorkloads",
       .summary = "Workloads, newest first",
       .right = Action::kWorkloadView,
       .query = paged({project_filter(),
                       {"phase", shape::text("Phases with commas between them.")},
                       {"owner", shape::text("Who submitted them.")}}),
       .replies = {{200, "WorkloadList", "A page of what the caller may see."}},
       .problems = {400}},
      {.method = "POST",
       .pattern = "/api/v1/workloads",
       .id = "submitWorkloads",
       .summary = "Submits workloads, all of them or none",
       .doc = "The answer leaves once they are durable. At most 1,000 at once.",
       .right = Action::kWorkloadSubmit,
       .body = "WorkloadsToSubmit",
       .replies = {{201, "Submission", "They wait for their turn."}},
       .problems = {403, 409}},
      {.method = "GET",
       .pattern = "/api/v1/workloads/{name}",
       .id = "getWorkload",
       .summary = "One workload with its tasks",
       .right = Action::kWorkloadView,
       .replies = {{200, "Workload", "The workload."}},
       .problems = {404}},
      {.method = "GET",
       .pattern = "/api/v1/workloads/{name}/explain",
       .id = "explainWorkload",
       .summary = "Why a workload is where it is",
       .right = Action::kWorkloadView,
       .replies = {{200, "Decision", "Its decision record."}},
       .problems = {404}},
      cancel_operation(),
      order(Action::kWorkloadControl, "/api/v1/workloads/{name}/hold", "holdWorkload",
            "Keeps a workload from starting",
            "What runs goes on. Another's workload takes a manager."),
      order(Action::kWorkloadControl, "/api/v1/workloads/{name}/release", "releaseWorkload",
            "Ends a hold", "Another's workload takes a manager."),
      log_operation(),
      {.method = "GET",
       .pattern = "/api/v1/workloads/{name}/metrics",
       .id = "getWorkloadMetrics",
       .summary = "How busy a workload keeps its devices",
       .doc = "Kept in memory since the server's start, at most 240 points; older ones stand for "
              "longer times. Empty where nobody looks at the devices.",
       .right = Action::kWorkloadView,
       .replies = {{200, "WorkloadMetrics", "Columns of one length."}},
       .problems = {404}},
      {.method = "GET",
       .pattern = "/api/v1/queue",
       .id = "listQueue",
       .summary = "What waits and what runs",
       .right = Action::kWorkloadView,
       .query = paged({project_filter()}),
       .replies = {{200, "Queue", "A page of what the caller may see."}},
       .problems = {400}},
  };
  chapter.shapes = workload_shapes();
  return chapter;
}

}  // namespace sillar::server
