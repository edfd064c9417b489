// Configuring a running service: what is shown can be taken over, what was planned is what happens,
// and what cannot be changes nothing.

#include "engine/fact_text.h"
#include "engine/recording.h"
#include "server/service_fixture.h"

namespace sillar::server {
namespace {

class ConfigTest : public ServiceTest {
 protected:
  static std::string asked(const std::string& document, const std::string& base = {}) {
    const std::string tail = base.empty() ? "}" : R"(, "base": ")" + base + "\"}";
    return R"({"document": )" + document + tail;
  }
  static std::string text_of(const Result<Document>& answer, std::string_view key) {
    if (!answer) return answer.error().message;
    const Value* value = answer->root.find(key);
    return value == nullptr ? "" : value->scalar;
  }
  static std::size_t changes(const Result<Document>& answer) {
    return answer ? answer->root.find("changes")->items.size() : 1000;
  }
  std::string config() {
    const auto answer = client().get("/api/v1/config");
    EXPECT_TRUE(answer.has_value()) << answer.error().message;
    return answer ? print_json(answer->root, 0) : "";
  }
  Result<Document> plan(const std::string& document) {
    return client().post("/api/v1/plan", asked(document));
  }
  Result<Document> apply(const std::string& document, const std::string& base) {
    return client().post("/api/v1/apply", asked(document, base));
  }
};

constexpr const char* kTwoProjects =
    R"({"projects": [{"name": "acme"}, {"name": "acme/a", "priority": 3}, {"name": "acme/new"}]})";

TEST_F(ConfigTest, WhatIsShownIsWhatIsThere) {
  start();
  EXPECT_EQ(changes(plan(config())), 0U);
}

TEST_F(ConfigTest, APlanIsTakenOverAndOutlivesARestart) {
  start();
  const std::string before = config();
  const auto planned = plan(kTwoProjects);
  ASSERT_TRUE(planned.has_value()) << planned.error().message;
  EXPECT_GE(changes(planned), 2U);
  EXPECT_EQ(config(), before) << "a plan changes nothing";
  const auto applied = apply(kTwoProjects, text_of(planned, "base"));
  ASSERT_TRUE(applied.has_value()) << applied.error().message;
  EXPECT_EQ(text_of(applied, "id"), text_of(planned, "id"));
  const std::string after = config();
  EXPECT_NE(after, before);
  EXPECT_NE(after.find("acme/new"), std::string::npos);
  EXPECT_EQ(changes(plan(kTwoProjects)), 0U);
  const auto submitted =
      client().post("/api/v1/workloads",
                    R"({"name": "w", "project": "acme/new", "request": {"accelerators": 1},
          "run": {"command": ["true"]}})");
  EXPECT_TRUE(submitted.has_value()) << submitted.error().message;
  stop();
  start();
  EXPECT_EQ(config(), after);
  EXPECT_EQ(text_of(plan(kTwoProjects), "base"), text_of(applied, "hash"));
}

TEST_F(ConfigTest, AStalePlanIsRefused) {
  start();
  const auto first = plan(kTwoProjects);
  const std::string other = R"({"options": {"placement": "spread"}})";
  const auto second = plan(other);
  ASSERT_TRUE(apply(other, text_of(second, "base")).has_value());
  const std::string before = config();
  const auto late = apply(kTwoProjects, text_of(first, "base"));
  ASSERT_FALSE(late.has_value());
  EXPECT_EQ(late.error().code, ErrorCode::kConflict);
  EXPECT_EQ(config(), before);
}

