// What one tenant is told of its own work never names another's, also where that is the reason.

#include "server/sight.h"

#include "server/tenants_fixture.h"

namespace sillar::server {
namespace {

class SightTest : public TenantsTest {
 public:
  // Alfa has more than its share and loses some of it to beta.
  SightTest() {
    auto world = std::make_shared<World>(*world_);
    for (Project& project : world->projects)
      project.quota.assign(world->fleet.resource_count(), kQuotaAbsent);
    const std::size_t h100 = world->fleet.resource_count() - 1;
    for (Project& project : world->projects)
      project.quota[h100].deserved = (project.name == "acme" ? 8 : 4) * kDevice;
    world_ = world;
  }

  void reclaim() {
    start_with_tenants();
    for (int i = 0; i < 6; ++i) notes_.token(submitted("acme/alfa", fresh_name("alfa-more-")));
    ASSERT_TRUE(good(as_admin("POST", "/api/v1/workloads",
                              R"({"name": "beta-needs", "project": "acme/beta", "request": )"
                              R"({"accelerators": 3}})")));
    evicted_ = heard(token_, "evicted");
    ASSERT_NE(evicted_.find("beta-needs"), std::string::npos) << "an administrator is told";
  }
  // What is heard from the beginning until the first event of that kind.
  std::string heard(const std::string& token, const std::string& kind) {
    std::string all;
    const Status listened =
        client(token).listen("/api/v1/events", "0.0", [&](const ApiEvent* event) {
          if (event == nullptr) return true;
          all += event->json + "\n";
          return event->kind != kind;
        });
    EXPECT_TRUE(listened.has_value()) << listened.error().message;
    return all;
  }

  std::string evicted_;
};

TEST_F(SightTest, API1_ReasonsDoNotNameAnotherTenantsWork) {
  reclaim();
  for (const auto& [role, token] : alfa_) {
    const std::string events = heard(token, "evicted");
    EXPECT_EQ(events.find("beta"), std::string::npos) << events;
    EXPECT_NE(events.find("another project"), std::string::npos) << events;
    const Answered list = ask(token, {"GET", "/api/v1/workloads"});
    EXPECT_EQ(list.body.find("beta"), std::string::npos) << list.body;
    const auto document = parse_document("list", list.body);
    for (const Value& item : document->root.find("items")->items) {
      const std::string target = "/api/v1/workloads/" + item.find("name")->scalar;
      for (const char* more : {"", "/explain"}) {
        const Answered one = ask(token, {"GET", target + more});
        EXPECT_EQ(one.status, 200);
        EXPECT_EQ(one.body.find("beta"), std::string::npos) << one.body;
      }
    }
    const Answered nodes = ask(token, {"GET", "/api/v1/nodes"});
    EXPECT_EQ(nodes.body.find("beta"), std::string::npos) << nodes.body;
  }
}

TEST_F(SightTest, API1_WhatIsWaitedForIsLookedUpWithTheCallersRights) {
  start_with_tenants();
  const auto after = [&](const std::string& name) {
    return ask(beta_["member"],
               {"POST", "/api/v1/workloads",
                R"({"name": "waits", "project": "acme/beta", "after": [{"workload": ")" + name +
                    R"("}]})"});
  };
  const Answered hidden = after("alfa-runs");
  const Answered absent = after("gone-away");
  EXPECT_EQ(hidden.status, 422) << hidden.body;
  std::string told = hidden.body;
  for (auto at = told.find("alfa-runs"); at != std::string::npos; at = told.find("alfa-runs"))
    told.replace(at, 9, "gone-away");
  EXPECT_EQ(told, absent.body);
  EXPECT_EQ(after("beta-runs").status, 201);
}

}  // namespace
}  // namespace sillar::server
