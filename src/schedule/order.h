#pragma once

// Who goes first: between sibling projects on the best job below each, at every level of the tree,
// and between jobs inside a leaf. Victims are taken in exactly the reverse order.
//
// A project's standing is reduced to an OrderKey. Keys compare lexicographically, first difference
// wins, so the order is a strict weak one by construction.
//
//  step                         | Rules::kKai                       | Rules::kSillar
//  1 not over its fair share    | over: in every resource, strictly | over: in its dominant class
//  2 starved: held + job within | in every resource                 | scaled deserved, in what the
//    deserved                   |                                   |   job asks for (*)
//  3 higher priority            | same                              | same
//  4 no use, with the job, of a | same                              | same
//    resource of share 0        |                                   |
//  5 lower dominant share with  | same                              | same
//    the job                    |                                   |
//  6 the same without the job   | same                              | same
//  7 smaller allocatable share  | lexicographic, classes first (**) | same
//  8 older, then lower rank     | same (**)                         | same
//
//  jobs in a leaf               | higher priority; below its minimum, exactly at it, above it;
//                               |   submitted earlier; lower id     | same
//  victims among jobs           | the exact reverse                 | lower priority; lower loss;
//                               |                                   |   then the reverse
//
// (*) Without a job: in what the project holds. A project that is over in one class may so still be
//     starved in another.
// (**) KAI itself compares "no larger in any resource and smaller in one", leaves the other pairs
// to
//     step 8, and so goes round in circles: by step 7 (1, 1) goes before (2, 2), by age (2, 2)
//     before (0, 3) before (1, 1). Its step 8 puts each of two equally old projects behind the
//     other. The lexicographic key agrees wherever KAI's own step 7 decides.

#include <cstdint>
#include <span>

#include "base/ids.h"
#include "base/time.h"
#include "schedule/rules.h"
#include "schedule/share.h"

namespace sillar::schedule {

enum class OrderStep : std::uint8_t {
  kSame,  // The same project twice.
  kFairShare,
  kStarved,
  kPriority,
  kZeroShare,
  kShareWithJob,
  kShareWithout,
  kAllocatable,
  kAge,
};

// What the order reads of one project; rows have one entry per resource.
struct OrderInput {
  ShareRow row;
  std::span<const std::int64_t> deserved;  // Shares::deserved.
  // What the best job below asks for; for victims, empty or, negative, what was already taken.
  std::span<const std::int64_t> job;
  std::int32_t priority = 0;
  Time created;
  std::uint32_t rank = 0;
};

// Reads the allocatable row it was made from, which must outlive it.
struct OrderKey {
  bool over = false;
  bool starved = false;
  std::int32_t priority = 0;
  bool zero_share = false;
  Fraction share_with_job;
  Fraction share_without;
  std::span<const std::int64_t> allocatable;
  Time created;
  std::uint32_t rank = 0;
};

// Requires: all rows of the length of `total`, the cluster's amounts.
[[nodiscard]] OrderKey order_key(Rules rules, const OrderInput& input,
                                 std::span<const std::int64_t> total);

// Which of two siblings goes first, and the step that says so: what "who is in front, and why"
// shows.
struct Precedence {
  int order = 0;  // Negative: the first goes first. 0 only for equal ranks and all else equal.
  OrderStep step = OrderStep::kSame;
};
[[nodiscard]] Precedence compare(const OrderKey& a, const OrderKey& b);
[[nodiscard]] inline bool goes_before(const OrderKey& a, const OrderKey& b) {
  return compare(a, b).order < 0;
}
[[nodiscard]] inline bool victim_before(const OrderKey& a, const OrderKey& b) {
  return compare(b, a).order < 0;
}

struct JobKey {
  std::int32_t priority = 0;
  std::int32_t active = 0;  // Tasks that run or hold a promise.
  std::int32_t gang_min = 0;
  Time submitted;
  WorkloadId id;
  std::int64_t loss = 0;  // What evicting it costs, in whatever unit all of them share.
};
[[nodiscard]] bool goes_before(const JobKey& a, const JobKey& b);
[[nodiscard]] bool victim_before(Rules rules, const JobKey& a, const JobKey& b);

}  // namespace sillar::schedule
