// Budgets: the periods, what is refused, and what is told when.

#include "ledger/budget.h"

#include <gtest/gtest.h>

#include "ledger/budget_period.h"

namespace sillar {
namespace {

constexpr std::int64_t kUsd = Money::kUnit;
constexpr Duration kHour = Duration::hours(1);

Time at(std::string_view text) {
  return *parse_time(text);
}

Budget budget(BudgetPeriod period, std::int64_t usd, bool hard) {
  Budget out;
  out.name = budget_period_name(period);
  out.period = period;
  out.amount = {usd * kUsd, {}};
  out.hard = hard;
  return out;
}

// "top" with the given budgets, and "top/a", "top/b" below it.
std::vector<Project> tree(std::vector<Budget> top, std::vector<Budget> a = {}) {
  std::vector<Project> projects(3);
  projects[0].name = "top";
  projects[1].name = "top/a";
  projects[2].name = "top/b";
  projects[1].parent = projects[2].parent = ProjectId{0};
  projects[0].budgets = std::move(top);
  projects[1].budgets = std::move(a);
  return projects;
}

constexpr ProjectId kA{1};
constexpr ProjectId kB{2};
const Time kNoon = at("2026-03-31T12:00:00Z");

BudgetDraw draw(std::int64_t usd_per_hour, Time since, Duration length) {
  return {usd_per_hour * kUsd, since, since + length};
}

TEST(BudgetWindow, FollowsTheCalendar) {
  const auto window = [](BudgetPeriod period, std::string_view when) {
    const BudgetWindow w = budget_window(period, Time{0}, at(when));
    return format_time(w.start) + " " + format_time(w.end);
  };
  using enum BudgetPeriod;
  EXPECT_EQ(window(kDay, "2026-02-28T23:59:59Z"), "2026-02-28T00:00:00Z 2026-03-01T00:00:00Z");
  EXPECT_EQ(window(kWeek, "2026-01-01T00:00:00Z"), "2025-12-29T00:00:00Z 2026-01-05T00:00:00Z");
  EXPECT_EQ(window(kWeek, "2026-01-05T00:00:00Z"), "2026-01-05T00:00:00Z 2026-01-12T00:00:00Z");
  EXPECT_EQ(window(kWeek, "1970-01-01T00:00:00Z"), "1970-01-01T00:00:00Z 1970-01-05T00:00:00Z");
  EXPECT_EQ(window(kMonth, "2028-02-29T12:00:00Z"), "2028-02-01T00:00:00Z 2028-03-01T00:00:00Z");
  EXPECT_EQ(window(kMonth, "2026-12-31T23:00:00Z"), "2026-12-01T00:00:00Z 2027-01-01T00:00:00Z");
  EXPECT_EQ(window(kQuarter, "2026-11-05T00:00:00Z"), "2026-10-01T00:00:00Z 2027-01-01T00:00:00Z");
  EXPECT_EQ(window(kYear, "2026-07-01T00:00:00Z"), "2026-01-01T00:00:00Z 2027-01-01T00:00:00Z");
  const Time starts = at("2026-07-01T00:00:00Z");
  EXPECT_EQ(budget_window(kTotal, starts, starts), (BudgetWindow{starts, Time::never()}));
  EXPECT_EQ(budget_window(kTotal, starts, kNoon), (BudgetWindow{Time{0}, starts}));
}

TEST(ReservedNanos, AddUpWhereverAnHourEnds) {
  const BudgetDraw d{1'000'000'007, kNoon + Duration::minutes(17), kNoon + Duration::minutes(417)};
  Int128 parts = 0;
  for (Time t = kNoon; t < d.until; t = t + kHour) parts += reserved_nanos(d, t, t + kHour);
  EXPECT_EQ(parts, reserved_nanos(d, Time{0}, Time::never()));
  EXPECT_EQ(reserved_nanos(d, d.until, Time::never()), 0);
  // A full hour is its price and two nanos.
  EXPECT_EQ(reserved_nanos(d, kNoon + kHour, kNoon + kHour * 2), 1'000'000'009);
}

TEST(BudgetBook, ChecksEveryBudgetAboveInOneStep) {
  BudgetBook book(
      tree({budget(BudgetPeriod::kMonth, 100, true)}, {budget(BudgetPeriod::kMonth, 60, true)}),
      kNoon);
  const BudgetDraw ten = draw(10, kNoon, kHour * 5);  // 50 and a little.
  EXPECT_FALSE(book.accounts().shortage(kA, std::array{ten}));
  // Two of them together pass what "top/a" may spend, though each fits.
  auto shortage = book.accounts().shortage(kA, std::array{ten, ten});
  ASSERT_TRUE(shortage);
  EXPECT_EQ(shortage->budget, (BudgetId{kA, 0}));
  EXPECT_EQ(shortage->window.end, at("2026-04-01T00:00:00Z"));
  EXPECT_EQ(shortage->limit_nanos, 60 * kUsd);
  EXPECT_EQ(shortage->left_nanos, 60 * kUsd);
  EXPECT_EQ(shortage->needs_nanos, 100 * kUsd + 20);

  book.reserve(TaskId{0}, kA, ten, ten.until);
  EXPECT_EQ(book.accounts().left(kA), Int128{10 * kUsd - 10});
  EXPECT_EQ(book.accounts().left(kB), Int128{50 * kUsd - 10});
  shortage = book.accounts().shortage(kB, std::array{ten});
  ASSERT_TRUE(shortage);
  EXPECT_EQ(shortage->budget, (BudgetId{ProjectId{0}, 0}));
  EXPECT_EQ(shortage->left_nanos, 50 * kUsd - 10);
}

TEST(BudgetBook, FillsABudgetToTheLastNano) {
  std::vector<Project> projects = tree({budget(BudgetPeriod::kTotal, 1, true)});
  projects[0].budgets[0].amount.nanos = 10 * kUsd + 2;
  const BudgetBook book(projects, kNoon);
  EXPECT_FALSE(book.accounts().shortage(kA, std::array{draw(10, kNoon, kHour)}));
  projects[0].budgets[0].amount.nanos -= 1;
  const BudgetBook less(projects, kNoon);
  EXPECT_TRUE(less.accounts().shortage(kA, std::array{draw(10, kNoon, kHour)}));
}

TEST(BudgetBook, ReservesInEachPeriodThatItTouches) {
  BudgetBook book(tree({budget(BudgetPeriod::kDay, 100, true)}), kNoon);
  // 120 today, 240 tomorrow and 60 the day after: the first that does not fit is told.
  const BudgetDraw long_one = draw(10, kNoon, kHour * 42);
  auto shortage = book.accounts().shortage(kA, std::array{long_one});
  ASSERT_TRUE(shortage);
  EXPECT_EQ(shortage->needs_nanos, 120 * kUsd + 24);
  // 60 today, and 120 tomorrow.
  const BudgetDraw late = draw(10, kNoon + kHour * 6, kHour * 18);
  shortage = book.accounts().shortage(kA, std::array{late});
  ASSERT_TRUE(shortage);
  EXPECT_EQ(shortage->window.start, at("2026-04-01T00:00:00Z"));
  const BudgetDraw fits = draw(10, kNoon + kHour * 6, kHour * 15);
  EXPECT_FALSE(book.accounts().shortage(kA, std::array{fits}));
  book.reserve(TaskId{0}, kA, fits, fits.until);
  EXPECT_FALSE(book.accounts().shortage(kB, std::array{draw(3, kNoon, kHour * 12)}));
  EXPECT_TRUE(book.accounts().shortage(kB, std::array{draw(2, kNoon, kHour * 21)}));
}

TEST(BudgetBook, SoftBudgetsRefuseNothing) {
  BudgetBook book(tree({budget(BudgetPeriod::kMonth, 1, false)}), kNoon);
  EXPECT_TRUE(book.accounts().covers(kA));
  EXPECT_FALSE(book.accounts().guards(kA));
  EXPECT_FALSE(book.accounts().shortage(kA, std::array{draw(1000, kNoon, kHour)}));
  EXPECT_FALSE(book.accounts().left(kA));
}

TEST(BudgetBook, SettlesByTheLinesOfClosedHours) {
  const BudgetId id{ProjectId{0}, 0};
  BudgetBook book(tree({budget(BudgetPeriod::kMonth, 100, true)}), at("2026-03-01T00:00:00Z"));
  const Time start = at("2026-03-10T12:00:00Z");
  book.reserve(TaskId{0}, kA, draw(10, start, kHour * 4), start + kHour * 4);
  const auto standing = [&](Time now) { return *book.accounts().standing(id, now); };
  EXPECT_EQ(standing(start).spent_nanos, 0);
  EXPECT_EQ(standing(start).reserved_nanos, 40 * kUsd + 8);
  const Time half = start + Duration::minutes(30);
  EXPECT_EQ(standing(half).spent_nanos, 5 * kUsd);
  EXPECT_EQ(standing(half).reserved_nanos, 35 * kUsd + 8);
  book.settle(TaskId{0}, half);
  EXPECT_EQ(standing(half).spent_nanos, 5 * kUsd + 2);
  EXPECT_EQ(standing(half).reserved_nanos, 0);
  EXPECT_TRUE(book.reservations().empty());
  // The ledger's line is what counts in the end.
  std::vector<BudgetEvent> events;
  book.close_hours(start + kHour, {{start, start + kHour, NodeId{0}, kA, CostKind::kCpu, 4 * kUsd}},
                   events);
  EXPECT_EQ(standing(start + kHour).spent_nanos, 4 * kUsd);
  EXPECT_EQ(standing(start + kHour).left_nanos, 96 * kUsd);
  EXPECT_TRUE(events.empty());
}

TEST(BudgetBook, ANewPriceCountsFromThenOn) {
  const BudgetId id{ProjectId{0}, 0};
  BudgetBook book(tree({budget(BudgetPeriod::kMonth, 100, true)}), kNoon);
  book.reserve(TaskId{0}, kA, draw(10, kNoon, kHour), kNoon + kHour);
  book.reprice(TaskId{0}, 20 * kUsd, kNoon + Duration::minutes(30));
  const BudgetStanding standing = *book.accounts().standing(id, kNoon + Duration::minutes(45));
  EXPECT_EQ(standing.spent_nanos, 10 * kUsd + 2);
  EXPECT_EQ(standing.spent_nanos + standing.reserved_nanos, 15 * kUsd + 4);
}

TEST(BudgetBook, TellsAThresholdOncePerPeriod) {
  BudgetBook book(tree({budget(BudgetPeriod::kDay, 100, false)}), at("2026-03-31T00:00:00Z"));
  const Time midnight = at("2026-03-31T00:00:00Z");
  book.reserve(TaskId{0}, kA, draw(30, midnight, kHour * 100), midnight + kHour * 100);
  EXPECT_TRUE(book.accounts().reached(midnight + kHour).empty());
  // From a tenth of the day on it is foretold: 720 a day.
  std::vector<BudgetEvent> events = book.accounts().reached(midnight + Duration::minutes(144));
  ASSERT_EQ(events.size(), 4U);
  EXPECT_EQ(events[0].measure, BudgetMeasure::kActual);
  EXPECT_EQ(events[0].percent, 50);
  EXPECT_EQ(events[0].nanos, 72 * kUsd);
  EXPECT_EQ(events[3].measure, BudgetMeasure::kForecast);
  EXPECT_EQ(events[3].percent, 100);
  EXPECT_EQ(events[3].nanos, 720 * kUsd);
  for (const BudgetEvent& event : events) book.note(event);
  EXPECT_TRUE(book.accounts().reached(midnight + kHour * 2 + Duration::minutes(24)).empty());
  events = book.accounts().reached(midnight + kHour * 3);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].percent, 80);
  book.note(events[0]);

  // What was reached before the day ended and nobody told is told with it; then all begins anew.
  std::vector<LedgerLine> lines;
  for (int h = 0; h < 25; ++h)
    lines.push_back({midnight + kHour * h, midnight + kHour * (h + 1), NodeId{0}, kA,
                     CostKind::kAccelerator, 30 * kUsd});
  events.clear();
  book.close_hours(midnight + kHour * 25, lines, events);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].percent, 100);
  EXPECT_EQ(events[0].window.start, midnight);
  EXPECT_EQ(events[0].nanos, 720 * kUsd);
  book.note(events[0]);  // Of a period that has gone: changes nothing.
  EXPECT_EQ(book.accounts().standing({ProjectId{0}, 0}, midnight + kHour * 25)->spent_nanos,
            30 * kUsd);
  EXPECT_EQ(book.accounts().reached(midnight + kHour * 27).size(), 5U);
}

