#pragma once

// Resource vectors. Index 0 is CPU (thousandths of a core), 1 memory (bytes), 2 + c the accelerator
// class c (thousandths of a device). In KAI's rules all classes share index 2.

#include <cstddef>
#include <cstdint>
#include <limits>

#include "base/ids.h"

namespace sillar {

inline constexpr std::size_t kCpu = 0;
inline constexpr std::size_t kMemory = 1;
inline constexpr std::size_t kFirstClass = 2;
inline constexpr std::int64_t kDevice = 1000;  // One whole device, in thousandths.
inline constexpr std::int64_t kUnlimited = -1;
// Of any one resource over the whole fleet, a project's quota, or one request. Leaves the
// arithmetic of shares room for a few additions.
inline constexpr std::int64_t kResourceMax = std::int64_t{1} << 60;
inline constexpr std::int64_t kQuotaWeightMax = 1'000'000'000;

// Quota of one project in one resource, in the resource's own unit.
struct Quota {
  std::int64_t deserved = 0;        // kUnlimited: deserves all there is.
  std::int64_t weight = 1;          // Over-quota weight; 0 takes nothing beyond deserved.
  std::int64_t limit = kUnlimited;  // kUnlimited: no limit.

  friend bool operator==(const Quota&, const Quota&) = default;
};

// What an absent resource means in a quota table: all there is, no limit.
inline constexpr Quota kQuotaAbsent{kUnlimited, 1, kUnlimited};

}  // namespace sillar
