#pragma once

// Which devices and nodes may be given work, and why not: what their driver says, what an operator
// wants, and what failures there have led to. Each cause stands by itself, and the board is told
// the worst of them. Internal to engine, but for the records that `State` keeps.

#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/time.h"
#include "model/fact.h"
#include "model/fleet.h"
#include "model/reason.h"

namespace sillar {

struct State;

// A device of a node, or the whole node.
struct DeviceRef {
  NodeId node;
  std::int32_t device = -1;

  friend auto operator<=>(const DeviceRef&, const DeviceRef&) = default;
};

// What is known of one of them, kept where there is anything to say.
struct Fitness {
  // So often doubled, any time is as long as it may be.
  static constexpr std::int32_t kTrialsMax = 40;

  struct Fault {
    WorkloadId workload;
    Time at;
  };
  Health observed = Health::kHealthy;    // As its driver reported it last.
  bool drained = false;                  // Nodes only.
  Health quarantine = Health::kHealthy;  // kQuarantined, or kProbation.
  std::int32_t trials = 0;               // That failed, one after the other.
  Time until;                            // The next trial, or the earliest end of this one.
  bool proved = false;                   // On probation: work has succeeded.
  std::shared_ptr<const Reason> reason;  // Of the quarantine; null without one.
  std::vector<Fault> faults;             // Since the last success, oldest first; one a workload.

  // What the board is told.
  [[nodiscard]] Health effective() const;
  // Whether it says no more than the board does.
  [[nodiscard]] bool says_nothing() const;
};

using FitnessMap = std::map<DeviceRef, Fitness>;

// As its driver reported it last.
[[nodiscard]] Health observed_health(const State& state, DeviceRef ref);
[[nodiscard]] const Fitness* fitness_of(const State& state, DeviceRef ref);

// The subject of a device in the agenda, and when something of it is due.
[[nodiscard]] std::uint32_t agenda_subject(DeviceRef ref);
[[nodiscard]] DeviceRef device_of_subject(std::uint32_t subject);
[[nodiscard]] Time device_due(const State& state, DeviceRef ref);

// ---- Deciding.

// The fact that quarantines it, where the rule asks for one.
void report_fault(const State& state, DeviceRef ref, Time at, std::vector<FactBody>& facts);
// What a failed attempt of a running task says of where it ran.
void blame_place(const State& state, const TaskObserved& failed, Time at,
                 std::vector<FactBody>& facts);
// What is due of the device at `at`, appended.
void due_of_device(const State& state, DeviceRef ref, Time at, std::vector<FactBody>& facts);
// The board's view of the device once `fact` is applied, for facts of `due_of_device`.
[[nodiscard]] Health health_after(const State& state, const ProbationBegan& fact);
[[nodiscard]] Health health_after(const State& state, const QuarantineEnded& fact);

// ---- Applying.

void apply_fitness(State& state, const HealthChanged& fact, Time at);
void apply_fitness(State& state, const NodeDrained& fact, Time at);
void apply_fitness(State& state, const FaultNoted& fact, Time at);
void apply_fitness(State& state, const QuarantineBegan& fact, Time at);
void apply_fitness(State& state, const ProbationBegan& fact, Time at);
void apply_fitness(State& state, const QuarantineEnded& fact, Time at);
// The task, which still has its place, succeeded there.
void note_success(State& state, TaskId task);
// Work on the node began, or ended.
void note_work(State& state, NodeId node);
// In a changed world, whose board has adopted the work: nothing is known of what is gone or made
// anew, and what the fleet now states counts as observed.
void refit(State& state, const Fleet& before);

// ---- As bytes: nothing at all where nothing is known.

void append_fitness(std::string& out, const State& state);
// Requires: the board is read. False: anything that append_fitness does not write.
[[nodiscard]] bool read_fitness(ByteReader& in, State& state);

}  // namespace sillar
