#pragma once

// The meter: who held which share of which node from when to when, and what that cost, exactly.
//
// Time is half-open; nothing is counted in floating point. Each node keeps its books by the hour of
// UTC. When an hour ends:
//   1. The node's bill is the integral of its price. It is rounded half up once over the node's
//      life and carried, so that a node's hours add up to its rounded total, and a full hour at one
//      price bills exactly that price.
//   2. The bill is split into the claims of each project on each pool (rate.h has the pools) and
//      the idle rest of each pool: floors first, then one nano each to the largest remainders
//      (ties: lower project first, accelerators before CPU, idle last). No part is negative, and
//      they sum to the bill: workloads + idle = price.
// A project's total is the sum of its parts, so every sum that can be shown agrees with the hours,
// and with any other sum.
//
// Where claims exceed a pool they are scaled down to it for just as long as they do.
//
// Cost: an event takes constant time, and time proportional to the projects on the node once for
// each hour's end that it passes; hours in which nothing changed are closed together.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/money.h"
#include "base/result.h"
#include "base/time.h"
#include "ledger/hour_books.h"
#include "ledger/rate.h"
#include "model/project.h"

namespace sillar {

struct MeterTotals {
  Currency currency;
  std::vector<ProjectCost>
      projects;                 // By ProjectId: what the project itself ran, not its children.
  std::vector<NodeCost> nodes;  // By NodeId.
  // Sums over the above; billed = workloads + idle.
  Int128 billed_nanos = 0;
  Int128 workload_nanos = 0;
  Int128 idle_nanos = 0;
};

// Each project with its children, from what the projects themselves ran.
[[nodiscard]] std::vector<ProjectCost> with_children(std::span<const ProjectCost> own,
                                                     std::span<const Project> projects);

// What one task cost: its own integral, each kind rounded half up once. For people and decision
// records; the books are the lines.
struct TaskCost {
  NodeId node;
  ProjectId project;
  Time start;
  Time end;
  Int128 accelerator_nanos = 0;
  Int128 cpu_nanos = 0;

  [[nodiscard]] Int128 nanos() const { return accelerator_nanos + cpu_nanos; }
};

// A value made of flat vectors: copy it to look ahead or to keep a snapshot. Not for concurrent
// use.
class Meter {
 public:
  static constexpr Int128 kRateMax = kMeteredRateMax;

  // keep_lines: remember every line of every closed hour until `take_lines`.
  Meter(std::size_t nodes, std::size_t projects, Currency currency = {}, bool keep_lines = false);

  // The node is there from `at` on, at this rate; again when its price changes. Requires: `at` is
  // not before the node's last event; what shares are shares of stays the same. Errors, changing
  // nothing: kInvalidInput for another currency or a negative pool; kLimit beyond kRateMax.
  Status set_rate(NodeId node, const NodeRate& rate, Time at);
  // The node is gone from `at` on and costs nothing until its next rate; tasks may stay meanwhile.
  // Requires: it had a rate; `at` is not before its last event.
  void remove_rate(NodeId node, Time at);

  // From `at` on the node is made of something else, at this rate. What its open hour cost so far
  // stays with whom it was. Requires: as `set_rate`; no task runs on it. Errors: those of
  // `set_rate`, also of its last price with its new devices.
  Status remake(NodeId node, const NodeRate& rate, Time at);
  // Room for more of them. Requires: not fewer than there are.
  void grow(std::size_t nodes, std::size_t projects) { books_.grow(nodes, projects); }
  void set_keep_lines(bool keep) { keep_lines_ = keep; }

  // Requires: the task is not running; the node has had a rate; `at` is not before its last event.
  void start(TaskId task, NodeId node, ProjectId project, const Claim& claim, Time at);
  // Requires: the task is running; `at` is not before its node's last event.
  TaskCost stop(TaskId task, Time at);
  [[nodiscard]] bool running(TaskId task) const;
  // What a running task will have cost at `at` if nothing changes before. Requires: as `stop`.
  [[nodiscard]] TaskCost cost_until(TaskId task, Time at) const;

  // Everything until `at`, as if every node's hour ended there; changes nothing. Requires: `at` is
  // not before any node's last event. With `lines`, appends those not handed out by closed hours.
  [[nodiscard]] MeterTotals totals_at(Time at, std::vector<LedgerLine>* lines = nullptr) const;

  // Closes every hour that ends at or before `at`, so that its lines can be taken. Requires: as
  // `totals_at`.
  void close_hours(Time at);
  // Lines of the hours closed since the last call; a node's are in order of time.
  [[nodiscard]] std::vector<LedgerLine> take_lines();

  // The state as bytes (bytes.h): equal histories give equal bytes, whatever the order in which
  // events of one instant, or of different nodes, were told. Lines that are kept to be taken are
  // not part of it.
  void append_state(std::string& out) const;
  // Requires: a meter in which nothing has run; its nodes may have their rates. `tasks` bounds the
  // ids of those that run, `now` the events so far. Errors (kInvalidInput), after which the meter
  // is of no use: anything that append_state does not write for such a meter.
  Status read_state(ByteReader& in, std::size_t tasks, Time now);

 private:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  struct Running {
    TaskId task;  // Invalid: the slot is free.
    NodeId node;
    ProjectId project;
    Claim claim;
    ClaimParts parts;
    Time start;
    PoolMarks marks{};
  };

  [[nodiscard]] Status check_rate(const NodeRate& rate) const;
  std::uint32_t take_slot(TaskId task);
  [[nodiscard]] TaskCost cost_of_running(const Running& running, const PoolMarks& marks,
                                         Time at) const;
  std::vector<LedgerLine>* kept_lines() { return keep_lines_ ? &lines_ : nullptr; }
  Running& running_of(TaskId task);

  HourBooks books_;
  std::vector<Running> running_;
  std::vector<std::uint32_t> free_slots_;
  std::vector<std::uint32_t> slots_;  // By TaskId, into running_.
  std::vector<LedgerLine> lines_;
  Currency currency_;
  bool keep_lines_;
};

}  // namespace sillar
