#pragma once

// Who may have more and who must give: the shares of one cycle, the gates that admission passes,
// and the rules by which room moves between projects. Reads the board's counters as they stand, so
// it judges virtual moves as well as real ones.
//
// Reclaim, where our rules differ from KAI's (numbers of scheduling reference 4.16):
//  | | kKai | kSillar |
//  | over-share test (2, 5) | a victim's project may fall below its share by the last chunk | it
//  never falls below
//    keep = max(deserved, fair share), but for one indivisible unit, and then only if the potential
//    strictly falls |
//  | resources | any one resource over makes a project a donor | the resource that the aggressor is
//  short of | | aggressor | its leaf stays within its fair share | every ancestor below the common
//  one stays within its share |

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "model/reason.h"
#include "schedule/board.h"
#include "schedule/cycle.h"
#include "schedule/division.h"
#include "schedule/order.h"
#include "schedule/plan.h"
#include "schedule/share.h"
#include "schedule/victims.h"

namespace sillar::schedule {

// Per resource, what a number of a job's tasks would add if placed as `shape` on class `c`.
using Amounts = std::vector<std::int64_t>;

class Fairness {
 public:
  // `kept`, if there is one, is the board's division of earlier cycles: it spares work and outlives
  // this.
  explicit Fairness(const Board& board, Division* kept = nullptr)
      : board_(board), division_(kept == nullptr ? own_ : *kept) {}
  Fairness(const Fairness&) = delete;
  Fairness& operator=(const Fairness&) = delete;

  // Divides the capacity as it stands. Requires: called before questions, and again when quotas,
  // capacity or demand changed.
  // `usage_millionths`: as in CycleInput.
  void divide(const CycleOptions& options, std::span<const std::int64_t> carry,
              std::span<const std::int64_t> usage_millionths);

  [[nodiscard]] std::int64_t fair(ProjectId p, std::size_t r) const {
    return division_.shares().fair[board_.at(p, r)];
  }
  [[nodiscard]] std::int64_t allocatable(ProjectId p, std::size_t r) const {
    return allocatable_[board_.at(p, r)];
  }
  // Whether a project's share of a resource is an entitlement and a bound for reclaim: of devices
  // always, of cores and memory where it or an ancestor states what it deserves. Elsewhere they are
  // taken along with devices, and nobody is evicted for having many.
  [[nodiscard]] bool rationed(ProjectId p, std::size_t r) const {
    return rationed_[board_.at(p, r)];
  }
  // What reclaim leaves a project, kUnlimited where it is not rationed; in KAI's rules its
  // allocatable share.
  [[nodiscard]] std::int64_t keep(ProjectId p, std::size_t r) const {
    return (steady_ ? steady_kept_ : kept_)[board_.at(p, r)];
  }
  // By which shares reclaim is judged from now on. Steady ones are what each project might count on
  // if all asked for everything (KAI's alpha option of that name): while room is free that fits
  // nobody, all that is asked for is fair and nobody would have to give. The taker must be within
  // both; what it takes lowers the sum of allocated^2 / kept over both sides, so that exchanges
  // cannot go round in a circle, and leaves it within its fair share, so that nobody takes it back
  // by that one. Requires: divided. Not in KAI's rules.
  void judge_by_steady(bool steady);
  [[nodiscard]] bool judges_by_steady() const { return steady_; }
  // Whether a leaf gives by its steady share only.
  [[nodiscard]] bool gives_steadily_only(ProjectId leaf, std::size_t r);
  // The figure that a refusal names: what the project is protected to.
  [[nodiscard]] std::int64_t protected_to(ProjectId p, std::size_t r) const;
  [[nodiscard]] const Shares& shares() const { return division_.shares(); }

  [[nodiscard]] Amounts amounts(ShapeId shape, ClassId c, std::int64_t tasks) const;
  // The class a shape will be charged to: its only accepted one, or invalid.
  [[nodiscard]] ClassId only_class(ShapeId shape) const;

