// Whatever is reserved, extended, settled, released and priced anew over whatever tree: no hard
// budget is ever passed, what was spent is what the ledger says, and at rest nothing is reserved.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "base/random.h"
#include "ledger/budget.h"
#include "ledger/meter.h"

namespace sillar {
namespace {

constexpr Duration kHour = Duration::hours(1);

Time hour_of(Time t) {
  return Time{t.ns - t.ns % kHour.ns};
}

// A tree, a meter, a book, and a driver that keeps within what it reserved.
class Life {
 public:
  explicit Life(std::uint64_t seed)
      : random_(seed), projects_(tree()), meter_(kNodes, projects_.size(), {}, true) {
    book_ = BudgetBook(projects_, now_);
    for (std::size_t n = 0; n < kNodes; ++n) set_rate(NodeId{n});
  }

  void run(int steps) {
    for (int i = 0; i < steps; ++i) {
      advance(now_ + Duration{below(50 * Duration::minutes(1).ns)});
      switch (below(6)) {
        case 0:
        case 1:
          start();
          break;
        case 2:
          if (!running_.empty()) stop(running_[random_.below(running_.size())]);
          break;
        case 3:
          if (!running_.empty()) extend(running_[random_.below(running_.size())]);
          break;
        case 4:
          reprice(NodeId{random_.below(kNodes)});
          break;
        default:
          reserve_in_vain();
      }
      expect_within();
    }
  }

  void come_to_rest() {
    while (!running_.empty()) stop(running_.back());
    advance(hour_of(now_) + kHour);
    ASSERT_TRUE(book_.due().empty());
    const MeterTotals totals = meter_.totals_at(now_);
    const std::vector<ProjectCost> all = with_children(totals.projects, projects_);
    for (const BudgetId id : book_.accounts().ids()) {
      const BudgetStanding standing = *book_.accounts().standing(id, now_);
      ASSERT_EQ(standing.reserved_nanos, 0);
      if (projects_[id.project.index()].budgets[id.index].period == BudgetPeriod::kTotal)
        ASSERT_EQ(standing.spent_nanos, all[id.project.index()].nanos());
    }
  }

  [[nodiscard]] std::string bytes() const {
    std::string out = log_;
    book_.append_state(out);
    return out;
  }

  void expect_reads_back() {
    std::string written;
    book_.append_state(written);
    BudgetBook read(projects_, hour_of(now_));
    ByteReader in(written);
    ASSERT_TRUE(read.read_state(in, tasks_, now_));
    std::string again;
    read.append_state(again);
    ASSERT_EQ(again, written);
    for (const BudgetId id : book_.accounts().ids())
      ASSERT_EQ(read.accounts().standing(id, now_)->left_nanos,
                book_.accounts().standing(id, now_)->left_nanos);
  }

 private:
  static constexpr std::size_t kNodes = 3;

  struct Running {
    TaskId task;
    NodeId node;
    ProjectId project;
    Claim claim;
  };

  std::int64_t below(std::int64_t n) {
    return static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(n)));
  }

  std::vector<Project> tree() {
    std::vector<Project> projects(6);
    for (std::size_t p = 0; p < projects.size(); ++p) {
      projects[p].name = fmt::format("p{}", p);
      if (p > 0) projects[p].parent = ProjectId{random_.below(p)};
      if (p == 0) projects[p].budgets.push_back(budget(BudgetPeriod::kTotal, 1'000'000, false));
      while (random_.below(3) != 0 && projects[p].budgets.size() < 4)
        projects[p].budgets.push_back(
            budget(static_cast<BudgetPeriod>(below(6)), 1 + below(300), random_.below(3) != 0));
    }
    return projects;
  }

  static Budget budget(BudgetPeriod period, std::int64_t usd, bool hard) {
    Budget out;
    out.period = period;
    out.amount = {usd * Money::kUnit + 13, {}};
    out.hard = hard;
    return out;
  }

  void set_rate(NodeId node) {
    NodeRate& rate = rates_[node.index()];
    rate = {{1 + below(40 * Money::kUnit), {}}, 0, 4, 8000, 1 << 20};
    rate.cpu_nanos = below(rate.per_hour.nanos);
    ASSERT_TRUE(meter_.set_rate(node, rate, now_));
  }

  // Nothing runs beyond what is reserved: what is due is extended, or stops in time.
  void advance(Time to) {
    while (!book_.due().empty() && book_.due().begin()->first <= to) {
      const auto [due, task] = *book_.due().begin();
      move(std::max(due, now_));
      const auto running =
          std::ranges::find_if(running_, [&](const Running& r) { return r.task == task; });
      if (random_.below(2) == 0 || !extend(*running)) {
        move(std::min(now_ + Duration::seconds(below(20)), book_.find(task)->draw.until));
        stop(*std::ranges::find_if(running_, [&](const Running& r) { return r.task == task; }));
      }
    }
    move(std::max(to, now_));
  }

  void move(Time to) {
    const Time hour = hour_of(to);
    if (hour > closed_) {
      meter_.close_hours(hour);
      std::vector<BudgetEvent> events;
      book_.close_hours(hour, meter_.take_lines(), events);
      tell(events);
      closed_ = hour;
    }
    now_ = to;
    tell(book_.accounts().reached(now_));
  }

