#pragma once

// The scheduler's board: nodes, devices, projects, jobs and tasks as flat arrays of integers,
// changed only by a handful of moves that know their own inverse. A decision runs moves inside a
// transaction and takes them back; applying the decision's facts makes the same moves for good. Not
// thread safe; owned by the engine's state.
//
// Room is counted twice. `now` is what is physically free. `future` is what will be free once every
// stopping task has gone and every promise has been kept. Work may start where both allow it; room
// may be promised where `future` allows it. That is how room freed by an eviction belongs to the
// aggressor: it never shows in both at once for anybody else.

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "model/fleet.h"
#include "model/project.h"
#include "model/reason.h"
#include "model/workload.h"
#include "schedule/pending.h"
#include "schedule/rules.h"
#include "schedule/shape.h"

namespace sillar::schedule {

inline constexpr std::size_t kDevicesMax = 16;  // Per node.

struct DeviceState {
  std::int16_t now = kDevice;  // Free thousandths.
  std::int16_t future = kDevice;
  std::uint8_t mig_now = 0;  // Occupied memory slots.
  std::uint8_t mig_future = 0;
  Health health = Health::kHealthy;
};

struct NodeState {
  std::int64_t cpu_now = 0, cpu_future = 0;
  std::int64_t memory_now = 0, memory_future = 0;
  std::int32_t tasks_now = 0, tasks_future = 0;  // Free task places.
  ClassId accelerator_class;
  std::uint8_t device_count = 0;
  Health health = Health::kHealthy;
  std::array<DeviceState, kDevicesMax> devices;
};

enum class Room : std::uint8_t { kNow, kFuture };

// One task's place: a node, and which devices of it. A fraction or MIG instance uses one device.
struct Placement {
  NodeId node;
  std::uint16_t device_mask = 0;
  std::uint8_t mig_slot = 0;  // First memory slot, for MIG.

  friend bool operator==(const Placement&, const Placement&) = default;
};

// A parked task asks for nothing until it is unparked: it will be tried again later.
enum class Phase : std::uint8_t { kPending, kReserved, kRunning, kStopping, kFinished, kParked };

struct Task {
  WorkloadId job;
  Phase phase = Phase::kPending;
  ShapeId shape;          // The alternative it was placed with; valid except while pending.
  Placement place;        // Where it holds devices, or was promised them while reserved.
  ShapeId promise_shape;  // A stopping task that moves: the place it was promised. Invalid: it does
                          // not move.
  Placement promise;
  Time started;
  Time checkpointed;
  std::uint32_t node_slot = 0;  // Position in the node's task list.
};

// A distinct way of asking: the shapes a job's tasks accept, in order of preference, and what that
// adds to demand. Jobs that ask alike share one.
struct RequestClass {
  std::vector<ShapeId> alternatives;
  // Resource and amount that one pending task adds to its project's request. Work that accepts
  // several classes asks in each of them; once placed it counts where it is.
  std::vector<std::pair<std::uint32_t, std::int64_t>> demand;
  std::vector<std::uint32_t> classes;  // The resources of the accelerator classes among them.
  std::int32_t pending_jobs = 0;
  bool single = true;  // No job of it has more than one task.
};

struct Job {
  ProjectId project;
  std::int32_t priority = 0;
  bool preemptible = true;
  WorkloadKind kind = WorkloadKind::kTraining;
  Time submitted;
  std::uint32_t first_task = 0;
  std::int32_t tasks = 0;
  std::int32_t gang_min = 1;
  std::int32_t active_max = 0;  // Tasks that may hold devices at a time; 0: all.
  // Counts of tasks by phase; kFinished is the rest.
  std::int32_t pending = 0, reserved = 0, running = 0, stopping = 0, parked = 0;
  std::int32_t leaving = 0;  // Of those that stop: without a new place.
  bool held = false;         // It asks for nothing, and no cycle sees it.
  RequestId request;
  std::int32_t topology = -1;        // Index into Board::topologies(), or -1.
  std::int32_t required_level = -1;  // Level index, widest is 0; -1: none.
  std::int32_t preferred_level = -1;
  std::int32_t apart_level = -1;  // At most one task in each domain of this level; -1: no matter.
  Time last_full_start;           // When the gang was last fully placed; 0: never.
  Time below_min_since;           // Since when fewer than minimum() are active; never(): not so.
  Duration estimate, limit;
  Duration restart_cost;
  Duration attained;  // Run time before the current run.
  bool checkpoints = false;
  ReasonCode waiting = ReasonCode::kNone;  // Why it waits, as last explained.

