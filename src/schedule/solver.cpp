#include "schedule/solver.h"

#include <algorithm>
#include <tuple>

#include "base/check.h"
#include "schedule/hold.h"
#include "schedule/no_room.h"

namespace sillar::schedule {
namespace {

// Where nobody is to lose, or nobody is protected, fairness has no say: all donors rank alike.
bool ranks_alike(Taking how) {
  return how == Taking::kConsolidate || how == Taking::kFiller;
}

}  // namespace

std::optional<Reason> Solver::take_room(WorkloadId id, Taking how) {
  const Job& job = c_.board.job(id);
  const std::int32_t count = job.next_step();
  if (job.pending < count)
    return Reason{ReasonCode::kWaitsForVictim, {{"victims", std::int64_t{job.stopping}}}};
  std::optional<Reason> first;
  for (const ShapeId shape_id : c_.board.request(job.request).alternatives) {
    const Shape& shape = c_.board.shape(shape_id);
    const auto attempt_class = [&](ClassId c) {
      Attempt attempt;
      attempt.id = id;
      attempt.job = &job;
      attempt.how = how;
      attempt.shape = shape_id;
      attempt.only = c;
      attempt.more = c_.fairness.amounts(shape_id, c, count);
      attempt.count = count;
      const std::size_t mark = c_.board.mark();
      std::optional<Reason> refused = try_shape(attempt);
      if (refused) c_.board.rollback(mark);
      if (refused && (!first || first->code == ReasonCode::kNone)) first = refused;
      return !refused;
    };
    if (!shape.needs_accelerator()) {
      if (attempt_class(ClassId{})) return std::nullopt;
      continue;
    }
    for (std::size_t c = 0; c < shape.by_class.size(); ++c) {
      if (shape.by_class[c].thousandths > 0 && attempt_class(ClassId{c})) return std::nullopt;
    }
  }
  return first ? first : Reason{ReasonCode::kNeverFits, {}};
}

std::optional<Reason> Solver::take_filler(const Hold& hold) {
  due_ = &hold;
  std::optional<Reason> refused = take_room(hold.job, Taking::kFiller);
  due_ = nullptr;
  return refused;
}

bool Solver::allowed(const Attempt& attempt, NodeId node) const {
  if (!c_.board.shape(attempt.shape).eligible[node.index()]) return false;
  if (attempt.only.valid() && c_.board.node(node).accelerator_class != attempt.only) return false;
  const auto stands_in = [&](const std::vector<NodeId>& nodes) {
    return std::binary_search(nodes.begin(), nodes.end(), node);
  };
  if (attempt.domain != nullptr && !stands_in(attempt.domain->nodes)) return false;
  if (!attempt.restricted) return true;
  if (due_ != nullptr && !stands_in(due_->nodes)) return false;
  return may_use_held(c_.board, c_.plan.holds, attempt.id, node, c_.input.now);
}

std::optional<Reason> Solver::try_shape(Attempt& attempt) {
  if (auto refused = rules_refuse(attempt)) return refused;
  if (auto bound = bound_refuses(attempt)) {
    ++c_.plan.counts.bounds_proved;
    return bound;
  }
  rank_donors(attempt);
  auto refused = try_domains(attempt);
  if (!refused || refused->code != ReasonCode::kNone) return refused;
  // Nothing was found: what kept the search small is the reason.
  if (attempt.limit) return attempt.limit;
  if (attempt.how != Taking::kReclaim) return refused;
  const Fairness::Full full = c_.fairness.full_above(*attempt.job, attempt.more);
  return full.project.valid() ? c_.fairness.over_share(full) : refused;
}

// What is refused without looking for victims.
std::optional<Reason> Solver::rules_refuse(Attempt& attempt) {
  if (auto ceiling = ceiling_refuses(attempt)) {
    ++c_.plan.counts.bounds_proved;
    return ceiling;
  }
  if (auto over = c_.fairness.over_deserved(*attempt.job, attempt.more)) return over;
  // Under a limit there is room once something below the limited project is gone. Whoever only
  // moves does not go, and reclaim never takes from the job's own project.
  const ProjectId limited = c_.fairness.limited_at(*attempt.job, attempt.more);
  if (limited.valid()) {
    attempt.limit = c_.fairness.closed_gate(*attempt.job, attempt.more);
    if (attempt.how == Taking::kConsolidate ||
        (attempt.how == Taking::kReclaim && limited == attempt.job->project))
      return attempt.limit;
  }
  if (attempt.how != Taking::kReclaim) return std::nullopt;
  if (!others_hold(attempt)) return attempt.limit.value_or(Reason{});
  const auto over = c_.fairness.may_not_reclaim(*attempt.job, attempt.more);
  return over && attempt.limit ? attempt.limit : over;
}

std::optional<Reason> Solver::try_domains(Attempt& attempt) {
  attempt.restricted = due_ != nullptr || (!c_.plan.holds.empty() && !attempt.job->preemptible);
  if (attempt.job->topology < 0 || attempt.job->required_level < 0) return try_nodes(attempt);
  // One domain must hold the whole gang: the roomiest first, since it needs the fewest victims.
  const TopologyTree& tree = c_.board.topologies()[static_cast<std::size_t>(attempt.job->topology)];
  std::vector<std::pair<std::int64_t, DomainId>> order;
  for (const DomainId id : tree.by_level[static_cast<std::size_t>(attempt.job->required_level)]) {
    std::int64_t free = 0;
    for (const NodeId node : tree.domains[id.index()].nodes)
      free += c_.index.slots_on(c_.board, attempt.shape, Room::kFuture, node);
    order.emplace_back(-free, id);
  }
  std::sort(order.begin(), order.end());
  std::optional<Reason> refused;
  for (std::size_t i = 0; i < std::min(order.size(), kDomainsTriedMax); ++i) {
    attempt.domain = &tree.domains[order[i].second.index()];
    const std::size_t mark = c_.board.mark();
    auto reason = try_nodes(attempt);
    if (!reason) return std::nullopt;
    c_.board.rollback(mark);
    if (!refused) refused = std::move(reason);
  }
  return refused ? refused : refusal(attempt);
}

// Remembered: it depends on the fleet alone.
std::int64_t Solver::ceiling_of(const Attempt& attempt) {
  const Job& job = *attempt.job;
  const auto key =
      std::make_tuple(attempt.shape, job.topology, job.required_level, job.apart_level);
  const auto [entry, fresh] = ceilings_.try_emplace(key, 0);
  if (fresh) entry->second = slots_if_empty(c_.board, job, attempt.shape, INT64_MAX);
  return entry->second;
}

// What no eviction can pass: nodes, classes, topology, residency.
std::optional<Reason> Solver::ceiling_refuses(const Attempt& attempt) {
  const std::int64_t ceiling = ceiling_of(attempt);
  if (ceiling >= attempt.count) return std::nullopt;
  const Shape& shape = c_.board.shape(attempt.shape);
  if (shape.eligible_count == 0) return never_fits_reason(shape);
  const std::int32_t level = std::max(attempt.job->required_level, attempt.job->apart_level);
  if (level < 0)
    return Reason{ReasonCode::kGangTooLarge,
                  {{"fit", ceiling}, {"needed", std::int64_t{attempt.count}}}};
  const TopologyTree& tree = c_.board.topologies()[static_cast<std::size_t>(attempt.job->topology)];
  return Reason{ReasonCode::kTopology,
                {{"level", tree.levels[static_cast<std::size_t>(level)]},
                 {"needed", std::int64_t{attempt.count}},
                 {"fit", ceiling}}};
}

// Whether all less important work of the leaf and all free room together are too little.
bool Solver::preempt_falls_short(const Attempt& attempt, std::size_t r, std::int64_t free) {
  std::int64_t missing = attempt.more[r] - free;
  for (const Unit& unit : c_.pools.units(attempt.job->project)) {
    if (missing <= 0 || unit.priority >= attempt.job->priority) break;
    missing -= c_.pools.amount(unit, r);
  }
  return missing > 0;
}

std::optional<Reason> Solver::bound_refuses(Attempt& attempt) {
  const std::size_t r = c_.fairness.binding_resource(attempt.more);
  const std::int64_t free = c_.fairness.free_amount(r);
  const std::int64_t needed = attempt.more[r];
  if (attempt.how == Taking::kConsolidate) {
    if (free < needed) return Reason{};
    if (slots_by_devices(c_.board, c_.board.shape(attempt.shape)) < attempt.count)
      attempt.in_pieces = Reason{ReasonCode::kFragmented, {{"free", free / kDevice}}};
  }
  if (attempt.how == Taking::kPreempt && preempt_falls_short(attempt, r, free)) return Reason{};
  if (attempt.how != Taking::kReclaim || r == kMemory || attempt.limit) return std::nullopt;
  const Fairness::Full full = c_.fairness.full_above(*attempt.job, attempt.more);
  const Fairness::Bound bound =
      c_.fairness.reclaimable(*attempt.job, r, full.project, c_.pools, c_.plan.decisions.size());
  if (free + bound.reclaimable >= needed) return std::nullopt;
  if (full.project.valid()) return c_.fairness.over_share(full);
  const ProjectId p = bound.tightest;
  if (!p.valid()) return Reason{};  // Nobody's protection stands in the way: there is no room.
  return Reason{ReasonCode::kNotReclaimable,
                {{"needed", needed / kDevice},
                 {"reclaimable", (free + bound.reclaimable) / kDevice},
                 {"project", c_.board.projects()[p.index()].name},
                 {"deserved", c_.fairness.protected_to(p, r) / kDevice}}};
}

// Whether any other project holds what the job is short of.
bool Solver::others_hold(const Attempt& attempt) const {
  const std::size_t r = c_.fairness.binding_resource(attempt.more);
  std::int64_t held = 0;
  for (const ProjectId root : c_.board.roots())
    held += c_.board.counters().allocated[c_.board.at(root, r)];
  return held > c_.board.counters().allocated[c_.board.at(attempt.job->project, r)];
}

void Solver::rank_donors(Attempt& attempt) {
  attempt.donors.clear();
  attempt.donor_rank.assign(c_.board.projects().size(), -1);
  if (attempt.how == Taking::kPreempt) {
    attempt.donors.push_back(attempt.job->project);
  } else {
    const bool reclaims = attempt.how == Taking::kReclaim;
    attempt.donors =
        reclaims ? givers(c_.fairness.binding_resource(attempt.more)) : active_leaves();
    std::erase_if(attempt.donors, [&](ProjectId leaf) {
      return reclaims && (leaf == attempt.job->project ||
                          !c_.fairness.is_donor(*attempt.job, attempt.more, leaf));
    });
  }
  for (std::size_t i = 0; i < attempt.donors.size(); ++i)
    attempt.donor_rank[attempt.donors[i].index()] =
        ranks_alike(attempt.how) ? 0 : static_cast<std::int32_t>(i);
}

// Leaves with running work.
std::vector<ProjectId> Solver::active_leaves() const {
  std::vector<ProjectId> leaves;
  for (std::size_t p = 0; p < c_.board.projects().size(); ++p) {
    if (!c_.board.active_jobs(ProjectId{p}).empty()) leaves.push_back(ProjectId{p});
  }
  return leaves;
}

// Kept while the board does not move for good: neither who is over its share nor the order between
// two leaves depends on who asks.
const std::vector<ProjectId>& Solver::givers(std::size_t r) {
  givers_.resize(c_.board.resources());
  Givers& givers = givers_[r];
  if (givers.version == c_.plan.decisions.size()) return givers.leaves;
  givers.version = c_.plan.decisions.size();
  givers.leaves = active_leaves();
  std::erase_if(givers.leaves, [&](ProjectId leaf) { return !c_.fairness.gives(leaf, r); });
  sort_donors(givers.leaves);
  return givers.leaves;
}

// First to give first. Standings are taken once: comparing needs them at every level.
void Solver::sort_donors(std::vector<ProjectId>& donors) const {
  std::vector<std::optional<OrderKey>> keys(c_.board.projects().size());
  const auto key = [&](ProjectId p) -> const OrderKey& {
    std::optional<OrderKey>& known = keys[p.index()];
    if (!known) known = c_.fairness.standing(p, {});
    return *known;
  };
  std::sort(donors.begin(), donors.end(), [&](ProjectId a, ProjectId b) {
    if (a == b) return false;
    const auto [side_a, side_b] = c_.fairness.sides(a, b);
    return victim_before(key(side_a), key(side_b));
  });
}

bool Solver::may_go(Attempt& attempt, const Unit& unit) {
  ++c_.plan.counts.search_steps;
  const Job& victim = c_.board.job(unit.job);
  if (unit.job == attempt.id || attempt.donor_rank[victim.project.index()] < 0) return false;
  if (attempt.how == Taking::kPreempt && victim.priority >= attempt.job->priority) return false;
  if (attempt.limit) {
    const ProjectId limited = c_.fairness.limited_at(*attempt.job, attempt.more);
    if (limited.valid() && !c_.fairness.is_below(victim.project, limited)) return false;
  }
  // A job of which something is on its way to a place does not lose the rest meanwhile.
  if (!unit.task.valid() &&
      (victim.reserved + tasks_moving(unit.job) > 0 || c_.pools.grows(unit.job)))
    return false;
  if (attempt.how == Taking::kConsolidate)
    return victim.kind != WorkloadKind::kInference && victim.topology < 0;
  // Filler knew what it was: neither fairness nor a minimum run time protects it.
  if (attempt.how == Taking::kFiller) return unit.youngest > due_->made;
  if (!unit.task.valid()) {  // What is above a minimum is never protected by run time.
    const auto until =
        c_.fairness.protected_until(victim, *attempt.job, attempt.how == Taking::kReclaim);
    if (until && *until > c_.input.now) {
      if (!attempt.protected_until || *until < *attempt.protected_until)
        attempt.protected_until = until;
      return false;
    }
  }
  if (attempt.how == Taking::kPreempt) return true;
  Amounts amounts(c_.board.resources());
  for (std::size_t r = 0; r < amounts.size(); ++r) amounts[r] = c_.pools.amount(unit, r);
  const Fairness::Verdict verdict =
      c_.fairness.may_take(*attempt.job, attempt.more, victim.project, amounts);
  if (verdict == Fairness::Verdict::kBelowKeep) attempt.would_overshoot = true;
  return verdict == Fairness::Verdict::kYes ||
         (verdict == Fairness::Verdict::kBelowKeep && attempt.may_overshoot);
}

bool Solver::evict_unit(Attempt& attempt, const Unit& unit, std::vector<Taken>& taken) {
  Taken gone{&unit, {}};
  c_.pools.running_tasks(unit, gone.tasks);
  if (gone.tasks.empty() || !may_go(attempt, unit)) return false;
  for (const TaskId task : gone.tasks) c_.board.evict(task);
  taken.push_back(std::move(gone));
  return true;
}

std::int32_t Solver::tasks_moving(WorkloadId id) const {
  const Job& job = c_.board.job(id);
  std::int32_t moving = 0;
  for (std::int32_t i = 0; i < job.tasks && job.stopping > 0; ++i) {
    const TaskId task{job.first_task + static_cast<std::uint32_t>(i)};
    moving += c_.board.task(task).promise_shape.valid() ? 1 : 0;
  }
  return moving;
}

bool Solver::whole_or_gone(WorkloadId id) const {
  const Job& job = c_.board.job(id);
  const std::int32_t active = job.active() + tasks_moving(id);
  return active == 0 || active >= job.minimum();
}

void Solver::lost_tasks(const Taken& taken, std::vector<TaskId>& out) const {
  out.clear();
  for (const TaskId id : taken.tasks) {
    const Task& task = c_.board.task(id);
    if (task.phase == Phase::kStopping && !task.promise_shape.valid()) out.push_back(id);
  }
}

std::int64_t Solver::slots_total(const Attempt& attempt) {
  const Job& job = *attempt.job;
  if (job.apart_level >= 0) {
    const TopologyTree& tree = c_.board.topologies()[static_cast<std::size_t>(job.topology)];
    std::int64_t domains = 0;
    for (const DomainId id : tree.by_level[static_cast<std::size_t>(job.apart_level)]) {
      const std::vector<NodeId>& nodes = tree.domains[id.index()].nodes;
      domains += std::any_of(nodes.begin(), nodes.end(), [&](NodeId n) {
        return allowed(attempt, n) &&
               c_.index.slots_on(c_.board, attempt.shape, Room::kFuture, n) > 0;
      });
    }
    return domains;
  }
  if (attempt.domain == nullptr && !attempt.restricted) {
    if (attempt.only.valid())
      return c_.index.slots(c_.board, attempt.shape, Room::kFuture, attempt.only);
    return c_.index.slots(c_.board, attempt.shape, Room::kFuture);
  }
  std::int64_t sum = 0;
  const auto add = [&](NodeId node) {
    if (allowed(attempt, node))
      sum += c_.index.slots_on(c_.board, attempt.shape, Room::kFuture, node);
  };
  if (attempt.domain != nullptr) {
    for (const NodeId node : attempt.domain->nodes) add(node);
  } else {
    for (std::size_t n = 0; n < c_.board.node_count(); ++n) add(NodeId{n});
  }
  return sum;
}

// A unit that leaves a project below what it keeps goes only where nothing smaller does.
std::optional<Reason> Solver::try_nodes(Attempt& attempt) {
  attempt.may_overshoot = attempt.would_overshoot = false;
  const std::size_t mark = c_.board.mark();
  auto refused = try_victims(attempt);
  if (!refused || !attempt.would_overshoot) return refused;
  c_.board.rollback(mark);
  attempt.may_overshoot = true;
  return try_victims(attempt);
}

std::optional<Reason> Solver::try_victims(Attempt& attempt) {
  attempt.taken.clear();
  if (slots_total(attempt) < attempt.count) {
    const bool found = (attempt.count == 1 && take_single(attempt)) || take_holes(attempt);
    if (!found) return refusal(attempt);
  }
  if (attempt.limit && !make_room_under_limit(attempt)) return refusal(attempt);
  return settle(attempt);
}

// Devices may be free where a limit is what is scarce: then victims go for the limit's sake,
// wherever they stand.
bool Solver::make_room_under_limit(Attempt& attempt) {
  const auto limited = [&] { return c_.fairness.limited_at(*attempt.job, attempt.more).valid(); };
  for (const ProjectId leaf : attempt.donors) {
    for (const Unit& unit : c_.pools.units(leaf)) {
      if (!limited()) return true;
      (void)evict_unit(attempt, unit, attempt.taken);
    }
  }
  return !limited();
}

// One task, one victim: walk the donors' units until one leaves a hole that is large enough.
bool Solver::take_single(Attempt& attempt) {
  const Shape& shape = c_.board.shape(attempt.shape);
  std::vector<TaskId> tasks;
  for (const ProjectId leaf : attempt.donors) {
    for (const Unit& unit : c_.pools.units(leaf)) {
      if (c_.plan.counts.search_steps >= c_.input.options->search_steps_max) return false;
      c_.pools.running_tasks(unit, tasks);
      if (tasks.size() != 1) continue;
      const NodeId node = c_.board.task(tasks[0]).place.node;
      if (!allowed(attempt, node)) continue;
      const std::size_t mark = c_.board.mark();
      if (!evict_unit(attempt, unit, attempt.taken)) continue;
      if (c_.board.slots(shape, node, Room::kFuture, 1) > 0) return true;
      c_.board.rollback(mark);
      attempt.taken.pop_back();
    }
  }
  return false;
}

// The cheapest set of units on `node` that makes room for one more task there. Leaves the board as
// it was.
bool Solver::dig(Attempt& attempt, NodeId node, Hole& hole) {
  const Shape& shape = c_.board.shape(attempt.shape);
  struct Candidate {
    std::int32_t rank;
    std::uint32_t position;
    const Unit* unit;
  };
  std::vector<Candidate> candidates;
  for (const TaskId task : c_.board.tasks_on(node)) {
    if (c_.board.task(task).phase != Phase::kRunning) continue;
    const ProjectId leaf = c_.board.job(c_.board.task(task).job).project;
    const std::int32_t rank = attempt.donor_rank[leaf.index()];
    const Unit* unit = rank < 0 ? nullptr : c_.pools.unit_of(task);
    if (unit != nullptr) candidates.push_back({rank, c_.pools.position(*unit), unit});
  }
  std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
    return std::tie(a.rank, a.position) < std::tie(b.rank, b.position);
  });
  const std::size_t mark = c_.board.mark();
  const std::int32_t before = c_.board.slots(shape, node, Room::kFuture, INT32_MAX);
  hole = {0, {}, 0, node, {}};
  bool open = false;
  std::vector<Taken> dug;
  for (const Candidate& candidate : candidates) {
    if (!evict_unit(attempt, *candidate.unit, dug)) continue;
    open = c_.board.slots(shape, node, Room::kFuture, INT32_MAX) > before;
    if (open) break;
  }
  if (open) drop_needless(dug, shape, node, before);
  c_.board.rollback(mark);
  if (!open) return false;
  for (const Taken& taken : dug) {
    hole.units.push_back(taken.unit);
    hole.rank =
        std::max(hole.rank, attempt.donor_rank[c_.board.job(taken.unit->job).project.index()]);
    hole.cost = plus(hole.cost, taken.unit->cost);
    hole.tasks += static_cast<std::int32_t>(taken.tasks.size());
  }
  return true;
}

