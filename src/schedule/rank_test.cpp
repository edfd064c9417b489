#include "schedule/rank.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "schedule/board_fixture.h"
#include "schedule/policy.h"
#include "schedule/run_time.h"

namespace sillar::schedule {
namespace {

constexpr RankGroup kSmall{ProjectId{0}, 1};
constexpr RankGroup kLarge{ProjectId{1}, 4};

TEST(RankBucket, HalfOctavesFrom16Seconds) {
  const std::vector<std::pair<std::int64_t, int>> cases{
      {0, 0},  {15, 0}, {16, 1}, {23, 1}, {24, 2},      {31, 2},        {32, 3},
      {48, 4}, {63, 4}, {64, 5}, {96, 6}, {86'400, 25}, {1LL << 30, 43}};
  for (const auto& [seconds, bucket] : cases)
    EXPECT_EQ(rank_bucket(Duration::seconds(seconds)), bucket) << seconds;
  EXPECT_EQ(rank_bucket(Duration{15'999'999'999}), 0);
}

TEST(RankBucket, BeginsWhereItsLeastRunTimeIs) {
  EXPECT_EQ(rank_bucket_begin(0), Duration{0});
  for (int b = 1; b < kRankBuckets; ++b) {
    EXPECT_EQ(rank_bucket(rank_bucket_begin(b)), b);
    EXPECT_EQ(rank_bucket(rank_bucket_begin(b) - Duration{1}), b - 1);
  }
}

TEST(RankSize, PowersOfTwoRoundedUpAndCoresApart) {
  const std::vector<std::pair<std::int64_t, int>> cases{
      {1, 0},    {500, 0},    {1000, 1},   {1001, 2},   {2000, 2},      {3000, 3},
      {8000, 4}, {16'000, 5}, {24'000, 6}, {32'000, 6}, {1LL << 40, 15}};
  for (const auto& [amount, size] : cases) {
    EXPECT_EQ(rank_size(amount, true), size) << amount;
    EXPECT_EQ(rank_size(amount, false), size + 16) << amount;
  }
}

// The two halves of an octave rank alike; the ends of the table, where buckets have other widths,
// apart.
TEST(RankTable, KnowingNothingIsLeastAttainedService) {
  const RankTable table;
  const std::uint32_t row = table.row(kSmall);
  for (int b = 2; b < kRankBuckets - 2; ++b) {
    EXPECT_GE(table.rank(row, b), table.rank(row, b - 1)) << b;
    EXPECT_GT(table.rank(row, b + 1), table.rank(row, b - 1)) << b;
  }
}

TEST(RankTable, ARestartRanksLowerAndADearerOneLowerStill) {
  const RankTable table;
  const std::uint32_t row = table.row(kSmall);
  for (int b = 0; b < kRankBuckets; ++b) {
    const std::int64_t first = table.rank(row, b);
    const std::int64_t again = table.rank_restarted(row, b, Duration{0});
    EXPECT_GT(again, first);
    EXPECT_EQ(again, table.rank_restarted(row, b, Duration::seconds(30)));
    EXPECT_GT(table.rank_restarted(row, b, Duration::seconds(300)), again);
    EXPECT_LT(table.rank_restarted(row, b, Duration::max()), std::int64_t{1} << 31);
  }
}

// 1000 jobs of one project end at once, 1000 of another only after a day.
RankTable learned() {
  RankTable table;
  for (int i = 0; i < 1000; ++i) {
    table.arrived(kSmall);
    table.finished(kSmall, 0);
    table.arrived(kLarge);
    table.advanced(kLarge, 0, 25);
    table.finished(kLarge, 25);
  }
  table.rebuild(Time::from_seconds(86'400), {});
  return table;
}

TEST(RankTable, LearnsWhoEndsSoon) {
  const RankTable table = learned();
  EXPECT_LT(table.rank(table.row(kSmall), 0), 20 * 16);
  EXPECT_GT(table.rank(table.row(kLarge), 0), 80'000 * 16);
  // What is about to end goes before what has just begun: the reverse of least attained service.
  EXPECT_LT(table.rank(table.row(kLarge), 25), table.rank(table.row(kLarge), 0));
}

TEST(RankTable, UnknownGroupsBorrowFromTheirSize) {
  const RankTable table = learned();
  const RankGroup stranger{ProjectId{7}, kLarge.size};
  EXPECT_NE(table.row(stranger), table.row(kLarge));
  EXPECT_GT(table.rank(table.row(stranger), 0), 50 * table.rank(table.row(kSmall), 0));
}

TEST(RankTable, RanksMoveOnlyWhenRebuilt) {
  RankTable table = learned();
  const std::int64_t before = table.rank(table.row(kSmall), 0);
  for (int i = 0; i < 5000; ++i) {
    table.arrived(kSmall);
    table.advanced(kSmall, 0, 30);
  }
  EXPECT_EQ(table.rank(table.row(kSmall), 0), before);
  table.rebuild(Time::from_seconds(2 * 86'400), {});
  EXPECT_GT(table.rank(table.row(kSmall), 0), before);
  EXPECT_EQ(table.rebuilt_at(), Time::from_seconds(2 * 86'400));
}

// A run under way counts as surviving, but only for as long as it is told of.
TEST(RankTable, RunsUnderWayAreSurvivors) {
  RankTable with = learned();
  const std::vector<RankRun> runs(500, RankRun{kSmall, 0, 20});
  for (std::size_t i = 0; i < runs.size(); ++i) with.arrived(kSmall);
  RankTable without = with;
  with.rebuild(Time{0}, runs);
  without.rebuild(Time{0}, {});
  EXPECT_GT(with.rank(with.row(kSmall), 5), without.rank(without.row(kSmall), 5));
  with.rebuild(Time{0}, {});
  without.rebuild(Time{0}, {});
  EXPECT_EQ(with, without);
}

TEST(RankTable, GroupsAreBounded) {
  RankTable table;
  for (std::uint32_t p = 0; p < kRankGroupsMax + 10; ++p) table.arrived({ProjectId{p}, 1});
  table.rebuild(Time{0}, {});
  const RankGroup late{ProjectId{std::uint32_t{kRankGroupsMax} + 5}, 1};
  EXPECT_EQ(table.row(late), table.row({ProjectId{1'000'000}, 1}));
  EXPECT_NE(table.row({ProjectId{5}, 1}), table.row(late));
}

TEST(RankTable, StateRoundTripsAndRefusesEveryCut) {
  RankTable table = learned();
  table.arrived({ProjectId{9}, 3});  // A group that the last rebuild did not know.
  std::string text;
  table.append_state(text);
  text += "rest";
  std::string_view in = text;
  const Result<RankTable> back = RankTable::read_state(in);
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(*back, table);
  EXPECT_EQ(in, "rest");
  for (std::size_t cut = 0; cut + 4 < text.size(); cut += 97) {
    std::string_view part = std::string_view(text).substr(0, cut);
    EXPECT_FALSE(RankTable::read_state(part).has_value()) << cut;
  }
}

TEST(RankTable, DamagedStateIsRefusedOrHarmless) {
  std::string text;
  learned().append_state(text);
  Random random(7);
  for (int i = 0; i < 200; ++i) {
    std::string damaged = text;
    damaged[random.below(damaged.size())] = static_cast<char>(random.below(256));
    std::string_view in = damaged;
    const Result<RankTable> table = RankTable::read_state(in);
    if (!table) continue;
    (void)table->rank(table->row(kSmall), 3);
    (void)table->rank_restarted(table->row(kLarge), 3, Duration::hours(1));
  }
}

TEST(RotationState, RoundTripsAndRefusesDisorder) {
  RotationState state{Time::from_seconds(60), 12, {}};
  state.leases.push_back({WorkloadId{3}, Time::from_seconds(5), Duration{1}, Duration{2}});
  state.leases.push_back({WorkloadId{8}, Time::never(), Duration{0}, Duration::hours(30)});
  std::string text;
  state.append_state(text);
  std::string_view in = text;
  const Result<RotationState> back = RotationState::read_state(in);
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(*back, state);
  EXPECT_TRUE(in.empty());
  for (std::size_t cut = 0; cut < text.size(); ++cut) {
    std::string_view part = std::string_view(text).substr(0, cut);
    EXPECT_FALSE(RotationState::read_state(part).has_value()) << cut;
  }
  std::swap(state.leases[0], state.leases[1]);
  text.clear();
  state.append_state(text);
  in = text;
  EXPECT_FALSE(RotationState::read_state(in).has_value());
}

TEST(RunTime, OneClockForAGangWithoutItsSetUp) {
  Board board;
  board.set_fleet(plain_fleet(2), Rules::kSillar);
  board.set_projects(std::vector<Project>{plain_project("a", 0)});
  Workload workload = plain_workload("gang", 2, 4);
  workload.restart_cost = Duration::seconds(30);
  const WorkloadId id = board.add_job(ProjectId{0}, workload, {});
  RankTable ranks;
  note_arrived(ranks, board, id);
  const auto at = [](std::int64_t s) { return Time::from_seconds(s); };
  const auto seconds = [&](std::int64_t s) {
    return attained(board, board.job(id), at(s)).whole_seconds();
  };
  EXPECT_EQ(gang_amount(board, board.job(id)), 8000);
  run_on(board, id, NodeId{0}, at(100));
  EXPECT_EQ(seconds(200), 100);
  const TaskId first{std::uint32_t{0}}, second{std::uint32_t{1}};
  board.evict(first);
  board.evict(second);
  note_leaving(ranks, board, first, at(200));
  board.stopped(first);
  EXPECT_EQ(board.job(id).attained, Duration{0});
  note_leaving(ranks, board, second, at(210));
  board.stopped(second);
  EXPECT_EQ(board.job(id).attained, Duration::seconds(110));
  run_on(board, id, NodeId{1}, at(1000));
  EXPECT_EQ(seconds(1020), 110);
  EXPECT_EQ(seconds(1040), 120);
}

TEST(Policy, NamesAreKnownAndOthersAreNot) {
  EXPECT_EQ(policy_names().size(), 6U);
  for (const std::string_view name : policy_names()) EXPECT_TRUE(find_policy(name).has_value());
  EXPECT_FALSE(find_policy("lifo").has_value());
  EXPECT_EQ(find_policy("kai")->rules, Rules::kKai);
  EXPECT_EQ(policy_options("sillar").order, QueueOrder::kRank);
}

}  // namespace
}  // namespace sillar::schedule
