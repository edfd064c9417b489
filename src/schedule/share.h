#pragma once

// Who is entitled to how much: capacity divided over the project tree, each resource alone.
//
// At each node of the tree, from the top, the node's share is divided among its children:
//  (a) each child gets what it deserves, as far as it can use it;
//  (b) what is left goes by over-quota weight, one priority band after the other, higher first;
//  (c) shares are whole units (a device, a thousandth of a core, a byte) unless a want ends them,
//  and
//      the units left over by rounding go one each by largest remainder.
//
// Where Rules::kSillar departs from Rules::kKai (KAI Scheduler v0.17, resource_division.go):
//  - Demand of a parent. KAI: the sum of its leaves' requests. Ours: the sum of what its children
//    can use, within their limits, and within deserved where the weight is 0. So no share is stuck
//    above a project that cannot take it, and children's shares sum exactly to their parent's.
//  - (a) where more is deserved than there is. KAI gives it all the same and children exceed their
//    parent. Ours: bands in order, higher first; in the band that no longer fits deserved is
//    scaled, weighted max-min by deserved; Shares::deserved says by how much.
//  - (b) KAI rounds down in each of several rounds, so that many small claims lose their fractions
//    to a large one. Ours is exact weighted max-min, rounded once: nobody is a unit away from it.
//  - (b) where usage leaves nobody in a band any pull. KAI gives the band nothing more; with us
//    weights alone decide.
//  - (c) KAI: after all bands; of equal remainders the older project's wins for ever; may exceed
//    what is wanted. Ours: inside the band; remainders carry over, so that turns rotate; never more
//    than is wanted.
//
// In both: kUnlimited deserved counts as the whole amount to be divided; weight 0 takes nothing
// beyond deserved even where all else is idle; usage and weight never touch (a). KAI computes in
// doubles, here all is exact: where KAI's rounding noise decides, outcomes may differ by one unit.
//
// How shares move, in kSillar (the property tests state it so):
//  - a larger own weight or deserved never gives less (wants in whole units; else less than a
//  unit);
//  - more capacity never gives anybody less, but for rounding: at most one unit less per level of
//    depth. Largest remainders cannot do better (the Alabama paradox: pulls 6, 6, 2 give 4, 4, 2 of
//    10 units and 5, 5, 1 of 11).

#include <cstdint>
#include <span>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "model/project.h"
#include "model/resources.h"
#include "schedule/rules.h"
#include "schedule/share_fill.h"

namespace sillar::schedule {

inline constexpr std::int64_t kWeightMax = 1'000'000'000;

struct ShareNode {
  ProjectId parent;           // Invalid: top level.
  std::int32_t priority = 0;  // Band among siblings, higher first.
  Time created;               // Older first among equals,
  std::uint32_t rank = 0;     // then lower rank.
};

// Nodes of `projects`, ranked by name, so that shares do not depend on the order they come in.
[[nodiscard]] std::vector<ShareNode> share_nodes(std::span<const Project> projects);

// The project tree as the division reads it: children in bands, quotas per resource. Immutable.
class ShareTree {
 public:
  ShareTree() = default;
  // `quota` has one entry per (project, resource): [project * resources + resource].
  // Errors (kInvalidInput): a parent that does not precede its child, a quota table of another
  // size, deserved or limit below kUnlimited, weight outside 0..kWeightMax.
  [[nodiscard]] static Result<ShareTree> make(std::vector<ShareNode> nodes, std::size_t resources,
                                              std::vector<Quota> quota);

  [[nodiscard]] std::size_t size() const { return nodes_.size(); }
  [[nodiscard]] std::size_t resources() const { return resources_; }
  [[nodiscard]] std::size_t at(std::size_t project, std::size_t r) const {
    return project * resources_ + r;
  }
  [[nodiscard]] const ShareNode& node(std::size_t project) const { return nodes_[project]; }
  [[nodiscard]] const Quota& quota(std::size_t project, std::size_t r) const {
    return quota_[at(project, r)];
  }
  // By priority, high to low; then older first, then rank. An invalid id: the top level.
  [[nodiscard]] std::span<const std::uint32_t> children(ProjectId parent) const;

 private:
  std::vector<ShareNode> nodes_;
  std::size_t resources_ = 0;
  std::vector<Quota> quota_;
  std::vector<std::uint32_t> children_;  // All children lists, one after the other.
  std::vector<std::uint32_t>
      child_begin_;  // Per project + 1, the top level first; one past the end.
};

// What one division reads. All tables are [project * resources + resource]. Amounts, also those of
// quotas, count as kAmountMax where they are larger; the others are cut to their ranges likewise.
struct ShareInput {
  std::span<const std::int64_t> amount;   // Per resource.
  std::span<const std::int64_t> request;  // Only leaves are read: allocated + pending that could be
                                          // placed.
  std::span<const std::int64_t> usage_millionths;  // 0..kUsageOne; empty: no history.
  std::span<const std::int64_t> carry;             // A `Shares::carry`; empty: nothing owed.
  std::int64_t k_thousandths = 0;                  // Weight of usage, 0..kWeightOfUsageMax.
};

// All tables are [project * resources + resource].
struct Shares {
  std::vector<std::int64_t> fair;
  // kSillar: deserved, scaled down where the band does not fit. kKai: as in the quota.
  std::vector<std::int64_t> deserved;
  // What each project is owed after this division, in kCarryUnit-ths of a unit. Equal inputs give
  // equal shares: turns pass only when the caller hands this back as the next division's carry,
  // which it should do at a fixed pace and not at each change of demand.
  std::vector<std::int64_t> carry;
  std::vector<std::int64_t> demand;  // Of the subtree, before the project's own limit.
};

// Divides. Holds nothing but its rules and working memory: equal inputs give equal outputs. For one
// thread at a time.
class ShareDivider {
 public:
  explicit ShareDivider(Rules rules) : rules_(rules) {}