// Units that were tried before the hole opened and without which it stays open; the last one opened
// it and stays.
void Solver::drop_needless(std::vector<Taken>& dug, const Shape& shape, NodeId node,
                           std::int32_t before) {
  for (std::size_t i = dug.size() - 1; i-- > 0;) {
    const std::size_t mark = c_.board.mark();
    for (const TaskId task : dug[i].tasks) c_.board.unevict(task);
    if (whole_or_gone(dug[i].unit->job) &&
        c_.board.slots(shape, node, Room::kFuture, INT32_MAX) > before)
      dug.erase(dug.begin() + static_cast<std::ptrdiff_t>(i));
    else
      c_.board.rollback(mark);
  }
}

// Allowed nodes on which a donor's work runs, in id order: only there can a hole be dug.
std::vector<NodeId> Solver::nodes_of_donors(const Attempt& attempt) {
  std::vector<NodeId> nodes;
  std::vector<TaskId> tasks;
  for (const ProjectId leaf : attempt.donors) {
    for (const Unit& unit : c_.pools.units(leaf)) {
      if (attempt.how == Taking::kPreempt && unit.priority >= attempt.job->priority) break;
      c_.pools.running_tasks(unit, tasks);
      for (const TaskId task : tasks) nodes.push_back(c_.board.task(task).place.node);
    }
  }
  std::sort(nodes.begin(), nodes.end());
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
  std::erase_if(nodes, [&](NodeId node) { return !allowed(attempt, node); });
  return nodes;
}

