// The text form of alert rules.

#include <fmt/format.h>

#include <set>

#include "model/codecs.h"
#include "server/alert_lists.h"
#include "server/alert_rules.h"

namespace sillar::server {
namespace {

bool check_rule(Decoder& decoder, const Value& at, AlertRule& rule) {
  const auto only_for = [&](bool stated, AlertKind kind, std::string_view field) {
    if (!stated || rule.kind == kind) return true;
    return decoder.fault(at, fmt::format("'{}' belongs to rules of kind {}, this one is of kind {}",
                                         field, alert_kind_name(kind), alert_kind_name(rule.kind)));
  };
  bool good = only_for(rule.actual.has_value(), AlertKind::kBudget, "actual");
  good = only_for(rule.forecast.has_value(), AlertKind::kBudget, "forecast") && good;
  good = only_for(rule.over.ns > 0, AlertKind::kQueueTime, "over") && good;
  if (rule.kind == AlertKind::kQueueTime && rule.over.ns <= 0)
    good = decoder.fault(at, "a rule of kind queue-time says how long: 'over' is missing");
  if (is_of_fleet(rule.kind) && !rule.project.empty())
    good =
        decoder.fault(at, fmt::format("a rule of kind {} is about the fleet and has no 'project'",
                                      alert_kind_name(rule.kind)));
  std::set<std::string_view> seen;
  for (const std::string& channel : rule.channels)
    if (!seen.insert(channel).second)
      good = decoder.fault(at, fmt::format("the channel '{}' is named twice", channel));
  if (rule.channels.size() > kAlertChannelsMax)
    good = decoder.fault(at, fmt::format("a rule has at most {} channels", kAlertChannelsMax));
  return good;
}

const Table<AlertRule>& rule_table() {
  static const auto table = [] {
    Table<AlertRule> t("alert_rule", "What somebody wants to be told of.");
    t.required("name", &AlertRule::name, Name{}, "Its name, unique.");
    t.required("kind", &AlertRule::kind, Choice<AlertKind, kAlertKinds.size()>{&kAlertKinds},
               "What it is about.");
    t.optional("project", &AlertRule::project, Name{},
               "Only what happens in this project and below it; absent: in all.");
    t.optional("severity", &AlertRule::severity,
               Choice<AlertSeverity, kAlertSeverities.size()>{&kAlertSeverities},
               "How much it matters; warning when absent.");
    t.optional("actual", &AlertRule::actual, Optional<Integer<std::int32_t>>{{1, kAlertPercentMax}},
               "Budgets: thresholds of what was spent, from this percentage on.");
    t.optional("forecast", &AlertRule::forecast,
               Optional<Integer<std::int32_t>>{{1, kAlertPercentMax}},
               "Budgets: thresholds of what will be spent by the period's end, from this "
               "percentage on.");
    t.optional("over", &AlertRule::over, Span{}, "Queue time: how long a workload may wait.");
    t.optional("channels", &AlertRule::channels, List<Name>{}, "Who is told, by name.");
    t.after(check_rule);
    return t;
  }();
  return table;
}

bool check_names(Decoder& decoder, const Value& list, const std::vector<AlertRule>& rules) {
  if (rules.size() > kAlertRulesMax)
    return decoder.fault(list, fmt::format("there are at most {} alert rules", kAlertRulesMax));
  bool good = true;
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < rules.size(); ++i)
    if (!names.insert(rules[i].name).second)
      good = decoder.fault(list.items[i], fmt::format("a second rule named '{}'", rules[i].name));
  return good;
}

}  // namespace

bool read_alert_rules(Decoder& decoder, const Value& list, std::vector<AlertRule>& out) {
  if (!List<Record<AlertRule>>{{&rule_table}}.read(decoder, list, out)) return false;
  return check_names(decoder, list, out);
}

Value alert_rules_value(std::span<const AlertRule> rules) {
  static const Fleet kNone;
  Value list = Value::sequence();
  for (const AlertRule& rule : rules) list.items.push_back(rule_table().write(kNone, rule));
  return list;
}

}  // namespace sillar::server
