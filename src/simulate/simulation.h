#pragma once

// A trace run through the very engine under a virtual clock. What the engine asks for is answered
// by a modelled cluster; time is whatever the next event says. Equal specs give equal reports, and
// equal inputs to the engine.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/money.h"
#include "base/result.h"
#include "base/time.h"
#include "ledger/price_book.h"
#include "ledger/price_map.h"
#include "model/fact.h"
#include "model/fleet.h"
#include "model/input.h"
#include "model/project.h"
#include "model/scenario.h"
#include "simulate/report.h"
#include "simulate/trace.h"

namespace sillar {

struct State;  // engine/state.h

inline constexpr std::int64_t kSimulatedTasksMax = 10'000'000;  // Of all jobs.
inline constexpr std::int64_t kSimulatedFaultsMax = 1'000'000;
// Of tasks, in a trace where nothing is lost.
inline constexpr std::int64_t kSimulatedCheckpointsMax = 20'000'000;

// What a node or a device does besides working: it fails now and then, and comes back.
struct FaultModel {
  Duration node_mtbf;    // Of one node; 0: never.
  Duration node_repair;  // From a fault until it is healthy again; > 0 with faults.
  Duration device_mtbf;
  Duration device_repair;
  std::uint64_t seed = 1;
};

// Work that breaks off by itself while nodes and devices are well. The whole job falls back to its
// last checkpoint, or to its beginning, and each task at work pays a restart where it is: it keeps
// its devices and nobody else is told, as under a restart policy of "on failure". Each job's
// failures are drawn from the seed and its number, in time worked, so that they do not depend on
// who schedules.
struct WorkFailures {
  Duration mtbf;             // Mean time worked by one task between failures; 0: never.
  std::int32_t retries = 3;  // A job that fails more often has failed for good.
  std::uint64_t seed = 1;
  // Whether a job that failed in its source fails at the end of its run time, for good.
  bool as_recorded = false;
};
inline constexpr std::int32_t kRetriesMax = 1000;

// How the cluster answers. All durations are zero or more, and at most a year. A run, from a job's
// first task that starts until it holds nothing, is ended at the workload's limit
// (Workload::limit), for good.
struct ClusterModel {
  Duration start_time;  // From a task's start until it works, every time.
  Duration stop_time;   // From being told to stop until the devices are free.
  // From a start until it works when the task has run before, on top of start_time. A workload's
  // own restart cost, where it states one, takes its place.
  Duration restart_cost;
  // Whether work that is told to stop saves what it has done, as part of stopping. If not, and at
  // faults always, it falls back to its last periodic checkpoint (Workload::checkpoint_interval),
  // or to its beginning.
  bool saves_when_stopped = true;
  FaultModel faults;
  WorkFailures failures;
};

// Which estimates of run times the engine gets to see.
enum class Estimates : std::uint8_t {
  kByPolicy,  // Exact ones under "sjf", stated ones under all others.
  kStated,
  kExact,
};

struct SimulationSpec {
  Fleet fleet;
  std::vector<Project> projects;
  std::vector<NodeTariff> prices;  // One per node, or none.
  const Trace* trace = nullptr;    // Its jobs; outlives the run.
  std::string policy = "sillar";   // schedule/policy.h has the names.
  Options options;                 // What the policy leaves open: k value, stale grace, ...
  Estimates estimates = Estimates::kByPolicy;
  ClusterModel cluster;
  Duration full_pace = Duration::seconds(60);  // Between full cycles while anything changes; > 0.
  Time until = Time::never();                  // The run ends here at the latest.
  std::size_t series_points = 400;             // At most; at least 2.
  // Of nodes and devices. More are refused when they are to be expected, and are an error when they
  // come: work that has to begin again at each of them may never end.
  std::int64_t faults_max = kSimulatedFaultsMax;
};

struct SimulationProgress {
  Time now;
  std::int64_t ended = 0;  // Jobs that finished, failed or came to their limit.
  std::int64_t jobs = 0;
  // Of arrivals and ends seen out of all, in thousandths. Does not go down.
  std::int64_t thousandths = 0;
};

// All may be empty. None may throw.
struct SimulationHooks {
  // Each input with the facts it gave, in order, and the state after them: all it takes to record
  // the run (engine/recording.h).
  std::function<void(const State&, const Input&, const std::vector<Fact>&)> on_input;
  // After the last input, the state as it was left.
  std::function<void(const State&)> on_end;
  // Called each time another thousandth is done, and at the end. False: stop; the report says what
  // was done until then.
  std::function<bool(const SimulationProgress&)> on_progress;
  std::function<Duration()> clock;  // Monotonic.
  std::function<std::int64_t()> peak_memory_bytes;
};

// Faults of nodes and devices to be expected until the last job has run, if none has to wait.
// Requires: a trace; jobs that pass check_job.
[[nodiscard]] Int128 expected_faults(const SimulationSpec& spec);

// Errors (kInvalidInput): an unknown policy, a model out of range, jobs out of order, more tasks,
// faults or checkpoints to be expected than the bounds allow, and what the engine refuses in fleet,
// projects and prices; kLimit: more faults came. A workload that the engine refuses is counted.
[[nodiscard]] Result<SimulationReport> run_simulation(const SimulationSpec& spec,
                                                      const SimulationHooks& hooks = {});

// The fleet's tariffs, one per node. Errors (kNotFound): nodes without a price, each reason once.
[[nodiscard]] Result<std::vector<NodeTariff>> price_fleet(
    const Fleet& fleet, const PriceBook& book, const PriceMap& map = PriceMap::shipped());

// `gpus / 8` nodes of eight devices of class "gpu", in the shape of an AWS p4d.24xlarge (96 cores,
// 1152 GiB) and priced as one on demand in us-east-1. Errors: not a positive multiple of 8.
[[nodiscard]] Result<Fleet> uniform_fleet(std::int32_t gpus);

}  // namespace sillar
