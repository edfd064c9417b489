#include "ledger/budget.h"

#include <algorithm>
#include <tuple>

#include "base/check.h"

namespace sillar {
namespace {

constexpr Int128 kRateMax = kMeteredRateMax;
// A reservation is at most kAheadMax long and ends with the time that stopping takes.
constexpr Duration kUntilMax = BudgetBook::kAheadMax * 2;

}  // namespace

const BudgetReservation* BudgetBook::find(TaskId task) const {
  const auto found = reservations_.find(task);
  return found == reservations_.end() ? nullptr : &found->second;
}

void BudgetBook::enter(TaskId task, const BudgetReservation& reservation) {
  accounts_.add(reservation.project, reservation.draw);
  due_.emplace(reservation.due, task);
}

BudgetReservation& BudgetBook::leave(TaskId task) {
  const auto found = reservations_.find(task);
  CHECK(found != reservations_.end(), "only what is reserved can change");
  accounts_.remove(found->second.project, found->second.draw);
  due_.erase({found->second.due, task});
  return found->second;
}

void BudgetBook::reserve(TaskId task, ProjectId project, const BudgetDraw& draw, Time due) {
  const auto [at, fresh] = reservations_.try_emplace(task, BudgetReservation{project, draw, due});
  CHECK(fresh, "a task is reserved for once at a time");
  enter(task, at->second);
}

void BudgetBook::extend(TaskId task, Time until, Time due) {
  BudgetReservation& reservation = leave(task);
  reservation.draw.until = until;
  reservation.due = due;
  enter(task, reservation);
}

void BudgetBook::reprice(TaskId task, std::int64_t nanos_per_hour, Time at) {
  BudgetReservation& reservation = leave(task);
  accounts_.use(reservation.project, reservation.draw, at);
  reservation.draw.since = at;
  reservation.draw.nanos_per_hour = nanos_per_hour;
  enter(task, reservation);
}

void BudgetBook::settle(TaskId task, Time at) {
  const BudgetReservation& reservation = leave(task);
  accounts_.use(reservation.project, reservation.draw, at);
  reservations_.erase(task);
}

void BudgetBook::release(TaskId task) {
  leave(task);
  reservations_.erase(task);
}

void BudgetBook::close_hours(Time until, std::vector<LedgerLine> lines,
                             std::vector<BudgetEvent>& events) {
  for (auto& [task, reservation] : reservations_)
    accounts_.remove(reservation.project, reservation.draw);
  std::sort(lines.begin(), lines.end(), [](const LedgerLine& a, const LedgerLine& b) {
    return std::tie(a.start, a.project, a.node, a.kind) <
           std::tie(b.start, b.project, b.node, b.kind);
  });
  for (const LedgerLine& line : lines)
    if (line.project.valid()) accounts_.post(line.project, line.start, line.nanos, events);
  accounts_.close(until, events);
  for (auto& [task, reservation] : reservations_) {
    reservation.draw.since = std::max(reservation.draw.since, until);
    accounts_.add(reservation.project, reservation.draw);
  }
}

void BudgetBook::change(std::span<const Project> was, std::span<const Project> is,
                        std::span<const LedgerLine> open_hour, Time at) {
  for (auto& [task, reservation] : reservations_) {
    accounts_.remove(reservation.project, reservation.draw);
    accounts_.use(reservation.project, reservation.draw, at);
    reservation.draw.since = at;
  }
  BudgetAccounts after(is, Time{at.ns - at.ns % Duration::hours(1).ns});
  after.take_over(accounts_, was, is, open_hour);
  accounts_ = std::move(after);
  std::erase_if(reservations_, [&](const auto& entry) {
    const bool gone = !accounts_.covers(entry.second.project);
    if (gone) due_.erase({entry.second.due, entry.first});
    return gone;
  });
  for (const auto& [task, reservation] : reservations_)
    accounts_.add(reservation.project, reservation.draw);
}

void BudgetBook::append_state(std::string& out) const {
  accounts_.append_state(out);
  put_count(out, reservations_.size());
  for (const auto& [task, reservation] : reservations_) {
    put_id(out, task);
    put_id(out, reservation.project);
    put_number(out, reservation.draw.nanos_per_hour);
    put_number(out, reservation.draw.since.ns);
    put_number(out, reservation.draw.until.ns);
    put_number(out, reservation.due.ns);
  }
}

Status BudgetBook::read_state(ByteReader& in, std::size_t tasks, Time now) {
  CHECK(reservations_.empty(), "state is read into a book in which nothing is reserved");
  const auto bad = [] { return invalid("the budgets' state has an impossible reservation"); };
  if (!accounts_.read_state(in)) return invalid("the budgets' state has an impossible account");
  constexpr std::size_t kBytesLeast = 6;
  const std::int64_t hour = now.ns - now.ns % Duration::hours(1).ns;
  for (std::size_t left = in.count(kBytesLeast); left > 0; --left) {
    const TaskId task = in.id<TaskTag>(tasks);
    BudgetReservation reservation;
    reservation.project = in.id<ProjectTag>(accounts_.projects());
    reservation.draw.nanos_per_hour = in.number(0, static_cast<std::int64_t>(kRateMax));
    reservation.draw.since = Time{in.number(hour, now.ns)};
    reservation.draw.until = Time{in.number(0, (now + kUntilMax).ns)};
    reservation.due = Time{in.number(0, (now + kUntilMax).ns)};
    const bool ordered = reservations_.empty() || reservations_.rbegin()->first < task;
    if (!in.ok() || !ordered || !accounts_.covers(reservation.project)) return bad();
    reserve(task, reservation.project, reservation.draw, reservation.due);
  }
  if (!in.ok()) return bad();
  return {};
}

}  // namespace sillar
