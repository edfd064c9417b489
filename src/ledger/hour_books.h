#pragma once

// The meter's books: per node two pools that are paid for by the hour, per (node, project) the
// parts of them that the project holds. How an hour is closed, and why nothing can be lost or
// negative, is told in meter.h; this is where it happens.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/money.h"
#include "base/result.h"
#include "base/time.h"
#include "ledger/rate.h"

namespace sillar {

enum class CostKind : std::uint8_t { kAccelerator, kCpu };
[[nodiscard]] std::string_view cost_kind_name(CostKind kind);  // "accelerator", "cpu"

// One part of one node's bill for one hour, or for the piece of it until the books were read. Parts
// of nothing have no line.
struct LedgerLine {
  Time start;
  Time end;
  NodeId node;
  ProjectId project;  // Invalid: idle.
  CostKind kind = CostKind::kAccelerator;
  std::int64_t nanos = 0;

  friend bool operator==(const LedgerLine&, const LedgerLine&) = default;
};

struct ProjectCost {
  Int128 accelerator_nanos = 0;
  Int128 cpu_nanos = 0;
  Int128 device_ns = 0;  // Thousandths of a device times nanoseconds held, priced or not.

  [[nodiscard]] Int128 nanos() const { return accelerator_nanos + cpu_nanos; }
  friend bool operator==(const ProjectCost&, const ProjectCost&) = default;
};

// billed = what projects paid on the node + idle_accelerator + idle_cpu.
struct NodeCost {
  Int128 billed_nanos = 0;
  Int128 idle_accelerator_nanos = 0;
  Int128 idle_cpu_nanos = 0;

  [[nodiscard]] Int128 idle_nanos() const { return idle_accelerator_nanos + idle_cpu_nanos; }
  friend bool operator==(const NodeCost&, const NodeCost&) = default;
};

// Price per hour in nanos times devices of the node: keeps every product within 128 bits.
inline constexpr Int128 kMeteredRateMax = Int128{40'000'000} * Money::kUnit;

// Nano-nanoseconds per hour that one whole pool has cost so far; differences of it times parts are
// money. One entry per CostKind.
using PoolMarks = std::array<Int128, 2>;

class HourBooks {
 public:
  HourBooks(std::size_t nodes, std::size_t projects)
      : books_(nodes), projects_(projects), nodes_(nodes) {}

  [[nodiscard]] bool rated(NodeId node) const { return books_[node.index()].whole > 0; }
  [[nodiscard]] const NodeRate& rate(NodeId node) const { return books_[node.index()].rate; }
  [[nodiscard]] Time last_event(NodeId node) const { return books_[node.index()].now; }

  // Books everything until `at`; the lines of hours that end go to `lines` unless it is null.
  // Requires: rated nodes: `at` is not before the last event.
  void advance(NodeId node, Time at, std::vector<LedgerLine>* lines);
  // Requires: advanced to now; `rate` is one that `Meter::set_rate` accepts.
  void set_rate(NodeId node, const NodeRate& rate);
  // The same, whatever the node was made of. Requires: advanced to now; nobody has tasks there;
  // the last price would be accepted with the new devices.
  void remake(NodeId node, const NodeRate& rate);
  // Requires: not fewer than there are.
  void grow(std::size_t nodes, std::size_t projects);
  // The rate stays known, the price is nought.
  void remove_price(NodeId node);
  // Adds to, or with negative amounts takes from, what a project holds. Returns the account, which
  // stays valid while the project has tasks there. Requires: advanced to now, rated.
  std::uint32_t change(NodeId node, ProjectId project, std::int32_t tasks, std::int64_t thousandths,
                       const ClaimParts& parts);
  [[nodiscard]] PoolMarks marks(NodeId node) const;
  // The same at a later time, changing nothing.
  [[nodiscard]] PoolMarks marks_at(NodeId node, Time at) const;