  [[nodiscard]] std::int32_t active() const { return running + reserved; }
  // Tasks that have not finished.
  [[nodiscard]] std::int32_t left() const {
    return pending + reserved + running + stopping + parked;
  }
  // Whether as many tasks hold devices, or will, as may at a time.
  [[nodiscard]] bool full() const { return active_max > 0 && active() + stopping >= active_max; }
  // Tasks for which it asks: those that wait, or will once they have stopped.
  [[nodiscard]] std::int32_t asks() const {
    if (held) return 0;
    const std::int32_t wait = pending + leaving;
    if (active_max == 0) return wait;
    return std::clamp(active_max - (active() + stopping - leaving), std::int32_t{0}, wait);
  }
  // Fewest tasks that make sense together now: those that have finished are not waited for.
  [[nodiscard]] std::int32_t minimum() const {
    const std::int32_t wanted = gang_min - (tasks - left());
    return std::min(left(), std::max(wanted, std::int32_t{1}));
  }
  // Tasks that its next step places: as many as miss to its minimum, or one more.
  [[nodiscard]] std::int32_t next_step() const {
    const std::int32_t missing = minimum() - active();
    return missing > 1 ? missing : 1;
  }
  [[nodiscard]] bool elastic() const { return tasks > gang_min; }
  // Whether cycles serve it: only then it is listed among its leaf's pending jobs.
  [[nodiscard]] bool wants_more() const { return pending > 0 && !held && !full(); }
};

struct Domain {
  std::int32_t level = 0;
  std::string name;  // Values of the prefix of levels, "b1/r3".
  DomainId parent;
  std::vector<DomainId> children;
  std::vector<NodeId> nodes;  // All nodes below, in id order.
};

struct TopologyTree {
  std::string name;
  std::vector<std::string> levels;
  std::vector<Domain> domains;  // Parents before children.
  std::vector<std::vector<DomainId>> by_level;
};

// Per project, per resource; index with Board::at(project, resource).
struct ProjectCounters {
  std::vector<std::int64_t> allocated;
  std::vector<std::int64_t> allocated_fixed;  // Of it, non-preemptible.
  std::vector<std::int64_t> requested;        // Allocated + pending.
  // Of a class: allocated of other classes, to work that would have done with this one as well.
  std::vector<std::int64_t> elsewhere;
};

class Board {
 public:
  Board() = default;

  // ---- Construction. Replacing the fleet or the tree keeps running work that still has a place
  // (the engine re-adds it).
  void set_fleet(const Fleet& fleet, Rules rules);
  void set_projects(std::span<const Project> projects);
  // Adds a job with all its tasks pending. Requires: `project` is a leaf; the workload is
  // validated.
  WorkloadId add_job(ProjectId project, const Workload& workload, const LocationVerdicts& verdicts);

  // ---- Moves. Each changes counters up the project tree and both views of room, and records its
  // inverse while a transaction is open. The phase they require is CHECKed.
  void start(TaskId task, ShapeId shape, const Placement& place, Time at);  // pending -> running
  void reserve(TaskId task, ShapeId shape, const Placement& place);         // pending -> reserved
  void reserve_move(TaskId task, ShapeId shape,
                    const Placement& place);  // stopping: promised a new place
  void cancel_move(TaskId task);              // stopping: promise withdrawn
  void fulfil(TaskId task, Time at);          // reserved -> running
  void unreserve(TaskId task);                // reserved -> pending
  void evict(TaskId task);                    // running -> stopping
  void unevict(TaskId task);                  // stopping -> running, in place
  void stopped(TaskId task);  // stopping -> pending, or reserved where it was promised a new place
  void finish(TaskId task);   // any -> finished
  void park(TaskId task);     // pending -> parked
  void unpark(TaskId task);   // parked -> pending
  void set_held(WorkloadId job, bool held);

