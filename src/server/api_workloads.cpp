// Workloads over HTTP: list, submit, look at, explain, cancel, hold, release.

#include <fmt/format.h>

#include <algorithm>

#include "engine/expected_start.h"
#include "engine/explain.h"
#include "model/names.h"
#include "model/text.h"
#include "server/api.h"
#include "server/problem.h"
#include "server/rendering.h"
#include "server/requested.h"
#include "server/sight.h"

namespace sillar::server {
namespace {

constexpr std::size_t kSubmissionsMax = 1000;

Answer no_workload(std::string_view name) {
  return problem(404, "not-found", fmt::format("There is no workload '{}'.", name));
}

// What the body says, checked as far as the model goes. Errors name line and field.
Result<std::vector<Workload>> read_submission(const net::Request& request, const World& world) {
  SILLAR_TRY(document, parse_document("body", request.body));
  if (document.root.kind == Value::Kind::kMapping && document.root.find("workloads") == nullptr) {
    Value list = Value::sequence();
    list.line = document.root.line;
    list.column = document.root.column;
    list.items.push_back(std::move(document.root));
    document.root = std::move(list);
  }
  SILLAR_TRY(workloads, load_workloads(document, world.fleet, world.projects));
  if (workloads.empty()) return invalid("body: there is no workload in it");
  if (workloads.size() > kSubmissionsMax)
    return invalid(fmt::format("body: {} workloads; at most {} are taken at once", workloads.size(),
                               kSubmissionsMax));
  for (const Workload& workload : workloads) {
    if (!is_path_segment(workload.name))
      return invalid(fmt::format(
          "body: the name '{}' may hold letters, digits, '.', '_' and '-' only", workload.name));
    const bool fresh = std::ranges::all_of(
        workload.tasks, [](const TaskSpec& task) { return task.state == TaskState::kPending; });
    if (!fresh)
      return invalid(
          fmt::format("body: {}: its tasks state where they run; what is submitted has not started",
                      workload.name));
  }
  return workloads;
}

Subject subject_of(const Workload& workload) {
  return {Action::kWorkloadSubmit, workload.project, "workload/" + workload.name};
}

// Projects that the caller may not know of have no name in it, so that what is said about a name
// that is not there is said about theirs as well.
World visible_world(const World& world, const Caller& caller) {
  World visible = world;
  for (Project& project : visible.projects)
    if (caller.may(Action::kProjectView, project.name) == Verdict::kHidden) project.name.clear();
  return visible;
}

Answer refusal(const Refused& refused) {
  const int status = refused.reason.code == ReasonCode::kDuplicate ? 409 : 422;
  return problem(status, reason_code_name(refused.reason.code),
                 reason_text(refused.reason, Language::kEnglish));
}

// What it waits for and the caller may not know of is as if it were not there: it is looked up with
// the caller's rights.
const Dependency* hidden_dependency(const State& state, const Caller& caller,
                                    const Workload& workload) {
  for (const Dependency& dependency : workload.after) {
    const auto found = state.workload_ids.find(dependency.workload);
    if (found == state.workload_ids.end()) continue;
    const std::string& project = state.spec(found->second).project;
    if (caller.may(Action::kWorkloadView, project) != Verdict::kAllowed) return &dependency;
  }
  return nullptr;
}

// All of them or none.
Answer submit(Core& core, const Caller& caller,
              const std::vector<std::shared_ptr<Workload>>& workloads) {
  for (const auto& workload : workloads)
    if (core.state().workload_ids.contains(workload->name))
      return refusal({workload->name, {ReasonCode::kDuplicate, {{"workload", workload->name}}}});
  JsonWriter json;
  json.begin_object()
      .field("apiVersion", "sillar/v1")
      .field("kind", "Submission")
      .key("items")
      .begin_array();
  for (const auto& workload : workloads) {
    if (const Dependency* hidden = hidden_dependency(core.state(), caller, *workload))
      return refusal(
          {workload->name, {ReasonCode::kDependencyUnknown, {{"workload", hidden->workload}}}});
    workload->submitted = core.now();
    const auto facts = core.input(Submit{workload});
    if (!facts) return problem(facts.error());
    if (!facts->empty())
      if (const auto* refused = std::get_if<Refused>(&facts->front().body))
        return refusal(*refused);
    json.begin_object()
        .field("name", workload->name)
        .field("project", workload->project)
        .field("owner", workload->owner)
        .end_object();
  }
  json.end_array().end_object();
  return {201, json.take(), {}};
}

// A command about one workload that there is.
void command_workload(Api& api, const std::shared_ptr<Call>& call, InputBody input) {
  const auto row = find_workload(api, call, Action::kWorkloadControl, Action::kWorkloadControlAny);
  if (row == nullptr) return;
  const std::string& name = row->spec->name;
  api.mutate(call, Urgency::kRelease,
             {Action::kWorkloadControl, row->spec->project, "workload/" + name},
             [name, input = std::move(input)](Core& core, const Caller&) -> Answer {
               const auto facts = core.input(input);
               if (!facts) return problem(facts.error());
               if (!facts->empty())
                 if (const auto* refused = std::get_if<Refused>(&facts->front().body))
                   return refusal(*refused);
               return {202, accepted_json(name, !facts->empty()), {}};
             });
}

}  // namespace

std::shared_ptr<const WorkloadRow> find_workload(Api& api, const std::shared_ptr<Call>& call,
                                                 Action own, Action others) {
  const std::string name(call->parameter("name"));
  auto row = api.views().workload(name);
  if (row == nullptr) {
    call->reply(no_workload(name));
    return nullptr;
  }
  const Action action = row->spec->owner == call->caller().name ? own : others;
  const Subject subject{action, row->spec->project, "workload/" + name};
  return api.permit(call, subject, no_workload(name)) ? row : nullptr;
}

void list_workloads(Api& api, const std::shared_ptr<Call>& call) {
  WorkloadFilter filter;
  filter.project = call->query("project");
  filter.phases = split_list(call->query("phase"));
  filter.owner = call->query("owner");
  filter.readable =
      call->caller().access->subtrees(call->caller().requester, Action::kWorkloadView);
  const auto page = page_asked(*call);
  if (!page) return call->reply(problem(page.error()));
  call->reply({200,
               workload_list_json(api.views().workloads(filter, page->from, page->limit),
                                  may_say(call->caller(), api.views())),
               {}});
}

void submit_workloads(Api& api, const std::shared_ptr<Call>& call) {
  const World world = visible_world(*api.views().world(), call->caller());
  auto workloads = read_submission(call->request(), world);
  if (!workloads) return call->reply(problem(workloads.error()));
  for (const Workload& workload : *workloads)
    if (!api.permit(call, subject_of(workload),
                    problem(404, "not-found", "There is no such project.")))
      return;
  const Subject subject = subject_of(workloads->front());
  std::vector<std::shared_ptr<Workload>> shared;
  shared.reserve(workloads->size());
  for (Workload& workload : *workloads) {
    workload.owner = call->caller().name;
    workload.os_user = call->caller().os_user;
    api.complete(workload);
    shared.push_back(std::make_shared<Workload>(std::move(workload)));
  }
  api.mutate(call, Urgency::kAdmission, subject,
             [shared = std::move(shared)](Core& core, const Caller& caller) {
               return submit(core, caller, shared);
             });
}

void get_workload(Api& api, const std::shared_ptr<Call>& call) {
  const auto row = find_workload(api, call, Action::kWorkloadView, Action::kWorkloadView);
  if (row == nullptr) return;
  api.ask(call, [call, row](Core& core) -> Answer {
    return {200, workload_json(core, *row, may_say(call->caller(), core.state())), {}};
  });
}

void explain_workload(Api& api, const std::shared_ptr<Call>& call) {
  const auto row = find_workload(api, call, Action::kWorkloadView, Action::kWorkloadView);
  if (row == nullptr) return;
  api.ask(call, [call, name = row->spec->name](Core& core) -> Answer {
    const State& state = core.state();
    auto record = sillar::explain_workload(state, name, may_say(call->caller(), state));
    if (!record) return problem(record.error());
    const auto start = expected_start(state, state.workload_ids.at(name));
    record->set("expected_start", start ? Value::text(format_time(*start)) : Value{});
    return {200, print_json(*record, 0), {}};
  });
}

void cancel_workload(Api& api, const std::shared_ptr<Call>& call) {
  Cancel cancel{std::string(call->parameter("name"))};
  if (const auto text = call->query("task"); !text.empty())
    if (!read_number(text, cancel.task) || cancel.task < 0)
      return call->reply(problem(400, "invalid-input", "task is a number of a task, from 0."));
  command_workload(api, call, std::move(cancel));
}

void hold_workload(Api& api, const std::shared_ptr<Call>& call) {
  command_workload(api, call, Hold{std::string(call->parameter("name"))});
}

void release_workload(Api& api, const std::shared_ptr<Call>& call) {
  command_workload(api, call, Release{std::string(call->parameter("name"))});
}

// What has not ended, what waits first, in the order in which it is looked at within a project:
// priority, then time. Between projects the shares decide, which change with every start; explain
// says who goes before one that waits.
void list_queue(Api& api, const std::shared_ptr<Call>& call) {
  const auto page = page_asked(*call);
  if (!page) return call->reply(problem(page.error()));
  WorkloadFilter filter;
  filter.project = call->query("project");
  filter.readable =
      call->caller().access->subtrees(call->caller().requester, Action::kWorkloadView);
  QueueView queue;
  for (auto& row : api.views().unfinished(filter))
    (row->running > 0 ? queue.running : queue.waiting).push_back(std::move(row));
  const auto before = [](const auto& a, const auto& b) {
    if (a->spec->priority != b->spec->priority) return a->spec->priority > b->spec->priority;
    if (a->spec->submitted != b->spec->submitted) return a->spec->submitted < b->spec->submitted;
    return a->id < b->id;
  };
  std::ranges::sort(queue.waiting, before);
  std::ranges::sort(queue.running, before);
  call->reply(
      {200, queue_json(queue, page->from, page->limit, may_say(call->caller(), api.views())), {}});
}

}  // namespace sillar::server
