#include "engine/fact_text.h"

#include <array>
#include <bit>

#include "base/hash.h"
#include "engine/places.h"
#include "engine/world_merge.h"
#include "model/text.h"

namespace sillar {
namespace {

Value text(std::string_view s) {
  return Value::text(s);
}
Value yes(bool b) {
  return Value::plain(b ? "true" : "false");
}

// Null: never.
Value time_value(Time time) {
  return time == Time::never() ? Value{} : text(format_time(time));
}

std::string_view health_name(Health health) {
  switch (health) {
    case Health::kHealthy:
      return "healthy";
    case Health::kSuspect:
      return "suspect";
    case Health::kQuarantined:
      return "quarantined";
    case Health::kProbation:
      return "probation";
  }
  return "healthy";
}

std::string_view outcome_name(TaskOutcome outcome) {
  switch (outcome) {
    case TaskOutcome::kSucceeded:
      return "succeeded";
    case TaskOutcome::kFailed:
      return "failed";
    case TaskOutcome::kCancelled:
      return "cancelled";
    case TaskOutcome::kTimedOut:
      return "timed-out";
    case TaskOutcome::kIdle:
      return "idle";
  }
  return "failed";
}

Value tariff_value(const NodeTariff& tariff) {
  return Value::mapping()
      .set("amount", text(format_nanos(tariff.per_hour.nanos)))
      .set("currency", text(tariff.per_hour.currency.text()))
      .set("cpu", text(format_nanos(tariff.cpu_nanos)))
      .set("source", text(tariff.source));
}

std::string_view cause_name(HoldCause cause) {
  constexpr std::array<std::string_view, 5> kNames{"owner", "dependency", "back-off", "budget",
                                                   "drain"};
  return kNames[static_cast<std::size_t>(cause)];
}

class FactWriter {
 public:
  FactWriter(const State& state, const MaySay& may_say) : s_(state), may_say_(may_say) {}

