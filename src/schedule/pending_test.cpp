#include "schedule/pending.h"

#include <gtest/gtest.h>

namespace sillar::schedule {
namespace {

PendingKey key(std::int32_t priority, std::uint32_t job) {
  return {priority, 0, Time::from_seconds(job), WorkloadId{job}};
}

TEST(PendingJobs, GroupsKnowTheirFirst) {
  PendingJobs jobs;
  EXPECT_TRUE(jobs.empty());
  jobs.insert(RequestId{7U}, key(50, 1));
  jobs.insert(RequestId{2U}, key(50, 2));
  jobs.insert(RequestId{7U}, key(75, 3));
  ASSERT_NE(jobs.find(RequestId{7U}), nullptr);
  EXPECT_EQ(jobs.find(RequestId{7U})->begin()->job, WorkloadId{3U});
  EXPECT_EQ(jobs.heads()[0].request, RequestId{2U}) << "in order of requests";
  EXPECT_EQ(jobs.heads()[1].first.job, WorkloadId{3U});
  jobs.erase(RequestId{7U}, key(75, 3));
  EXPECT_EQ(jobs.find(RequestId{7U})->begin()->job, WorkloadId{1U});
  jobs.erase(RequestId{7U}, key(50, 1));
  EXPECT_EQ(jobs.find(RequestId{7U}), nullptr);
  EXPECT_EQ(jobs.find(RequestId{3U}), nullptr);
  jobs.erase(RequestId{2U}, key(50, 2));
  EXPECT_TRUE(jobs.empty());
}

}  // namespace
}  // namespace sillar::schedule
