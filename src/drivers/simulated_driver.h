#pragma once

// Tasks that nobody runs: they start, take as long as a model says, and end, by a clock that is
// handed in. What is told of a task follows from its order alone, and the order says since when it
// has been there, so nothing has to be remembered: after a restart the caller orders again what it
// has running, and each task ends when it would have ended.

#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "drivers/driver.h"

namespace sillar::drivers {

// What becomes of one attempt, left to itself. Times count from LaunchOrder::placed.
struct SimulatedRun {
  Duration starts_after;
  Duration ends_after;  // Not before it starts.
  // kExited with a code, or kLost, or kLaunchFailed, which is told at `starts_after`.
  ObservationKind end = ObservationKind::kExited;
  int exit_code = 0;
  std::string message = {};
};

// Equal orders have equal runs. From any thread.
using ModelRun = std::function<SimulatedRun(const LaunchOrder& order)>;

struct SimulatedOptions {
  ModelRun model;
  std::function<Time()> clock;                 // From any thread.
  Duration stop_takes = Duration::seconds(2);  // At most the grace.
};

class SimulatedDriver final : public Driver {
 public:
  SimulatedDriver(SimulatedOptions options, Observe observe);

  // An order with a command is refused: nothing runs here.
  [[nodiscard]] Status launch(const LaunchOrder& order) override;
  [[nodiscard]] Status stop(const StopOrder& order) override;
  // Those of this process: what there was before is known to whoever ordered it.
  [[nodiscard]] Result<std::vector<Found>> list() override;
  [[nodiscard]] Status forget(std::string_view token) override;

  // Tells everything that has happened by now, in order of time, on the caller's thread. Returns
  // when the next thing will; never(): nothing is to come.
  Time advance();

 private:
  struct Task {
    SimulatedRun run;
    Time placed;
    Time starts;
    Time ends;
    Phase phase = Phase::kOrdered;
    bool stopping = false;
    Observation last;
  };
  using Tasks = std::map<std::string, Task, std::less<>>;

  [[nodiscard]] Observation step(Tasks::value_type& task);

  SimulatedOptions options_;
  Observe observe_;
  std::mutex mutex_;  // Guards what follows.
  Tasks tasks_;
  std::set<std::pair<Time, std::string>> due_;  // When the next thing happens to a task.
};

}  // namespace sillar::drivers
