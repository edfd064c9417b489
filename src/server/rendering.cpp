#include "server/rendering.h"

#include <algorithm>

#include "engine/fact_text.h"
#include "model/text.h"

namespace sillar::server {
namespace {

constexpr std::string_view kKinds[] = {"training", "inference", "interactive", "batch"};
constexpr std::string_view kHoldCauses[] = {"owner", "dependency", "back-off", "budget", "drain"};
constexpr std::string_view kTaskPhases[] = {"Pending",  "Promised", "Running",
                                            "Stopping", "Finished", "Pending"};

// Less the names of others that the caller does not see.
void write_told(JsonWriter& json, const Reason* reason, const MaySay& may_say) {
  if (reason == nullptr || !may_say) return write_reason(json, reason);
  const Reason told = withhold(*reason, may_say);
  write_reason(json, &told);
}

void write_fields(JsonWriter& json, const WorkloadRow& row, const MaySay& may_say) {
  const Workload& spec = *row.spec;
  json.field("name", spec.name)
      .field("project", spec.project)
      .field("owner", spec.owner)
      .field("workload_kind", kKinds[static_cast<std::size_t>(spec.kind)])
      .field("phase", row.phase)
      .field("priority", std::int64_t{spec.priority});
  json.key("request")
      .begin_object()
      .field("accelerators", std::int64_t{spec.request.accelerators})
      .key("classes")
      .begin_array();
  for (const std::string& name : spec.request.classes) json.string(name);
  json.end_array().end_object();
  json.key("tasks")
      .begin_object()
      .field("pending", std::int64_t{row.pending})
      .field("running", std::int64_t{row.running})
      .field("ended", std::int64_t{row.ended})
      .end_object();
  json.key("nodes").begin_array();
  for (const std::string& node : row.nodes) json.string(node);
  json.end_array();
  write_time(json, "submitted", spec.submitted);
  write_time(json, "started", row.first_started);
  write_time(json, "finished", row.finished);
  json.field("evictions", row.evictions).key("exit_code");
  if (row.exit_code)
    json.number(std::int64_t{*row.exit_code});
  else
    json.null();
  write_told(json, row.reason.get(), may_say);
}

// Why it does not start although there may be room.
void write_holds(JsonWriter& json, const WorkloadRecord& record, const MaySay& may_say) {
  json.key("holds").begin_array();
  for (const WorkloadHold& hold : record.holds) {
    json.begin_object().field("cause", kHoldCauses[static_cast<std::size_t>(hold.cause)]);
    write_time(json, "until", hold.until);
    write_told(json, hold.reason.get(), may_say);
    json.end_object();
  }
  json.end_array();
}

// Of what runs: what it has cost, and what is set aside for it. Null without prices.
void write_spending(JsonWriter& json, const Core& core, const WorkloadRow& row) {
  const State& state = core.state();
  if (!state.meter || state.prices.empty()) {
    json.key("cost_of_running").null().key("reserved").null();
    return;
  }
  const schedule::Job& job = state.board.job(row.id);
  Int128 spent = 0;
  Int128 reserved = 0;
  for (std::int32_t i = 0; i < job.tasks; ++i) {
    const TaskId task{job.first_task + static_cast<std::uint32_t>(i)};
    if (state.meter->running(task)) spent += state.meter->cost_until(task, core.now()).nanos();
    const BudgetReservation* held = state.budgets ? state.budgets->find(task) : nullptr;
    if (held != nullptr) reserved += reserved_nanos(held->draw, core.now(), held->draw.until);
  }
  const Currency currency = state.prices.front().per_hour.currency;
  write_money(json, "cost_of_running", spent, currency);
  write_money(json, "reserved", reserved, currency);
}

}  // namespace

void write_reason(JsonWriter& json, const Reason* reason) {
  json.key("reason");
  if (reason == nullptr) {
    json.null();
    return;
  }
  json.begin_object().field("code", reason_code_name(reason->code)).key("text").begin_object();
  json.field("en", reason_text(*reason, Language::kEnglish))
      .field("es", reason_text(*reason, Language::kSpanish))
      .end_object()
      .end_object();
}

void write_time(JsonWriter& json, std::string_view key, Time time) {
  json.key(key);
  if (time == Time::never())
    json.null();
  else
    json.string(format_time(time));
}

void write_money(JsonWriter& json, std::string_view key, Int128 nanos, Currency currency) {
  json.key(key)
      .begin_object()
      .field("amount", format_nanos(nanos))
      .field("currency", currency.text())
      .end_object();
}

void write_next(JsonWriter& json, std::size_t end, std::size_t all) {
  json.key("continue");
  if (end >= all)
    json.null();
  else
    json.string(std::to_string(end));
}

std::string accepted_json(std::string_view name, bool changed) {
  JsonWriter json;
  json.begin_object()
      .field("apiVersion", "sillar/v1")
      .field("kind", "Accepted")
      .field("name", name)
      .field_bool("changed", changed)
      .end_object();
  return json.take();
}

void write_row(JsonWriter& json, const WorkloadRow& row, const MaySay& may_say) {
  json.begin_object();
  write_fields(json, row, may_say);
  json.end_object();
}

std::string workload_list_json(const WorkloadPage& page, const MaySay& may_say) {
  JsonWriter json;
  json.begin_object()
      .field("apiVersion", "sillar/v1")
      .field("kind", "WorkloadList")
      .key("items")
      .begin_array();
  for (const auto& row : page.rows) write_row(json, *row, may_say);
  json.end_array().key("continue");
  if (page.next == 0)
    json.null();
  else
    json.string(std::to_string(page.next));
  json.end_object();
  return json.take();
}

std::string queue_json(const QueueView& queue, std::size_t from, std::size_t limit,
                       const MaySay& may_say) {
  const std::size_t waiting = queue.waiting.size();
  const std::size_t all = waiting + queue.running.size();
  const std::size_t end = std::min(all, std::min(from, all) + limit);
  JsonWriter json;
  json.begin_object()
      .field("apiVersion", "sillar/v1")
      .field("kind", "Queue")
      .field("waiting", static_cast<std::int64_t>(waiting))
      .field("running", static_cast<std::int64_t>(queue.running.size()))
      .key("items")
      .begin_array();
  for (std::size_t i = from; i < end; ++i)
    write_row(json, i < waiting ? *queue.waiting[i] : *queue.running[i - waiting], may_say);
  json.end_array();
  write_next(json, end, all);
  json.end_object();
  return json.take();
}

std::string workload_json(const Core& core, const WorkloadRow& row, const MaySay& may_say) {
  const State& state = core.state();
  const schedule::Job& job = state.board.job(row.id);
  JsonWriter json;
  json.begin_object().field("apiVersion", "sillar/v1").field("kind", "Workload");
  write_fields(json, row, may_say);
  write_holds(json, state.workloads[row.id.index()], may_say);
  write_spending(json, core, row);
  json.key("task_list").begin_array();
  for (std::int32_t i = 0; i < job.tasks; ++i) {
    const TaskId id{job.first_task + static_cast<std::uint32_t>(i)};
    const schedule::Task& task = state.board.task(id);
    json.begin_object()
        .field("name", state.task_name(id))
        .field("phase", kTaskPhases[static_cast<std::size_t>(task.phase)]);
    json.key("place");
    const bool placed = task.phase == schedule::Phase::kRunning ||
                        task.phase == schedule::Phase::kStopping ||
                        task.phase == schedule::Phase::kReserved;
    if (placed)
      json.decimal(print_json(place_value(state, task.shape, task.place), 0));
    else
      json.null();
    const TaskRecord& record = state.tasks[id.index()];
    json.field("attempt", std::int64_t{record.attempt});
    json.key("exit_code");
    if (task.phase == schedule::Phase::kFinished && record.attempt > 0)
      json.number(std::int64_t{record.exit_code});
    else
      json.null();
    json.field("signal", std::int64_t{record.signal});
    json.end_object();
  }
  json.end_array();
  json.key("spec").decimal(print_json(workload_value(*row.spec, state.world->fleet), 0));
  json.end_object();
  return json.take();
}

}  // namespace sillar::server
