#pragma once

// Makes room for work that rotation accepted: free room first; then holes dug where the cheapest
// victims stand; then consolidation, where work that may stay moves elsewhere. Unlike the solver,
// which weighs one project against another, it is told who may go, and in which order.

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "schedule/cycle.h"
#include "schedule/fairness.h"
#include "schedule/flat_order.h"
#include "schedule/gang.h"
#include "schedule/placement_index.h"
#include "schedule/plan.h"

namespace sillar::schedule {

// A running job that rotation may stop or move. All its tasks run.
struct Runner {
  FlatKey key;
  RunClock clock;
  std::int64_t amount = 0;  // Thousandths of devices (cores) that the whole job holds.
  bool accepted = false;    // It stays, though it may move. Otherwise it may be evicted.
  bool leased = false;
};

// A way to place a waiting job: a shape, and the accelerator class it is counted on (invalid for
// work without accelerators).
struct RoomAsk {
  WorkloadId job;
  ShapeId shape;
  ClassId on;
  std::int32_t count = 0;  // Tasks.
};

class RoomMaker {
 public:
  struct Context {
    Board& board;
    PlacementIndex& index;
    const Fairness& fairness;
    const CycleInput& input;
    Plan& plan;
  };

  // `runners`, best first, outlive this. Requires: an open transaction.
  RoomMaker(Context context, std::span<const Runner> runners) : c_(context), runners_(runners) {}

  // To be called when other runners are accepted than before.
  void accepted_changed();

  enum class Placed : std::uint8_t { kNot, kStarts, kPromised };

  // Places all tasks of the ask. The plan gets the evictions and moves that it took, each before
  // what needs its room; if it cannot be done, board and plan are as before.
  [[nodiscard]] Placed place(const RoomAsk& ask);
  // Evicts whatever is not accepted, whether or not its room is needed.
  void evict_rest(WorkloadId beneficiary);

 private:
  static constexpr std::size_t kDomainsTriedMax = 64;

  // A runner's tasks on one node. Ordered by node; on each, victims first, worst first, then those
  // that may move, smallest first.
  struct Tenant {
    NodeId node;
    std::uint32_t runner = 0;
    bool victim = false;
    std::int64_t size = 0;  // Thousandths that the task holds.
    TaskId task;
  };
  struct Hole {
    std::int64_t cost = 0;  // What the gangs hold that would go.
    NodeId node;
    std::uint32_t stamp = 0;  // Of the node when it was dug; another by now: the hole is stale.
  };
  // Where one shape may be placed, and the holes that could be dug there.
  struct Site {
    ShapeId shape;
    ClassId on;
    bool everywhere = false;            // Every node that the shape is eligible on.
    std::vector<bool> allowed;          // Per node.
    std::uint64_t seen = 0;             // Board::changes() when last looked at.
    std::vector<std::uint32_t> stamps;  // Per node; empty: nothing was dug yet.
    std::vector<Hole> holes;            // A heap with the cheapest in front.
    std::int64_t hopeless = INT64_MAX;  // So many tasks could not be made room for by moves.
  };

  [[nodiscard]] bool open_gates(const RoomAsk& ask);
  [[nodiscard]] bool make_room(const RoomAsk& ask);
  [[nodiscard]] bool make_room_at(const RoomAsk& ask, Site& site);
  [[nodiscard]] bool put(const RoomAsk& ask, const Site& site, Room room);
  [[nodiscard]] std::int64_t slots(const Site& site, Room room);

  Site& site_of(const RoomAsk& ask);
  [[nodiscard]] Site new_site(const RoomAsk& ask) const;
  [[nodiscard]] std::vector<Site> domain_sites(const RoomAsk& ask);

  void list_tenants();
  [[nodiscard]] std::span<const Tenant> tenants(NodeId node);
  [[nodiscard]] bool still_there(const Tenant& tenant) const;

  // ---- Holes.
  void catch_up(Site& site);
  void dig(Site& site, NodeId node);
  [[nodiscard]] bool take_cheapest(Site& site);
  void evict(std::uint32_t runner);
  // Evicts victims on the node, worst first, until one more task of the shape fits.
  void open(const Site& site, NodeId node);

  // ---- Consolidation.
  [[nodiscard]] bool consolidate(Site& site, std::int64_t missing);
  [[nodiscard]] std::optional<std::int64_t> clearing(const Site& site, NodeId node,
                                                     std::vector<Tenant>* movers);
  [[nodiscard]] bool movers_could_fit(const Site& site, std::span<const Tenant> movers);
  [[nodiscard]] bool rehouse(const Tenant& mover);

  void give_back();
  void emit(const RoomAsk& ask, Step step);
  void emit_evictions(std::uint32_t runner, WorkloadId beneficiary);
  void emit_eviction(TaskId task, WorkloadId beneficiary);
  void emit_place(Step step, TaskId task, ShapeId shape, const Placement& place);

  Context c_;
  std::span<const Runner> runners_;
  bool listed_ = false;
  std::vector<Tenant> tenants_;
  std::vector<std::uint32_t> first_tenant_;  // Per node, and one past the last.
  std::deque<Site> sites_;                   // References stay while others are added.
  // Of the ask being placed:
  std::vector<std::uint32_t> gone_;  // Runners evicted.
  std::vector<Tenant> moved_;        // In the order they were found new places.
  std::vector<bool> target_;         // Per node: cleared by moves; empty: none is.
};

}  // namespace sillar::schedule
