// A whole control plane over HTTP.

#include "server/service.h"

#include <filesystem>
#include <fstream>
#include <future>

#include "net/client.h"
#include "net/sse.h"
#include "server/audit_verify.h"
#include "server/service_fixture.h"

namespace sillar::server {
namespace {

using journal::TestFolder;

TEST_F(ServiceTest, TakesWorkRunsItAndSaysHowItEnded) {
  start();
  ApiClient ann = client();
  const auto submitted = ann.post("/api/v1/workloads", body("one"), "key-1");
  ASSERT_TRUE(submitted.has_value()) << submitted.error().message;
  await("started", "one");
  notes_.exits(notes_.token("one"), 0);
  await("finished", "one");
  EXPECT_EQ(phase(ann, "one"), "Succeeded");
  const auto list = ann.get("/api/v1/workloads?project=acme");
  ASSERT_TRUE(list.has_value());
  ASSERT_EQ(list->root.find("items")->items.size(), 1U);
  EXPECT_EQ(list->root.find("items")->items[0].find("owner")->scalar, "admin");
}

TEST_F(ServiceTest, TheSameKeyIsAnsweredAlikeAlsoAfterARestart) {
  start();
  ApiClient ann = client();
  const auto first = ann.post("/api/v1/workloads", body("one"), "key-1");
  ASSERT_TRUE(first.has_value()) << first.error().message;
  const auto second = ann.post("/api/v1/workloads", body("one"), "key-1");
  ASSERT_TRUE(second.has_value()) << second.error().message;
  EXPECT_EQ(print_json(second->root), print_json(first->root));
  stop();
  start();
  ApiClient again = client();
  const auto third = again.post("/api/v1/workloads", body("one"), "key-1");
  ASSERT_TRUE(third.has_value()) << third.error().message;
  EXPECT_EQ(print_json(third->root), print_json(first->root));
  const auto other = again.post("/api/v1/workloads", body("two"), "key-1");
  ASSERT_FALSE(other.has_value());
  EXPECT_EQ(other.error().code, ErrorCode::kRefused);
  const auto unkeyed = again.post("/api/v1/workloads", body("one"));
  ASSERT_FALSE(unkeyed.has_value());
  EXPECT_EQ(unkeyed.error().code, ErrorCode::kConflict) << "the name is taken";
}

TEST_F(ServiceTest, AfterARestartWhatRanIsLaunchedUnderTheSameToken) {
  start();
  ASSERT_TRUE(client().post("/api/v1/workloads", body("one"), "k").has_value());
  const std::string token = notes_.token("one");
  stop();
  start();
  notes_.wait([&] { return notes_.launches[token] >= 2; });
  EXPECT_EQ(notes_.workloads.size(), 1U) << "no second token for one start";
  notes_.exits(token, 3);
  await("finished", "one");
  ApiClient ann = client();
  EXPECT_EQ(phase(ann, "one"), "Failed");
}

TEST_F(ServiceTest, CancelStopsWhatRuns) {
  start();
  ApiClient ann = client();
  ASSERT_TRUE(ann.post("/api/v1/workloads", body("one"), "k").has_value());
  const std::string token = notes_.token("one");
  ASSERT_TRUE(ann.post("/api/v1/workloads/one/cancel", {}, "c").has_value());
  notes_.wait([&] { return notes_.stops.contains(token); });
  notes_.exits(token, 0);  // It saved what it had, as it was told.
  await("finished", "one");
  EXPECT_EQ(phase(ann, "one"), "Cancelled");
}

TEST_F(ServiceTest, BadInputIsRefusedWithItsPlaceAndChangesNothing) {
  start();
  ApiClient ann = client();
  struct Case {
    const char* body;
    const char* said;
  };
  for (const Case& bad : {
           Case{"", "empty"},
           Case{"{", "body:1"},
           Case{R"({"name": "x", "project": "acme/a", "colour": 1})", "colour"},
           Case{R"({"name": "x", "project": "nowhere"})", "nowhere"},
           Case{R"({"name": "a/b", "project": "acme/a"})", "a/b"},
           Case{R"({"name": "x", "project": "acme/a", "request": {"memory": "3 apples"}})",
                "apples"},
           Case{R"([])", "no workload"},
       }) {
    const auto answer = ann.post("/api/v1/workloads", bad.body);
    ASSERT_FALSE(answer.has_value()) << bad.body;
    EXPECT_EQ(answer.error().code, ErrorCode::kInvalidInput) << bad.body;
    EXPECT_NE(answer.error().message.find(bad.said), std::string::npos) << answer.error().message;
  }
  EXPECT_TRUE(ann.get("/api/v1/workloads")->root.find("items")->items.empty());
}

TEST_F(ServiceTest, PagesHoldEveryWorkloadOnce) {
  start();
  ApiClient ann = client();
  std::string all = "[";
  for (int i = 0; i < 25; ++i) all += (i > 0 ? "," : "") + body("w" + std::to_string(i));
  ASSERT_TRUE(ann.post("/api/v1/workloads", all + "]", "k").has_value());
  std::set<std::string> seen;
  std::string next;
  do {
    const auto page =
        ann.get("/api/v1/workloads?limit=10" + (next.empty() ? "" : "&continue=" + next));
    ASSERT_TRUE(page.has_value());
    for (const Value& item : page->root.find("items")->items)
      EXPECT_TRUE(seen.insert(item.find("name")->scalar).second);
    next = page->root.find("continue")->scalar;
  } while (!next.empty());
  EXPECT_EQ(seen.size(), 25U);
}

TEST_F(ServiceTest, AListenerThatIsCutGoesOnWhereItWas) {
  start();
  ApiClient ann = client();
  for (int i = 0; i < 20; ++i)
    ASSERT_TRUE(ann.post("/api/v1/workloads", body("w" + std::to_string(i), 8)).has_value());
  // One that hears all of it, up to the twentieth submission; and one that is cut after each.
  std::vector<std::string> whole;
  int submissions = 0;
  ASSERT_TRUE(client()
                  .listen("/api/v1/events", "0.0",
                          [&](const ApiEvent* event) {
                            if (event == nullptr) return true;
                            whole.push_back(event->id);
                            return !(event->kind == "submitted" && ++submissions == 20);
                          })
                  .has_value());
  std::vector<std::string> pieces;
  std::string last = "0.0";
  while (pieces.size() < whole.size())
    ASSERT_TRUE(client()
                    .listen("/api/v1/events", last,
                            [&](const ApiEvent* event) {
                              if (event == nullptr) return true;
                              pieces.push_back(last = event->id);
                              return false;
                            })
                    .has_value());
  EXPECT_EQ(pieces, whole);
}

TEST_F(ServiceTest, WhatIsHeldWaitsUntilItIsReleased) {
  start();
  ApiClient ann = client();
  ASSERT_TRUE(ann.post("/api/v1/workloads", body("big", 8)).has_value());
  const std::string token = notes_.token("big");
  ASSERT_TRUE(ann.post("/api/v1/workloads", body("next", 8)).has_value());
  EXPECT_EQ(ann.post("/api/v1/workloads/next/hold", {})->root.find("changed")->scalar, "true");
  EXPECT_EQ(ann.post("/api/v1/workloads/next/hold", {})->root.find("changed")->scalar, "false");
  notes_.exits(token, 0);
  await("finished", "big");
  EXPECT_EQ(phase(ann, "next"), "Held");
  const auto queue = ann.get("/api/v1/queue");
  ASSERT_TRUE(queue.has_value());
  EXPECT_EQ(queue->root.find("waiting")->scalar, "1");
  EXPECT_EQ(queue->root.find("running")->scalar, "0");
  ASSERT_TRUE(ann.post("/api/v1/workloads/next/release", {}).has_value());
  EXPECT_FALSE(notes_.token("next").empty());
  EXPECT_EQ(ann.post("/api/v1/workloads/none/hold", {}).error().code, ErrorCode::kNotFound);
}

TEST_F(ServiceTest, TheQueueIsInOrderOfPriorityAndTime) {
  start();
  ApiClient ann = client();
  const auto first = R"([{"name": "big", "project": "acme/a", "request": {"accelerators": 8}}])";
  ASSERT_TRUE(ann.post("/api/v1/workloads", first).has_value());
  await("started", "big");
  for (const char* more : {R"({"name": "a", "project": "acme/a", "priority": 1, "request": )"
                           R"({"accelerators": 8}})",
                           R"({"name": "b", "project": "acme/a", "priority": 1, "request": )"
                           R"({"accelerators": 8}})"})
    ASSERT_TRUE(ann.post("/api/v1/workloads", more).has_value());
  std::vector<std::string> names;
  std::string next;
  do {
    const auto page = ann.get("/api/v1/queue?limit=2" + (next.empty() ? "" : "&continue=" + next));
    ASSERT_TRUE(page.has_value());
    for (const Value& item : page->root.find("items")->items)
      names.push_back(item.find("name")->scalar);
    next = page->root.find("continue")->scalar;
  } while (!next.empty());
  EXPECT_EQ(names, (std::vector<std::string>{"a", "b", "big"}));
}

TEST_F(ServiceTest, ANodeShowsWhatHoldsItAndIsDrained) {
  start();
  ApiClient ann = client();
  ASSERT_TRUE(ann.post("/api/v1/workloads", body("one", 2)).has_value());
  const std::string token = notes_.token("one");
  const auto nodes = ann.get("/api/v1/nodes");
  ASSERT_TRUE(nodes.has_value()) << nodes.error().message;
  const Value& node = nodes->root.find("items")->items.front();
  EXPECT_EQ(node.find("name")->scalar, "n1");
  EXPECT_EQ(node.find("class")->scalar, "h100");
  EXPECT_EQ(node.find("free_accelerators")->scalar, "6");
  EXPECT_EQ(node.find("devices")->items[0].find("tasks")->items.front().scalar, "one/0");
  EXPECT_TRUE(node.find("devices")->items[2].find("tasks")->items.empty());
  ASSERT_TRUE(ann.post("/api/v1/nodes/n1/drain", {}).has_value());
  notes_.wait([&] { return notes_.stops.contains(token); });
  const auto drained = ann.get("/api/v1/nodes");
  const Value& out_of_use = drained->root.find("items")->items.front();
  EXPECT_EQ(out_of_use.find("health")->scalar, "quarantined");
  ASSERT_EQ(out_of_use.find("causes")->items.size(), 1U);
  EXPECT_EQ(out_of_use.find("causes")->items.front().find("cause")->scalar, "drained");
  EXPECT_EQ(out_of_use.find("why")->items.front().find("en")->scalar, "drained by an operator");
  ASSERT_TRUE(ann.post("/api/v1/nodes/n1/undrain", {}).has_value());
  EXPECT_EQ(ann.post("/api/v1/nodes/n9/drain", {}).error().code, ErrorCode::kNotFound);
}

// What a file tells of devices is acted on, from the warning to the stop.
TEST_F(ServiceTest, IdleWorkIsWarnedAndStoppedByWhatAFileTells) {
  const std::string telemetry = folder_.path("telemetry");
  std::ofstream(telemetry) << "0 900\n1 0\n";
  usage_.sample = [telemetry] { return drivers::read_telemetry(telemetry); };
  usage_.pace = Duration{1'000'000};
  start();
  ApiClient ann = client();
  std::string idle = body("idle", 2);
  idle.insert(idle.size() - 1, R"(, "idle": {"limit": "10ms", "below": 0.05, "grace": "10ms"})");
  ASSERT_TRUE(ann.post("/api/v1/workloads", idle).has_value());
  const std::string token = notes_.token("idle");
  notes_.observe({token, drivers::ObservationKind::kStarted, {}, 0, 0, {}});
  await("confirmed", "idle");
  EXPECT_EQ(phase(ann, "idle"), "Running") << "its busiest device works";
  // In place at once, as whoever writes it should do.
  std::ofstream(telemetry + ".new") << "0 10\n1 0\n";
  std::filesystem::rename(telemetry + ".new", telemetry);
  await("idle-began", "idle");
  await("idle-warned", "idle");
  await("evicted", "idle");
  const auto seen = ann.get("/api/v1/workloads/idle/metrics");
  ASSERT_TRUE(seen.has_value()) << seen.error().message;
  ASSERT_FALSE(seen->root.find("at")->items.empty());
  EXPECT_EQ(seen->root.find("devices")->items.front().scalar, "2");
  EXPECT_EQ(seen->root.find("busy_thousandths")->items.size(), seen->root.find("at")->items.size());
  notes_.exits(token, 0);
  await("finished", "idle");
  EXPECT_EQ(phase(ann, "idle"), "Failed");
}

TEST_F(ServiceTest, ADeviceThatAFileCallsBrokenIsLeftAlone) {
  const std::string telemetry = folder_.path("telemetry");
  std::ofstream(telemetry) << "0 broken\n";
  usage_.sample = [telemetry] { return drivers::read_telemetry(telemetry); };
  usage_.pace = Duration{1'000'000};
  start();
  ApiClient ann = client();
  ApiClient listener = client();
  ASSERT_TRUE(
      listener
          .listen("/api/v1/events", "0.0",
                  [](const ApiEvent* event) { return event == nullptr || event->kind != "health"; })
          .has_value());
  const auto nodes = ann.get("/api/v1/nodes");
  const Value& node = nodes->root.find("items")->items.front();
  EXPECT_EQ(node.find("free_accelerators")->scalar, "7");
  EXPECT_EQ(node.find("why")->items.front().find("en")->scalar,
            "device 0: its driver reports it broken");
}

// However often the same is seen, one input is all that comes of it.
TEST(UsageDesk, UnchangedSamplesLeaveNoTrace) {
  const TestFolder folder;
  TestClock clock;
  const auto core = open_core(folder.path("journal"), clock);
  ASSERT_TRUE(core->input(Configure{small_world()}).has_value());
  Workload work = *small_workload("w", 2);
  work.tasks.clear();
  work.idle.limit = Duration::minutes(5);
  ASSERT_TRUE(core->input(Submit{std::make_shared<const Workload>(work)}).has_value());
  ASSERT_TRUE(core->input(Decide{true}).has_value());
  ASSERT_TRUE(core->commit().has_value());
  core->end();
  const auto look = [&](const drivers::DeviceSample& sample) {
    core->begin();
    observe_sample(*core, sample);
    const std::size_t steps = core->steps().size();
    EXPECT_TRUE(core->commit().has_value());
    core->end();
    return steps;
  };
  EXPECT_EQ(look({{{0, 900}, {1, 0}}, {}}), 0U) << "busy, as was thought";
  EXPECT_EQ(look({{{0, 10}, {1, 0}}, {}}), 1U);
  EXPECT_EQ(look({{{0, 20}, {1, 30}}, {}}), 0U) << "idle still";
  EXPECT_EQ(look({{{5, 900}}, {}}), 0U) << "not one of its devices";
  EXPECT_EQ(look({{{0, 600}}, {}}), 1U);
  EXPECT_EQ(look({{}, {3}}), 1U);
  EXPECT_EQ(look({{}, {3}}), 0U);
  EXPECT_EQ(look({{{3, 0}}, {}}), 1U) << "well again";
  EXPECT_EQ(look({{{900, 0}}, {900}}), 0U) << "a device that the node does not have";
}

// A node that is gone keeps its place in the list, and is not the machine that is looked at.
TEST(UsageDesk, TheOneNodeThatThereIsIsMeant) {
  const TestFolder folder;
  TestClock clock;
  const auto core = open_core(folder.path("journal"), clock);
  ASSERT_TRUE(core->input(Configure{small_world()}).has_value());
  auto moved = std::make_shared<World>(*small_world());
  moved->fleet.nodes.front().name = "n2";
  ASSERT_TRUE(core->input(Configure{moved}).has_value());
  ASSERT_EQ(core->state().world->fleet.nodes.size(), 2U);
  observe_sample(*core, {{}, {3}});
  EXPECT_EQ(observed_health(core->state(), {NodeId{1U}, 3}), Health::kQuarantined);
  EXPECT_EQ(observed_health(core->state(), {NodeId{0U}, 3}), Health::kHealthy);
}

TEST_F(ServiceTest, WithoutPricesThereAreNoBudgetsAndNoCosts) {
  start();
  ApiClient ann = client();
  EXPECT_TRUE(ann.get("/api/v1/budgets")->root.find("items")->items.empty());
  EXPECT_TRUE(ann.get("/api/v1/costs?by=project")->root.find("items")->items.empty());
  EXPECT_EQ(ann.get("/api/v1/costs?by=moon").error().code, ErrorCode::kInvalidInput);
}

TEST_F(ServiceTest, ALogThatIsNotThereIsNotFound) {
  start();
  ApiClient ann = client();
  ASSERT_TRUE(ann.post("/api/v1/workloads", body("one")).has_value());
  for (const char* target :
       {"/api/v1/workloads/one/logs", "/api/v1/workloads/one/logs?task=7",
        "/api/v1/workloads/none/logs", "/api/v1/workloads/one/logs?follow=true"})
    EXPECT_EQ(ann.get_text(target).error().code, ErrorCode::kNotFound) << target;
  for (const char* target : {"?task=x", "?stream=both", "?offset=-1", "?follow=yes"})
    EXPECT_EQ(ann.get_text("/api/v1/workloads/one/logs" + std::string(target)).error().code,
              ErrorCode::kInvalidInput)
        << target;
}

TEST_F(ServiceTest, WithoutATokenNothingIsToldButHealth) {
  start();
  net::Client plain;
  const auto url = net::parse_url("http://" + service_->address());
  for (const Route& route : Api::routes()) {
    std::string path(route.pattern);
    for (auto at = path.find('{'); at != std::string::npos; at = path.find('{'))
      path.replace(at, path.find('}') + 1 - at, "x");
    net::ClientRequest request;
    request.method = route.method;
    const auto answer = plain.send(url->at(path), request);
    ASSERT_TRUE(answer.has_value()) << path;
    EXPECT_EQ(answer->status, route.need == Need::kNothing ? 200 : 401) << path;
  }
}

// Two tenants: whatever one names of the other's is answered as if it were not there.
TEST_F(ServiceTest, API1_OneTenantDoesNotLearnOfAnothers) {
  start();
  ApiClient admin = client();
  const auto made = [&](const std::string& name, const std::string& project) {
    EXPECT_TRUE(admin.post("/api/v1/principals", R"({"kind": "user", "name": ")" + name + R"("})"));
    EXPECT_TRUE(admin.put("/api/v1/principals/" + name + "/roles",
                          R"({"project": ")" + project + R"(", "role": "manager"})"));
    const auto key = admin.post("/api/v1/keys", R"({"principal": ")" + name + R"("})");
    EXPECT_TRUE(key.has_value()) << key.error().message;
    return key ? key->root.find("token")->scalar : std::string{};
  };
  ApiClient ann = client(made("ann", "acme/a"));
  ApiClient bob = client(made("bob", "acme/b"));
  ASSERT_TRUE(ann.post("/api/v1/workloads", body("secret")).has_value());
  EXPECT_EQ(ann.get("/api/v1/workloads")->root.find("items")->items.size(), 1U);
  EXPECT_TRUE(bob.get("/api/v1/workloads")->root.find("items")->items.empty());

  const auto same = [&](const Result<Document>& hidden, const Result<Document>& absent,
                        const std::string& name, const std::string& other) {
    ASSERT_FALSE(hidden.has_value());
    ASSERT_FALSE(absent.has_value());
    EXPECT_EQ(hidden.error().code, absent.error().code);
    std::string told = hidden.error().message;
    for (auto at = told.find(name); at != std::string::npos; at = told.find(name))
      told.replace(at, name.size(), other);
    EXPECT_EQ(told, absent.error().message);
  };
  same(bob.get("/api/v1/workloads/secret"), bob.get("/api/v1/workloads/absent"), "secret",
       "absent");
  same(bob.get("/api/v1/workloads/secret/explain"), bob.get("/api/v1/workloads/absent/explain"),
       "secret", "absent");
  same(bob.post("/api/v1/workloads/secret/cancel", {}),
       bob.post("/api/v1/workloads/absent/cancel", {}), "secret", "absent");
  const std::string theirs = R"({"name": "x", "project": "acme/a"})";
  const std::string nowhere = R"({"name": "x", "project": "acme/q"})";
  same(bob.post("/api/v1/workloads", theirs), bob.post("/api/v1/workloads", nowhere), "acme/a",
       "acme/q");
  EXPECT_NE(phase(ann, "secret"), "Cancelled") << "nothing of it was touched";
}

TEST_F(ServiceTest, API5_ARoleCanDoWhatItsTableSaysAndNoMore) {
  start();
  ApiClient admin = client();
  ASSERT_TRUE(admin.post("/api/v1/principals", R"({"kind": "user", "name": "vera"})"));
  ASSERT_TRUE(
      admin.put("/api/v1/principals/vera/roles", R"({"project": "acme", "role": "viewer"})"));
  const auto key = admin.post("/api/v1/keys", R"({"principal": "vera"})");
  ASSERT_TRUE(key.has_value()) << key.error().message;
  ApiClient vera = client(key->root.find("token")->scalar);
  ASSERT_TRUE(admin.post("/api/v1/workloads", body("one")).has_value());
  EXPECT_TRUE(vera.get("/api/v1/workloads/one").has_value());
  for (const auto& refused :
       {vera.post("/api/v1/workloads", body("two")), vera.post("/api/v1/workloads/one/cancel", {}),
        vera.put("/api/v1/principals/vera/roles", R"({"project": "acme", "role": "admin"})"),
        vera.post("/api/v1/principals", R"({"kind": "user", "name": "eve"})"),
        vera.get("/api/v1/audit")}) {
    ASSERT_FALSE(refused.has_value());
    EXPECT_TRUE(refused.error().code == ErrorCode::kDenied ||
                refused.error().code == ErrorCode::kNotFound)
        << refused.error().message;
  }
  // A key that was ended opens nothing any more.
  ASSERT_TRUE(admin.remove("/api/v1/keys/" + key->root.find("id")->scalar).has_value());
  const auto ended = vera.get("/api/v1/workloads");
  ASSERT_FALSE(ended.has_value());
  EXPECT_EQ(ended.error().code, ErrorCode::kDenied);
}

TEST_F(ServiceTest, EveryMutationAndRefusalIsInTheAuditLogWhichVerifies) {
  start();
  ApiClient admin = client();
  ASSERT_TRUE(admin.post("/api/v1/workloads", body("one")).has_value());
  ASSERT_TRUE(admin.post("/api/v1/workloads/one/cancel", {}).has_value());
  ASSERT_FALSE(client("sillar_wrong").get("/api/v1/workloads").has_value());
  ASSERT_FALSE(admin.post("/api/v1/workloads", body("one")).has_value());
  const auto audit = admin.get("/api/v1/audit");
  ASSERT_TRUE(audit.has_value()) << audit.error().message;
  std::string told;
  for (const Value& leaf : audit->root.find("items")->items)
    told += leaf.find("action")->scalar + " " + leaf.find("outcome")->scalar + "\n";
  EXPECT_EQ(told,
            "workload.submit refused\nkey.manage refused\nworkload.control allowed\n"
            "workload.submit allowed\n");
  stop();
  const auto verdict = verify_audit({folder_.path("data") + "/journal", {}, {}});
  ASSERT_TRUE(verdict.has_value()) << verdict.error().message;
  EXPECT_TRUE(verdict->intact) << verdict->fault;
  EXPECT_EQ(verdict->head.size, 4U);
  EXPECT_GE(verdict->checkpoints, 1U);
}

TEST_F(ServiceTest, P17_TheSecretOfAKeyIsNowhereOnDisk) {
  start();
  ApiClient admin = client();
  const auto key = admin.post("/api/v1/keys", R"({"label": "ci"})", "key-of-the-request");
  ASSERT_TRUE(key.has_value()) << key.error().message;
  const std::string token = key->root.find("token")->scalar;
  const auto again = admin.post("/api/v1/keys", R"({"label": "ci"})", "key-of-the-request");
  ASSERT_TRUE(again.has_value()) << again.error().message;
  EXPECT_EQ(again->root.find("token")->kind, Value::Kind::kNull) << "it is shown once";
  stop();
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path("data"))) {
    if (!entry.is_regular_file()) continue;
    const std::string bytes = journal::bytes_of_file(entry.path());
    EXPECT_EQ(bytes.find(token.substr(24)), std::string::npos) << entry.path();
  }
}

}  // namespace
}  // namespace sillar::server
