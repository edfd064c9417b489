#include "schedule/demand.h"

#include <gtest/gtest.h>

#include "schedule/board_fixture.h"

namespace sillar::schedule {
namespace {

DemandTask kind(std::int64_t cpu, std::int64_t count) {
  return {.cpu = cpu, .devices = 1, .thousandths = 1000, .classes = {true}, .count = count};
}

TEST(Demand, TypicalTasksCoverNineteenInTwenty) {
  // 60 and 34 of 100 are too few, 4 more are enough; equal kinds are one.
  const std::vector<DemandTask> typical =
      typical_tasks({kind(1, 30), kind(2, 34), kind(3, 4), kind(4, 2), kind(1, 30), kind(5, 0)});
  ASSERT_EQ(typical.size(), 3U);
  EXPECT_EQ(typical[0].count, 60);
  EXPECT_EQ(typical[1].cpu, 2);
  EXPECT_EQ(typical[2].cpu, 3);
  EXPECT_TRUE(typical_tasks({}).empty());
}

TEST(Demand, EqualCountsGoByWhatTheyAskFor) {
  const std::vector<DemandTask> typical =
      typical_tasks({kind(9, 1), kind(3, 1), kind(7, 1), kind(5, 1)});
  EXPECT_EQ(typical[0].cpu, 3);
  EXPECT_EQ(typical[3].cpu, 9);
  const std::vector<DemandTask> published =
      typical_tasks({kind(9, 1), kind(3, 1), kind(7, 1), kind(5, 2)}, EqualCounts::kMoreFirst);
  EXPECT_EQ(published[0].cpu, 5);
  EXPECT_EQ(published[1].cpu, 9);
  EXPECT_EQ(published[3].cpu, 3);
}

TEST(Demand, IsLookedAtAtMomentsThatDoublingReaches) {
  const std::vector<std::pair<std::size_t, std::size_t>> moments{
      {0, 0},           {1, 1},
      {2, 2},           {3, 2},
      {4, 4},           {255, 128},
      {511, 256},       {512, 512},
      {1023, 512},      {1024, 1024},
      {8191, 7680},     {9300, 9216},
      {40'000, 36'864}, {123'456, 122'880}};
  for (const auto& [arrived, moment] : moments)
    EXPECT_EQ(ObservedDemand::moment(arrived), moment) << arrived;
}

class Arrivals : public ::testing::Test {
 protected:
  Arrivals() {
    board_.set_fleet(plain_fleet(4), Rules::kSillar);
    board_.set_projects(std::vector<Project>{plain_project("a", kUnlimited)});
  }
  void arrive(std::int32_t tasks, std::int32_t devices) {
    board_.add_job(ProjectId{0}, plain_workload("w", tasks, devices), {});
  }

  Board board_;
};

TEST_F(Arrivals, AreCountedByTask) {
  arrive(1, 1);
  arrive(10, 8);
  arrive(1, 64);  // No node could ever hold this one.
  arrive(5, 1);
  ObservedDemand observed;
  EXPECT_TRUE(observed.update(board_));
  EXPECT_FALSE(observed.update(board_));
  const std::vector<DemandTask> typical = observed.typical(board_);
  ASSERT_EQ(typical.size(), 2U);
  EXPECT_EQ(typical[0].devices, 8);
  EXPECT_EQ(typical[0].count, 10);
  EXPECT_EQ(typical[1].count, 6);
  EXPECT_EQ(typical[1].classes, std::vector<bool>{true});
}

TEST_F(Arrivals, AreTheSameForALateObserver) {
  ObservedDemand early;
  for (std::size_t i = 0; i < ObservedDemand::kWindow + 2345; ++i) {
    arrive(1, i % 97 == 0 ? 2 : (i < 3000 ? 8 : 1));
    if (i % 7 == 0) early.update(board_);
  }
  early.update(board_);
  ObservedDemand late;
  late.update(board_);
  EXPECT_EQ(early.moment(), late.moment());
  const std::vector<DemandTask> seen = early.typical(board_);
  const std::vector<DemandTask> afresh = late.typical(board_);
  ASSERT_EQ(seen.size(), afresh.size());
  std::int64_t counted = 0;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    EXPECT_EQ(seen[i].count, afresh[i].count);
    EXPECT_EQ(seen[i].devices, afresh[i].devices);
    counted += seen[i].count;
  }
  EXPECT_LE(counted, static_cast<std::int64_t>(ObservedDemand::kWindow));
}

TEST_F(Arrivals, OfCutAndSharedDevicesCountTheirThousandths) {
  Fleet fleet = plain_fleet(2);
  fleet.classes[0].mig = {{"1g.10gb", 142, std::int64_t{10} << 30, 1, 0x7F}};
  Board board;
  board.set_fleet(fleet, Rules::kSillar);
  board.set_projects(std::vector<Project>{plain_project("a", kUnlimited)});
  Workload work;
  work.request.mig = "1g.10gb";
  const WorkloadId cut = board.add_job(ProjectId{0}, work, {});
  work.request = Request{};
  work.request.accelerator_memory = std::int64_t{20} << 30;
  const WorkloadId shared = board.add_job(ProjectId{0}, work, {});
  EXPECT_EQ(demand_of(board, board.job(cut).request).thousandths, 142);
  EXPECT_EQ(demand_of(board, board.job(shared).request).thousandths, 250);
}

}  // namespace
}  // namespace sillar::schedule
