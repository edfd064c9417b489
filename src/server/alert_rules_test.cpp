#include "server/alert_rules.h"

#include <gtest/gtest.h>

namespace sillar::server {
namespace {

Result<std::vector<AlertRule>> load(std::string_view text) {
  const auto document = parse_document("rules.yaml", text);
  EXPECT_TRUE(document.has_value()) << document.error().message;
  return load_alert_rules(*document);
}

constexpr std::string_view kAll = R"(
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
  const auto rules = load(kAll);
  ASSERT_TRUE(rules.has_value()) << rules.error().message;
  ASSERT_EQ(rules->size(), 7U);
  EXPECT_EQ((*rules)[0].actual, 80);
  EXPECT_EQ((*rules)[2].over, Duration::hours(2));
  EXPECT_EQ((*rules)[1].severity, AlertSeverity::kWarning);
  const auto again = load(print_yaml(alert_rules_value(*rules)));
  ASSERT_TRUE(again.has_value()) << again.error().message;
  EXPECT_EQ(*again, *rules);
  const auto json = load(print_json(alert_rules_value(*rules)));
  ASSERT_TRUE(json.has_value());
  EXPECT_EQ(*json, *rules);
}

TEST(AlertRules, BytesLoadBackAndNothingElseDoes) {
  const auto rules = load(kAll);
  ASSERT_TRUE(rules.has_value());
  std::string bytes;
  put_alert_rules(bytes, *rules);
  ByteReader in(bytes);
  EXPECT_EQ(read_alert_rules(in), *rules);
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
       "rules.yaml:2:29: rules[0]: unknown field 'chanels'; did you mean 'channels'?"},
      {"rules:\n  - {name: a, kind: bugdet}",
       "rules.yaml:2:21: rules[0].kind: the text 'bugdet' is not one of budget, idle, queue-time, "
       "quarantine, unplaceable, failed or disk-low; did you mean 'budget'?"},
      {"- {name: a, kind: queue-time}",
       "rules.yaml:1:3: [0]: a rule of kind queue-time says how long: 'over' is missing"},
      {"- {name: a, kind: failed, over: 1h}",
       "rules.yaml:1:3: [0]: 'over' belongs to rules of kind queue-time, this one is of kind "
       "failed"},
      {"- {name: a, kind: idle, forecast: 80}",
       "rules.yaml:1:3: [0]: 'forecast' belongs to rules of kind budget, this one is of kind idle"},
      {"- {name: a, kind: disk-low, project: acme}",
       "rules.yaml:1:3: [0]: a rule of kind disk-low is about the fleet and has no 'project'"},
      {"- {name: a, kind: failed, channels: [x, x]}",
       "rules.yaml:1:3: [0]: the channel 'x' is named twice"},
      {"- {name: a, kind: failed}\n- {name: a, kind: idle}",
       "rules.yaml:2:3: a second rule named 'a'"},
      {"rule: []",
       "rules.yaml:1:1: the field 'rules' is missing\n"
       "rules.yaml:1:1: unknown field 'rule'; did you mean 'rules'?"},
  };
  for (const auto& c : cases) {
    const auto rules = load(c.text);
    ASSERT_FALSE(rules.has_value()) << c.text;
    EXPECT_EQ(rules.error().message, c.message);
  }
}

}  // namespace
}  // namespace sillar::server
