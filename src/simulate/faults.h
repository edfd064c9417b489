#pragma once

// When nodes and devices fail: independent faults with exponential times between them, drawn from a
// seed with integers alone, so that equal seeds give equal faults on every machine.

#include <cstdint>
#include <optional>
#include <vector>

#include "base/ids.h"
#include "base/random.h"
#include "base/time.h"
#include "model/fleet.h"
#include "simulate/event_queue.h"
#include "simulate/simulation.h"

namespace sillar {

// A time with mean `mean` until something that happens at a constant rate, at least 1 ns and at
// most kSimulatedTimeMax.
// Requires: mean > 0.
[[nodiscard]] Duration exponential(Random& random, Duration mean);

class FaultProcess {
 public:
  // `events` outlives this. The first faults are pushed.
  FaultProcess(const Fleet& fleet, const FaultModel& model, Time begin, EventQueue& events);

  struct Change {
    NodeId node;
    std::int32_t device = -1;  // -1: the whole node.
    Health health = Health::kHealthy;
  };
  // What a fault or repair event changes; nothing when it hits what is down already. Pushes the
  // repair and the next fault.
  [[nodiscard]] std::optional<Change> happen(const Event& event);

  [[nodiscard]] std::int64_t faults() const { return faults_; }
  // Faults, those included that hit what was down already.
  [[nodiscard]] std::int64_t drawn() const { return drawn_; }
  // Nodes and devices that wait for repair.
  [[nodiscard]] std::int64_t down() const { return down_; }

 private:
  void expect_next(EventKind kind, Time now);

  FaultModel model_;
  EventQueue& events_;
  Random random_;
  std::vector<bool> node_down_;
  std::vector<bool> device_down_;
  std::vector<NodeId> device_node_;          // Of each device.
  std::vector<std::uint32_t> first_device_;  // Of each node.
  std::int64_t faults_ = 0;
  std::int64_t drawn_ = 0;
  std::int64_t down_ = 0;
};

}  // namespace sillar
