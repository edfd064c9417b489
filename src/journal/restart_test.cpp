#include "journal/restart.h"

#include <gtest/gtest.h>

#include "journal/journal_fixture.h"

namespace sillar::journal {
namespace {

class RestartTest : public testing::Test {
 protected:
  [[nodiscard]] Journal open(Access access = Access::kWrite) const {
    auto journal = open_journal(folder_.path("j"), access);
    EXPECT_TRUE(journal.has_value()) << journal.error().message;
    return std::move(*journal);
  }
  [[nodiscard]] std::string snapshot_path(std::uint64_t seq) const {
    return folder_.path("j/snapshot-" + std::to_string(seq) + ".bin");
  }

  TestFolder folder_;
};

TEST_F(RestartTest, TheStateIsTheOneBefore) {
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::filesystem::remove_all(folder_.path("j"));
    JournalledLife life(seed);
    std::uint64_t snapshot = 0;
    for (int round = 0; round < 4; ++round) {
      {
        Journal journal = open();
        life.go_on(journal, 20);
        if (round % 2 == 0) {
          life.keep_snapshot(journal);
          snapshot = journal.last().seq;
        }
        life.go_on(journal, 5);
      }
      Journal journal = open();
      const auto restarted = restart(journal);
      ASSERT_TRUE(restarted.has_value()) << restarted.error().message;
      EXPECT_EQ(state_hash(restarted->state), state_hash(life.state()));
      EXPECT_EQ(restarted->state.board.check_invariants(), "");
      EXPECT_EQ(restarted->snapshot.seq, snapshot);
      EXPECT_EQ(restarted->applied, journal.last().seq - snapshot);
      EXPECT_TRUE(restarted->unusable.empty());
    }
  }
}

TEST_F(RestartTest, AnEmptyJournalIsAFreshState) {
  Journal journal = open();
  const auto restarted = restart(journal);
  ASSERT_TRUE(restarted.has_value()) << restarted.error().message;
  EXPECT_EQ(restarted->applied, 0U);
  EXPECT_EQ(restarted->state.world, nullptr);
}

TEST_F(RestartTest, ADamagedSnapshotIsPassedOverAndSaid) {
  JournalledLife life(1);
  std::vector<std::uint64_t> kept;
  {
    Journal journal = open();
    for (int i = 0; i < 2; ++i) {
      life.go_on(journal, 12);
      life.keep_snapshot(journal);
      kept.push_back(journal.last().seq);
    }
    life.go_on(journal, 3);
    ASSERT_TRUE(journal.trim({.entries_max = 0}).has_value());
    EXPECT_EQ(journal.first().seq, kept[0]);
  }
  flip_byte(snapshot_path(kept[1]), 5000);
  {
    Journal journal = open();
    const auto restarted = restart(journal);
    ASSERT_TRUE(restarted.has_value()) << restarted.error().message;
    EXPECT_EQ(state_hash(restarted->state), state_hash(life.state()));
    EXPECT_EQ(restarted->snapshot.seq, kept[0]);
    ASSERT_EQ(restarted->unusable.size(), 1U);
    EXPECT_NE(restarted->unusable[0].find("checksum"), std::string::npos);
    EXPECT_NE(restarted->unusable[0].find(snapshot_path(kept[1])), std::string::npos);
  }
  flip_byte(snapshot_path(kept[0]), 100);
  Journal journal = open();
  const auto restarted = restart(journal);
  ASSERT_FALSE(restarted.has_value());
  EXPECT_NE(restarted.error().message.find("are forgotten"), std::string::npos)
      << restarted.error().message;
}

TEST_F(RestartTest, WithoutAnySnapshotItBeginsAtTheFirstEntry) {
  JournalledLife life(2);
  {
    Journal journal = open();
    life.go_on(journal, 10);
    life.keep_snapshot(journal);
    life.go_on(journal, 10);
    flip_byte(snapshot_path(journal.snapshots()->front()), 60);
  }
  Journal journal = open();
  const auto restarted = restart(journal);
  ASSERT_TRUE(restarted.has_value()) << restarted.error().message;
  EXPECT_EQ(state_hash(restarted->state), state_hash(life.state()));
  EXPECT_EQ(restarted->snapshot.seq, 0U);
  EXPECT_EQ(restarted->unusable.size(), 1U);
}

TEST_F(RestartTest, ReplayDecidesAlike) {
  JournalledLife life(4);
  Journal journal = open();
  life.go_on(journal, 30);
  life.keep_snapshot(journal);
  const std::uint64_t one = journal.last().seq;
  life.go_on(journal, 30);
  life.keep_snapshot(journal);
  const auto all = replay(journal, ReplayFrom::kOldest);
  ASSERT_TRUE(all.has_value()) << all.error().message;
  EXPECT_EQ(all->inputs, journal.last().seq);
  EXPECT_EQ(all->snapshots, 2U);
  EXPECT_EQ(all->differences, 0U);
  EXPECT_EQ(state_hash(all->state), state_hash(life.state()));

  const auto last = replay(journal, ReplayFrom::kLast);
  ASSERT_TRUE(last.has_value()) << last.error().message;
  EXPECT_EQ(last->inputs, journal.last().seq - one);
  EXPECT_EQ(last->snapshots, 1U);
  EXPECT_EQ(last->differences, 0U);

  ASSERT_TRUE(journal.trim({.entries_max = 0}).has_value());
  const auto rest = replay(journal, ReplayFrom::kOldest);
  ASSERT_TRUE(rest.has_value()) << rest.error().message;
  EXPECT_EQ(rest->inputs, journal.last().seq - one);
  EXPECT_EQ(rest->differences, 0U);
}

// As a change of the rules would: the facts that are kept are not those that are decided now.
TEST_F(RestartTest, ReplayNamesTheEntryWhoseFactsDiffer) {
  JournalledLife life(5);
  Journal journal = open();
  life.go_on(journal, 8);
  const Time now = life.state().now;
  const std::vector<std::string> forged{entry_bytes(
      {now, Decide{false}}, {{now, TaskStopped{TaskId{4'000'000}}}, {now, RanksRebuilt{}}})};
  const std::uint64_t seq = journal.last().seq + 1;
  ASSERT_TRUE(journal.append(seq, forged).has_value());
  const auto replayed = replay(journal, ReplayFrom::kOldest);
  ASSERT_TRUE(replayed.has_value()) << replayed.error().message;
  ASSERT_GE(replayed->differences, 1U);
  EXPECT_EQ(replayed->first[0].input, seq);
  EXPECT_EQ(replayed->first[0].recorded, "a fact of kind 9 about what is not there now");
  const auto restarted = restart(journal);
  ASSERT_FALSE(restarted.has_value()) << "and no state has that task";
  EXPECT_NE(restarted.error().message.find("entry " + std::to_string(seq)), std::string::npos);
}

TEST_F(RestartTest, AnEntryThatIsNoneIsNamed) {
  JournalledLife life(6);
  Journal journal = open();
  life.go_on(journal, 4);
  const std::uint64_t seq = journal.last().seq + 1;
  const std::vector<std::string> nonsense{"nonsense"};
  ASSERT_TRUE(journal.append(seq, nonsense).has_value());
  for (const std::string& message :
       {restart(journal).error().message, replay(journal, ReplayFrom::kOldest).error().message})
    EXPECT_NE(message.find("entry " + std::to_string(seq)), std::string::npos) << message;
}

}  // namespace
}  // namespace sillar::journal
