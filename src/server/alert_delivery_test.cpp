#include "server/alert_delivery.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <mutex>
#include <set>

#include "drivers/mail_server_fixture.h"
#include "net/server.h"
#include "server/alerts_fixture.h"
#include "server/crypto.h"
#include "server/encoding.h"

namespace sillar::server {
namespace {

using journal::TestFolder;

constexpr Time kNow = Time::from_seconds(1'790'000'000);

void write(const std::string& path, std::string_view text) {
  std::ofstream(path) << text;
  std::filesystem::permissions(path, std::filesystem::perms::owner_read);
}

// Takes webhooks as a careful receiver does: holds the signature against the key, and what it has
// had before against the delivery's id.
class Receiver {
 public:
  explicit Receiver(std::string key) : key_(std::move(key)) {
    auto server = net::Server::start({}, [this](net::Request request, net::Responder responder) {
      responder.send(take(request));
    });
    EXPECT_TRUE(server.has_value());
    server_ = std::move(*server);
  }
  [[nodiscard]] std::string url() const { return "http://" + server_->address() + "/hook"; }
  void fail_next(int count) {
    const std::lock_guard lock(mutex_);
    failing_ = count;
  }
  [[nodiscard]] std::vector<std::string> bodies() {
    const std::lock_guard lock(mutex_);
    return bodies_;
  }
  [[nodiscard]] int repeated() {
    const std::lock_guard lock(mutex_);
    return repeated_;
  }

 private:
  net::Response take(const net::Request& request) {
    const std::lock_guard lock(mutex_);
    const std::string* time = request.header("Sillar-Timestamp");
    const std::string* signature = request.header("Sillar-Signature");
    const std::string* id = request.header("Sillar-Delivery");
    if (time == nullptr || signature == nullptr || id == nullptr) return {400, {}, {}};
    const std::string wanted = "v1=" + hex(bytes_of(hmac_sha256(key_, *time + "." + request.body)));
    if (*signature != wanted) return {401, {}, {}};
    if (!ids_.insert(*id).second) ++repeated_;
    if (failing_ > 0) {
      --failing_;
      return {503, {{"Retry-After", "60"}}, {}};
    }
    bodies_.push_back(request.body);
    return {204, {}, {}};
  }

  std::string key_;
  std::mutex mutex_;  // Guards what follows.
  int failing_ = 0;
  int repeated_ = 0;
  std::set<std::string> ids_;
  std::vector<std::string> bodies_;
  std::unique_ptr<net::Server> server_;
};

Delivery test_delivery() {
  Delivery delivery;
  delivery.id = "d1";
  delivery.alert.id = "a1";
  delivery.alert.rule = "never";
  delivery.alert.code = AlertCode::kUnplaceable;
  delivery.alert.subject = "w";
  delivery.alert.project = "acme/a";
  delivery.alert.fired = kNow;
  return delivery;
}

TEST(AlertDelivery, AReceiverCanTellThatItIsFromUsAndHasHadIt) {
  TestFolder folder;
  Receiver receiver("the key");
  write(folder.path("key"), "the key\n");
  AlertChannel channel = test_channel("ops");
  channel.url = receiver.url();
  channel.secret = {folder.path("key"), ""};
  receiver.fail_next(1);
  AlertPlant plant(folder.path("j"), {channel}, send_notice);
  plant.set_rules({test_rule("never", AlertKind::kUnplaceable)});
  plant.submit("w", 9);
  plant.advance(Duration::seconds(6));
  plant.wait_for_attempts(1);
  const auto waiting = plant.deliveries();
  ASSERT_EQ(waiting.size(), 1U);
  EXPECT_EQ(waiting[0].error, "the receiver answered with status 503");
  EXPECT_EQ(waiting[0].next, waiting[0].changed + Duration::seconds(60)) << "as it asked";
  plant.advance(Duration::minutes(2));
  plant.wait_for(DeliveryState::kDelivered, 1);
  ASSERT_EQ(receiver.bodies().size(), 1U);
  EXPECT_EQ(receiver.repeated(), 1);
  EXPECT_NE(receiver.bodies()[0].find("\"subject\":\"w\""), std::string::npos);
}

TEST(AlertDelivery, WhatIsToldAndDoneWithIsSoonOverForWhoKeepsIt) {
  Delivery delivery = test_delivery();
  const AlertChannel channel = test_channel("ops");
  EXPECT_EQ(notice_of(delivery, channel, "i").until, Time::never());
  delivery.alert.end = AlertEnd::kAtOnce;
  delivery.alert.ended = kNow;
  EXPECT_EQ(notice_of(delivery, channel, "i").until, kNow + Duration::hours(1));
}

TEST(AlertDelivery, AWrongKeyIsRefusedForGood) {
  TestFolder folder;
  Receiver receiver("the key");
  write(folder.path("key"), "another");
  AlertChannel channel = test_channel("ops");
  channel.url = receiver.url();
  channel.secret = {folder.path("key"), ""};
  const auto sent = send_notice(channel, notice_of(test_delivery(), channel, "i"), kNow);
  EXPECT_EQ(sent.sent, Sent::kNever);
  EXPECT_EQ(sent.error, "the receiver answered with status 401");
}

TEST(AlertDelivery, API7AChannelReachesOnlyWhatItMay) {
  AlertChannel channel = test_channel("ops");
  channel.allow.clear();
  for (const char* ip : {"127.0.0.1", "::1", "10.0.0.1", "192.168.1.1", "172.16.0.1", "100.64.0.1",
                         "169.254.169.254", "fe80::1", "fd00:ec2::254", "0.0.0.0", "224.0.0.1",
                         "::ffff:127.0.0.1", "::ffff:169.254.169.254", "fd12::1", "x"})
    EXPECT_FALSE(may_reach(channel, ip)) << ip;
  EXPECT_TRUE(may_reach(channel, "8.8.8.8"));
  channel.allow = {ChannelReach::kPrivate};
  EXPECT_TRUE(may_reach(channel, "10.0.0.1"));
  EXPECT_FALSE(may_reach(channel, "127.0.0.1"));
  channel.allow.push_back(ChannelReach::kLoopback);
  EXPECT_TRUE(may_reach(channel, "127.0.0.1"));
  for (const char* ip : {"169.254.169.254", "fe80::1", "fd00:ec2::254", "::ffff:169.254.169.254"})
    EXPECT_FALSE(may_reach(channel, ip)) << ip;
}

TEST(AlertDelivery, API7NothingIsSentToAnAddressThatIsNotAllowed) {
  TestFolder folder;
  Receiver receiver("the key");
  write(folder.path("key"), "the key");
  AlertChannel channel = test_channel("ops");
  channel.secret = {folder.path("key"), ""};
  channel.allow.clear();
  channel.url = receiver.url();
  const auto sent = send_notice(channel, notice_of(test_delivery(), channel, "i"), kNow);
  EXPECT_EQ(sent.sent, Sent::kNever);
  EXPECT_TRUE(receiver.bodies().empty());
}

TEST(AlertDelivery, AMissingSecretIsSaidWithoutIt) {
  AlertChannel channel = test_channel("ops");
  channel.url.clear();
  channel.secret = {"/nonexistent/key", ""};
  channel.url_source.environment = "SILLAR_TEST_UNSET";
  const auto sent = send_notice(channel, notice_of(test_delivery(), channel, "i"), kNow);
  EXPECT_EQ(sent.sent, Sent::kNever);
  EXPECT_EQ(sent.error, "the variable SILLAR_TEST_UNSET is not set");
}

TEST(AlertDelivery, AnUrlThatIsASecretIsNotShown) {
  TestFolder folder;
  write(folder.path("url"), "ftp://example.org/T000/secret");
  AlertChannel channel = test_channel("ops");
  channel.kind = ChannelKind::kSlack;
  channel.url.clear();
  channel.secret = {};
  channel.url_source.file = folder.path("url");
  const auto sent = send_notice(channel, notice_of(test_delivery(), channel, "i"), kNow);
  EXPECT_EQ(sent.error, "the channel 'ops' has no valid URL");
}

TEST(AlertDelivery, MailIsHandedToItsServer) {
  drivers::TestMailServer server({});
  AlertChannel channel = test_channel("mail");
  channel.kind = ChannelKind::kEmail;
  channel.url.clear();
  channel.secret = {};
  channel.host = "localhost";
  channel.port = server.port();
  channel.security = drivers::SmtpSecurity::kNone;
  channel.addresses = {"sillar@example.org", {"ops@example.org"}};
  channel.language = Language::kSpanish;
  const auto sent = send_notice(channel, notice_of(test_delivery(), channel, "i"), kNow);
  EXPECT_EQ(sent.sent, Sent::kYes) << sent.error;
  ASSERT_EQ(server.messages().size(), 1U);
  EXPECT_NE(server.messages()[0].find("Subject: =?utf-8?Q?w_no_cabe_en_ning=C3=BAn_nodo?="),
            std::string::npos)
      << server.messages()[0];
}

TEST(AlertDelivery, PausesDoubleUntilItGivesUp) {
  const SendOutcome later{Sent::kLater, "no", {}};
  EXPECT_EQ(outcome_of(later, 0, kNow).next, kNow + Duration::seconds(10));
  EXPECT_EQ(outcome_of(later, 3, kNow).next, kNow + Duration::seconds(80));
  EXPECT_EQ(outcome_of(later, kTriesMax - 2, kNow).next, kNow + kBackoffMost);
  EXPECT_EQ(outcome_of(later, kTriesMax - 2, kNow).state, DeliveryState::kPending);
  EXPECT_EQ(outcome_of(later, kTriesMax - 1, kNow).state, DeliveryState::kDead);
  EXPECT_EQ(outcome_of({Sent::kNever, "no", {}}, 0, kNow).state, DeliveryState::kDead);
  EXPECT_EQ(outcome_of({}, 5, kNow).state, DeliveryState::kDelivered);
  EXPECT_EQ(outcome_of({Sent::kLater, "no", Duration::hours(9)}, 0, kNow).next,
            kNow + kBackoffMost);
}

}  // namespace
}  // namespace sillar::server
