#include "engine/scenario_run.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <set>

#include "engine/fact_text.h"
#include "engine/places.h"

namespace sillar {
namespace {

using schedule::Phase;

constexpr Duration kRoundPace = Duration::seconds(1);

void note_victim(ScenarioOutcome& outcome, const Fact& fact) {
  if (const auto* evicted = std::get_if<TaskEvicted>(&fact.body))
    outcome.victims.push_back({*evicted, {}});
  const auto* moves = std::get_if<TaskMoves>(&fact.body);
  if (moves == nullptr) return;
  for (auto victim = outcome.victims.rbegin(); victim != outcome.victims.rend(); ++victim) {
    if (victim->evicted.task != moves->task) continue;
    victim->moved_to = moves->place;
    return;
  }
}

Status feed(ScenarioOutcome& outcome, const Input& input) {
  // Whoever asks for a scenario wants every reason, in the figures of the last round.
  SILLAR_TRY(facts, std::holds_alternative<Decide>(input.body)
                        ? decide_explained(outcome.state, outcome.scratch, input.at)
                        : decide(outcome.state, outcome.scratch, input));
  for (Fact& fact : facts) {
    apply(outcome.state, fact);
    if (!std::holds_alternative<Submit>(input.body)) note_victim(outcome, fact);
    if (const auto* refused = std::get_if<Refused>(&fact.body))
      return invalid(fmt::format("{}: {}", refused->workload,
                                 reason_text(refused->reason, Language::kEnglish)));
    if (!std::holds_alternative<Submit>(input.body) &&
        !std::holds_alternative<Configure>(input.body)) {
      Value text = fact_value(outcome.state, fact);
      outcome.facts.emplace_back(std::move(fact), std::move(text));
    }
  }
  return {};
}

std::string_view state_name(Phase phase) {
  switch (phase) {
    case Phase::kPending:
    case Phase::kReserved:
    case Phase::kParked:
      return "Pending";
    case Phase::kRunning:
      return "Running";
    case Phase::kStopping:
      return "Stopping";
    case Phase::kFinished:
      return "Finished";
  }
  return "Pending";
}

// Names of the tasks that still hold what `id` was promised.
std::vector<std::string> promised_after(const State& state, const schedule::Placement& place) {
  std::vector<std::string> after;
  for (const TaskId t : state.board.tasks_on(place.node)) {
    const schedule::Task& task = state.board.task(t);
    if (task.phase != Phase::kStopping) continue;
    if (place.device_mask == 0 || (task.place.device_mask & place.device_mask) != 0)
      after.push_back(state.task_name(t));
  }
  std::sort(after.begin(), after.end());
  return after;
}

Value reserved_value(const State& state, ShapeId shape, const schedule::Placement& place) {
  Value out = place_value(state, shape, place);
  Value after = Value::sequence();
  for (const std::string& name : promised_after(state, place))
    after.items.push_back(Value::text(name));
  return out.set("after", std::move(after));
}

Value task_answer(const State& state, WorkloadId workload, TaskId id) {
  const schedule::Task& task = state.board.task(id);
  Value out = Value::mapping()
                  .set("workload", Value::text(state.spec(workload).name))
                  .set("task", Value::text(state.task_name(id)))
                  .set("state", Value::text(state_name(task.phase)));
  if (task.phase == Phase::kRunning || task.phase == Phase::kStopping) {
    Value place = place_value(state, task.shape, task.place);
    for (auto& [key, value] : place.fields) out.set(key, std::move(value));
    if (task.promise_shape.valid())
      out.set("reserved", reserved_value(state, task.promise_shape, task.promise));
    return out;
  }
  if (task.phase == Phase::kReserved)
    out.set("reserved", reserved_value(state, task.shape, task.place));
  const auto& reason = state.workloads[workload.index()].reason;
  if (task.phase != Phase::kFinished && reason) out.set("reason", reason_value(*reason));
  return out;
}

}  // namespace

namespace {

// What a scenario finds running on a quarantined node or device has to leave it, as it would have
// when the fault was seen.
Status drain_quarantined(ScenarioOutcome& outcome, Time at) {
  const std::vector<Node>& nodes = outcome.state.world->fleet.nodes;
  for (std::size_t n = 0; n < nodes.size(); ++n) {
    if (nodes[n].health == Health::kQuarantined)
      SILLAR_TRY_STATUS(feed(outcome, {at, HealthObserved{NodeId{n}, -1, Health::kQuarantined}}));
    for (std::size_t d = 0; d < nodes[n].devices.size(); ++d) {
      if (nodes[n].devices[d] != Health::kQuarantined) continue;
      const auto device = static_cast<std::int32_t>(d);
      SILLAR_TRY_STATUS(
          feed(outcome, {at, HealthObserved{NodeId{n}, device, Health::kQuarantined}}));
    }
  }
  return {};
}

}  // namespace

Result<ScenarioOutcome> run_scenario(const Scenario& scenario, std::vector<NodeTariff> prices) {
  ScenarioOutcome outcome;
  auto world = std::make_shared<World>();
  world->options = scenario.options;
  world->fleet = scenario.fleet;
  world->projects = scenario.projects;
  world->prices = std::move(prices);
  const Time start = scenario.options.now;
  SILLAR_TRY_STATUS(feed(outcome, {start, Configure{world}}));
  for (const Workload& workload : scenario.workloads)
    SILLAR_TRY_STATUS(feed(outcome, {start, Submit{std::make_shared<const Workload>(workload)}}));
  SILLAR_TRY_STATUS(drain_quarantined(outcome, start));
  for (std::int32_t round = 0; round < scenario.options.rounds; ++round) {
    const Time now = start + kRoundPace * round;
    if (round > 0) {
      const std::set<TaskId> stopping = outcome.state.board.stopping_tasks();
      for (const TaskId task : stopping)
        SILLAR_TRY_STATUS(feed(outcome, {now, TaskObserved{task, TaskEvent::kStopped}}));
    }
    SILLAR_TRY_STATUS(feed(outcome, {now, Decide{true}}));
    ++outcome.rounds;
  }
  return outcome;
}

Value scenario_answer(const ScenarioOutcome& outcome) {
  const State& state = outcome.state;
  Value tasks = Value::sequence();
  for (std::size_t w = 0; w < state.workloads.size(); ++w) {
    const schedule::Job& job = state.board.job(WorkloadId{w});
    for (std::int32_t i = 0; i < job.tasks; ++i)
      tasks.items.push_back(task_answer(state, WorkloadId{w},
                                        TaskId{job.first_task + static_cast<std::uint32_t>(i)}));
  }
  Value victims = Value::sequence();
  for (const auto& [victim, moved_to] : outcome.victims) {
    Value entry = Value::mapping().set("task", Value::text(state.task_name(victim.task)));
    entry.set("for", victim.beneficiary.valid() ? Value::text(state.spec(victim.beneficiary).name)
                                                : Value{});
    entry.set("cost", lost_value(state, victim.lost));
    entry.set("moved_to", moved_to.valid()
                              ? Value::text(state.world->fleet.nodes[moved_to.node.index()].name)
                              : Value{});
    entry.set("reason", reason_value(victim.reason));
    victims.items.push_back(std::move(entry));
  }
  Value facts = Value::sequence();
  for (const auto& [fact, text] : outcome.facts) facts.items.push_back(text);
  return Value::mapping()
      .set("rounds", number_value(outcome.rounds))
      .set("tasks", std::move(tasks))
      .set("victims", std::move(victims))
      .set("facts", std::move(facts));
}

namespace {

class Comparison {
 public:
  Comparison(const Scenario& scenario, const ScenarioOutcome& outcome)
      : expect_(scenario.expect), o_(outcome), s_(outcome.state) {}

