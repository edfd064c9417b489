// The text form of workloads and their tasks.

#include <algorithm>

#include "model/tables.h"

namespace sillar {
namespace {

constexpr std::array<std::string_view, 4> kKindNames{"training", "inference", "interactive",
                                                     "batch"};
constexpr std::int32_t kPriorityMax = 1'000'000'000;

const Table<GangText>& gang_table() {
  static const auto table = [] {
    Table<GangText> t("gang", "How many tasks must run together.");
    t.optional("min", &GangText::min, Optional<Integer<std::int32_t>>{{1, kCopiesMax}},
               "Fewest tasks that make sense; absent: all of them.");
    t.optional("max", &GangText::max, Optional<Integer<std::int32_t>>{{1, kCopiesMax}},
               "Number of tasks; more than min: elastic. Absent: those listed, at least min.");
    return t;
  }();
  return table;
}

std::string task_name(const Workload& workload, std::size_t index) {
  return fmt::format("{}/{}", workload.name, index);
}

// Gang and tasks state each other's defaults: without a gang every listed task belongs to it, and
// tasks of the gang that are not listed are pending.
bool finish_workload(Decoder& decoder, const Value& value, WorkloadText& workload) {
  const std::size_t listed = workload.tasks.size();
  if (listed > static_cast<std::size_t>(kCopiesMax))
    return decoder.fault(value, fmt::format("a workload has at most {} tasks", kCopiesMax));
  GangText gang = workload.gang.value_or(GangText{});
  const auto tasks = static_cast<std::int32_t>(listed);
  if (workload.array_text) {
    workload.array = std::move(workload.array_text->indices);
    workload.array_at_most = workload.array_text->at_most;
    if (!workload.gang) gang = {1, static_cast<std::int32_t>(workload.array.size())};
  }
  workload.gang_max = gang.max.value_or(std::max({tasks, gang.min.value_or(1), 1}));
  workload.gang_min = gang.min.value_or(workload.gang_max);
  if (workload.gang_min > workload.gang_max)
    return decoder.fault(value, fmt::format("gang.min is {}, more than gang.max, which is {}",
                                            workload.gang_min, workload.gang_max));
  if (tasks > workload.gang_max)
    return decoder.fault(
        value, fmt::format("{} tasks are listed, but gang.max is {}", tasks, workload.gang_max));
  if (listed == 0) return true;
  if (!decoder.charge_copies(workload.gang_max - tasks))
    return decoder.fault(value,
                         fmt::format("the document expands to more than {} items", kCopiesMax));
  workload.tasks.resize(static_cast<std::size_t>(workload.gang_max));
  for (std::size_t i = 0; i < workload.tasks.size(); ++i)
    if (workload.tasks[i].name.empty()) workload.tasks[i].name = task_name(workload, i);
  return true;
}

void spell_out(const Fleet&, WorkloadText& workload) {
  const auto tasks = static_cast<std::int32_t>(std::max<std::size_t>(workload.tasks.size(), 1));
  const auto array = static_cast<std::int32_t>(workload.array.size());
  const bool implied = array > 0 ? workload.gang_min == 1 && workload.gang_max == array
                                 : workload.gang_min == tasks && workload.gang_max == tasks;
  if (!implied) workload.gang = GangText{workload.gang_min, workload.gang_max};
  if (array > 0) workload.array_text = ArrayText{workload.array, workload.array_at_most};
}

}  // namespace

bool Devices::read(Decoder& decoder, const Value& value, std::vector<std::int32_t>& out) const {
  return List<Integer<std::int32_t>>{{0, kDevicesPerNodeMax - 1}}.read(decoder, value, out);
}

Value Devices::write(const Fleet& fleet, const std::vector<std::int32_t>& devices) const {
  return List<Integer<std::int32_t>>{{0, kDevicesPerNodeMax - 1}}.write(fleet, devices);
}

void Devices::schema(SchemaWriter& writer) const {
  JsonWriter& json = writer.json;
  json.field("type", "array").key("items").begin_object().key("anyOf").begin_array();
  json.begin_object();
  Integer<std::int32_t>{0, kDevicesPerNodeMax - 1}.schema(writer);
  json.end_object().begin_object().field("type", "string").field("pattern", "^\\{[it][^}]*\\}$");
  json.end_object().end_array().end_object();
}

const Table<Request>& request_table() {
  static const auto table = [] {
    Table<Request> t("request",
                     "What one task asks for; at most one of accelerators, fraction, "
                     "accelerator_memory and mig.");
    t.optional("accelerators", &Request::accelerators, Integer<std::int32_t>{0, kDevicesPerNodeMax},
               "Whole devices of one node.");
    t.optional("fraction", &Request::fraction, Integer<std::int64_t>{1, kDevice - 1},
               "Thousandths of one device.");
    t.optional("accelerator_memory", &Request::accelerator_memory, Bytes{},
               "Memory of one device.");
    t.optional("mig", &Request::mig, Name{}, "Name of a MIG profile, such as 1g.10gb.");
    t.optional("classes", &Request::classes, List<Name>{},
               "Accepted classes in order of preference; absent: any.");
    t.optional("cpu", &Request::cpu, Thousandths{}, "Cores.");
    t.optional("memory", &Request::memory_bytes, Bytes{}, "Memory of the host.");
    return t;
  }();
  return table;
}

const Table<TopologyRequest>& topology_request_table() {
  static const auto table = [] {
    Table<TopologyRequest> t("topology_request", "How close to each other the tasks must be.");
    t.optional("topology", &TopologyRequest::topology, Name{},
               "Name of a topology; absent: the only one.");
    t.optional("required", &TopologyRequest::required, Name{},
               "Level of which one domain must hold all tasks.");
    t.optional("preferred", &TopologyRequest::preferred, Name{},
               "Level down to which to keep them together where possible.");
    t.optional("apart", &TopologyRequest::apart, Name{},
               "Level whose domains hold at most one task each.");
    return t;
  }();
  return table;
}

const Table<TaskText>& task_table() {
  static const auto table = [] {
    Table<TaskText> t("task", "A task as it stands, or `copies` such tasks.");
    t.optional("name", &TaskText::name, Name{}, "Absent: the workload's name, / and its number.");
    t.optional("copies", &TaskText::copies, Integer<std::int32_t>{1, kCopiesMax},
               "How many such tasks there are; {t} is the number of the copy.");
    t.optional("state", &TaskText::state, Choice<TaskState, 4>{&kTaskStateNames},
               "Pending, if absent.");
    t.optional("node", &TaskText::node, Name{}, "Where it runs.");
    t.optional("devices", &TaskText::devices, Devices{},
               "Indices of the devices it holds; absent: the lowest free ones.");
    t.optional("started", &TaskText::started, Instant{}, "When it started.");
    t.optional("checkpointed", &TaskText::last_checkpoint, Optional<Instant>{},
               "When its last checkpoint was taken; absent: never.");
    t.after([](Decoder&, const Value&, TaskText& task) {
      task.checkpointed = task.last_checkpoint.value_or(task.started);
      return true;
    });
    t.before_print([](const Fleet&, TaskText& task) {
      if (task.checkpointed != task.started) task.last_checkpoint = task.checkpointed;
    });
    return t;
  }();
  return table;
}

const Table<WorkloadText>& workload_table() {
  static const auto table = [] {
    using W = WorkloadText;
    Table<W> t("workload", "Work that somebody submits, or `copies` equal workloads.");
    t.required("name", &W::name, Name{},
               "The workload's name; with copies, {i} is the number of the copy.");
    t.optional("copies", &W::copies, Integer<std::int32_t>{1, kCopiesMax},
               "How many such workloads there are; a name without {i} gets -0, -1 and so on.");
    t.required("project", &W::project, Name{}, "Path of the leaf project it belongs to.");
    t.optional("kind", &W::kind, Choice<WorkloadKind, 4>{&kKindNames}, "What kind of work it is.");
    t.optional("priority", &W::priority, Integer<std::int32_t>{-kPriorityMax, kPriorityMax},
               "Higher goes first within the project.");
    t.optional("preemptible", &W::preemptible, Boolean{}, "Whether it may be evicted.");
    t.optional("submitted", &W::submitted, Instant{}, "When it was submitted.");
    t.optional("gang", &W::gang, Optional<Record<GangText>>{{&gang_table}},
               "How many tasks must run together; absent: all that are listed.");
    t.optional("request", &W::request, Record<Request>{&request_table}, "What one task asks for.");
    t.optional("topology", &W::topology, Record<TopologyRequest>{&topology_request_table},
               "How close to each other the tasks must be.");
    t.optional("spread", &W::spread, Boolean{}, "Spread over nodes rather than pack.");
    t.optional("estimate", &W::estimate, Span{}, "Expected run time; 0: unknown.");
    t.optional("limit", &W::limit, Span{}, "Ended after this; 0: no limit.");
    t.optional("checkpoint_interval", &W::checkpoint_interval, Span{},
               "How often it saves its state; 0: never.");
    t.optional("checkpoint_cost", &W::checkpoint_cost, Span{}, "How long saving takes.");
    t.optional("restart_cost", &W::restart_cost, Span{}, "How long a start takes.");
    t.optional("data", &W::data, List<Name>{}, "Where its data lies, as provider/region.");
    t.optional("residency", &W::residency, Record<Residency>{&residency_table},
               "Where it may run; narrows what its project allows.");
    t.optional("node_labels", &W::node_labels, Labels{}, "Labels that its nodes must all have.");
    t.optional("labels", &W::labels, Labels{}, "The owner's own labels, for reports.");
    t.optional("tasks", &W::tasks, CompactList<TaskSpec, TaskText>{&task_table, kTaskCopies},
               "Its tasks as they stand; those that are not listed are pending.");
    t.optional("run", &W::run, Record<Launch>{&launch_table}, "What each task runs.");
    t.optional("after", &W::after, dependency_list(), "What must be over before it starts.");
    t.optional("retry", &W::retry, Record<Retry>{&retry_table},
               "How often a task that fails is tried again.");
    t.optional("idle", &W::idle, Record<IdleRule>{&idle_table},
               "What becomes of a task that leaves its devices idle.");
    t.optional("held", &W::held, Boolean{}, "Whether it waits until it is released.");
    t.optional("array", &W::array_text, Optional<Record<ArrayText>>{{&array_table}},
               "Its tasks as an array: each runs by itself and has an index.");
    t.optional("owner", &W::owner, Name{}, "Who submitted it; a server says so itself.");
    t.optional("os_user", &W::os_user, Name{},
               "User of the machine that runs its commands; a server says so itself.");
    t.after(finish_workload).before_print(spell_out);
    return t;
  }();
  return table;
}

}  // namespace sillar
