#pragma once

// In which of its states a workload is, as people speak of them, and which states follow which.

#include <array>
#include <cstdint>
#include <string_view>

#include "engine/state.h"

namespace sillar {

enum class WorkloadPhase : std::uint8_t {
  kSubmitted,      // No cycle has looked at it yet.
  kHeld,           // It waits for something other than room: see WorkloadRecord::holds.
  kPending,        // It waits for room.
  kPlaced,         // Room is promised to it.
  kStarting,       // Placed for good; its driver has not seen its minimum of tasks run yet.
  kRunning,        // At least its minimum of tasks runs, as its driver saw it.
  kCheckpointing,  // Told to stop, and given time to save what it will go on from.
  kPreempted,      // It ran, was stopped, and waits to go on.
  kStopping,       // Told to stop: for good, or with nothing to save.
  kSucceeded,
  kFailed,
  kCancelled,
};
inline constexpr std::size_t kWorkloadPhases = 12;

[[nodiscard]] std::string_view phase_name(WorkloadPhase phase);  // "Submitted"

// O(1).
[[nodiscard]] WorkloadPhase workload_phase(const State& state, WorkloadId id);

// Whether one fact may take a workload from one state to the other; every state may stay as it is.
[[nodiscard]] bool may_follow(WorkloadPhase from, WorkloadPhase to);

}  // namespace sillar
