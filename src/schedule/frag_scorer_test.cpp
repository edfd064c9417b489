#include "schedule/frag_scorer.h"

#include <gtest/gtest.h>

#include <bit>
#include <limits>

#include "schedule/mixed_fleet_fixture.h"
#include "schedule/room.h"

namespace sillar::schedule {
namespace {

DemandTask share(std::int32_t thousandths, std::int64_t count, std::int64_t cpu = 1000) {
  return {.cpu = cpu, .devices = 1, .thousandths = thousandths, .classes = {true}, .count = count};
}

// A board of one class whose devices are taken by fractions, one list per node.
class Shared {
 public:
  explicit Shared(const std::vector<std::vector<std::int32_t>>& taken) {
    Fleet fleet = plain_fleet(taken.size(), static_cast<std::int32_t>(taken.front().size()));
    board_.set_fleet(fleet, Rules::kSillar);
    board_.set_projects(std::vector<Project>{plain_project("a", kUnlimited)});
    for (std::size_t n = 0; n < taken.size(); ++n) {
      for (std::size_t d = 0; d < taken[n].size(); ++d) {
        if (taken[n][d] == 0) continue;
        const WorkloadId job = add(taken[n][d]);
        const Placement place{NodeId{n}, static_cast<std::uint16_t>(1U << d), 0};
        board_.start(board_.next_pending(job, 0), shape(job), place, Time{});
      }
    }
  }

  WorkloadId add(std::int32_t thousandths) {
    Workload work = plain_workload("w", 1, thousandths == kDevice ? 1 : 0);
    work.request.fraction = thousandths == kDevice ? 0 : thousandths;
    return board_.add_job(ProjectId{0}, work, {});
  }
  [[nodiscard]] ShapeId shape(WorkloadId job) const {
    return board_.request(board_.job(job).request).alternatives.front();
  }
  Placement best(const Scorer& scorer, std::int32_t thousandths) {
    const ShapeId wanted = shape(add(thousandths));
    PlacementIndex index(scorer);
    Placement place;
    EXPECT_TRUE(index.best(board_, wanted, Room::kNow, place));
    return place;
  }
  Board& board() { return board_; }