  // Limit and, for non-preemptible work, deserved, at every ancestor. Empty: the gates are open.
  struct Gate {
    ProjectId project;
    std::size_t resource = 0;
    bool deserved = false;  // Shut by what is deserved, not by the limit.
  };
  [[nodiscard]] std::optional<Gate> shut_gate(const Job& job, const Amounts& more) const;
  // The same as a reason.
  [[nodiscard]] std::optional<Reason> closed_gate(const Job& job, const Amounts& more) const;
  // The same without the limits: what no eviction helps against, since only preemptible work goes.
  [[nodiscard]] std::optional<Reason> over_deserved(const Job& job, const Amounts& more) const;
  // The lowest ancestor (or the project itself) whose limit `more` would pass as things stand. Only
  // victims below it make room under it. Invalid: no limit stands in the way.
  [[nodiscard]] ProjectId limited_at(const Job& job, const Amounts& more) const;
  // Whether every limit above the job holds in the resources of `more`, the job's tasks counted in.
  [[nodiscard]] bool within_limits(const Job& job, const Amounts& more) const;
  // Whether the job's project may take from others at all.
  [[nodiscard]] std::optional<Reason> may_not_reclaim(const Job& job, const Amounts& more) const;
  // The lowest ancestor that `more` would carry over its fair share: below it the job may reclaim,
  // from beyond it not. Invalid: none; in KAI's rules always, where `order_holds` decides.
  struct Full {
    ProjectId project;
    std::size_t resource = 0;
    bool in_total = false;  // Over the classes that the job accepts together.
  };
  [[nodiscard]] Full full_above(const Job& job, const Amounts& more) const;
  [[nodiscard]] Reason over_share(const Job& job, const Full& full) const;
  // Work that several classes serve is owed its project's share of them in sum and of none of them
  // in particular: whether the project holds more than that with `more` of the class `r`, counting
  // whatever it holds there and what it holds of the others for such work. Never for work that
  // accepts one class, and never in KAI's rules, which know one pool only.
  [[nodiscard]] bool over_in_total(ProjectId p, RequestId request, std::size_t r,
                                   std::int64_t more) const;
  // Whether a project holds more than it keeps of all classes that work of the request accepts, as
  // far as it would do with class `r` too: one unit less and it has what it is owed.
  [[nodiscard]] bool above_in_total(ProjectId p, RequestId request, std::size_t r) const;
  // Whether a project's side of a reclaim is above what it keeps of all classes that the unit's
  // work accepts, at every level: it would not miss the unit. Otherwise it would only take as much
  // from others.
  [[nodiscard]] bool spares(const Job& aggressor, const Job& victim, std::size_t r) const;

  // Where a project stands among its siblings; `job` is what the best job below asks for, empty for
  // victims.
  [[nodiscard]] OrderKey standing(ProjectId p, std::span<const std::int64_t> job) const;

  // First differing ancestors of two leaves. Requires: the leaves differ.
  struct Sides {
    ProjectId aggressor, victim;
  };
  [[nodiscard]] Sides sides(ProjectId aggressor_leaf, ProjectId victim_leaf) const;
  // Whether `p` is `ancestor` or below it.
  [[nodiscard]] bool is_below(ProjectId p, ProjectId ancestor) const;
  // Whether reclaim could take `r` from a leaf for anybody at all, as far as the leaf's own share
  // says; in KAI's rules that depends on who asks.
  [[nodiscard]] bool gives(ProjectId leaf, std::size_t r) const {
    return board_.rules() == Rules::kKai || over(leaf, r, keep(leaf, r));
  }
  // Whether anything of `victim_leaf` could be taken for the aggressor as things stand; `full` is
  // its full_above.
  [[nodiscard]] bool is_donor(const Job& aggressor, const Amounts& more, const Full& full,
                              ProjectId victim_leaf) const;
  // Whether a unit that holds `unit` of the scarce resource may go next, as things stand (before it
  // goes). Below keep: it may, but leaves a project less than it keeps, so that nothing smaller
  // must do.
  enum class Verdict : std::uint8_t { kNo, kBelowKeep, kYes };
  [[nodiscard]] Verdict may_take(const Job& aggressor, const Amounts& more, ProjectId victim_leaf,
                                 std::int64_t unit) const;
  // The whole set, after everything is virtually in place.
  [[nodiscard]] bool order_holds(const Job& aggressor,
                                 std::span<const ProjectId> victim_leaves) const;
  // Protected by a minimum run time against this aggressor, until when.
  [[nodiscard]] std::optional<Time> protected_until(const Job& victim, const Job& aggressor,
                                                    bool reclaim) const;

  // What nobody holds, in resource `r`.
  [[nodiscard]] std::int64_t free_amount(std::size_t r) const;

