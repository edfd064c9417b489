#include "server/alert_evaluation.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace sillar::server {
namespace {

constexpr Time kNow = Time::from_seconds(1'790'000'000);

AlertRule rule(const std::string& name, AlertKind kind, const std::string& project = "") {
  AlertRule rule;
  rule.name = name;
  rule.kind = kind;
  rule.project = project;
  rule.channels = {"ops"};
  if (kind == AlertKind::kQueueTime) rule.over = Duration::hours(1);
  return rule;
}

AlertFinding finding(AlertCode code, const std::string& subject,
                     const std::string& project = "acme/a") {
  AlertFinding finding;
  finding.code = code;
  finding.subject = subject;
  finding.project = project;
  finding.since = kNow;
  return finding;
}

AlertFinding threshold(std::int32_t percent, bool forecast = false) {
  AlertFinding found =
      finding(forecast ? AlertCode::kBudgetForecast : AlertCode::kBudgetActual, "month");
  found.threshold = percent;
  found.until = kNow + Duration::hours(24 * 30);
  found.parameters = {{"budget", "month"}, {"amount", "80.00"}, {"currency", "USD"}};
  return found;
}

// Rules and the alerts that are open, as a part of the server keeps them.
class Book {
 public:
  explicit Book(std::vector<AlertRule> rules) : rules_(std::move(rules)) {}

  AlertChanges tell(const AlertFindings& findings, Time now = kNow) {
    AlertChanges changes = evaluate_alerts(rules_, findings, now, open_, "installation");
    for (const Alert& alert : changes.fired)
      if (alert.end == AlertEnd::kOpen) EXPECT_TRUE(open_.emplace(alert.id, alert).second);
    for (const auto& [id, end] : changes.ended) EXPECT_EQ(open_.erase(id), 1U);
    return changes;
  }
  AlertChanges conditions(std::vector<AlertFinding> found, Time now = kNow) {
    return tell({std::move(found), {}}, now);
  }
  AlertChanges happened(AlertFinding found, Time now = kNow) {
    return tell({std::nullopt, {std::move(found)}}, now);
  }
  void set_rules(std::vector<AlertRule> rules) { rules_ = std::move(rules); }

 private:
  std::vector<AlertRule> rules_;
  OpenAlerts open_;
};

TEST(AlertEvaluation, AConditionFiresOnceWhileItLasts) {
  Book book({rule("never", AlertKind::kUnplaceable)});
  const auto first = book.conditions({finding(AlertCode::kUnplaceable, "w")});
  ASSERT_EQ(first.fired.size(), 1U);
  EXPECT_EQ(first.fired[0].rule, "never");
  EXPECT_EQ(first.fired[0].channels, std::vector<std::string>{"ops"});
  EXPECT_TRUE(book.conditions({finding(AlertCode::kUnplaceable, "w")}).fired.empty());
  // Nobody looked: nothing is over.
  EXPECT_TRUE(book.tell({}).ended.empty());
  const auto over = book.conditions({});
  ASSERT_EQ(over.ended.size(), 1U);
  EXPECT_EQ(over.ended[0].first, first.fired[0].id);
  EXPECT_EQ(over.ended[0].second, AlertEnd::kCleared);
  EXPECT_TRUE(book.conditions({}).ended.empty());
  AlertFinding later = finding(AlertCode::kUnplaceable, "w");
  later.since = kNow + Duration::seconds(1);
  const auto again = book.conditions({later});
  ASSERT_EQ(again.fired.size(), 1U);
  EXPECT_NE(again.fired[0].id, first.fired[0].id);
}

TEST(AlertEvaluation, ARuleSeesItsSubtreeOnly) {
  Book book(
      {rule("a", AlertKind::kUnplaceable, "acme/a"), rule("b", AlertKind::kUnplaceable, "b")});
  const auto changes = book.conditions({finding(AlertCode::kUnplaceable, "1", "acme/a/deep"),
                                        finding(AlertCode::kUnplaceable, "2", "acme/ab"),
                                        finding(AlertCode::kUnplaceable, "3", "acme")});
  ASSERT_EQ(changes.fired.size(), 1U);
  EXPECT_EQ(changes.fired[0].subject, "1");
}

TEST(AlertEvaluation, QueueTimeIsReachedAtTheRulesLimit) {
  Book book({rule("waits", AlertKind::kQueueTime)});
  const auto waits = finding(AlertCode::kQueueTime, "w");
  EXPECT_TRUE(book.conditions({waits}, kNow + Duration::minutes(59)).fired.empty());
  const auto changes = book.conditions({waits}, kNow + Duration::hours(1));
  ASSERT_EQ(changes.fired.size(), 1U);
  EXPECT_EQ(alert_parameter(changes.fired[0], "over"), "1h");
  EXPECT_EQ(book.conditions({}, kNow + Duration::hours(2)).ended.size(), 1U);
}

TEST(AlertEvaluation, AThresholdFiresOnceInItsPeriod) {
  Book book({rule("money", AlertKind::kBudget)});
  ASSERT_EQ(book.happened(threshold(80)).fired.size(), 1U);
  EXPECT_TRUE(book.happened(threshold(80), kNow + Duration::hours(1)).fired.empty());
  EXPECT_EQ(book.happened(threshold(100)).fired.size(), 1U);
  EXPECT_EQ(book.happened(threshold(80, true)).fired.size(), 1U);
  // Looking at conditions leaves them alone; the end of the period ends them.
  EXPECT_TRUE(book.conditions({}).ended.empty());
  EXPECT_EQ(book.conditions({}, kNow + Duration::hours(24 * 30)).ended.size(), 3U);
  AlertFinding next = threshold(80);
  next.since = next.until;
  next.until = next.since + Duration::hours(24 * 31);
  EXPECT_EQ(book.happened(next, next.since).fired.size(), 1U);
}

TEST(AlertEvaluation, ARuleSaysWhichThresholdsItTells) {
  AlertRule actual = rule("actual", AlertKind::kBudget);
  actual.actual = 80;
  AlertRule forecast = rule("forecast", AlertKind::kBudget);
  forecast.forecast = 100;
  Book book({actual, forecast});
  EXPECT_TRUE(book.happened(threshold(50)).fired.empty());
  EXPECT_EQ(book.happened(threshold(80)).fired[0].rule, "actual");
  EXPECT_TRUE(book.happened(threshold(80, true)).fired.empty());
  EXPECT_EQ(book.happened(threshold(100, true)).fired[0].rule, "forecast");
}

TEST(AlertEvaluation, AThresholdOfAPeriodThatIsOverIsToldAndDone) {
  Book book({rule("money", AlertKind::kBudget)});
  AlertFinding late = threshold(100);
  late.until = kNow;
  const auto changes = book.happened(late);
  ASSERT_EQ(changes.fired.size(), 1U);
  EXPECT_EQ(changes.fired[0].end, AlertEnd::kAtOnce);
}

TEST(AlertEvaluation, AFailureIsToldAndDone) {
  Book book({rule("failed", AlertKind::kFailed)});
  const auto changes = book.happened(finding(AlertCode::kFailed, "w"));
  ASSERT_EQ(changes.fired.size(), 1U);
  EXPECT_EQ(changes.fired[0].end, AlertEnd::kAtOnce);
  EXPECT_EQ(changes.fired[0].ended, kNow);
  EXPECT_TRUE(book.conditions({}).ended.empty());
}

TEST(AlertEvaluation, WhatNoRuleAsksForAnyMoreIsWithdrawn) {
  Book book({rule("money", AlertKind::kBudget), rule("never", AlertKind::kUnplaceable)});
  (void)book.happened(threshold(80));
  (void)book.conditions({finding(AlertCode::kUnplaceable, "w")});
  book.set_rules({rule("never", AlertKind::kFailed), rule("money", AlertKind::kBudget, "other")});
  const auto changes = book.conditions({finding(AlertCode::kUnplaceable, "w")});
  ASSERT_EQ(changes.ended.size(), 2U);
  for (const auto& [id, end] : changes.ended) EXPECT_EQ(end, AlertEnd::kWithdrawn);
}

TEST(AlertEvaluation, TwoRulesFireApartAndAFloodIsBounded) {
  Book book({rule("x", AlertKind::kUnplaceable), rule("y", AlertKind::kUnplaceable)});
  EXPECT_EQ(book.conditions({finding(AlertCode::kUnplaceable, "w")}).fired.size(), 2U);
  std::vector<AlertFinding> flood;
  for (std::size_t i = 0; i < kOpenAlertsMax; ++i)
    flood.push_back(finding(AlertCode::kUnplaceable, "w" + std::to_string(i)));
  EXPECT_LE(book.conditions(flood).fired.size() + 2, kOpenAlertsMax);
}

}  // namespace
}  // namespace sillar::server
