// plan -f, apply and get config against a service in this process.

#include <gtest/gtest.h>
#include <stdlib.h>

#include <chrono>
#include <filesystem>

#include "base/document.h"
#include "cli/cli_fixture.h"
#include "model/text.h"
#include "server/service.h"

namespace sillar::cli {
namespace {

class IdleDriver : public drivers::Driver {
 public:
  Status launch(const drivers::LaunchOrder&) override { return {}; }
  Status stop(const drivers::StopOrder&) override { return {}; }
  Result<std::vector<drivers::Found>> list() override { return std::vector<drivers::Found>{}; }
  Status forget(std::string_view) override { return {}; }
};

class ApplyVerb : public testing::Test {
 protected:
  ApplyVerb() {
    std::string path = (std::filesystem::temp_directory_path() / "sillar-XXXXXX").string();
    EXPECT_NE(::mkdtemp(path.data()), nullptr);
    folder_ = path;
    start();
    process_.files["c.yaml"] =
        "projects:\n  - {name: a, priority: 3}\n  - {name: b, quota: {h100: {deserved: 1}}}\n";
  }
  ~ApplyVerb() override {
    service_.reset();
    std::filesystem::remove_all(folder_);
  }

  void start() {
    const auto document = parse_document("world", R"(
fleet:
  classes: [{name: h100, memory: 80Gi}]
  nodes: [{name: n1, class: h100, accelerators: 2, cpu: 8, memory: 64Gi}]
projects: [{name: a}]
)");
    auto scenario = load_scenario(*document);
    ASSERT_TRUE(scenario.has_value()) << scenario.error().message;
    auto world = std::make_shared<World>();
    world->fleet = scenario->fleet;
    world->projects = scenario->projects;
    server::ServiceOptions options;
    options.data = folder_ + "/data";
    options.tasks_folder = folder_ + "/tasks";
    options.world = world;
    options.clock = [] {
      return Time{std::chrono::system_clock::now().time_since_epoch().count()};
    };
    options.remark = [](const std::string&) {};
    options.fatal = [](const Error& error) { FAIL() << error.message; };
    options.os_user = "nobody";
    options.make_driver = [](server::DriverSeat) -> Result<std::unique_ptr<drivers::Driver>> {
      return std::make_unique<IdleDriver>();
    };
    auto service = server::Service::start(std::move(options));
    ASSERT_TRUE(service.has_value()) << service.error().message;
    service_ = std::move(*service);
    process_.environment["SILLAR_SERVER"] = "http://" + service_->address();
    process_.environment["SILLAR_TOKEN"] = *read_file(folder_ + "/data/" + server::kFirstTokenFile);
  }

  std::string folder_;
  std::unique_ptr<server::Service> service_;
  TestProcess process_;
};

TEST_F(ApplyVerb, WhatGetPrintsIsTakenBackWithoutAChange) {
  const Outcome config = process_.run({"get", "config", "-o", "yaml"});
  ASSERT_EQ(config.code, 0) << config.err;
  process_.files["same.yaml"] = config.out;
  const Outcome plan = process_.run({"plan", "-f", "same.yaml", "--detailed-exitcode"});
  EXPECT_EQ(plan.code, 0) << plan.err;
  EXPECT_NE(plan.err.find("Nothing changes."), std::string::npos) << plan.err;
  EXPECT_EQ(process_.run({"apply", "-f", "same.yaml", "--yes"}).code, 0);
}

TEST_F(ApplyVerb, PlansShowsAndTakesOver) {
  const Outcome plan = process_.run({"plan", "-f", "c.yaml", "--detailed-exitcode"});
  EXPECT_EQ(plan.code, 2) << plan.err;
  EXPECT_NE(plan.out.find("priority"), std::string::npos) << plan.out;
  EXPECT_NE(plan.err.find("To add: 1. To change: 1. To remove: 0."), std::string::npos) << plan.err;
  EXPECT_EQ(process_.run({"apply", "-f", "c.yaml"}).code, 2) << "nobody sits here";
  const Outcome applied = process_.run({"apply", "-f", "c.yaml", "--yes", "--lang", "es"});
  EXPECT_EQ(applied.code, 0) << applied.err;
  EXPECT_NE(applied.out.find("añadir"), std::string::npos) << applied.out;
  EXPECT_NE(applied.err.find("Está en vigor."), std::string::npos) << applied.err;
  EXPECT_EQ(process_.run({"plan", "-f", "c.yaml", "--detailed-exitcode"}).code, 0);
}

TEST_F(ApplyVerb, APlanThatWasKeptGoesStale) {
  ASSERT_EQ(process_.run({"plan", "-f", "c.yaml", "--out", "late.plan", "-o", "json"}).code, 0);
  process_.files["late.plan"] = process_.files["./late.plan"];
  process_.files["other.yaml"] = "options: {placement: spread}\n";
  ASSERT_EQ(process_.run({"apply", "-f", "other.yaml", "--yes"}).code, 0);
  const Outcome late = process_.run({"apply", "late.plan"});
  EXPECT_EQ(late.code, 6) << late.err;
  ASSERT_EQ(process_.run({"plan", "-f", "c.yaml", "--out", "good.plan"}).code, 0);
  process_.files["good.plan"] = process_.files["./good.plan"];
  EXPECT_EQ(process_.run({"apply", "good.plan"}).code, 0);
  EXPECT_EQ(process_.run({"apply", "c.yaml"}).code, 2) << "that is no plan";
}

TEST_F(ApplyVerb, FaultsAreToldByLine) {
  process_.files["bad.yaml"] = "projects:\n  - {name: a}\n  - {name: a}\n";
  const Outcome plan = process_.run({"plan", "-f", "bad.yaml"});
  EXPECT_EQ(plan.code, 2);
  EXPECT_NE(plan.err.find("bad.yaml:3:"), std::string::npos) << plan.err;
  EXPECT_EQ(process_.run({"plan", "-f", "bad.yaml", "--detailed-exitcode"}).code, 1);
  EXPECT_EQ(process_.run({"apply", "-f", "bad.yaml", "--yes"}).code, 2);
}

}  // namespace
}  // namespace sillar::cli
