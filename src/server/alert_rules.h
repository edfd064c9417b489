#pragma once

// Alert rules: what people want to be told of, about which part of the project tree, and through
// which channels. Data; alert_watch.h says when a rule fires.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/document.h"
#include "base/time.h"

namespace sillar::server {

// Numbers are kept in journals, here and below: never renumbered, never reused.
enum class AlertKind : std::uint8_t {
  kBudget,       // A budget has reached one of its thresholds, or will by the period's end.
  kIdle,         // Devices that a task holds do nothing.
  kQueueTime,    // A workload has waited for longer than the rule says.
  kQuarantine,   // A device or a node takes no work any more.
  kUnplaceable,  // A workload fits on no node that there is.
  kFailed,       // A workload has ended, and a task of it failed.
  kDiskLow,      // The journal's disk is nearly full.
};
inline constexpr std::array<std::string_view, 7> kAlertKinds{
    "budget", "idle", "queue-time", "quarantine", "unplaceable", "failed", "disk-low"};
[[nodiscard]] inline std::string_view alert_kind_name(AlertKind kind) {
  return kAlertKinds[static_cast<std::size_t>(kind)];
}

enum class AlertSeverity : std::uint8_t { kInfo, kWarning, kError, kCritical };
inline constexpr std::array<std::string_view, 4> kAlertSeverities{"info", "warning", "error",
                                                                  "critical"};
[[nodiscard]] inline std::string_view alert_severity_name(AlertSeverity severity) {
  return kAlertSeverities[static_cast<std::size_t>(severity)];
}

// What happens to the fleet is told to whoever asks for it, not to a project.
[[nodiscard]] inline bool is_of_fleet(AlertKind kind) {
  return kind == AlertKind::kQuarantine || kind == AlertKind::kDiskLow;
}

struct AlertRule {
  std::string name;  // Unique.
  AlertKind kind = AlertKind::kBudget;
  std::string project;  // And all below it; empty: every one.
  AlertSeverity severity = AlertSeverity::kWarning;
  // kBudget: which of a budget's own thresholds are told, in percent; neither: all.
  std::optional<std::int32_t> actual;
  std::optional<std::int32_t> forecast;
  Duration over;                      // kQueueTime.
  std::vector<std::string> channels;  // By name. None: it is listed, and nobody is sent anything.

  friend bool operator==(const AlertRule&, const AlertRule&) = default;
};

inline constexpr std::size_t kAlertRulesMax = 500;
inline constexpr std::size_t kAlertChannelsMax = 64;
inline constexpr std::int32_t kAlertPercentMax = 1000;

// As a list; what is printed loads back to equal rules, see alert_settings.h.
[[nodiscard]] Value alert_rules_value(std::span<const AlertRule> rules);

void put_alert_rules(std::string& out, std::span<const AlertRule> rules);
// Not ok: anything that put_alert_rules does not write.
[[nodiscard]] std::vector<AlertRule> read_alert_rules(ByteReader& in);

}  // namespace sillar::server
