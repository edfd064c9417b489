#include "simulate/published_policies.h"

#include <gtest/gtest.h>

#include "schedule/board_fixture.h"
#include "simulate/reproduce_fgd.h"

namespace sillar {
namespace {

using schedule::Board;
using schedule::PlacementIndex;
using schedule::Room;

// Three nodes of 128 cores: an idle one of eight GPUs, one of eight with 300 of its first GPU
// taken, and an idle one of two.
class Published : public ::testing::Test {
 protected:
  Published() {
    Fleet fleet = schedule::plain_fleet(3);
    for (Node& node : fleet.nodes) node.cpu = 128'000;
    fleet.nodes[2].accelerators = 2;
    board_.set_fleet(fleet, Rules::kSillar);
    board_.set_projects(std::vector<Project>{schedule::plain_project("a", kUnlimited)});
    const WorkloadId job = add({.fraction = 300, .cpu = 0});
    board_.start(TaskId{board_.job(job).first_task}, shape_of(job), {NodeId{1}, 1, 0}, Time{});
  }

  struct Ask {
    std::int32_t gpus = 0;
    std::int64_t fraction = 0;
    std::int64_t cpu = 0;
  };
  WorkloadId add(const Ask& ask) {
    Workload work;
    work.request.accelerators = ask.gpus;
    work.request.fraction = ask.fraction;
    work.request.cpu = ask.cpu;
    return board_.add_job(ProjectId{0}, work, {});
  }
  [[nodiscard]] ShapeId shape_of(WorkloadId job) const {
    return board_.request(board_.job(job).request).alternatives.front();
  }
  std::vector<std::int32_t> scores(std::string_view policy, const Ask& ask) {
    const auto scorer = reproduced_scorer(policy, nullptr, board_.fleet());
    PlacementIndex index(*scorer);
    const auto all = index.scores(board_, shape_of(add(ask)), Room::kNow);
    return {all.begin(), all.end()};
  }

  Board board_;
};

TEST_F(Published, DotProduct) {
  // 1 - (1/2 + 1/4) / 2 of 100 on an idle node of eight; 7700 and 2000 thousandths on the others.
  EXPECT_EQ(scores("dotprod", {.gpus = 2, .cpu = 64'000}), (std::vector{62, 62, 71}));
}

TEST_F(Published, BestFit) {
  // Left are 64 cores and 6000, 5700 and 0 thousandths.
  EXPECT_EQ(scores("bestfit", {.gpus = 2, .cpu = 64'000}), (std::vector{37, 39, 75}));
}

TEST_F(Published, GpuPacking) {
  EXPECT_EQ(scores("gpupacking", {.fraction = 500}), (std::vector{25, 93, 31}));
  EXPECT_EQ(scores("gpupacking", {.fraction = 800}), (std::vector{25, 49, 31}));
  EXPECT_EQ(scores("gpupacking", {.gpus = 2}), (std::vector{25, 48, 31}));
  EXPECT_EQ(scores("gpupacking", {.cpu = 1000}), (std::vector{0, 0, 0}));
}

TEST_F(Published, GpuClustering) {
  EXPECT_EQ(scores("gpuclustering", {.fraction = 500}), (std::vector{25, 75, 43}));
  EXPECT_EQ(scores("gpuclustering", {.gpus = 1}), (std::vector{25, 0, 43}));
  schedule::run_on(board_, add({.gpus = 1}), NodeId{1}, Time{});
  EXPECT_EQ(scores("gpuclustering", {.gpus = 1}), (std::vector{25, 54, 43}));
}

TEST_F(Published, KnowsItsPolicies) {
  for (const std::string_view policy : reproduced_policies())
    EXPECT_NE(reproduced_scorer(policy, nullptr, board_.fleet()), nullptr) << policy;
  EXPECT_EQ(reproduced_scorer("worstfit", nullptr, board_.fleet()), nullptr);
}

TEST(ReproduceRow, ToleratesTwoErrorsOfTheDifferenceAndHalfAPoint) {
  ReproduceRow row;
  row.runs = 10;
  row.published = PublishedResult{90, 0.1, 90, 5};
  row.alloc_pct_100.deviation = 0.1;
  EXPECT_DOUBLE_EQ(row.tolerance_pct(), 0.5);
  row.published->alloc_pct_100_deviation = row.alloc_pct_100.deviation = 1;
  EXPECT_NEAR(row.tolerance_pct(), 2 * 0.4472, 0.001);  // Twice the root of 1/10 + 1/10.
}

}  // namespace
}  // namespace sillar
