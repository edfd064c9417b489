#include "server/alerts.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace sillar::server {
namespace {

constexpr Time kNow = Time::from_seconds(1'790'000'000);

Alert alert(const std::string& subject, AlertEnd end = AlertEnd::kOpen) {
  Alert a;
  a.rule = "rule";
  a.code = AlertCode::kUnplaceable;
  a.subject = subject;
  a.project = "acme/a";
  a.since = kNow;
  a.fired = kNow;
  a.end = end;
  if (end != AlertEnd::kOpen) a.ended = kNow;
  a.parameters = {{"owner", "ana"}};
  a.channels = {"ops", "pager"};
  a.id = alert_id("installation", a);
  return a;
}

std::string state_of(const Alerts& alerts) {
  std::string out;
  alerts.append_state(out);
  return out;
}

std::vector<std::string> ids(const Alerts& alerts, DeliveryState state) {
  std::vector<std::string> out;
  for (const auto& [number, delivery] : alerts.deliveries())
    if (delivery->state == state) out.push_back(delivery->id);
  return out;
}

void fill(Alerts& alerts) {
  AlertRule rule;
  rule.name = "rule";
  rule.kind = AlertKind::kUnplaceable;
  ASSERT_TRUE(alerts.apply(Alerts::rules_record({rule})).has_value());
  ASSERT_TRUE(alerts.apply(Alerts::fired_record(alert("a"))).has_value());
  ASSERT_TRUE(alerts.apply(Alerts::fired_record(alert("b", AlertEnd::kAtOnce))).has_value());
  ASSERT_TRUE(alerts.apply(Alerts::ended_record(alert("a").id, AlertEnd::kCleared, kNow, {"pager"}))
                  .has_value());
  const auto pending = ids(alerts, DeliveryState::kPending);
  ASSERT_EQ(pending.size(), 5U);
  const DeliveryOutcome dead{DeliveryState::kDead, kNow, "no"};
  ASSERT_TRUE(alerts.apply(Alerts::attempted_record(pending[0], kNow, dead)).has_value());
  const DeliveryOutcome done{DeliveryState::kDelivered, kNow, ""};
  ASSERT_TRUE(alerts.apply(Alerts::attempted_record(pending[1], kNow, done)).has_value());
}

TEST(Alerts, WhatIsKeptIsReadBackAndNothingElseIs) {
  Alerts alerts;
  fill(alerts);
  const std::string bytes = state_of(alerts);
  Alerts again;
  ASSERT_TRUE(again.read_state(bytes).has_value());
  EXPECT_EQ(state_of(again), bytes);
  EXPECT_EQ(again.count(DeliveryState::kDead), 1U);
  EXPECT_EQ(again.count(DeliveryState::kPending), 3U);
  EXPECT_EQ(ids(again, DeliveryState::kDead), ids(alerts, DeliveryState::kDead));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    Alerts cut;
    EXPECT_FALSE(cut.read_state(std::string_view(bytes).substr(0, i)).has_value()) << i;
  }
}

TEST(Alerts, RecordsThatFitNothingAreRefused) {
  Alerts alerts;
  fill(alerts);
  const auto delivered = ids(alerts, DeliveryState::kDelivered);
  for (const std::string& record :
       {Alerts::ended_record(alert("z").id, AlertEnd::kCleared, kNow, {}),
        Alerts::attempted_record("nobody", kNow, {}),
        Alerts::attempted_record(delivered[0], kNow, {}),
        Alerts::retried_record(delivered[0], kNow), std::string(), std::string("\x40"),
        Alerts::fired_record(alert("c")) + "x"}) {
    Alerts fresh;
    fill(fresh);
    EXPECT_FALSE(fresh.apply(record).has_value());
  }
}

TEST(Alerts, ADeadDeliveryIsTakenUpAgain) {
  Alerts alerts;
  fill(alerts);
  const std::string id = ids(alerts, DeliveryState::kDead).at(0);
  const Time later = kNow + Duration::hours(1);
  ASSERT_TRUE(alerts.apply(Alerts::retried_record(id, later)).has_value());
  const auto delivery = alerts.delivery(id);
  EXPECT_EQ(delivery->state, DeliveryState::kPending);
  EXPECT_EQ(delivery->tries, 0);
  EXPECT_EQ(delivery->attempts, 1);
  EXPECT_EQ(delivery->next, later);
}

TEST(Alerts, EveryDeliveryHasAnIdOfItsOwn) {
  Alerts alerts;
  for (int i = 0; i < 3; ++i)
    ASSERT_TRUE(alerts.apply(Alerts::fired_record(alert("same", AlertEnd::kAtOnce))).has_value());
  auto all = ids(alerts, DeliveryState::kPending);
  std::ranges::sort(all);
  EXPECT_EQ(std::ranges::adjacent_find(all), all.end());
  EXPECT_EQ(all.size(), 6U);
}

TEST(Alerts, BoundsAreKeptAndWhatIsForgottenIsCounted) {
  Alerts alerts;
  constexpr std::size_t kMore = 20;
  for (std::size_t i = 0; i < (kDeliveriesPendingMax + kDeliveriesDeadMax) / 2 + kMore; ++i)
    ASSERT_TRUE(alerts.apply(Alerts::fired_record(alert(std::to_string(i), AlertEnd::kAtOnce)))
                    .has_value());
  EXPECT_EQ(alerts.count(DeliveryState::kPending), kDeliveriesPendingMax);
  EXPECT_EQ(alerts.count(DeliveryState::kDead), kDeliveriesDeadMax);
  EXPECT_EQ(alerts.forgotten(), 2 * kMore);
  EXPECT_EQ(alerts.ended().size(), kEndedAlertsMax);
  Alerts again;
  EXPECT_TRUE(again.read_state(state_of(alerts)).has_value());
}

}  // namespace
}  // namespace sillar::server
