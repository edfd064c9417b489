#include "schedule/order.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "base/random.h"

namespace sillar::schedule {
namespace {

constexpr std::size_t kResources = kFirstClass + 2;
using Amounts = std::array<std::int64_t, kResources>;

constexpr Amounts kTotal{100'000, 1000, 100'000, 50'000};

struct Standing {
  Amounts allocated{};
  Amounts fair{};
  Amounts deserved{};
  Amounts limit{kUnlimited, kUnlimited, kUnlimited, kUnlimited};
  Amounts job{};
  std::int32_t priority = 0;
  std::int64_t age = 0;
  std::uint32_t rank = 0;
  Amounts allocatable{};

  OrderKey key(Rules rules) {
    for (std::size_t r = 0; r < kResources; ++r)
      allocatable[r] = allocatable_share(limit[r], deserved[r], fair[r]);
    return order_key(rules,
                     {.row = {.allocated = allocated, .fair = fair, .allocatable = allocatable},
                      .deserved = deserved,
                      .job = job,
                      .priority = priority,
                      .created = Time::from_seconds(-age),
                      .rank = rank},
                     kTotal);
  }
};

// A project with room everywhere.
Standing plain() {
  return {.allocated = {1000, 10, 1000, 1000},
          .fair = {10'000, 100, 10'000, 10'000},
          .deserved = {500, 5, 500, 500},
          .job = {0, 0, 1000, 0}};
}

struct Case {
  const char* name;
  Standing first;
  Standing second;
  OrderStep step;
};

// Each case changes the second project in one way that puts it behind at one step.
std::vector<Case> cases() {
  std::vector<Case> out;
  const auto add = [&](const char* name, OrderStep step, auto&& change) {
    Case c{.name = name, .first = plain(), .second = plain(), .step = step};
    change(c.first, c.second);
    out.push_back(c);
  };
  add("over its share", OrderStep::kFairShare,
      [](Standing&, Standing& b) { b.allocated = {20'000, 200, 20'000, 20'000}; });
  add("starved", OrderStep::kStarved, [](Standing& a, Standing&) {
    a.deserved = {2000, 20, 5000, 5000};
    a.job[2] = 4000;
  });
  add("priority", OrderStep::kPriority, [](Standing& a, Standing&) { a.priority = 1; });
  add("no share of a class", OrderStep::kZeroShare, [](Standing&, Standing& b) {
    b.allocated[3] = 0;
    b.job[3] = 1;
    b.fair[3] = b.deserved[3] = 0;
  });
  add("dominant share with the job", OrderStep::kShareWithJob,
      [](Standing&, Standing& b) { b.job[2] = 2000; });
  add("dominant share without", OrderStep::kShareWithout, [](Standing& a, Standing& b) {
    a.job[2] = 2000;
    b.allocated[2] = 2000;
  });
  add("smaller allocatable share", OrderStep::kAllocatable,
      [](Standing&, Standing& b) { b.limit[3] = 20'000, b.fair[3] = 20'000; });
  add("age", OrderStep::kAge, [](Standing& a, Standing&) { a.age = 1; });
  add("rank", OrderStep::kAge, [](Standing&, Standing& b) { b.rank = 1; });
  return out;
}

TEST(Order, EachStepDecides) {
  for (const Rules rules : {Rules::kKai, Rules::kSillar}) {
    for (Case& c : cases()) {
      const OrderKey first = c.first.key(rules);
      const OrderKey second = c.second.key(rules);
      EXPECT_LT(compare(first, second).order, 0) << c.name;
      EXPECT_GT(compare(second, first).order, 0) << c.name;
      EXPECT_EQ(compare(first, second).step, c.step) << c.name;
      EXPECT_TRUE(victim_before(second, first)) << c.name;
    }
  }
}

// A project far over its share of devices that holds little memory.
TEST(Order, HogOfOneClassIsOverOnlyUnderOurRules) {
  Standing hog = plain();
  hog.allocated[2] = 90'000;
  Standing other = plain();
  other.rank = 1;
  EXPECT_FALSE(hog.key(Rules::kKai).over);
  EXPECT_TRUE(hog.key(Rules::kSillar).over);
  EXPECT_EQ(compare(hog.key(Rules::kSillar), other.key(Rules::kSillar)).step,
            OrderStep::kFairShare);
}

TEST(Order, StarvedInTheClassAskedFor) {
  Standing mixed = plain();
  mixed.deserved = {kUnlimited, kUnlimited, 500, 8000};  // Above deserved in the first class.
  mixed.job = {0, 0, 0, 2000};
  EXPECT_FALSE(mixed.key(Rules::kKai).starved);
  EXPECT_TRUE(mixed.key(Rules::kSillar).starved);
}

TEST(Order, ZeroShareCostsAThousandTimes) {
  EXPECT_EQ(share_used(kFirstClass, 2 * kDevice, 0, 0), (Fraction{2000, 1}));
  EXPECT_EQ(share_used(kCpu, 2, 0, 0), (Fraction{2000, 1}));
  EXPECT_EQ(share_used(kMemory, kAmountMax, 0, 0), (Fraction{INT64_MAX, 1}));
  EXPECT_EQ(share_used(kCpu, 3, kUnlimited, 9), (Fraction{1, 3}));
  EXPECT_LT(share_used(kMemory, kAmountMax - 1, kAmountMax, 0), (Fraction{1, 1}));
}

TEST(Order, KaisOwnStepSevenWouldRunInCircles) {
  const auto standing = [](std::int64_t first, std::int64_t second, std::int64_t age) {
    Standing s;
    s.fair = {1, 1, first, second};
    s.age = age;
    return s;
  };
  std::vector<Standing> all{standing(1, 1, 0), standing(2, 2, 2), standing(0, 3, 1)};
  std::vector<OrderKey> keys;
  for (Standing& s : all) keys.push_back(s.key(Rules::kKai));
  EXPECT_TRUE(goes_before(keys[0], keys[1]));
  EXPECT_TRUE(goes_before(keys[2], keys[0]));
  EXPECT_TRUE(goes_before(keys[2], keys[1]));
}

Standing random_standing(Random& random, std::uint32_t rank) {
  Standing s;
  const auto some = [&](std::uint64_t most) {
    return static_cast<std::int64_t>(random.below(most));
  };
  for (std::size_t r = 0; r < kResources; ++r) {
    s.allocated[r] = some(4);
    s.fair[r] = some(4);
    s.deserved[r] = some(4) - 1;
    s.limit[r] = some(5) - 1;
    s.job[r] = some(3);
  }
  s.priority = static_cast<std::int32_t>(random.below(2));
  s.age = some(2);
  s.rank = rank;
  return s;
}

// Irreflexive, antisymmetric, transitive, and total for different ranks.
TEST(Order, IsAStrictTotalOrderOnRandomTriples) {
  Random random(20260101);
  for (int trial = 0; trial < 20'000; ++trial) {
    const Rules rules = trial % 2 == 0 ? Rules::kKai : Rules::kSillar;
    std::array<Standing, 3> s{random_standing(random, 0), random_standing(random, 1),
                              random_standing(random, 2)};
    const std::array<OrderKey, 3> k{s[0].key(rules), s[1].key(rules), s[2].key(rules)};
    for (std::size_t i = 0; i < 3; ++i) {
      ASSERT_FALSE(goes_before(k[i], k[i]));
      const std::size_t j = (i + 1) % 3;
      ASSERT_NE(goes_before(k[i], k[j]), goes_before(k[j], k[i]));
      ASSERT_EQ(victim_before(k[i], k[j]), goes_before(k[j], k[i]));
    }
    const bool circle = goes_before(k[0], k[1]) == goes_before(k[1], k[2]) &&
                        goes_before(k[1], k[2]) == goes_before(k[2], k[0]);
    ASSERT_FALSE(circle) << "trial " << trial;
  }
}

JobKey job(std::int32_t priority, std::int32_t active, std::int64_t submitted, int id,
           std::int64_t loss = 0) {
  return {.priority = priority,
          .active = active,
          .gang_min = 2,
          .submitted = Time::from_seconds(submitted),
          .id = WorkloadId(id),
          .loss = loss};
}

TEST(Order, JobsOfALeaf) {
  const std::vector<JobKey> expected{job(9, 4, 9, 9), job(5, 0, 3, 1), job(5, 1, 4, 2),
                                     job(5, 2, 1, 3), job(5, 2, 2, 4), job(5, 2, 2, 5),
                                     job(5, 3, 0, 6), job(1, 0, 0, 7)};
  for (std::size_t i = 0; i < expected.size(); ++i)
    for (std::size_t j = 0; j < expected.size(); ++j) {
      EXPECT_EQ(goes_before(expected[i], expected[j]), i < j) << i << ' ' << j;
      EXPECT_EQ(victim_before(Rules::kKai, expected[i], expected[j]), i > j) << i << ' ' << j;
      EXPECT_EQ(victim_before(Rules::kSillar, expected[i], expected[j]), i > j) << i << ' ' << j;
    }
}

// Within a priority the cheaper loss goes first under our rules; KAI does not look.
TEST(Order, VictimsByLoss) {
  const JobKey cheap = job(5, 2, 1, 1, 10);
  const JobKey dear = job(5, 2, 2, 2, 1000);
  const JobKey urgent = job(6, 2, 3, 3, 0);
  EXPECT_TRUE(victim_before(Rules::kKai, dear, cheap));
  EXPECT_TRUE(victim_before(Rules::kSillar, cheap, dear));
  EXPECT_TRUE(victim_before(Rules::kSillar, dear, urgent));
}

}  // namespace
}  // namespace sillar::schedule
