#pragma once

// What reaches the engine, one after the other: commands and observations. Each carries its time;
// the engine has no clock.

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "base/ids.h"
#include "base/money.h"
#include "base/time.h"
#include "model/fleet.h"
#include "model/project.h"
#include "model/scenario.h"
#include "model/workload.h"

namespace sillar {

// A node's price by the hour and the part of it that CPU and memory carry; see ledger/rate.h.
struct NodeTariff {
  Money per_hour;
  std::int64_t cpu_nanos = 0;
  std::string source;  // Where the price is from, for people.

  friend bool operator==(const NodeTariff&, const NodeTariff&) = default;
};

// What there is to decide about. Shared between the input and the fact that accepts it. Ids are
// places in its lists: what is gone keeps its place, marked as retired.
struct World {
  Options options;
  Fleet fleet;
  std::vector<Project> projects;
  std::vector<NodeTariff> prices;  // One per node, or none.

  friend bool operator==(const World&, const World&) = default;
};

// The first one is what an engine starts from. A later one is the whole world as it shall be:
// whatever it does not name is gone.
struct Configure {
  std::shared_ptr<const World> world;
};
// A workload whose tasks are listed with states starts as it stands (a scenario); otherwise all its
// tasks are pending.
struct Submit {
  std::shared_ptr<const Workload> workload;
};
struct Cancel {
  std::string workload;
  std::int32_t task = -1;  // Number of one task of an array; -1: the whole workload.
};
enum class TaskEvent : std::uint8_t {
  kStopped,  // It was told to stop, and is gone: however it ended, it was not its own doing.
  kSucceeded,
  kFailed,  // By itself: with an exit code, by a signal, or for what the driver alone knows.
  kCheckpointed,
  kRunning,       // Its command runs by now.
  kLaunchFailed,  // It never ran; `message` says why.
  kLost,          // It is gone, and nobody knows how it ended.
};
// The driver's word on one task. Requires: the task exists; a task that is not in a phase where the
// event makes sense is ignored with no fact, because drivers repeat themselves. A task that was
// told to stop and ended in any way but success has stopped.
struct TaskObserved {
  TaskId task;
  TaskEvent event = TaskEvent::kSucceeded;
  std::int32_t exit_code = 0;
  std::int32_t signal = 0;   // That ended it; 0: none.
  std::string message = {};  // For people.
  std::int32_t attempt = 0;  // It is about this one, and ignored when another runs; 0: any.
};
struct HealthObserved {
  NodeId node;
  std::int32_t device = -1;  // -1: the whole node.
  Health health = Health::kHealthy;
};
struct PriceObserved {
  NodeId node;
  NodeTariff price;
};
// Time to decide. `full`: every action; otherwise allocation, and taking room only for what arrived
// since the last cycle.
struct Decide {
  bool full = true;
};

// Its owner's wish. What of it runs goes on, and what is told to stop for a moment to run elsewhere
// comes back; what has not started, or is to start again, waits until it is released.
struct Hold {
  std::string workload;
};
struct Release {
  std::string workload;
};

// How busy the busiest of a running task's devices was lately. Ignored for any other task, and
// where the workload has no rule about idle devices.
struct UtilisationObserved {
  TaskId task;
  std::int64_t busy_thousandths = 0;
};

// An operator's wish: nothing new starts on the node, and what runs there goes elsewhere, until it
// is given back.
struct Drain {
  NodeId node;
  bool drained = true;
};

struct Input {
  Time at;
  std::variant<Configure, Submit, Cancel, TaskObserved, HealthObserved, PriceObserved, Decide, Hold,
               Release, UtilisationObserved, Drain>
      body;
};

}  // namespace sillar
