// Who may what: each route, by each role, and by another tenant. The rows are held against the
// routes, so that a route without a row fails.

#include <fmt/format.h>

#include <algorithm>

#include "drivers/log_files.h"
#include "drivers/os.h"
#include "drivers/task_folder.h"
#include "server/operations.h"
#include "server/tenants_fixture.h"

namespace sillar::server {
namespace {

// The least that a caller has to be at acme/alfa, for what is alfa's and another's own.
enum class Least : std::uint8_t { kOpen, kCaller, kViewer, kMember, kManager, kAdmin, kRoot };

class RightsTest : public TenantsTest {
 public:
  struct Row {
    std::string_view method;
    std::string_view pattern;
    Least least;
    // Makes something of alfa's; returns its name.
    std::string (*make)(RightsTest&) = [](RightsTest&) { return std::string{}; };
    // The request about what is called that.
    Asked (*ask)(RightsTest&, const std::string& name);
    // The name of what is not there. Empty: the answer is 200 for everybody, less what is not for
    // them to see; then `marker` is in what those see who may.
    std::string_view absent = {};
    std::string_view marker = {};
  };
  static std::span<const Row> rows();
  static const Row* row_of(const Route& route) {
    const auto found = std::ranges::find_if(rows(), [&](const Row& row) {
      return row.method == route.method && row.pattern == route.pattern;
    });
    return found == rows().end() ? nullptr : &*found;
  }

