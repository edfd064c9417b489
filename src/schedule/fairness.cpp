#include "schedule/fairness.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "base/check.h"
#include "base/quantity.h"

namespace sillar::schedule {
namespace {

std::string resource_name(const Board& board, std::size_t r) {
  if (r == kCpu) return "cpu";
  if (r == kMemory) return "memory";
  if (board.rules() == Rules::kKai) return "accelerators";
  return board.fleet().classes[r - kFirstClass].name;
}

// Devices and cores as numbers, or as text where they are not whole; memory in bytes.
std::variant<std::int64_t, std::string> shown(std::size_t r, std::int64_t amount) {
  if (r == kMemory || amount == kUnlimited) return amount;
  if (amount % kThousand == 0) return amount / kThousand;
  return format_thousandths(amount);
}

}  // namespace

void Fairness::divide(const CycleOptions& options, std::span<const std::int64_t> carry,
                      std::span<const std::int64_t> usage_millionths) {
  const std::size_t resources = board_.resources();
  const std::size_t projects = board_.projects().size();
  saturation_thousandths_ = options.saturation_thousandths;
  division_.divide(board_, options, carry, usage_millionths);
  rationed_.assign(projects * resources, false);
  for (std::size_t p = 0; p < projects; ++p) {
    const ProjectId parent = board_.projects()[p].parent;
    for (std::size_t r = 0; r < resources; ++r)
      rationed_[p * resources + r] = r >= kFirstClass ||
                                     board_.quota(ProjectId{p}, r).deserved != kUnlimited ||
                                     (parent.valid() && rationed(parent, r));
  }
  allocatable_.resize(projects * resources);
  kept_.resize(projects * resources);
  steady_kept_.clear();
  for (std::size_t p = 0; p < projects; ++p) {
    for (std::size_t r = 0; r < resources; ++r) {
      const std::size_t at = p * resources + r;
      allocatable_[at] = allocatable_share(board_.quota(ProjectId{p}, r).limit,
                                           shares().deserved[at], shares().fair[at]);
      kept_[at] = compute_keep(ProjectId{p}, r);
    }
  }
}

void Fairness::make_steady() {
  if (!steady_kept_.empty()) return;
  const Shares& steady = division_.steady();
  steady_kept_.resize(kept_.size());
  for (std::size_t p = 0; p < board_.projects().size(); ++p) {
    for (std::size_t r = 0; r < board_.resources(); ++r) {
      const std::size_t at = board_.at(ProjectId{p}, r);
      steady_kept_[at] = rationed(ProjectId{p}, r)
                             ? keep_share(steady.deserved[at], steady.fair[at], totals()[r])
                             : kUnlimited;
    }
  }
}

void Fairness::judge_by_steady(bool steady) {
  CHECK(!steady || board_.rules() == Rules::kSillar, "KAI's rules know no steady share");
  if (steady) make_steady();
  steady_ = steady;
}

bool Fairness::gives_steadily_only(ProjectId leaf, std::size_t r) {
  make_steady();
  const std::size_t at = board_.at(leaf, r);
  return over(leaf, r, steady_kept_[at]) && !over(leaf, r, kept_[at]);
}

std::int64_t Fairness::compute_keep(ProjectId p, std::size_t r) const {
  const std::size_t at = board_.at(p, r);
  if (board_.rules() == Rules::kKai) return allocatable_[at];
  if (!rationed(p, r)) return kUnlimited;
  // Deserved counts as far as it is asked for: nobody is protected in what it does not use, and
  // what it uses it asks for.
  const std::int64_t deserved =
      shares().deserved[at] == kUnlimited ? totals()[r] : shares().deserved[at];
  return std::max(deserved, shares().fair[at]);
}

Amounts Fairness::amounts(ShapeId shape, ClassId c, std::int64_t tasks) const {
  Amounts out(board_.resources());
  for (std::size_t r = 0; r < out.size(); ++r)
    out[r] = tasks * board_.amount(board_.shape(shape), c, r);
  return out;
}

ClassId Fairness::only_class(ShapeId id) const {
  const Shape& shape = board_.shape(id);
  ClassId only;
  for (std::size_t c = 0; c < shape.by_class.size(); ++c) {
    if (shape.by_class[c].thousandths == 0) continue;
    if (only.valid() && board_.rules() == Rules::kSillar) return ClassId{};
    only = ClassId{c};
  }
  return only;
}

std::optional<Fairness::Gate> Fairness::shut_gate(const Job& job, const Amounts& more) const {
  const ProjectCounters& counters = board_.counters();
  for (ProjectId p = job.project; p.valid(); p = board_.projects()[p.index()].parent) {
    for (std::size_t r = 0; r < more.size(); ++r) {
      if (more[r] == 0) continue;
      const std::size_t at = board_.at(p, r);
      const Quota& quota = board_.quota(p, r);
      if (quota.limit != kUnlimited && counters.allocated[at] + more[r] > quota.limit)
        return Gate{p, r, false};
      if (!job.preemptible && quota.deserved != kUnlimited &&
          counters.allocated_fixed[at] + more[r] > quota.deserved)
        return Gate{p, r, true};
    }
  }
  return std::nullopt;
}

std::optional<Reason> Fairness::closed_gate(const Job& job, const Amounts& more) const {
  const std::optional<Gate> gate = shut_gate(job, more);
  if (!gate) return std::nullopt;
  return gate_reason(*gate, more);
}

Reason Fairness::gate_reason(const Gate& gate, const Amounts& more) const {
  const auto [p, r, by_deserved] = gate;
  const Quota& quota = board_.quota(p, r);
  if (by_deserved)
    return {ReasonCode::kOverDeserved,
            {{"project", board_.projects()[p.index()].name},
             {"deserved", shown(r, quota.deserved)},
             {"resource", resource_name(board_, r)}}};
  return {ReasonCode::kOverLimit,
          {{"project", board_.projects()[p.index()].name},
           {"limit", shown(r, quota.limit)},
           {"resource", resource_name(board_, r)},
           {"used", shown(r, allocated(p, r))},
           {"asked", shown(r, more[r])}}};
}

std::optional<Reason> Fairness::over_deserved(const Job& job, const Amounts& more) const {
  if (job.preemptible) return std::nullopt;
  for (ProjectId p = job.project; p.valid(); p = board_.projects()[p.index()].parent) {
    for (std::size_t r = 0; r < more.size(); ++r) {
      const std::int64_t deserved = board_.quota(p, r).deserved;
      const std::int64_t fixed = board_.counters().allocated_fixed[board_.at(p, r)];
      if (more[r] == 0 || deserved == kUnlimited || fixed + more[r] <= deserved) continue;
      return gate_reason({p, r, true}, more);
    }
  }
  return std::nullopt;
}

bool Fairness::passes_limit(ProjectId p, const Amounts& asked, const Amounts& more) const {
  for (std::size_t r = 0; r < more.size(); ++r) {
    const std::int64_t limit = board_.quota(p, r).limit;
    if (asked[r] > 0 && limit != kUnlimited && allocated(p, r) + more[r] > limit) return true;
  }
  return false;
}

ProjectId Fairness::limited_at(const Job& job, const Amounts& more) const {
  for (ProjectId p = job.project; p.valid(); p = board_.projects()[p.index()].parent) {
    if (passes_limit(p, more, more)) return p;
  }
  return {};
}

bool Fairness::within_limits(const Job& job, const Amounts& more) const {
  const Amounts nothing(more.size());
  for (ProjectId p = job.project; p.valid(); p = board_.projects()[p.index()].parent) {
    if (passes_limit(p, more, nothing)) return false;
  }
  return true;
}

std::size_t Fairness::binding_resource(const Amounts& more) const {
  for (std::size_t r = kFirstClass; r < more.size(); ++r) {
    if (more[r] > 0) return r;
  }
  return more[kCpu] > 0 ? kCpu : kMemory;
}

std::optional<Reason> Fairness::may_not_reclaim(const Job& job, const Amounts& more) const {
  const bool kai = board_.rules() == Rules::kKai;
  for (std::size_t r = 0; r < more.size(); ++r) {
    if (more[r] == 0 || (!kai && !counts(job.project, r, more))) continue;
    if (allocated(job.project, r) + more[r] > ceiling(job.project, r))
      return over_share(job, {job.project, r});
    if (over_in_total(job.project, job.request, r, more[r]))
      return over_share(job, {job.project, r, true});
  }
  return std::nullopt;
}

bool Fairness::over_in_total(ProjectId p, RequestId request, std::size_t r,
                             std::int64_t more) const {
  if (r < kFirstClass || board_.request(request).classes.size() < 2) return false;
  return allocated_in_total(p, r) + more > fair_in_total(p, request);
}

std::int64_t Fairness::fair_in_total(ProjectId p, RequestId request) const {
  std::int64_t share = 0;
  for (const std::uint32_t c : board_.request(request).classes) share += fair(p, c);
  return share;
}

bool Fairness::spares(const Job& aggressor, const Job& victim, std::size_t r) const {
  if (board_.request(victim.request).classes.size() < 2) return true;
  const ProjectId top = sides(aggressor.project, victim.project).victim;
  for (ProjectId p = victim.project; p.valid(); p = board_.projects()[p.index()].parent) {
    if (!above_in_total(p, victim.request, r)) return false;
    if (p == top) break;
  }
  return true;
}

bool Fairness::above_in_total(ProjectId p, RequestId request, std::size_t r) const {
  std::int64_t kept = 0;
  for (const std::uint32_t c : board_.request(request).classes) kept += keep(p, c);
  return allocated_in_total(p, r) > kept;
}

bool Fairness::counts(ProjectId p, std::size_t r, const Amounts& more) const {
  return more[r] > 0 && (r == binding_resource(more) || rationed(p, r));
}

Reason Fairness::over_share(const Job& job, const Full& full) const {
  const auto [p, r, in_total] = full;
  const std::int64_t share = in_total ? fair_in_total(p, job.request) : fair(p, r);
  return {ReasonCode::kOverFairShare,
          {{"project", board_.projects()[p.index()].name},
           {"share", shown(r, share)},
           {"resource", in_total ? "accelerators" : resource_name(board_, r)}}};
}

Fairness::Full Fairness::full_above(const Job& job, const Amounts& more) const {
  if (board_.rules() == Rules::kKai) return {};
  for (ProjectId p = job.project; p.valid(); p = board_.projects()[p.index()].parent) {
    for (std::size_t r = 0; r < more.size(); ++r) {
      if (!counts(p, r, more)) continue;
      if (allocated(p, r) + more[r] > ceiling(p, r)) return {p, r};
      if (over_in_total(p, job.request, r, more[r])) return {p, r, true};
    }
  }
  return {};
}

bool Fairness::is_below(ProjectId p, ProjectId ancestor) const {
  while (p.valid() && p != ancestor) p = board_.projects()[p.index()].parent;
  return p.valid();
}

Fairness::Sides Fairness::sides(ProjectId a, ProjectId b) const {
  CHECK(a != b, "two leaves");
  const auto parent = [&](ProjectId p) { return board_.projects()[p.index()].parent; };
  while (board_.depth(a) > board_.depth(b)) a = parent(a);
  while (board_.depth(b) > board_.depth(a)) b = parent(b);
  while (parent(a) != parent(b)) {
    a = parent(a);
    b = parent(b);
  }
  return {a, b};
}

bool Fairness::within_deserved(ProjectId p, const Amounts& more) const {
  for (std::size_t r = 0; r < more.size(); ++r) {
    const std::int64_t deserved = board_.quota(p, r).deserved;
    if (deserved != kUnlimited && allocated(p, r) + more[r] > deserved) return false;
  }
  return true;
}

bool Fairness::is_donor(const Job& aggressor, const Amounts& more, const Full& full,
                        ProjectId victim_leaf) const {
  const auto [r_side, v_side] = sides(aggressor.project, victim_leaf);
  if (board_.rules() == Rules::kSillar) {
    const std::size_t r = binding_resource(more);
    if (full.project.valid() && !is_below(victim_leaf, full.project)) return false;
    return over(v_side, r, keep(v_side, r)) && over(victim_leaf, r, keep(victim_leaf, r));
  }
  if (within_deserved(r_side, more)) {
    bool any_below = false;
    for (std::size_t r = 0; r < more.size(); ++r) {
      const std::int64_t deserved = board_.quota(v_side, r).deserved;
      if (more[r] > 0 && deserved != kUnlimited && allocated(v_side, r) > deserved) return true;
      any_below = any_below || deserved == kUnlimited || allocated(v_side, r) < deserved;
    }
    return !any_below;
  }
  for (std::size_t r = 0; r < more.size(); ++r) {
    if (over(v_side, r, allocatable(v_side, r))) return true;
  }
  return false;
}

Fairness::Verdict Fairness::may_take(const Job& aggressor, const Amounts& more,
                                     ProjectId victim_leaf, std::int64_t unit) const {
  const auto [r_side, v_side] = sides(aggressor.project, victim_leaf);
  if (board_.rules() == Rules::kKai)
    return kai_may_take(r_side, v_side, more) ? Verdict::kYes : Verdict::kNo;
  const std::size_t r = binding_resource(more);
  Verdict verdict = Verdict::kYes;
  for (ProjectId p = victim_leaf; p.valid(); p = board_.projects()[p.index()].parent) {
    const std::int64_t kept = keep(p, r);
    if (kept == kUnlimited || allocated(p, r) <= kept) return Verdict::kNo;
    if (allocated(p, r) - unit < kept) {
      if (!potential_falls(r_side, p, r, more[r], unit)) return Verdict::kNo;
      verdict = Verdict::kBelowKeep;
    }
    if (p == v_side) break;
  }
  return verdict;
}

bool Fairness::kai_may_take(ProjectId r_side, ProjectId v_side, const Amounts& more) const {
  for (std::size_t r = 0; r < more.size(); ++r) {
    if (over(v_side, r, allocatable(v_side, r))) return true;
  }
  if (!within_deserved(r_side, more)) return false;
  for (std::size_t r = 0; r < more.size(); ++r) {
    if (over(v_side, r, board_.quota(v_side, r).deserved)) return true;
  }
  return false;
}

// Sum over the two sides of allocated^2 / share, before and after. It falls strictly with each such
// exchange, so exchanges cannot go round in a circle. A share of nothing counts as one unit.
bool Fairness::potential_falls(ProjectId aggressor, ProjectId victim, std::size_t r,
                               std::int64_t gain, std::int64_t loss) const {
  const auto share = [&](ProjectId p) {
    const std::int64_t kept = keep(p, r);
    return Int128{kept == kUnlimited ? totals()[r] : std::max<std::int64_t>(kept, 1)};
  };
  const Int128 share_a = share(aggressor);
  const Int128 share_v = share(victim);
  const Int128 a = allocated(aggressor, r);
  const Int128 v = allocated(victim, r);
  // (a+g)^2 - a^2 = g(2a+g) against v^2 - (v-l)^2 = l(2v-l), cross-multiplied by the shares.
  // Amounts are thousandths of devices or cores here, below 2^40, so the products fit.
  const Int128 rise = static_cast<Int128>(gain) * (2 * a + gain);
  const Int128 fall = static_cast<Int128>(loss) * (2 * v - loss);
  return rise / share_a < fall / share_v ||
         (rise / share_a == fall / share_v && rise % share_a * share_v < fall % share_v * share_a);
}

bool Fairness::order_holds(const Job& aggressor, std::span<const ProjectId> victim_leaves) const {
  if (board_.rules() != Rules::kKai) return true;
  for (ProjectId a = aggressor.project; a.valid(); a = board_.projects()[a.index()].parent) {
    for (const ProjectId leaf : victim_leaves) {
      ProjectId b = leaf;
      while (b.valid() && board_.depth(b) > board_.depth(a))
        b = board_.projects()[b.index()].parent;
      if (!b.valid() || b == a ||
          board_.projects()[b.index()].parent != board_.projects()[a.index()].parent)
        continue;
      for (std::size_t r = 0; r < board_.resources(); ++r) {
        const std::int64_t share_a = fair(a, r);
        const std::int64_t share_b = fair(b, r);
        if (share_b <= 0 || board_.quota(a, r).deserved == kUnlimited ||
            board_.quota(b, r).deserved == kUnlimited)
          continue;
        // The aggressor is counted in already: x = allocated / share, over 1 and, with the
        // multiplier, not below y means refused.
        const Int128 used_a = allocated(a, r);
        const Int128 used_b = allocated(b, r);
        if (used_a > share_a &&
            used_a * share_b * saturation_thousandths_ >= used_b * share_a * 1000)
          return false;
      }
    }
  }
  return true;
}

Duration Fairness::min_runtime(ProjectId from, bool reclaim) const {
  for (ProjectId p = from; p.valid(); p = board_.projects()[p.index()].parent) {
    const MinRuntime& set = board_.projects()[p.index()].min_runtime;
    const std::optional<Duration>& value = reclaim ? set.reclaim : set.preempt;
    if (value) return *value;
  }
  return Duration{0};
}

std::optional<Time> Fairness::protected_until(const Job& victim, const Job& aggressor,
                                              bool reclaim) const {
  // A gang that was never whole has nothing to protect.
  if (victim.last_full_start == Time{}) return std::nullopt;
  Duration least;
  if (!reclaim) {
    least = min_runtime(victim.project, false);
  } else {
    const auto [r_side, v_side] = sides(aggressor.project, victim.project);
    // Different top-level projects: the victim's top-level value and no further; else from the side
    // towards the victim upwards.
    least = min_runtime(v_side, true);
  }
  const Time until = victim.last_full_start + least;
  if (least.ns <= 0) return std::nullopt;
  return until;
}

std::int64_t Fairness::protected_to(ProjectId p, std::size_t r) const {
  std::int64_t kept = keep(p, r);
  // KAI takes in-quota work too where the aggressor stays within what it deserves.
  if (board_.rules() == Rules::kKai && board_.quota(p, r).deserved != kUnlimited)
    kept = kept == kUnlimited ? board_.quota(p, r).deserved
                              : std::min(kept, board_.quota(p, r).deserved);
  return kept == kUnlimited ? allocated(p, r) : kept;
}

OrderKey Fairness::standing(ProjectId p, std::span<const std::int64_t> job) const {
  const std::size_t resources = board_.resources();
  const std::size_t at = board_.at(p, 0);
  const auto row = [&](const std::vector<std::int64_t>& table) {
    return std::span(table).subspan(at, resources);
  };
  OrderInput input;
  input.row = {row(board_.counters().allocated), row(shares().fair), row(allocatable_)};
  input.deserved = row(shares().deserved);
  input.job = job;
  input.priority = division_.tree().node(p.index()).priority;
  input.created = division_.tree().node(p.index()).created;
  input.rank = division_.tree().node(p.index()).rank;
  return order_key(board_.rules(), input, totals());
}

std::int64_t Fairness::free_amount(std::size_t r) const {
  std::int64_t free = board_.capacity(r);
  for (const ProjectId root : board_.roots()) free -= allocated(root, r);
  return std::max<std::int64_t>(free, 0);
}

// From the project's own counters and from what is known of its children.
void Fairness::sum_reclaimable(ProjectId p, std::size_t r, VictimPools* pools,
                               Reclaimable& out) const {
  const std::size_t i = p.index();
  std::int64_t slack = std::max<std::int64_t>(0, allocated(p, r) - protected_to(p, r));
  VictimPools::Sizes& sizes = out.sizes[i];
  sizes = {0, 0};
  out.inside[i] = 0;
  out.tightest[i] = ProjectId{};
  if (board_.children(p).empty()) {
    out.inside[i] = allocated(p, r) - board_.counters().allocated_fixed[board_.at(p, r)];
    if (pools != nullptr && out.inside[i] > 0 && slack > 0) sizes = pools->sizes(p, r);
  }
  for (const ProjectId child : board_.children(p)) {
    out.inside[i] += out.below[child.index()];
    sizes.largest = std::max(sizes.largest, out.sizes[child.index()].largest);
    sizes.step = std::gcd(sizes.step, out.sizes[child.index()].step);
    if (out.tightest[child.index()].valid()) out.tightest[i] = out.tightest[child.index()];
  }
  // The last unit may reach below what is kept, by less than its own size.
  if (slack > 0 && sizes.step > 0) slack = (slack + sizes.largest - 1) / sizes.step * sizes.step;
  out.below[i] = std::min(out.inside[i], slack);
  if (slack < out.inside[i]) out.tightest[i] = p;
}

Fairness::Bound Fairness::reclaimable(const Job& aggressor, std::size_t r, ProjectId within,
                                      VictimPools* pools, std::span<const Decision> decisions) {
  reclaimable_.resize(4 * board_.resources());
  Reclaimable& sums =
      reclaimable_[2 * (r + (steady_ ? board_.resources() : 0)) + (pools != nullptr ? 1 : 0)];
  if (sums.seen == SIZE_MAX) {
    const std::size_t count = board_.projects().size();
    sums.below.resize(count);
    sums.inside.resize(count);
    sums.tightest.resize(count);
    sums.sizes.resize(count);
    // Children come after their parents.
    for (std::size_t p = count; p-- > 0;) sum_reclaimable(ProjectId{p}, r, pools, sums);
  } else {
    for (const Decision& decision : decisions.subspan(sums.seen)) {
      ProjectId p = board_.job(board_.task(decision.task).job).project;
      for (; p.valid(); p = board_.projects()[p.index()].parent) sum_reclaimable(p, r, pools, sums);
    }
  }
  if (sums.seen != decisions.size()) {
    sums.seen = decisions.size();
    sums.roots = 0;
    for (const ProjectId root : board_.roots()) sums.roots += sums.below[root.index()];
  }
  // On the aggressor's own path nothing protects: what is taken below it stays below it.
  Bound bound{sums.roots, ProjectId{}};
  ProjectId p = aggressor.project;
  ProjectId child;
  std::int64_t siblings = 0;
  for (; p.valid(); p = board_.projects()[p.index()].parent) {
    if (child.valid()) siblings += sums.inside[p.index()] - sums.below[child.index()];
    if (child.valid()) note_tightest(sums, board_.children(p), child, bound);
    if (p == within) return {siblings, bound.tightest};
    child = p;
  }
  note_tightest(sums, board_.roots(), child, bound);
  bound.reclaimable += siblings - sums.below[child.index()];
  return bound;
}

// Of several projects whose protection binds, a refusal names the one that keeps most back.
void Fairness::note_tightest(const Reclaimable& sums, std::span<const ProjectId> siblings,
                             ProjectId except, Bound& bound) const {
  for (const ProjectId p : siblings) {
    if (p == except || !sums.tightest[p.index()].valid()) continue;
    const ProjectId known = bound.tightest;
    const auto kept_back = [&](ProjectId q) {
      return sums.inside[q.index()] - sums.below[q.index()];
    };
    if (!known.valid() || kept_back(sums.tightest[p.index()]) > kept_back(known))
      bound.tightest = sums.tightest[p.index()];
  }
}

}  // namespace sillar::schedule
