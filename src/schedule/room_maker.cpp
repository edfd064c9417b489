#include "schedule/room_maker.h"

#include <algorithm>
#include <tuple>

#include "base/check.h"

namespace sillar::schedule {
namespace {

TaskId task_at(const Job& job, std::int32_t i) {
  return TaskId{job.first_task + static_cast<std::uint32_t>(i)};
}

// Puts the cheapest in front of a standard heap.
constexpr auto kDearer = [](const auto& a, const auto& b) {
  return std::tuple(a.cost, a.node) > std::tuple(b.cost, b.node);
};

}  // namespace

RoomMaker::Placed RoomMaker::place(const RoomAsk& ask) {
  gone_.clear();
  moved_.clear();
  target_.clear();
  const std::size_t mark = c_.board.mark();
  if (!open_gates(ask)) {
    c_.board.rollback(mark);
    return Placed::kNot;
  }
  if (c_.board.job(ask.job).topology < 0 || c_.board.job(ask.job).required_level < 0) {
    Site& site = site_of(ask);
    if (slots(site, Room::kNow) >= ask.count && put(ask, site, Room::kNow)) {
      emit(ask, Step::kStart);
      return Placed::kStarts;
    }
  }
  if (!make_room(ask)) {
    c_.board.rollback(mark);
    return Placed::kNot;
  }
  give_back();
  emit(ask, Step::kReserve);
  // What went or moved may have left pieces of room that were not there before.
  if (!gone_.empty() || !moved_.empty()) {
    for (Site& site : sites_) site.hopeless = INT64_MAX;
  }
  return Placed::kPromised;
}

void RoomMaker::accepted_changed() {
  listed_ = false;
  tenants_.clear();
  sites_.clear();
}

void RoomMaker::evict_rest(WorkloadId beneficiary) {
  gone_.clear();
  for (std::uint32_t r = 0; r < runners_.size(); ++r) {
    if (runners_[r].accepted) continue;
    evict(r);
    emit_evictions(r, beneficiary);
  }
}

// A limit that the job would break is kept by its own side: victims below the project whose limit
// it is go first, worst first.
bool RoomMaker::open_gates(const RoomAsk& ask) {
  const Job& job = c_.board.job(ask.job);
  const Amounts more = c_.fairness.amounts(ask.shape, ask.on, ask.count);
  std::size_t next = runners_.size();
  for (auto shut = c_.fairness.shut_gate(job, more); shut;
       shut = c_.fairness.shut_gate(job, more)) {
    bool found = false;
    while (!found && next-- > 0) {
      const Runner& runner = runners_[next];
      const Job& victim = c_.board.job(runner.key.job);
      ProjectId p = victim.project;
      while (p.valid() && p != shut->project) p = c_.board.projects()[p.index()].parent;
      found = !runner.accepted && victim.running > 0 && p.valid();
      if (found) evict(static_cast<std::uint32_t>(next));
    }
    if (!found) return false;
  }
  return true;
}

// ---- Sites.

RoomMaker::Site RoomMaker::new_site(const RoomAsk& ask) const {
  const Shape& shape = c_.board.shape(ask.shape);
  Site site;
  site.shape = ask.shape;
  site.on = ask.on;
  site.allowed.assign(c_.board.node_count(), false);
  std::int32_t allowed = 0;
  for (std::size_t n = 0; n < site.allowed.size(); ++n) {
    if (!shape.eligible[n]) continue;
    if (ask.on.valid() && c_.board.node(NodeId{n}).accelerator_class != ask.on) continue;
    site.allowed[n] = true;
    ++allowed;
  }
  site.everywhere = allowed == shape.eligible_count;
  return site;
}

RoomMaker::Site& RoomMaker::site_of(const RoomAsk& ask) {
  for (Site& site : sites_) {
    if (site.shape == ask.shape && site.on == ask.on) return site;
  }
  return sites_.emplace_back(new_site(ask));
}

// One domain must hold the whole gang: the roomiest first, since it needs the fewest victims.
std::vector<RoomMaker::Site> RoomMaker::domain_sites(const RoomAsk& ask) {
  const Job& job = c_.board.job(ask.job);
  const TopologyTree& tree = c_.board.topologies()[static_cast<std::size_t>(job.topology)];
  const Site whole = new_site(ask);
  std::vector<std::pair<std::int64_t, DomainId>> order;
  for (const DomainId id : tree.by_level[static_cast<std::size_t>(job.required_level)]) {
    std::int64_t free = 0;
    for (const NodeId node : tree.domains[id.index()].nodes)
      free += c_.index.slots_on(c_.board, ask.shape, Room::kFuture, node);
    order.emplace_back(-free, id);
  }
  std::sort(order.begin(), order.end());
  if (order.size() > kDomainsTriedMax) order.resize(kDomainsTriedMax);
  std::vector<Site> sites;
  for (const auto& [negative_free, id] : order) {
    Site& site = sites.emplace_back();
    site.shape = ask.shape;
    site.on = ask.on;
    site.allowed.assign(c_.board.node_count(), false);
    for (const NodeId node : tree.domains[id.index()].nodes)
      site.allowed[node.index()] = whole.allowed[node.index()];
  }
  return sites;
}

std::int64_t RoomMaker::slots(const Site& site, Room room) {
  if (site.everywhere) return c_.index.slots(c_.board, site.shape, room);
  std::int64_t sum = 0;
  for (std::size_t n = 0; n < site.allowed.size(); ++n) {
    if (site.allowed[n]) sum += c_.index.slots_on(c_.board, site.shape, Room::kFuture, NodeId{n});
  }
  return sum;
}

bool RoomMaker::put(const RoomAsk& ask, const Site& site, Room room) {
  GangAsk gang{ask.job, ask.shape, ask.count, room, c_.input.now, {}};
  if (!site.everywhere) gang.allowed = [&](NodeId n) { return bool{site.allowed[n.index()]}; };
  return place_gang(c_.board, c_.index, gang).placed;
}

bool RoomMaker::make_room(const RoomAsk& ask) {
  const Job& job = c_.board.job(ask.job);
  if (job.topology < 0 || job.required_level < 0) return make_room_at(ask, site_of(ask));
  for (Site& site : domain_sites(ask)) {
    const std::size_t mark = c_.board.mark();
    const std::size_t gone = gone_.size();
    if (make_room_at(ask, site)) return true;
    c_.board.rollback(mark);
    gone_.resize(gone);
    moved_.clear();
    target_.clear();
  }
  return false;
}

bool RoomMaker::make_room_at(const RoomAsk& ask, Site& site) {
  for (;;) {
    const std::int64_t free = slots(site, Room::kFuture);
    if (free >= ask.count && put(ask, site, Room::kFuture)) break;
    if (take_cheapest(site)) continue;
    if (free >= ask.count || !moved_.empty() || !consolidate(site, ask.count - free)) return false;
  }
  // The largest first: it has the fewest places to go.
  std::sort(moved_.begin(), moved_.end(), [](const Tenant& a, const Tenant& b) {
    return std::tuple(-a.size, a.task) < std::tuple(-b.size, b.task);
  });
  return std::all_of(moved_.begin(), moved_.end(), [&](const Tenant& t) { return rehouse(t); });
}

// ---- Tenants.

void RoomMaker::list_tenants() {
  listed_ = true;
  for (std::uint32_t r = 0; r < runners_.size(); ++r) {
    const Job& job = c_.board.job(runners_[r].key.job);
    // Only single tasks move: a gang would have to stop as a whole for the sake of one of its
    // nodes.
    if (runners_[r].accepted && (job.tasks != 1 || job.topology >= 0)) continue;
    for (std::int32_t i = 0; i < job.tasks; ++i) {
      const TaskId id = task_at(job, i);
      const Task& task = c_.board.task(id);
      if (task.phase != Phase::kRunning) continue;
      const Shape& shape = c_.board.shape(task.shape);
      const ClassId on = c_.board.node(task.place.node).accelerator_class;
      const std::int64_t size = shape.needs_accelerator() ? shape.charged(on) : shape.cpu;
      tenants_.push_back({task.place.node, r, !runners_[r].accepted, size, id});
    }
  }
  std::sort(tenants_.begin(), tenants_.end(), [](const Tenant& a, const Tenant& b) {
    if (a.node != b.node) return a.node < b.node;
    if (a.victim != b.victim) return a.victim;
    if (a.victim) return std::tuple(b.runner, a.task) < std::tuple(a.runner, b.task);
    return std::tuple(a.size, a.task) < std::tuple(b.size, b.task);
  });
  first_tenant_.assign(c_.board.node_count() + 1, 0);
  for (const Tenant& tenant : tenants_) ++first_tenant_[tenant.node.index() + 1];
  for (std::size_t n = 1; n < first_tenant_.size(); ++n) first_tenant_[n] += first_tenant_[n - 1];
}

std::span<const RoomMaker::Tenant> RoomMaker::tenants(NodeId node) {
  if (!listed_) list_tenants();
  const std::uint32_t begin = first_tenant_[node.index()];
  return std::span(tenants_).subspan(begin, first_tenant_[node.index() + 1] - begin);
}

bool RoomMaker::still_there(const Tenant& tenant) const {
  return c_.board.task(tenant.task).phase == Phase::kRunning;
}

// ---- Holes.

void RoomMaker::dig(Site& site, NodeId node) {
  const std::uint32_t stamp = ++site.stamps[node.index()];
  if (!site.allowed[node.index()]) return;
  const Shape& shape = c_.board.shape(site.shape);
  NodeState copy = c_.board.node(node);
  const std::int32_t before = c_.board.slots(shape, node, copy, Room::kFuture, INT32_MAX);
  std::int64_t cost = 0;
  std::uint32_t last = UINT32_MAX;
  for (const Tenant& tenant : tenants(node)) {
    if (!tenant.victim) break;
    if (!still_there(tenant)) continue;
    ++c_.plan.counts.search_steps;
    c_.board.take_off(copy, tenant.task);
    if (tenant.runner != last) cost += runners_[tenant.runner].amount;
    last = tenant.runner;
    if (c_.board.slots(shape, node, copy, Room::kFuture, INT32_MAX) <= before) continue;
    site.holes.push_back({cost, node, stamp});
    std::push_heap(site.holes.begin(), site.holes.end(), kDearer);
    return;
  }
}

// Digs anew where the board changed since the site was last looked at.
void RoomMaker::catch_up(Site& site) {
  if (site.stamps.empty()) {
    site.stamps.assign(c_.board.node_count(), 0);
    for (std::size_t n = 0; n < c_.board.node_count(); ++n) dig(site, NodeId{n});
  } else {
    for (NodeId node = c_.board.last_changed();
         node.valid() && c_.board.changed_at(node) > site.seen;
         node = c_.board.changed_before(node))
      dig(site, node);
  }
  site.seen = c_.board.changes();
}

bool RoomMaker::take_cheapest(Site& site) {
  if (c_.plan.counts.search_steps >= c_.input.options->search_steps_max) return false;
  catch_up(site);
  std::vector<Hole> passed_by;
  bool found = false;
  while (!found && !site.holes.empty()) {
    std::pop_heap(site.holes.begin(), site.holes.end(), kDearer);
    const Hole hole = site.holes.back();
    site.holes.pop_back();
    if (hole.stamp != site.stamps[hole.node.index()]) continue;
    // Room on a cleared node is for the job alone; what moves goes elsewhere.
    found = target_.empty() || !target_[hole.node.index()];
    if (found)
      open(site, hole.node);
    else
      passed_by.push_back(hole);
  }
  for (const Hole& hole : passed_by) {
    site.holes.push_back(hole);
    std::push_heap(site.holes.begin(), site.holes.end(), kDearer);
  }
  return found;
}

void RoomMaker::evict(std::uint32_t runner) {
  const Job& job = c_.board.job(runners_[runner].key.job);
  for (std::int32_t i = 0; i < job.tasks; ++i) {
    if (c_.board.task(task_at(job, i)).phase == Phase::kRunning) c_.board.evict(task_at(job, i));
  }
  gone_.push_back(runner);
}

void RoomMaker::open(const Site& site, NodeId node) {
  const Shape& shape = c_.board.shape(site.shape);
  const std::int32_t before = c_.board.slots(shape, node, Room::kFuture, INT32_MAX);
  for (const Tenant& tenant : tenants(node)) {
    if (!tenant.victim) break;
    if (!still_there(tenant)) continue;
    evict(tenant.runner);
    if (c_.board.slots(shape, node, Room::kFuture, INT32_MAX) > before) return;
  }
}

}  // namespace sillar::schedule
