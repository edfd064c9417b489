#include "schedule/share_fill.h"

#include <algorithm>
#include <bit>

#include "base/check.h"

namespace sillar::schedule {
namespace {

constexpr int kPullBits = 52;  // Sum of pulls; times kDevice it still fits 63 bits.

// How far to shift so that a sum of at most `sum` fits kPullBits.
int pull_shift(Int128 sum) {
  int shift = 0;
  while ((sum >> shift) >= (Int128{1} << kPullBits)) ++shift;
  return shift;
}

std::int64_t shifted(Int128 pull, int shift) {
  return static_cast<std::int64_t>(std::max<Int128>(pull, 0) >> shift);
}

struct Pulls {
  std::int64_t sum = 0;
  int shift = 0;
};

// Sets the pulls of the active claims.
Pulls set_pulls(std::span<Claim> claims, std::span<const std::uint32_t> active, std::int64_t k) {
  Int128 weights = 0;
  bool used = false;
  for (const std::uint32_t i : active) {
    weights += claims[i].weight;
    used = used || claims[i].usage > 0;
  }
  const bool by_usage = used && k > 0;
  const Int128 scale = by_usage ? Int128{kUsageOne} * (1000 + k) : 1;
  // Without usage the pulls are proportional to the weights, and the smaller numbers are as good.
  CHECK(!by_usage || weights < (Int128{1} << 62), "weights too large to be corrected by usage");
  Pulls pulls{.sum = 0, .shift = pull_shift(weights * scale)};
  for (const std::uint32_t i : active) {
    const Int128 correction = by_usage ? Int128{k} * claims[i].usage * weights : 0;
    claims[i].pull = shifted(claims[i].weight * scale - correction, pulls.shift);
    pulls.sum += claims[i].pull;
  }
  return pulls;
}

Pulls pulls_or_weights(std::span<Claim> claims, std::span<const std::uint32_t> active,
                       std::int64_t k) {
  const Pulls pulls = set_pulls(claims, active, k);
  return pulls.sum > 0 ? pulls : set_pulls(claims, active, 0);
}

void collect_active(std::span<Claim> claims, std::vector<std::uint32_t>& active) {
  active.clear();
  for (std::uint32_t i = 0; i < claims.size(); ++i) {
    claims[i].given = 0;
    claims[i].pull = 0;
    if (claims[i].want > 0 && claims[i].weight > 0) active.push_back(i);
  }
}

bool satisfied(const Claim& claim, std::int64_t amount, std::int64_t pulls) {
  return Int128{claim.want} * pulls <= Int128{amount} * claim.pull;
}

// Satisfies every claim that wants no more than this level gives it, all at the same level. Returns
// what is left.
std::int64_t satisfy(std::span<Claim> claims, std::vector<std::uint32_t>& active,
                     std::int64_t amount, std::int64_t pulls) {
  std::int64_t left = amount;
  const auto unsatisfied = [&](std::uint32_t i) {
    Claim& claim = claims[i];
    if (!satisfied(claim, amount, pulls)) return true;
    claim.given = claim.want;
    claim.carry = 0;
    left -= claim.want;
    return false;
  };
  std::size_t kept = 0;
  for (const std::uint32_t i : active)
    if (unsatisfied(i)) active[kept++] = i;
  active.resize(kept);
  return left;
}

// What one claim is entitled to, in whole units, and the fraction of a unit beyond.
Quotient entitlement(const Claim& claim, std::int64_t amount, std::int64_t pulls,
                     std::int64_t unit) {
  const Quotient units = multiply_divide(amount, claim.pull, pulls * unit);
  return {units.whole * unit, multiply_divide(units.rest, kCarryUnit, pulls * unit).whole};
}

void hand_out(std::span<Claim> claims, std::vector<std::uint32_t>& active, const Pool& pool,
              std::int64_t pulls, std::int64_t left) {
  const std::int64_t amount = left;
  for (const std::uint32_t i : active) {
    const Quotient part = entitlement(claims[i], amount, pulls, pool.unit);
    claims[i].given = part.whole;
    claims[i].carry += part.rest;
    left -= part.whole;
  }
  std::sort(active.begin(), active.end(), [&](std::uint32_t a, std::uint32_t b) {
    return claims[a].carry != claims[b].carry ? claims[a].carry > claims[b].carry : a < b;
  });
  for (const std::uint32_t i : active) {
    Claim& claim = claims[i];
    const std::int64_t extra = std::min({pool.unit, left, claim.want - claim.given});
    claim.given += extra;
    left -= extra;
    claim.carry -= extra * kCarryUnit / pool.unit;
    claim.carry = std::clamp(claim.carry, -kCarryMax, kCarryMax);
  }
  // Each want exceeds its entitlement, so one unit each always takes up the remainders.
  DCHECK(left == 0, "remainders must be divided");
}

}  // namespace

Quotient multiply_divide(std::int64_t a, std::int64_t b, std::int64_t c) {
  using Unsigned128 = unsigned __int128;
  const Unsigned128 product = Unsigned128(a) * Unsigned128(b);
  const auto divisor = static_cast<std::uint64_t>(c);
  if (product <= UINT64_MAX) {  // The common case, and many times cheaper.
    const auto narrow = static_cast<std::uint64_t>(product);
    return {static_cast<std::int64_t>(narrow / divisor),
            static_cast<std::int64_t>(narrow % divisor)};
  }
  const Unsigned128 whole = product / divisor;
  DCHECK(whole < (Unsigned128{1} << 63), "quotient out of range");
  return {static_cast<std::int64_t>(whole), static_cast<std::int64_t>(product - whole * divisor)};
}

std::int64_t FillLevel::entitled(std::int64_t weight) const {
  return pulls == 0 ? 0 : multiply_divide(amount, shifted(weight, shift), pulls).whole;
}

FillLevel fill_level(const Pool& pool, std::span<Claim> claims, FillScratch& scratch) {
  std::vector<std::uint32_t>& active = scratch.active;
  collect_active(claims, active);
  for (Claim& claim : claims)
    if (claim.want == 0 || claim.weight == 0) claim.carry = 0;
  std::int64_t left = pool.amount;
  Pulls pulls;
  for (std::size_t before = 0; !active.empty() && left > 0 && active.size() != before;) {
    before = active.size();
    pulls = pulls_or_weights(claims, active, pool.k_thousandths);
    left = satisfy(claims, active, left, pulls.sum);
  }
  if (active.empty() || left == 0) return {.left = left};
  hand_out(claims, active, pool, pulls.sum, left);
  return {.amount = left, .pulls = pulls.sum, .shift = pulls.shift};
}

std::int64_t fill_rounds(const Pool& pool, std::span<Claim> claims, FillScratch& scratch) {
  std::vector<std::uint32_t>& active = scratch.active;
  collect_active(claims, active);
  for (Claim& claim : claims) claim.carry = 0;
  std::int64_t left = pool.amount;
  bool again = true;
  while (again && left > 0 && !active.empty()) {
    again = false;
    const std::int64_t amount = left;
    const std::int64_t pulls = set_pulls(claims, active, pool.k_thousandths).sum;
    if (pulls == 0) break;
    std::size_t kept = 0;
    for (const std::uint32_t i : active) {
      Claim& claim = claims[i];
      const std::int64_t wanted = claim.want - claim.given;
      const Int128 offered = Int128{amount} * claim.pull;
      const Int128 asked = Int128{wanted} * pulls;
      if (asked <= offered) {
        claim.given = claim.want;
        claim.carry = 0;
        left -= wanted;
        again = again || asked < offered;
        continue;
      }
      const Quotient part = entitlement(claim, amount, pulls, pool.unit);
      claim.given += part.whole;
      left -= part.whole;
      if (part.rest > 0) claim.carry = part.rest;
      active[kept++] = i;
    }
    active.resize(kept);
  }
  return left;
}

}  // namespace sillar::schedule