  [[nodiscard]] std::size_t mark() const { return log_.size(); }
  void rollback(std::size_t mark);  // Takes moves back to `mark`, newest first.
  [[nodiscard]] bool in_transaction() const { return recording_; }
  void begin();  // Opens a transaction: moves are recorded.
  void end();    // Closes it after the last rollback. Requires: mark() == 0.

  // ---- Outside events and bookkeeping that no move implies.
  // Notes since when the gang has been below its minimum, or that it is whole again.
  void note_gang(WorkloadId job, Time at);
  void set_waiting(WorkloadId job, ReasonCode code);
  void set_attained(WorkloadId job, Duration attained);
  void set_device_health(NodeId node, std::size_t device, Health health);
  void set_node_health(NodeId node, Health health);
  void set_checkpointed(TaskId task, Time at);

  // ---- Room.
  // Devices that `shape` would take on `node`, or false when it does not fit there. Fractions take
  // the fullest device that fits, whole devices the lowest indices.
  [[nodiscard]] bool fit(const Shape& shape, NodeId node, Room room, Placement& out) const;
  // How many tasks of `shape` fit on `node`, at most `most`.
  [[nodiscard]] std::int32_t slots(const Shape& shape, NodeId node, Room room,
                                   std::int32_t most) const;
  // The same on a copy of the node that a search changed.
  [[nodiscard]] std::int32_t slots(const Shape& shape, NodeId id, const NodeState& node, Room room,
                                   std::int32_t most) const;
  // Takes a running task off a copy of its node, in the future view.
  void take_off(NodeState& node, TaskId task) const;
  // Whether the node and devices of a promised place still take work.
  [[nodiscard]] bool still_usable(const Shape& shape, const Placement& place) const;
  // Whether a reserved task's place is free by now.
  [[nodiscard]] bool can_fulfil(TaskId task) const;
  // Whether an evicted task's old place is still free in the future view.
  [[nodiscard]] bool can_unevict(TaskId task) const;

  // ---- Reading.
  [[nodiscard]] Rules rules() const { return rules_; }
  [[nodiscard]] const Fleet& fleet() const { return fleet_; }
  [[nodiscard]] std::span<const Project> projects() const { return projects_; }
  [[nodiscard]] std::size_t resources() const { return resources_; }
  [[nodiscard]] std::size_t node_count() const { return nodes_.size(); }
  [[nodiscard]] const NodeState& node(NodeId id) const { return nodes_[id.index()]; }
  [[nodiscard]] std::span<const TaskId> tasks_on(NodeId id) const { return on_node_[id.index()]; }
  [[nodiscard]] const Shape& shape(ShapeId id) const { return shapes_[id.index()]; }
  [[nodiscard]] std::size_t shape_count() const { return shapes_.size(); }
  [[nodiscard]] const Task& task(TaskId id) const { return tasks_[id.index()]; }
  [[nodiscard]] std::size_t task_count() const { return tasks_.size(); }
  [[nodiscard]] const Job& job(WorkloadId id) const { return jobs_[id.index()]; }
  [[nodiscard]] std::size_t job_count() const { return jobs_.size(); }
  [[nodiscard]] std::span<const TopologyTree> topologies() const { return topologies_; }
  [[nodiscard]] const ProjectCounters& counters() const { return counters_; }
  [[nodiscard]] std::size_t at(ProjectId p, std::size_t r) const {
    return p.index() * resources_ + r;
  }
  [[nodiscard]] std::span<const ProjectId> children(ProjectId p) const {
    return children_[p.index()];
  }
  [[nodiscard]] std::span<const ProjectId> roots() const { return roots_; }
  [[nodiscard]] std::int32_t depth(ProjectId p) const { return depth_[p.index()]; }
  [[nodiscard]] const Quota& quota(ProjectId p, std::size_t r) const { return quota_[at(p, r)]; }
  [[nodiscard]] const PendingJobs& pending(ProjectId leaf) const { return pending_[leaf.index()]; }
  [[nodiscard]] PendingKey pending_key(WorkloadId job) const;
  [[nodiscard]] const RequestClass& request(RequestId id) const { return requests_[id.index()]; }
  [[nodiscard]] std::size_t request_count() const { return requests_.size(); }
  // First pending task of a job at or after task index `from` of the fleet-wide numbering; invalid
  // when there is none.
  [[nodiscard]] TaskId next_pending(WorkloadId job, std::uint32_t from) const;
  // Jobs of a leaf with at least one running task.
  [[nodiscard]] const std::set<WorkloadId>& active_jobs(ProjectId leaf) const {
    return active_[leaf.index()];
  }
  // Tasks that wait for a promise to come true, in order of promise.
  [[nodiscard]] const std::set<TaskId>& reserved_tasks() const { return reserved_; }
  // Jobs that run with fewer tasks than their minimum.
  [[nodiscard]] const std::set<WorkloadId>& below_minimum() const { return below_minimum_; }
  // Jobs that wait, held ones aside, and that nobody has given a reason yet.
  [[nodiscard]] const std::set<WorkloadId>& unexplained() const { return unexplained_; }
  [[nodiscard]] const std::set<TaskId>& stopping_tasks() const { return stopping_; }

