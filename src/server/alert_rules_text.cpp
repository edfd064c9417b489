// The text form of alert rules.

#include <fmt/format.h>

#include <set>

#include "model/codecs.h"
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

struct RuleList {
  std::vector<AlertRule> rules;
};

const Table<RuleList>& list_table() {
  static const auto table = [] {
    Table<RuleList> t("alert_rules", "Alert rules.");
    t.required("rules", &RuleList::rules, List<Record<AlertRule>>{{&rule_table}}, "The rules.");
    return t;
  }();
  return table;
}

void check_names(Decoder& decoder, const Value& list, const std::vector<AlertRule>& rules) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < rules.size(); ++i)
    if (!names.insert(rules[i].name).second)
      decoder.fault(list.items[i], fmt::format("a second rule named '{}'", rules[i].name));
  if (rules.size() > kAlertRulesMax)
    decoder.fault(list, fmt::format("there are at most {} alert rules", kAlertRulesMax));
}

}  // namespace

Result<std::vector<AlertRule>> load_alert_rules(const Document& document) {
  Fleet none;
  Decoder decoder(document, none);
  RuleList list;
  const Value* found = &document.root;
  bool good = false;
  if (document.root.kind == Value::Kind::kSequence) {
    good = List<Record<AlertRule>>{{&rule_table}}.read(decoder, document.root, list.rules);
  } else {
    good = list_table().read(decoder, document.root, list);
    found = document.root.find("rules");
  }
  if (good) check_names(decoder, *found, list.rules);
  if (decoder.failed()) return tl::unexpected(decoder.error());
  return std::move(list.rules);
}

Value alert_rules_value(std::span<const AlertRule> rules) {
  static const Fleet kNone;
  Value list = Value::sequence();
  for (const AlertRule& rule : rules) list.items.push_back(rule_table().write(kNone, rule));
  Value root = Value::mapping();
  root.set("rules", std::move(list));
  return root;
}

}  // namespace sillar::server