TEST_F(ConfigTest, WhatContradictsItselfIsRefusedAndChangesNothing) {
  start();
  const std::string before = config();
  const std::string base = text_of(plan("{\"options\": {}}"), "base");
  for (const auto& [document, said] : {
           std::pair{R"({"projects": [{"name": "a"}, {"name": "a"}]})", "another 'a'"},
           {R"({"projects": [{"name": "a/b"}]})", "projects[0]"},
           {R"({"projects": [{"name": "a", "quota": {"tpu": {"deserved": 1}}}]})", "tpu"},
           {R"({"options": {"placement": "upwards"}})", "upwards"},
           {R"({"options": {"rounds": 3}})", "only a scenario"},
           {R"({"workloads": []})", "submit it"},
           {R"({"fleet": {"nodes": [{"name": "x", "class": "h100", "accelerators": 99}]}})", "99"},
           {R"({"nothing": 1})", "options, fleet or projects"},
       }) {
    for (const auto& answer : {plan(document), apply(document, base)}) {
      ASSERT_FALSE(answer.has_value()) << document;
      EXPECT_NE(answer.error().message.find(said), std::string::npos) << answer.error().message;
      EXPECT_EQ(answer.error().code, ErrorCode::kInvalidInput) << document;
    }
  }
  for (const char* body : {"[]", "{}", R"({"document": {}, "text": "a"})", R"({"other": 1})",
                           R"({"document": {"options": {}}})"})
    EXPECT_FALSE(client().post("/api/v1/apply", body).has_value()) << body;
  EXPECT_EQ(config(), before);
}

TEST_F(ConfigTest, WorkStandsAgainstAChangeThatWouldLoseIt) {
  start();
  ApiClient api = client();
  ASSERT_TRUE(api.post("/api/v1/workloads", body("w")).has_value());
  (void)await("started", "w");
  const std::string before = config();
  const std::string without = R"({"projects": [{"name": "acme"}, {"name": "acme/b"}]})";
  const auto planned = plan(without);
  ASSERT_FALSE(planned.has_value());
  EXPECT_EQ(planned.error().code, ErrorCode::kConflict);
  EXPECT_NE(planned.error().message.find("acme/a"), std::string::npos) << planned.error().message;
  const auto empty = plan(R"({"fleet": {}})");
  ASSERT_FALSE(empty.has_value());
  EXPECT_NE(empty.error().message.find("drain it first"), std::string::npos);
  EXPECT_EQ(config(), before);
}

// What would have to leave is said, and leaves when it is done.
TEST_F(ConfigTest, ConsequencesAreToldAndHappen) {
  start();
  ApiClient api = client();
  ASSERT_TRUE(api.post("/api/v1/workloads", body("w")).has_value());
  (void)await("started", "w");
  const std::string elsewhere =
      R"({"projects": [{"name": "acme"}, {"name": "acme/a", "residency": {"countries": ["FR"]}}]})";
  const auto planned = plan(elsewhere);
  ASSERT_TRUE(planned.has_value()) << planned.error().message;
  const Value* consequences = planned->root.find("consequences");
  ASSERT_EQ(consequences->find("evicted")->items.size(), 1U);
  EXPECT_EQ(consequences->find("evicted")->items[0].find("workload")->scalar, "w");
  EXPECT_EQ(consequences->find("stuck")->items.size(), 1U);
  ASSERT_TRUE(apply(elsewhere, text_of(planned, "base")).has_value());
  EXPECT_NE(await("evicted", "w"), "");
}

TEST_F(ConfigTest, ThisMachineStaysAsItIs) {
  machine_ = world_->fleet.nodes.front().name;
  start();
  const auto planned =
      plan(R"({"fleet": {"nodes": [{"name": "other", "cpu": 4, "memory": "8Gi"}]}})");
  ASSERT_FALSE(planned.has_value());
  EXPECT_EQ(planned.error().code, ErrorCode::kConflict);
  EXPECT_NE(planned.error().message.find("is this machine"), std::string::npos);
}

TEST_F(ConfigTest, AFilesFaultsAreToldByLine) {
  start();
  const auto planned = client().post(
      "/api/v1/plan", R"({"name": "c.yaml", "text": "projects:\n  - name: a\n    colour: red\n"})");
  ASSERT_FALSE(planned.has_value());
  EXPECT_NE(planned.error().message.find("c.yaml:3:5"), std::string::npos)
      << planned.error().message;
}

}  // namespace
}  // namespace sillar::server