  std::vector<FailedExpectation> run() {
    for (const TaskExpectation& task : expect_.tasks) compare(task);
    for (const ReasonExpectation& reason : expect_.reasons) compare(reason);
    compare_victims();
    return std::move(failures_);
  }

 private:
  static std::string joined(std::vector<std::int32_t> devices) {
    std::sort(devices.begin(), devices.end());
    return fmt::format("[{}]", fmt::join(devices, ", "));
  }

  static std::vector<std::int32_t> devices_of(std::uint16_t mask) {
    std::vector<std::int32_t> out;
    for (unsigned m = mask; m != 0; m &= m - 1) out.push_back(std::countr_zero(m));
    return out;
  }

  void check(const std::string& what, std::string_view field, std::string_view expected,
             std::string_view got) {
    if (expected != got)
      failures_.push_back({what, std::string(field), std::string(expected), std::string(got)});
  }

  [[nodiscard]] std::string node_name(NodeId id) const {
    return id.valid() ? s_.world->fleet.nodes[id.index()].name : "none";
  }

  void compare(const TaskExpectation& expected) {
    const auto id = s_.task_named(expected.task);
    if (!id) {
      failures_.push_back({expected.task, "task", "present", "absent"});
      return;
    }
    const schedule::Task& task = s_.board.task(*id);
    const bool here = task.phase == Phase::kRunning || task.phase == Phase::kStopping;
    const bool promised = task.phase == Phase::kReserved || task.promise_shape.valid();
    const schedule::Placement promise = task.phase == Phase::kReserved ? task.place : task.promise;
    if (expected.state)
      check(expected.task, "state", expected_state(*expected.state), state_name(task.phase));
    if (expected.node)
      check(expected.task, "node", *expected.node, here ? node_name(task.place.node) : "none");
    if (expected.devices)
      check(expected.task, "devices", joined(*expected.devices),
            here ? joined(devices_of(task.place.device_mask)) : "none");
    if (expected.reserved)
      check(expected.task, "reserved", *expected.reserved ? "true" : "false",
            promised ? "true" : "false");
    if (expected.reserved_node)
      check(expected.task, "reserved node", *expected.reserved_node,
            promised ? node_name(promise.node) : "none");
    if (expected.reserved_devices)
      check(expected.task, "reserved devices", joined(*expected.reserved_devices),
            promised ? joined(devices_of(promise.device_mask)) : "none");
  }

