#include "ledger/rate.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace sillar {
namespace {

constexpr std::int64_t kUsd = Money::kUnit;
constexpr std::int64_t kGiB = std::int64_t{1} << 30;

NodeRate gpu_node() {
  return {.per_hour = {10 * kUsd, {}},
          .cpu_nanos = 2 * kUsd,
          .accelerators = 8,
          .cpu = 96'000,
          .memory_bytes = 768 * kGiB};
}

std::string cost(const NodeRate& rate, const Claim& claim, Duration duration) {
  const Result<Money> money = cost_of(rate, claim, duration);
  return money ? format_nanos(money->nanos) : money.error().message;
}

TEST(Rate, AClaimTakesItsSharesOfBothPools) {
  const Duration hour = Duration::hours(1);
  EXPECT_EQ(cost(gpu_node(), {8000, 96'000, 768 * kGiB}, hour), "10.00");
  EXPECT_EQ(cost(gpu_node(), {1000, 0, 0}, hour), "1.00");
  EXPECT_EQ(cost(gpu_node(), {250, 0, 0}, hour), "0.25");
  EXPECT_EQ(cost(gpu_node(), {0, 48'000, 0}, hour), "1.00");
  EXPECT_EQ(cost(gpu_node(), {0, 48'000, 700 * kGiB}, hour), "1.822916667");  // 2 x 700/768.
  EXPECT_EQ(cost(gpu_node(), {1000, 12'000, 96 * kGiB}, Duration::minutes(90)), "1.875");
  EXPECT_EQ(cost(gpu_node(), {1000, 12'000, 96 * kGiB}, Duration{}), "0.00");
}

TEST(Rate, NobodyHoldsMoreThanTheWhole) {
  EXPECT_EQ(parts_of(gpu_node(), {9000, 100'000, 0}), (ClaimParts{8'000'000'000, 8'000'000'000}));
  EXPECT_EQ(pool_parts(gpu_node()), 8'000'000'000);
}

TEST(Rate, UnknownSharesCountForNothing) {
  const NodeRate rate{.per_hour = {kUsd, {}}, .cpu_nanos = kUsd};
  EXPECT_EQ(parts_of(rate, {1000, 4000, kGiB}), (ClaimParts{0, 0}));
  EXPECT_EQ(pool_parts(rate), 1'000'000'000);
}

TEST(Rate, AnotherPriceKeepsTheProportion) {
  const NodeRate spot = at_price(gpu_node(), {3 * kUsd + 1, {}});
  EXPECT_EQ(spot.cpu_nanos, 600'000'000);
  EXPECT_EQ(spot.accelerator_nanos(), 2'400'000'001);
  EXPECT_EQ(at_price(at_price(gpu_node(), {}), {kUsd, {}}).cpu_nanos, 0);
}

TEST(Rate, LostWorkCostsTheAcceleratorsShare) {
  // 4 devices for 30 minutes at 8.00 an hour for 8: 2.00.
  const Int128 lost = Int128{4000} * Duration::minutes(30).ns;
  EXPECT_EQ(lost_money(gpu_node(), lost)->nanos, 2 * kUsd);
  EXPECT_EQ(lost_money(gpu_node(), 0)->nanos, 0);
  EXPECT_EQ(lost_money({.per_hour = {kUsd, {}}, .cpu_nanos = kUsd}, lost)->nanos, 0);
  EXPECT_FALSE(lost_money(gpu_node(), std::numeric_limits<Int128>::max()));
}

TEST(Rate, WhatDoesNotFitIsAnError) {
  NodeRate rate = gpu_node();
  rate.per_hour.nanos = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(cost(rate, {8000, 96'000, 0}, Duration::max()),
            "an amount exceeds what one entry can hold");
  EXPECT_EQ(cost(rate, {8000, 96'000, 0}, Duration::hours(1)), "9223372036.854775807");
}

}  // namespace
}  // namespace sillar
