#pragma once

// A budget: what a project and everything below it may cost in each period. A hard budget is
// reserved from before work starts and refuses what does not fit; a soft one only tells.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/money.h"
#include "base/time.h"

namespace sillar {

// Calendar periods in UTC, half-open; weeks begin on Monday. A total has one period, from `starts`
// on and without an end.
enum class BudgetPeriod : std::uint8_t { kDay, kWeek, kMonth, kQuarter, kYear, kTotal };
inline constexpr std::array<std::string_view, 6> kBudgetPeriods{"day",     "week", "month",
                                                                "quarter", "year", "total"};
[[nodiscard]] inline std::string_view budget_period_name(BudgetPeriod period) {
  return kBudgetPeriods[static_cast<std::size_t>(period)];
}

// What a threshold is held against: what was spent, or what will have been at the period's end if
// it goes on like this.
enum class BudgetMeasure : std::uint8_t { kActual, kForecast };

inline constexpr std::size_t kBudgetsMax = 16;           // Of one project.
inline constexpr std::size_t kBudgetThresholdsMax = 16;  // Of one budget.
inline constexpr std::int32_t kBudgetPercentMax = 1000;

// Of what is reserved ahead for work of unknown length: long enough that reserving again is rare
// beside starting, short enough that what is reserved in vain is soon free.
inline constexpr Duration kBudgetSliceMin = Duration::minutes(1);
inline constexpr Duration kBudgetSliceMax = Duration::hours(24 * 7);

struct Budget {
  std::string name;  // Unique in its project.
  BudgetPeriod period = BudgetPeriod::kMonth;
  Money amount;
  bool hard = false;
  std::vector<std::int32_t> thresholds{50, 80, 100};  // Percent of the amount, rising.
  Time starts;  // kTotal: the full hour from which on it counts; otherwise the epoch.

  friend bool operator==(const Budget&, const Budget&) = default;
};

}  // namespace sillar