  // All resources. O(projects * resources * rounds), see fill_level.
  void divide(const ShareTree& tree, const ShareInput& input, Shares& shares);
  // One resource; the others' entries are left as they are.
  void divide_resource(const ShareTree& tree, const ShareInput& input, std::size_t r,
                       Shares& shares);
  // The same outcome as divide_resource, for work in proportion to what changed.
  // Requires: `shares` comes from a division whose input differed at most in the amount of `r` and
  // in the requests of the leaves `changed`.
  void redivide_resource(const ShareTree& tree, const ShareInput& input, std::size_t r,
                         std::span<const ProjectId> changed, Shares& shares);

 private:
  struct Pass;  // The arguments of one division of one resource.

  [[nodiscard]] std::int64_t usable(const Pass& pass, std::size_t project) const;
  void sum_demand(const Pass& pass);
  [[nodiscard]] bool resum_demand(const Pass& pass, std::size_t project) const;
  void divide_levels(const Pass& pass);
  void divide_level_sillar(const Pass& pass, std::span<const std::uint32_t> members,
                           std::int64_t amount);
  void divide_level_kai(const Pass& pass, std::span<const std::uint32_t> members,
                        std::int64_t amount);
  std::int64_t give_deserved(const Pass& pass, std::span<const std::uint32_t> band,
                             std::int64_t amount, std::int64_t left);
  std::int64_t give_by_weight(const Pass& pass, std::span<const std::uint32_t> band,
                              std::int64_t left);
  void claim_by_weight(const Pass& pass, std::span<const std::uint32_t> band);
  std::int64_t give_remainders(const Pass& pass, std::span<const std::uint32_t> band,
                               std::span<const std::int64_t> remainders, std::int64_t left);

  Rules rules_;
  std::vector<Claim> claims_;
  FillScratch scratch_;
  std::vector<std::int64_t> remainders_;  // Of a level's members, kKai.
  std::vector<std::int64_t> before_;
  std::vector<std::uint32_t> order_;
  std::vector<std::uint8_t> dirty_;  // Per project + 1, the top level first: divide its children.
};

// The steady share: what each project would get if every leaf asked for the whole cluster. Fills
// `request` for it: every leaf with weight asks for the amount, the others for what they deserve.
// Divide with it, and with no carry, into Shares of its own.
void steady_request(const ShareTree& tree, std::span<const std::int64_t> amount,
                    std::vector<std::int64_t>& request);
// What reclaim must leave a project: the larger of deserved and steady share.
[[nodiscard]] std::int64_t keep_share(std::int64_t deserved, std::int64_t steady,
                                      std::int64_t amount);

// How far a project may go before others come first: its limit where it deserves all there is, else
// max(deserved, fair) within the limit. May be kUnlimited.
[[nodiscard]] std::int64_t allocatable_share(std::int64_t limit, std::int64_t deserved,
                                             std::int64_t fair);

// An exact non-negative fraction.
struct Fraction {
  std::int64_t over = 0;
  std::int64_t under = 1;

  friend bool operator==(Fraction a, Fraction b) {
    return Int128{a.over} * b.under == Int128{b.over} * a.under;
  }
  friend bool operator<(Fraction a, Fraction b) {
    return Int128{a.over} * b.under < Int128{b.over} * a.under;
  }
};

// allocated / allocatable. An unlimited allocatable share counts as `total`; a share of 0 gives the
// maximum penalty, 1000 times the allocated devices, thousandths of a core or bytes (KAI's
// noFairShareDrfMultiplier), at most 2^63 - 1.
[[nodiscard]] Fraction share_used(std::size_t r, std::int64_t allocated, std::int64_t allocatable,
                                  std::int64_t total);

// One project's row of each table.
struct ShareRow {
  std::span<const std::int64_t> allocated;
  std::span<const std::int64_t> fair;
  std::span<const std::int64_t> allocatable;
};

struct DominantShare {
  Fraction share;
  std::size_t resource = 0;
};
// The largest share_used over the resources from `first`; ties: the lower index.
[[nodiscard]] DominantShare dominant_share(const ShareRow& row, std::span<const std::int64_t> total,
                                           std::size_t first = 0);

// kKai: above the fair share in every resource, strictly (a GPU hog with little memory is not).
// kSillar: above it in the dominant accelerator class, or in the dominant of CPU and memory where
// the project holds no accelerator.
[[nodiscard]] bool over_fair_share(Rules rules, const ShareRow& row,
                                   std::span<const std::int64_t> total);

}  // namespace sillar::schedule
