#pragma once

// What projects used lately, as a fraction of the capacity they used it from (KAI's time-based fair
// share): usage = integral of allocated x decay / integral of capacity x decay, where what lies a
// half-life back weighs half. Kept as running sums: between two accruals allocation and capacity
// are constant, so the decayed integral over the interval is known in closed form,
//   used' = allocated + (used - allocated) x 2^(-interval / half_life),
// and the common factor half_life / ln 2 of both integrals cancels. Integers only: the decay is
// read from a table of square roots, sums carry 2^-32 of the resource's unit and round down.
//
// Without a half-life the sums are plain integrals since the ledger was made: 24 device-hours used
// of 10 devices x 10 hours are 0.24. A tumbling window is a ledger made anew at each turn. A
// sliding window is not offered; a half-life forgets as well and needs no samples.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/money.h"
#include "base/time.h"

namespace sillar::schedule {

// 2^(-elapsed / half_life) in 2^-63, within 2^-55 of exact; 2^63 is 1.
// Requires: elapsed >= 0, half_life > 0.
[[nodiscard]] std::uint64_t decay(Duration elapsed, Duration half_life);

// Usage of all projects and resources. A value: copy it to fork a simulation.
class UsageLedger {
 public:
  UsageLedger() = default;
  // `half_life` 0: none.
  UsageLedger(std::size_t projects, std::size_t resources, Duration half_life, Time start);

  // Takes usage as if it had been `usage_millionths` [project * resources + r] of `capacity` [r]
  // for ever. Requires: a half-life; nothing accrued yet; usage 0..kUsageOne; amounts
  // 0..kAmountMax.
  void assume(std::span<const std::int64_t> usage_millionths,
              std::span<const std::int64_t> capacity);

  // Room for more projects and resources, which used nothing so far. Requires: not fewer than there
  // are.
  void grow(std::size_t projects, std::size_t resources);

  // Counts the time since the last accrual, during which `allocated` [project * resources + r] of
  // `capacity` [r] was held. A `now` that is not later changes nothing. O(projects * resources).
  // Requires: amounts 0..kAmountMax.
  void accrue(Time now, std::span<const std::int64_t> allocated,
              std::span<const std::int64_t> capacity);

  // Per project and resource, rounded down, 0..kUsageOne; 0 before the first accrual.
  void usage_millionths(std::vector<std::int64_t>& out) const;

  [[nodiscard]] Time at() const { return at_; }

  // When it last accrued and its sums.
  void append_state(std::string& out) const;
  // Into a ledger made with the same projects, resources and half-life. False, and the ledger is of
  // no use: not what append_state writes, or later than `now`.
  [[nodiscard]] bool read_state(ByteReader& in, Time now);

 private:
  [[nodiscard]] Int128 accrued(Int128 sum, std::int64_t held, std::int64_t elapsed_ns,
                               std::uint64_t factor) const;

  std::size_t resources_ = 0;
  Duration half_life_;
  Time at_;
  std::vector<Int128> used_;      // With a half-life: 2^-32 units; without: unit-nanoseconds.
  std::vector<Int128> capacity_;  // Per resource, the same.
};

}  // namespace sillar::schedule
