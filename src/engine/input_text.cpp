// Inputs read back from their text form.

#include <fmt/format.h>

#include <cstdint>
#include <limits>

#include "base/quantity.h"
#include "engine/fact_text.h"
#include "engine/world_merge.h"
#include "model/text.h"

namespace sillar {
namespace {

tl::unexpected<Error> bad_at(const std::string& name, const Value& value,
                             std::string_view message) {
  return invalid(fmt::format("{}:{}: {}", name, value.line, message));
}

Result<std::string> field_of(const std::string& name, const Value& value, std::string_view key) {
  const Value* found = value.find(key);
  if (found == nullptr || found->kind != Value::Kind::kScalar)
    return bad_at(name, value, fmt::format("'{}' is missing", key));
  return found->scalar;
}

Result<NodeTariff> tariff_from(const std::string& name, const Value& value) {
  const auto within = [&](const Error& error) {
    return tl::unexpected(error.within(fmt::format("{}:{}", name, value.line)));
  };
  SILLAR_TRY(amount_text, field_of(name, value, "amount"));
  SILLAR_TRY(currency_text, field_of(name, value, "currency"));
  SILLAR_TRY(cpu_text, field_of(name, value, "cpu"));
  SILLAR_TRY(source, field_of(name, value, "source"));
  const auto amount = parse_nanos(amount_text);
  if (!amount) return within(amount.error());
  const auto currency = parse_currency(currency_text);
  if (!currency) return within(currency.error());
  const auto cpu = parse_nanos(cpu_text);
  if (!cpu) return within(cpu.error());
  return NodeTariff{{*amount, *currency}, *cpu, source};
}

// Errors: a list that is not one of names.
Result<std::vector<std::string>> names_from(const std::string& name, const Value& value,
                                            std::string_view key) {
  std::vector<std::string> names;
  const Value* list = value.find(key);
  if (list == nullptr) return names;
  for (const Value& item : list->items) {
    if (item.kind != Value::Kind::kScalar)
      return bad_at(name, item, fmt::format("'{}' is a list of names", key));
    names.push_back(item.scalar);
  }
  return names;
}

class InputReader {
 public:
  InputReader(const State& state, const std::string& name, const Value& value)
      : s_(state), name_(name), v_(value) {}

  Result<Input> run() {
    SILLAR_TRY(at_text, field("at"));
    SILLAR_TRY(at, parse_time(at_text));
    Input input{at, Decide{}};
    if (v_.find("configure") != nullptr) {
      SILLAR_TRY(world, world_from(name_, *v_.find("configure")));
      input.body = Configure{std::move(world)};
      return input;
    }
    if (!s_.world) return bad("the first input must configure the fleet and the projects");
    if (v_.find("submit") != nullptr) {
      SILLAR_TRY(body, submit(*v_.find("submit")));
      input.body = std::move(body);
    } else if (const Value* cancel = v_.find("cancel")) {
      input.body = Cancel{cancel->scalar, -1};
      SILLAR_TRY_STATUS(number("number", 0, std::get<Cancel>(input.body).task));
    } else if (const Value* hold = v_.find("hold")) {
      input.body = Hold{hold->scalar};
    } else if (const Value* release = v_.find("release")) {
      input.body = Release{release->scalar};
    } else if (v_.find("busy") != nullptr) {
      UtilisationObserved observed{TaskId{}, 0};
      SILLAR_TRY(id, task_id());
      observed.task = id;
      SILLAR_TRY_STATUS(
          number("busy", std::numeric_limits<std::int64_t>::min(), observed.busy_thousandths));
      input.body = observed;
    } else if (v_.find("task") != nullptr) {
      SILLAR_TRY(body, task());
      input.body = body;
    } else if (v_.find("health") != nullptr) {
      SILLAR_TRY(body, health());
      input.body = body;
    } else if (v_.find("price") != nullptr) {
      SILLAR_TRY(node_id, node());
      SILLAR_TRY(price, tariff_from(name_, *v_.find("price")));
      input.body = PriceObserved{node_id, std::move(price)};
    } else if (const Value* drain = v_.find("drain")) {
      SILLAR_TRY(node_id, node_named(drain->scalar));
      SILLAR_TRY(drained, field("drained"));
      input.body = Drain{node_id, drained == "true"};
    } else if (const Value* decide = v_.find("decide")) {
      input.body = Decide{decide->scalar == "true"};
    } else {
      return bad(
          "an input configures, submits, cancels, holds, releases, drains, observes or decides");
    }
    return input;
  }

 private:
  [[nodiscard]] tl::unexpected<Error> bad(std::string_view message) const {
    return bad_at(name_, v_, message);
  }
  Result<std::string> field(std::string_view key) const { return field_of(name_, v_, key); }

