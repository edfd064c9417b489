#include "server/notifier.h"

#include <gtest/gtest.h>

#include <set>

#include "server/alerts_fixture.h"

namespace sillar::server {
namespace {

using journal::TestFolder;

constexpr std::int32_t kTooMany = 9;  // The small world's node has eight devices.

TEST(Notifier, TellsOnceThatWorkFitsNowhereAndOnceThatItIsOver) {
  TestFolder folder;
  Sender sender;
  Time now;
  {
    AlertPlant plant(folder.path("j"), {test_channel("ops")}, sender.sending());
    plant.set_rules({test_rule("never", AlertKind::kUnplaceable)});
    plant.submit("w", kTooMany);
    plant.advance(Duration::seconds(6));
    plant.wait_for(DeliveryState::kDelivered, 1);
    plant.advance(Duration::seconds(6));
    now = plant.now();
  }
  ASSERT_EQ(sender.sent().size(), 1U);
  EXPECT_EQ(sender.sent()[0].notice.code, "unplaceable");
  EXPECT_EQ(sender.sent()[0].notice.subject, "w");
  EXPECT_EQ(sender.sent()[0].notice.title, "w fits on no node");
  AlertPlant plant(folder.path("j"), {test_channel("ops")}, sender.sending(), now,
                   {test_rule("never", AlertKind::kUnplaceable)});
  plant.advance(Duration::seconds(6));
  EXPECT_EQ(sender.sent().size(), 1U) << "a restart tells nothing again";
  plant.run([](Core& core) { EXPECT_TRUE(core.input(Cancel{"w"}).has_value()); });
  plant.advance(Duration::seconds(6));
  plant.wait_for(DeliveryState::kDelivered, 2);
  const auto sent = sender.sent();
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_TRUE(sent[1].notice.over);
  EXPECT_EQ(sent[1].notice.alert, sent[0].notice.alert);
  EXPECT_NE(sent[1].notice.delivery, sent[0].notice.delivery);
}

TEST(Notifier, TriesUntilItGivesUpAndAgainWhenItIsAsked) {
  TestFolder folder;
  Sender sender;
  sender.answer_with({Sent::kLater, "nobody there", {}});
  AlertPlant plant(folder.path("j"), {test_channel("ops")}, sender.sending());
  plant.set_rules({test_rule("never", AlertKind::kUnplaceable)});
  plant.submit("w", kTooMany);
  for (std::int32_t i = 1; i <= kTriesMax; ++i) {
    plant.advance(kBackoffMost);
    plant.wait_for_attempts(i);
  }
  plant.wait_for(DeliveryState::kDead, 1);
  const auto dead = plant.deliveries();
  ASSERT_EQ(dead.size(), 1U);
  EXPECT_EQ(dead[0].attempts, kTriesMax);
  EXPECT_EQ(dead[0].error, "nobody there");
  std::set<std::string> ids;
  for (const auto& sent : sender.sent()) ids.insert(sent.notice.delivery);
  EXPECT_EQ(ids, std::set<std::string>{dead[0].id});
  sender.answer_with({});
  plant.run([&](Core& core) {
    core.record(PartId::kAlerts, Alerts::retried_record(dead[0].id, core.now()));
  });
  plant.wait_for(DeliveryState::kDelivered, 1);
  EXPECT_EQ(sender.sent().back().notice.delivery, dead[0].id);
}

TEST(Notifier, WhatWasSentAndNotWrittenDownIsSentAgainWithItsId) {
  TestFolder folder;
  Sender sender;
  Time now;
  {
    AlertPlant plant(folder.path("j"), {test_channel("ops")}, sender.sending());
    plant.deaf = true;
    plant.set_rules({test_rule("never", AlertKind::kUnplaceable)});
    plant.submit("w", kTooMany);
    plant.advance(Duration::seconds(6));
    sender.wait_for(1);
    now = plant.now();
  }
  AlertPlant plant(folder.path("j"), {test_channel("ops")}, sender.sending(), now,
                   {test_rule("never", AlertKind::kUnplaceable)});
  plant.wait_for(DeliveryState::kDelivered, 1);
  const auto sent = sender.sent();
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_EQ(sent[0].notice.delivery, sent[1].notice.delivery);
}

TEST(Notifier, ARefusalForGoodIsDeadAtOnce) {
  TestFolder folder;
  Sender sender;
  sender.answer_with({Sent::kNever, "the receiver answered with status 404", {}});
  AlertPlant plant(folder.path("j"), {test_channel("ops")}, sender.sending());
  plant.set_rules({test_rule("never", AlertKind::kUnplaceable)});
  plant.submit("w", kTooMany);
  plant.advance(Duration::seconds(6));
  plant.wait_for(DeliveryState::kDead, 1);
  EXPECT_EQ(sender.sent().size(), 1U);
}

TEST(Notifier, AChannelThatHangsHoldsUpNoOther) {
  TestFolder folder;
  std::promise<void> release;
  std::shared_future<void> released = release.get_future().share();
  const auto send = [released](const AlertChannel& channel, const drivers::Notice&, Time) {
    if (channel.name == "slow") released.wait();
    return SendOutcome{};
  };
  AlertPlant plant(folder.path("j"), {test_channel("slow"), test_channel("ops")}, send);
  plant.set_rules({test_rule("never", AlertKind::kUnplaceable, {"slow", "ops"})});
  plant.submit("w", kTooMany);
  plant.advance(Duration::seconds(6));
  plant.wait_for(DeliveryState::kDelivered, 1);
  release.set_value();
  plant.wait_for(DeliveryState::kDelivered, 2);
}

TEST(Notifier, WithoutItsChannelADeliveryIsDeadAndSaysWhy) {
  TestFolder folder;
  Sender sender;
  AlertPlant plant(folder.path("j"), {test_channel("ops")}, sender.sending());
  plant.set_rules({test_rule("never", AlertKind::kUnplaceable, {"gone"})});
  plant.submit("w", kTooMany);
  plant.advance(Duration::seconds(6));
  plant.wait_for(DeliveryState::kDead, 1);
  EXPECT_EQ(plant.deliveries()[0].error, "there is no channel 'gone'");
}

TEST(Notifier, TellsOfQuarantineQueueTimeAndTheDisk) {
  TestFolder folder;
  Sender sender;
  AlertPlant plant(folder.path("j"), {test_channel("ops")}, sender.sending());
  AlertRule waits = test_rule("waits", AlertKind::kQueueTime);
  waits.over = Duration::hours(1);
  plant.set_rules(
      {waits, test_rule("broken", AlertKind::kQuarantine), test_rule("disk", AlertKind::kDiskLow)});
  plant.submit("waits", kTooMany);
  plant.run([](Core& core) {
    HealthObserved broken;
    broken.node = NodeId{0};
    broken.device = 3;
    broken.health = Health::kQuarantined;
    EXPECT_TRUE(core.input(broken).has_value());
  });
  plant.disk_low = true;
  plant.advance(Duration::seconds(6));
  plant.wait_for(DeliveryState::kDelivered, 2);
  plant.advance(Duration::hours(1));
  plant.wait_for(DeliveryState::kDelivered, 3);
  plant.disk_low = false;
  plant.advance(Duration::seconds(6));
  plant.wait_for(DeliveryState::kPending, 0);
  std::multiset<std::string> codes;
  for (const auto& sent : sender.sent())
    codes.insert(sent.notice.code + (sent.notice.over ? " over" : ""));
  for (const char* code : {"device-quarantined", "disk-low", "disk-low over", "queue-time"})
    EXPECT_EQ(codes.count(code), 1U) << code;
}

TEST(Notifier, TellsOfAFailureOnce) {
  TestFolder folder;
  Sender sender;
  AlertPlant plant(folder.path("j"), {test_channel("ops")}, sender.sending());
  plant.set_rules({test_rule("failed", AlertKind::kFailed)});
  plant.submit("runs", 1);
  plant.advance(Duration::seconds(6));
  plant.run([](Core& core) {
    const auto task = core.state().task_named("runs/0");
    ASSERT_TRUE(task.has_value());
    TaskObserved failed;
    failed.task = *task;
    failed.event = TaskEvent::kFailed;
    failed.exit_code = 1;
    EXPECT_TRUE(core.input(failed).has_value());
  });
  plant.wait_for(DeliveryState::kDelivered, 1);
  plant.advance(Duration::seconds(6));
  ASSERT_EQ(sender.sent().size(), 1U);
  EXPECT_EQ(sender.sent()[0].notice.code, "failed");
}

}  // namespace
}  // namespace sillar::server
