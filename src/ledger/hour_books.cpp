#include "ledger/hour_books.h"

#include <algorithm>
#include <numeric>

#include "base/check.h"

namespace sillar {
namespace {

constexpr Duration kHour = Duration::hours(1);
constexpr std::int64_t kHourNs = kHour.ns;
constexpr std::size_t kKinds = 2;
constexpr std::array<CostKind, kKinds> kEveryKind = {CostKind::kAccelerator, CostKind::kCpu};

constexpr std::size_t index_of(CostKind kind) {
  return static_cast<std::size_t>(kind);
}

// The hour of UTC that holds `time`: its first nanosecond.
Time hour_start(Time time) {
  std::int64_t into = time.ns % kHourNs;
  if (into < 0) into += kHourNs;
  return {time.ns - into};
}

}  // namespace

std::string_view cost_kind_name(CostKind kind) {
  return kind == CostKind::kAccelerator ? "accelerator" : "cpu";
}

// Lets `ns` go by in the open hour. Requires: no more than the hour has left, so that price x ns x
// parts fits into 128 bits (kMeteredRateMax).
void HourBooks::pass(Book& book, std::int64_t ns) {
  for (Pool& pool : book.pools) {
    const Int128 cost = static_cast<Int128>(pool.price_nanos) * ns;
    if (cost == 0) continue;
    pool.hour += cost;
    // Scaled down, claimed x life stays at or below whole x hour, because this rounds down.
    pool.life += pool.claimed <= book.whole ? cost : cost * book.whole / pool.claimed;
  }
}

// As `pass` and `close` of that many hours more, each like the one just closed.
void HourBooks::skip(Book& book, std::int64_t hours) {
  for (std::size_t kind = 0; kind < kKinds; ++kind) {
    Pool& pool = book.pools[kind];
    const Int128 before = pool.life;
    const Int128 cost = static_cast<Int128>(pool.price_nanos) * kHourNs;
    pool.life += (pool.claimed <= book.whole ? cost : cost * book.whole / pool.claimed) * hours;
    for (std::uint32_t i = book.first_account; i != kNone; i = accounts_[i].next)
      accounts_[i].marks[kind] += pool.life - before;
  }
}

void HourBooks::advance(NodeId node, Time at, std::vector<LedgerLine>* lines) {
  Book& book = books_[node.index()];
  if (book.whole == 0) {
    book.now = at;
    return;
  }
  DCHECK(at >= book.now, "a node's events come in order");
  while (true) {
    const Time start = hour_start(book.now);
    const Time end = start + kHour;
    if (at < end) break;
    pass(book, (end - book.now).ns);
    book.now = end;
    close(node, start, end, 1, lines);
    const std::int64_t hours = (at - book.now).ns / kHourNs;
    if (hours == 0) break;
    // Nothing changes in these hours, so one of them tells them all.
    pass(book, kHourNs);
    close(node, end, end + kHour, hours, lines);
    skip(book, hours - 1);
    book.now = book.now + kHour * hours;
  }
  pass(book, (at - book.now).ns);
  book.now = at;
}

void HourBooks::set_prices(Book& book, std::int64_t accelerator_nanos, std::int64_t cpu_nanos) {
  book.pools[index_of(CostKind::kAccelerator)].price_nanos = accelerator_nanos;
  book.pools[index_of(CostKind::kCpu)].price_nanos = cpu_nanos;
}

void HourBooks::set_rate(NodeId node, const NodeRate& rate) {
  Book& book = books_[node.index()];
  if (book.whole == 0) {
    book.whole = pool_parts(rate);
    book.carry = kHourNs / 2;  // From here on rounding down is rounding half up.
  }
  book.rate = rate;
  set_prices(book, rate.accelerator_nanos(), rate.cpu_nanos);
}

void HourBooks::remake(NodeId node, const NodeRate& rate) {
  Book& book = books_[node.index()];
  if (book.whole > 0) {
    // What is held of the open hour is told in parts of a pool, of which there are others now:
    // rounded down, so that it stays within the hour; less than a part goes to idle.
    const std::int64_t whole = pool_parts(rate);
    for (std::uint32_t i = book.first_account; i != kNone; i = accounts_[i].next) {
      Account& account = accounts_[i];
      CHECK(account.tasks == 0, "nobody has tasks on a node that is remade");
      account.marks = {};
      for (Int128& hour : account.hour)
        hour = hour / book.whole * whole + hour % book.whole * whole / book.whole;
    }
    for (Pool& pool : book.pools) pool.life = 0;
    book.whole = whole;
  }
  set_rate(node, rate);
}

void HourBooks::grow(std::size_t nodes, std::size_t projects) {
  CHECK(nodes >= books_.size() && projects >= projects_.size(), "what is counted stays");
  books_.resize(nodes);
  nodes_.resize(nodes);
  projects_.resize(projects);
}

void HourBooks::remove_price(NodeId node) {
  set_prices(books_[node.index()], 0, 0);
}

std::uint32_t HourBooks::find_or_open(Book& book, ProjectId project) {
  std::uint32_t* link = &book.first_account;
  while (*link != kNone && accounts_[*link].project < project) link = &accounts_[*link].next;
  if (*link != kNone && accounts_[*link].project == project) return *link;
  Account account;
  account.project = project;
  account.next = *link;
  account.since = book.now;
  account.marks = {book.pools[0].life, book.pools[1].life};
  if (free_account_ != kNone) {
    const std::uint32_t index = free_account_;
    *link = index;
    free_account_ = accounts_[index].next;
    accounts_[index] = account;
    return index;
  }
  const auto index = static_cast<std::uint32_t>(accounts_.size());
  *link = index;  // Before the vector grows and the link moves.
  accounts_.push_back(account);
  return index;
}

void HourBooks::accrue(const Book& book, Account& account) {
  for (std::size_t kind = 0; kind < kKinds; ++kind) {
    const Int128 life = book.pools[kind].life;
    account.hour[kind] += (life - account.marks[kind]) * account.parts[kind];
    account.marks[kind] = life;
  }
}

std::uint32_t HourBooks::change(NodeId node, ProjectId project, std::int32_t tasks,
                                std::int64_t thousandths, const ClaimParts& parts) {
  Book& book = books_[node.index()];
  const std::uint32_t index = find_or_open(book, project);
  Account& account = accounts_[index];
  accrue(book, account);
  projects_[project.index()].device_ns +=
      static_cast<Int128>(account.thousandths) * (book.now - account.since).ns;
  account.since = book.now;
  account.tasks += tasks;
  account.thousandths += thousandths;
  account.parts[0] += parts.accelerator;
  account.parts[1] += parts.cpu;
  book.pools[0].claimed += parts.accelerator;
  book.pools[1].claimed += parts.cpu;
  return index;
}

PoolMarks HourBooks::marks(NodeId node) const {
  const Book& book = books_[node.index()];
  return {book.pools[0].life, book.pools[1].life};
}

PoolMarks HourBooks::marks_at(NodeId node, Time at) const {
  const Book& book = books_[node.index()];
  PoolMarks marks{};
  for (std::size_t kind = 0; kind < kKinds; ++kind) {
    const Pool& pool = book.pools[kind];
    marks[kind] = pool.life;
    if (book.whole == 0) continue;
    // Hour by hour as `advance` goes, so that scaling rounds the same way.
    const auto over = [&](std::int64_t ns) {
      const Int128 cost = static_cast<Int128>(pool.price_nanos) * ns;
      return pool.claimed <= book.whole ? cost : cost * book.whole / pool.claimed;
    };
    const std::int64_t first =
        std::min((at - book.now).ns, kHourNs - (book.now - hour_start(book.now)).ns);
    const std::int64_t rest = (at - book.now).ns - first;
    marks[kind] += over(first) + over(kHourNs) * (rest / kHourNs) + over(rest % kHourNs);
  }
  return marks;
}

// What each project and nobody holds of the open hour, in nanos x whole x hour.
void HourBooks::gather_parts(const Book& book) {
  parts_.clear();
  std::array<Int128, kKinds> idle = {book.pools[0].hour * book.whole,
                                     book.pools[1].hour * book.whole};
  for (std::uint32_t i = book.first_account; i != kNone; i = accounts_[i].next) {
    Account& account = accounts_[i];
    accrue(book, account);
    for (const CostKind kind : kEveryKind) {
      const Int128 raw = account.hour[index_of(kind)];
      account.hour[index_of(kind)] = 0;
      if (raw == 0) continue;
      idle[index_of(kind)] -= raw;
      parts_.push_back({raw, 0, 0, account.project, kind});
    }
  }
  for (const CostKind kind : kEveryKind) {
    DCHECK(idle[index_of(kind)] >= 0, "claims never exceed their pool");
    if (idle[index_of(kind)] > 0) parts_.push_back({idle[index_of(kind)], 0, 0, ProjectId(), kind});
  }
}

// Largest remainder. What the parts sum to lies within one nano of the bill, above or below, and on
// it where it is whole; so the floors leave at least nothing, and at most one nano for each part
// that has a remainder: a part that is nothing stays nothing.
void HourBooks::split_bill(const Book& book, std::int64_t bill) {
  const Int128 nano = static_cast<Int128>(book.whole) * kHourNs;
  std::int64_t left = bill;
  for (Part& part : parts_) {
    part.nanos = static_cast<std::int64_t>(part.raw / nano);
    part.remainder = part.raw % nano;
    left -= part.nanos;
  }
  DCHECK(left >= 0, "floors never exceed the bill");
  if (left == 0) return;
  order_.resize(parts_.size());
  std::iota(order_.begin(), order_.end(), 0U);
  std::sort(order_.begin(), order_.end(), [&](std::uint32_t a, std::uint32_t b) {
    const Int128 of_a = parts_[a].remainder;
    const Int128 of_b = parts_[b].remainder;
    return of_a != of_b ? of_a > of_b : a < b;
  });
  for (std::size_t i = 0; left > 0; ++i, --left) {
    CHECK(i < order_.size() && parts_[order_[i]].remainder > 0, "a bill is split to the last nano");
    ++parts_[order_[i]].nanos;
  }
}

void HourBooks::post(NodeId node, std::int64_t hours) {
  NodeCost& cost = nodes_[node.index()];
  for (const Part& part : parts_) {
    const Int128 nanos = static_cast<Int128>(part.nanos) * hours;
    cost.billed_nanos += nanos;
    const bool accelerator = part.kind == CostKind::kAccelerator;
    if (part.project.valid()) {
      ProjectCost& project = projects_[part.project.index()];
      (accelerator ? project.accelerator_nanos : project.cpu_nanos) += nanos;
    } else {
      (accelerator ? cost.idle_accelerator_nanos : cost.idle_cpu_nanos) += nanos;
    }
  }
}

void HourBooks::write_lines(NodeId node, Time start, Time end, std::int64_t hours,
                            std::vector<LedgerLine>& lines) const {
  for (std::int64_t hour = 0; hour < hours; ++hour) {
    const Duration later = kHour * hour;
    for (const Part& part : parts_) {
      if (part.nanos == 0) continue;
      lines.push_back({start + later, end + later, node, part.project, part.kind, part.nanos});
    }
  }
}

// Projects whose last task has stopped leave the list once their last hour is booked.
void HourBooks::drop_empty_accounts(Book& book) {
  std::uint32_t* link = &book.first_account;
  while (*link != kNone) {
    const std::uint32_t index = *link;
    Account& account = accounts_[index];
    if (account.tasks > 0) {
      link = &account.next;
      continue;
    }
    *link = account.next;
    account.next = free_account_;
    free_account_ = index;
  }
}

// Bills the open hour, which ran from `start` to `end`, and as many like it as `hours` says.
void HourBooks::close(NodeId node, Time start, Time end, std::int64_t hours,
                      std::vector<LedgerLine>* lines) {
  Book& book = books_[node.index()];
  const Int128 cost = book.pools[0].hour + book.pools[1].hour + book.carry;
  gather_parts(book);
  // Several hours at one price leave the carry as it was: a full hour's cost is whole nanos.
  const auto bill = static_cast<std::int64_t>(cost / kHourNs);
  book.carry = cost % kHourNs;
  split_bill(book, bill);
  post(node, hours);
  if (lines != nullptr) write_lines(node, start, end, hours, *lines);
  for (Pool& pool : book.pools) pool.hour = 0;
  drop_empty_accounts(book);
}

void HourBooks::settle(Time at, std::vector<LedgerLine>* lines) {
  for (std::size_t i = 0; i < books_.size(); ++i) {
    const NodeId node(i);
    Book& book = books_[i];
    if (book.whole == 0) continue;
    advance(node, at, lines);
    for (std::uint32_t k = book.first_account; k != kNone; k = accounts_[k].next) {
      Account& account = accounts_[k];
      projects_[account.project.index()].device_ns +=
          static_cast<Int128>(account.thousandths) * (at - account.since).ns;
      account.since = at;
    }
    close(node, hour_start(at), at, 1, lines);
  }
}

void HourBooks::close_hours(Time at, std::vector<LedgerLine>* lines) {
  const Time end = hour_start(at);
  for (std::size_t i = 0; i < books_.size(); ++i) {
    if (books_[i].whole > 0 && books_[i].now < end) advance(NodeId(i), end, lines);
  }
}

}  // namespace sillar