  static std::string_view expected_state(TaskState state) {
    switch (state) {
      case TaskState::kPending:
        return "Pending";
      case TaskState::kRunning:
        return "Running";
      case TaskState::kStopping:
        return "Stopping";
      case TaskState::kFinished:
        return "Finished";
    }
    return "Pending";
  }

  void compare(const ReasonExpectation& expected) {
    const auto id = s_.workload_ids.find(expected.workload);
    if (id == s_.workload_ids.end()) {
      failures_.push_back({expected.workload, "workload", "present", "absent"});
      return;
    }
    const auto& reason = s_.workloads[id->second.index()].reason;
    const ReasonCode got = reason ? reason->code : ReasonCode::kNone;
    check(expected.workload, "reason", reason_code_name(expected.reason.code),
          reason_code_name(got));
    if (got != expected.reason.code) return;
    for (const auto& [name, value] : expected.reason.parameters) {
      const auto found = std::find_if(reason->parameters.begin(), reason->parameters.end(),
                                      [&](const auto& p) { return p.first == name; });
      const auto shown = [](const auto& v) {
        const auto* number = std::get_if<std::int64_t>(&v);
        return number != nullptr ? std::to_string(*number) : std::get<std::string>(v);
      };
      check(expected.workload, name, shown(value),
            found == reason->parameters.end() ? "absent" : shown(found->second));
    }
  }

  void compare_victims() {
    if (expect_.victim_count)
      check("victims", "count", std::to_string(*expect_.victim_count),
            std::to_string(o_.victims.size()));
    if (!expect_.victims) return;
    std::vector<std::string> expected = *expect_.victims;
    std::vector<std::string> got;
    for (const auto& victim : o_.victims) got.push_back(s_.task_name(victim.evicted.task));
    std::sort(expected.begin(), expected.end());
    std::sort(got.begin(), got.end());
    check("victims", "tasks", fmt::format("{}", fmt::join(expected, ", ")),
          fmt::format("{}", fmt::join(got, ", ")));
  }

  const Expectation& expect_;
  const ScenarioOutcome& o_;
  const State& s_;
  std::vector<FailedExpectation> failures_;
};

}  // namespace

std::vector<FailedExpectation> failed_expectations(const Scenario& scenario,
                                                   const ScenarioOutcome& outcome) {
  return Comparison(scenario, outcome).run();
}

}  // namespace sillar