  Value operator()(const Configured& f) const {
    return named("configured")
        .set("nodes", number_value(static_cast<std::int64_t>(f.world->fleet.nodes.size())));
  }
  Value operator()(const Submitted& f) const {
    return named("submitted").set("workload", text(f.workload->name));
  }
  Value operator()(const Refused& f) const {
    return named("refused").set("workload", text(f.workload)).set("reason", reason(f.reason));
  }
  Value operator()(const TaskStarted& f) const {
    return task("started", f.task).set("place", place_value(s_, f.task, f.place));
  }
  Value operator()(const TaskPromised& f) const {
    return task("promised", f.task).set("place", place_value(s_, f.task, f.place));
  }
  Value operator()(const PromiseKept& f) const { return task("promise-kept", f.task); }
  Value operator()(const PromiseWithdrawn& f) const { return task("promise-withdrawn", f.task); }
  Value operator()(const TaskEvicted& f) const {
    Value out = task("evicted", f.task);
    if (f.beneficiary.valid() && says("workload", s_.spec(f.beneficiary).name))
      out.set("for", text(s_.spec(f.beneficiary).name));
    out.set("reason", reason(f.reason)).set("cost", lost_value(s_, f.lost));
    return out;
  }
  Value operator()(const TaskMoves& f) const {
    return task("moves", f.task).set("place", place_value(s_, f.task, f.place));
  }
  Value operator()(const TaskStopped& f) const { return task("stopped", f.task); }
  Value operator()(const WorkloadCancelled& f) const {
    Value out = workload("cancelled", f.workload);
    if (f.reason.code != ReasonCode::kCancelled) out.set("reason", reason(f.reason));
    return out;
  }
  Value operator()(const TaskFinished& f) const {
    Value out = task("finished", f.task).set("outcome", text(outcome_name(f.outcome)));
    set_exit(out, f.exit_code, f.signal);
    if (f.reason.code != ReasonCode::kNone) out.set("reason", reason(f.reason));
    return out;
  }
  Value operator()(const TaskCheckpointed& f) const { return task("checkpointed", f.task); }
  Value operator()(const WorkloadWaits& f) const {
    return named("waits")
        .set("workload", text(s_.spec(f.workload).name))
        .set("reason", reason(*f.reason));
  }
  Value operator()(const HealthChanged& f) const {
    return device("health", f).set("health", text(health_name(f.health)));
  }
  Value operator()(const PriceChanged& f) const {
    return named("price").set("node", text(node(f.node))).set("price", tariff_value(f.price));
  }
  Value operator()(const NodesHeld& f) const {
    Value holds = Value::sequence();
    for (const NodesHeld::Hold& hold : f.holds) {
      Value nodes = Value::sequence();
      for (const NodeId id : hold.nodes) nodes.items.push_back(text(node(id)));
      holds.items.push_back(Value::mapping()
                                .set("workload", text(s_.spec(hold.workload).name))
                                .set("made", text(format_time(hold.made)))
                                .set("from", text(format_time(hold.from)))
                                .set("nodes", std::move(nodes)));
    }
    return named("held").set("holds", std::move(holds));
  }
  Value operator()(const RemaindersCarried& f) const {
    Value owed = Value::sequence();
    for (const auto& [at, amount] : f.owed) {
      Value pair = Value::sequence();
      pair.items = {number_value(at), number_value(amount)};
      owed.items.push_back(std::move(pair));
    }
    return named("remainders").set("owed", std::move(owed));
  }
  Value operator()(const RotationMoved& f) const {
    Value leases = Value::sequence();
    for (const RotationMoved::Lease& lease : f.leases)
      leases.items.push_back(Value::mapping()
                                 .set("workload", text(s_.spec(lease.workload).name))
                                 .set("granted", time_value(lease.granted))
                                 .set("attained", text(format_duration(lease.attained)))
                                 .set("waited", text(format_duration(lease.waited))));
    Value ended = Value::sequence();
    for (const WorkloadId id : f.ended) ended.items.push_back(text(s_.spec(id).name));
    return named("rotation")
        .set("due", time_value(f.due))
        .set("events", number_value(static_cast<std::int64_t>(f.events)))
        .set("leases", std::move(leases))
        .set("ended", std::move(ended));
  }
  Value operator()(const RanksRebuilt&) const { return named("ranks"); }
  Value operator()(const CycleEnded& f) const {
    return named("cycle").set("attempts", number_value(f.attempts));
  }
  Value operator()(const WorkloadHeld& f) const {
    Value out = workload("workload-held", f.workload)
                    .set("cause", text(cause_name(f.cause)))
                    .set("reason", reason(f.reason));
    if (f.until != Time::never()) out.set("until", text(format_time(f.until)));
    return out;
  }
  Value operator()(const WorkloadReleased& f) const {
    return workload("workload-released", f.workload).set("cause", text(cause_name(f.cause)));
  }
  Value operator()(const HoursClosed& f) const {
    return named("hours-closed").set("until", text(format_time(f.until)));
  }
  Value operator()(const BudgetReserved& f) const {
    Value tasks = Value::sequence();
    for (const BudgetReserved::Part& part : f.parts)
      tasks.items.push_back(Value::mapping()
                                .set("task", text(s_.task_name(part.task)))
                                .set("per_hour", text(format_nanos(part.nanos_per_hour))));
    return named("budget-reserved")
        .set("workload", text(s_.spec(f.workload).name))
        .set("amount", text(format_nanos(f.nanos)))
        .set("until", text(format_time(f.until)))
        .set("due", text(format_time(f.due)))
        .set("tasks", std::move(tasks));
  }
  Value operator()(const BudgetThreshold& f) const {
    const Project& project = s_.world->projects[f.project.index()];
    return named("budget-threshold")
        .set("project", text(project.name))
        .set("budget", text(project.budgets[f.budget].name))
        .set("period_start", text(format_time(f.period_start)))
        .set("percent", number_value(f.percent))
        .set("kind", text(f.measure == BudgetMeasure::kActual ? "actual" : "forecast"))
        .set("amount", text(format_nanos(f.nanos)))
        .set("limit", text(format_nanos(f.limit_nanos)));
  }
  Value operator()(const TaskConfirmed& f) const { return task("confirmed", f.task); }
  Value operator()(const TaskRetries& f) const {
    Value out = task("retries", f.task).set("reason", reason(f.reason));
    set_exit(out, f.exit_code, f.signal);
    return out.set("until", text(format_time(f.until))).set("whole", yes(f.whole));
  }
  Value operator()(const BackoffEnded& f) const { return task("backoff-ended", f.task); }
  Value operator()(const TaskToEnd& f) const {
    return task("to-end", f.task).set("outcome", text(outcome_name(f.outcome)));
  }
  Value operator()(const IdleBegan& f) const { return task("idle-began", f.task); }
  Value operator()(const IdleEnded& f) const { return task("idle-ended", f.task); }
  Value operator()(const IdleWarned& f) const {
    Value out = workload("idle-warned", f.workload);
    if (f.task.valid()) out.set("task", text(s_.task_name(f.task)));
    return out.set("until", time_value(f.until));
  }
  Value operator()(const NodeDrained& f) const {
    return named("node-drained").set("node", text(node(f.node))).set("drained", yes(f.drained));
  }
  Value operator()(const FaultNoted& f) const {
    return device("fault", f).set("workload", text(s_.spec(f.workload).name));
  }
  Value operator()(const QuarantineBegan& f) const {
    return device("quarantine", f)
        .set("reason", reason(f.reason))
        .set("until", text(format_time(f.until)))
        .set("trials", number_value(f.trials));
  }
  Value operator()(const ProbationBegan& f) const {
    return device("probation", f).set("until", text(format_time(f.until)));
  }
  Value operator()(const QuarantineEnded& f) const { return device("quarantine-ended", f); }
  Value operator()(const WorldChanged& f) const {
    std::int64_t nodes = 0, projects = 0;
    for (const Node& node : f.world->fleet.nodes) nodes += node.retired ? 0 : 1;
    for (const Project& project : f.world->projects) projects += project.retired ? 0 : 1;
    return named("world-changed")
        .set("nodes", number_value(nodes))
        .set("projects", number_value(projects))
        .set("hash", text(world_hash(*f.world)));
  }

