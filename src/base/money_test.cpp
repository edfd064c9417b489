#include "base/money.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <limits>
#include <numeric>

namespace sillar {
namespace {

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();

Money usd(std::int64_t nanos) {
  return {nanos, {}};
}
Money eur(std::int64_t nanos) {
  return {nanos, {{'E', 'U', 'R'}}};
}

TEST(Money, AddsWithinOneCurrency) {
  EXPECT_EQ(*add(usd(1), usd(2)), usd(3));
  EXPECT_EQ(*subtract(usd(1), usd(2)), usd(-1));
  EXPECT_EQ(add(usd(1), eur(1)).error().message, "cannot combine USD with EUR");
  EXPECT_EQ(add(usd(kMax), usd(1)).error().code, ErrorCode::kLimit);
  EXPECT_EQ(subtract(usd(kMin), usd(1)).error().code, ErrorCode::kLimit);
  EXPECT_EQ(*subtract(usd(kMin), usd(kMin)), usd(0));
}

TEST(Money, ReadsCurrencies) {
  EXPECT_EQ(parse_currency("EUR")->text(), "EUR");
  for (const char* text : {"", "eur", "EU", "EURO", "E1R"}) EXPECT_FALSE(parse_currency(text));
}

TEST(Money, ReadsDecimals) {
  EXPECT_EQ(*parse_nanos("98.32"), 98'320'000'000);
  EXPECT_EQ(*parse_nanos("-0.000000001"), -1);
  EXPECT_EQ(*parse_nanos("1.0000000000"), Money::kUnit);  // A tenth decimal that is zero.
  EXPECT_EQ(*parse_nanos("9223372036.854775807"), kMax);
  for (const char* text : {"", "-", ".", "1.2.3", "1e3", "1,5", "0.0000000001", "--1", "+1", " 1"})
    EXPECT_FALSE(parse_nanos(text)) << text;
  EXPECT_EQ(parse_nanos("9223372036.854775808").error().code, ErrorCode::kLimit);
  EXPECT_EQ(parse_nanos(std::string(1000, '9')).error().code, ErrorCode::kLimit);
}

TEST(Money, PrintsAtLeastTwoDecimals) {
  EXPECT_EQ(format_nanos(0), "0.00");
  EXPECT_EQ(format_nanos(1'500'000'000), "1.50");
  EXPECT_EQ(format_nanos(-1), "-0.000000001");
  EXPECT_EQ(format_nanos(kMin), "-9223372036.854775808");
  EXPECT_EQ(format_nanos(static_cast<Int128>(kMax) * 1'000'000'000), "9223372036854775807.00");
}

RC_GTEST_PROP(MoneyProperty, WhatIsPrintedReadsBack, (std::int64_t nanos)) {
  RC_PRE(nanos != kMin);  // Its magnitude is one more than the largest amount.
  const auto again = parse_nanos(format_nanos(nanos));
  RC_ASSERT(again);
  RC_ASSERT(*again == nanos);
}

TEST(Money, PricesTimeHalfToEven) {
  const Duration hour = Duration::hours(1);
  EXPECT_EQ(*price_of(usd(98'320'000'000), hour), usd(98'320'000'000));
  EXPECT_EQ(*price_of(usd(1), Duration::minutes(30)), usd(0));   // 0.5 to 0.
  EXPECT_EQ(*price_of(usd(3), Duration::minutes(30)), usd(2));   // 1.5 to 2.
  EXPECT_EQ(*price_of(usd(-1), Duration::minutes(30)), usd(0));  // -0.5 to 0.
  EXPECT_EQ(*price_of(usd(-3), Duration::minutes(30)), usd(-2));
  EXPECT_EQ(*price_of(usd(1), Duration::minutes(31)), usd(1));
  EXPECT_EQ(price_of(usd(kMax), Duration::hours(2)).error().code, ErrorCode::kLimit);
  EXPECT_EQ(*price_of(eur(5), Duration{}), eur(0));
}

RC_GTEST_PROP(MoneyProperty, PriceIsWithinHalfANano, ()) {
  const std::int64_t rate = *rc::gen::inRange<std::int64_t>(-1'000'000'000'000, 1'000'000'000'000);
  const Duration time{*rc::gen::inRange<std::int64_t>(0, 86'400'000'000'000)};
  const Int128 hour = Duration::hours(1).ns;
  const Int128 error = static_cast<Int128>(price_of(usd(rate), time)->nanos) * hour -
                       static_cast<Int128>(rate) * time.ns;
  RC_ASSERT((error < 0 ? -error : error) * 2 <= hour);
}

TEST(Split, GivesLeftNanosToTheLargestRemainders) {
  using Parts = std::vector<std::int64_t>;
  EXPECT_EQ(split_largest_remainder(10, Parts{1, 1, 1}), (Parts{4, 3, 3}));
  EXPECT_EQ(split_largest_remainder(11, Parts{2, 4}), (Parts{4, 7}));
  EXPECT_EQ(split_largest_remainder(1, Parts{0, 5, 0}), (Parts{0, 1, 0}));
  EXPECT_EQ(split_largest_remainder(0, Parts{1, 2}), (Parts{0, 0}));
  EXPECT_EQ(split_largest_remainder(kMax, Parts{kMax, kMax}), (Parts{kMax / 2 + 1, kMax / 2}));
}

RC_GTEST_PROP(SplitProperty, PartsSumToTheWholeAndAreWithinOneOfTheirShare, ()) {
  const std::int64_t total = *rc::gen::nonNegative<std::int64_t>();
  const auto weights = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::int64_t>>(
      rc::gen::oneOf(rc::gen::inRange<std::int64_t>(0, 10), rc::gen::nonNegative<std::int64_t>())));
  Int128 sum = 0;
  for (const std::int64_t weight : weights) sum += weight;
  RC_PRE(sum > 0);
  const auto parts = split_largest_remainder(total, weights);
  RC_ASSERT(parts.size() == weights.size());
  Int128 whole = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    whole += parts[i];
    const Int128 floor = static_cast<Int128>(total) * weights[i] / sum;
    RC_ASSERT(parts[i] >= floor);
    RC_ASSERT(parts[i] <= floor + 1);
    RC_ASSERT(weights[i] > 0 || parts[i] == 0);
  }
  RC_ASSERT(whole == total);
}

}  // namespace
}  // namespace sillar
