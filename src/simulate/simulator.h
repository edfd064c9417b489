#pragma once

// One run: the engine's state, the modelled cluster and the virtual clock between them. Internal to
// simulate; see simulation.h for what it promises.

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/result.h"
#include "engine/engine.h"
#include "engine/state.h"
#include "simulate/cluster.h"
#include "simulate/event_queue.h"
#include "simulate/faults.h"
#include "simulate/series.h"
#include "simulate/simulation.h"
#include "simulate/tally.h"

namespace sillar {

class Simulator {
 public:
  // Requires: the spec was checked; it and the hooks outlive this.
  Simulator(const SimulationSpec& spec, const SimulationHooks& hooks);

  // Once.
  [[nodiscard]] Result<SimulationReport> run();

 private:
  // ---- The clock.
  Status configure();
  Status loop();
  // Everything that happens at one instant, and what the engine makes of it.
  Status instant();
  [[nodiscard]] Time next_full_cycle() const;
  [[nodiscard]] bool hopeless(Time next) const;
  // False: the caller wants to stop.
  bool tell_progress();

  // ---- What the engine is fed.
  Status feed(decltype(Input::body) body);
  Status arrive();
  Status happen(const Event& event);
  Status end_job(WorkloadId job, JobEnd how);
  Status decide();

  // ---- What it answers.
  void note(const Submitted& fact);
  void note(const Refused& fact);
  void note(const TaskStarted& fact) { started(fact.task); }
  void note(const PromiseKept& fact) { started(fact.task); }
  void note(const TaskEvicted& fact);
  void note(const TaskMoves&) { ++report_.moves; }
  void note(const TaskStopped& fact);
  void note(const TaskFinished& fact);
  template <typename Other>
  void note(const Other&) {}
  void started(TaskId task);
  void released(TaskId task);

  [[nodiscard]] SimulationReport report();

  const SimulationSpec& spec_;
  const SimulationHooks& hooks_;
  const std::vector<TraceJob>& jobs_;

  State state_;
  Scratch scratch_;
  EventQueue events_;
  ModelledCluster cluster_;
  std::optional<FaultProcess> faults_;
  std::optional<SeriesBuilder> series_;
  Tally tally_;

  Time now_;
  std::size_t next_job_ = 0;
  std::int64_t waiting_tasks_ = 0;  // Tasks of unfinished jobs that hold no devices.
  bool changed_ = false;            // Since the last cycle.
  bool changed_since_full_ = false;
  int quiet_full_cycles_ = 0;  // In a row that moved no task.
  Time last_full_;
  Time last_event_;                            // Last time that something happened to a job.
  std::optional<FaultProcess::Change> fault_;  // While the engine is told of one.
  SimulationReport report_;
  std::int64_t thousandths_told_ = -1;
};

}  // namespace sillar