  // It stays as it is.
  std::string new_work() {
    return submitted("acme/alfa", fresh_name("alfa-work-"), R"(, "held": true)");
  }
  std::string key_of_bot() {
    return field_of(as_admin("POST", "/api/v1/keys", R"({"principal": "bot-alfa"})"), "id");
  }
  // A log as the driver would have written it, of the one that runs.
  std::string log() {
    const std::string folder = folder_.path("data") + "/tasks";
    const auto tasks = drivers::make_folder(folder, 0700);
    const std::string token = notes_.token(running_);
    auto task = drivers::TaskFolder::create(tasks->get(), folder, token);
    if (!task) return running_;  // It is there.
    drivers::LogWriter writer(task->get(), drivers::LogStream::kOutput, 1 << 20);
    writer.write("what alfa wrote\n");
    return running_;
  }
  // All of alfa's that a refused request could have changed.
  std::string everything() {
    std::string all;
    for (const char* target :
         {"/api/v1/workloads?project=acme/alfa", "/api/v1/principals", "/api/v1/keys"})
      all += as_admin("GET", target).body;
    return all + phase_of_node();
  }
  std::string phase_of_node() {
    const auto nodes = parse_document("nodes", as_admin("GET", "/api/v1/nodes").body);
    return nodes->root.find("items")->items.front().find("health")->scalar;
  }
};

using Row = RightsTest::Row;

std::string work(RightsTest& t) {
  return t.new_work();
}
template <const char* Prefix, const char* Suffix = nullptr>
Asked get(RightsTest&, const std::string& name) {
  return {"GET", Prefix + name + (Suffix == nullptr ? "" : Suffix)};
}
template <const char* Prefix, const char* Suffix>
Asked post(RightsTest&, const std::string& name) {
  return {"POST", Prefix + name + Suffix};
}

constexpr char kWorkloads[] = "/api/v1/workloads/";
constexpr char kNodes[] = "/api/v1/nodes/";
constexpr char kExplain[] = "/explain";
constexpr char kMetrics[] = "/metrics";
constexpr char kCancel[] = "/cancel";
constexpr char kHold[] = "/hold";
constexpr char kRelease[] = "/release";
constexpr char kLogs[] = "/logs";
constexpr char kDrain[] = "/drain";
constexpr char kUndrain[] = "/undrain";

// A list, or whatever has no name in its path.
template <std::size_t N>
struct Target {
  char text[N];
  consteval Target(const char (&from)[N]) { std::copy_n(from, N, text); }
};
template <Target T>
Asked list(RightsTest&, const std::string&) {
  return {"GET", T.text};
}

std::vector<Row> service_rows() {
  return {
      {.method = "GET", .pattern = "/healthz", .least = Least::kOpen, .ask = list<"/healthz">},
      {.method = "GET", .pattern = "/readyz", .least = Least::kOpen, .ask = list<"/readyz">},
      {.method = "GET",
       .pattern = "/metrics",
       .least = Least::kRoot,
       .ask = list<"/metrics">,
       .marker = "alfa"},
      {.method = "GET",
       .pattern = "/api/v1/openapi.json",
       .least = Least::kCaller,
       .ask = list<"/api/v1/openapi.json">},
      {.method = "GET",
       .pattern = "/api/v1/whoami",
       .least = Least::kCaller,
       .ask = list<"/api/v1/whoami">},
      {.method = "GET",
       .pattern = "/api/v1/events",
       .least = Least::kViewer,
       .ask = list<"/api/v1/events?after=0.0&workload=alfa-runs">,
       .marker = "alfa-runs"},
  };
}

std::vector<Row> workload_rows() {
  return {
      {.method = "GET",
       .pattern = "/api/v1/workloads",
       .least = Least::kViewer,
       .ask = list<"/api/v1/workloads">,
       .marker = "alfa-runs"},
      {.method = "POST",
       .pattern = "/api/v1/workloads",
       .least = Least::kMember,
       .make = [](RightsTest&) { return std::string("acme/alfa"); },
       .ask =
           [](RightsTest& t, const std::string& project) {
             return Asked{"POST", "/api/v1/workloads",
                          R"({"name": ")" + t.fresh_name("new-work-") + R"(", "project": ")" +
                              project + R"("})"};
           },
       .absent = "acme/gone"},
      {.method = "GET",
       .pattern = "/api/v1/workloads/{name}",
       .least = Least::kViewer,
       .make = work,
       .ask = get<kWorkloads>,
       .absent = "not-there"},
      {.method = "GET",
       .pattern = "/api/v1/workloads/{name}/explain",
       .least = Least::kViewer,
       .make = work,
       .ask = get<kWorkloads, kExplain>,
       .absent = "not-there"},
      {.method = "GET",
       .pattern = "/api/v1/workloads/{name}/metrics",
       .least = Least::kViewer,
       .make = work,
       .ask = get<kWorkloads, kMetrics>,
       .absent = "not-there"},
      {.method = "POST",
       .pattern = "/api/v1/workloads/{name}/cancel",
       .least = Least::kManager,
       .make = work,
       .ask = post<kWorkloads, kCancel>,
       .absent = "not-there"},
      {.method = "POST",
       .pattern = "/api/v1/workloads/{name}/hold",
       .least = Least::kManager,
       .make = work,
       .ask = post<kWorkloads, kHold>,
       .absent = "not-there"},
      {.method = "POST",
       .pattern = "/api/v1/workloads/{name}/release",
       .least = Least::kManager,
       .make = work,
       .ask = post<kWorkloads, kRelease>,
       .absent = "not-there"},
      {.method = "GET",
       .pattern = "/api/v1/workloads/{name}/logs",
       .least = Least::kMember,
       .make = [](RightsTest& t) { return t.log(); },
       .ask = get<kWorkloads, kLogs>,
       .absent = "not-there"},
      {.method = "GET",
       .pattern = "/api/v1/queue",
       .least = Least::kViewer,
       .ask = list<"/api/v1/queue">,
       .marker = "alfa-runs"},
  };
}

