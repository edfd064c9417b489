// Projects over HTTP: what each is entitled to, has and waits for; and who uses what right now.

#include <algorithm>

#include "base/json_writer.h"
#include "engine/budgets.h"
#include "server/api.h"
#include "server/problem.h"
#include "server/rendering.h"
#include "server/requested.h"

namespace sillar::server {
namespace {

std::string resource_name(const State& state, std::size_t resource) {
  if (resource == kCpu) return "cpu";
  if (resource == kMemory) return "memory";
  if (state.world->options.rules == Rules::kKai) return "accelerators";
  return state.world->fleet.classes[resource - kFirstClass].name;
}

void write_amount(JsonWriter& json, std::string_view key, std::int64_t amount) {
  if (amount == kUnlimited)
    json.field(key, "unlimited");
  else
    json.field(key, amount);
}

void write_project(JsonWriter& json, const State& state, ProjectId id) {
  const Project& project = state.world->projects[id.index()];
  json.begin_object().field("name", project.name).key("parent");
  if (project.parent.valid())
    json.string(state.world->projects[project.parent.index()].name);
  else
    json.null();
  json.field("priority", std::int64_t{project.priority}).key("quota").begin_array();
  const schedule::ProjectCounters& counters = state.board.counters();
  for (std::size_t r = 0; r < state.board.resources(); ++r) {
    const std::size_t at = state.board.at(id, r);
    json.begin_object()
        .field("resource", resource_name(state, r))
        .field("allocated", counters.allocated[at])
        .field("requested", counters.requested[at]);
    write_amount(json, "deserved", state.board.quota(id, r).deserved);
    write_amount(json, "limit", state.board.quota(id, r).limit);
    json.end_object();
  }
  json.end_array().end_object();
}

Answer projects(const Core& core, const Caller& caller, const std::string& subtree,
                const PageAsked& page) {
  const State& state = core.state();
  std::vector<ProjectId> seen;
  for (std::uint32_t p = 0; p < state.world->projects.size(); ++p) {
    const std::string& name = state.world->projects[p].name;
    if (within_subtree(name, subtree) &&
        caller.may(Action::kProjectView, name) == Verdict::kAllowed)
      seen.push_back(ProjectId{p});
  }
  const std::size_t end =
      std::min(seen.size(), std::min<std::size_t>(page.from, seen.size()) + page.limit);
  JsonWriter json;
  json.begin_object()
      .field("apiVersion", "sillar/v1")
      .field("kind", "ProjectList")
      .key("items")
      .begin_array();
  for (std::size_t i = page.from; i < end; ++i) write_project(json, state, seen[i]);
  json.end_array();
  write_next(json, end, seen.size());
  json.end_object();
  return {200, json.take(), {}};
}

struct Use {
  WorkloadId workload;
  std::int64_t thousandths = 0;  // Of devices.
  Int128 hourly_nanos = 0;
};

// What runs and the caller may see, what costs or holds most first.
std::vector<Use> uses_of(const State& state, const Caller& caller, std::string_view subtree) {
  std::vector<Use> uses;
  for (std::uint32_t w = 0; w < state.workloads.size(); ++w) {
    const schedule::Job& job = state.board.job(WorkloadId{w});
    const std::string& project = state.spec(WorkloadId{w}).project;
    if (job.running + job.stopping == 0 || !within_subtree(project, subtree) ||
        caller.may(Action::kWorkloadView, project) != Verdict::kAllowed)
      continue;
    Use use{WorkloadId{w}, 0, 0};
    for (std::int32_t i = 0; i < job.tasks; ++i) {
      const schedule::Task& task =
          state.board.task(TaskId{job.first_task + static_cast<std::uint32_t>(i)});
      if (task.phase != schedule::Phase::kRunning && task.phase != schedule::Phase::kStopping)
        continue;
      const Claim claim = claim_of(state, task.shape, task.place.node);
      use.thousandths += claim.accelerator_thousandths;
      if (state.meter) use.hourly_nanos += hourly_nanos(state, task.shape, task.place.node);
    }
    uses.push_back(use);
  }
  std::ranges::sort(uses, [](const Use& a, const Use& b) {
    if (a.hourly_nanos != b.hourly_nanos) return a.hourly_nanos > b.hourly_nanos;
    if (a.thousandths != b.thousandths) return a.thousandths > b.thousandths;
    return a.workload < b.workload;
  });
  return uses;
}

void write_hourly(JsonWriter& json, const State& state, Int128 nanos) {
  if (!state.meter || state.prices.empty()) {
    json.key("per_hour").null();
    return;
  }
  write_money(json, "per_hour", nanos, state.prices.front().per_hour.currency);
}

void write_use(JsonWriter& json, const State& state, const UsageBook& usage, const Use& use) {
  const Workload& spec = state.spec(use.workload);
  json.begin_object()
      .field("name", spec.name)
      .field("project", spec.project)
      .field("owner", spec.owner)
      .field("tasks", std::int64_t{state.board.job(use.workload).running})
      .field("device_thousandths", use.thousandths)
      .key("busy_thousandths");
  const UsageSeries* series = usage.find(use.workload);
  if (series == nullptr || series->points().empty())
    json.null();
  else
    json.number(series->points().back().busy_thousandths());
  write_hourly(json, state, use.hourly_nanos);
  json.end_object();
}

void write_node_use(JsonWriter& json, const State& state, NodeId id) {
  const Node& spec = state.world->fleet.nodes[id.index()];
  const schedule::NodeState& node = state.board.node(id);
  std::int64_t free = 0;
  for (std::size_t d = 0; d < node.device_count; ++d) free += node.devices[d].now;
  const std::int64_t all = std::int64_t{kDevice} * static_cast<std::int64_t>(node.device_count);
  json.begin_object()
      .field("name", spec.name)
      .field("accelerators", static_cast<std::int64_t>(node.device_count))
      .field("device_thousandths", all - free)
      .field("cpu_thousandths", spec.cpu)
      .field("used_cpu_thousandths", spec.cpu - node.cpu_now)
      .field("memory_bytes", spec.memory_bytes)
      .field("used_memory_bytes", spec.memory_bytes - node.memory_now);
  const bool priced = id.index() < state.prices.size();
  write_hourly(json, state, priced ? Int128{state.prices[id.index()].per_hour.nanos} : Int128{0});
  json.end_object();
}

Answer usage(const Core& core, const UsageBook& book, const Caller& caller,
             std::string_view subtree, std::size_t limit) {
  const State& state = core.state();
  const std::vector<Use> uses = uses_of(state, caller, subtree);
  Int128 hourly = 0;
  for (const Use& use : uses) hourly += use.hourly_nanos;
  JsonWriter json;
  json.begin_object().field("apiVersion", "sillar/v1").field("kind", "Usage");
  write_time(json, "at", core.now());
  write_hourly(json, state, hourly);
  json.key("nodes").begin_array();
  if (caller.may(Action::kFleetView, {}) == Verdict::kAllowed)
    for (std::uint32_t n = 0; n < std::min(limit, state.world->fleet.nodes.size()); ++n)
      write_node_use(json, state, NodeId{n});
  json.end_array().key("workloads").begin_array();
  for (std::size_t i = 0; i < std::min(limit, uses.size()); ++i)
    write_use(json, state, book, uses[i]);
  json.end_array().end_object();
  return {200, json.take(), {}};
}

}  // namespace

void list_projects(Api& api, const std::shared_ptr<Call>& call) {
  const auto page = page_asked(*call);
  if (!page) return call->reply(problem(page.error()));
  api.ask(call, [call, page = *page, subtree = std::string(call->query("project"))](Core& core) {
    return projects(core, call->caller(), subtree, page);
  });
}

void list_usage(Api& api, const std::shared_ptr<Call>& call) {
  const auto page = page_asked(*call);
  if (!page) return call->reply(problem(page.error()));
  api.ask(call,
          [&api, call, limit = page->limit, subtree = std::string(call->query("project"))](
              Core& core) { return usage(core, api.usage(), call->caller(), subtree, limit); });
}

}  // namespace sillar::server
