// Simulated tasks under a clock that the test moves, and drivers chosen by node.

#include "drivers/simulated_driver.h"

#include <gtest/gtest.h>

#include "drivers/routed_driver.h"

namespace sillar::drivers {
namespace {

constexpr const char* kOne = "11111111111111111111111111111111";
constexpr const char* kTwo = "22222222222222222222222222222222";

class SimulatedTest : public testing::Test {
 protected:
  std::shared_ptr<SimulatedDriver> open(SimulatedRun run) {
    SimulatedOptions options;
    options.model = [run](const LaunchOrder&) { return run; };
    options.clock = [this] { return now_; };
    return std::make_shared<SimulatedDriver>(
        std::move(options), [this](const Observation& seen) { seen_.push_back(seen); });
  }
  LaunchOrder order(const char* token, std::string node = "n") const {
    LaunchOrder order;
    order.token = token;
    order.node = std::move(node);
    order.placed = now_;
    return order;
  }
  void pass(std::int64_t seconds) { now_ = now_ + Duration::seconds(seconds); }

  Time now_{Duration::seconds(1000).ns};
  std::vector<Observation> seen_;
};

TEST_F(SimulatedTest, StartsAndEndsWhenTheModelSaysSo) {
  const auto driver =
      open({Duration::seconds(5), Duration::seconds(60), ObservationKind::kExited, 3, {}});
  ASSERT_TRUE(driver->launch(order(kOne)));
  const Time placed = now_;
  EXPECT_EQ(driver->advance(), placed + Duration::seconds(5));
  EXPECT_TRUE(seen_.empty());
  pass(5);
  EXPECT_EQ(driver->advance(), placed + Duration::seconds(60));
  ASSERT_EQ(seen_.size(), 1U);
  EXPECT_EQ(seen_[0].kind, ObservationKind::kStarted);
  pass(100);
  EXPECT_EQ(driver->advance(), Time::never());
  ASSERT_EQ(seen_.size(), 2U);
  EXPECT_EQ(seen_[1].kind, ObservationKind::kExited);
  EXPECT_EQ(seen_[1].exit_code, 3);
  EXPECT_EQ(seen_[1].at, placed + Duration::seconds(60)) << "when it happened, not when looked at";
}

TEST_F(SimulatedTest, OneTokenStartsOnce) {
  const auto driver = open({{}, Duration::seconds(60)});
  ASSERT_TRUE(driver->launch(order(kOne)));
  (void)driver->advance();
  ASSERT_TRUE(driver->launch(order(kOne)));
  (void)driver->advance();
  EXPECT_EQ(seen_.size(), 1U);
}

TEST_F(SimulatedTest, ANewDriverEndsATaskWhenTheOldOneWouldHave) {
  const LaunchOrder launched = order(kOne);
  {
    const auto killed = open({{}, Duration::seconds(60)});
    ASSERT_TRUE(killed->launch(launched));
    (void)killed->advance();
  }
  pass(40);
  const auto driver = open({{}, Duration::seconds(60)});
  EXPECT_TRUE(driver->list()->empty());
  ASSERT_TRUE(driver->launch(launched));
  EXPECT_EQ(driver->advance(), launched.placed + Duration::seconds(60));
  pass(3600);
  (void)driver->advance();
  EXPECT_EQ(seen_.back().at, launched.placed + Duration::seconds(60));
}

TEST_F(SimulatedTest, AStopIsObservedWithinItsGrace) {
  const auto driver = open({{}, Duration::seconds(60)});
  ASSERT_TRUE(driver->launch(order(kOne)));
  (void)driver->advance();
  ASSERT_TRUE(driver->stop({kOne, {}, Duration::seconds(1)}));
  EXPECT_EQ(driver->advance(), now_ + Duration::seconds(1));
  ASSERT_TRUE(driver->stop({kOne, {}, Duration::seconds(30)}));
  EXPECT_EQ(driver->advance(), now_ + Duration::seconds(1)) << "a longer grace does not count";
  pass(2);
  (void)driver->advance();
  ASSERT_EQ(seen_.size(), 2U);
  EXPECT_EQ(seen_[1].kind, ObservationKind::kExited);
  EXPECT_EQ(seen_[1].exit_code, 143);
  EXPECT_EQ(seen_[1].signal, 15);
}

TEST_F(SimulatedTest, WhatHasNotStartedCanBeStopped) {
  const auto driver = open({Duration::seconds(30), Duration::seconds(60)});
  ASSERT_TRUE(driver->launch(order(kOne)));
  ASSERT_TRUE(driver->stop({kOne, {}, Duration::seconds(30)}));
  pass(5);
  (void)driver->advance();
  ASSERT_FALSE(seen_.empty());
  EXPECT_EQ(seen_.back().kind, ObservationKind::kExited);
  EXPECT_EQ(driver->advance(), Time::never());
}

TEST_F(SimulatedTest, AFailedLaunchNeverRuns) {
  const auto driver =
      open({Duration::seconds(1), Duration::seconds(60), ObservationKind::kLaunchFailed, 0, "no"});
  ASSERT_TRUE(driver->launch(order(kOne)));
  pass(1);
  EXPECT_EQ(driver->advance(), Time::never());
  ASSERT_EQ(seen_.size(), 1U);
  EXPECT_EQ(seen_[0].kind, ObservationKind::kLaunchFailed);
  EXPECT_EQ(seen_[0].message, "no");
}

TEST_F(SimulatedTest, IsForgottenOnlyWhenItHasEnded) {
  const auto driver = open({{}, Duration::seconds(60)});
  ASSERT_TRUE(driver->launch(order(kOne)));
  EXPECT_EQ(driver->forget(kOne).error().code, ErrorCode::kInvalidInput);
  pass(60);
  (void)driver->advance();
  EXPECT_TRUE(driver->forget(kOne));
  EXPECT_EQ(driver->forget(kOne).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(driver->stop({kOne, {}, {}}).error().code, ErrorCode::kNotFound);
}

TEST_F(SimulatedTest, ACommandIsRefused) {
  const auto driver = open({});
  LaunchOrder real = order(kOne);
  real.run.command = {"true"};
  EXPECT_EQ(driver->launch(real).error().code, ErrorCode::kInvalidInput);
}

TEST_F(SimulatedTest, ANodeDecidesWhoLaunchesAndATokenWhoStops) {
  const auto a = open({{}, Duration::seconds(60)});
  const auto b = open({{}, Duration::seconds(60)});
  RoutedDriver both({{{"a0", "a1"}, a}, {{"b0"}, b}});
  RoutedDriver rest({{{"a0", "a1"}, a}, {{}, b}});
  ASSERT_TRUE(both.launch(order(kOne, "a1")));
  ASSERT_TRUE(both.launch(order(kTwo, "b0")));
  EXPECT_EQ(both.launch(order(kTwo, "c")).error().code, ErrorCode::kInvalidInput);
  EXPECT_TRUE(rest.launch(order(kTwo, "c")));
  EXPECT_EQ(a->list()->size(), 1U);
  EXPECT_EQ(both.list()->size(), 2U);
  EXPECT_TRUE(both.stop({kTwo, {}, Duration::seconds(1)}));
  pass(1);
  (void)a->advance();
  (void)b->advance();
  EXPECT_EQ(b->list()->front().phase, Phase::kEnded);
  EXPECT_EQ(a->list()->front().phase, Phase::kRunning);
  EXPECT_TRUE(both.forget(kTwo));
  EXPECT_EQ(both.forget(kTwo).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace sillar::drivers