std::vector<Row> fleet_rows() {
  return {
      {.method = "GET",
       .pattern = "/api/v1/projects",
       .least = Least::kViewer,
       .ask = list<"/api/v1/projects">,
       .marker = "acme/alfa"},
      {.method = "GET",
       .pattern = "/api/v1/usage",
       .least = Least::kViewer,
       .ask = list<"/api/v1/usage">,
       .marker = "alfa-runs"},
      {.method = "GET",
       .pattern = "/api/v1/nodes",
       .least = Least::kViewer,
       .ask = list<"/api/v1/nodes">,
       .marker = "alfa-runs"},
      {.method = "POST",
       .pattern = "/api/v1/nodes/{name}/drain",
       .least = Least::kRoot,
       .make = [](RightsTest&) { return std::string("n1"); },
       .ask = post<kNodes, kDrain>,
       .absent = "n9"},
      {.method = "POST",
       .pattern = "/api/v1/nodes/{name}/undrain",
       .least = Least::kRoot,
       .make = [](RightsTest&) { return std::string("n1"); },
       .ask = post<kNodes, kUndrain>,
       .absent = "n9"},
      {.method = "GET",
       .pattern = "/api/v1/config",
       .least = Least::kRoot,
       .ask = list<"/api/v1/config">,
       .marker = "alfa"},
      {.method = "POST",
       .pattern = "/api/v1/plan",
       .least = Least::kRoot,
       .ask = [](RightsTest&, const std::string&) -> Asked {
         return {"POST", "/api/v1/plan", R"({"document": {"options": {}}})"};
       },
       .marker = "base"},
      {.method = "POST",
       .pattern = "/api/v1/apply",
       .least = Least::kRoot,
       .ask = [](RightsTest& t, const std::string&) -> Asked {
         const std::string document = R"({"document": {"options": {}})";
         const std::string base =
             RightsTest::field_of(t.as_admin("POST", "/api/v1/plan", document + "}"), "base");
         return {"POST", "/api/v1/apply", document + R"(, "base": ")" + base + "\"}"};
       },
       .marker = "base"},
      {.method = "GET",
       .pattern = "/api/v1/budgets",
       .least = Least::kViewer,
       .ask = list<"/api/v1/budgets">,
       .marker = "acme/alfa"},
      {.method = "GET",
       .pattern = "/api/v1/costs",
       .least = Least::kViewer,
       .ask = list<"/api/v1/costs">,
       .marker = "acme/alfa"},
  };
}

constexpr char kDeliveries[] = "/api/v1/alerts/deliveries/";
constexpr char kChannels[] = "/api/v1/alerts/channels/";
constexpr char kRetry[] = "/retry";
constexpr char kTest[] = "/test";

std::vector<Row> alert_rows() {
  constexpr auto delivery = [](RightsTest& t) { return t.dead_delivery(); };
  constexpr std::string_view kNone = "00000000000000000000000000000000";
  return {
      {.method = "GET",
       .pattern = "/api/v1/alerts",
       .least = Least::kViewer,
       .make = delivery,
       .ask = list<"/api/v1/alerts">,
       .marker = "alfa-fails"},
      {.method = "GET",
       .pattern = "/api/v1/alerts/deliveries",
       .least = Least::kViewer,
       .make = delivery,
       .ask = list<"/api/v1/alerts/deliveries">,
       .marker = "alfa-fails"},
      {.method = "GET",
       .pattern = "/api/v1/alerts/deliveries/{id}",
       .least = Least::kViewer,
       .make = delivery,
       .ask = [](RightsTest&, const std::string& id) { return Asked{"GET", kDeliveries + id}; },
       .absent = kNone},
      {.method = "POST",
       .pattern = "/api/v1/alerts/deliveries/{id}/retry",
       .least = Least::kManager,
       .make = delivery,
       .ask = post<kDeliveries, kRetry>,
       .absent = kNone},
      {.method = "GET",
       .pattern = "/api/v1/alerts/channels",
       .least = Least::kRoot,
       .ask = list<"/api/v1/alerts/channels">,
       .marker = "alfa-nowhere"},
      {.method = "POST",
       .pattern = "/api/v1/alerts/channels/{name}/test",
       .least = Least::kRoot,
       .make = [](RightsTest&) { return std::string("alfa-nowhere"); },
       .ask = post<kChannels, kTest>,
       .absent = "not-there"},
  };
}

