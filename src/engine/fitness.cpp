#include "engine/fitness.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "base/check.h"
#include "base/quantity.h"
#include "engine/state.h"
#include "model/reason_bytes.h"

namespace sillar {
namespace {

using schedule::Phase;
using schedule::Task;

constexpr std::uint32_t kSubjectsPerNode = kDevicesPerNodeMax + 1;

const QuarantineRule& rule_of(const State& state) {
  return state.world->options.quarantine;
}

Health board_health(const State& state, DeviceRef ref) {
  const schedule::NodeState& node = state.board.node(ref.node);
  return ref.device < 0 ? node.health : node.devices[static_cast<std::size_t>(ref.device)].health;
}

int severity(Health health) {
  switch (health) {
    case Health::kHealthy:
      return 0;
    case Health::kProbation:
      return 1;
    case Health::kSuspect:
      return 2;
    case Health::kQuarantined:
      return 3;
  }
  return 3;
}

Health worst(Health a, Health b) {
  return severity(a) >= severity(b) ? a : b;
}

bool uses(const Task& task, DeviceRef ref) {
  return ref.device < 0 || (task.place.device_mask >> ref.device & 1) != 0;
}

// Its device, or the node when it had several or none.
DeviceRef place_of_task(const Task& task) {
  const unsigned mask = task.place.device_mask;
  return {task.place.node, std::popcount(mask) == 1 ? std::countr_zero(mask) : -1};
}

// Where a failure points to. What never ran, or got lost, has seen nothing of a device.
DeviceRef place_to_blame(const Task& task, TaskEvent event) {
  return event == TaskEvent::kFailed ? place_of_task(task) : DeviceRef{task.place.node, -1};
}

// A shell's word that the command itself is not there or is no program.
bool speaks_of_the_command(const TaskObserved& failed) {
  constexpr std::int32_t kNoProgram = 126;
  constexpr std::int32_t kNotFound = 127;
  return failed.event == TaskEvent::kFailed && failed.signal == 0 &&
         (failed.exit_code == kNoProgram || failed.exit_code == kNotFound);
}

bool failed_since(const Fitness& fitness, WorkloadId workload, Time since) {
  return std::ranges::any_of(fitness.faults, [&](const Fitness::Fault& fault) {
    return fault.workload == workload && fault.at >= since;
  });
}

// What fails in several places points to itself. O(what is known).
bool failed_elsewhere(const State& state, DeviceRef ref, WorkloadId workload, Time since) {
  return std::ranges::any_of(state.fitness, [&](const auto& entry) {
    return entry.first != ref && failed_since(entry.second, workload, since);
  });
}

QuarantineBegan quarantine(const State& state, DeviceRef ref, Reason reason, Time at) {
  const Fitness* known = fitness_of(state, ref);
  std::int32_t trials = known == nullptr ? 0 : known->trials;
  if (known != nullptr && known->quarantine == Health::kProbation)
    trials = std::min(trials + 1, Fitness::kTrialsMax);
  const QuarantineRule& rule = rule_of(state);
  const Int128 wait = std::min(Int128{rule.after.ns} << trials, Int128{rule.longest.ns});
  const Time until = at + Duration{static_cast<std::int64_t>(wait)};
  return {ref.node, ref.device, std::move(reason), until, trials};
}

// Whether one more of its kind may be quarantined for failures. O(nodes).
bool within_share(const State& state, DeviceRef ref) {
  const std::vector<Node>& nodes = state.world->fleet.nodes;
  const ClassId kind = nodes[ref.node.index()].accelerator_class;
  const auto alike = [&](const DeviceRef& other) {
    return (other.device < 0) == (ref.device < 0) &&
           (ref.device < 0 || nodes[other.node.index()].accelerator_class == kind);
  };
  std::int64_t all = 0;
  for (std::size_t n = 0; n < nodes.size(); ++n)
    if (!nodes[n].retired && alike({NodeId{n}, ref.device}))
      all += ref.device < 0 ? 1 : nodes[n].accelerators;
  std::int64_t out = 1;
  for (const auto& [other, fitness] : state.fitness)
    out += fitness.quarantine == Health::kQuarantined && alike(other) ? 1 : 0;
  return out * kThousand <= all * rule_of(state).share_thousandths;
}

// With the failure of `failed`, of different workloads that failed nowhere else.
std::int32_t failures_at(const State& state, DeviceRef ref, WorkloadId failed, Time since) {
  std::int32_t count = failed_elsewhere(state, ref, failed, since) ? 0 : 1;
  const Fitness* known = fitness_of(state, ref);
  if (known == nullptr) return count;
  for (const Fitness::Fault& fault : known->faults) {
    const bool counts = fault.at >= since && fault.workload != failed &&
                        !failed_elsewhere(state, ref, fault.workload, since);
    count += counts ? 1 : 0;
  }
  return count;
}

void note_due(State& state, DeviceRef ref) {
  state.agenda.set(Agenda::Kind::kDevice, agenda_subject(ref), device_due(state, ref));
}

Fitness& known_fitness(State& state, DeviceRef ref) {
  const auto [at, fresh] = state.fitness.try_emplace(ref);
  if (fresh) at->second.observed = board_health(state, ref);
  return at->second;
}

// After a change of what is known: the board and the agenda follow.
void settle(State& state, DeviceRef ref) {
  const auto at = state.fitness.find(ref);
  const Health health = at->second.effective();
  if (at->second.says_nothing()) state.fitness.erase(at);
  note_due(state, ref);
  if (health == board_health(state, ref)) return;
  if (ref.device < 0)
    state.board.set_node_health(ref.node, health);
  else
    state.board.set_device_health(ref.node, static_cast<std::size_t>(ref.device), health);
  // Rotation was planned for other room: the next cycle plans it anew.
  state.memory.rotation.due = Time::never();
}

}  // namespace

Health Fitness::effective() const {
  return worst(worst(observed, quarantine), drained ? Health::kQuarantined : Health::kHealthy);
}

bool Fitness::says_nothing() const {
  return !drained && quarantine == Health::kHealthy && faults.empty();
}

const Fitness* fitness_of(const State& state, DeviceRef ref) {
  const auto found = state.fitness.find(ref);
  return found == state.fitness.end() ? nullptr : &found->second;
}

Health observed_health(const State& state, DeviceRef ref) {
  const Fitness* known = fitness_of(state, ref);
  return known != nullptr ? known->observed : board_health(state, ref);
}

std::uint32_t agenda_subject(DeviceRef ref) {
  return ref.node.value * kSubjectsPerNode + static_cast<std::uint32_t>(ref.device + 1);
}

DeviceRef device_of_subject(std::uint32_t subject) {
  return {NodeId{subject / kSubjectsPerNode},
          static_cast<std::int32_t>(subject % kSubjectsPerNode) - 1};
}

// A trial ends when work has succeeded, or once it has run for long enough. What its driver says is
// broken is not tried.
Time device_due(const State& state, DeviceRef ref) {
  const Fitness* known = fitness_of(state, ref);
  if (known == nullptr) return Time::never();
  if (known->quarantine == Health::kQuarantined)
    return severity(known->observed) < severity(Health::kSuspect) ? known->until : Time::never();
  if (known->quarantine != Health::kProbation) return Time::never();
  if (known->proved) return known->until;
  Time due = Time::never();
  for (const TaskId id : state.board.tasks_on(ref.node)) {
    const Task& task = state.board.task(id);
    if (task.phase == Phase::kRunning && uses(task, ref))
      due = std::min(due, std::max(known->until, task.started + rule_of(state).trial));
  }
  return due;
}

// ---- Deciding.

void report_fault(const State& state, DeviceRef ref, Time at, std::vector<FactBody>& facts) {
  if (rule_of(state).after.ns > 0)
    facts.emplace_back(quarantine(state, ref, {ReasonCode::kFaultReported, {}}, at));
}

void blame_place(const State& state, const TaskObserved& failed, Time at,
                 std::vector<FactBody>& facts) {
  const QuarantineRule& rule = rule_of(state);
  if (rule.after.ns == 0 || speaks_of_the_command(failed)) return;
  const Task& task = state.board.task(failed.task);
  const Time since = at - rule.window;
  const DeviceRef blamed = place_to_blame(task, failed.event);
  const Fitness* known = fitness_of(state, blamed);
  if (rule.failures > 0) facts.emplace_back(FaultNoted{blamed.node, blamed.device, task.job});
  // What is tried has failed for whatever reason. A node is tried with each of its devices.
  for (const DeviceRef ref : {place_of_task(task), DeviceRef{blamed.node, -1}}) {
    const Fitness* tried = fitness_of(state, ref);
    if (tried == nullptr || tried->quarantine != Health::kProbation) continue;
    if (!failed_elsewhere(state, ref, task.job, since))
      facts.emplace_back(quarantine(
          state, ref, {ReasonCode::kFailedOnTrial, {{"task", state.task_name(failed.task)}}}, at));
    return;
  }
  if (rule.failures == 0 || (known != nullptr && known->quarantine != Health::kHealthy)) return;
  const std::int32_t failures = failures_at(state, blamed, task.job, since);
  if (failures < rule.failures || !within_share(state, blamed)) return;
  facts.emplace_back(
      quarantine(state, blamed,
                 {ReasonCode::kFailuresHere,
                  {{"failures", std::int64_t{failures}}, {"window", format_duration(rule.window)}}},
                 at));
}

void due_of_device(const State& state, DeviceRef ref, Time at, std::vector<FactBody>& facts) {
  const Fitness* known = fitness_of(state, ref);
  if (known->quarantine == Health::kQuarantined)
    facts.emplace_back(ProbationBegan{ref.node, ref.device, at + rule_of(state).trial});
  else
    facts.emplace_back(QuarantineEnded{ref.node, ref.device});
}

Health health_after(const State& state, const ProbationBegan& fact) {
  Fitness after = *fitness_of(state, {fact.node, fact.device});
  after.quarantine = Health::kProbation;
  return after.effective();
}

Health health_after(const State& state, const QuarantineEnded& fact) {
  Fitness after = *fitness_of(state, {fact.node, fact.device});
  after.quarantine = Health::kHealthy;
  return after.effective();
}

// ---- Applying.

void apply_fitness(State& state, const HealthChanged& fact, Time) {
  const DeviceRef ref{fact.node, fact.device};
  known_fitness(state, ref).observed = fact.health;
  settle(state, ref);
}

void apply_fitness(State& state, const NodeDrained& fact, Time) {
  const DeviceRef ref{fact.node, -1};
  known_fitness(state, ref).drained = fact.drained;
  settle(state, ref);
}

void apply_fitness(State& state, const FaultNoted& fact, Time at) {
  const DeviceRef ref{fact.node, fact.device};
  const QuarantineRule& rule = rule_of(state);
  std::vector<Fitness::Fault>& faults = known_fitness(state, ref).faults;
  std::erase_if(faults, [&](const Fitness::Fault& fault) {
    return fault.workload == fact.workload || fault.at < at - rule.window;
  });
  faults.push_back({fact.workload, at});
  const auto most = static_cast<std::size_t>(std::max(rule.failures, 1));
  if (faults.size() > most) faults.erase(faults.begin());
  settle(state, ref);
}

void apply_fitness(State& state, const QuarantineBegan& fact, Time) {
  const DeviceRef ref{fact.node, fact.device};
  Fitness& fitness = known_fitness(state, ref);
  fitness.quarantine = Health::kQuarantined;
  fitness.trials = fact.trials;
  fitness.until = fact.until;
  fitness.proved = false;
  fitness.reason = std::make_shared<const Reason>(fact.reason);
  settle(state, ref);
}

void apply_fitness(State& state, const ProbationBegan& fact, Time) {
  const DeviceRef ref{fact.node, fact.device};
  const auto at = state.fitness.find(ref);
  if (at == state.fitness.end() || at->second.quarantine != Health::kQuarantined) return;
  at->second.quarantine = Health::kProbation;
  at->second.until = fact.until;
  settle(state, ref);
}

void apply_fitness(State& state, const QuarantineEnded& fact, Time) {
  const DeviceRef ref{fact.node, fact.device};
  const auto at = state.fitness.find(ref);
  if (at == state.fitness.end()) return;
  Fitness well;
  well.observed = at->second.observed;
  well.drained = at->second.drained;
  at->second = std::move(well);
  settle(state, ref);
}

void note_success(State& state, TaskId id) {
  if (state.fitness.empty()) return;
  const Task& task = state.board.task(id);
  const NodeId node = task.place.node;
  for (auto at = state.fitness.lower_bound({node, -1});
       at != state.fitness.end() && at->first.node == node;) {
    const DeviceRef ref = at->first;
    Fitness& fitness = at->second;
    ++at;
    if (!uses(task, ref)) continue;
    fitness.faults.clear();
    if (fitness.quarantine == Health::kProbation) fitness.proved = true;
    settle(state, ref);
  }
}

void note_work(State& state, NodeId node) {
  if (state.fitness.empty()) return;
  for (auto at = state.fitness.lower_bound({node, -1});
       at != state.fitness.end() && at->first.node == node; ++at)
    note_due(state, at->first);
}

void refit(State& state, const Fleet& before) {
  const Fleet& fleet = state.world->fleet;
  std::vector<DeviceRef> known;
  for (const auto& entry : state.fitness) known.push_back(entry.first);
  for (const DeviceRef ref : known) {
    const Node& was = before.nodes[ref.node.index()];
    const Node& is = fleet.nodes[ref.node.index()];
    if (is.retired || (ref.device >= 0 && !same_make(is, was))) {
      state.fitness.erase(ref);
      note_due(state, ref);
      continue;
    }
    const auto stated = [&](const Node& node) {
      return ref.device < 0 ? node.health
                            : stated_health(node, static_cast<std::size_t>(ref.device));
    };
    if (stated(is) != stated(was)) state.fitness.find(ref)->second.observed = stated(is);
    settle(state, ref);
  }
}

// ---- As bytes.

void append_fitness(std::string& out, const State& state) {
  if (state.fitness.empty()) return;
  put_count(out, state.fitness.size());
  for (const auto& [ref, fitness] : state.fitness) {
    put_id(out, ref.node);
    put_number(out, ref.device);
    put_number(out, static_cast<std::int64_t>(fitness.observed));
    put_number(out, fitness.drained ? 1 : 0);
    put_number(out, static_cast<std::int64_t>(fitness.quarantine));
    if (fitness.quarantine != Health::kHealthy) {
      put_number(out, fitness.trials);
      put_number(out, fitness.until.ns);
      put_number(out, fitness.proved ? 1 : 0);
      put_reason(out, *fitness.reason);
    }
    put_count(out, fitness.faults.size());
    for (const Fitness::Fault& fault : fitness.faults) {
      put_id(out, fault.workload);
      put_number(out, fault.at.ns);
    }
  }
}

namespace {

Fitness read_one(ByteReader& in, const State& state) {
  Fitness fitness;
  fitness.observed = in.word(Health::kProbation);
  fitness.drained = in.flag();
  fitness.quarantine = in.word(Health::kProbation);
  if (fitness.quarantine == Health::kSuspect) in.fail();
  if (in.ok() && fitness.quarantine != Health::kHealthy) {
    fitness.trials = static_cast<std::int32_t>(in.number(0, Fitness::kTrialsMax));
    fitness.until = Time{in.number(0, (kTimeMax + kDurationMax).ns)};
    fitness.proved = in.flag();
    fitness.reason = std::make_shared<const Reason>(read_reason(in));
    if (fitness.proved && fitness.quarantine != Health::kProbation) in.fail();
  }
  fitness.faults.resize(in.count(2));
  if (fitness.faults.size() > static_cast<std::size_t>(QuarantineRule::kFailuresMax)) in.fail();
  for (Fitness::Fault& fault : fitness.faults) {
    fault.workload = in.id<WorkloadTag>(state.workloads.size());
    fault.at = in.moment();
  }
  return fitness;
}

}  // namespace

bool read_fitness(ByteReader& in, State& state) {
  constexpr std::size_t kBytesLeast = 6;
  const std::size_t count = in.count(kBytesLeast);
  if (count == 0) in.fail();
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    DeviceRef ref;
    ref.node = in.id<NodeTag>(state.board.node_count());
    if (!in.ok()) return false;
    ref.device =
        static_cast<std::int32_t>(in.number(-1, state.board.node(ref.node).device_count - 1));
    Fitness fitness = read_one(in, state);
    const bool follows = state.fitness.empty() || state.fitness.rbegin()->first < ref;
    if (!in.ok() || !follows || fitness.says_nothing() || (fitness.drained && ref.device >= 0) ||
        fitness.effective() != board_health(state, ref))
      return false;
    state.fitness.emplace_hint(state.fitness.end(), ref, std::move(fitness));
    note_due(state, ref);
  }
  return in.ok();
}

}  // namespace sillar
