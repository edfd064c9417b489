#include "schedule/order.h"

#include <compare>
#include <limits>
#include <tuple>

#include "base/check.h"

namespace sillar::schedule {
namespace {

std::int64_t with_job(const OrderInput& input, std::size_t r) {
  return input.row.allocated[r] + (input.job.empty() ? 0 : input.job[r]);
}

bool starved(Rules rules, const OrderInput& input, std::size_t resources) {
  for (std::size_t r = 0; r < resources; ++r) {
    if (rules == Rules::kSillar) {
      const std::int64_t asked = input.job.empty() ? input.row.allocated[r] : input.job[r];
      if (asked == 0) continue;
    }
    if (input.deserved[r] != kUnlimited && with_job(input, r) > input.deserved[r]) return false;
  }
  return true;
}

// The largest share_used, the job counted in.
Fraction share_with_job(const OrderInput& input, std::span<const std::int64_t> total) {
  Fraction most;
  for (std::size_t r = 0; r < total.size(); ++r) {
    const Fraction share = share_used(r, with_job(input, r), input.row.allocatable[r], total[r]);
    if (most < share) most = share;
  }
  return most;
}

std::strong_ordering compare_amounts(std::int64_t a, std::int64_t b) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  return (a == kUnlimited ? kMost : a) <=> (b == kUnlimited ? kMost : b);
}

std::strong_ordering compare_allocatable(std::span<const std::int64_t> a,
                                         std::span<const std::int64_t> b) {
  for (std::size_t r = kFirstClass; r < a.size(); ++r)
    if (const auto order = compare_amounts(a[r], b[r]); order != 0) return order;
  for (std::size_t r = 0; r < kFirstClass; ++r)
    if (const auto order = compare_amounts(a[r], b[r]); order != 0) return order;
  return std::strong_ordering::equal;
}

Precedence decided(bool first, OrderStep step) {
  return {first ? -1 : 1, step};
}

// Jobs below their minimum come first, then those exactly at it.
int elastic_class(const JobKey& job) {
  if (job.active < job.gang_min) return 0;
  return job.active == job.gang_min ? 1 : 2;
}

}  // namespace

OrderKey order_key(Rules rules, const OrderInput& input, std::span<const std::int64_t> total) {
  DCHECK(total.size() >= kFirstClass, "CPU and memory always count");
  OrderKey key;
  key.over = over_fair_share(rules, input.row, total);
  key.starved = starved(rules, input, total.size());
  key.priority = input.priority;
  for (std::size_t r = 0; r < total.size(); ++r)
    key.zero_share = key.zero_share || (input.row.allocatable[r] == 0 && with_job(input, r) > 0);
  key.share_with_job = share_with_job(input, total);
  key.share_without = dominant_share(input.row, total).share;
  key.allocatable = input.row.allocatable;
  key.created = input.created;
  key.rank = input.rank;
  return key;
}

Precedence compare(const OrderKey& a, const OrderKey& b) {
  if (a.over != b.over) return decided(b.over, OrderStep::kFairShare);
  if (a.starved != b.starved) return decided(a.starved, OrderStep::kStarved);
  if (a.priority != b.priority) return decided(a.priority > b.priority, OrderStep::kPriority);
  if (a.zero_share != b.zero_share) return decided(b.zero_share, OrderStep::kZeroShare);
  if (a.share_with_job < b.share_with_job) return decided(true, OrderStep::kShareWithJob);
  if (b.share_with_job < a.share_with_job) return decided(false, OrderStep::kShareWithJob);
  if (a.share_without < b.share_without) return decided(true, OrderStep::kShareWithout);
  if (b.share_without < a.share_without) return decided(false, OrderStep::kShareWithout);
  if (const auto order = compare_allocatable(a.allocatable, b.allocatable); order != 0)
    return decided(order < 0, OrderStep::kAllocatable);
  if (a.created != b.created) return decided(a.created < b.created, OrderStep::kAge);
  if (a.rank != b.rank) return decided(a.rank < b.rank, OrderStep::kAge);
  return {};
}

bool goes_before(const JobKey& a, const JobKey& b) {
  return std::tuple(-std::int64_t{a.priority}, elastic_class(a), a.submitted, a.id) <
         std::tuple(-std::int64_t{b.priority}, elastic_class(b), b.submitted, b.id);
}

bool victim_before(Rules rules, const JobKey& a, const JobKey& b) {
  if (rules == Rules::kSillar) {
    if (a.priority != b.priority) return a.priority < b.priority;
    if (a.loss != b.loss) return a.loss < b.loss;
  }
  return goes_before(b, a);
}

}  // namespace sillar::schedule
