#include "engine/dependents.h"

#include "engine/life_fixture.h"
#include "engine/workload_phase.h"

namespace sillar {
namespace {

class DependentsTest : public LifeFixture {
 protected:
  std::string submit_after(const std::string& name, std::vector<Dependency> after) {
    Workload work = gang(name, 1);
    work.after = std::move(after);
    return submit(work);
  }
  std::string end(const std::string& name, TaskEvent event) {
    return feed(TaskObserved{task(name + "/0"), event, event == TaskEvent::kFailed ? 1 : 0});
  }
  [[nodiscard]] std::string_view phase(const std::string& name) const {
    return phase_name(workload_phase(state_, id(name)));
  }
  static constexpr DependencyKind kOk = DependencyKind::kAfterOk;
  static constexpr DependencyKind kAny = DependencyKind::kAfterAny;
};

TEST_F(DependentsTest, WaitUntilAllAreOver) {
  submit(gang("a", 1));
  submit(gang("b", 1));
  EXPECT_EQ(submit_after("w", {{"a", kOk}, {"b", kAny}}), "submitted, workload-held");
  EXPECT_EQ(reason_text(*state_.workloads[2].reason, Language::kEnglish),
            "It waits for a to be over.");
  EXPECT_EQ(decide(), "started, started");
  EXPECT_EQ(end("a", TaskEvent::kSucceeded), "finished, workload-held");
  EXPECT_EQ(reason_text(*state_.workloads[2].reason, Language::kEnglish),
            "It waits for b to be over.");
  EXPECT_EQ(end("b", TaskEvent::kFailed), "finished, workload-released");
  EXPECT_EQ(decide(), "started");
}

TEST_F(DependentsTest, AreCancelledWhenWhatTheyNeedFails) {
  submit(gang("a", 1));
  submit_after("ok", {{"a", kOk}});
  submit_after("then", {{"ok", kOk}});
  submit_after("always", {{"then", kAny}});
  decide();
  EXPECT_EQ(end("a", TaskEvent::kFailed),
            "finished, cancelled, finished, cancelled, finished, workload-released");
  EXPECT_EQ(phase("ok"), "Cancelled");
  EXPECT_EQ(phase("then"), "Cancelled");
  EXPECT_EQ(phase("always"), "Submitted");
  EXPECT_EQ(reason_text(*state_.workloads[id("then").index()].end_reason, Language::kEnglish),
            "ok, for which it waited, did not succeed.");
}

TEST_F(DependentsTest, ACancelledOneCountsAsFailed) {
  submit(gang("a", 1));
  submit_after("ok", {{"a", kOk}});
  EXPECT_EQ(feed(Cancel{"a"}), "cancelled, finished, cancelled, finished");
}

TEST_F(DependentsTest, WhatCannotComeTrueIsRefused) {
  EXPECT_EQ(submit_after("w", {{"nobody", kOk}}), "refused");
  submit(gang("a", 1));
  decide();
  end("a", TaskEvent::kFailed);
  EXPECT_EQ(submit_after("ok", {{"a", kOk}}), "refused");
  EXPECT_EQ(submit_after("any", {{"a", kAny}}), "submitted") << "it is over already";
}

TEST_F(DependentsTest, SeveralCausesHoldUntilTheLast) {
  submit(gang("a", 1));
  Workload work = gang("w", 1);
  work.held = true;
  work.after = {{"a", kOk}};
  EXPECT_EQ(submit(work), "submitted, workload-held, workload-held");
  EXPECT_EQ(reason("w"), "held-by-owner");
  feed(Release{"w"});
  EXPECT_EQ(reason("w"), "waits-for-dependency");
  decide();
  EXPECT_EQ(end("a", TaskEvent::kSucceeded), "finished, workload-released");
  EXPECT_EQ(phase("w"), "Submitted");
}

}  // namespace
}  // namespace sillar
