#pragma once

// The budget book: the accounts, and the reservation of every task that runs under a budget.
//
// A reservation's life:
//   1. reserve: before a task starts, all tasks of the start in one step, against every hard budget
//      of the project and of those above it: spent + reserved + amount <= limit, in each period
//      that the time touches.
//   2. extend: before it runs out, with another end. It keeps its beginning.
//   3. reprice: the node's price has changed; what was used until then keeps the old one.
//   4. settle: the task has stopped. What it used counts at its price until the ledger has closed
//      the hour and says what it was, to the nano; the rest is free at once. Or release: it never
//      ran.
// Whether something fits is asked of the accounts, or of a copy of them; what the book is told has
// been decided, and is never refused: a task that outlives its reservation still costs money.
//
// Equal histories give equal bytes, whatever the order of events of one instant.

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "ledger/budget_accounts.h"
#include "ledger/hour_books.h"
#include "model/project.h"

namespace sillar {

struct BudgetReservation {
  ProjectId project;
  BudgetDraw draw;
  Time due;  // When to extend it, or to stop the work.

  friend bool operator==(const BudgetReservation&, const BudgetReservation&) = default;
};

class BudgetBook {
 public:
  // No reservation reaches further ahead; longer work is extended on its way.
  static constexpr Duration kAheadMax = Duration::hours(31 * 24);

  BudgetBook() = default;
  BudgetBook(std::span<const Project> projects, Time now) : accounts_(projects, now) {}

  [[nodiscard]] const BudgetAccounts& accounts() const { return accounts_; }
  // Null: the task has none.
  [[nodiscard]] const BudgetReservation* find(TaskId task) const;
  [[nodiscard]] const std::map<TaskId, BudgetReservation>& reservations() const {
    return reservations_;
  }
  // Tasks by when they are due.
  [[nodiscard]] const std::set<std::pair<Time, TaskId>>& due() const { return due_; }

  // Requires: the task has no reservation; `draw.until` is at most kAheadMax after `draw.since`.
  void reserve(TaskId task, ProjectId project, const BudgetDraw& draw, Time due);
  // Requires of these: it has one.
  void extend(TaskId task, Time until, Time due);
  void reprice(TaskId task, std::int64_t nanos_per_hour, Time at);
  void settle(TaskId task, Time at);
  void release(TaskId task);

  // The hours until `until` are closed; `lines` are theirs, in any order. Appends the thresholds
  // that periods which ended in them had reached without being noted. Requires: `until` is a full
  // hour, no earlier than that of the last call.
  void close_hours(Time until, std::vector<LedgerLine> lines, std::vector<BudgetEvent>& events);
  void note(const BudgetEvent& event) { accounts_.note(event); }

  // Other budgets from `at` on; BudgetAccounts::take_over says what becomes of what was spent.
  // Reservations of what is under no budget any more are dropped, the others begin anew at `at`.
  // Requires: hours are closed until the one in which `at` lies; `open_hour` are its lines so far.
  void change(std::span<const Project> was, std::span<const Project> is,
              std::span<const LedgerLine> open_hour, Time at);

  void append_state(std::string& out) const;
  // Onto a book of the same projects, made for the start of the hour that `now` lies in, with no
  // reservation. Errors (kInvalidInput), after which the book is of no use: anything that
  // append_state does not write for such a book.
  [[nodiscard]] Status read_state(ByteReader& in, std::size_t tasks, Time now);

 private:
  void enter(TaskId task, const BudgetReservation& reservation);
  // Takes it out of the accounts and the queue; its record stays.
  BudgetReservation& leave(TaskId task);

  BudgetAccounts accounts_;
  std::map<TaskId, BudgetReservation> reservations_;
  std::set<std::pair<Time, TaskId>> due_;
};

}  // namespace sillar
