#pragma once

// One pool of one resource, shared out among claims by weight. The arithmetic below the division
// over the project tree; it knows nothing of trees, bands or quotas.
//
// A claim's pull P is its weight, corrected by what it used lately (KAI's time-based fair share):
//   n = weight / W,  P = max(0, n + k * (n - usage)),  W = sum of the weights of unsatisfied
//   claims.
// It is computed exactly, as the integer  weight * 10^6 * (1000 + k) - k * usage * W  with k in
// thousandths and usage in millionths. Only where the sum of pulls would reach 2^52 are all of them
// shifted right by the same number of bits, rounding down.

#include <cstdint>
#include <span>
#include <vector>

#include "base/money.h"

namespace sillar::schedule {

inline constexpr std::int64_t kAmountMax = std::int64_t{1} << 60;  // Of any one resource.
inline constexpr std::int64_t kUsageOne = 1'000'000;               // Usage: millionths.
inline constexpr std::int64_t kWeightOfUsageMax = 1'000'000;       // k, in thousandths.

// Fractions of a unit, in remainders and carries, are counted in 2^-40 and rounded down.
inline constexpr std::int64_t kCarryUnit = std::int64_t{1} << 40;
inline constexpr std::int64_t kCarryMax = 64 * kCarryUnit;  // Beyond it a debt is forgiven.

struct Claim {
  std::int64_t want = 0;    // 0..kAmountMax.
  std::int64_t weight = 0;  // 0..kAmountMax; 0 takes nothing.
  std::int64_t usage = 0;   // 0..kUsageOne.
  std::int64_t given = 0;   // Out.
  // fill_level: in, what earlier divisions owe it (negative: it had too much); out, what this one
  // leaves owed. fill_rounds: out, the remainder of the last round that had one, else 0.
  std::int64_t carry = 0;
  std::int64_t pull = 0;  // Out: P of the last round, scaled.
};

struct Pool {
  std::int64_t amount = 0;         // 0..kAmountMax.
  std::int64_t unit = 1;           // Shares that no want ends are whole units; 1..kDevice.
  std::int64_t k_thousandths = 0;  // 0..kWeightOfUsageMax.
};

// Where a fill ended: an unsatisfied claim is entitled to amount * pull / pulls. Both are 0 when
// none was left.
struct FillLevel {
  std::int64_t amount = 0;
  std::int64_t pulls = 0;
  int shift = 0;          // Of the pulls.
  std::int64_t left = 0;  // What nobody wanted.

  // What a claim of that weight would be entitled to, rounded down, were it unsatisfied. Requires:
  // the pool went by weights alone.
  [[nodiscard]] std::int64_t entitled(std::int64_t weight) const;
};

// Working memory, so that a division does not allocate.
struct FillScratch {
  std::vector<std::uint32_t> active;
};

// Weighted max-min: the level rises until every claim is satisfied or the pool is empty. Each
// unsatisfied claim gets its entitlement rounded down to whole units; the units left over go one
// each to the largest carry + remainder, ties to the earlier claim. Hence:
//  - the parts sum to min(amount, sum of wants of claims with weight);
//  - with no carry, nobody is a unit or more away from the exact max-min share;
//  - carry out = carry in + entitlement - given, so nobody is ahead or behind for long; a satisfied
//    claim starts again at 0.
// Pulls are taken anew each time claims are satisfied; when usage leaves nobody any, weights alone
// decide. O(claims * rounds + claims log claims). Without usage a round satisfies half of the
// claims left or halves the surplus that lifts the level, so rounds are few; at worst each
// satisfies one.
FillLevel fill_level(const Pool& pool, std::span<Claim> claims, FillScratch& scratch);

// KAI's rounds: each hands out what is left by pull, rounding down to whole units as it goes, and
// runs again while somebody wanted less than offered. Leaves remainders undivided. Returns what is
// left.
std::int64_t fill_rounds(const Pool& pool, std::span<Claim> claims, FillScratch& scratch);

// floor(a * b / c) and the rest. Requires: a, b >= 0, c > 0, and a quotient below 2^63.
struct Quotient {
  std::int64_t whole = 0;
  std::int64_t rest = 0;
};
[[nodiscard]] Quotient multiply_divide(std::int64_t a, std::int64_t b, std::int64_t c);

}  // namespace sillar::schedule