  void tell(const std::vector<BudgetEvent>& events) {
    for (const BudgetEvent& event : events) {
      book_.note(event);
      const auto key =
          fmt::format("{}.{}@{} {}{}", event.budget.project.value, event.budget.index,
                      event.window.start.ns, event.percent, static_cast<int>(event.measure));
      ASSERT_EQ(log_.find(key + "\n"), std::string::npos) << "told twice: " << key;
      log_ += key + "\n";
    }
  }

  void start() {
    const ProjectId project{random_.below(projects_.size())};
    const NodeId node{random_.below(kNodes)};
    const Claim claim{below(5) * 500, below(9000), below(1 << 20)};
    const BudgetDraw draw{hourly_nanos(rates_[node.index()], claim), now_,
                          now_ + Duration::minutes(1 + below(60 * 40))};
    const std::vector<BudgetDraw> draws(1 + random_.below(3), draw);
    if (book_.accounts().shortage(project, draws)) return;
    for (std::size_t i = 0; i < draws.size(); ++i) {
      const TaskId task{tasks_++};
      book_.reserve(task, project, draw, draw.until + Duration::seconds(-30));
      meter_.start(task, node, project, claim, now_);
      running_.push_back({task, node, project, claim});
    }
  }

  void stop(const Running& running) {
    meter_.stop(running.task, now_);
    book_.settle(running.task, now_);
    std::erase_if(running_, [task = running.task](const Running& r) { return r.task == task; });
  }

  bool extend(const Running& running) {
    const BudgetReservation old = *book_.find(running.task);
    BudgetDraw draw = old.draw;
    draw.until = std::max(draw.until, now_) + Duration::minutes(1 + below(90));
    if (draw.until > now_ + BudgetBook::kAheadMax) return false;
    BudgetAccounts without = book_.accounts();
    without.remove(old.project, old.draw);
    if (without.shortage(old.project, std::array{draw})) return false;
    book_.extend(running.task, draw.until, draw.until + Duration::seconds(-30));
    return true;
  }

  // The new price is taken when what runs can pay it; else the node keeps its own.
  void reprice(NodeId node) {
    NodeRate rate = rates_[node.index()];
    rate.per_hour.nanos = 1 + below(60 * Money::kUnit);
    rate.cpu_nanos = below(rate.per_hour.nanos);
    BudgetBook priced = book_;
    for (const Running& running : running_) {
      if (running.node == node)
        priced.reprice(running.task, hourly_nanos(rate, running.claim), now_);
    }
    for (const BudgetId id : book_.accounts().ids()) {
      const bool hard = projects_[id.project.index()].budgets[id.index].hard;
      // The periods to come are not seen here: only prices that fall are sure to fit.
      if (hard && priced.accounts().standing(id, now_)->left_nanos < 0) return;
    }
    if (rises(node, rate) && !all_short()) return;
    rates_[node.index()] = rate;
    ASSERT_TRUE(meter_.set_rate(node, rate, now_));
    book_ = std::move(priced);
  }

  // A node that costs less may still cost more for what uses its cores.
  [[nodiscard]] bool rises(NodeId node, const NodeRate& rate) const {
    return std::ranges::any_of(running_, [&](const Running& running) {
      return running.node == node &&
             hourly_nanos(rate, running.claim) > hourly_nanos(rates_[node.index()], running.claim);
    });
  }

  // Whether all that runs is reserved for within the shortest period.
  [[nodiscard]] bool all_short() const {
    return std::ranges::all_of(book_.reservations(), [&](const auto& each) {
      return budget_window(BudgetPeriod::kDay, Time{0}, now_).end >= each.second.draw.until;
    });
  }

  void reserve_in_vain() {
    const ProjectId project{random_.below(projects_.size())};
    std::string before;
    book_.append_state(before);
    const BudgetDraw draw{1 + below(5 * Money::kUnit), now_, now_ + Duration::hours(1 + below(90))};
    if (book_.accounts().shortage(project, std::array{draw})) return;
    book_.reserve(TaskId{tasks_}, project, draw, draw.until);
    expect_within();
    book_.release(TaskId{tasks_});
    std::string after;
    book_.append_state(after);
    ASSERT_EQ(before, after);
  }

  void expect_within() const {
    for (const BudgetId id : book_.accounts().ids()) {
      const Budget& budget = projects_[id.project.index()].budgets[id.index];
      const BudgetStanding standing = *book_.accounts().standing(id, now_);
      ASSERT_GE(standing.reserved_nanos, 0);
      if (budget.hard) ASSERT_GE(standing.left_nanos, 0) << budget.amount.nanos;
    }
  }

  Random random_;
  std::vector<Project> projects_;
  Meter meter_;
  BudgetBook book_;
  std::array<NodeRate, kNodes> rates_{};
  std::vector<Running> running_;
  std::size_t tasks_ = 0;
  Time now_ = *parse_time("2026-03-30T21:37:05Z");
  Time closed_ = hour_of(now_);
  std::string log_;
};

RC_GTEST_PROP(BudgetProperty, NoHardBudgetIsPassedAndAllSumsClose, (std::uint64_t seed)) {
  Life life(seed);
  life.run(400);
  life.expect_reads_back();
  life.come_to_rest();
  Life again(seed);
  again.run(400);
  again.come_to_rest();
  RC_ASSERT(life.bytes() == again.bytes());
  RC_ASSERT(!::testing::Test::HasFailure());
}

}  // namespace
}  // namespace sillar
