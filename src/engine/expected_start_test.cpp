#include "engine/expected_start.h"

#include "engine/life_fixture.h"

namespace sillar {
namespace {

class ExpectedStartTest : public LifeFixture {};

TEST_F(ExpectedStartTest, IsWhenEnoughReachesItsLimit) {
  Workload first = gang("first", 3);
  first.limit = Duration::seconds(600);
  Workload second = gang("second", 1);
  second.limit = Duration::seconds(60);
  submit(first);
  submit(second);
  decide();
  submit(gang("small", 1));
  submit(gang("large", 4));
  decide();
  const std::string before = state_hash(state_);
  EXPECT_EQ(expected_start(state_, id("small")), at(60));
  EXPECT_EQ(expected_start(state_, id("first")), std::nullopt) << "it runs";
  EXPECT_EQ(state_hash(state_), before);
}

TEST_F(ExpectedStartTest, IsUnknownWhereNothingEndsByItself) {
  submit(gang("endless", 4));
  decide();
  submit(gang("waits", 1));
  decide();
  EXPECT_EQ(expected_start(state_, id("waits")), std::nullopt);
  Workload held = gang("held", 1);
  held.held = true;
  submit(held);
  EXPECT_EQ(expected_start(state_, id("held")), std::nullopt);
}

}  // namespace
}  // namespace sillar
