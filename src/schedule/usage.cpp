#include "schedule/usage.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "schedule/share_fill.h"

namespace sillar::schedule {
namespace {

using Unsigned128 = unsigned __int128;

constexpr int kDecayBits = 63;
constexpr std::uint64_t kOne = std::uint64_t{1} << kDecayBits;
constexpr int kSumBits = 32;
constexpr Int128 kSumMax = Int128{1} << 106;  // Times kUsageOne it still fits.

// Largest x with x * x <= value, bit by bit from the top.
constexpr std::uint64_t square_root(Unsigned128 value) {
  std::uint64_t root = 0;
  for (int bit = 63; bit >= 0; --bit) {
    const std::uint64_t with = root | (std::uint64_t{1} << bit);
    if (Unsigned128{with} * with <= value) root = with;
  }
  return root;
}

// Entry i is 2^(-2^-(i+1)): each the square root of the one before.
constexpr std::array<std::uint64_t, 63> make_roots() {
  std::array<std::uint64_t, 63> roots{};
  std::uint64_t last = kOne / 2;
  for (std::uint64_t& root : roots) {
    root = square_root(Unsigned128{last} << kDecayBits);
    last = root;
  }
  return roots;
}
constexpr std::array<std::uint64_t, 63> kRoots = make_roots();
static_assert(kRoots[0] == 6521908912666391106U, "sqrt(1/2) in 2^-63, rounded down");

std::uint64_t scale(std::uint64_t a, std::uint64_t b) {
  return static_cast<std::uint64_t>((Unsigned128{a} * b) >> kDecayBits);
}

// sum * factor in 2^-63, rounded toward zero. The sum needs up to 93 bits, so it goes in halves.
Int128 scale_sum(Int128 sum, std::uint64_t factor) {
  const bool negative = sum < 0;
  const auto magnitude = static_cast<Unsigned128>(negative ? -sum : sum);
  const auto high = static_cast<std::uint64_t>(magnitude >> 64);
  const auto low = static_cast<std::uint64_t>(magnitude);
  const Unsigned128 scaled =
      ((Unsigned128{high} * factor) << 1) + ((Unsigned128{low} * factor) >> kDecayBits);
  return negative ? -static_cast<Int128>(scaled) : static_cast<Int128>(scaled);
}

}  // namespace

std::uint64_t decay(Duration elapsed, Duration half_life) {
  DCHECK(elapsed.ns >= 0 && half_life.ns > 0, "decay runs forward");
  const std::int64_t halvings = elapsed.ns / half_life.ns;
  if (halvings > kDecayBits) return 0;
  const auto rest = static_cast<Unsigned128>(elapsed.ns % half_life.ns);
  const auto fraction =  // In 2^-64.
      static_cast<std::uint64_t>((rest << 64) / static_cast<Unsigned128>(half_life.ns));
  std::uint64_t factor = kOne;
  for (std::size_t i = 0; i < kRoots.size(); ++i)
    if (((fraction >> (63 - i)) & 1U) != 0) factor = scale(factor, kRoots[i]);
  return factor >> halvings;
}

UsageLedger::UsageLedger(std::size_t projects, std::size_t resources, Duration half_life,
                         Time start)
    : resources_(resources),
      half_life_(half_life),
      at_(start),
      used_(projects * resources, 0),
      capacity_(resources, 0) {}

Int128 UsageLedger::accrued(Int128 sum, std::int64_t held, std::int64_t elapsed_ns,
                            std::uint64_t factor) const {
  if (half_life_.ns == 0) return sum + Int128{held} * elapsed_ns;
  const Int128 now = Int128{held} << kSumBits;
  return now + scale_sum(sum - now, factor);
}

void UsageLedger::accrue(Time now, std::span<const std::int64_t> allocated,
                         std::span<const std::int64_t> capacity) {
  CHECK(allocated.size() == used_.size() && capacity.size() == resources_,
        "one amount per project and resource");
  if (now <= at_) return;
  const Duration elapsed = now - at_;
  const std::uint64_t factor = half_life_.ns == 0 ? 0 : decay(elapsed, half_life_);
  for (std::size_t i = 0; i < used_.size(); ++i)
    used_[i] = accrued(used_[i], allocated[i], elapsed.ns, factor);
  for (std::size_t r = 0; r < resources_; ++r)
    capacity_[r] = accrued(capacity_[r], capacity[r], elapsed.ns, factor);
  at_ = now;
}

void UsageLedger::assume(std::span<const std::int64_t> usage_millionths,
                         std::span<const std::int64_t> capacity) {
  CHECK(usage_millionths.size() == used_.size() && capacity.size() == resources_,
        "one amount per project and resource");
  CHECK(half_life_.ns > 0, "a plain integral over all of the past has no end");
  for (std::size_t r = 0; r < resources_; ++r) capacity_[r] = Int128{capacity[r]} << kSumBits;
  // Rounded up, so that it reads as it was stated.
  for (std::size_t i = 0; i < used_.size(); ++i)
    used_[i] = (capacity_[i % resources_] * usage_millionths[i] + kUsageOne - 1) / kUsageOne;
}

void UsageLedger::append_state(std::string& out) const {
  put_number(out, at_.ns);
  for (const Int128 sum : used_) put_wide(out, sum);
  for (const Int128 sum : capacity_) put_wide(out, sum);
}

bool UsageLedger::read_state(ByteReader& in, Time now) {
  // Sums that any accrual can reach: a resource's largest amount with a half-life, that amount for
  // all of time without.
  const Int128 most = Int128{kAmountMax} << (half_life_.ns > 0 ? kSumBits : 64);
  at_ = in.time();
  const auto sum = [&](Int128& out) {
    out = in.wide();
    return out >= 0 && out <= most;
  };
  return std::all_of(used_.begin(), used_.end(), sum) &&
         std::all_of(capacity_.begin(), capacity_.end(), sum) && in.ok() && at_ <= now;
}

void UsageLedger::grow(std::size_t projects, std::size_t resources) {
  CHECK(resources >= resources_ && projects * resources >= used_.size(),
        "what is measured stays measured");
  std::vector<Int128> used(projects * resources, 0);
  for (std::size_t i = 0; i < used_.size(); ++i)
    used[i / resources_ * resources + i % resources_] = used_[i];
  used_ = std::move(used);
  capacity_.resize(resources, 0);
  resources_ = resources;
}

void UsageLedger::usage_millionths(std::vector<std::int64_t>& out) const {
  out.assign(used_.size(), 0);
  for (std::size_t i = 0; i < used_.size(); ++i) {
    Int128 used = used_[i];
    Int128 capacity = capacity_[i % resources_];
    if (capacity <= 0) continue;
    while (std::max(used, capacity) >= kSumMax) {  // Petabytes over years: the last bits go.
      used /= 2;
      capacity /= 2;
    }
    if (capacity == 0) continue;
    out[i] =
        static_cast<std::int64_t>(std::clamp<Int128>(used * kUsageOne / capacity, 0, kUsageOne));
  }
}

}  // namespace sillar::schedule
