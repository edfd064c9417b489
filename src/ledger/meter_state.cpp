// The meter and its books as bytes, and back.

#include <algorithm>

#include "base/check.h"
#include "ledger/meter.h"
#include "model/fleet.h"

namespace sillar {
namespace {

constexpr std::int64_t kThousandthsMax = kDevice * kDevicesPerNodeMax;
constexpr Int128 kHourNs = Duration::hours(1).ns;
constexpr Int128 kTotalMax = Int128{1} << 120;  // What is added to it by any moment still fits.

void put_rate(std::string& out, const NodeRate& rate) {
  put_number(out, rate.per_hour.nanos);
  put_number(out, rate.cpu_nanos);
  put_number(out, rate.accelerators);
  put_number(out, rate.cpu);
  put_number(out, rate.memory_bytes);
}

NodeRate read_rate(ByteReader& in, Currency currency) {
  NodeRate rate;
  rate.per_hour = {in.number(0), currency};
  rate.cpu_nanos = in.number(0, rate.per_hour.nanos);
  rate.accelerators = static_cast<std::int32_t>(in.number(0, kDevicesPerNodeMax));
  rate.cpu = in.number(0, kResourceMax);
  rate.memory_bytes = in.number(0, kResourceMax);
  if (Int128{rate.per_hour.nanos} * std::max(rate.accelerators, 1) > kMeteredRateMax) in.fail();
  return rate;
}

tl::unexpected<Error> impossible(std::string_view what) {
  return invalid("the meter's state has an impossible " + std::string(what));
}

}  // namespace

void HourBooks::append_state(std::string& out) const {
  for (const Book& book : books_) {
    put_number(out, book.whole > 0 ? 1 : 0);
    if (book.whole == 0) continue;
    put_rate(out, book.rate);
    const bool priced = book.pools[0].price_nanos == book.rate.accelerator_nanos() &&
                        book.pools[1].price_nanos == book.rate.cpu_nanos;
    put_number(out, priced ? 1 : 0);
    put_number(out, book.now.ns);
    put_wide(out, book.carry);
    for (const Pool& pool : book.pools) {
      put_wide(out, pool.life);
      put_wide(out, pool.hour);
    }
    std::size_t accounts = 0;
    for (std::uint32_t i = book.first_account; i != kNone; i = accounts_[i].next) ++accounts;
    put_count(out, accounts);
    for (std::uint32_t i = book.first_account; i != kNone; i = accounts_[i].next) {
      const Account& account = accounts_[i];
      put_id(out, account.project);
      put_number(out, account.since.ns);
      for (const Int128 mark : account.marks) put_wide(out, mark);
      for (const Int128 hour : account.hour) put_wide(out, hour);
    }
  }
  for (const ProjectCost& cost : projects_) {
    put_wide(out, cost.accelerator_nanos);
    put_wide(out, cost.cpu_nanos);
    put_wide(out, cost.device_ns);
  }
  for (const NodeCost& cost : nodes_) {
    put_wide(out, cost.billed_nanos);
    put_wide(out, cost.idle_accelerator_nanos);
    put_wide(out, cost.idle_cpu_nanos);
  }
}

Status HourBooks::read_state(ByteReader& in, Currency currency, Time now) {
  CHECK(accounts_.empty(), "state is read into books that are empty");
  for (Book& book : books_) {
    const bool rated = in.flag();
    if (!in.ok() || (!rated && book.whole > 0)) return impossible("node");
    if (rated) SILLAR_TRY_STATUS(read_book(in, currency, now, book));
  }
  const auto total = [&] { return in.wide(0, kTotalMax); };
  for (ProjectCost& cost : projects_) cost = {total(), total(), total()};
  for (NodeCost& cost : nodes_) cost = {total(), total(), total()};
  if (!in.ok()) return impossible("total");
  return {};
}

Status HourBooks::read_book(ByteReader& in, Currency currency, Time now, Book& book) {
  const NodeRate rate = read_rate(in, currency);
  const bool priced = in.flag();
  if (!in.ok() || (book.whole > 0 && !same_shape(rate, book.rate))) return impossible("rate");
  book.rate = rate;
  book.whole = pool_parts(rate);
  set_prices(book, priced ? rate.accelerator_nanos() : 0, priced ? rate.cpu_nanos : 0);
  book.now = Time{in.number(0, now.ns)};
  book.carry = in.wide(0, kHourNs - 1);
  const Int128 rate_max = kMeteredRateMax / std::max(rate.accelerators, 1);
  for (Pool& pool : book.pools) {
    pool.life = in.wide(0, rate_max * kTimeMax.ns);
    pool.hour = in.wide(0, rate_max * kHourNs);
  }
  if (!read_accounts(in, book)) return impossible("account");
  return {};
}

bool HourBooks::read_accounts(ByteReader& in, Book& book) {
  constexpr std::size_t kBytesLeast = 6;
  std::uint32_t* link = &book.first_account;
  ProjectId last;
  for (std::size_t left = in.count(kBytesLeast); left > 0; --left) {
    Account account;
    account.project = in.id<ProjectTag>(projects_.size());
    account.since = Time{in.number(0, book.now.ns)};
    // Marks were set in the open hour, and nobody holds more of it than the whole pool.
    for (std::size_t kind = 0; kind < account.marks.size(); ++kind) {
      const Pool& pool = book.pools[kind];
      account.marks[kind] = in.wide(std::max<Int128>(pool.life - pool.hour, 0), pool.life);
    }
    for (std::size_t kind = 0; kind < account.hour.size(); ++kind)
      account.hour[kind] = in.wide(0, book.pools[kind].hour * book.whole);
    if (!in.ok() || (last.valid() && account.project <= last)) return false;
    last = account.project;
    const auto index = static_cast<std::uint32_t>(accounts_.size());
    *link = index;  // Before the vector grows and the link moves.
    accounts_.push_back(account);
    link = &accounts_[index].next;
  }
  return in.ok();
}

Status HourBooks::rejoin(NodeId node, ProjectId project, std::int64_t thousandths,
                         const ClaimParts& parts) {
  Book& book = books_[node.index()];
  std::uint32_t i = book.first_account;
  while (i != kNone && accounts_[i].project < project) i = accounts_[i].next;
  if (i == kNone || accounts_[i].project != project) return impossible("task: it has no account");
  Account& account = accounts_[i];
  ++account.tasks;
  account.thousandths += thousandths;
  account.parts[0] += parts.accelerator;
  account.parts[1] += parts.cpu;
  book.pools[0].claimed += parts.accelerator;
  book.pools[1].claimed += parts.cpu;
  return {};
}

// Whether the parts of the open hour fit into it, as a bill that is split needs.
bool HourBooks::hours_fit() const {
  for (const Book& book : books_) {
    for (std::size_t kind = 0; kind < book.pools.size(); ++kind) {
      const Pool& pool = book.pools[kind];
      Int128 left = pool.hour * book.whole;
      for (std::uint32_t i = book.first_account; i != kNone; i = accounts_[i].next) {
        const Account& account = accounts_[i];
        Int128 since = 0;
        if (__builtin_mul_overflow(pool.life - account.marks[kind], Int128{account.parts[kind]},
                                   &since) ||
            since > left || account.hour[kind] > left - since)
          return false;
        left -= since + account.hour[kind];
      }
    }
  }
  return true;
}

void Meter::append_state(std::string& out) const {
  put_text(out, currency_.text());
  books_.append_state(out);
  put_count(out, running_.size() - free_slots_.size());
  for (const std::uint32_t slot : slots_) {
    if (slot == kNone) continue;
    const Running& now = running_[slot];
    put_id(out, now.task);
    put_id(out, now.node);
    put_id(out, now.project);
    put_number(out, now.claim.accelerator_thousandths);
    put_number(out, now.claim.cpu);
    put_number(out, now.claim.memory_bytes);
    put_number(out, now.start.ns);
    for (const Int128 mark : now.marks) put_wide(out, mark);
  }
}

Status Meter::read_state(ByteReader& in, std::size_t tasks, Time now) {
  CHECK(running_.empty(), "state is read into a meter in which nothing runs");
  if (in.text(currency_.code.size()) != currency_.text()) return impossible("currency");
  SILLAR_TRY_STATUS(books_.read_state(in, currency_, now));
  constexpr std::size_t kBytesLeast = 9;
  std::int64_t last = -1;
  for (std::size_t left = in.count(kBytesLeast); left > 0; --left) {
    Running task;
    task.task = in.id<TaskTag>(tasks);
    task.node = in.id<NodeTag>(books_.nodes().size());
    task.project = in.id<ProjectTag>(books_.projects().size());
    task.claim.accelerator_thousandths = in.number(0, kThousandthsMax);
    task.claim.cpu = in.number(0, kResourceMax);
    task.claim.memory_bytes = in.number(0, kResourceMax);
    task.start = Time{in.number(0, now.ns)};
    const PoolMarks life = in.ok() ? books_.marks(task.node) : PoolMarks{};
    for (std::size_t kind = 0; kind < life.size(); ++kind)
      task.marks[kind] = in.wide(0, life[kind]);
    if (!in.ok() || std::int64_t{task.task.value} <= last || !books_.rated(task.node))
      return impossible("task");
    last = task.task.value;
    task.parts = parts_of(books_.rate(task.node), task.claim);
    SILLAR_TRY_STATUS(
        books_.rejoin(task.node, task.project, task.claim.accelerator_thousandths, task.parts));
    running_[take_slot(task.task)] = task;
  }
  if (!in.ok()) return impossible("number of tasks");
  if (!books_.hours_fit()) return impossible("hour");
  return {};
}

}  // namespace sillar
