// Alerts over HTTP: a whole service, and a receiver of its own that takes webhooks.

#include <gtest/gtest.h>

#include <algorithm>

#include "server/alert_receiver_fixture.h"
#include "server/service_fixture.h"

namespace sillar::server {
namespace {

class AlertApiTest : public ServiceTest {
 protected:
  AlertApiTest() {
    AlertRule failed;
    failed.name = "failed";
    failed.kind = AlertKind::kFailed;
    failed.channels = {"hook"};
    alerts_ = {{receiver_.channel("hook")}, {failed}};
  }
  void refuse(bool refuses) { receiver_.refuse(refuses); }
  std::vector<std::string> taken() { return receiver_.taken(); }
  // A workload that fails.
  void fail(ApiClient& ann, const std::string& name) {
    ASSERT_TRUE(ann.post("/api/v1/workloads", body(name)).has_value());
    notes_.exits(notes_.token(name), 1);
  }
  // The first delivery in that state, once there is one.
  static std::string first(ApiClient& ann, const std::string& state) {
    for (;;) {
      const auto list = ann.get("/api/v1/alerts/deliveries?state=" + state);
      EXPECT_TRUE(list.has_value()) << list.error().message;
      if (!list) return {};
      const auto& items = list->root.find("items")->items;
      if (!items.empty()) return items.front().find("id")->scalar;
    }
  }
  static std::string state_of(ApiClient& ann, const std::string& id) {
    const auto delivery = ann.get("/api/v1/alerts/deliveries/" + id);
    return delivery ? delivery->root.find("state")->scalar : delivery.error().message;
  }
  static void await_state(ApiClient& ann, const std::string& id, const std::string& state) {
    while (state_of(ann, id) != state) {
    }
  }

 private:
  AlertReceiver receiver_;
};

TEST_F(AlertApiTest, AFailureIsToldOnceAndListed) {
  start();
  ApiClient ann = client();
  fail(ann, "one");
  const std::string id = first(ann, "delivered");
  EXPECT_EQ(taken(), std::vector<std::string>{id});
  const auto alerts = ann.get("/api/v1/alerts?state=told");
  ASSERT_TRUE(alerts.has_value()) << alerts.error().message;
  ASSERT_EQ(alerts->root.find("items")->items.size(), 1U);
  const Value& alert = alerts->root.find("items")->items.front();
  EXPECT_EQ(alert.find("code")->scalar, "failed");
  EXPECT_EQ(alert.find("subject")->scalar, "one");
  EXPECT_EQ(alert.find("title")->find("es")->scalar, "one ha fallado");
  EXPECT_TRUE(ann.get("/api/v1/alerts?state=firing")->root.find("items")->items.empty());
  EXPECT_TRUE(ann.get("/api/v1/alerts?project=acme/b")->root.find("items")->items.empty());
  stop();
  start();
  ApiClient again = client();
  EXPECT_EQ(again.get("/api/v1/alerts")->root.find("items")->items.size(), 1U);
  EXPECT_EQ(taken().size(), 1U) << "a restart tells nothing again";
}

TEST_F(AlertApiTest, ADeadDeliveryIsTakenUpAgainOverARestart) {
  start();
  refuse(true);
  {
    ApiClient ann = client();
    fail(ann, "one");
    const std::string id = first(ann, "dead");
    EXPECT_EQ(ann.get("/api/v1/alerts/deliveries/" + id)->root.find("error")->scalar,
              "the receiver answered with status 404");
  }
  stop();
  start();
  refuse(false);
  ApiClient ann = client();
  const std::string id = first(ann, "dead");
  const auto channels = ann.get("/api/v1/alerts/channels");
  EXPECT_EQ(channels->root.find("items")->items.front().find("dead")->scalar, "1");
  const std::string retry = "/api/v1/alerts/deliveries/" + id + "/retry";
  EXPECT_EQ(ann.post(retry, {})->root.find("changed")->scalar, "true");
  await_state(ann, id, "delivered");
  EXPECT_EQ(taken(), std::vector<std::string>{id});
  EXPECT_EQ(ann.post(retry, {})->root.find("changed")->scalar, "false");
  const auto after = ann.get("/api/v1/alerts/channels");
  const Value& hook = after->root.find("items")->items.front();
  EXPECT_EQ(hook.find("dead")->scalar, "0");
  EXPECT_EQ(hook.find("error")->scalar, "");
  EXPECT_EQ(hook.find("url"), nullptr);
}

TEST_F(AlertApiTest, ATestIsTriedOnce) {
  start();
  ApiClient ann = client();
  const auto test = ann.post("/api/v1/alerts/channels/hook/test", {});
  ASSERT_TRUE(test.has_value()) << test.error().message;
  await_state(ann, test->root.find("delivery")->scalar, "delivered");
  refuse(true);
  const auto fails = ann.post("/api/v1/alerts/channels/hook/test", {});
  ASSERT_TRUE(fails.has_value());
  await_state(ann, fails->root.find("delivery")->scalar, "dead");
  EXPECT_EQ(ann.post("/api/v1/alerts/channels/nowhere/test", {}).error().code,
            ErrorCode::kNotFound);
}

TEST_F(AlertApiTest, WhoOnlyLooksTestsNothing) {
  start();
  ApiClient ann = client();
  ASSERT_TRUE(ann.post("/api/v1/principals", R"({"kind": "user", "name": "vic"})").has_value());
  ASSERT_TRUE(
      ann.put("/api/v1/principals/vic/roles", R"({"project": "", "role": "viewer"})").has_value());
  const auto key = ann.post("/api/v1/keys", R"({"principal": "vic"})");
  ASSERT_TRUE(key.has_value()) << key.error().message;
  ApiClient vic = client(key->root.find("token")->scalar);
  EXPECT_TRUE(vic.get("/api/v1/alerts/channels").has_value());
  EXPECT_EQ(vic.post("/api/v1/alerts/channels/hook/test", {}).error().code, ErrorCode::kDenied);
  EXPECT_TRUE(taken().empty());
}

TEST_F(AlertApiTest, PagesHoldEachDeliveryOnce) {
  start();
  ApiClient ann = client();
  std::set<std::string> made;
  for (int i = 0; i < 7; ++i)
    made.insert(ann.post("/api/v1/alerts/channels/hook/test", {})->root.find("delivery")->scalar);
  std::set<std::string> seen;
  std::string next;
  do {
    const auto page = ann.get("/api/v1/alerts/deliveries?channel=hook&limit=3" +
                              (next.empty() ? "" : "&continue=" + next));
    ASSERT_TRUE(page.has_value());
    for (const Value& item : page->root.find("items")->items)
      EXPECT_TRUE(seen.insert(item.find("id")->scalar).second);
    next = page->root.find("continue")->scalar;
  } while (!next.empty());
  EXPECT_EQ(seen, made);
  EXPECT_EQ(ann.get("/api/v1/alerts/deliveries?state=lost").error().code, ErrorCode::kInvalidInput);
}

TEST_F(AlertApiTest, ASecretThatIsNotThereStopsTheStart) {
  alerts_.channels.front().secret.environment = "SILLAR_TEST_UNSET";
  ServiceOptions options;
  options.data = folder_.path("data");
  options.alerts = alerts_;
  const auto service = Service::start(std::move(options));
  ASSERT_FALSE(service.has_value());
  EXPECT_EQ(service.error().message, "channel 'hook': the variable SILLAR_TEST_UNSET is not set");
  EXPECT_FALSE(std::filesystem::exists(folder_.path("data"))) << "nothing was begun";
}

}  // namespace
}  // namespace sillar::server