TEST(BudgetBook, ATotalCountsFromItsStart) {
  std::vector<Project> projects = tree({budget(BudgetPeriod::kTotal, 10, true)});
  const Time starts = kNoon + kHour * 2;
  projects[0].budgets[0].starts = starts;
  BudgetBook book(projects, kNoon);
  const BudgetId id{ProjectId{0}, 0};
  EXPECT_FALSE(book.accounts().standing(id, kNoon)->in_force);
  EXPECT_FALSE(book.accounts().shortage(kA, std::array{draw(100, kNoon, kHour * 2)}));
  // Two hours before it counts cost nothing of it.
  const BudgetDraw across = draw(4, kNoon, kHour * 4);
  EXPECT_FALSE(book.accounts().shortage(kA, std::array{across}));
  book.reserve(TaskId{0}, kA, across, across.until);
  EXPECT_TRUE(book.accounts().shortage(kA, std::array{draw(4, kNoon, kHour * 4)}));
  std::vector<BudgetEvent> events;
  book.close_hours(starts, {{kNoon, kNoon + kHour, NodeId{0}, kA, CostKind::kCpu, 99 * kUsd}},
                   events);
  EXPECT_TRUE(events.empty());
  const BudgetStanding standing = *book.accounts().standing(id, starts);
  EXPECT_TRUE(standing.in_force);
  EXPECT_EQ(standing.spent_nanos, 0);
  EXPECT_EQ(standing.reserved_nanos, 8 * kUsd + 4);
  EXPECT_FALSE(standing.forecast_nanos);
}