  // Capacity of healthy devices and nodes per resource.
  [[nodiscard]] std::int64_t capacity(std::size_t r) const { return capacity_[r]; }
  [[nodiscard]] const std::vector<std::int64_t>& capacities() const { return capacity_; }
  [[nodiscard]] std::size_t resource_of(ClassId c) const {
    return rules_ == Rules::kKai ? kFirstClass : kFirstClass + c.index();
  }
  // What one task of `shape` adds to resource `r` when placed on class `c`.
  [[nodiscard]] std::int64_t amount(const Shape& shape, ClassId c, std::size_t r) const;

  // Nodes in the order in which their room last changed, newest first. A reader that remembers
  // changes() walks from last_changed() while changed_at() is above what it remembers: a node that
  // changed ten times is met once, and the list never grows beyond the nodes.
  [[nodiscard]] std::uint64_t changes() const { return changes_; }
  [[nodiscard]] std::uint64_t changed_at(NodeId id) const { return change_[id.index()].at; }
  [[nodiscard]] NodeId last_changed() const { return last_changed_; }
  [[nodiscard]] NodeId changed_before(NodeId id) const { return change_[id.index()].older; }
  // Goes up whenever room is freed anywhere or capacity changes, so that remembered failures can be
  // dropped.
  [[nodiscard]] std::uint64_t release_version() const { return release_version_; }

  // ---- Persistent state, as bytes (base/bytes.h): what follows from the fleet, the projects, the
  // jobs as they were added and the order in which moves were made is left out, so boards that
  // decide alike have equal bytes.
  void append_state(std::string& out) const;
  // Onto a board with the same fleet, projects and jobs, none of which has begun. Errors
  // (kInvalidInput), after which the board is of no use: anything that append_state does not write
  // for such a board; what it accepts, check_invariants accepts.
  [[nodiscard]] Status read_state(ByteReader& in);

  // Takes over the health that was observed, where the fleet states what it stated before, and the
  // work of a board of an older fleet and tree, whose jobs were added to this one in the same
  // order. Requires: nodes and projects keep their ids; whatever holds devices, or was promised
  // them, still fits its node by its alternative.
  void adopt(const Board& before);

  // Every counter against a recount from the tasks. For tests and debug builds: O(everything).
  [[nodiscard]] std::string check_invariants() const;

