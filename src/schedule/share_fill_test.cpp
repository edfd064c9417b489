#include "schedule/share_fill.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "base/random.h"

namespace sillar::schedule {
namespace {

std::int64_t given_in_all(const std::vector<Claim>& claims) {
  Int128 sum = 0;
  for (const Claim& claim : claims) sum += claim.given;
  return static_cast<std::int64_t>(sum);
}

TEST(ShareFill, MultiplyDivideIsExactBeyond64Bits) {
  const Quotient wide = multiply_divide(kAmountMax, kAmountMax - 1, kAmountMax);
  EXPECT_EQ(wide.whole, kAmountMax - 1);
  EXPECT_EQ(wide.rest, 0);
  const Quotient odd = multiply_divide(kAmountMax, 3, 7);
  EXPECT_EQ(Int128{odd.whole} * 7 + odd.rest, Int128{kAmountMax} * 3);
  EXPECT_EQ(multiply_divide(10, 3, 4).whole, 7);
  EXPECT_EQ(multiply_divide(10, 3, 4).rest, 2);
}

// Each want lies just under the level that the one before it leaves, so that every round satisfies
// one claim only.
TEST(ShareFill, OneClaimARound) {
  constexpr std::size_t kClaims = 16;
  std::vector<Claim> claims(kClaims, {.want = kAmountMax, .weight = 1});
  const std::int64_t amount = kAmountMax / 2;
  std::int64_t left = amount;
  std::int64_t last_level = 0;
  for (std::size_t i = 0; i + 1 < kClaims; ++i) {
    const std::int64_t level = left / static_cast<std::int64_t>(kClaims - i);
    if (level <= last_level + 1) break;
    claims[i].want = last_level + 1;
    last_level = level;
    left -= claims[i].want;
  }
  FillScratch scratch;
  const FillLevel level = fill_level({.amount = amount}, claims, scratch);
  EXPECT_EQ(given_in_all(claims), amount);
  const std::int64_t most = level.amount / level.pulls;
  for (const Claim& claim : claims) {
    EXPECT_GE(claim.given, std::min(claim.want, most));
    EXPECT_LE(claim.given, std::min(claim.want, most + 1));
  }
}

TEST(ShareFill, LargestAmountsAndWeights) {
  for (const std::int64_t unit : {std::int64_t{1}, std::int64_t{1000}}) {
    std::vector<Claim> claims(3000);
    std::int64_t place = 0;
    for (Claim& claim : claims) claim = {.want = kAmountMax, .weight = kAmountMax - ++place};
    claims.back().weight = 1;
    FillScratch scratch;
    const FillLevel level = fill_level({.amount = kAmountMax, .unit = unit}, claims, scratch);
    EXPECT_EQ(given_in_all(claims), kAmountMax);
    // Weights lose their last bits here, each in the same measure.
    EXPECT_NEAR(static_cast<double>(level.entitled(kAmountMax)) / (kAmountMax / 2999.0), 1, 1e-9);
    for (Claim& claim : claims) claim = {.want = kAmountMax / 2, .weight = 1'000'000'000};
    claims[0].usage = kUsageOne;
    (void)fill_level({.amount = kAmountMax, .unit = unit, .k_thousandths = kWeightOfUsageMax},
                     claims, scratch);
    EXPECT_EQ(given_in_all(claims), kAmountMax);
    EXPECT_EQ(claims[0].given, 0);
  }
}

TEST(ShareFill, NobodyWantsAnything) {
  std::vector<Claim> claims{{.want = 0, .weight = 3, .carry = 5}, {.want = 9, .weight = 0}};
  FillScratch scratch;
  const FillLevel level = fill_level({.amount = 12}, claims, scratch);
  EXPECT_EQ(level.left, 12);
  EXPECT_EQ(level.entitled(7), 0);
  EXPECT_EQ(claims[0].carry, 0);
  EXPECT_EQ(given_in_all(claims), 0);
  EXPECT_EQ(fill_level({.amount = 12}, {}, scratch).left, 12);
}

TEST(ShareFill, CarryIsBounded) {
  std::vector<Claim> claims{{.want = 100, .weight = 1, .carry = kCarryMax},
                            {.want = 100, .weight = 1, .carry = -kCarryMax}};
  FillScratch scratch;
  (void)fill_level({.amount = 1, .unit = 1}, claims, scratch);
  EXPECT_EQ(claims[0].given, 1);
  EXPECT_EQ(claims[0].carry, kCarryMax - kCarryUnit / 2);
  EXPECT_EQ(claims[1].carry, -kCarryMax + kCarryUnit / 2);
}

}  // namespace
}  // namespace sillar::schedule
