#pragma once

// An alert: something that a rule asks to be told of, from when it fired until it is over. A record
// that stands for itself: what has become of the rule since changes nothing in it.

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/alert_rules.h"

namespace sillar::server {

// Stable, for programs.
enum class AlertCode : std::uint8_t {
  kBudgetActual,
  kBudgetForecast,
  kIdle,
  kQueueTime,
  kDeviceQuarantined,
  kNodeQuarantined,
  kUnplaceable,
  kFailed,
  kDiskLow,
  kTest,  // Somebody tries a channel.
};
inline constexpr std::array<std::string_view, 10> kAlertCodes{
    "budget-actual",    "budget-forecast", "idle",   "queue-time", "device-quarantined",
    "node-quarantined", "unplaceable",     "failed", "disk-low",   "test"};
[[nodiscard]] inline std::string_view alert_code_name(AlertCode code) {
  return kAlertCodes[static_cast<std::size_t>(code)];
}

enum class AlertEnd : std::uint8_t {
  kOpen,
  kCleared,    // What it tells of is over.
  kWithdrawn,  // No rule asks for it any more.
  kAtOnce,     // It tells of something that happened, not of something that lasts.
};

// In machines' form: decimals with a point, times in UTC.
using AlertParameters = std::vector<std::pair<std::string, std::string>>;

struct Alert {
  std::string id;    // 32 hex digits, of what makes it the same alert.
  std::string rule;  // Empty: a test.
  AlertCode code = AlertCode::kTest;
  AlertSeverity severity = AlertSeverity::kInfo;
  std::string project;  // Empty: the fleet's.
  std::string subject;  // "train-1", "node-7", "node-7/3".
  std::int32_t threshold = 0;
  Time since;                  // What it tells of; of budgets, the period's start.
  Time until = Time::never();  // Then it is over by itself.
  Time fired;
  Time ended = Time::never();
  AlertEnd end = AlertEnd::kOpen;
  AlertParameters parameters;
  std::vector<std::string> channels;

  friend bool operator==(const Alert&, const Alert&) = default;
};

using OpenAlerts = std::map<std::string, Alert>;  // By id.

// The same for the same rule, subject, threshold and beginning within one installation.
[[nodiscard]] std::string alert_id(std::string_view installation, const Alert& alert);

// What stands under that name; empty: nothing.
[[nodiscard]] std::string_view alert_parameter(const Alert& alert, std::string_view name);

void put_alert(std::string& out, const Alert& alert);
// Not ok: anything that put_alert does not write.
[[nodiscard]] Alert read_alert(ByteReader& in);

}  // namespace sillar::server
