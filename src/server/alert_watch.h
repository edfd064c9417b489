#pragma once

// Looks at the state for what rules ask for, and records what fires and what is over in the same
// batch as what it follows from: after a crash either all of it happened or none.

#include <cstdint>
#include <vector>

#include "server/alert_evaluation.h"
#include "server/alert_settings.h"
#include "server/core.h"

namespace sillar::server {

// What lasts is looked for this often; the more workloads there are, the less often.
inline constexpr Duration kAlertLookPace = Duration::seconds(5);
inline constexpr std::size_t kAlertLookWorkloads = 100'000;

class AlertWatch {
 public:
  // Requires: the settings outlive this and change on the control thread only.
  explicit AlertWatch(const AlertSettings& settings) : settings_(settings) {}

  // On the control thread, within a batch, after all that it decides.
  void look(Core& core, bool disk_is_low);

 private:
  void record(Core& core, const AlertChanges& changes) const;

  const AlertSettings& settings_;
  Time looked_;
};

// What the facts of this batch tell.
[[nodiscard]] std::vector<AlertFinding> alert_happenings(const State& state,
                                                         std::span<const Step> steps);
// What is the case now, of that which the rules ask for.
[[nodiscard]] std::vector<AlertFinding> alert_conditions(const State& state,
                                                         std::span<const AlertRule> rules, Time now,
                                                         bool disk_is_low);

}  // namespace sillar::server
