#include "ledger/budget_accounts.h"

#include <algorithm>
#include <limits>

#include "base/bytes.h"
#include "base/check.h"
#include "ledger/rounding.h"

namespace sillar {
namespace {

constexpr std::int64_t kHourNs = Duration::hours(1).ns;
constexpr std::int64_t kSlackNanos = 2;  // Of each hour, see the header.
constexpr Int128 kPercent = 100;
constexpr Int128 kSpentMax = Int128{1} << 100;
static_assert(kBudgetThresholdsMax <= std::numeric_limits<std::uint16_t>::digits);

// Of `length` within one hour.
Int128 hour_part(std::int64_t nanos_per_hour, std::int64_t length) {
  return (Int128{nanos_per_hour} * length + kHourNs - 1) / kHourNs + kSlackNanos;
}

// The parts of a draw by the periods of a budget.
template <typename Visit>
void for_each_part(const BudgetDraw& draw, BudgetWindow window, BudgetPeriod period, Time starts,
                   Visit visit) {
  for (;;) {
    const Int128 nanos = reserved_nanos(draw, window.start, window.end);
    if (nanos > 0) visit(window, nanos);
    if (window.end >= draw.until) return;
    window = budget_window(period, starts, window.end);
  }
}

}  // namespace

Int128 reserved_nanos(const BudgetDraw& draw, Time from, Time to) {
  const Time a = std::max(from, draw.since);
  const Time b = std::min(to, draw.until);
  if (b <= a) return 0;
  const std::int64_t first = a.ns / kHourNs;
  const std::int64_t last = b.ns / kHourNs;
  if (first == last) return hour_part(draw.nanos_per_hour, (b - a).ns);
  Int128 nanos = hour_part(draw.nanos_per_hour, (first + 1) * kHourNs - a.ns);
  nanos += Int128{last - first - 1} * (Int128{draw.nanos_per_hour} + kSlackNanos);
  if (b.ns % kHourNs != 0) nanos += hour_part(draw.nanos_per_hour, b.ns % kHourNs);
  return nanos;
}

BudgetAccounts::BudgetAccounts(std::span<const Project> projects, Time now) {
  auto terms = std::make_shared<Terms>();
  terms->chains.resize(projects.size());
  for (std::size_t p = 0; p < projects.size(); ++p) {
    for (std::size_t b = 0; b < projects[p].budgets.size(); ++b) {
      const Budget& budget = projects[p].budgets[b];
      terms->chains[p].push_back(static_cast<std::uint32_t>(terms->terms.size()));
      terms->terms.push_back(
          {budget.period, budget.hard, budget.amount.nanos, budget.starts, budget.thresholds});
      terms->ids.push_back({ProjectId{p}, static_cast<std::uint32_t>(b)});
      accounts_.emplace_back().window = budget_window(budget.period, budget.starts, now);
    }
    // Parents stand before their children.
    const ProjectId parent = projects[p].parent;
    if (!parent.valid()) continue;
    const std::vector<std::uint32_t>& above = terms->chains[parent.index()];
    terms->chains[p].insert(terms->chains[p].end(), above.begin(), above.end());
  }
  terms_ = std::move(terms);
}

bool BudgetAccounts::guards(ProjectId project) const {
  return std::ranges::any_of(chain(project),
                             [&](std::uint32_t a) { return terms_->terms[a].hard; });
}

Int128 BudgetAccounts::reserved_in(const Account& account, const BudgetWindow& window) const {
  if (window.start == account.window.start) return account.reserved;
  for (const Later& later : account.later)
    if (later.start == window.start) return later.nanos;
  return 0;
}

std::optional<BudgetShortage> BudgetAccounts::shortage(ProjectId project,
                                                       std::span<const BudgetDraw> draws,
                                                       std::int64_t times) const {
  std::vector<std::pair<BudgetWindow, Int128>> needs;  // By window, in order.
  for (const std::uint32_t a : chain(project)) {
    const Term& term = terms_->terms[a];
    const Account& account = accounts_[a];
    if (!term.hard) continue;
    needs.clear();
    const auto need = [&](const BudgetWindow& window, Int128 nanos) {
      const auto at =
          std::lower_bound(needs.begin(), needs.end(), window.start,
                           [](const auto& known, Time start) { return known.first.start < start; });
      if (at != needs.end() && at->first.start == window.start)
        at->second += nanos * times;
      else
        needs.insert(at, {window, nanos * times});
    };
    for (const BudgetDraw& draw : draws)
      for_each_part(draw, account.window, term.period, term.starts, need);
    for (const auto& [window, nanos] : needs) {
      if (!in_force(term, window)) continue;
      const bool current = window.start == account.window.start;
      const Int128 used = current ? account.spent + account.open : 0;
      const Int128 left = term.limit - used - reserved_in(account, window);
      if (nanos > left)
        return BudgetShortage{terms_->ids[a], window, term.limit, std::max<Int128>(left, 0), nanos};
    }
  }
  return std::nullopt;
}

std::optional<Int128> BudgetAccounts::left(ProjectId project) const {
  std::optional<Int128> least;
  for (const std::uint32_t a : chain(project)) {
    const Account& account = accounts_[a];
    if (!terms_->terms[a].hard || !in_force(terms_->terms[a], account.window)) continue;
    const Int128 left = terms_->terms[a].limit - account.spent - account.open - account.reserved;
    least = least ? std::min(*least, left) : left;
  }
  return least;
}

Time BudgetAccounts::first_end(ProjectId project) const {
  Time end = Time::never();
  for (const std::uint32_t a : chain(project)) {
    const BudgetWindow& window = accounts_[a].window;
    const Term& term = terms_->terms[a];
    if (term.hard && in_force(term, window)) end = std::min(end, window.end);
  }
  return end;
}

std::optional<Int128> BudgetAccounts::spare(ProjectId project) const {
  std::optional<Int128> least;
  for (const std::uint32_t a : chain(project)) {
    const Account& account = accounts_[a];
    if (!terms_->terms[a].hard) continue;
    Int128 most = account.spent + account.open + account.reserved;
    for (const Later& later : account.later) most = std::max(most, later.nanos);
    const Int128 left = terms_->terms[a].limit - most;
    least = least ? std::min(*least, left) : left;
  }
  return least;
}

void BudgetAccounts::change(ProjectId project, const BudgetDraw& draw, int sign) {
  for (const std::uint32_t a : chain(project)) {
    Account& account = accounts_[a];
    account.rate += Int128{draw.nanos_per_hour} * sign;
    account.rate_ns += Int128{draw.nanos_per_hour} * draw.since.ns * sign;
    const auto book = [&](const BudgetWindow& window, Int128 nanos) {
      if (window.start == account.window.start) {
        account.reserved += nanos * sign;
        return;
      }
      const auto at =
          std::lower_bound(account.later.begin(), account.later.end(), window.start,
                           [](const Later& later, Time start) { return later.start < start; });
      if (at == account.later.end() || at->start != window.start)
        account.later.insert(at, {window.start, nanos * sign});
      else if ((at->nanos += nanos * sign) == 0)
        account.later.erase(at);
    };
    for_each_part(draw, account.window, terms_->terms[a].period, terms_->terms[a].starts, book);
  }
}

void BudgetAccounts::use(ProjectId project, const BudgetDraw& draw, Time at) {
  const BudgetDraw used{draw.nanos_per_hour, draw.since, at};
  const Int128 nanos = reserved_nanos(used, draw.since, at);
  for (const std::uint32_t a : chain(project)) accounts_[a].open += nanos;
}

void BudgetAccounts::begin(std::size_t a, Time at, std::vector<BudgetEvent>& events) {
  Account& account = accounts_[a];
  if (at < account.window.end) return;
  const Term& term = terms_->terms[a];
  reached_by(a, BudgetMeasure::kActual, account.spent, events);
  account.window = budget_window(term.period, term.starts, at);
  account.spent = 0;
  account.noted = {};
}

void BudgetAccounts::post(ProjectId project, Time hour, std::int64_t nanos,
                          std::vector<BudgetEvent>& events) {
  for (const std::uint32_t a : chain(project)) {
    begin(a, hour, events);
    accounts_[a].spent += nanos;
  }
}

void BudgetAccounts::close(Time until, std::vector<BudgetEvent>& events) {
  for (std::size_t a = 0; a < accounts_.size(); ++a) {
    begin(a, until, events);
    Account& account = accounts_[a];
    account.open = 0;
    DCHECK(account.rate == 0, "reservations are taken off while an hour is closed");
    account.reserved = 0;
    account.later.clear();
  }
}

Int128 BudgetAccounts::spent_at(const Account& account, Time now) const {
  const Int128 drawn = (account.rate * now.ns - account.rate_ns) / kHourNs;
  return account.spent + account.open + std::max<Int128>(drawn, 0);
}

// Spent so far by the part of the period that has passed, rounded half to even.
std::optional<Int128> BudgetAccounts::forecast(const Term& term, const BudgetWindow& window,
                                               Int128 spent, Time now) const {
  if (term.period == BudgetPeriod::kTotal) return std::nullopt;
  const Int128 length = (window.end - window.start).ns;
  const Int128 elapsed = (now - window.start).ns;
  if (elapsed * kPercent < length * kForecastFromPercent) return std::nullopt;
  if (elapsed >= length) return spent;
  Int128 product = 0;
  if (__builtin_mul_overflow(spent, length, &product)) return std::nullopt;
  return divide_half_even(product, elapsed);
}

void BudgetAccounts::reached_by(std::size_t a, BudgetMeasure measure, Int128 nanos,
                                std::vector<BudgetEvent>& events) const {
  const Term& term = terms_->terms[a];
  const Account& account = accounts_[a];
  if (!in_force(term, account.window)) return;
  const std::uint16_t noted = account.noted[static_cast<std::size_t>(measure)];
  for (std::size_t t = 0; t < term.thresholds.size(); ++t) {
    const std::int32_t percent = term.thresholds[t];
    if ((noted >> t & 1) == 0 && nanos * kPercent >= Int128{term.limit} * percent)
      events.push_back({terms_->ids[a], account.window, percent, measure, nanos, term.limit});
  }
}

std::vector<BudgetEvent> BudgetAccounts::reached(Time now) const {
  std::vector<BudgetEvent> events;
  for (std::size_t a = 0; a < accounts_.size(); ++a) {
    const Int128 spent = spent_at(accounts_[a], now);
    reached_by(a, BudgetMeasure::kActual, spent, events);
    if (const auto end = forecast(terms_->terms[a], accounts_[a].window, spent, now))
      reached_by(a, BudgetMeasure::kForecast, *end, events);
  }
  return events;
}

void BudgetAccounts::note(const BudgetEvent& event) {
  for (const std::uint32_t a : chain(event.budget.project)) {
    Account& account = accounts_[a];
    if (terms_->ids[a] != event.budget || account.window.start != event.window.start) continue;
    const std::vector<std::int32_t>& thresholds = terms_->terms[a].thresholds;
    const auto at = std::find(thresholds.begin(), thresholds.end(), event.percent);
    if (at == thresholds.end()) return;
    std::uint16_t& noted = account.noted[static_cast<std::size_t>(event.measure)];
    noted = static_cast<std::uint16_t>(noted | 1U << (at - thresholds.begin()));
  }
}

std::optional<BudgetStanding> BudgetAccounts::standing(BudgetId id, Time now) const {
  if (!terms_ || id.project.index() >= terms_->chains.size()) return std::nullopt;
  for (const std::uint32_t a : chain(id.project)) {
    if (terms_->ids[a] != id) continue;
    const Term& term = terms_->terms[a];
    const Account& account = accounts_[a];
    BudgetStanding out;
    out.window = account.window;
    out.in_force = in_force(term, account.window);
    out.limit_nanos = term.limit;
    out.spent_nanos = spent_at(account, now);
    const Int128 committed = account.spent + account.open + account.reserved;
    out.reserved_nanos = std::max<Int128>(committed - out.spent_nanos, 0);
    out.left_nanos = term.limit - out.spent_nanos - out.reserved_nanos;
    if (out.in_force) out.forecast_nanos = forecast(term, account.window, out.spent_nanos, now);
    return out;
  }
  return std::nullopt;
}

void BudgetAccounts::take_over(const BudgetAccounts& before, std::span<const Project> was,
                               std::span<const Project> is, std::span<const LedgerLine> open_hour) {
  std::vector<bool> known(accounts_.size());
  for (std::size_t b = 0; b < before.accounts_.size(); ++b) {
    const BudgetId old = before.terms_->ids[b];
    const Budget& from = was[old.project.index()].budgets[old.index];
    const std::vector<Budget>& budgets = is[old.project.index()].budgets;
    const auto to = std::find_if(budgets.begin(), budgets.end(), [&](const Budget& budget) {
      return budget.name == from.name && budget.period == from.period &&
             budget.starts == from.starts;
    });
    if (to == budgets.end()) continue;
    const BudgetId id{old.project, static_cast<std::uint32_t>(to - budgets.begin())};
    const auto at = std::find(terms_->ids.begin(), terms_->ids.end(), id);
    const auto a = static_cast<std::size_t>(at - terms_->ids.begin());
    known[a] = true;
    const Account& spent = before.accounts_[b];
    accounts_[a].spent = spent.spent;
    accounts_[a].open = spent.open;
    if (to->amount != from.amount) continue;
    for (std::size_t m = 0; m < spent.noted.size(); ++m) {
      for (std::size_t t = 0; t < to->thresholds.size(); ++t) {
        const auto told =
            std::find(from.thresholds.begin(), from.thresholds.end(), to->thresholds[t]);
        if (told != from.thresholds.end() &&
            (spent.noted[m] >> (told - from.thresholds.begin()) & 1) != 0)
          accounts_[a].noted[m] = static_cast<std::uint16_t>(accounts_[a].noted[m] | 1U << t);
      }
    }
  }
  for (const LedgerLine& line : open_hour) {
    if (!line.project.valid()) continue;
    for (const std::uint32_t a : chain(line.project))
      if (!known[a]) accounts_[a].open += line.nanos + kSlackNanos;
  }
}

void BudgetAccounts::append_state(std::string& out) const {
  for (const Account& account : accounts_) {
    put_wide(out, account.spent);
    put_wide(out, account.open);
    for (const std::uint16_t noted : account.noted) put_number(out, noted);
  }
}

bool BudgetAccounts::read_state(ByteReader& in) {
  for (std::size_t a = 0; a < accounts_.size(); ++a) {
    Account& account = accounts_[a];
    account.spent = in.wide(0, kSpentMax);
    account.open = in.wide(0, kSpentMax);
    const std::int64_t last = (std::int64_t{1} << terms_->terms[a].thresholds.size()) - 1;
    for (std::uint16_t& noted : account.noted)
      noted = static_cast<std::uint16_t>(in.number(0, last));
  }
  return in.ok();
}

}  // namespace sillar