 private:
  static Value named(std::string_view fact) {
    Value out = Value::mapping();
    out.set("fact", text(fact));
    return out;
  }
  [[nodiscard]] Value task(std::string_view fact, TaskId id) const {
    return named(fact).set("task", text(s_.task_name(id)));
  }
  static void set_exit(Value& out, std::int32_t exit_code, std::int32_t signal) {
    if (exit_code != 0) out.set("exit_code", number_value(exit_code));
    if (signal != 0) out.set("signal", number_value(signal));
  }
  [[nodiscard]] Value workload(std::string_view fact, WorkloadId id) const {
    return named(fact).set("workload", text(s_.spec(id).name));
  }
  template <typename Named>
  [[nodiscard]] Value device(std::string_view fact, const Named& f) const {
    Value out = named(fact).set("node", text(node(f.node)));
    if (f.device >= 0) out.set("device", number_value(f.device));
    return out;
  }
  [[nodiscard]] const std::string& node(NodeId id) const {
    return s_.world->fleet.nodes[id.index()].name;
  }

  [[nodiscard]] bool says(std::string_view key, const std::string& name) const {
    return !may_say_ || may_say_(key, name);
  }
  [[nodiscard]] Value reason(const Reason& why) const {
    return reason_value(withhold(why, may_say_));
  }

  const State& s_;
  const MaySay& may_say_;
};

}  // namespace

Value world_value(const World& world) {
  Scenario scenario;
  scenario.options = world.options;
  scenario.fleet = world.fleet;
  scenario.projects = world.projects;
  Value out = Value::mapping().set("world", scenario_value(scenario));
  if (!world.prices.empty()) {
    Value prices = Value::sequence();
    for (const NodeTariff& tariff : world.prices) prices.items.push_back(tariff_value(tariff));
    out.set("prices", std::move(prices));
  }
  const Retired retired = retired_of(world);
  if (retired.empty()) return out;
  Value gone = Value::mapping();
  for (const auto& [kind, names] : {std::pair{"classes", &retired.classes},
                                    {"nodes", &retired.nodes},
                                    {"projects", &retired.projects}}) {
    if (names->empty()) continue;
    Value list = Value::sequence();
    for (const std::string& name : *names) list.items.push_back(text(name));
    gone.set(kind, std::move(list));
  }
  return out.set("retired", std::move(gone));
}

std::string world_hash(const World& world) {
  return hash_bytes(print_json(world_value(world), 0)).hex();
}

Value reason_value(const Reason& reason) {
  Value parameters = Value::mapping();
  for (const auto& [name, value] : reason.parameters) {
    if (const auto* number = std::get_if<std::int64_t>(&value))
      parameters.set(name, number_value(*number));
    else
      parameters.set(name, text(std::get<std::string>(value)));
  }
  return Value::mapping()
      .set("code", text(reason_code_name(reason.code)))
      .set("parameters", std::move(parameters))
      .set("text", Value::mapping()
                       .set("en", text(reason_text(reason, Language::kEnglish)))
                       .set("es", text(reason_text(reason, Language::kSpanish))));
}

Value lost_value(const State& state, const LostWork& lost) {
  constexpr std::int64_t kDeviceSecond = kDevice * 1'000'000'000;
  Value out = Value::mapping().set(
      "gpu_seconds", number_value(static_cast<std::int64_t>(lost.device_ns / kDeviceSecond)));
  if (state.prices.empty()) return out.set("money", Value{});
  return out.set("money",
                 Value::mapping()
                     .set("amount", text(format_nanos(lost.money_nanos)))
                     .set("currency", text(state.prices.front().per_hour.currency.text())));
}

Value place_value(const State& state, ShapeId shape_id, const schedule::Placement& place) {
  const schedule::Shape& shape = state.board.shape(shape_id);
  const ClassId c = state.board.node(place.node).accelerator_class;
  Value devices = Value::sequence();
  for (unsigned mask = place.device_mask; mask != 0; mask &= mask - 1) {
    Value device = Value::mapping()
                       .set("index", number_value(std::countr_zero(mask)))
                       .set("thousandths", number_value(shape.by_class[c.index()].thousandths));
    if (shape.use == schedule::DeviceUse::kMig) device.set("slot", number_value(place.mig_slot));
    devices.items.push_back(std::move(device));
  }
  return Value::mapping()
      .set("node", text(state.world->fleet.nodes[place.node.index()].name))
      .set("devices", std::move(devices));
}

Value place_value(const State& state, TaskId task, const Place& place) {
  return place_value(state, shape_of(state, task, place), placement_of(place));
}

Value fact_value(const State& state, const Fact& fact, const MaySay& may_say) {
  return std::visit(FactWriter(state, may_say), fact.body);
}

Value fact_value(const State& state, const Fact& fact) {
  return fact_value(state, fact, {});
}

namespace {

class InputWriter {
 public:
  explicit InputWriter(const State& state) : s_(state) {}