  Result<Submit> submit(const Value& value) const {
    Value list = Value::sequence();
    list.items.push_back(value);
    SILLAR_TRY(workloads,
               load_workloads({name_, Value::mapping().set("workloads", std::move(list))},
                              s_.world->fleet, s_.world->projects));
    return Submit{std::make_shared<const Workload>(std::move(workloads.front()))};
  }

  Result<TaskId> task_id() const {
    SILLAR_TRY(name, field("task"));
    const auto id = s_.task_named(name);
    if (!id) return bad(fmt::format("there is no task '{}'", name));
    return *id;
  }

  Result<TaskObserved> task() const {
    TaskObserved observed;
    SILLAR_TRY(id, task_id());
    observed.task = id;
    SILLAR_TRY(event, field("event"));
    bool known = false;
    for (const auto& [word, value] :
         {std::pair{"stopped", TaskEvent::kStopped}, std::pair{"succeeded", TaskEvent::kSucceeded},
          std::pair{"failed", TaskEvent::kFailed},
          std::pair{"checkpointed", TaskEvent::kCheckpointed},
          std::pair{"running", TaskEvent::kRunning},
          std::pair{"launch-failed", TaskEvent::kLaunchFailed},
          std::pair{"lost", TaskEvent::kLost}}) {
      if (event != word) continue;
      observed.event = value;
      known = true;
    }
    if (!known) return bad(fmt::format("'{}' is not an event of a task", event));
    if (const Value* message = v_.find("message")) observed.message = message->scalar;
    SILLAR_TRY_STATUS(number("exit_code", INT32_MIN, observed.exit_code));
    SILLAR_TRY_STATUS(number("signal", INT32_MIN, observed.signal));
    SILLAR_TRY_STATUS(number("attempt", 0, observed.attempt));
    return observed;
  }

  // Leaves `out` alone where the field is absent.
  template <typename T>
  Status number(std::string_view key, std::int64_t least, T& out) const {
    const Value* found = v_.find(key);
    if (found == nullptr) return {};
    SILLAR_TRY(value, parse_integer(found->scalar));
    if (value < least || value > std::numeric_limits<T>::max())
      return bad(fmt::format("'{}' is out of range", key));
    out = static_cast<T>(value);
    return {};
  }

  Result<NodeId> node() const {
    SILLAR_TRY(name, field("node"));
    return node_named(name);
  }
  Result<NodeId> node_named(const std::string& name) const {
    const auto found = s_.node_ids.find(name);
    if (found == s_.node_ids.end()) return bad(fmt::format("there is no node '{}'", name));
    return found->second;
  }

  Result<HealthObserved> health() const {
    SILLAR_TRY(node_id, node());
    SILLAR_TRY(device_text, field("device"));
    SILLAR_TRY(device, parse_integer(device_text));
    if (device < -1 || device >= static_cast<std::int64_t>(schedule::kDevicesMax))
      return bad("'device' is out of range");
    SILLAR_TRY(word, field("health"));
    for (const auto& [name, value] :
         {std::pair{"healthy", Health::kHealthy}, std::pair{"suspect", Health::kSuspect},
          std::pair{"quarantined", Health::kQuarantined},
          std::pair{"probation", Health::kProbation}}) {
      if (word == name) return HealthObserved{node_id, static_cast<std::int32_t>(device), value};
    }
    return bad(fmt::format("'{}' is not a state of health", word));
  }

  const State& s_;
  const std::string& name_;
  const Value& v_;
};

}  // namespace

Result<std::shared_ptr<const World>> world_from(const std::string& name, const Value& value) {
  const Value* text = value.find("world");
  if (text == nullptr) return bad_at(name, value, "'world' is missing");
  SILLAR_TRY(scenario, load_scenario({name, *text}));
  auto world = std::make_shared<World>();
  world->options = std::move(scenario.options);
  world->fleet = std::move(scenario.fleet);
  world->projects = std::move(scenario.projects);
  if (const Value* prices = value.find("prices")) {
    for (const Value& item : prices->items) {
      SILLAR_TRY(price, tariff_from(name, item));
      world->prices.push_back(std::move(price));
    }
  }
  if (const Value* gone = value.find("retired")) {
    SILLAR_TRY(classes, names_from(name, *gone, "classes"));
    SILLAR_TRY(nodes, names_from(name, *gone, "nodes"));
    SILLAR_TRY(projects, names_from(name, *gone, "projects"));
    const Status status = retire(*world, {classes, nodes, projects});
    if (!status) return bad_at(name, *gone, status.error().message);
  }
  return world;
}

Result<Input> input_from(const State& state, const std::string& name, const Value& value) {
  return InputReader(state, name, value).run();
}

}  // namespace sillar
