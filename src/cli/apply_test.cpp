// plan -f, apply and get config against a service in this process.

#include <gtest/gtest.h>

#include "cli/served_fixture.h"

namespace sillar::cli {
namespace {

class ApplyVerb : public ServedTest {
 protected:
  ApplyVerb() {
    serve();
    process_.files["c.yaml"] =
        "projects:\n  - {name: acme, priority: 3}\n  - {name: acme/a}\n  - {name: acme/b}\n"
        "  - {name: new, quota: {h100: {deserved: 1}}}\n";
  }
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
