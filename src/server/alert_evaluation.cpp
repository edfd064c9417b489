#include "server/alert_evaluation.h"

#include <algorithm>
#include <set>

#include "base/check.h"
#include "server/views.h"

namespace sillar::server {
namespace {

bool tells_threshold(const AlertRule& rule, const AlertFinding& finding) {
  if (!rule.actual && !rule.forecast) return true;
  const auto& from = finding.code == AlertCode::kBudgetActual ? rule.actual : rule.forecast;
  return from && finding.threshold >= *from;
}

bool asks_for(const AlertRule& rule, const AlertFinding& finding, Time now) {
  if (rule.kind != alert_kind(finding.code)) return false;
  if (!within_subtree(finding.project, rule.project)) return false;
  if (rule.kind == AlertKind::kBudget) return tells_threshold(rule, finding);
  return rule.kind != AlertKind::kQueueTime || now - finding.since >= rule.over;
}

// What a condition's alert is found again by.
struct Standing {
  std::string_view rule;
  AlertCode code;
  std::string_view subject;

  friend auto operator<=>(const Standing&, const Standing&) = default;
};

class Evaluation {
 public:
  Evaluation(std::span<const AlertRule> rules, Time now, const OpenAlerts& open,
             std::string_view installation)
      : rules_(rules), now_(now), open_(open), installation_(installation) {}

  void look_at(const std::vector<AlertFinding>& conditions) {
    std::set<Standing> known;
    for (const auto& [id, alert] : open_) known.insert({alert.rule, alert.code, alert.subject});
    std::set<Standing> lasting;
    for (const AlertFinding& finding : conditions)
      for (const AlertRule& rule : rules_) {
        if (!asks_for(rule, finding, now_)) continue;
        const Standing standing{rule.name, finding.code, finding.subject};
        if (lasting.insert(standing).second && !known.contains(standing) && has_room())
          fire(rule, finding);
      }
    for (const auto& [id, alert] : open_) {
      if (alert.code == AlertCode::kBudgetActual || alert.code == AlertCode::kBudgetForecast)
        continue;
      if (lasting.contains({alert.rule, alert.code, alert.subject})) continue;
      changes_.ended.emplace_back(id, wanted(alert) ? AlertEnd::kCleared : AlertEnd::kWithdrawn);
    }
  }

  void take(const std::vector<AlertFinding>& happenings) {
    for (const AlertFinding& finding : happenings)
      for (const AlertRule& rule : rules_)
        if (asks_for(rule, finding, now_)) fire(rule, finding);
  }

  void end_periods() {
    for (const auto& [id, alert] : open_) {
      if (alert.until <= now_)
        changes_.ended.emplace_back(id, AlertEnd::kCleared);
      else if (alert.until != Time::never() && !wanted(alert))
        changes_.ended.emplace_back(id, AlertEnd::kWithdrawn);
    }
  }

  AlertChanges take_changes() { return std::move(changes_); }

 private:
  // Whether the rule is still there and about the same.
  [[nodiscard]] bool wanted(const Alert& alert) const {
    return std::ranges::any_of(rules_, [&](const AlertRule& rule) {
      return rule.name == alert.rule && rule.kind == alert_kind(alert.code) &&
             within_subtree(alert.project, rule.project);
    });
  }

  [[nodiscard]] bool has_room() const {
    return open_.size() + changes_.fired.size() < kOpenAlertsMax;
  }

  void fire(const AlertRule& rule, const AlertFinding& finding) {
    Alert alert;
    alert.rule = rule.name;
    alert.code = finding.code;
    alert.severity = rule.severity;
    alert.project = finding.project;
    alert.subject = finding.subject;
    alert.threshold = finding.threshold;
    alert.since = finding.since;
    alert.until = finding.until;
    alert.fired = now_;
    alert.parameters = finding.parameters;
    if (rule.kind == AlertKind::kQueueTime)
      alert.parameters.emplace_back("over", format_duration(rule.over));
    alert.channels = rule.channels;
    if (rule.kind == AlertKind::kFailed || finding.until <= now_) {
      alert.ended = now_;
      alert.end = AlertEnd::kAtOnce;
    }
    alert.id = alert_id(installation_, alert);
    if (open_.contains(alert.id) || !fired_.insert(alert.id).second) return;
    changes_.fired.push_back(std::move(alert));
  }

  std::span<const AlertRule> rules_;
  Time now_;
  const OpenAlerts& open_;
  std::string_view installation_;
  std::set<std::string> fired_;
  AlertChanges changes_;
};

}  // namespace

AlertKind alert_kind(AlertCode code) {
  switch (code) {
    case AlertCode::kBudgetActual:
    case AlertCode::kBudgetForecast:
      return AlertKind::kBudget;
    case AlertCode::kIdle:
      return AlertKind::kIdle;
    case AlertCode::kQueueTime:
      return AlertKind::kQueueTime;
    case AlertCode::kDeviceQuarantined:
    case AlertCode::kNodeQuarantined:
      return AlertKind::kQuarantine;
    case AlertCode::kUnplaceable:
      return AlertKind::kUnplaceable;
    case AlertCode::kFailed:
      return AlertKind::kFailed;
    case AlertCode::kDiskLow:
      return AlertKind::kDiskLow;
    case AlertCode::kTest:
      break;
  }
  CHECK(false, "no rule asks for a test");
}

AlertChanges evaluate_alerts(std::span<const AlertRule> rules, const AlertFindings& findings,
                             Time now, const OpenAlerts& open, std::string_view installation) {
  Evaluation evaluation(rules, now, open, installation);
  evaluation.end_periods();
  if (findings.conditions) evaluation.look_at(*findings.conditions);
  evaluation.take(findings.happenings);
  return evaluation.take_changes();
}

}  // namespace sillar::server
