#pragma once

// Token buckets: how often something may happen for each of many keys, with the time handed in.
// Whole arithmetic, so that equal requests at equal times are answered alike.

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "base/time.h"

namespace sillar::server {

struct RateLimit {
  std::int64_t per_second = 0;  // > 0
  std::int64_t burst = 0;       // What a bucket holds when it is full; > 0.
};

struct RateAnswer {
  bool allowed = false;
  Duration retry_after;  // Until as much is there; zero when allowed.
};

// At most `buckets_max` keys are remembered; the one that was asked for longest ago makes room,
// which is full again or is not much behind. One thread, or one for each.
class RateLimiter {
 public:
  // Requires: a limit as above, buckets_max > 0.
  RateLimiter(RateLimit limit, std::size_t buckets_max);

  // Takes `cost` for `key`, or nothing when there is less. A time before the last one counts as it.
  // Requires: 0 < cost <= burst.
  [[nodiscard]] RateAnswer take(std::string_view key, Time now, std::int64_t cost = 1);
  [[nodiscard]] std::size_t size() const { return buckets_.size(); }

 private:
  // A bucket that fills at a steady pace is known by when it will be full: each unit that is taken
  // moves that by the time a unit takes (the virtual scheduling form of GCRA, ITU-T I.371).
  struct Bucket {
    Time full;
    Time asked;
  };
  using Asked = std::set<std::pair<Time, std::string>>;

  RateLimit limit_;
  std::size_t buckets_max_;
  Duration unit_;  // That one unit takes, rounded up: never more often than the limit says.
  std::map<std::string, Bucket, std::less<>> buckets_;
  Asked asked_;
};

}  // namespace sillar::server
