#include "ledger/budget_period.h"

#include "base/calendar.h"
#include "base/check.h"

namespace sillar {
namespace {

constexpr std::int64_t kDayNs = Duration::hours(24).ns;
constexpr std::int64_t kDaysPerWeek = 7;
constexpr std::int64_t kMonday = 4;  // 1970-01-05, the first Monday after the epoch, as a day.

Time time_of(std::int64_t day) {
  return Time{day * kDayNs};
}

BudgetWindow days(std::int64_t first, std::int64_t count) {
  // The epoch's own week began before it: what is before the epoch does not exist.
  return {time_of(first < 0 ? 0 : first), time_of(first + count)};
}

// `months` from the one that `date` lies in back to a multiple of `step`, and `step` on.
BudgetWindow months(const Civil& date, unsigned step) {
  const unsigned first = (date.month - 1) / step * step + 1;
  const unsigned next = first + step;
  const Civil after = next > 12 ? Civil{date.year + 1, next - 12, 1} : Civil{date.year, next, 1};
  return {time_of(days_from_civil({date.year, first, 1})), time_of(days_from_civil(after))};
}

}  // namespace

BudgetWindow budget_window(BudgetPeriod period, Time starts, Time at) {
  DCHECK(at >= Time{0}, "a period of the calendar lies after the epoch");
  const std::int64_t day = at.ns / kDayNs;
  switch (period) {
    case BudgetPeriod::kDay:
      return days(day, 1);
    case BudgetPeriod::kWeek: {
      const std::int64_t since_monday = (day + kDaysPerWeek - kMonday) % kDaysPerWeek;
      return days(day - since_monday, kDaysPerWeek);
    }
    case BudgetPeriod::kMonth:
      return months(civil_from_days(day), 1);
    case BudgetPeriod::kQuarter:
      return months(civil_from_days(day), 3);
    case BudgetPeriod::kYear:
      return months(civil_from_days(day), 12);
    case BudgetPeriod::kTotal:
      break;
  }
  return at < starts ? BudgetWindow{Time{0}, starts} : BudgetWindow{starts, Time::never()};
}

Duration longest_period(BudgetPeriod period) {
  constexpr std::array<std::int64_t, 5> kDays{1, 7, 31, 92, 366};
  if (period == BudgetPeriod::kTotal) return Duration::max();
  return Duration{kDays[static_cast<std::size_t>(period)] * kDayNs};
}

}  // namespace sillar
