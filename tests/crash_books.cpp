#include "tests/crash_books.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/quantity.h"
#include "engine/budgets.h"
#include "engine/entry.h"
#include "journal/archive.h"
#include "journal/front.h"
#include "journal/journal.h"
#include "journal/sqlite_store.h"
#include "server/core.h"

namespace sillar {
namespace {

constexpr std::int64_t kHourNs = Duration::hours(1).ns;

Error differs(std::string what) {
  return {ErrorCode::kInvalidInput, std::move(what)};
}

// Counts on its own what the engine's meter counts.
class Count {
 public:
  explicit Count(std::string name) : name_(std::move(name)) {}

  Status add(std::string_view body) {
    SILLAR_TRY(entry, read_entry(name_, body));
    SILLAR_TRY_STATUS(apply_entry(state_, name_, body));
    if (since_ == Time::never()) since_ = entry.input.at;
    for (const Fact& fact : entry.facts) note(fact);
    for (const LedgerLine& line : take_lines(state_)) {
      auto [key, value] = server::ledger_row(line);
      if (!lines_.emplace(key, value).second)
        return tl::unexpected(differs("a line was made twice"));
      // The first hour began before the node was there.
      if (line.start >= since_ && line.end - line.start == Duration{kHourNs})
        hours_[{line.start, line.node}] += line.nanos;
    }
    return look_at_budgets();
  }

  Result<Books> against(const std::vector<journal::ArchiveRow>& kept) {
    if (kept.size() != lines_.size())
      return tl::unexpected(
          differs(fmt::format("the ledger has {} lines, not {}", kept.size(), lines_.size())));
    for (const journal::ArchiveRow& row : kept)
      if (const auto own = lines_.find(row.key); own == lines_.end() || own->second != row.value)
        return tl::unexpected(differs("a line of the ledger is another than the facts give"));
    SILLAR_TRY_STATUS(look_at_hours());
    SILLAR_TRY_STATUS(look_at_totals());
    books_.lines = lines_.size();
    return books_;
  }

 private:
  void note(const Fact& fact) {
    if (const auto* started = std::get_if<TaskStarted>(&fact.body)) {
      running_[started->task] = started->started;
    } else if (const auto* kept = std::get_if<PromiseKept>(&fact.body)) {
      running_[kept->task] = fact.at;
    } else if (const auto* stopped = std::get_if<TaskStopped>(&fact.body)) {
      end(stopped->task, fact.at);
    } else if (const auto* finished = std::get_if<TaskFinished>(&fact.body)) {
      end(finished->task, fact.at);
    }
  }

  void end(TaskId task, Time at) {
    const auto found = running_.find(task);
    if (found == running_.end()) return;
    held_ns_[project_of(task)] += held(task, found->second, at);
    running_.erase(found);
  }

  [[nodiscard]] std::string project_of(TaskId task) const {
    return state_.spec(state_.board.task(task).job).project;
  }

  [[nodiscard]] Int128 held(TaskId task, Time from, Time until) const {
    const Request& request = state_.spec(state_.board.task(task).job).request;
    return Int128{request.accelerators} * kThousand * (until - from).ns;
  }

  Status look_at_budgets() {
    for (const BudgetView& budget : budgets_at(state_, state_.now)) {
      const BudgetStanding& standing = budget.standing;
      if (!budget.hard || !standing.in_force) continue;
      ++books_.standings;
      if (standing.spent_nanos + standing.reserved_nanos > standing.limit_nanos ||
          standing.left_nanos < 0)
        return tl::unexpected(differs(fmt::format("budget {} is passed: {} spent and {} reserved",
                                                  budget.name, format_nanos(standing.spent_nanos),
                                                  format_nanos(standing.reserved_nanos))));
      books_.spent_permille =
          std::max(books_.spent_permille,
                   static_cast<std::int64_t>(standing.spent_nanos * 1000 / standing.limit_nanos));
    }
    return {};
  }

  [[nodiscard]] Status look_at_hours() const {
    for (const auto& [hour, nanos] : hours_)
      if (nanos != state_.prices[hour.second.index()].per_hour.nanos)
        return tl::unexpected(differs(fmt::format("the hour from {} adds up to {}",
                                                  format_time(hour.first), format_nanos(nanos))));
    return {};
  }

  Status look_at_totals() {
    if (!state_.meter) return tl::unexpected(differs("nothing was metered"));
    const Time now = state_.now;
    for (const auto& [task, from] : running_) held_ns_[project_of(task)] += held(task, from, now);
    const MeterTotals totals = state_.meter->totals_at(now);
    Int128 sum = 0;
    for (std::size_t p = 0; p < totals.projects.size(); ++p) {
      const std::string& name = state_.world->projects[p].name;
      sum += totals.projects[p].device_ns;
      if (totals.projects[p].device_ns != held_ns_[name])
        return tl::unexpected(
            differs(fmt::format("{} held devices for {} ns, not {}", name,
                                static_cast<std::int64_t>(totals.projects[p].device_ns / kThousand),
                                static_cast<std::int64_t>(held_ns_[name] / kThousand))));
    }
    books_.device_seconds = static_cast<std::uint64_t>(sum / kThousand / Duration::seconds(1).ns);
    Int128 price = 0;
    for (const NodeTariff& tariff : state_.prices) price += tariff.per_hour.nanos;
    const Int128 bill = price * (now - since_).ns / kHourNs;
    const Int128 off = totals.billed_nanos - bill;
    // Each node's bill is rounded once.
    if (const auto nodes = static_cast<Int128>(state_.prices.size()); off > nodes || -off > nodes)
      return tl::unexpected(differs(fmt::format(
          "{} was billed, not {}", format_nanos(totals.billed_nanos), format_nanos(bill))));
    if (totals.workload_nanos + totals.idle_nanos != totals.billed_nanos)
      return tl::unexpected(differs("work and idle time do not add up to the bill"));
    return {};
  }

  std::string name_;
  State state_;
  Time since_ = Time::never();
  std::map<std::string, std::string> lines_;
  std::map<std::pair<Time, NodeId>, Int128> hours_;
  std::map<TaskId, Time> running_;
  std::map<std::string, Int128> held_ns_;  // By project, as MeterTotals has it.
  Books books_;
};

Result<std::vector<journal::ArchiveRow>> ledger_of(const std::string& folder) {
  SILLAR_TRY(archive, journal::Archive::open(folder, journal::Access::kRead));
  std::vector<journal::ArchiveRow> all;
  for (std::string from;;) {
    SILLAR_TRY(rows, archive.read(server::kLedgerStream, from));
    if (rows.empty()) return all;
    from = rows.back().key + '\0';
    all.insert(all.end(), rows.begin(), rows.end());
  }
}

}  // namespace

Result<Books> check_books(const std::string& journal_folder) {
  SILLAR_TRY(store, journal::open_sqlite(journal_folder, journal::Access::kRead));
  SILLAR_TRY(opened, journal::Journal::open(std::move(store), journal::Access::kRead));
  Count count(opened.name());
  for (journal::Mark from = opened.first();;) {
    SILLAR_TRY(chunk, opened.read(from));
    if (chunk.rows.empty()) break;
    for (const journal::Row& row : chunk.rows)
      if (!journal::is_front_body(row.body)) SILLAR_TRY_STATUS(count.add(row.body));
    from = chunk.end;
  }
  SILLAR_TRY(kept, ledger_of(journal_folder));
  return count.against(kept);
}

}  // namespace sillar
