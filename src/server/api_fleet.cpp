// Nodes over HTTP: what there is, what holds it, and taking it out of use.

#include <fmt/format.h>

#include <algorithm>

#include "base/json_writer.h"
#include "server/api.h"
#include "server/node_health.h"
#include "server/problem.h"
#include "server/rendering.h"
#include "server/requested.h"
#include "server/sight.h"

namespace sillar::server {
namespace {

constexpr std::string_view kHealthWords[] = {"healthy", "suspect", "quarantined", "probation"};

std::string_view word(Health health) {
  return kHealthWords[static_cast<std::size_t>(health)];
}

bool sees(const State& state, const Caller& caller, TaskId task) {
  return caller.may(Action::kWorkloadView, state.spec(state.board.task(task).job).project) ==
         Verdict::kAllowed;
}

std::int64_t visible_tasks(const State& state, const Caller& caller, NodeId id) {
  return std::ranges::count_if(state.board.tasks_on(id),
                               [&](TaskId task) { return sees(state, caller, task); });
}

// Of what the caller may not see, no more is told than that there is something.
void write_devices(JsonWriter& json, const State& state, const Caller& caller, NodeId id) {
  const schedule::NodeState& node = state.board.node(id);
  json.key("devices").begin_array();
  for (std::size_t d = 0; d < node.device_count; ++d) {
    const schedule::DeviceState& device = node.devices[d];
    json.begin_object()
        .field("index", static_cast<std::int64_t>(d))
        .field("health", word(device.health))
        .field("free_thousandths", std::int64_t{device.now})
        .key("tasks")
        .begin_array();
    for (const TaskId task : state.board.tasks_on(id))
      if ((state.board.task(task).place.device_mask >> d & 1U) != 0 && sees(state, caller, task))
        json.string(state.task_name(task));
    json.end_array().end_object();
  }
  json.end_array();
}

void write_node(JsonWriter& json, const State& state, const Caller& caller, NodeId id) {
  const Node& spec = state.world->fleet.nodes[id.index()];
  const schedule::NodeState& node = state.board.node(id);
  const Fleet& fleet = state.world->fleet;
  const std::span devices(node.devices.data(), node.device_count);
  const auto whole = std::ranges::count_if(devices, [&](const schedule::DeviceState& device) {
    return device.now == kDevice && device.health == Health::kHealthy &&
           node.health == Health::kHealthy;
  });
  json.begin_object().field("name", spec.name).key("class");
  if (spec.accelerator_class.valid())
    json.string(fleet.classes[spec.accelerator_class.index()].name);
  else
    json.null();
  json.key("location");
  if (spec.location.valid()) {
    const Location& location = fleet.locations[spec.location.index()];
    json.begin_object()
        .field("provider", location.provider)
        .field("region", location.region)
        .field("zone", location.zone)
        .end_object();
  } else {
    json.null();
  }
  json.field("health", word(node.health));
  write_causes(json, state, id, may_say(caller, state));
  json.field("accelerators", std::int64_t{spec.accelerators})
      .field("free_accelerators", static_cast<std::int64_t>(whole))
      .field("cpu_thousandths", spec.cpu)
      .field("free_cpu_thousandths", node.cpu_now)
      .field("memory_bytes", spec.memory_bytes)
      .field("free_memory_bytes", node.memory_now)
      .field("tasks", visible_tasks(state, caller, id));
  write_devices(json, state, caller, id);
  json.end_object();
}

Answer no_node(std::string_view name) {
  return problem(404, "not-found", fmt::format("There is no node '{}'.", name));
}

// A node that is drained starts nothing new, and what runs is asked to stop and goes where there is
// room. Given back, it takes work again unless something else is against it.
void set_drained(Api& api, const std::shared_ptr<Call>& call, bool drained) {
  const std::string name(call->parameter("name"));
  const Subject subject{Action::kFleetConfigure, {}, "node/" + name};
  if (!api.permit(call, subject, no_node(name))) return;
  api.mutate(call, Urgency::kRelease, subject,
             [name, drained](Core& core, const Caller&) -> Answer {
               const auto found = core.state().node_ids.find(name);
               if (found == core.state().node_ids.end()) return no_node(name);
               const auto facts = core.input(Drain{found->second, drained});
               if (!facts) return problem(facts.error());
               return {202, accepted_json(name, !facts->empty()), {}};
             });
}

}  // namespace

void list_nodes(Api& api, const std::shared_ptr<Call>& call) {
  if (!api.permit(call, {Action::kFleetView, {}, "fleet"},
                  problem(404, "not-found", "There is no fleet.")))
    return;
  const auto page = page_asked(*call);
  if (!page) return call->reply(problem(page.error()));
  api.ask(call, [call, page = *page](Core& core) -> Answer {
    const State& state = core.state();
    const std::size_t all = state.world->fleet.nodes.size();
    const std::size_t end = std::min(all, std::min<std::size_t>(page.from, all) + page.limit);
    JsonWriter json;
    json.begin_object()
        .field("apiVersion", "sillar/v1")
        .field("kind", "NodeList")
        .key("items")
        .begin_array();
    for (std::size_t i = page.from; i < end; ++i)
      if (!state.world->fleet.nodes[i].retired)
        write_node(json, state, call->caller(), NodeId{static_cast<std::uint32_t>(i)});
    json.end_array();
    write_next(json, end, all);
    json.end_object();
    return {200, json.take(), {}};
  });
}

void drain_node(Api& api, const std::shared_ptr<Call>& call) {
  set_drained(api, call, true);
}

void undrain_node(Api& api, const std::shared_ptr<Call>& call) {
  set_drained(api, call, false);
}

}  // namespace sillar::server
