#include <gtest/gtest.h>

#include "server/alert_settings.h"

namespace sillar::server {
namespace {

Result<AlertSettings> load(std::string_view text) {
  const auto document = parse_document("alerts.yaml", text);
  EXPECT_TRUE(document.has_value()) << document.error().message;
  return load_alert_settings(*document);
}

constexpr std::string_view kAll = R"(
channels:
  - {name: ops, kind: webhook, url: "https://example.org/hook", secret_file: /etc/sillar/key}
  - {name: pager, kind: pagerduty, secret_env: PAGER_KEY}
rules:
  - {name: money, kind: budget, project: acme/a, severity: critical, actual: 80, forecast: 100,
     channels: [ops, pager]}
  - {name: lazy, kind: idle, project: acme}
  - {name: waits, kind: queue-time, over: 2h, channels: [ops]}
  - {name: broken, kind: quarantine, severity: error}
  - {name: never, kind: unplaceable}
  - {name: failed, kind: failed, severity: info}
  - {name: disk, kind: disk-low}
)";

TEST(AlertRules, WhatIsPrintedLoadsBack) {
  auto settings = load(kAll);
  ASSERT_TRUE(settings.has_value()) << settings.error().message;
  std::vector<AlertRule>& rules = settings->rules;
  ASSERT_EQ(rules.size(), 7U);
  EXPECT_EQ(rules[0].actual, 80);
  EXPECT_EQ(rules[0].channels, (std::vector<std::string>{"ops", "pager"}));
  EXPECT_EQ(rules[2].over, Duration::hours(2));
  EXPECT_EQ(rules[1].severity, AlertSeverity::kWarning);
  for (AlertRule& rule : rules) rule.channels.clear();
  Value root = Value::mapping();
  root.set("rules", alert_rules_value(rules));
  for (const std::string& text : {print_yaml(root), print_json(root)}) {
    const auto again = load(text);
    ASSERT_TRUE(again.has_value()) << again.error().message;
    EXPECT_EQ(again->rules, rules);
  }
}

TEST(AlertRules, BytesLoadBackAndNothingElseDoes) {
  const auto settings = load(kAll);
  ASSERT_TRUE(settings.has_value());
  std::string bytes;
  put_alert_rules(bytes, settings->rules);
  ByteReader in(bytes);
  EXPECT_EQ(read_alert_rules(in), settings->rules);
  EXPECT_TRUE(in.ok() && in.left() == 0);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    ByteReader cut(std::string_view(bytes).substr(0, i));
    (void)read_alert_rules(cut);
    EXPECT_FALSE(cut.ok()) << i;
  }
}

TEST(AlertRules, FaultsNameLineAndField) {
  const struct {
    std::string_view text;
    std::string_view message;
  } cases[] = {
      {"rules:\n  - {name: a, kind: budget, chanels: [x]}",
       "alerts.yaml:2:29: rules[0]: unknown field 'chanels'; did you mean 'channels'?"},
      {"rules:\n  - {name: a, kind: bugdet}",
       "alerts.yaml:2:21: rules[0].kind: the text 'bugdet' is not one of budget, idle, queue-time, "
       "quarantine, unplaceable, failed or disk-low; did you mean 'budget'?"},
      {"rules:\n- {name: a, kind: queue-time}",
       "alerts.yaml:2:3: rules[0]: a rule of kind queue-time says how long: 'over' is missing"},
      {"rules:\n- {name: a, kind: failed, over: 1h}",
       "alerts.yaml:2:3: rules[0]: 'over' belongs to rules of kind queue-time, this one is of kind "
       "failed"},
      {"rules:\n- {name: a, kind: idle, forecast: 80}",
       "alerts.yaml:2:3: rules[0]: 'forecast' belongs to rules of kind budget, this one is of kind "
       "idle"},
      {"rules:\n- {name: a, kind: disk-low, project: acme}",
       "alerts.yaml:2:3: rules[0]: a rule of kind disk-low is about the fleet and has no "
       "'project'"},
      {"rules:\n- {name: a, kind: failed, channels: [x, x]}",
       "alerts.yaml:2:3: rules[0]: the channel 'x' is named twice"},
      {"rules:\n- {name: a, kind: failed}\n- {name: a, kind: idle}",
       "alerts.yaml:3:3: rules: a second rule named 'a'"},
      {"rule: []", "alerts.yaml:1:1: unknown field 'rule'; did you mean 'rules'?"},
      {"[]", "alerts.yaml:1:1: a mapping was expected, not a list"},
      {"rules:\n- {name: a, kind: failed, channels: [x]}",
       "alerts.yaml:2:38: rules[0]: there is no channel 'x'"},
  };
  for (const auto& c : cases) {
    const auto rules = load(c.text);
    ASSERT_FALSE(rules.has_value()) << c.text;
    EXPECT_EQ(rules.error().message, c.message);
  }
}

}  // namespace
}  // namespace sillar::server
