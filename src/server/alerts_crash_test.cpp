// Crashes at any moment: what fires is told once for each threshold and period, and nothing that
// was durable is lost.

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <map>
#include <set>

#include "base/random.h"
#include "server/alerts_fixture.h"

namespace sillar::server {
namespace {

using journal::TestFolder;

std::shared_ptr<const World> world_with_budget() {
  auto world = std::make_shared<World>(*small_world());
  for (Project& project : world->projects) {
    if (project.name != "acme/a") continue;
    Budget budget;
    budget.name = "day";
    budget.period = BudgetPeriod::kDay;
    budget.amount = {50 * Money::kUnit, *parse_currency("USD")};
    project.budgets.push_back(budget);
  }
  world->prices.push_back({{16 * Money::kUnit, *parse_currency("USD")}, 0, "list"});
  return world;
}

// A threshold of a period, or a time of waiting.
using Occasion = std::tuple<AlertCode, std::string, std::int32_t, Time>;

// A control plane that dies at any moment: before a batch is durable, after it, and between a
// delivery and its record. A receiver that remembers ids outlives it.
class Mortal {
 public:
  Mortal(std::string folder, std::uint64_t seed) : folder_(std::move(folder)), random_(seed) {
    AlertRule waits = test_rule("waits", AlertKind::kQueueTime);
    waits.over = Duration::hours(1);
    settings_ = {{test_channel("ops")}, {test_rule("money", AlertKind::kBudget), waits}};
    begin();
    EXPECT_TRUE(core_->input(Configure{world_with_budget()}).has_value());
    EXPECT_TRUE(core_->commit().has_value());
    core_->end();
  }

  void step() {
    clock_.advance(Duration::minutes(static_cast<std::int64_t>(random_.below(40))));
    core_->begin();
    do_something();
    ASSERT_TRUE(core_->input(Decide{true}).has_value());
    watch_->look(*core_, false);
    if (dies()) return begin();
    commit();
    if (dies()) return begin();
    deliver();
  }
  // Without another death, until nothing waits.
  void settle() {
    deaths_ = false;
    for (int i = 0; i < 100 && core_->parts().alerts.count(DeliveryState::kPending) > 0; ++i)
      step();
  }

  void check() const {
    EXPECT_EQ(core_->parts().alerts.count(DeliveryState::kPending), 0U);
    for (const auto& [occasion, ids] : told_)
      EXPECT_EQ(ids.size(), 1U) << std::get<1>(occasion) << " " << std::get<2>(occasion);
    for (const Occasion& occasion : durable_)
      EXPECT_TRUE(told_.contains(occasion))
          << std::get<2>(occasion) << " % of " << std::get<1>(occasion) << " was lost";
    for (const auto& [occasion, ids] : told_)
      if (std::get<0>(occasion) != AlertCode::kQueueTime) EXPECT_TRUE(durable_.contains(occasion));
  }
  [[nodiscard]] std::size_t thresholds() const { return durable_.size(); }
  [[nodiscard]] std::size_t occasions() const { return told_.size(); }
  [[nodiscard]] int deaths() const { return died_; }
  [[nodiscard]] int repeated() const { return repeated_; }

