#include "server/rate.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/random.h"

namespace sillar::server {
namespace {

constexpr Time kStart = Time::from_seconds(1'790'000'000);

TEST(Rate, ABurstAndThenAPace) {
  RateLimiter limiter({.per_second = 10, .burst = 5}, 100);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(limiter.take("a", kStart).allowed) << i;
  const RateAnswer refused = limiter.take("a", kStart);
  EXPECT_FALSE(refused.allowed);
  EXPECT_EQ(refused.retry_after, Duration{100'000'000});
  EXPECT_TRUE(limiter.take("b", kStart).allowed) << "each has its own";
  EXPECT_FALSE(limiter.take("a", kStart + Duration{99'999'999}).allowed);
  EXPECT_TRUE(limiter.take("a", kStart + refused.retry_after).allowed);
  EXPECT_FALSE(limiter.take("a", kStart + refused.retry_after).allowed);
  EXPECT_TRUE(limiter.take("a", kStart + Duration::hours(1), 5).allowed) << "full again";
  EXPECT_FALSE(limiter.take("a", kStart + Duration::hours(1)).allowed);
}

TEST(Rate, P10AClockThatGoesBackGivesNothing) {
  RateLimiter limiter({.per_second = 1, .burst = 1}, 10);
  EXPECT_TRUE(limiter.take("a", kStart).allowed);
  EXPECT_FALSE(limiter.take("a", kStart - Duration::hours(24)).allowed);
  EXPECT_FALSE(limiter.take("a", kStart).allowed);
  EXPECT_TRUE(limiter.take("a", kStart + Duration::seconds(1)).allowed);
}

TEST(Rate, P11AnyNumberOfKeysTakesABoundedNumberOfBuckets) {
  RateLimiter limiter({.per_second = 1, .burst = 2}, 50);
  for (int i = 0; i < 10'000; ++i)
    EXPECT_TRUE(limiter.take("key " + std::to_string(i), kStart + Duration{i}).allowed);
  EXPECT_EQ(limiter.size(), 50U);
}

// Never more within any span than a burst and what the pace gives in it.
RC_GTEST_PROP(Rate, P11NeverMoreThanTheLimitInAnySpan, ()) {
  Random random(*rc::gen::arbitrary<std::uint64_t>());
  const auto per_second = static_cast<std::int64_t>(1 + random.below(1000));
  const auto burst = static_cast<std::int64_t>(1 + random.below(20));
  RateLimiter limiter({per_second, burst}, 10);
  std::vector<std::pair<Time, std::int64_t>> taken;
  Time now = kStart;
  for (int i = 0; i < 200; ++i) {
    now = now + Duration{static_cast<std::int64_t>(random.below(20'000'000))};
    const std::int64_t cost =
        1 + static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(burst)));
    const RateAnswer answer = limiter.take("a", now, cost);
    if (answer.allowed) {
      taken.emplace_back(now, cost);
    } else {
      RC_ASSERT(answer.retry_after > Duration{});
      RateLimiter later = limiter;
      RC_ASSERT(later.take("a", now + answer.retry_after, cost).allowed);
    }
  }
  for (std::size_t first = 0; first < taken.size(); ++first) {
    std::int64_t sum = 0;
    for (std::size_t last = first; last < taken.size(); ++last) {
      sum += taken[last].second;
      const Duration span = taken[last].first - taken[first].first;
      RC_ASSERT(static_cast<__int128>(sum - burst) * 1'000'000'000 <=
                static_cast<__int128>(span.ns) * per_second);
    }
  }
}

}  // namespace
}  // namespace sillar::server