  // Advances every node and ends its open hour at `at`, so that the totals are complete. For copies
  // that are read and dropped: an hour ended twice is rounded twice.
  void settle(Time at, std::vector<LedgerLine>* lines);

  [[nodiscard]] const std::vector<ProjectCost>& projects() const { return projects_; }
  [[nodiscard]] const std::vector<NodeCost>& nodes() const { return nodes_; }
  // Advances every rated node to the last hour's end that is not after `at`.
  void close_hours(Time at, std::vector<LedgerLine>* lines);

  // What the tasks that run hold is not part of it: it follows from them, see `rejoin`.
  void append_state(std::string& out) const;
  // Onto books that nothing was booked in. No event may come after `now`. Errors (kInvalidInput):
  // anything that append_state does not write for so many nodes and projects, or for nodes whose
  // rate is known and of another shape.
  Status read_state(ByteReader& in, Currency currency, Time now);
  // A task that ran when the state was written holds its part again. Errors (kInvalidInput): its
  // project has no account on the node.
  Status rejoin(NodeId node, ProjectId project, std::int64_t thousandths, const ClaimParts& parts);
  // Whether what projects hold of each open hour fits into it. After the last task that rejoins.
  [[nodiscard]] bool hours_fit() const;

 private:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  struct Pool {
    std::int64_t price_nanos = 0;  // Per hour.
    std::int64_t claimed = 0;      // Parts; beyond the whole, claims are scaled down.
    Int128 life = 0;               // Integral of the price of a claim on the whole pool.
    Int128 hour = 0;               // Integral of the pool's price in the open hour.
  };
  struct Book {
    std::array<Pool, 2> pools;
    std::int64_t whole = 0;  // Parts of a pool; 0: no rate so far.
    NodeRate rate;           // The last one.
    Int128 carry = 0;        // Of the bill's rounding: below one nano for an hour.
    Time now;
    std::uint32_t first_account = kNone;
  };
  // In a list per node, by project.
  struct Account {
    ProjectId project;
    std::uint32_t next = kNone;
    std::int32_t tasks = 0;
    std::int64_t thousandths = 0;
    Time since;  // Of device_ns.
    std::array<std::int64_t, 2> parts{};
    PoolMarks marks{};             // Pool::life when the parts last changed.
    std::array<Int128, 2> hour{};  // Parts times integral in the open hour.
  };
  // A part of a bill while it is being split.
  struct Part {
    Int128 raw = 0;  // In nanos times whole times hour.
    std::int64_t nanos = 0;
    Int128 remainder = 0;
    ProjectId project;
    CostKind kind = CostKind::kAccelerator;
  };

  static void pass(Book& book, std::int64_t ns);
  static void set_prices(Book& book, std::int64_t accelerator_nanos, std::int64_t cpu_nanos);
  static void accrue(const Book& book, Account& account);
  void close(NodeId node, Time start, Time end, std::int64_t hours, std::vector<LedgerLine>* lines);
  void skip(Book& book, std::int64_t hours);
  void gather_parts(const Book& book);
  void split_bill(const Book& book, std::int64_t bill);
  void post(NodeId node, std::int64_t hours);
  void write_lines(NodeId node, Time start, Time end, std::int64_t hours,
                   std::vector<LedgerLine>& lines) const;
  void drop_empty_accounts(Book& book);
  [[nodiscard]] std::uint32_t find_or_open(Book& book, ProjectId project);
  Status read_book(ByteReader& in, Currency currency, Time now, Book& book);
  bool read_accounts(ByteReader& in, Book& book);

  std::vector<Book> books_;
  std::vector<Account> accounts_;
  std::uint32_t free_account_ = kNone;  // List through Account::next.
  std::vector<ProjectCost> projects_;
  std::vector<NodeCost> nodes_;
  std::vector<Part> parts_;           // Scratch of `close`.
  std::vector<std::uint32_t> order_;  // Likewise.
};

}  // namespace sillar
