#include "schedule/donor_order.h"

#include <gtest/gtest.h>

#include "schedule/random_cluster.h"

namespace sillar::schedule {
namespace {

// The mended order against one sorted anew, while a random cluster's decisions are made one by one.
TEST(DonorOrder, MendedIsSortedAnew) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    const Rules rules = seed % 2 == 0 ? Rules::kKai : Rules::kSillar;
    RandomCluster world(rules, seed);
    PackScorer scorer;
    PlacementIndex index(scorer);
    std::size_t compared = 0;
    for (int round = 0; round < 12; ++round) {
      world.arrive();
      world.arrive();
      const Plan plan = world.cycle(index);
      Fairness fairness(world.board);
      fairness.divide(world.options, {}, {});
      DonorOrder order(world.board, fairness);
      for (std::size_t made = 0; made <= plan.decisions.size(); ++made) {
        if (made > 0) world.apply(plan.decisions[made - 1]);
        const auto mended = order.leaves(std::span(plan.decisions).first(made));
        std::vector<ProjectId> sorted;
        for (std::size_t p = 0; p < world.board.projects().size(); ++p) {
          if (!world.board.active_jobs(ProjectId{p}).empty()) sorted.push_back(ProjectId{p});
        }
        sort_donors(world.board, fairness, sorted);
        ASSERT_EQ(std::vector<ProjectId>(mended.begin(), mended.end()), sorted);
        compared += sorted.size();
      }
      world.settle();
    }
    EXPECT_GT(compared, 0U);
  }
}

}  // namespace
}  // namespace sillar::schedule
