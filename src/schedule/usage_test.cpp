#include "schedule/usage.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "schedule/share.h"

namespace sillar::schedule {
namespace {

constexpr std::size_t kResources = kFirstClass + 1;
constexpr std::size_t kGpu = kFirstClass;

// One project's row with only devices in it.
std::vector<std::int64_t> row(std::int64_t devices) {
  return {0, 0, devices * kDevice};
}

std::int64_t gpu_usage(const UsageLedger& ledger, std::size_t project = 0) {
  std::vector<std::int64_t> usage;
  ledger.usage_millionths(usage);
  return usage[project * kResources + kGpu];
}

TEST(Usage, DecayFollowsTheExponential) {
  const Duration half_life = Duration::hours(24);
  EXPECT_EQ(decay({0}, half_life), std::uint64_t{1} << 63);
  EXPECT_EQ(decay(half_life, half_life), std::uint64_t{1} << 62);
  EXPECT_EQ(decay(half_life * 63, half_life), 1U);
  EXPECT_EQ(decay(half_life * 64, half_life), 0U);
  for (const std::int64_t seconds : {1, 59, 3600, 40'000, 86'399, 86'401, 500'000}) {
    const double expected = std::exp2(-static_cast<double>(seconds) / 86'400.0);
    const double actual =
        std::ldexp(static_cast<double>(decay(Duration::seconds(seconds), half_life)), -63);
    EXPECT_NEAR(actual, expected, 1e-15) << seconds;
  }
}

TEST(Usage, WithoutHalfLifeIsThePlainShare) {
  UsageLedger ledger(1, kResources, {0}, {});
  EXPECT_EQ(gpu_usage(ledger), 0);
  // 24 device-hours of 10 devices for 10 hours.
  ledger.accrue(Time{} + Duration::hours(3), row(8), row(10));
  ledger.accrue(Time{} + Duration::hours(10), row(0), row(10));
  EXPECT_EQ(gpu_usage(ledger), 240'000);
}

TEST(Usage, AHalfLifeBackWeighsHalf) {
  const Duration half_life = Duration::hours(1);
  UsageLedger ledger(1, kResources, half_life, {});
  ledger.accrue(Time{} + half_life, row(10), row(10));
  EXPECT_EQ(gpu_usage(ledger), 1'000'000);
  // One idle half-life: 1/2 x 1/2 of a weight of 1/2 + 1/4.
  ledger.accrue(Time{} + half_life * 2, row(0), row(10));
  EXPECT_EQ(gpu_usage(ledger), 333'333);
  ledger.accrue(Time{} + half_life * 2, row(10), row(10));  // No time has passed,
  ledger.accrue(Time{} + half_life, row(10), row(10));      // or it went back.
  EXPECT_EQ(gpu_usage(ledger), 333'333);
}

TEST(Usage, IsTheSameHoweverTheTimeIsCut) {
  const Duration half_life = Duration::hours(24);
  UsageLedger whole(1, kResources, half_life, {});
  UsageLedger cut(1, kResources, half_life, {});
  whole.accrue(Time{} + Duration::hours(5), row(3), row(8));
  whole.accrue(Time{} + Duration::hours(9), row(1), row(8));
  for (int minute = 1; minute <= 9 * 60; ++minute)
    cut.accrue(Time{} + Duration::minutes(minute), row(minute <= 300 ? 3 : 1), row(8));
  EXPECT_NEAR(static_cast<double>(gpu_usage(cut)), static_cast<double>(gpu_usage(whole)), 1.0);
}

TEST(Usage, LargestAmountsDoNotOverflow) {
  const std::vector<std::int64_t> most(kResources, kAmountMax);
  for (const Duration half_life : {Duration{0}, Duration::hours(1)}) {
    UsageLedger ledger(1, kResources, half_life, {});
    ledger.accrue({INT64_MAX / 2}, most, most);
    ledger.accrue({INT64_MAX - Duration::hours(1).ns}, most, most);
    EXPECT_EQ(gpu_usage(ledger), kUsageOne);
    ledger.accrue({INT64_MAX}, row(0), most);
    EXPECT_EQ(gpu_usage(ledger), half_life.ns == 0 ? 999'999 : kUsageOne / 2);
  }
}

// KAI's reference run: one node of 16 devices, two queues with work for all of it at every turn,
// 1,024 turns, half-life 128 turns. Whoever the shares put ahead takes the node for a turn.
TEST(Usage, TwoQueuesAlternate) {
  const auto quota = [] {
    std::vector<Quota> table(2 * kResources, kQuotaAbsent);
    for (std::size_t p = 0; p < 2; ++p) table[p * kResources + kGpu] = {0, 1, kUnlimited};
    return table;
  };
  const ShareTree tree =
      ShareTree::make({{ProjectId(), 0, {}, 0}, {ProjectId(), 0, {}, 1}}, kResources, quota())
          .value();
  const std::vector<std::int64_t> capacity = row(16);
  std::vector<std::int64_t> request = row(1600);
  request.insert(request.end(), request.begin(), request.end());
  for (const Rules rules : {Rules::kKai, Rules::kSillar}) {
    UsageLedger ledger(2, kResources, Duration::minutes(128), {});
    ShareDivider divider(rules);
    Shares shares;
    std::vector<std::int64_t> usage;
    int turns = 0, switches = 0;
    std::size_t last = 0;
    for (int turn = 1; turn <= 1024; ++turn) {
      ledger.usage_millionths(usage);
      divider.divide(tree,
                     {.amount = capacity,
                      .request = request,
                      .usage_millionths = usage,
                      .carry = {},
                      .k_thousandths = 1000},
                     shares);
      const std::size_t first =
          shares.fair[tree.at(1, kGpu)] > shares.fair[tree.at(0, kGpu)] ? 1 : 0;
      std::vector<std::int64_t> allocated(2 * kResources, 0);
      allocated[first * kResources + kGpu] = 16 * kDevice;
      ledger.accrue(Time{} + Duration::minutes(turn), allocated, capacity);
      turns += first == 0 ? 1 : 0;
      switches += first != last ? 1 : 0;
      last = first;
    }
    EXPECT_NEAR(turns, 512, 40);
    EXPECT_GT(switches, 100);
  }
}

}  // namespace
}  // namespace sillar::schedule
