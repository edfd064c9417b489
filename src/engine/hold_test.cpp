// Holding and releasing.

#include "engine/life_fixture.h"

namespace sillar {
namespace {

class HoldTest : public LifeFixture {};

TEST_F(HoldTest, WhatIsHeldWaitsUntilItIsReleased) {
  Workload work = gang("w", 2);
  work.held = true;
  EXPECT_EQ(submit(work), "submitted, workload-held");
  EXPECT_EQ(reason("w"), "held-by-owner");
  EXPECT_EQ(decide(), "");
  EXPECT_EQ(job("w").pending, 2);
  EXPECT_EQ(feed(Release{"w"}), "workload-released");
  EXPECT_EQ(reason("w"), "");
  EXPECT_EQ(decide(), "started, started");
  EXPECT_EQ(feed(Release{"w"}), "") << "nothing holds it";
}

TEST_F(HoldTest, WhatRunsGoesOnButDoesNotComeBack) {
  submit(gang("w", 2));
  decide();
  EXPECT_EQ(feed(Hold{"w"}), "workload-held");
  EXPECT_EQ(feed(Hold{"w"}), "") << "it is held";
  EXPECT_EQ(decide(), "");
  EXPECT_EQ(job("w").running, 2);
  feed(HealthObserved{NodeId{0}, 0, Health::kQuarantined});
  feed(TaskObserved{task("w/0"), TaskEvent::kStopped});
  feed(TaskObserved{task("w/1"), TaskEvent::kStopped});
  EXPECT_EQ(decide(), "");
  EXPECT_EQ(job("w").pending, 2);
  feed(Release{"w"});
  EXPECT_EQ(decide(), "started, started");
}

TEST_F(HoldTest, WhatIsPromisedIsWithdrawn) {
  submit(gang("low", 4));
  decide();
  Workload high = gang("high", 4);
  high.priority = 90;
  submit(high);
  decide();
  EXPECT_EQ(job("high").reserved, 4);
  EXPECT_EQ(feed(Hold{"high"}),
            "promise-withdrawn, promise-withdrawn, promise-withdrawn, promise-withdrawn, "
            "workload-held");
  for (const char* name : {"low/0", "low/1", "low/2", "low/3"})
    feed(TaskObserved{task(name), TaskEvent::kStopped});
  EXPECT_EQ(decide(), "started, started, started, started");
  EXPECT_EQ(job("low").running, 4);
}

TEST_F(HoldTest, OneThatDoesNotExistOrIsOver) {
  EXPECT_EQ(feed(Hold{"w"}), "error: there is no workload 'w'");
  submit(gang("w", 1));
  feed(Cancel{"w"});
  EXPECT_EQ(feed(Hold{"w"}), "");
}

}  // namespace
}  // namespace sillar