 private:
  Board board_;
};

TEST(FragScorer, FillsTheRestThatNobodyElseWants) {
  // 0.81 and 0.16 are asked for: a 0.16 belongs beside a 0.81, and not into an idle device.
  Shared shared({{0, 0}, {0, 810}, {0, 0}});
  const FragScorer scorer({share(810, 10), share(160, 5)}, shared.board().fleet());
  const Placement place = shared.best(scorer, 160);
  EXPECT_EQ(place.node, NodeId{1});
  EXPECT_EQ(place.device_mask, 0b10);
}

TEST(FragScorer, KeepsDevicesTogetherForThoseWhoWantSeveral) {
  std::vector<DemandTask> tasks{share(1000, 1), share(1000, 1)};
  tasks[1].devices = 2;
  Shared shared({{0, 0}, {1000, 0}});
  const FragScorer scorer(tasks, shared.board().fleet());
  EXPECT_EQ(shared.best(scorer, 1000).node, NodeId{1});
}

TEST(FragScorer, TiesGoToTheLowestNode) {
  Shared shared({{0, 0}, {0, 0}, {0, 0}});
  const FragScorer scorer({share(1000, 1)}, shared.board().fleet());
  EXPECT_EQ(shared.best(scorer, 1000).node, NodeId{0});
}

TEST(FragScorer, PutsWorkWithoutDevicesWhereCpuIsNotWanted) {
  // Node 0's devices would lose their CPU, node 1's devices are all taken.
  Shared shared({{0, 0}, {1000, 1000}});
  const FragScorer scorer({share(1000, 1, 32'000)}, shared.board().fleet());
  Workload work;
  work.request.cpu = 8000;
  const WorkloadId job = shared.board().add_job(ProjectId{0}, work, {});
  PlacementIndex index(scorer);
  Placement place;
  ASSERT_TRUE(index.best(shared.board(), shared.shape(job), Room::kNow, place));
  EXPECT_EQ(place.node, NodeId{1});
}

TEST(FragScorer, SpreadsWhatAsksToBeSpread) {
  Shared shared({{500, 0}, {0, 0}});
  const FragScorer scorer({share(500, 1)}, shared.board().fleet());
  Workload work = plain_workload("w", 1, 0);
  work.request.fraction = 500;
  work.spread = true;
  const WorkloadId job = shared.board().add_job(ProjectId{0}, work, {});
  PlacementIndex index(scorer);
  Placement place;
  ASSERT_TRUE(index.best(shared.board(), shared.shape(job), Room::kNow, place));
  EXPECT_EQ(place.node, NodeId{1});
}

TEST(FragScorer, DevicesOutOfWorkCountAsAbsent) {
  Shared shared({{500, 0}});
  const FragScorer scorer({share(500, 1)}, shared.board().fleet());
  EXPECT_EQ(scorer.loss(shared.board(), NodeId{0}, Room::kNow), 25 * LossTable::kMillion);
  shared.board().set_device_health(NodeId{0}, 0, Health::kQuarantined);
  EXPECT_EQ(scorer.loss(shared.board(), NodeId{0}, Room::kNow), 0);
  shared.board().set_device_health(NodeId{0}, 0, Health::kProbation);
  EXPECT_EQ(scorer.loss(shared.board(), NodeId{0}, Room::kNow), 25 * LossTable::kMillion);
}

TEST(FgdScorer, ScoresAsPublished) {
  // Whole devices alone are asked for. Opening an idle device with a half loses 500: floor(100 /
  // (1 + e^0.5)) = 37. Filling the other half of a device takes 500 of fragmentation away:
  // floor(100 / (1 + e^-0.5)) = 62.
  Shared shared({{0}, {500}});
  const FgdScorer scorer({share(1000, 1)}, shared.board().fleet());
  const ShapeId half = shared.shape(shared.add(500));
  PlacementIndex index(scorer);
  EXPECT_EQ(index.scores(shared.board(), half, Room::kNow)[0], 37);
  EXPECT_EQ(index.scores(shared.board(), half, Room::kNow)[1], 62);
}

TEST(FgdScorer, NoChangeIsFiftyPoints) {
  Shared shared({{0}});
  const FgdScorer scorer({share(1000, 3)}, shared.board().fleet());
  const ShapeId whole = shared.shape(shared.add(1000));
  PlacementIndex index(scorer);
  EXPECT_EQ(index.scores(shared.board(), whole, Room::kNow)[0], 50);
}

TEST(MakeScorer, KnowsThePlacements) {
  for (const std::string_view name : kPlacements)
    EXPECT_NE(make_scorer(name, Rules::kSillar), nullptr) << name;
  EXPECT_EQ(make_scorer("fdg", Rules::kSillar), nullptr);
  EXPECT_NE(dynamic_cast<FragScorer*>(make_scorer("", Rules::kSillar).get()), nullptr);
  EXPECT_NE(dynamic_cast<PackScorer*>(make_scorer("", Rules::kKai).get()), nullptr);
}

// The chosen device against all devices: each is taken for real, and the node judged afresh.
void expect_least_loss(Board& board, FragScorer& scorer, WorkloadId job) {
  const ShapeId id = board.request(board.job(job).request).alternatives.front();
  const Shape& shape = board.shape(id);
  PlacementIndex index(scorer);
  for (std::size_t n = 0; n < board.node_count(); ++n) {
    Placement chosen;
    const std::int32_t score = index.score_on(board, id, Room::kNow, NodeId{n}, chosen);
    if (score == kNoFit || shape.spread) continue;
    const NodeState& node = board.node(NodeId{n});
    const std::int64_t before = scorer.loss(board, NodeId{n}, Room::kNow);
    std::int64_t least = std::numeric_limits<std::int64_t>::max();
    std::uint16_t best = chosen.device_mask;
    const bool piece = shape.use == DeviceUse::kFraction || shape.use == DeviceUse::kMig;
    for (std::size_t d = 0; d < (piece ? node.device_count : 1U); ++d) {
      Placement place = chosen;
      if (piece) {
        const int slot = piece_slot(
            shape, shape.by_class[node.accelerator_class.index()].thousandths,
            profile_of(board, shape, node.accelerator_class), node.devices[d], Room::kNow);
        if (slot < 0) continue;
        place.device_mask = static_cast<std::uint16_t>(1U << d);
        place.mig_slot = static_cast<std::uint8_t>(slot);
      }
      board.begin();
      board.start(board.next_pending(job, 0), id, place, Time{});
      const std::int64_t after = scorer.loss(board, NodeId{n}, Room::kNow);
      board.rollback(0);
      board.end();
      if (after < least) best = place.device_mask;
      least = std::min(least, after);
    }
    constexpr std::int64_t kStep = 20 * LossTable::kMillion;
    const std::int64_t gain = before - least;
    ASSERT_EQ(score, gain / kStep - (gain % kStep < 0 ? 1 : 0)) << "node " << n;
    if (!piece) continue;
    const auto free = [&](std::uint16_t mask) {
      return free_thousandths(node.devices[static_cast<std::size_t>(std::countr_zero(mask))],
                              Room::kNow);
    };
    board.begin();
    board.start(board.next_pending(job, 0), id, chosen, Time{});
    ASSERT_EQ(scorer.loss(board, NodeId{n}, Room::kNow), least);
    board.rollback(0);
    board.end();
    ASSERT_LE(free(chosen.device_mask), free(best)) << "the fullest among equals";
  }
}

TEST(FragScorer, ChoosesTheDeviceOfLeastLoss) {
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    FragScorer scorer;
    MixedBoard mixed(60, seed);
    PlacementIndex index(scorer);
    for (int step = 0; step < 400; ++step) {
      scorer.observe(mixed.board());
      mixed.step(index);
      if (step % 20 != 0) continue;
      ASSERT_NO_FATAL_FAILURE(expect_least_loss(mixed.board(), scorer, mixed.add_any()))
          << "seed " << seed << ", step " << step;
    }
  }
}

}  // namespace
}  // namespace sillar::schedule