bool Solver::take_holes(Attempt& attempt) {
  // Worst first, so that the best stands at the back of a heap.
  const auto worse = [&](const Hole& a, const Hole& b) {
    if (a.rank != b.rank) return a.rank > b.rank;
    if (a.cost.money_nanos != b.cost.money_nanos) return a.cost.money_nanos > b.cost.money_nanos;
    if (a.cost.lost_device_ns != b.cost.lost_device_ns)
      return a.cost.lost_device_ns > b.cost.lost_device_ns;
    if (a.tasks != b.tasks) return a.tasks > b.tasks;
    return a.node > b.node;
  };
  std::vector<Hole> heap;
  const auto dig_and_push = [&](NodeId node) {
    Hole hole;
    if (!dig(attempt, node, hole)) return;
    heap.push_back(std::move(hole));
    std::push_heap(heap.begin(), heap.end(), worse);
  };
  for (const NodeId node : nodes_of_donors(attempt)) {
    if (c_.plan.counts.search_steps >= c_.input.options->search_steps_max) return false;
    dig_and_push(node);
  }
  const Shape& shape = c_.board.shape(attempt.shape);
  while (slots_total(attempt) < attempt.count) {
    if (heap.empty()) return false;
    std::pop_heap(heap.begin(), heap.end(), worse);
    const Hole hole = std::move(heap.back());
    heap.pop_back();
    const std::size_t mark = c_.board.mark();
    const std::int32_t before = c_.board.slots(shape, hole.node, Room::kFuture, INT32_MAX);
    const std::size_t taken_before = attempt.taken.size();
    bool whole = true;
    for (const Unit* unit : hole.units) whole = whole && evict_unit(attempt, *unit, attempt.taken);
    if (!whole || c_.board.slots(shape, hole.node, Room::kFuture, INT32_MAX) <= before) {
      // What was taken meanwhile changed this node's choice: dig again, and drop it if nothing is
      // left.
      c_.board.rollback(mark);
      attempt.taken.resize(taken_before);
      Hole again;
      if (dig(attempt, hole.node, again) && again.units != hole.units) {
        heap.push_back(std::move(again));
        std::push_heap(heap.begin(), heap.end(), worse);
      }
      continue;
    }
    if (attempt.how == Taking::kReclaim && attempt.donors.size() <= kDonorsRerankedMax)
      rerank(attempt);
    dig_and_push(hole.node);
  }
  return true;
}

// Donors' order after what they have given so far. Ranks of holes already dug are those of the
// time: they are compared again only when they come up, which keeps the order a preference and
// never a condition.
void Solver::rerank(Attempt& attempt) {
  sort_donors(attempt.donors);
  for (std::size_t i = 0; i < attempt.donors.size(); ++i)
    attempt.donor_rank[attempt.donors[i].index()] = static_cast<std::int32_t>(i);
}

}  // namespace sillar::schedule