std::vector<Row> principal_rows() {
  return {
      {.method = "GET",
       .pattern = "/api/v1/principals",
       .least = Least::kManager,
       .ask = list<"/api/v1/principals">,
       .marker = "bot-alfa"},
      {.method = "POST",
       .pattern = "/api/v1/principals",
       .least = Least::kManager,
       .make = [](RightsTest&) { return std::string("acme/alfa"); },
       .ask =
           [](RightsTest& t, const std::string& project) {
             return Asked{"POST", "/api/v1/principals",
                          R"({"kind": "service", "name": ")" + t.fresh_name("new-bot-") +
                              R"(", "project": ")" + project + R"("})"};
           },
       .absent = "acme/gone"},
      {.method = "PUT",
       .pattern = "/api/v1/principals/{name}/roles",
       .least = Least::kManager,
       .make = [](RightsTest&) { return std::string("bot-alfa"); },
       .ask =
           [](RightsTest&, const std::string& name) {
             return Asked{"PUT", "/api/v1/principals/" + name + "/roles",
                          R"({"project": "acme/alfa", "role": "viewer"})"};
           },
       .absent = "not-there"},
      {.method = "DELETE",
       .pattern = "/api/v1/principals/{name}/roles",
       .least = Least::kManager,
       .make =
           [](RightsTest& t) {
             t.as_admin("PUT", "/api/v1/principals/bot-alfa/roles",
                        R"({"project": "acme/alfa", "role": "viewer"})");
             return std::string("bot-alfa");
           },
       .ask =
           [](RightsTest&, const std::string& name) {
             return Asked{"DELETE", "/api/v1/principals/" + name + "/roles?project=acme/alfa"};
           },
       .absent = "not-there"},
  };
}

std::vector<Row> key_rows() {
  return {
      {.method = "GET",
       .pattern = "/api/v1/keys",
       .least = Least::kManager,
       .make = [](RightsTest& t) { return t.key_of_bot(); },
       .ask = list<"/api/v1/keys">,
       .marker = "bot-alfa"},
      {.method = "POST",
       .pattern = "/api/v1/keys",
       .least = Least::kManager,
       .make = [](RightsTest&) { return std::string("bot-alfa"); },
       .ask =
           [](RightsTest&, const std::string& name) {
             return Asked{"POST", "/api/v1/keys",
                          R"({"role": "viewer", "principal": ")" + name + R"("})"};
           },
       .absent = "not-there"},
      {.method = "DELETE",
       .pattern = "/api/v1/keys/{id}",
       .least = Least::kManager,
       .make = [](RightsTest& t) { return t.key_of_bot(); },
       .ask = [](RightsTest&,
                 const std::string& id) { return Asked{"DELETE", "/api/v1/keys/" + id}; },
       .absent = "00000000000000ff"},
      {.method = "GET",
       .pattern = "/api/v1/audit",
       .least = Least::kAdmin,
       .make = work,
       .ask = list<"/api/v1/audit">,
       .marker = "alfa-work"},
  };
}

