#pragma once

// Which alerts fire and which are over. Pure: rules, what was found, the time, and the alerts that
// are open make the changes.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/alert.h"

namespace sillar::server {

struct AlertFinding {
  AlertCode code = AlertCode::kFailed;
  std::string project;
  std::string subject;
  std::int32_t threshold = 0;
  Time since;
  Time until = Time::never();
  AlertParameters parameters;
};

struct AlertFindings {
  // All that is the case now; absent: nobody has looked, so nothing is over.
  std::optional<std::vector<AlertFinding>> conditions;
  // What has happened since the last time. Thresholds of budgets stay open until their period ends,
  // everything else is told and done with.
  std::vector<AlertFinding> happenings;
};

struct AlertChanges {
  std::vector<Alert> fired;
  std::vector<std::pair<std::string, AlertEnd>> ended;  // Open ones, by id.
};

// Beyond these no condition fires until others are over; what lasts is found again then. What
// happens once is told whatever there is.
inline constexpr std::size_t kOpenAlertsMax = 10'000;

// A condition fires once for each rule and subject while it lasts; a threshold once for each rule,
// budget and period.
[[nodiscard]] AlertChanges evaluate_alerts(std::span<const AlertRule> rules,
                                           const AlertFindings& findings, Time now,
                                           const OpenAlerts& open, std::string_view installation);

// The rules' kind that asks for it. Requires: no test.
[[nodiscard]] AlertKind alert_kind(AlertCode code);

}  // namespace sillar::server
