#pragma once

// What is counted while the service works. Counting takes no lock and no memory: every figure has
// its place from the beginning, and there are as many as there are routes, not as there are
// callers, projects or names.

#include <array>
#include <atomic>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/time.h"
#include "server/exposition.h"
#include "server/routes.h"

namespace sillar::server {

class Counter {
 public:
  void add(std::uint64_t more = 1) { value_.fetch_add(more, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_ = 0;
};

// Bounds are inclusive and rise; one more bucket takes what is above the last.
inline constexpr std::array<std::int64_t, 14> kTimeBounds{
    250'000,     500'000,       1'000'000,     2'500'000,     5'000'000,
    10'000'000,  25'000'000,    50'000'000,    100'000'000,   250'000'000,
    500'000'000, 1'000'000'000, 2'500'000'000, 10'000'000'000};
inline constexpr std::array<std::int64_t, 12> kSizeBounds{1,  2,   4,   8,   16,   32,
                                                          64, 128, 256, 512, 1024, 2048};

template <const auto& Bounds>
class Histogram {
 public:
  void observe(std::int64_t value) {
    std::size_t at = 0;
    while (at < Bounds.size() && value > Bounds[at]) ++at;
    buckets_[at].add();
    sum_.add(static_cast<std::uint64_t>(value));
  }
  [[nodiscard]] std::uint64_t bucket(std::size_t at) const { return buckets_[at].value(); }
  [[nodiscard]] std::int64_t sum() const { return static_cast<std::int64_t>(sum_.value()); }
  static constexpr std::span<const std::int64_t> bounds() { return Bounds; }

 private:
  std::array<Counter, Bounds.size() + 1> buckets_;
  Counter sum_;
};
using Times = Histogram<kTimeBounds>;  // Nanoseconds.
using Sizes = Histogram<kSizeBounds>;

inline constexpr std::size_t kRoutesCounted = 128;
inline constexpr std::array kStatusesCounted{200, 201, 202, 204, 400, 401, 403, 404,
                                             405, 409, 412, 422, 429, 500, 503, 507};

enum class DriverOperation : std::uint8_t { kLaunch, kStop, kForget };

class Metrics {
 public:
  // `routes` outlive this, and are at most kRoutesCounted - 1: the last place is for requests that
  // no route takes.
  explicit Metrics(std::span<const Route> routes);

  // From any thread. `route` is null or one of the routes.
  void answered(const Route* route, int status, Duration took);
  void carried_out(DriverOperation operation, bool done) {
    driver_[static_cast<std::size_t>(operation)][done ? 0 : 1].add();
  }

  Counter not_authenticated;  // Requests without a token that is good.
  Counter hidden;             // Requests for what the caller may not know of, or may not do.
  Counter denied;
  Counter unwritten;   // Of the refusals, those that were not written down: too many of one source.
  Counter not_queued;  // Commands that the control queue had no room for.
  Sizes batch;         // Commands.
  Times commit;        // Of a batch that wrote something.
  Times light_cycle;
  Times full_cycle;

  void write(Exposition& out) const;

 private:
  struct OfRoute {
    std::array<Counter, kStatusesCounted.size() + 1> statuses;  // The last one: any other.
    Times took;
  };
  void write_requests(Exposition& out) const;
  void write_control(Exposition& out) const;

  std::span<const Route> routes_;
  std::array<OfRoute, kRoutesCounted> of_routes_;
  std::array<std::array<Counter, 2>, 3> driver_;
};

}  // namespace sillar::server
