// Board's construction: the fleet, its topology domains, the project tree, and jobs with their
// interned shapes; and the recount that tests hold the counters against.

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/check.h"
#include "schedule/board.h"

namespace sillar::schedule {

void Board::set_fleet(const Fleet& fleet, Rules rules) {
  CHECK(jobs_.empty(), "a new fleet makes a new board");
  rules_ = rules;
  fleet_ = fleet;
  resources_ = rules == Rules::kKai ? kFirstClass + 1 : fleet.resource_count();
  nodes_.assign(fleet.nodes.size(), NodeState{});
  on_node_.assign(fleet.nodes.size(), {});
  for (std::size_t n = 0; n < fleet.nodes.size(); ++n) {
    const Node& from = fleet.nodes[n];
    NodeState& to = nodes_[n];
    to.cpu_now = to.cpu_future = from.cpu;
    to.memory_now = to.memory_future = from.memory_bytes;
    to.tasks_now = to.tasks_future =
        from.tasks_max > 0 ? from.tasks_max : std::numeric_limits<std::int32_t>::max() / 2;
    to.accelerator_class = from.accelerator_class;
    CHECK(static_cast<std::size_t>(from.accelerators) <= kDevicesMax,
          "validation bounds devices per node");
    to.device_count = static_cast<std::uint8_t>(from.accelerators);
    to.health = from.health;
    for (std::size_t d = 0; d < from.devices.size(); ++d) to.devices[d].health = from.devices[d];
  }
  list_changes();
  build_topologies();
  count_capacity();
}

// All nodes, unchanged so far, in id order.
void Board::list_changes() {
  change_.assign(nodes_.size(), Change{});
  for (std::size_t n = 0; n + 1 < nodes_.size(); ++n) {
    change_[n].older = NodeId{n + 1};
    change_[n + 1].newer = NodeId{n};
  }
  last_changed_ = nodes_.empty() ? NodeId{} : NodeId{0};
}

void Board::count_capacity() {
  capacity_.assign(resources_, 0);
  for (const NodeState& node : nodes_) {
    if (node.health == Health::kSuspect || node.health == Health::kQuarantined) continue;
    // Allocatable, not free: what is taken comes back to the sum below through the node's own
    // record.
    const Node& record = fleet_.nodes[static_cast<std::size_t>(&node - nodes_.data())];
    if (record.retired) continue;
    capacity_[kCpu] += record.cpu;
    capacity_[kMemory] += record.memory_bytes;
    if (!node.accelerator_class.valid()) continue;
    for (std::size_t d = 0; d < node.device_count; ++d) {
      const Health health = node.devices[d].health;
      if (health == Health::kHealthy || health == Health::kProbation)
        capacity_[resource_of(node.accelerator_class)] += kDevice;
    }
  }
}

void Board::build_topologies() {
  topologies_.clear();
  for (const Topology& from : fleet_.topologies) {
    TopologyTree tree{from.name, from.levels, {}, {}};
    tree.by_level.resize(from.levels.size());
    std::map<std::string, DomainId> known;
    for (std::size_t n = 0; n < fleet_.nodes.size(); ++n) {
      if (fleet_.nodes[n].retired) continue;
      DomainId parent;
      std::string path;
      for (std::size_t level = 0; level < from.levels.size(); ++level) {
        const auto& labels = fleet_.nodes[n].labels;
        const auto label = std::find_if(labels.begin(), labels.end(), [&](const auto& l) {
          return l.first == from.levels[level];
        });
        // The level "host" needs no label: the node is its own domain.
        std::string value = label != labels.end() ? label->second : std::string{};
        if (value.empty() && from.levels[level] == "host") value = fleet_.nodes[n].name;
        path += (level == 0 ? "" : "/") + value;
        // A node without a wider label still stands in its narrower domains.
        if (value.empty()) continue;
        auto [entry, fresh] = known.try_emplace(path, DomainId{tree.domains.size()});
        if (fresh) {
          tree.domains.push_back({static_cast<std::int32_t>(level), path, parent, {}, {}});
          tree.by_level[level].push_back(entry->second);
          if (parent.valid()) tree.domains[parent.index()].children.push_back(entry->second);
        }
        tree.domains[entry->second.index()].nodes.push_back(NodeId{n});
        parent = entry->second;
      }
    }
    topologies_.push_back(std::move(tree));
  }
}

void Board::set_projects(std::span<const Project> projects) {
  CHECK(jobs_.empty(), "a new tree makes a new board");
  projects_.assign(projects.begin(), projects.end());
  const std::size_t count = projects.size();
  quota_.assign(count * resources_, kQuotaAbsent);
  children_.assign(count, {});
  roots_.clear();
  depth_.assign(count, 0);
  pending_.assign(count, {});
  active_.assign(count, {});
  counters_.allocated.assign(count * resources_, 0);
  counters_.allocated_fixed.assign(count * resources_, 0);
  counters_.requested.assign(count * resources_, 0);
  counters_.elsewhere.assign(count * resources_, 0);
  for (std::size_t p = 0; p < count; ++p) {
    const Project& project = projects[p];
    if (project.retired) {
      // Nobody's child: it is not there.
    } else if (project.parent.valid()) {
      CHECK(project.parent.index() < p, "parents come before their children");
      children_[project.parent.index()].push_back(ProjectId{p});
      depth_[p] = depth_[project.parent.index()] + 1;
    } else {
      roots_.push_back(ProjectId{p});
    }
    for (std::size_t r = 0; r < project.quota.size(); ++r) {
      if (rules_ == Rules::kKai && r >= kFirstClass) continue;
      quota_[at(ProjectId{p}, r)] = project.quota[r];
    }
    if (rules_ == Rules::kKai) pool_quota(ProjectId{p}, project);
  }
}

// KAI counts one kind of accelerator: the quota of all classes is one sum. A class that a project
// does not mention adds nothing, unless it mentions none at all.
void Board::pool_quota(ProjectId p, const Project& project) {
  Quota pooled{0, 0, 0};
  bool mentioned = false;
  for (std::size_t r = kFirstClass; r < project.quota.size(); ++r) {
    const Quota& q = project.quota[r];
    if (q == kQuotaAbsent) continue;
    mentioned = true;
    const auto sum = [](std::int64_t a, std::int64_t b) {
      return a == kUnlimited || b == kUnlimited ? kUnlimited : a + b;
    };
    pooled.deserved = sum(pooled.deserved, q.deserved);
    pooled.limit = sum(pooled.limit, q.limit);
    pooled.weight = std::max(pooled.weight, q.weight);
  }
  quota_[at(p, kFirstClass)] = mentioned ? pooled : kQuotaAbsent;
}

ShapeId Board::intern_shape(const Workload& workload, ClassId only,
                            const LocationVerdicts& verdicts) {
  const auto [entry, fresh] =
      shape_ids_.try_emplace(shape_key(workload, only, verdicts), ShapeId{shapes_.size()});
  if (fresh) shapes_.push_back(resolve_shape(fleet_, workload, only, verdicts));
  return entry->second;
}

RequestId Board::intern_request(const Workload& workload, const LocationVerdicts& verdicts) {
  std::vector<ShapeId> alternatives;
  const bool accelerated = workload.request.accelerators > 0 || workload.request.fraction > 0 ||
                           workload.request.accelerator_memory > 0 || !workload.request.mig.empty();
  if (accelerated && !workload.request.classes.empty()) {
    for (const std::string& name : workload.request.classes) {
      for (std::size_t c = 0; c < fleet_.classes.size(); ++c) {
        if (fleet_.classes[c].name == name)
          alternatives.push_back(intern_shape(workload, ClassId{c}, verdicts));
      }
    }
  }
  if (alternatives.empty()) alternatives.push_back(intern_shape(workload, ClassId{}, verdicts));
  const auto [entry, fresh] = request_ids_.try_emplace(alternatives, RequestId{requests_.size()});
  if (!fresh) return entry->second;

  // Demand without a node that could ever serve it does not count (KAI counts it; that is its
  // defect 3).
  std::map<std::uint32_t, std::int64_t> sum;
  for (const ShapeId id : alternatives) {
    const Shape& shape = shapes_[id.index()];
    if (rules_ == Rules::kSillar && shape.eligible_count == 0) continue;
    sum[kCpu] = shape.cpu;
    sum[kMemory] = shape.memory_bytes;
    for (std::size_t c = 0; c < fleet_.classes.size(); ++c) {
      const std::int64_t charged = shape.charged(ClassId{c});
      auto& at_class = sum[static_cast<std::uint32_t>(resource_of(ClassId{c}))];
      at_class = std::max(at_class, charged);
    }
  }
  RequestClass request;
  request.alternatives = std::move(alternatives);
  for (const auto& [resource, amount] : sum) {
    if (amount == 0) continue;
    request.demand.emplace_back(resource, amount);
    if (resource >= kFirstClass) request.classes.push_back(resource);
  }
  requests_.push_back(std::move(request));
  return entry->second;
}

WorkloadId Board::add_job(ProjectId project, const Workload& workload,
                          const LocationVerdicts& verdicts) {
  CHECK(!recording_, "jobs arrive outside decisions");
  CHECK(children_[project.index()].empty(), "only leaves run work");
  const WorkloadId id{jobs_.size()};
  Job job;
  job.project = project;
  job.priority = workload.priority;
  job.preemptible = workload.preemptible;
  job.kind = workload.kind;
  job.submitted = workload.submitted;
  job.first_task = static_cast<std::uint32_t>(tasks_.size());
  job.tasks = workload.gang_max;
  job.gang_min = workload.gang_min;
  job.active_max = workload.array_at_most;
  job.request = intern_request(workload, verdicts);
  if (job.tasks != 1) requests_[job.request.index()].single = false;
  job.estimate = workload.estimate;
  job.limit = workload.limit;
  job.restart_cost = workload.restart_cost;
  job.checkpoints = workload.checkpoint_interval.ns > 0;
  job.below_min_since = workload.submitted;
  set_topology(job, workload);
  job.pending = job.tasks;
  jobs_.push_back(job);
  Task task;
  task.job = id;
  tasks_.resize(tasks_.size() + static_cast<std::size_t>(job.tasks), task);
  demand(job, job.asks());
  list_pending(id, true);
  unexplained_.insert(id);
  return id;
}

void Board::set_topology(Job& job, const Workload& workload) const {
  const TopologyRequest& asked = workload.topology;
  if (asked.required.empty() && asked.preferred.empty() && asked.apart.empty()) return;
  for (std::size_t t = 0; t < topologies_.size(); ++t) {
    if (!workload.topology.topology.empty() && workload.topology.topology != topologies_[t].name)
      continue;
    const std::vector<std::string>& levels = topologies_[t].levels;
    const auto level = [&](const std::string& name) {
      const auto found = std::find(levels.begin(), levels.end(), name);
      return found == levels.end() ? -1 : static_cast<std::int32_t>(found - levels.begin());
    };
    job.topology = static_cast<std::int32_t>(t);
    job.required_level = level(workload.topology.required);
    job.preferred_level = level(workload.topology.preferred);
    job.apart_level = level(workload.topology.apart);
    return;
  }
}

std::string Board::check_invariants() const {
  const std::vector<std::int64_t> none(counters_.allocated.size());
  std::vector<NodeState> nodes(nodes_.size());
  Board recount;
  recount.set_fleet(fleet_, rules_);
  recount.nodes_.swap(nodes);
  for (std::size_t n = 0; n < nodes_.size(); ++n) recount.nodes_[n] = nodes[n];
  recount.shapes_ = shapes_;
  recount.requests_ = requests_;
  recount.projects_ = projects_;
  recount.counters_ = {none, none, none, none};
  for (std::size_t t = 0; t < tasks_.size(); ++t) {
    const Task& task = tasks_[t];
    const Job& job = jobs_[task.job.index()];
    const Holding held = holding(task);
    if (held.holds_now) recount.occupy(shapes_[task.shape.index()], task.place, Room::kNow, 1);
    if (held.holds_future) {
      recount.occupy(shapes_[held.future_shape.index()], held.future_place, Room::kFuture, 1);
      recount.account(job, shapes_[held.future_shape.index()], held.future_place.node, 1);
    }
  }
  for (const Job& job : jobs_) recount.demand(job, job.asks());
  if (recount.counters_.allocated != counters_.allocated) return "allocated differs from a recount";
  if (recount.counters_.allocated_fixed != counters_.allocated_fixed)
    return "non-preemptible differs from a recount";
  if (recount.counters_.requested != counters_.requested) return "requested differs from a recount";
  if (recount.counters_.elsewhere != counters_.elsewhere)
    return "what would do elsewhere differs from a recount";
  for (std::size_t n = 0; n < nodes_.size(); ++n) {
    const NodeState& a = nodes_[n];
    const NodeState& b = recount.nodes_[n];
    const bool host = a.cpu_now == b.cpu_now && a.cpu_future == b.cpu_future &&
                      a.memory_now == b.memory_now && a.memory_future == b.memory_future &&
                      a.tasks_now == b.tasks_now && a.tasks_future == b.tasks_future;
    if (!host) return fmt::format("node {}: host room differs from a recount", n);
    if (a.cpu_now < 0 || a.cpu_future < 0 || a.memory_now < 0 || a.memory_future < 0)
      return fmt::format("node {} is over-committed", n);
    for (std::size_t d = 0; d < a.device_count; ++d) {
      const DeviceState& x = a.devices[d];
      const DeviceState& y = b.devices[d];
      if (x.now != y.now || x.future != y.future || x.mig_now != y.mig_now ||
          x.mig_future != y.mig_future)
        return fmt::format("node {} device {}: room differs from a recount", n, d);
      if (x.now < 0 || x.future < 0)
        return fmt::format("node {} device {} is over-committed", n, d);
    }
  }
  return {};
}

}  // namespace sillar::schedule
