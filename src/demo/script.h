#pragma once

// From an arrival's number to what is submitted for it, and from an order to what becomes of it
// where it runs. Pure: equal numbers and speeds give equal work, so a restart finds its way.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "demo/arrivals.h"
#include "drivers/simulated_driver.h"

namespace sillar::demo {

// The label of a node that says what executes there, and its two values.
inline constexpr std::string_view kExecutorLabel = "executor";
inline constexpr std::string_view kLocal = "local";
inline constexpr std::string_view kSimulated = "simulated";

inline constexpr std::int64_t kSpeedMax = 3600;

class Script {
 public:
  // Requires: arrivals, in order of time; speed from 1 to kSpeedMax: trace time that passes in a
  // unit of real time.
  Script(std::vector<Arrival> arrivals, std::int64_t speed);

  [[nodiscard]] std::int64_t speed() const { return speed_; }
  // Numbers go on for ever: after the last arrival the first comes again, as a new workload.
  [[nodiscard]] const Arrival& arrival(std::uint64_t number) const;
  // When it arrives, in real time from the beginning.
  [[nodiscard]] Duration at(std::uint64_t number) const;
  [[nodiscard]] std::string name(std::uint64_t number) const;  // "vision-000123"
  // What is posted to /api/v1/workloads.
  [[nodiscard]] std::string body(std::uint64_t number) const;
  // Of a workload of the script, and of anybody else's that has no command.
  [[nodiscard]] drivers::SimulatedRun run(const drivers::LaunchOrder& order) const;

 private:
  [[nodiscard]] std::optional<std::uint64_t> number_of(std::string_view name) const;
  [[nodiscard]] Duration real(Duration trace) const { return Duration{trace.ns / speed_}; }

  std::vector<Arrival> arrivals_;
  std::int64_t speed_ = 1;
  Duration period_;  // Of trace time, from one round to the next.
};

}  // namespace sillar::demo
