#include "schedule/solver.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/check.h"
#include "schedule/hold.h"
#include "schedule/no_room.h"

namespace sillar::schedule {
std::optional<Reason> Solver::take_room(WorkloadId id, Taking how) {
  const Job& job = c_.board.job(id);
  const std::int32_t count = job.next_step();
  if (job.pending < count)
    return Reason{ReasonCode::kWaitsForVictim, {{"victims", std::int64_t{job.stopping}}}};
  if (how == Taking::kPreempt && count == 1 && !c_.input.options->explain_all &&
      !preempt_might_open(job))
    return Reason{};
  if (how == Taking::kConsolidate) movables_.survey();
  // Where it matters not which class it gets, first from those who would not miss it: who would
  // takes back as much of another class.
  Round round;
  round.spared_only = how == Taking::kReclaim && c_.board.request(job.request).classes.size() > 1;
  if (try_classes(id, how, round)) return std::nullopt;
  if (round.spared_only && round.missed) {
    round = {};
    if (try_classes(id, how, round)) return std::nullopt;
  }
  if (!round.refused) return Reason{ReasonCode::kNeverFits, {}};
  // While nobody is over its share, by what each might count on if all asked for everything.
  const bool nobody_gives = round.refused->code == ReasonCode::kNone ||
                            round.refused->code == ReasonCode::kNotReclaimable;
  if (how == Taking::kReclaim && nobody_gives && steady_adds(job.request)) {
    Round steady;
    c_.fairness.judge_by_steady(true);
    const bool taken = try_classes(id, how, steady);
    c_.fairness.judge_by_steady(false);
    if (taken) return std::nullopt;
  }
  return round.refused;
}

// Whether less important work of the job's leaf makes room for one task of it anywhere. One pass
// over the leaf's units instead of a search on each class; it only says no where nothing would be
// found. Two units on one node might do it together: that is left to the search.
bool Solver::preempt_might_open(const Job& job) {
  ++seen_stamp_;
  seen_on_.resize(c_.board.node_count());
  for (const ShapeId shape_id : c_.board.request(job.request).alternatives) {
    if (c_.index.slots(c_.board, shape_id, Room::kFuture) > 0) return true;
  }
  for (const Unit& unit : c_.pools.units(job.project)) {
    if (unit.priority >= job.priority) break;
    if (!unit.only.valid() ||
        std::exchange(seen_on_[unit.node.index()], seen_stamp_) == seen_stamp_)
      return true;
    for (const ShapeId shape_id : c_.board.request(job.request).alternatives) {
      const Shape& shape = c_.board.shape(shape_id);
      if (shape.eligible[unit.node.index()] && opens_alone(shape, unit)) return true;
    }
  }
  return false;
}

bool Solver::try_classes(WorkloadId id, Taking how, Round& round) {
  const Job& job = c_.board.job(id);
  for (const ShapeId shape_id : c_.board.request(job.request).alternatives) {
    const Shape& shape = c_.board.shape(shape_id);
    const auto attempt_class = [&](ClassId c) {
      Attempt attempt;
      attempt.id = id;
      attempt.job = &job;
      attempt.how = how;
      attempt.shape = shape_id;
      attempt.only = c;
      attempt.count = job.next_step();
      attempt.more = c_.fairness.amounts(shape_id, c, attempt.count);
      attempt.spared_only = round.spared_only;
      const std::size_t mark = c_.board.mark();
      std::optional<Reason> refused = try_shape(attempt);
      if (refused) c_.board.rollback(mark);
      round.missed = round.missed || attempt.missed;
      if (refused && (!round.refused || round.refused->code == ReasonCode::kNone))
        round.refused = refused;
      return !refused;
    };
    if (!shape.needs_accelerator()) {
      if (attempt_class(ClassId{})) return true;
      continue;
    }
    for (std::size_t c = 0; c < shape.by_class.size(); ++c) {
      if (shape.by_class[c].thousandths > 0 && attempt_class(ClassId{c})) return true;
    }
  }
  return false;
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
  return full.project.valid() ? c_.fairness.over_share(*attempt.job, full) : refused;
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

// Kept while the board does not move for good: each class of a shape asks again.
std::int64_t Solver::whole_slots(ShapeId shape) {
  const auto [entry, fresh] = whole_slots_.try_emplace(shape);
  if (fresh || entry->second.first != c_.plan.decisions.size())
    entry->second = {c_.plan.decisions.size(), slots_by_devices(c_.board, c_.board.shape(shape))};
  return entry->second.second;
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
    if (whole_slots(attempt.shape) < attempt.count)
      attempt.in_pieces = Reason{ReasonCode::kFragmented, {{"free", free / kDevice}}};
  }
  if (attempt.how == Taking::kPreempt && preempt_falls_short(attempt, r, free)) return Reason{};
  if (attempt.how != Taking::kReclaim || r == kMemory || attempt.limit) return std::nullopt;
  const Fairness::Full full = c_.fairness.full_above(*attempt.job, attempt.more);
  const auto reclaimable = [&](VictimPools* pools) {
    return c_.fairness.reclaimable(*attempt.job, r, full.project, pools, c_.plan.decisions);
  };
  if (free + reclaimable(nullptr).reclaimable >= needed) return std::nullopt;
  const Fairness::Bound bound = reclaimable(&c_.pools);
  if (free + bound.reclaimable >= needed) return std::nullopt;
  if (full.project.valid()) return c_.fairness.over_share(*attempt.job, full);
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
    const std::size_t r = c_.fairness.binding_resource(attempt.more);
    attempt.donors = reclaims ? givers_now(r) : active_leaves();
    const Fairness::Full full = c_.fairness.full_above(*attempt.job, attempt.more);
    std::erase_if(attempt.donors, [&](ProjectId leaf) {
      if (!reclaims) return false;
      if (leaf == attempt.job->project ||
          !c_.fairness.is_donor(*attempt.job, attempt.more, full, leaf))
        return true;
      const bool misses = attempt.spared_only && !c_.pools.any_rigid(leaf) &&
                          !c_.fairness.above_in_total(leaf, attempt.job->request, r);
      attempt.missed = attempt.missed || misses;
      return misses;
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
const Solver::Givers& Solver::givers(std::size_t r) {
  givers_.resize(c_.board.resources());
  Givers& givers = givers_[r];
  if (givers.version == c_.plan.decisions.size()) return givers;
  givers = {c_.plan.decisions.size(), {}, false};
  const bool steady = c_.board.rules() == Rules::kSillar;
  for (const ProjectId leaf : order_.leaves(c_.plan.decisions)) {
    if (c_.fairness.gives(leaf, r)) givers.leaves.push_back(leaf);
    givers.steadily = givers.steadily || (steady && c_.fairness.gives_steadily_only(leaf, r));
  }
  return givers;
}

std::vector<ProjectId> Solver::givers_now(std::size_t r) {
  if (!c_.fairness.judges_by_steady()) return givers(r).leaves;
  std::vector<ProjectId> leaves;
  for (const ProjectId leaf : order_.leaves(c_.plan.decisions)) {
    if (c_.fairness.gives(leaf, r)) leaves.push_back(leaf);
  }
  return leaves;
}

// Whether steady shares make anybody give that otherwise would not.
bool Solver::steady_adds(RequestId request) {
  const std::vector<std::uint32_t>& classes = c_.board.request(request).classes;
  return c_.board.rules() == Rules::kSillar &&
         std::any_of(classes.begin(), classes.end(),
                     [&](std::uint32_t r) { return givers(r).steadily; });
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
  if (!unit.task.valid() && extras_in_reach(attempt, unit.job)) return false;
  // A job of which something is on its way to a place does not lose the rest meanwhile.
  if (!unit.task.valid() &&
      (victim.reserved + tasks_moving(unit.job) > 0 || c_.pools.grows(unit.job)))
    return false;
  if (attempt.how == Taking::kConsolidate)
    return victim.kind != WorkloadKind::kInference && victim.topology < 0 && movable(unit);
  if (attempt.how == Taking::kFiller) return gives_way(attempt, unit);
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
  return fair_to_take(attempt, unit);
}

// Whether the job has tasks above its minimum where room is looked for. They go one by one before
// the rest goes as one: together they would be a larger unit than there is.
bool Solver::extras_in_reach(const Attempt& attempt, WorkloadId id) {
  const Job& job = c_.board.job(id);
  if (job.active() <= job.minimum()) return false;
  const std::span<const Unit> units = c_.pools.units(job.project);
  return std::any_of(units.begin(), units.end(), [&](const Unit& unit) {
    return unit.job == id && unit.task.valid() && allowed(attempt, unit.node) &&
           c_.board.task(unit.task).phase == Phase::kRunning;
  });
}

// Filler knew what it was: neither fairness nor a minimum run time protects it, unless it would
// only take its room back: by importance in its own project, or as what its project is owed.
bool Solver::gives_way(Attempt& attempt, const Unit& unit) {
  const Job& filler = c_.board.job(unit.job);
  if (unit.youngest <= due_->made) return false;
  if (filler.project == attempt.job->project) return filler.priority <= attempt.job->priority;
  const bool over = c_.fairness.full_above(*attempt.job, attempt.more).project.valid();
  return !over || fair_to_take(attempt, unit);
}

// Units are many and projects few, so what was said of the unit before is remembered.
bool Solver::fair_to_take(Attempt& attempt, const Unit& unit) {
  const Job& victim = c_.board.job(unit.job);
  const std::size_t r = c_.fairness.binding_resource(attempt.more);
  const std::int64_t amount =
      unit.only.valid() && r >= kFirstClass ? unit.thousandths : c_.pools.amount(unit, r);
  Judged& judged = attempt.judged;
  const bool fresh = judged.seen != c_.board.changes() || judged.leaf != victim.project;
  if (attempt.spared_only && (fresh || judged.request != victim.request))
    judged.spared = c_.fairness.spares(*attempt.job, victim, r);
  if (fresh || judged.amount != amount)
    judged.verdict = c_.fairness.may_take(*attempt.job, attempt.more, victim.project, amount);
  judged.seen = c_.board.changes();
  judged.leaf = victim.project;
  judged.request = victim.request;
  judged.amount = amount;
  if (attempt.spared_only && !judged.spared) {
    attempt.missed = true;
    return false;
  }
  if (judged.verdict == Fairness::Verdict::kBelowKeep) attempt.would_overshoot = true;
  return judged.verdict == Fairness::Verdict::kYes ||
         (judged.verdict == Fairness::Verdict::kBelowKeep && attempt.may_overshoot);
}

bool Solver::evict_unit(Attempt& attempt, const Unit& unit, std::vector<Taken>& taken) {
  Taken gone{&unit, {}};
  c_.pools.running_tasks(unit, gone.tasks);
  if (gone.tasks.empty() || !may_go(attempt, unit)) return false;
  for (const TaskId task : gone.tasks) c_.board.evict(task);
  taken.push_back(std::move(gone));
  return true;
}

// Tasks of a job run as one shape.
bool Solver::movable(const Unit& unit) {
  const Job& job = c_.board.job(unit.job);
  std::uint32_t task = unit.task.valid() ? unit.task.value : job.first_task;
  const std::uint32_t end = job.first_task + static_cast<std::uint32_t>(job.tasks);
  while (task < end && !c_.board.task(TaskId{task}).shape.valid()) ++task;
  return task < end && movables_.movable(c_.board.task(TaskId{task}).shape);
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
    const bool single = attempt.count == 1 && !ranks_alike(attempt.how);
    const bool found = (single && take_single(attempt)) || take_holes(attempt);
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

}  // namespace sillar::schedule
