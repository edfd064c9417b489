#include "engine/candidates.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>

#include "engine/fact_text.h"
#include "engine/places.h"

namespace sillar {
namespace {

using schedule::Room;

struct Group {
  std::int64_t slots = 0;  // Tasks that fit now.
  std::int64_t nodes = 0;
  bool residency_refuses = false;
  bool chosen = false;
  std::optional<std::int64_t>
      price;  // Cheapest node's price of the whole gang, nano-units an hour.
};

using GroupKey = std::tuple<std::string, std::string>;  // Location, class.

std::string location_name(const World& world, const Node& node) {
  if (!node.location.valid()) return "-";
  const Location& location = world.fleet.locations[node.location.index()];
  return location.provider + "/" + location.region +
         (location.zone.empty() ? "" : "/" + location.zone);
}

std::optional<std::int64_t> gang_price(const State& state, NodeId id, const schedule::Shape& shape,
                                       std::int64_t tasks) {
  if (state.prices.empty()) return std::nullopt;
  const Node& node = state.world->fleet.nodes[id.index()];
  const NodeTariff& tariff = state.prices[id.index()];
  const NodeRate rate{tariff.per_hour, tariff.cpu_nanos, node.accelerators, node.cpu,
                      node.memory_bytes};
  const auto cost =
      cost_of(rate, {shape.charged(node.accelerator_class), shape.cpu, shape.memory_bytes},
              Duration::hours(1));
  std::int64_t total = 0;
  if (!cost || __builtin_mul_overflow(cost->nanos, tasks, &total)) return std::nullopt;
  return total;
}

// The workload's shape as it would be without any residency rule.
schedule::Shape free_shape(const State& state, WorkloadId id) {
  return schedule::resolve_shape(state.world->fleet, state.spec(id), ClassId{}, {});
}

Value money(const State& state, std::int64_t nanos) {
  return Value::mapping()
      .set("amount", Value::text(format_nanos(nanos)))
      .set("currency", Value::text(state.prices.front().per_hour.currency.text()));
}

}  // namespace

Value node_verdicts(const State& state, WorkloadId id) {
  const schedule::Job& job = state.board.job(id);
  const schedule::Shape any = free_shape(state, id);
  std::map<std::string, std::int64_t> counts;
  for (std::size_t n = 0; n < state.board.node_count(); ++n) {
    const schedule::NodeState& node = state.board.node(NodeId{n});
    if (!any.eligible[n]) {
      ++counts["other-class-size-or-labels"];
      continue;
    }
    bool permitted = false;
    bool fits = false;
    for (const ShapeId shape : state.board.request(job.request).alternatives) {
      permitted = permitted || state.board.shape(shape).eligible[n];
      fits = fits || state.board.slots(state.board.shape(shape), NodeId{n}, Room::kNow, 1) > 0;
    }
    if (!permitted)
      ++counts["residency"];
    else if (fits)
      ++counts["fits"];
    else if (node.health == Health::kQuarantined || node.health == Health::kSuspect)
      ++counts["unhealthy"];
    else
      ++counts["full"];
  }
  Value out = Value::mapping();
  for (const auto& [reason, count] : counts) out.set(reason, number_value(count));
  return out;
}

Value candidates_value(const State& state, WorkloadId id) {
  const schedule::Job& job = state.board.job(id);
  const Workload& workload = state.spec(id);
  const schedule::Shape any = free_shape(state, id);
  std::map<GroupKey, Group> groups;
  std::optional<std::int64_t> chosen_price;
  for (std::size_t n = 0; n < state.board.node_count(); ++n) {
    if (!any.eligible[n]) continue;
    const Node& node = state.world->fleet.nodes[n];
    const std::string class_name =
        node.accelerator_class.valid()
            ? state.world->fleet.classes[node.accelerator_class.index()].name
            : "cpu";
    Group& group = groups[{location_name(*state.world, node), class_name}];
    ++group.nodes;
    bool permitted = false;
    for (const ShapeId shape : state.board.request(job.request).alternatives) {
      permitted = permitted || state.board.shape(shape).eligible[n];
      group.slots += state.board.slots(state.board.shape(shape), NodeId{n}, Room::kNow, INT32_MAX);
    }
    group.residency_refuses = group.residency_refuses || !permitted;
    const auto price = gang_price(state, NodeId{n}, any, workload.gang_min);
    if (price && (!group.price || *price < *group.price)) group.price = price;
    for (const TaskId t : state.board.tasks_on(NodeId{n}))
      group.chosen = group.chosen || state.board.task(t).job == id;
    for (const TaskId t : state.board.reserved_tasks())
      group.chosen = group.chosen ||
                     (state.board.task(t).job == id && state.board.task(t).place.node == NodeId{n});
    if (group.chosen && group.price) chosen_price = group.price;
  }
  std::vector<std::pair<GroupKey, Group>> order(groups.begin(), groups.end());
  std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
    const auto key = [](const auto& e) {
      return std::make_tuple(!e.second.chosen, e.second.residency_refuses,
                             e.second.price.value_or(INT64_MAX), e.first);
    };
    return key(a) < key(b);
  });
  Value out = Value::sequence();
  for (const auto& [key, group] : order) {
    Value entry =
        Value::mapping()
            .set("location", Value::text(std::get<0>(key)))
            .set("class", Value::text(std::get<1>(key)))
            .set("chosen", Value::plain(group.chosen ? "true" : "false"))
            .set("nodes", number_value(group.nodes))
            .set("tasks_that_fit_now", number_value(group.slots))
            .set("refused_by", group.residency_refuses ? Value::text("residency") : Value{});
    entry.set("price_per_hour", group.price ? money(state, *group.price) : Value{});
    entry.set("difference_per_hour",
              group.price && chosen_price ? money(state, *group.price - *chosen_price) : Value{});
    out.items.push_back(std::move(entry));
  }
  return out;
}

}  // namespace sillar