TEST(BudgetBook, ReadsBackWhatItWrote) {
  const std::vector<Project> projects = tree({budget(BudgetPeriod::kDay, 100, true)});
  BudgetBook book(projects, kNoon);
  book.reserve(TaskId{3}, kA, draw(1, kNoon, kHour * 30), kNoon + kHour * 29);
  book.reserve(TaskId{1}, kB, draw(2, kNoon, kHour), kNoon + kHour);
  book.settle(TaskId{1}, kNoon + Duration::minutes(5));
  book.note({{ProjectId{0}, 0}, book.accounts().standing({ProjectId{0}, 0}, kNoon)->window, 50});
  std::string bytes;
  book.append_state(bytes);
  BudgetBook read(projects, kNoon);
  ByteReader in(bytes);
  ASSERT_TRUE(read.read_state(in, 4, kNoon + Duration::minutes(5)));
  EXPECT_EQ(in.left(), 0U);
  std::string again;
  read.append_state(again);
  EXPECT_EQ(again, bytes);
  EXPECT_EQ(read.due(), book.due());
  EXPECT_EQ(read.accounts().left(kB), book.accounts().left(kB));
  // Each byte less is refused, and so is a task that is not there.
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    BudgetBook cut(projects, kNoon);
    ByteReader short_in(std::string_view(bytes).substr(0, size));
    EXPECT_FALSE(cut.read_state(short_in, 4, kNoon + Duration::minutes(5)));
  }
  BudgetBook fewer(projects, kNoon);
  ByteReader once_more(bytes);
  EXPECT_FALSE(fewer.read_state(once_more, 3, kNoon + Duration::minutes(5)));
}

}  // namespace
}  // namespace sillar
