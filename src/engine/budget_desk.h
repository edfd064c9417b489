#pragma once

// Decisions over money. The desk has a scratch copy of the accounts, on which everything that one
// input decides is reserved in order, so that no two of its decisions spend the same money. It
// writes facts; applying them makes the same moves in the state's own books.
//
// The scheduler knows nothing of budgets. A cycle runs; its starts are walked in order and each is
// paid for or not; what cannot be paid is held back and the cycle runs again, so that others get
// the room. Work whose cheapest start does not fit is held back before the first run.

#include <map>
#include <optional>
#include <span>
#include <vector>

#include "engine/price_index.h"
#include "engine/state.h"
#include "model/fact.h"
#include "schedule/cycle.h"
#include "schedule/plan.h"

namespace sillar {

// What one plan's starts come to.
struct PlanBill {
  // Before the decision of this index: money for it and the ones after it that start with it.
  std::map<std::size_t, BudgetReserved> charges;
  std::vector<bool> unpaid;  // By decision: it must not happen.
  // Jobs that wait for money, with why: those that are held until there is some, and those that
  // could start where it is cheaper, once there is room.
  std::map<WorkloadId, Reason> held;
  std::map<WorkloadId, Reason> waiting;
};

struct PaidPlan {
  schedule::Plan plan;
  PlanBill bill;
};

// For one input of one state. Board moves that it makes are taken back.
class BudgetDesk {
 public:
  // How often a cycle runs anew without what could not be paid, before such starts are left out.
  static constexpr int kRoundsMax = 4;
  // Jobs of one input that are sent to cheaper nodes; those after them wait.
  static constexpr std::size_t kSentOnMax = 8;
  // Held jobs of a project that are passed over in one input to find smaller ones that can be paid.
  static constexpr int kPassedOverMax = 256;

  BudgetDesk(State& state, PriceIndex& prices, Time at, std::vector<Fact>& facts)
      : s_(state), prices_(prices), at_(at), facts_(facts) {}

  // Closes the hours that have ended. First of all facts of an input.
  void close_hours();
  // Absent: no hard budget refuses the workload whatever happens.
  [[nodiscard]] std::optional<Reason> refusal(const Workload& workload);
  // Before a node's price changes: what runs there is reserved for at the new one, if not as long
  // as before, then for as long as stopping takes.
  void before_price(NodeId node, const NodeTariff& price);
  // Extends what is due; what cannot be is evicted.
  void look_after_running();
  // Releases held work, in its order, as much as could be paid now. `anew`: what stays held is told
  // its reason in today's figures.
  void release(bool anew);
  // Thresholds that are reached now.
  void tell_thresholds();
  // Runs cycles until what starts can be paid. In the board's open transaction, if there is one.
  // `full`: looks first at all that waits for what is out of reach.
  template <typename RunCycle>
  [[nodiscard]] PaidPlan plan(RunCycle run_cycle, bool full) {
    open_board(full);
    PaidPlan paid;
    for (int round = 0;; ++round) {
      const std::size_t mark = s_.board.mark();
      hold_back();
      paid.plan = run_cycle(std::span<const schedule::OffLimits>(dear_));
      s_.board.rollback(mark);
      if (settles(paid, round == kRoundsMax - 1)) break;
    }
    close_board();
    return paid;
  }

 private:
  struct Unpaid {
    BudgetShortage shortage;
    std::optional<Cheapest> cheaper;  // What would fit.
    Int128 cheaper_nanos = 0;
  };
  // One step of a plan: tasks of one job that start together.
  struct Start {
    WorkloadId job;
    std::size_t first = 0;
    std::vector<BudgetReserved::Part> parts;
    bool promise = false;  // Room is promised, no money is spent yet.
  };

  template <typename Body>
  void add(Body&& body) {
    facts_.push_back({at_, FactBody(std::forward<Body>(body))});
  }
  [[nodiscard]] const BudgetBook& book() const { return rolled_ ? *rolled_ : *s_.budgets; }
  BudgetAccounts& accounts();
  void tell(const std::vector<BudgetEvent>& events);

  // ---- What runs.
  [[nodiscard]] std::optional<BudgetShortage> extend(WorkloadId job, std::span<const TaskId> tasks);
  void prolong(WorkloadId job, std::span<const TaskId> tasks, Time until, Time due);
  void stop(std::span<const TaskId> tasks, const BudgetShortage& shortage);
  void look_after(WorkloadId job, std::span<const TaskId> due);

  // ---- What starts.
  void open_board(bool full);
  void close_board();
  void hold_back();
  void note_out_of_reach(const BudgetAccounts& accounts);
  void note_if_out_of_reach(WorkloadId job, const Cheapest& cheapest, Int128 spare,
                            const BudgetAccounts& accounts);
  // Whether the plan can stand, or is the last.
  [[nodiscard]] bool settles(PaidPlan& paid, bool last);
  // Whether the job is to be tried once more, on nodes that it can pay.
  [[nodiscard]] bool send_on(WorkloadId job, const Unpaid& why, const BudgetAccounts& accounts);
  [[nodiscard]] std::vector<Start> starts_of(const schedule::Plan& plan) const;
  [[nodiscard]] bool pay(const Start& start, BudgetAccounts& accounts, PlanBill& bill,
                         std::map<WorkloadId, Unpaid>& unpaid);
  [[nodiscard]] BudgetDraw draw_for(WorkloadId job, std::int64_t nanos_per_hour) const;
  [[nodiscard]] Unpaid unpaid_start(WorkloadId job, const BudgetShortage& shortage,
                                    const BudgetAccounts& accounts);
  [[nodiscard]] Reason reason_for(const Unpaid& unpaid) const;
  [[nodiscard]] std::string money(Int128 nanos, bool up) const;

  State& s_;
  PriceIndex& prices_;
  Time at_;
  std::vector<Fact>& facts_;
  std::optional<BudgetBook> rolled_;  // The book with its hours closed, where this input does so.
  std::optional<BudgetAccounts> accounts_;
  bool full_ = true;
  bool opened_ = false;  // The transaction is its own.
  std::size_t mark_ = 0;
  std::vector<TaskId> stopped_;             // Evicted by this input, for want of money.
  std::vector<WorkloadId> released_;        // By this input.
  std::map<WorkloadId, Unpaid> held_back_;  // From the next cycle.
  std::map<WorkloadId, Unpaid> partly_;     // Jobs that start in part,
  std::vector<TaskId> parked_;              // and their tasks that the next cycle goes without.
  std::vector<schedule::OffLimits> dear_;   // Nodes that are too dear, by job that has others.
  std::vector<std::pair<WorkloadId, ReasonCode>> reconsidered_;  // Waited for money, need not now.
};

// Whether work waits for money by this code.
[[nodiscard]] inline bool waits_for_money(ReasonCode code) {
  return code == ReasonCode::kOverBudget || code == ReasonCode::kOverBudgetCheaper ||
         code == ReasonCode::kOverBudgetForGood;
}

}  // namespace sillar
