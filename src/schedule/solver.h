#pragma once

// Takes room from running work for a job that does not fit: reclaim (from other projects), preempt
// (within its own leaf, from lower priority) and consolidate (nobody loses, some move). One
// transaction each: a bound first, then the cheapest holes in fairness order, then the job, then
// every victim that need not have gone is given back, then the whole set is validated. Either all
// of it stands or none.

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <tuple>
#include <vector>

#include "schedule/cycle.h"
#include "schedule/donor_order.h"
#include "schedule/fairness.h"
#include "schedule/gang.h"
#include "schedule/movable.h"
#include "schedule/order.h"
#include "schedule/plan.h"
#include "schedule/victims.h"

namespace sillar::schedule {

// kFiller: what filled nodes that were held for the job and are due.
enum class Taking : std::uint8_t { kReclaim, kPreempt, kConsolidate, kFiller };

// Where nobody is to lose, or nobody is protected, fairness has no say: all donors rank alike.
[[nodiscard]] inline bool ranks_alike(Taking how) {
  return how == Taking::kConsolidate || how == Taking::kFiller;
}

struct SolverContext {
  Board& board;
  PlacementIndex& index;
  Fairness& fairness;
  VictimPools& pools;
  const CycleInput& input;
  Plan& plan;
};

class Solver {
 public:
  explicit Solver(SolverContext context)
      : c_(context),
        order_(context.board, context.fairness),
        movables_(context.board, context.index) {}

  // Tries to take room for the next tasks of `job` (up to its minimum, or one more above it). On
  // success the moves stand on the board and the plan has their decisions; otherwise the board is
  // as before and the reason says which bound or rule refused; an empty reason (kNone) that nothing
  // was found.
  [[nodiscard]] std::optional<Reason> take_room(WorkloadId job, Taking how);

  // The same for a job whose reservation is due: victims are preemptible tasks that started on its
  // nodes after it was made.
  [[nodiscard]] std::optional<Reason> take_filler(const Hold& hold);

  // Whether anybody could reclaim resource `r` at all.
  [[nodiscard]] bool any_gives(std::size_t r) {
    return !givers(r).leaves.empty() || givers(r).steadily;
  }

 private:
  struct Taken {
    const Unit* unit = nullptr;
    std::vector<TaskId>
        tasks;  // Those that this attempt evicted; some may have been given back since.
  };
  // What fairness last said of units of a leaf, while nothing has moved since.
  struct Judged {
    std::uint64_t seen = UINT64_MAX;  // Board::changes() then.
    ProjectId leaf;
    RequestId request;        // Of the unit that was
    bool spared = false;      // not missed, or missed;
    std::int64_t amount = 0;  // and how much it held, and
    Fairness::Verdict verdict = Fairness::Verdict::kNo;
  };
  struct Attempt {
    WorkloadId id;
    const Job* job = nullptr;
    Taking how = Taking::kReclaim;
    ShapeId shape;
    ClassId only;            // The class it is tried on; invalid for work without accelerators.
    Amounts more;            // What the whole ask adds.
    std::int32_t count = 0;  // Tasks to place.
    std::vector<ProjectId> donors;         // Leaves in victim order, first to give first.
    std::vector<std::int32_t> donor_rank;  // Per project; -1: not a donor.
    const Domain* domain = nullptr;        // Must hold all of it; null: any node will do.
    bool restricted = false;               // Not every eligible node of the class may be used.
    std::optional<Reason> in_pieces;       // What to say where free room would do in one piece.
    std::optional<Reason> limit;           // An ancestor's limit that victims must make room under.
    bool spared_only = false;  // Units that their project would miss and take back elsewhere stay.
    bool missed = false;       // One stayed.
    bool may_overshoot = false;    // Units that leave a project below what it keeps may go.
    bool would_overshoot = false;  // One was passed over.
    std::vector<Taken> taken;
    std::vector<TaskId> placed;
    Judged judged;
    std::optional<Time> protected_until;  // The earliest end of a protection that was in the way.
  };
  // One walk over everything that a job accepts.
  struct Round {
    bool spared_only = false;
    bool missed = false;
    std::optional<Reason> refused;  // The first that says something.
  };
  struct Hole {
    std::int32_t rank = 0;  // Of its last donor to give.
    VictimCost cost;
    std::int32_t tasks = 0;
    NodeId node;
    std::vector<const Unit*> units;
  };

  // Where holes were looked for so far.
  struct Search {
    std::vector<NodeId>
        nodes;             // Where fairness has no say: in the order in which they are looked at.
    std::size_t next = 0;  // Of `nodes`, else of the donors: what comes next.
    std::vector<Hole> heap;
  };
  // What the donors seen so far have on a node.
  struct NodeWork {
    std::uint64_t stamp = 0;  // Of the search.
    bool dug = false;
    std::int32_t tasks = 0;
    Held held;
  };

  struct Givers {
    std::size_t version = SIZE_MAX;  // Decisions in the plan when they were listed.
    std::vector<ProjectId> leaves;   // First to give first.
    bool steadily = false;           // There are others that give by their steady share.
  };

  static constexpr std::size_t kDomainsTriedMax = 64;
  static constexpr std::size_t kDonorsRerankedMax = 64;
  static constexpr std::size_t kNodesDugAtOnce = 32;
  static constexpr std::size_t kNodesMovedFromMax = 128;  // Or 16 per task that wants room.

