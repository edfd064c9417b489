#include "schedule/placement_index.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/random.h"
#include "schedule/frag_scorer.h"
#include "schedule/mixed_fleet_fixture.h"

namespace sillar::schedule {
namespace {

// What the index must agree with: every node judged afresh.
struct Scan {
  std::int64_t slots = 0;
  std::int32_t score = kNoFit;
  NodeId node;
};

Scan scan(const Board& board, const Scorer& scorer, ShapeId id, Room room,
          const std::function<bool(NodeId)>& allowed) {
  const Shape& shape = board.shape(id);
  Scan found;
  for (std::size_t n = 0; n < board.node_count(); ++n) {
    const std::int32_t slots = board.slots(shape, NodeId{n}, room, 1 << 20);
    found.slots += slots;
    if (slots == 0 || !allowed(NodeId{n})) continue;
    const std::int32_t score =
        scorer.score(board, shape, NodeId{n}, room, scorer.digest(board, NodeId{n}, room));
    if (score <= found.score) continue;
    found.score = score;
    found.node = NodeId{n};
  }
  return found;
}

void expect_agrees(const Board& board, const Scorer& scorer, PlacementIndex& index, ShapeId shape,
                   Room room) {
  const auto everywhere = [](NodeId) { return true; };
  const auto odd = [](NodeId node) { return node.value % 2 == 1; };
  const Scan wanted = scan(board, scorer, shape, room, everywhere);
  ASSERT_EQ(index.slots(board, shape, room), wanted.slots);
  Placement place;
  ASSERT_EQ(index.best(board, shape, room, place), wanted.node.valid());
  if (wanted.node.valid()) {
    ASSERT_EQ(place.node, wanted.node);
    ASSERT_EQ(index.score_on(board, shape, room, place.node, place), wanted.score);
    ASSERT_GT(index.slots_on(board, shape, room, place.node), 0);
  }
  const Scan wanted_odd = scan(board, scorer, shape, room, odd);
  ASSERT_EQ(index.best_where(board, shape, room, odd, place), wanted_odd.node.valid());
  if (wanted_odd.node.valid()) {
    ASSERT_EQ(place.node, wanted_odd.node);
  }
}

void random_walk(Scorer& scorer, std::uint64_t seed, std::size_t cells_max) {
  MixedBoard mixed(150, seed);
  PlacementIndex index(scorer, cells_max);
  for (int step = 0; step < 600; ++step) {
    mixed.step(index);
    scorer.observe(mixed.board());
    const ShapeId shape = mixed.any_shape();
    const Room room = step % 2 == 0 ? Room::kNow : Room::kFuture;
    ASSERT_NO_FATAL_FAILURE(expect_agrees(mixed.board(), scorer, index, shape, room))
        << "seed " << seed << ", step " << step;
  }
  EXPECT_EQ(mixed.board().check_invariants(), "");
}

TEST(PlacementIndex, AgreesWithAScanThroughMovesAndRollbacks) {
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    PackScorer pack;
    random_walk(pack, seed, PlacementIndex::kCellsMax);
    PackScorer spread(PackScorer::Order::kSpread);
    random_walk(spread, seed, PlacementIndex::kCellsMax);
    FragScorer frag;
    random_walk(frag, seed, PlacementIndex::kCellsMax);
    FgdScorer fgd;
    random_walk(fgd, seed, PlacementIndex::kCellsMax);
  }
}

TEST(PlacementIndex, ARowThatWasDroppedIsBuiltAgain) {
  for (const std::size_t cells_max : {std::size_t{0}, std::size_t{150 * 3}}) {
    PackScorer pack;
    random_walk(pack, 7, cells_max);
  }
}

TEST(PlacementIndex, KeepsNoMoreRowsThanItsLimit) {
  MixedBoard mixed(150, 1);
  PackScorer scorer;
  PlacementIndex index(scorer, std::size_t{150} * 3);
  for (std::size_t i = 0; i < mixed.board().shape_count(); ++i) {
    Placement place;
    static_cast<void>(index.best(mixed.board(), ShapeId{i}, Room::kNow, place));
    EXPECT_LE(index.rows(), 3U);
  }
  EXPECT_EQ(index.rows(), 3U);
}

TEST(PlacementIndex, OfAnEmptyFleetHoldsNothing) {
  Board board;
  board.set_fleet(Fleet{}, Rules::kSillar);
  board.set_projects(std::vector<Project>(1));
  const WorkloadId job = board.add_job(ProjectId{0}, plain_workload("w", 1, 0), {});
  const ShapeId shape = board.request(board.job(job).request).alternatives.front();
  PackScorer scorer;
  PlacementIndex index(scorer);
  Placement place;
  EXPECT_FALSE(index.best(board, shape, Room::kNow, place));
  EXPECT_EQ(index.slots(board, shape, Room::kNow), 0);
}

TEST(PackScorer, PacksUnlessAskedToSpread) {
  Board board;
  board.set_fleet(plain_fleet(3), Rules::kSillar);
  board.set_projects(std::vector<Project>{plain_project("a", kUnlimited)});
  run_on(board, board.add_job(ProjectId{0}, plain_workload("w", 1, 4), {}), NodeId{1}, Time{});
  const WorkloadId job = board.add_job(ProjectId{0}, plain_workload("v", 1, 1), {});
  const ShapeId shape = board.request(board.job(job).request).alternatives.front();
  const auto chosen = [&](const Scorer& scorer) {
    PlacementIndex index(scorer);
    Placement place;
    EXPECT_TRUE(index.best(board, shape, Room::kNow, place));
    return place.node;
  };
  EXPECT_EQ(chosen(PackScorer()), NodeId{1});
  EXPECT_EQ(chosen(PackScorer(PackScorer::Order::kSpread)), NodeId{0});
}

}  // namespace
}  // namespace sillar::schedule