  Value operator()(const Configure& i) const {
    return Value::mapping().set("configure", world_value(*i.world));
  }
  Value operator()(const Submit& i) const {
    return Value::mapping().set("submit", workload_value(*i.workload, s_.world->fleet));
  }
  Value operator()(const Cancel& i) const {
    Value out = Value::mapping().set("cancel", text(i.workload));
    if (i.task >= 0) out.set("number", number_value(i.task));
    return out;
  }
  Value operator()(const TaskObserved& i) const {
    Value out = Value::mapping()
                    .set("task", text(s_.task_name(i.task)))
                    .set("event", text(event_name(i.event)));
    if (i.exit_code != 0) out.set("exit_code", number_value(i.exit_code));
    if (i.signal != 0) out.set("signal", number_value(i.signal));
    if (!i.message.empty()) out.set("message", text(i.message));
    if (i.attempt != 0) out.set("attempt", number_value(i.attempt));
    return out;
  }
  Value operator()(const HealthObserved& i) const {
    return Value::mapping()
        .set("node", text(s_.world->fleet.nodes[i.node.index()].name))
        .set("device", number_value(i.device))
        .set("health", text(health_name(i.health)));
  }
  Value operator()(const PriceObserved& i) const {
    return Value::mapping()
        .set("node", text(s_.world->fleet.nodes[i.node.index()].name))
        .set("price", tariff_value(i.price));
  }
  Value operator()(const Decide& i) const { return Value::mapping().set("decide", yes(i.full)); }
  Value operator()(const Hold& i) const { return Value::mapping().set("hold", text(i.workload)); }
  Value operator()(const Release& i) const {
    return Value::mapping().set("release", text(i.workload));
  }
  Value operator()(const UtilisationObserved& i) const {
    return Value::mapping()
        .set("task", text(s_.task_name(i.task)))
        .set("busy", number_value(i.busy_thousandths));
  }
  Value operator()(const Drain& i) const {
    return Value::mapping()
        .set("drain", text(s_.world->fleet.nodes[i.node.index()].name))
        .set("drained", yes(i.drained));
  }

  static std::string_view event_name(TaskEvent event) {
    switch (event) {
      case TaskEvent::kStopped:
        return "stopped";
      case TaskEvent::kSucceeded:
        return "succeeded";
      case TaskEvent::kFailed:
        return "failed";
      case TaskEvent::kCheckpointed:
        return "checkpointed";
      case TaskEvent::kRunning:
        return "running";
      case TaskEvent::kLaunchFailed:
        return "launch-failed";
      case TaskEvent::kLost:
        return "lost";
    }
    return "failed";
  }

 private:
  const State& s_;
};

}  // namespace

Value input_value(const State& state, const Input& input) {
  Value out = std::visit(InputWriter(state), input.body);
  out.set("at", text(format_time(input.at)));
  return out;
}

}  // namespace sillar
