#pragma once

// What a node costs by the hour, and what a claim on it costs. Stated rules:
//   - A node's price has two pools: what its accelerators carry, and what CPU and memory carry.
//   - A claim takes its thousandths of all devices from the first pool, and from the second the
//     larger of its CPU and its memory fraction. Work without accelerators pays from the second
//     pool only.
//   - What nobody claims is idle. Where claims on a pool exceed it (one task takes all CPU, another
//     all memory), they are scaled down to it in proportion, so that idle is never negative and a
//     node never bills more than its price.

#include <cstdint>

#include "base/money.h"
#include "base/result.h"
#include "base/time.h"

namespace sillar {

struct NodeRate {
  Money per_hour;  // Of the whole node, not negative.
  // The part of `per_hour` that CPU and memory carry, 0..per_hour; accelerators carry the rest.
  std::int64_t cpu_nanos = 0;
  // What shares are shares of.
  std::int32_t accelerators = 0;
  std::int64_t cpu = 0;  // Thousandths of a core; 0: unknown, claims on it count for nothing.
  std::int64_t memory_bytes = 0;  // 0: unknown, likewise.

  [[nodiscard]] std::int64_t accelerator_nanos() const { return per_hour.nanos - cpu_nanos; }
  friend bool operator==(const NodeRate&, const NodeRate&) = default;
};

// Whether shares of the one are shares of the other.
[[nodiscard]] inline bool same_shape(const NodeRate& a, const NodeRate& b) {
  return a.accelerators == b.accelerators && a.cpu == b.cpu && a.memory_bytes == b.memory_bytes;
}

// The same node at another price (a spot price moved): both pools keep their proportion, the CPU
// part rounded half to even. Requires: `per_hour` is not negative.
[[nodiscard]] NodeRate at_price(const NodeRate& rate, Money per_hour);

// What one task holds of a node.
struct Claim {
  std::int64_t accelerator_thousandths = 0;  // Over all its devices; 2.5 devices are 2500.
  std::int64_t cpu = 0;                      // Thousandths of a core.
  std::int64_t memory_bytes = 0;

  friend bool operator==(const Claim&, const Claim&) = default;
};

// A claim in parts of each pool, of which a whole pool has `pool_parts(rate)`: at most all of them.
// Accelerators are exact; CPU and memory are rounded up to a part, which is less than a
// thousand-millionth of the pool.
struct ClaimParts {
  std::int64_t accelerator = 0;
  std::int64_t cpu = 0;

  friend bool operator==(const ClaimParts&, const ClaimParts&) = default;
};
[[nodiscard]] std::int64_t pool_parts(const NodeRate& rate);
[[nodiscard]] ClaimParts parts_of(const NodeRate& rate, const Claim& claim);

// What the claim costs when it is not scaled down, rounded half to even. Requires: duration >= 0.
// Errors: kLimit when the amount leaves the range of Money.
[[nodiscard]] Result<Money> cost_of(const NodeRate& rate, const Claim& claim, Duration duration);

// What the claim costs by the hour when it is not scaled down, rounded up to a nano.
[[nodiscard]] std::int64_t hourly_nanos(const NodeRate& rate, const Claim& claim);

// The accelerators' share of `device_ns` thousandth-nanoseconds on the node: what lost work of a
// victim was worth. Rounded half to even. Requires: device_ns >= 0. Errors: kLimit.
[[nodiscard]] Result<Money> lost_money(const NodeRate& rate, Int128 device_ns);

}  // namespace sillar
