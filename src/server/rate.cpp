#include "server/rate.h"

#include <algorithm>

#include "base/check.h"

namespace sillar::server {
namespace {

constexpr std::int64_t kSecondNs = Duration::seconds(1).ns;

}  // namespace

RateLimiter::RateLimiter(RateLimit limit, std::size_t buckets_max)
    : limit_(limit), buckets_max_(buckets_max) {
  CHECK(limit.per_second > 0 && limit.per_second <= kSecondNs, "a rate has a pace");
  CHECK(limit.burst > 0, "a bucket holds something");
  CHECK(buckets_max > 0, "somebody is remembered");
  unit_ = Duration{(kSecondNs + limit.per_second - 1) / limit.per_second};
  CHECK(limit.burst <= kDurationMax.ns / unit_.ns, "a bucket fills within a century");
}

RateAnswer RateLimiter::take(std::string_view key, Time now, std::int64_t cost) {
  CHECK(cost > 0 && cost <= limit_.burst, "a cost is within what a bucket holds");
  auto at = buckets_.find(key);
  if (at == buckets_.end()) {
    if (buckets_.size() >= buckets_max_) {
      buckets_.erase(asked_.begin()->second);
      asked_.erase(asked_.begin());
    }
    at = buckets_.emplace(key, Bucket{now, now}).first;
  } else {
    asked_.erase({at->second.asked, at->first});
  }
  Bucket& bucket = at->second;
  now = std::max(now, bucket.asked);
  bucket.asked = now;
  asked_.emplace(now, at->first);
  const Time full = std::max(bucket.full, now) + unit_ * cost;
  const Time latest = now + unit_ * limit_.burst;
  if (full > latest) return {false, full - latest};
  bucket.full = full;
  return {true, Duration{}};
}

}  // namespace sillar::server
