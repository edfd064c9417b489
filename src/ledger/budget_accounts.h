#pragma once

// What each budget has spent and what is reserved of it. One account per budget; work counts in the
// accounts of its project and of every project above it.
//
// What is committed of a period is what its closed hours cost by the ledger's lines, what was used
// of the hour that is open, and what running work may still use until its reservation ends. A
// reservation covers each hour of UTC that it touches for itself: its part of the hour's price,
// rounded up to a nano, and two nanos more. That is what the meter's lines can come to at most
// (meter.h: floors, and one nano to the largest remainders, on each of two pools), so closing an
// hour never raises what is committed; and it makes the amounts add up wherever an hour ends.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/money.h"
#include "base/time.h"
#include "ledger/budget_period.h"
#include "ledger/hour_books.h"
#include "model/project.h"

namespace sillar {

struct BudgetId {
  ProjectId project;
  std::uint32_t index = 0;  // Into Project::budgets.

  friend auto operator<=>(const BudgetId&, const BudgetId&) = default;
};

// What one task may use: a price by the hour, from then until then.
struct BudgetDraw {
  std::int64_t nanos_per_hour = 0;  // Not negative, rounded up.
  Time since;
  Time until;  // At or before `since`: nothing is left of it.

  friend bool operator==(const BudgetDraw&, const BudgetDraw&) = default;
};

// What is reserved for the part of the draw that lies between two times.
[[nodiscard]] Int128 reserved_nanos(const BudgetDraw& draw, Time from, Time to);

// A hard budget in the way, of all that would be the nearest to the work, and its first period.
struct BudgetShortage {
  BudgetId budget;
  BudgetWindow window;
  Int128 limit_nanos = 0;
  Int128 left_nanos = 0;   // Of the period; not negative.
  Int128 needs_nanos = 0;  // In that period.
};

// A threshold that is reached. `nanos` is what was spent, or will have been at this rate.
struct BudgetEvent {
  BudgetId budget;
  BudgetWindow window;
  std::int32_t percent = 0;
  BudgetMeasure measure = BudgetMeasure::kActual;
  Int128 nanos = 0;
  std::int64_t limit_nanos = 0;

  friend bool operator==(const BudgetEvent&, const BudgetEvent&) = default;
};

// One budget as it stands in its current period.
struct BudgetStanding {
  BudgetWindow window;
  bool in_force = true;  // False: a total that has not started.
  std::int64_t limit_nanos = 0;
  Int128 spent_nanos = 0;     // Closed hours by their lines, and the open one at its price.
  Int128 reserved_nanos = 0;  // Of this period, beyond what is spent.
  Int128 left_nanos = 0;      // limit - spent - reserved; negative where a soft budget is passed.
  std::optional<Int128> forecast_nanos;  // At the period's end; absent: too early, or a total.
};

// A value of a few flat vectors: decisions copy it and reserve on the copy.
class BudgetAccounts {
 public:
  // From this much of a period on, the rest is foretold from it.
  static constexpr std::int64_t kForecastFromPercent = 10;

  BudgetAccounts() = default;
  BudgetAccounts(std::span<const Project> projects, Time now);

  [[nodiscard]] bool empty() const { return accounts_.empty(); }
  [[nodiscard]] std::size_t size() const { return accounts_.size(); }
  [[nodiscard]] std::size_t projects() const { return terms_ ? terms_->chains.size() : 0; }
  // Whether the project or one above it has a budget; whether one of them is hard.
  [[nodiscard]] bool covers(ProjectId project) const { return !chain(project).empty(); }
  [[nodiscard]] bool guards(ProjectId project) const;

  // The first hard budget that these draws, all of them together, do not fit into. Looks at the
  // project and all above it in one step, changes nothing.
  [[nodiscard]] std::optional<BudgetShortage> shortage(ProjectId project,
                                                       std::span<const BudgetDraw> draws) const {
    return shortage(project, draws, 1);
  }
  // The same of `count` tasks that draw alike.
  [[nodiscard]] std::optional<BudgetShortage> shortage(ProjectId project, const BudgetDraw& draw,
                                                       std::int64_t count) const {
    return shortage(project, {&draw, 1}, count);
  }
  // The most restrictive of the hard budgets in their current periods: what may still be reserved.
  // Absent: no hard budget in force is above it.
  [[nodiscard]] std::optional<Int128> left(ProjectId project) const;

