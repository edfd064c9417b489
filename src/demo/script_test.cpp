// From the traces to work, and from work to what becomes of it.

#include "demo/script.h"

#include <gtest/gtest.h>

#include <set>

#include "base/document.h"

namespace sillar::demo {
namespace {

std::string text_of(const std::string& path) {
  const auto text = read_file(path, std::size_t{32} << 20);
  EXPECT_TRUE(text.has_value()) << path;
  return text.value_or("");
}

const std::vector<Arrival>& real_arrivals() {
  static const std::vector<Arrival> kArrivals = [] {
    const auto arrivals = read_arrivals(text_of("examples/data/philly/philly_jobs.csv"),
                                        text_of("examples/data/openb/openb_pod_list_default.csv"));
    EXPECT_TRUE(arrivals.has_value());
    return arrivals.value_or(std::vector<Arrival>{});
  }();
  return kArrivals;
}

drivers::LaunchOrder order_of(const std::string& name, std::int32_t attempt = 1) {
  drivers::LaunchOrder order;
  order.workload = name;
  order.attempt = attempt;
  return order;
}

TEST(Arrivals, ComeInOrderFromBothTracesAndBeginWithWhatRan) {
  const auto& arrivals = real_arrivals();
  ASSERT_GT(arrivals.size(), 10'000U);
  std::set<int> teams;
  std::int64_t devices = 0;
  for (std::size_t i = 0; i < arrivals.size(); ++i) {
    const Arrival& arrival = arrivals[i];
    if (i > 0) EXPECT_LE(arrivals[i - 1].at, arrival.at);
    EXPECT_GE(arrival.runs, kRunMin);
    EXPECT_LE(arrival.runs, kRunMax);
    EXPECT_LE(arrival.tasks, kTasksMax);
    teams.insert(arrival.team);
    if (arrival.at.ns == 0) devices += arrival.accelerators * arrival.tasks;
  }
  EXPECT_EQ(teams.size(), kTeams);
  EXPECT_GT(devices, 200) << "the fleet is busy from the start";
}

TEST(Arrivals, AFaultInATraceIsNamed) {
  const auto wrong = read_arrivals("timestamp,cluster,num_gpus,duration\nyesterday,a,1,1\n", "");
  ASSERT_FALSE(wrong.has_value());
  EXPECT_NE(wrong.error().message.find("philly_jobs.csv:2"), std::string::npos)
      << wrong.error().message;
}

TEST(Script, IsFasterBySpeedAndBeginsAgainAfterTheLast) {
  std::vector<Arrival> two(2);
  two[1].at = Duration::hours(2);
  two[0].runs = two[1].runs = Duration::hours(1);
  const Script script(two, 60);
  EXPECT_EQ(script.at(0), Duration{});
  EXPECT_EQ(script.at(1), Duration::minutes(2));
  EXPECT_EQ(script.at(2), Duration::minutes(3)) << "an hour after the last";
  EXPECT_EQ(script.at(3), Duration::minutes(5));
  EXPECT_EQ(script.name(0), "language-000000");
  EXPECT_NE(script.name(2), script.name(0));
  const auto run = script.run(order_of(script.name(3)));
  if (run.exit_code == 0 && run.end == drivers::ObservationKind::kExited)
    EXPECT_EQ(run.ends_after - run.starts_after, Duration::minutes(1));
}

TEST(Script, EqualOrdersHaveEqualRunsAndMostSucceed) {
  const Script script(real_arrivals(), 60);
  int succeeded = 0;
  int failed = 0;
  int lost = 0;
  for (std::uint64_t i = 0; i < 5000; ++i) {
    const auto order = order_of(script.name(i));
    const auto run = script.run(order);
    const auto again = script.run(order);
    EXPECT_EQ(run.ends_after, again.ends_after);
    EXPECT_GE(run.ends_after, run.starts_after);
    if (run.end == drivers::ObservationKind::kLost)
      ++lost;
    else
      ++(run.exit_code == 0 ? succeeded : failed);
  }
  EXPECT_GT(succeeded, 4000);
  EXPECT_GT(failed, 50);
  EXPECT_GT(lost, 1);
}

TEST(Script, AFurtherAttemptHasHalfAsLongToGo) {
  std::vector<Arrival> one(1);
  one[0].runs = Duration::hours(2);
  const Script script(one, 1);
  int looked_at = 0;
  for (std::uint64_t number = 0; number < 10; ++number)
    for (std::int32_t attempt = 1; attempt <= 3; ++attempt) {
      const auto run = script.run(order_of(script.name(number), attempt));
      if (run.end != drivers::ObservationKind::kExited || run.exit_code != 0) continue;
      EXPECT_EQ((run.ends_after - run.starts_after).ns << (attempt - 1), Duration::hours(2).ns);
      ++looked_at;
    }
  EXPECT_GT(looked_at, 20);
}

TEST(Script, WorkOfStrangersTakesItsTimeToo) {
  const Script script(real_arrivals(), 60);
  for (const char* name :
       {"mine", "language-1", "language-999999999999999999999", "language-0x1"}) {
    const auto run = script.run(order_of(name));
    EXPECT_EQ(run.end, drivers::ObservationKind::kExited) << name;
    EXPECT_EQ(run.ends_after - run.starts_after, Duration::minutes(5)) << name;
  }
}

}  // namespace
}  // namespace sillar::demo