std::span<const Row> RightsTest::rows() {
  static const std::vector<Row> all = [] {
    std::vector<Row> some = service_rows();
    for (const auto& more :
         {workload_rows(), fleet_rows(), alert_rows(), principal_rows(), key_rows()})
      some.insert(some.end(), more.begin(), more.end());
    return some;
  }();
  return all;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

bool is_good(int status) {
  return status >= 200 && status < 300;
}

TEST(Rights, API5_EveryRouteHasARow) {
  for (const Route& route : Api::routes())
    EXPECT_NE(RightsTest::row_of(route), nullptr)
        << route.method << " " << route.pattern << " has no row in src/server/rights_test.cpp. "
        << "Add one: the least role at acme/alfa that it takes for what another there owns, how to "
        << "ask, and the name of what is not there, or what a list shows to those who may see it.";
}

TEST_F(RightsTest, API5_EachRoleMayWhatItsRowSaysAndNoMore) {
  start_with_tenants();
  for (const Route& route : Api::routes()) {
    const Row* row = row_of(route);
    if (row == nullptr) continue;
    for (const auto& [role, token] : alfa_) {
      const std::string name = row->make(*this);
      const Answered answered = ask(token, row->ask(*this, name));
      const std::string about = fmt::format("{} {} by a {} was answered {}: {}", route.method,
                                            route.pattern, role, answered.status, answered.body);
      const Least held = role == "viewer"    ? Least::kViewer
                         : role == "member"  ? Least::kMember
                         : role == "manager" ? Least::kManager
                                             : Least::kAdmin;
      const bool may = held >= row->least;
      if (row->absent.empty() && !may)
        EXPECT_TRUE(
            answered.status == 403 ||
            (row->marker.empty() ? false : answered.body.find(row->marker) == std::string::npos))
            << about;
      else
        EXPECT_EQ(is_good(answered.status), may) << about;
      if (may && !row->marker.empty())
        EXPECT_NE(answered.body.find(row->marker), std::string::npos) << about;
      if (!is_good(answered.status))
        EXPECT_TRUE(answered.status == 403 || answered.status == 404) << about;
    }
  }
}

TEST_F(RightsTest, API1_NothingOfAnotherTenantIsToldOrTouched) {
  start_with_tenants();
  std::vector<std::string> others{stranger_};
  for (const auto& [role, token] : beta_) others.push_back(token);
  for (const Route& route : Api::routes()) {
    const Row* row = row_of(route);
    if (row == nullptr || row->least <= Least::kCaller) continue;
    const std::string name = row->make(*this);
    const std::string before = everything();
    for (const std::string& token : others) {
      // What is asked says alfa itself; of what is answered only that may.
      if (!row->absent.empty()) {
        const std::string absent(row->absent);
        const Answered hidden = ask(token, row->ask(*this, name));
        const Answered nothing = ask(token, row->ask(*this, absent));
        EXPECT_EQ(hidden.status, nothing.status) << route.method << " " << route.pattern;
        EXPECT_EQ(replaced(hidden.body, name, absent), nothing.body) << route.pattern;
        EXPECT_GE(hidden.status, 400) << route.method << " " << route.pattern;
      } else {
        const Answered answered = ask(token, row->ask(*this, name));
        EXPECT_EQ(answered.body.find("alfa"), std::string::npos)
            << route.pattern << ": " << answered.body;
      }
    }
    EXPECT_EQ(everything(), before) << route.method << " " << route.pattern;
  }
}

TEST_F(RightsTest, AMemberCommandsItsOwn) {
  start_with_tenants();
  for (const char* verb : {"hold", "release", "cancel"}) {
    const std::string name = fresh_name("own-");
    ASSERT_TRUE(
        good(ask(alfa_["member"], {"POST", "/api/v1/workloads",
                                   R"({"name": ")" + name + R"(", "project": "acme/alfa"})"})));
    EXPECT_EQ(ask(alfa_["member"], {"POST", "/api/v1/workloads/" + name + "/" + verb}).status, 202);
    EXPECT_EQ(ask(alfa_["viewer"], {"POST", "/api/v1/workloads/" + name + "/" + verb}).status, 403);
  }
}

TEST_F(RightsTest, API6_NobodyActsOnWhoIsAboveThem) {
  start_with_tenants();
  const std::string& manager = alfa_["manager"];
  const Asked theirs{"DELETE", "/api/v1/principals/admin-one/roles?project=acme/alfa"};
  EXPECT_EQ(ask(manager, theirs).status, 403);
  EXPECT_EQ(ask(manager, {"POST", "/api/v1/keys", R"({"principal": "admin-one"})"}).status, 403);
  const Asked higher{"PUT", "/api/v1/principals/bot-alfa/roles",
                     R"({"project": "acme/alfa", "role": "admin"})"};
  EXPECT_EQ(ask(manager, higher).status, 403);
  const std::string key = field_of(
      as_admin("POST", "/api/v1/keys", R"({"principal": "admin-one", "label": "second"})"), "id");
  EXPECT_EQ(ask(manager, {"DELETE", "/api/v1/keys/" + key}).status, 403);
}

// An idempotency key of one caller says nothing of another's.
TEST_F(RightsTest, AKeyOfARequestCountsWithinItsCaller) {
  start_with_tenants();
  const Asked theirs{"POST", "/api/v1/workloads",
                     R"({"name": "alfa-keyed", "project": "acme/alfa"})"};
  ASSERT_TRUE(good(ask(alfa_["member"], theirs, "the-same")));
  const Asked own{"POST", "/api/v1/workloads", R"({"name": "beta-own", "project": "acme/beta"})"};
  EXPECT_EQ(ask(beta_["member"], own, "the-same").status, 201);
  EXPECT_EQ(ask(beta_["member"], theirs, "another").status, 400);
}

TEST_F(RightsTest, EveryMutationTakesAKeyAndKeepsToIt) {
  start_with_tenants();
  for (const Row& row : rows()) {
    if (row.method == "GET") continue;
    const Asked asked = row.ask(*this, row.make(*this));
    const std::string key = fresh_name("request-");
    const Answered first = ask(token_, asked, key);
    EXPECT_TRUE(is_good(first.status)) << row.pattern << ": " << first.body;
    const Answered again = ask(token_, asked, key);
    EXPECT_EQ(again.status, first.status) << row.pattern << ": " << again.body;
    Asked other = asked;
    other.target += other.target.find('?') == std::string::npos ? "?again" : "&again";
    EXPECT_EQ(ask(token_, other, key).status, 422) << row.pattern;
    EXPECT_EQ(ask(token_, asked, std::string(256, 'k')).status, 400) << row.pattern;
  }
}

// What a parameter may be is what the document says, and nothing else.
TEST_F(RightsTest, QueriesThatAreNoneAreRefused) {
  start_with_tenants();
  log();
  for (const Route& route : Api::routes()) {
    const Operation* operation = find_operation(route.method, route.pattern);
    const Row* row = row_of(route);
    if (operation == nullptr || row == nullptr || route.method != "GET") continue;
    for (const QueryParameter& parameter : operation->query) {
      const Value* type = parameter.shape.find("type");
      const bool any_text = type->scalar == "string" && parameter.shape.find("enum") == nullptr;
      if (any_text) continue;
      Asked asked = row->ask(*this, running_);
      asked.target = asked.target.substr(0, asked.target.find('?')) + "?" +
                     std::string(parameter.name) + "=no%20such";
      EXPECT_EQ(ask(token_, asked).status, 400) << asked.target;
    }
  }
  EXPECT_EQ(as_admin("GET", "/api/v1/events?after=yesterday").status, 400);
  EXPECT_EQ(as_admin("GET", "/api/v1/queue?continue=x").status, 400);
}

TEST_F(RightsTest, WhatDoesNotFitIsAConflict) {
  start_with_tenants();
  const std::string bot = R"({"kind": "service", "name": "bot-alfa", "project": "acme/alfa"})";
  EXPECT_EQ(as_admin("POST", "/api/v1/principals", bot).status, 409);
  EXPECT_EQ(as_admin("DELETE", "/api/v1/principals/admin/roles").status, 409)
      << "nobody could administer the whole";
  const std::string key = key_of_bot();
  EXPECT_EQ(as_admin("DELETE", "/api/v1/keys/" + key).status, 200);
  EXPECT_EQ(as_admin("DELETE", "/api/v1/keys/" + key).status, 409);
  EXPECT_EQ(as_admin("GET", "/api/v1/nowhere").status, 404);
  EXPECT_EQ(as_admin("DELETE", "/api/v1/queue").status, 405);
}

}  // namespace
}  // namespace sillar::server