  // The first end of a current period of those budgets; never: of none.
  [[nodiscard]] Time first_end(ProjectId project) const;
  // What fits into every hard budget above it in whatever period: at most that, and it needs no
  // closer look. Absent: no hard budget is above it.
  [[nodiscard]] std::optional<Int128> spare(ProjectId project) const;

  // Reserved, whether it fits or not: what was decided.
  void add(ProjectId project, const BudgetDraw& draw) { change(project, draw, 1); }
  void remove(ProjectId project, const BudgetDraw& draw) { change(project, draw, -1); }
  // Work has used the part of its draw until `at`, in the hour that is open.
  void use(ProjectId project, const BudgetDraw& draw, Time at);

  // Hours until `until` are closed: what they cost is posted line by line with `post`, in order of
  // time; `close` then begins the open hour and the periods that `until` lies in. Reservations are
  // taken off for it and added again by their owner. Both append the thresholds that periods which
  // have ended reached last.
  void post(ProjectId project, Time hour, std::int64_t nanos, std::vector<BudgetEvent>& events);
  void close(Time until, std::vector<BudgetEvent>& events);

  // Thresholds of the current periods that are reached at `now` and not noted, in order of budgets.
  [[nodiscard]] std::vector<BudgetEvent> reached(Time now) const;
  // The threshold has been told. Another period than the current one: nothing to note any more.
  void note(const BudgetEvent& event);

  // Absent: the project has no budget of that number.
  [[nodiscard]] std::optional<BudgetStanding> standing(BudgetId id, Time now) const;
  [[nodiscard]] const std::vector<BudgetId>& ids() const { return terms_->ids; }

  // Takes over what was spent from the accounts of the same budgets (project and name) before their
  // terms changed, and what was told of it where the amount stayed. A budget that is new, or of
  // another period, has spent what the open hour's lines say: it begins with that hour.
  // Requires: made for the start of the hour in which `before` is, in which nothing is reserved;
  // projects keep their ids.
  void take_over(const BudgetAccounts& before, std::span<const Project> was,
                 std::span<const Project> is, std::span<const LedgerLine> open_hour);

  // Sums of what is reserved are left out: they follow from the reservations.
  void append_state(std::string& out) const;
  [[nodiscard]] bool read_state(ByteReader& in);

 private:
  struct Term {
    BudgetPeriod period = BudgetPeriod::kMonth;
    bool hard = false;
    std::int64_t limit = 0;
    Time starts;
    std::vector<std::int32_t> thresholds;
  };
  // What never changes.
  struct Terms {
    std::vector<Term> terms;                         // Per account.
    std::vector<BudgetId> ids;                       // Likewise.
    std::vector<std::vector<std::uint32_t>> chains;  // Per project, its own first.
  };
  struct Later {
    Time start;
    Int128 nanos = 0;
  };
  struct Account {
    BudgetWindow window;
    Int128 spent = 0;          // By lines.
    Int128 open = 0;           // Of the open hour, by work that has ended or changed its price.
    Int128 reserved = 0;       // In this window.
    std::vector<Later> later;  // In those that follow, in order; none is nought.
    Int128 rate = 0;           // Of all that draws.
    Int128 rate_ns = 0;        // Sum of rate times since.
    std::array<std::uint16_t, 2> noted{};  // By BudgetMeasure: bits by threshold.
  };

  [[nodiscard]] std::span<const std::uint32_t> chain(ProjectId project) const {
    return terms_ ? std::span<const std::uint32_t>(terms_->chains[project.index()])
                  : std::span<const std::uint32_t>();
  }
  [[nodiscard]] bool in_force(const Term& term, const BudgetWindow& window) const {
    return window.start >= term.starts;
  }
  [[nodiscard]] std::optional<BudgetShortage> shortage(ProjectId project,
                                                       std::span<const BudgetDraw> draws,
                                                       std::int64_t times) const;
  void change(ProjectId project, const BudgetDraw& draw, int sign);
  void begin(std::size_t account, Time at, std::vector<BudgetEvent>& events);
  [[nodiscard]] Int128 spent_at(const Account& account, Time now) const;
  [[nodiscard]] Int128 reserved_in(const Account& account, const BudgetWindow& window) const;
  [[nodiscard]] std::optional<Int128> forecast(const Term& term, const BudgetWindow& window,
                                               Int128 spent, Time now) const;
  void reached_by(std::size_t account, BudgetMeasure measure, Int128 nanos,
                  std::vector<BudgetEvent>& events) const;

  std::shared_ptr<const Terms> terms_;
  std::vector<Account> accounts_;
};

}  // namespace sillar
