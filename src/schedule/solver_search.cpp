// Which victims: one that leaves a hole large enough, else the cheapest holes that can be dug.

#include <algorithm>
#include <tuple>
#include <utility>

#include "schedule/solver.h"

namespace sillar::schedule {

// Never false where the unit's going makes room for one task of the shape.
bool Solver::opens_alone(const Shape& shape, const Unit& unit) const {
  const Task& task = c_.board.task(unit.only);
  return task.phase == Phase::kRunning &&
         could_open(c_.board, shape, unit.node, held_by(c_.board, task));
}

// One task, one victim: walk the donors' units until one leaves a hole that is large enough.
bool Solver::take_single(Attempt& attempt) {
  const Shape& shape = c_.board.shape(attempt.shape);
  std::vector<TaskId> tasks;
  for (const ProjectId leaf : attempt.donors) {
    for (const Unit& unit : c_.pools.units(leaf)) {
      if (c_.plan.counts.search_steps >= c_.input.options->search_steps_max) return false;
      if (unit.only.valid() &&
          (!on_class(attempt, unit) || !allowed(attempt, unit.node) || !opens_alone(shape, unit)))
        continue;
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
  std::vector<TaskId> tasks;
  for (const TaskId task : c_.board.tasks_on(node)) {
    if (c_.board.task(task).phase != Phase::kRunning) continue;
    const ProjectId leaf = c_.board.job(c_.board.task(task).job).project;
    const std::int32_t rank = attempt.donor_rank[leaf.index()];
    const Unit* unit = rank < 0 ? nullptr : c_.pools.unit_of(task);
    if (unit != nullptr) candidates.push_back({rank, c_.pools.position(*unit), unit});
  }
  // Most nodes cannot be opened by what may go; that shows without moving anything. Under a limit
  // it does not: what may go depends on what has gone.
  if (!attempt.limit) {
    Held loose;
    std::erase_if(candidates, [&](const Candidate& candidate) {
      if (!may_go(attempt, *candidate.unit)) return true;
      c_.pools.running_tasks(*candidate.unit, tasks);
      for (const TaskId id : tasks) {
        const Task& task = c_.board.task(id);
        if (task.place.node == node) loose = plus(loose, held_by(c_.board, task));
      }
      return false;
    });
    if (!could_open(c_.board, shape, node, loose)) return false;
  }
  std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
    // Positions are within a leaf; several leaves may rank alike.
    return std::tie(a.rank, a.position, a.unit->job) < std::tie(b.rank, b.position, b.unit->job);
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

// ---- Holes, in the order in which they may come to be the best. Nodes are dug as late as can be:
// a hole's rank is no less than that of the donor with whom the node's work is enough for it.

// In id order; all nodes where no class is given.
const std::vector<NodeId>& Solver::nodes_of(ClassId c) {
  if (nodes_of_.empty()) {
    nodes_of_.resize(c_.board.fleet().classes.size() + 1);
    for (std::size_t n = 0; n < c_.board.node_count(); ++n) {
      nodes_of_.back().push_back(NodeId{n});
      const ClassId on = c_.board.node(NodeId{n}).accelerator_class;
      if (on.valid()) nodes_of_[on.index()].push_back(NodeId{n});
    }
  }
  return c.valid() ? nodes_of_[c.index()] : nodes_of_.back();
}

// Where fairness has no say, nodes on which least is missing come first, and only so many are
// looked at.
void Solver::prospect(const Attempt& attempt, Search& search) {
  if (!ranks_alike(attempt.how)) {
    node_work_.resize(c_.board.node_count());
    ++search_stamp_;
    return;
  }
  const Shape& shape = c_.board.shape(attempt.shape);
  std::vector<std::pair<std::int32_t, NodeId>> order;
  for (const NodeId node : nodes_of(attempt.only)) {
    if (allowed(attempt, node))
      order.emplace_back(missing_thousandths(c_.board, shape, node), node);
  }
  std::size_t most = order.size();
  if (attempt.how == Taking::kConsolidate)
    most =
        std::min(most, std::max(kNodesMovedFromMax, 16 * static_cast<std::size_t>(attempt.count)));
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(most), order.end());
  for (std::size_t i = 0; i < most; ++i) search.nodes.push_back(order[i].second);
}

// What of a node's work may go where nobody is protected.
Held Solver::loose_on(const Attempt& attempt, NodeId node) {
  if (attempt.how == Taking::kConsolidate) return movables_.on(node);
  Held work;
  for (const TaskId id : c_.board.tasks_on(node)) {
    if (c_.board.task(id).phase == Phase::kRunning)
      work = plus(work, held_by(c_.board, c_.board.task(id)));
  }
  return work;
}

// False: there is nothing left to dig.
bool Solver::dig_more(Attempt& attempt, Search& search) {
  const Shape& shape = c_.board.shape(attempt.shape);
  if (ranks_alike(attempt.how)) {
    std::size_t dug = 0;
    for (; dug < kNodesDugAtOnce && search.next < search.nodes.size(); ++search.next) {
      const NodeId node = search.nodes[search.next];
      if (!could_open(c_.board, shape, node, loose_on(attempt, node))) continue;
      ++dug;
      dig_and_push(attempt, node, search);
    }
    return dug > 0;
  }
  if (search.next == attempt.donors.size()) return false;
  // One for one was tried before.
  const std::int32_t tasks_min = attempt.count == 1 ? 2 : 1;
  std::vector<TaskId> tasks;
  for (const Unit& unit : c_.pools.units(attempt.donors[search.next++])) {
    if (attempt.how == Taking::kPreempt && unit.priority >= attempt.job->priority) break;
    if (unit.only.valid() && (!on_class(attempt, unit) || !allowed(attempt, unit.node))) continue;
    // What is not fair to take now is not fair either once more has been taken.
    if (attempt.how == Taking::kReclaim && !fair_to_take(attempt, unit)) continue;
    c_.pools.running_tasks(unit, tasks);
    for (const TaskId id : tasks) {
      const NodeId node = c_.board.task(id).place.node;
      if (!unit.only.valid() && !allowed(attempt, node)) continue;
      NodeWork& work = node_work_[node.index()];
      if (work.stamp != search_stamp_) work = {search_stamp_, false, 0, {}};
      work.held = plus(work.held, held_by(c_.board, c_.board.task(id)));
      ++work.tasks;
      if (work.dug || work.tasks < tasks_min || !could_open(c_.board, shape, node, work.held))
        continue;
      work.dug = true;
      dig_and_push(attempt, node, search);
    }
  }
  return true;
}

// The best stands in front of the heap.
bool Solver::worse(const Hole& a, const Hole& b) {
  if (a.rank != b.rank) return a.rank > b.rank;
  if (a.cost.money_nanos != b.cost.money_nanos) return a.cost.money_nanos > b.cost.money_nanos;
  if (a.cost.lost_device_ns != b.cost.lost_device_ns)
    return a.cost.lost_device_ns > b.cost.lost_device_ns;
  if (a.tasks != b.tasks) return a.tasks > b.tasks;
  return a.node > b.node;
}

void Solver::dig_and_push(Attempt& attempt, NodeId node, Search& search) {
  Hole hole;
  if (dig(attempt, node, hole)) push(std::move(hole), search);
}

void Solver::push(Hole hole, Search& search) {
  search.heap.push_back(std::move(hole));
  std::push_heap(search.heap.begin(), search.heap.end(), worse);
}

// The best hole that there is; false: none.
bool Solver::next_hole(Attempt& attempt, Search& search, Hole& out) {
  const auto settled = [&] {
    if (search.heap.empty()) return false;
    return ranks_alike(attempt.how) || std::cmp_less(search.heap.front().rank, search.next);
  };
  while (!settled()) {
    if (c_.plan.counts.search_steps >= c_.input.options->search_steps_max) return false;
    if (!dig_more(attempt, search)) break;
  }
  if (search.heap.empty()) return false;
  std::pop_heap(search.heap.begin(), search.heap.end(), worse);
  out = std::move(search.heap.back());
  search.heap.pop_back();
  return true;
}

bool Solver::take_holes(Attempt& attempt) {
  Search search;
  prospect(attempt, search);
  const bool reranks =
      attempt.how == Taking::kReclaim && attempt.donors.size() <= kDonorsRerankedMax;
  // Ranks that are about to move bound nothing.
  while (reranks && dig_more(attempt, search)) {
  }
  const Shape& shape = c_.board.shape(attempt.shape);
  Hole hole;
  while (slots_total(attempt) < attempt.count) {
    if (!next_hole(attempt, search, hole)) return false;
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
      if (dig(attempt, hole.node, again) && again.units != hole.units)
        push(std::move(again), search);
      continue;
    }
    if (reranks) rerank(attempt);
    dig_and_push(attempt, hole.node, search);
  }
  return true;
}

// Donors' order after what they have given so far. Ranks of holes already dug are those of the
// time: they are compared again only when they come up, which keeps the order a preference and
// never a condition.
void Solver::rerank(Attempt& attempt) {
  sort_donors(c_.board, c_.fairness, attempt.donors);
  for (std::size_t i = 0; i < attempt.donors.size(); ++i)
    attempt.donor_rank[attempt.donors[i].index()] = static_cast<std::int32_t>(i);
}

}  // namespace sillar::schedule