 private:
  // What a task's state holds: room in one or both views, and which place counts as allocated.
  struct Holding {
    bool holds_now = false;
    bool holds_future = false;
    ShapeId future_shape;
    Placement future_place;
  };
  // A link of the list of nodes by their last change.
  struct Change {
    std::uint64_t at = 0;
    NodeId newer, older;
  };
  struct LogEntry {
    TaskId id;
    Task before;
    Time last_full_start, below_min_since;
    Duration attained;
    bool held = false;
  };

  [[nodiscard]] static Holding holding(const Task& task);
  // The one way a task changes: gives back what the old state held and the new does not, takes what
  // the new holds.
  void change(TaskId id, const Task& after);
  void move(TaskId id, Phase required, const Task& after);
  void occupy(const Shape& shape, const Placement& place, Room room, int sign);
  void occupy(NodeState& node, const Shape& shape, const Placement& place, Room room,
              int sign) const;
  void account(const Job& job, const Shape& shape, NodeId node, int sign);
  void demand(const Job& job, std::int64_t tasks);
  void hold(WorkloadId id, bool held);
  void list_on_node(TaskId id);
  void unlist_from_node(TaskId id);
  void count_phase(Job& job, Phase phase, std::int32_t by);
  void touched(NodeId node, bool released);
  void list_changes();
  void list_pending(WorkloadId id, bool add);
  // After a change of the job: takes it from the list under its old key, puts it back under its
  // new.
  void relist_pending(WorkloadId id, bool listed_before, const PendingKey& key_before);
  RequestId intern_request(const Workload& workload, const LocationVerdicts& verdicts);
  ShapeId intern_shape(const Workload& workload, ClassId only, const LocationVerdicts& verdicts);
  void count_capacity();
  void build_topologies();
  void pool_quota(ProjectId p, const Project& project);
  void set_topology(Job& job, const Workload& workload) const;
  [[nodiscard]] bool devices_free(const Shape& shape, const Placement& place, Room room) const;
  void append_health(std::string& out) const;
  void append_task(std::string& out, const Task& task) const;
  void append_work(std::string& out) const;
  [[nodiscard]] Status read_work(ByteReader& in);
  [[nodiscard]] bool read_health(ByteReader& in);
  [[nodiscard]] bool read_job(ByteReader& in, WorkloadId id);
  [[nodiscard]] bool read_task(ByteReader& in, TaskId id);
  // Whether the place has the form that a placement of the shape has, and room in one view.
  [[nodiscard]] bool well_formed(const Shape& shape, const Placement& place) const;
  [[nodiscard]] bool has_room(const Shape& shape, const Placement& place, Room room) const;

  Rules rules_ = Rules::kSillar;
  Fleet fleet_;
  std::vector<Project> projects_;
  std::size_t resources_ = 0;
  std::vector<NodeState> nodes_;
  std::vector<std::vector<TaskId>> on_node_;  // Running, stopping: whoever holds devices.
  std::vector<std::int64_t> capacity_;
  std::vector<TopologyTree> topologies_;
  std::vector<Shape> shapes_;
  std::map<std::string, ShapeId> shape_ids_;
  std::vector<RequestClass> requests_;
  std::map<std::vector<ShapeId>, RequestId> request_ids_;
  std::vector<Job> jobs_;
  std::vector<Task> tasks_;

  std::vector<Quota> quota_;
  std::vector<std::vector<ProjectId>> children_;
  std::vector<ProjectId> roots_;
  std::vector<std::int32_t> depth_;
  ProjectCounters counters_;
  std::vector<PendingJobs> pending_;
  std::vector<std::set<WorkloadId>> active_;
  std::set<TaskId> reserved_;
  std::set<TaskId> stopping_;
  std::set<WorkloadId> unexplained_;
  std::set<WorkloadId> below_minimum_;

  bool recording_ = false;
  std::vector<LogEntry> log_;
  std::vector<Change> change_;  // Per node.
  NodeId last_changed_;
  std::uint64_t changes_ = 0;
  std::uint64_t release_version_ = 0;
};

}  // namespace sillar::schedule
