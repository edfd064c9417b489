#pragma once

// A service with two tenants, acme/alfa and acme/beta, and a caller for each role at the first.
// What alfa has says "alfa", so that whatever tells of it can be found.

#include <map>
#include <string>

#include "net/client.h"
#include "server/service_fixture.h"

namespace sillar::server {

struct Asked {
  std::string method;
  std::string target;
  std::string body = {};
};

struct Answered {
  int status = 0;
  std::string body;
};

inline std::shared_ptr<const World> tenants_world() {
  const auto document = parse_document("world", R"(
fleet:
  classes: [{name: h100, memory: 80Gi}]
  nodes: [{name: n1, class: h100, accelerators: 8, cpu: 64, memory: 512Gi}]
projects:
  - name: acme
  - {name: acme/alfa, budgets: [{period: month, amount: 1000 USD}]}
  - {name: acme/beta, budgets: [{period: month, amount: 1000 USD}]}
)");
  EXPECT_TRUE(document.has_value()) << document.error().message;
  auto scenario = load_scenario(*document);
  EXPECT_TRUE(scenario.has_value()) << scenario.error().message;
  auto world = std::make_shared<World>();
  world->options = scenario->options;
  world->fleet = scenario->fleet;
  world->projects = scenario->projects;
  world->prices.push_back({{16 * Money::kUnit, {}}, 0, "list"});
  return world;
}

class TenantsTest : public ServiceTest {
 public:
  TenantsTest() {
    world_ = tenants_world();
    // Nothing that is sent there arrives: it is not a public address.
    AlertChannel nowhere;
    nowhere.name = "alfa-nowhere";
    nowhere.kind = ChannelKind::kSlack;
    nowhere.url = "http://127.0.0.1:1/";
    AlertRule failed;
    failed.name = "alfa-fails";
    failed.kind = AlertKind::kFailed;
    failed.project = "acme/alfa";
    failed.channels = {nowhere.name};
    alerts_ = {{nowhere}, {failed}};
  }

  void start_with_tenants() {
    start();
    for (const char* role : {"viewer", "member", "manager", "admin"}) {
      alfa_[role] = made(std::string(role) + "-one", "acme/alfa", role);
      beta_[role] = made(std::string(role) + "-two", "acme/beta", role);
    }
    stranger_ = made("stranger", {}, {});
    ASSERT_TRUE(
        good(as_admin("POST", "/api/v1/principals",
                      R"({"kind": "service", "name": "bot-alfa", "project": "acme/alfa"})")));
    // Two that run, for each a device: what lists show of devices, logs and money.
    running_ = submitted("acme/alfa", "alfa-runs");
    submitted("acme/beta", "beta-runs");
    notes_.token("beta-runs");
    notes_.token(running_);
  }

  Answered ask(const std::string& token, const Asked& asked, const std::string& key = {}) {
    net::Client plain;
    net::ClientRequest request;
    request.method = asked.method;
    request.body = asked.body;
    if (!token.empty()) request.headers.push_back({"Authorization", "Bearer " + token});
    if (!asked.body.empty()) request.headers.push_back({"Content-Type", "application/json"});
    if (!key.empty()) request.headers.push_back({"Idempotency-Key", key});
    const auto url = net::parse_url("http://" + service_->address());
    // A stream has no end: its head is enough, and what comes with it.
    const bool endless = asked.target.starts_with("/api/v1/events");
    Answered answered;
    const auto answer = endless ? plain.stream(url->at(asked.target), request,
                                               [&](std::string_view chunk) {
                                                 answered.body += chunk;
                                                 return false;
                                               })
                                : plain.send(url->at(asked.target), request);
    EXPECT_TRUE(answer.has_value()) << asked.target << ": " << answer.error().message;
    if (!answer) return answered;
    answered.status = answer->status;
    answered.body += answer->body;
    return answered;
  }
  Answered as_admin(const std::string& method, const std::string& target,
                    const std::string& body = {}) {
    return ask(token_, {method, target, body});
  }
  static bool good(const Answered& answered) {
    EXPECT_TRUE(answered.status >= 200 && answered.status < 300) << answered.body;
    return answered.status >= 200 && answered.status < 300;
  }
  static std::string field_of(const Answered& answered, const std::string& name) {
    const auto document = parse_document("answer", answered.body);
    const Value* field = document ? document->root.find(name) : nullptr;
    EXPECT_NE(field, nullptr) << answered.body;
    return field == nullptr ? std::string{} : field->scalar;
  }

  // A user with that role there, and a token for it. No role: none.
  std::string made(const std::string& name, const std::string& project, const std::string& role) {
    EXPECT_TRUE(good(
        as_admin("POST", "/api/v1/principals", R"({"kind": "user", "name": ")" + name + R"("})")));
    if (!role.empty())
      EXPECT_TRUE(
          good(as_admin("PUT", "/api/v1/principals/" + name + "/roles",
                        R"({"project": ")" + project + R"(", "role": ")" + role + R"("})")));
    return field_of(as_admin("POST", "/api/v1/keys", R"({"principal": ")" + name + R"("})"),
                    "token");
  }
  std::string submitted(const std::string& project, const std::string& name,
                        const std::string& more = {}) {
    EXPECT_TRUE(good(as_admin("POST", "/api/v1/workloads",
                              R"({"name": ")" + name + R"(", "project": ")" + project +
                                  R"(", "request": {"accelerators": 1})" + more + "}")));
    return name;
  }
  // A delivery of an alert of alfa's that was given up.
  std::string dead_delivery() {
    if (dead_.empty()) {
      EXPECT_TRUE(
          good(as_admin("POST", "/api/v1/workloads",
                        R"({"name": "alfa-fails", "project": "acme/alfa", "kind": "batch", )"
                        R"("request": {"accelerators": 1}, "run": {"command": ["false"]}})")));
      notes_.exits(notes_.token("alfa-fails"), 1);
    }
    while (dead_.empty()) {
      const Answered answered = as_admin("GET", "/api/v1/alerts/deliveries?state=dead");
      const auto list = parse_document("deliveries", answered.body);
      for (const Value& item : list->root.find("items")->items) dead_ = item.find("id")->scalar;
    }
    return dead_;
  }
  // All of one length.
  std::string fresh_name(const std::string& what) { return what + std::to_string(++names_); }

  std::map<std::string, std::string, std::less<>> alfa_;  // Tokens by role.
  std::map<std::string, std::string, std::less<>> beta_;
  std::string stranger_;
  std::string running_;
  std::string dead_;
  int names_ = 1000;
};

}  // namespace sillar::server