 private:
  void begin() {
    core_.reset();
    core_ = open_core(folder_, clock_);
    watch_.emplace(settings_);
  }
  bool dies() {
    const bool dead = deaths_ && random_.below(6) == 0;
    died_ += dead ? 1 : 0;
    return dead;
  }
  void do_something() {
    const State& state = core_->state();
    const std::uint64_t choice = random_.below(4);
    if (choice == 0) {
      auto workload =
          std::make_shared<Workload>(*small_workload("w" + std::to_string(++names_), 4));
      workload->submitted = core_->now();
      EXPECT_TRUE(core_->input(Submit{std::move(workload)}).has_value());
    } else if (choice == 1 && !state.workloads.empty()) {
      const auto& any = state.workloads[random_.below(state.workloads.size())];
      // What is over is refused.
      (void)core_->input(Cancel{any.spec->name});
    }
    for (const auto& record : state.workloads) {
      const auto task = state.task_named(record.spec->name + "/0");
      if (record.finished != Time::never() || !task || random_.below(12) > 0) continue;
      TaskObserved done;
      done.task = *task;
      done.event = TaskEvent::kSucceeded;
      (void)core_->input(done);
    }
  }
  void commit() {
    for (const Step& step : core_->steps())
      for (const Fact& fact : step.facts)
        if (const auto* budget = std::get_if<BudgetThreshold>(&fact.body))
          durable_.insert({budget->measure == BudgetMeasure::kActual ? AlertCode::kBudgetActual
                                                                     : AlertCode::kBudgetForecast,
                           "day", budget->percent, budget->period_start});
    ASSERT_TRUE(core_->commit().has_value());
    core_->end();
  }
  // Each that is due arrives, or does not; and may be forgotten by who sent it.
  void deliver() {
    std::vector<Delivery> due;
    for (const auto& [number, delivery] : core_->parts().alerts.deliveries())
      if (delivery->state == DeliveryState::kPending && delivery->next <= core_->now())
        due.push_back(*delivery);
    for (const Delivery& delivery : due) {
      const bool arrives = !deaths_ || random_.below(3) > 0;
      if (arrives) receive(delivery);
      if (dies()) return begin();
      core_->begin();
      settle_delivery(*core_, delivery,
                      arrives ? SendOutcome{} : SendOutcome{Sent::kLater, "nobody there", {}});
      ASSERT_TRUE(core_->commit().has_value());
      core_->end();
    }
  }
  void receive(const Delivery& delivery) {
    if (!seen_.insert(delivery.id).second) ++repeated_;
    if (delivery.over()) return;
    const Alert& alert = delivery.alert;
    told_[{alert.code, alert.subject, alert.threshold, alert.since}].insert(delivery.id);
  }

  std::string folder_;
  TestClock clock_;
  Random random_;
  AlertSettings settings_;
  std::unique_ptr<Core> core_;
  std::optional<AlertWatch> watch_;
  bool deaths_ = true;
  int died_ = 0;
  int names_ = 0;
  // The receiver's, and the test's own.
  int repeated_ = 0;
  std::set<std::string> seen_;
  std::map<Occasion, std::set<std::string>> told_;
  std::set<Occasion> durable_;
};

TEST(AlertsCrash, OnceForEachThresholdAndPeriodWheneverItDies) {
  int deaths = 0;
  int repeated = 0;
  std::size_t thresholds = 0;
  std::size_t occasions = 0;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    SCOPED_TRACE(seed);
    TestFolder folder;
    Mortal plane(folder.path("j"), seed);
    for (int i = 0; i < 120; ++i) plane.step();
    plane.settle();
    plane.check();
    deaths += plane.deaths();
    repeated += plane.repeated();
    thresholds += plane.thresholds();
    occasions += plane.occasions();
  }
  EXPECT_GT(deaths, 60);
  EXPECT_GT(repeated, 0) << "some were sent twice, under one id";
  EXPECT_GT(thresholds, 10U);
  EXPECT_GT(occasions, thresholds) << "work has waited, too";
}

// Sends the id of what it has to deliver to the pipe, and is killed before anybody writes down that
// it did. Never returns.
[[noreturn]] void die_delivering(const std::string& folder, int pipe) {
  const auto send = [pipe](const AlertChannel&, const drivers::Notice& notice, Time) {
    (void)!::write(pipe, notice.delivery.data(), notice.delivery.size());
    ::kill(::getpid(), SIGKILL);
    return SendOutcome{};
  };
  AlertPlant plant(folder, {test_channel("ops")}, send);
  plant.set_rules({test_rule("never", AlertKind::kUnplaceable)});
  plant.submit("w", 9);
  plant.advance(kAlertLookPace * 2);
  for (;;) ::pause();
}

TEST(AlertsCrash, KilledBetweenARecordAndItsDeliveryItIsDeliveredAfterTheStart) {
  TestFolder folder;
  int pipe[2];
  ASSERT_EQ(::pipe(pipe), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) die_delivering(folder.path("j"), pipe[1]);
  ::close(pipe[1]);
  std::string id(32, '\0');
  EXPECT_EQ(::read(pipe[0], id.data(), id.size()), 32);
  ::close(pipe[0]);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
  Sender sender;
  AlertPlant plant(folder.path("j"), {test_channel("ops")}, sender.sending(),
                   Time::from_seconds(1'790'000'100),
                   {test_rule("never", AlertKind::kUnplaceable)});
  plant.wait_for(DeliveryState::kDelivered, 1);
  plant.advance(kAlertLookPace * 2);
  ASSERT_EQ(sender.sent().size(), 1U);
  EXPECT_EQ(sender.sent()[0].notice.delivery, id);
}

}  // namespace
}  // namespace sillar::server
