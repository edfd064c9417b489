#include "schedule/movable.h"

#include <gtest/gtest.h>

#include "schedule/random_cluster.h"

namespace sillar::schedule {
namespace {

// Whatever evicting opens, the sums allow: on random nodes, for every shape, some of the node's
// running tasks evicted.
TEST(Movable, NothingThatOpensIsPassedOver) {
  std::int64_t opened = 0;
  std::int64_t passed_over = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    RandomCluster world(Rules::kSillar, seed);
    PackScorer scorer;
    PlacementIndex index(scorer);
    for (int round = 0; round < 8; ++round) {
      for (int i = 0; i < 3; ++i) world.arrive();
      world.apply(world.cycle(index));
      world.settle();
    }
    Board& board = world.board;
    board.begin();
    for (std::size_t n = 0; n < board.node_count(); ++n) {
      const NodeId node{n};
      for (std::size_t s = 0; s < board.shape_count(); ++s) {
        const Shape& shape = board.shape(ShapeId{s});
        if (!shape.eligible[n]) continue;
        Held freed;
        bool allowed = false;
        std::vector<TaskId> running;
        for (const TaskId task : board.tasks_on(node)) {
          if (board.task(task).phase == Phase::kRunning && world.below(2) == 0)
            running.push_back(task);
        }
        for (const TaskId task : running) freed = plus(freed, held_by(board, board.task(task)));
        allowed = could_open(board, shape, node, freed);
        const bool lacks = missing_thousandths(board, shape, node) > 0;
        if (board.slots(shape, node, Room::kFuture, 1) > 0) EXPECT_FALSE(lacks);
        for (const TaskId task : running) board.evict(task);
        const bool opens = board.slots(shape, node, Room::kFuture, 1) > 0;
        EXPECT_TRUE(allowed || !opens) << "node " << n << " shape " << s;
        opened += opens ? 1 : 0;
        passed_over += allowed ? 0 : 1;
        board.rollback(0);
      }
    }
    board.end();
  }
  EXPECT_GT(opened, 0);
  EXPECT_GT(passed_over, 0) << "the sums exclude nothing";
}

TEST(Movable, WorkThatFitsNowhereElseIsNot) {
  Board board;
  board.set_fleet(plain_fleet(2, 2), Rules::kSillar);
  const std::vector<Project> projects{plain_project("a", 4)};
  board.set_projects(projects);
  const WorkloadId large = board.add_job(ProjectId{0}, plain_workload("large", 1, 2), {});
  const WorkloadId small = board.add_job(ProjectId{0}, plain_workload("small", 1, 1), {});
  run_on(board, large, NodeId{0}, Time::from_seconds(1));
  run_on(board, small, NodeId{1}, Time::from_seconds(1));
  PackScorer scorer;
  PlacementIndex index(scorer);
  Movables movables(board, index);
  movables.survey();
  const auto shape_of = [&](WorkloadId job) {
    return board.task(TaskId{board.job(job).first_task}).shape;
  };
  EXPECT_FALSE(movables.movable(shape_of(large)));
  EXPECT_TRUE(movables.movable(shape_of(small)));
  EXPECT_EQ(movables.on(NodeId{0}).cpu, 0);
  EXPECT_EQ(movables.on(NodeId{1}).cpu, 1000);
  EXPECT_EQ(missing_thousandths(board, board.shape(shape_of(large)), NodeId{1}), kDevice);
}

}  // namespace
}  // namespace sillar::schedule