  // Leaves that somebody could reclaim resource `r` from.
  [[nodiscard]] const Givers& givers(std::size_t r);
  [[nodiscard]] std::vector<ProjectId> givers_now(std::size_t r);
  [[nodiscard]] bool steady_adds(RequestId request);
  [[nodiscard]] bool preempt_might_open(const Job& job);
  [[nodiscard]] bool try_classes(WorkloadId id, Taking how, Round& round);
  [[nodiscard]] std::optional<Reason> try_shape(Attempt& attempt);
  [[nodiscard]] std::optional<Reason> rules_refuse(Attempt& attempt);
  [[nodiscard]] std::optional<Reason> try_domains(Attempt& attempt);
  [[nodiscard]] std::optional<Reason> try_nodes(Attempt& attempt);
  [[nodiscard]] std::optional<Reason> try_victims(Attempt& attempt);
  [[nodiscard]] bool make_room_under_limit(Attempt& attempt);
  [[nodiscard]] std::optional<Reason> bound_refuses(Attempt& attempt);
  [[nodiscard]] std::optional<Reason> ceiling_refuses(const Attempt& attempt);
  [[nodiscard]] std::int64_t whole_slots(ShapeId shape);
  [[nodiscard]] std::int64_t ceiling_of(const Attempt& attempt);
  [[nodiscard]] std::vector<ProjectId> active_leaves() const;
  [[nodiscard]] bool allowed(const Attempt& attempt, NodeId node) const;
  [[nodiscard]] bool preempt_falls_short(const Attempt& attempt, std::size_t r, std::int64_t free);
  [[nodiscard]] bool others_hold(const Attempt& attempt) const;
  [[nodiscard]] std::int64_t slots_total(const Attempt& attempt);
  void rank_donors(Attempt& attempt);
  void rerank(Attempt& attempt);
  [[nodiscard]] const std::vector<NodeId>& nodes_of(ClassId c);
  void prospect(const Attempt& attempt, Search& search);
  [[nodiscard]] Held loose_on(const Attempt& attempt, NodeId node);
  [[nodiscard]] bool dig_more(Attempt& attempt, Search& search);
  [[nodiscard]] bool next_hole(Attempt& attempt, Search& search, Hole& out);
  void dig_and_push(Attempt& attempt, NodeId node, Search& search);
  static void push(Hole hole, Search& search);
  [[nodiscard]] static bool worse(const Hole& a, const Hole& b);
  [[nodiscard]] bool may_go(Attempt& attempt, const Unit& unit);
  [[nodiscard]] bool extras_in_reach(const Attempt& attempt, WorkloadId id);
  [[nodiscard]] bool gives_way(Attempt& attempt, const Unit& unit);
  [[nodiscard]] bool fair_to_take(Attempt& attempt, const Unit& unit);
  [[nodiscard]] bool movable(const Unit& unit);
  [[nodiscard]] static bool on_class(const Attempt& attempt, const Unit& unit) {
    return !attempt.only.valid() || attempt.only == unit.on;
  }
  [[nodiscard]] bool opens_alone(const Shape& shape, const Unit& unit) const;
  [[nodiscard]] bool take_single(Attempt& attempt);
  [[nodiscard]] bool take_holes(Attempt& attempt);
  [[nodiscard]] bool dig(Attempt& attempt, NodeId node, Hole& hole);
  void drop_needless(std::vector<Taken>& dug, const Shape& shape, NodeId node, std::int32_t before);
  [[nodiscard]] bool evict_unit(Attempt& attempt, const Unit& unit, std::vector<Taken>& taken);
  [[nodiscard]] std::optional<Reason> settle(Attempt& attempt);
  // Tasks of a job that stop here to start elsewhere.
  [[nodiscard]] std::int32_t tasks_moving(WorkloadId job) const;
  // Whether a victim keeps its minimum, those that move counted in, or nothing.
  [[nodiscard]] bool whole_or_gone(WorkloadId job) const;
  // The tasks of `taken` that are still on their way out and have no new place.
  void lost_tasks(const Taken& taken, std::vector<TaskId>& out) const;
  [[nodiscard]] static std::vector<const Taken*> dearest_first(const Attempt& attempt);
  void give_back_needless(Attempt& attempt);
  [[nodiscard]] bool move_victims(Attempt& attempt);
  [[nodiscard]] bool stays_within_limits(const std::vector<TaskId>& tasks) const;
  [[nodiscard]] bool worth_moving(const Attempt& attempt) const;
  void emit(const Attempt& attempt);
  [[nodiscard]] static Reason refusal(const Attempt& attempt);

  SolverContext c_;
  std::map<std::tuple<ShapeId, std::int32_t, std::int32_t, std::int32_t>, std::int64_t> ceilings_;
  std::map<ShapeId, std::pair<std::size_t, std::int64_t>> whole_slots_;  // With the decisions then.
  DonorOrder order_;
  Movables movables_;                // As surveyed before the present attempt to consolidate.
  std::vector<Givers> givers_;       // Per resource.
  std::vector<NodeWork> node_work_;  // Per node.
  std::uint64_t search_stamp_ = 0;
  std::vector<std::uint64_t> seen_on_;  // Per node: the stamp of the last pass that met it.
  std::uint64_t seen_stamp_ = 0;
  std::vector<std::vector<NodeId>> nodes_of_;  // Per class, and all.
  const Hold* due_ = nullptr;                  // While taking filler.
};

}  // namespace sillar::schedule
