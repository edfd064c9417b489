// A listener whose connection breaks again and again.

#include "server/event_follower.h"

#include "server/cutting_proxy_fixture.h"
#include "server/service_fixture.h"

namespace sillar::server {
namespace {

constexpr int kCuts = 100;

class EventFollowerTest : public ServiceTest {
 protected:
  // Ids of all events up to and with that of the last submission.
  std::vector<std::string> heard_in_one_go(const std::string& last_name, const std::string& after) {
    std::vector<std::string> ids;
    const Status heard = client().listen("/api/v1/events", after, [&](const ApiEvent* event) {
      if (event == nullptr) return true;
      ids.push_back(event->id);
      return !is_submission_of(*event, last_name);
    });
    EXPECT_TRUE(heard.has_value()) << heard.error().message;
    return ids;
  }
  static bool is_submission_of(const ApiEvent& event, const std::string& name) {
    return event.kind == "submitted" && event.json.find("\"" + name + "\"") != std::string::npos;
  }
};

// The Must-show row of the control plane: cut and resumed 100 times, every event once, in order.
TEST_F(EventFollowerTest, CutAHundredTimesItHearsEveryEventOnceAndInOrder) {
  start();
  // Some let no event through, some one, some several and the half of the next.
  CuttingProxy proxy(service_->address(), [](int i) {
    return std::size_t{120} + static_cast<std::size_t>(i * 97 % 900);
  });
  auto broken = ApiClient::open({"http://" + proxy.address(), token_, {}});
  ASSERT_TRUE(broken.has_value());
  std::vector<std::string> ids;
  std::string from;
  int lost = 0;
  int submitted = 0;
  ApiClient ann = client();
  const auto submit_more = [&] {
    EXPECT_TRUE(ann.post("/api/v1/workloads", body("w" + std::to_string(submitted++), 8)));
  };
  FollowOptions options;
  options.target = "/api/v1/events";
  options.wait = [&](Duration) {
    for (int i = 0; i < 3; ++i) submit_more();  // Something happens while nobody listens.
    return true;
  };
  options.lost = [&](const Error&) { ++lost; };
  std::string last_name;
  const auto followed = follow_events(*broken, options, [&](const ApiEvent* event) {
    if (event == nullptr) {
      if (last_name.empty()) submit_more();  // Else what is left of the connection stays so.
      return true;
    }
    if (event->kind == "joined") {
      from = event->id;
      return true;
    }
    ids.push_back(event->id);
    if (proxy.cuts() >= kCuts && last_name.empty()) {
      last_name = "w" + std::to_string(submitted);
      submit_more();
    }
    return last_name.empty() || !is_submission_of(*event, last_name);
  });
  ASSERT_TRUE(followed.has_value()) << followed.error().message;
  EXPECT_EQ(*followed, Followed::kStopped);
  EXPECT_GE(proxy.cuts(), kCuts);
  EXPECT_GT(ids.size(), static_cast<std::size_t>(kCuts));
  ASSERT_FALSE(from.empty());
  EXPECT_EQ(ids, heard_in_one_go(last_name, from));
}

TEST_F(EventFollowerTest, WhatTryingAgainDoesNotMendIsAnError) {
  start();
  ApiClient stranger = client("sk_nobody");
  FollowOptions options;
  options.target = "/api/v1/events";
  options.wait = [](Duration) { return true; };
  const auto followed = follow_events(stranger, options, [](const ApiEvent*) { return true; });
  ASSERT_FALSE(followed.has_value());
  EXPECT_EQ(followed.error().code, ErrorCode::kDenied);
}

TEST_F(EventFollowerTest, OnceIsWhatHasHappenedAndNoMore) {
  start();
  ApiClient ann = client();
  ASSERT_TRUE(ann.post("/api/v1/workloads", body("one")).has_value());
  await("started", "one");
  std::vector<std::string> kinds;
  const Status heard =
      ann.listen("/api/v1/events?once=true&workload=one", {}, [&](const ApiEvent* event) {
        if (event != nullptr) kinds.push_back(event->kind);
        return true;
      });
  ASSERT_TRUE(heard.has_value()) << heard.error().message;
  EXPECT_GE(kinds.size(), 2U);
  EXPECT_EQ(kinds.front(), "submitted");
}

}  // namespace
}  // namespace sillar::server