  // Upper bound of what reclaim could free in resource `r` for the aggressor, free room apart, from
  // projects below `within` (invalid: from all); `tightest` is the project whose protection binds
  // most. Without `pools` units are taken to divide at will, which may be too little by the last
  // unit of a project, but needs no look at them.
  struct Bound {
    std::int64_t reclaimable = 0;
    ProjectId tightest;
  };
  // Requires: the board stands as it does with the cycle's `decisions` made, of which each call has
  // those of the call before in front.
  [[nodiscard]] Bound reclaimable(const Job& aggressor, std::size_t r, ProjectId within,
                                  VictimPools* pools, std::span<const Decision> decisions);

  // The resource that decides for a request: its accelerator class, else CPU, else memory.
  [[nodiscard]] std::size_t binding_resource(const Amounts& more) const;

 private:
  [[nodiscard]] const std::vector<std::int64_t>& totals() const { return division_.totals(); }
  [[nodiscard]] std::int64_t allocated(ProjectId p, std::size_t r) const {
    return board_.counters().allocated[board_.at(p, r)];
  }
  [[nodiscard]] bool over(ProjectId p, std::size_t r, std::int64_t threshold) const {
    return threshold != kUnlimited && allocated(p, r) > threshold;
  }
  [[nodiscard]] Reason gate_reason(const Gate& gate, const Amounts& more) const;
  // Whether the share of `r` matters to an aggressor that asks for `more`: the scarce resource, and
  // what is rationed. Over in any of them it takes nothing, or two projects that are each over in
  // another resource would take from each other for ever.
  [[nodiscard]] bool counts(ProjectId p, std::size_t r, const Amounts& more) const;
  [[nodiscard]] bool passes_limit(ProjectId p, const Amounts& asked, const Amounts& more) const;
  [[nodiscard]] bool kai_may_take(ProjectId r_side, ProjectId v_side, const Amounts& more) const;
  [[nodiscard]] bool within_deserved(ProjectId p, const Amounts& more) const;
  [[nodiscard]] bool potential_falls(ProjectId aggressor, ProjectId victim, std::size_t r,
                                     std::int64_t gain, std::int64_t loss) const;
  [[nodiscard]] Duration min_runtime(ProjectId from, bool reclaim) const;
  // What each subtree could give in one resource if the aggressor stood outside it, as of a number
  // of decisions.
  struct Reclaimable {
    std::size_t seen = SIZE_MAX;
    std::vector<std::int64_t> below;   // With the project's own protection.
    std::vector<std::int64_t> inside;  // Sum of its children, without it.
    std::vector<ProjectId> tightest;   // Whose protection binds most inside, or the project itself.
    std::vector<VictimPools::Sizes> sizes;  // Of the units inside, where some of them may go.
    std::int64_t roots = 0;
  };
  void note_tightest(const Reclaimable& sums, std::span<const ProjectId> siblings, ProjectId except,
                     Bound& bound) const;
  // What the taker may hold in all.
  [[nodiscard]] std::int64_t ceiling(ProjectId p, std::size_t r) const {
    return steady_ ? std::min(fair(p, r), keep(p, r)) : fair(p, r);
  }
  void make_steady();
  // Of all classes that work of the request accepts.
  [[nodiscard]] std::int64_t fair_in_total(ProjectId p, RequestId request) const;
  // Of class `r`, and of the others to work that would do with it as well.
  [[nodiscard]] std::int64_t allocated_in_total(ProjectId p, std::size_t r) const {
    return allocated(p, r) + board_.counters().elsewhere[board_.at(p, r)];
  }
  [[nodiscard]] std::int64_t compute_keep(ProjectId p, std::size_t r) const;
  void sum_reclaimable(ProjectId p, std::size_t r, VictimPools* pools, Reclaimable& out) const;

  const Board& board_;
  Division own_;
  Division& division_;
  std::vector<std::int64_t> allocatable_;
  std::vector<std::int64_t> kept_;
  std::vector<std::int64_t> steady_kept_;  // Empty until it is asked for.
  bool steady_ = false;
  std::vector<bool> rationed_;
  // Per resource: without pools, and with them; then the same by steady shares.
  std::vector<Reclaimable> reclaimable_;
  std::int64_t saturation_thousandths_ = 1000;
};

}  // namespace sillar::schedule
