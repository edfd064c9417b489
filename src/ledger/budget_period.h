#pragma once

// Calendar periods in UTC.

#include "base/time.h"
#include "model/budget.h"

namespace sillar {

// Half-open. An end of never: it has none.
struct BudgetWindow {
  Time start;
  Time end = Time::never();

  friend bool operator==(const BudgetWindow&, const BudgetWindow&) = default;
};

// The period that `at` lies in. A total has two: until it starts, which is no period of the budget,
// and from then on. All bounds are full hours. Requires: `at` is not before the epoch.
[[nodiscard]] BudgetWindow budget_window(BudgetPeriod period, Time starts, Time at);

// The most time that one period of this kind holds; of a total, Duration::max().
[[nodiscard]] Duration longest_period(BudgetPeriod period);

}  // namespace sillar
