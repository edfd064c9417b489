#include "server/core.h"

#include "engine/snapshot.h"
#include "journal/restart.h"
#include "server/core_fixture.h"

namespace sillar::server {
namespace {

using journal::TestFolder;

void configure(Core& core) {
  core.record(PartId::kInstallation, Installation::record("0123456789abcdef0123456789abcdef"));
  ASSERT_TRUE(core.input(Configure{small_world()}).has_value());
  ASSERT_TRUE(core.commit().has_value());
  core.end();
}

void submit(Core& core, const std::string& name) {
  const auto facts = core.input(Submit{small_workload(name)});
  ASSERT_TRUE(facts.has_value()) << facts.error().message;
  ASSERT_EQ(facts->size(), 1U);
}

TEST(Core, FindsWhatItCommittedAndNothingElse) {
  TestFolder folder;
  const TestClock clock;
  std::string hash;
  {
    auto core = open_core(folder.path("j"), clock);
    configure(*core);
    core->begin();
    submit(*core, "kept");
    ASSERT_TRUE(core->commit().has_value());
    hash = state_hash(core->state());
    core->end();
    core->begin();
    submit(*core, "lost");
  }
  auto core = open_core(folder.path("j"), clock);
  EXPECT_EQ(state_hash(core->state()), hash);
  EXPECT_TRUE(core->state().workload_ids.contains("kept"));
  EXPECT_FALSE(core->state().workload_ids.contains("lost"));
  EXPECT_EQ(core->parts().installation.name(), "0123456789abcdef0123456789abcdef");
}

TEST(Core, StartsFromItsSnapshotWithBothParts) {
  TestFolder folder;
  TestClock clock;
  std::string hash;
  {
    auto core = open_core(folder.path("j"), clock);
    configure(*core);
    submit(*core, "a");
    core->record(PartId::kAnswers,
                 Answers::record({"ann", "key-1"}, core->now(), {"digest", 201, "{}"}));
    ASSERT_TRUE(core->commit().has_value());
    ASSERT_TRUE(core->keep_snapshot().has_value());
    clock.advance(Duration::seconds(1));
    core->begin();
    submit(*core, "b");
    ASSERT_TRUE(core->commit().has_value());
    hash = state_hash(core->state());
  }
  auto core = open_core(folder.path("j"), clock);
  EXPECT_EQ(core->restarted_entries(), 1U);
  EXPECT_EQ(state_hash(core->state()), hash);
  const KeptAnswer* kept = core->parts().answers.find({"ann", "key-1"});
  ASSERT_NE(kept, nullptr);
  EXPECT_EQ(*kept, (KeptAnswer{"digest", 201, "{}"}));
}

TEST(Core, ItsJournalReplaysWithoutADifference) {
  TestFolder folder;
  TestClock clock;
  {
    auto core = open_core(folder.path("j"), clock);
    configure(*core);
    for (int i = 0; i < 20; ++i) {
      clock.advance(Duration::seconds(1));
      core->begin();
      submit(*core, "w" + std::to_string(i));
      core->record(PartId::kAnswers,
                   Answers::record({"ann", std::to_string(i)}, core->now(), {"digest", 201, "{}"}));
      ASSERT_TRUE(core->input(Decide{i % 3 == 0}).has_value());
      ASSERT_TRUE(core->commit().has_value());
      if (i % 8 == 0) ASSERT_TRUE(core->keep_snapshot().has_value());
    }
  }
  auto journal = journal::open_journal(folder.path("j"), journal::Access::kRead);
  ASSERT_TRUE(journal.has_value());
  const auto replayed = journal::replay(*journal, journal::ReplayFrom::kOldest);
  ASSERT_TRUE(replayed.has_value()) << replayed.error().message;
  EXPECT_EQ(replayed->differences, 0U);
  EXPECT_GT(replayed->snapshots, 0U);
}

TEST(Core, ItsTimeDoesNotGoBackWhenTheClockDoes) {
  TestFolder folder;
  TestClock clock;
  auto core = open_core(folder.path("j"), clock);
  configure(*core);
  const Time before = core->now();
  clock.advance(Duration::hours(-5));
  core->begin();
  EXPECT_EQ(core->now(), before);
  submit(*core, "a");
  ASSERT_TRUE(core->commit().has_value());
}

TEST(Core, ItsTimeDoesNotGoBackWhenTheClockDidBetweenTwoStarts) {
  TestFolder folder;
  TestClock clock;
  Time before;
  const auto answer = [](Core& core, const char* key) {
    core.record(PartId::kAnswers, Answers::record({"ann", key}, core.now(), {"digest", 404, "{}"}));
    ASSERT_TRUE(core.commit().has_value());
  };
  {
    auto core = open_core(folder.path("j"), clock);
    configure(*core);
    clock.advance(Duration::seconds(9));
    core->begin();
    answer(*core, "key-1");
    before = core->now();
  }
  clock.advance(Duration::seconds(-5));
  auto core = open_core(folder.path("j"), clock);
  EXPECT_EQ(core->now(), before);
  answer(*core, "key-2");
}

TEST(Core, AnInputThatChangesNothingLeavesNoTrace) {
  TestFolder folder;
  const TestClock clock;
  auto core = open_core(folder.path("j"), clock);
  configure(*core);
  const std::uint64_t seq = core->durable_seq();
  core->begin();
  ASSERT_TRUE(core->input(Decide{true}).has_value());
  EXPECT_TRUE(core->steps().empty());
  ASSERT_TRUE(core->commit().has_value());
  EXPECT_EQ(core->durable_seq(), seq);
}

// A store whose disk is full from some row on.
class FullDisk : public journal::Store {
 public:
  FullDisk(std::unique_ptr<journal::Store> under, const bool& full)
      : under_(std::move(under)), full_(full) {}

  const std::string& name() const override { return under_->name(); }
  Result<journal::Mark> first() override { return under_->first(); }
  Result<journal::Mark> last() override { return under_->last(); }
  Result<std::optional<journal::Mark>> at(std::uint64_t seq) override { return under_->at(seq); }
  Result<std::vector<journal::Row>> rows(std::uint64_t after, journal::Limits limits) override {
    return under_->rows(after, limits);
  }
  Result<std::vector<std::uint64_t>> snapshots() override { return under_->snapshots(); }
  Result<journal::KeptSnapshot> snapshot(std::uint64_t seq) override {
    return under_->snapshot(seq);
  }
  Result<std::uint64_t> begin_epoch() override { return under_->begin_epoch(); }
  Status insert(std::span<const journal::Row> rows) override {
    if (full_) return fail(ErrorCode::kLimit, "the disk is full");
    return under_->insert(rows);
  }
  Status remove_through(std::uint64_t seq) override { return under_->remove_through(seq); }
  Status put_snapshot(const journal::Mark& mark, std::string_view bytes) override {
    return under_->put_snapshot(mark, bytes);
  }
  Status remove_snapshot(std::uint64_t seq) override { return under_->remove_snapshot(seq); }

 private:
  std::unique_ptr<journal::Store> under_;
  const bool& full_;
};

TEST(Core, AFullDiskTakesTheBatchBackAndTheNextOneIsTaken) {
  TestFolder folder;
  const TestClock clock;
  bool full = false;
  auto store = journal::open_sqlite(folder.path("j"), journal::Access::kWrite);
  ASSERT_TRUE(store.has_value());
  auto opened = journal::Journal::open(std::make_unique<FullDisk>(std::move(*store), full),
                                       journal::Access::kWrite);
  ASSERT_TRUE(opened.has_value());
  auto core = Core::open(std::move(*opened), core_options(clock));
  ASSERT_TRUE(core.has_value());
  configure(**core);
  const std::string hash = state_hash((*core)->state());

  full = true;
  (*core)->begin();
  submit(**core, "a");
  const Status refused = (*core)->commit();
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kLimit);
  EXPECT_EQ(state_hash((*core)->state()), hash);
  EXPECT_TRUE((*core)->steps().empty());

  full = false;
  (*core)->begin();
  submit(**core, "a");
  ASSERT_TRUE((*core)->commit().has_value());
}

TEST(Answers, AreForgottenAfterTheirDayAndNotBefore) {
  Answers answers;
  const Time start = Time::from_seconds(1'000'000);
  ASSERT_TRUE(answers.apply(Answers::record({"a", "1"}, start, {"d", 200, "x"})).has_value());
  ASSERT_TRUE(
      answers.apply(Answers::record({"a", "2"}, start + Duration::hours(23), {"d", 200, "x"}))
          .has_value());
  EXPECT_NE(answers.find({"a", "1"}), nullptr);
  EXPECT_EQ(answers.find({"b", "1"}), nullptr) << "a key counts within its caller";
  ASSERT_TRUE(
      answers.apply(Answers::record({"a", "3"}, start + Duration::hours(24), {"d", 200, "x"}))
          .has_value());
  EXPECT_EQ(answers.find({"a", "1"}), nullptr);
  EXPECT_NE(answers.find({"a", "2"}), nullptr);

  std::string bytes;
  answers.append_state(bytes);
  Answers again;
  ASSERT_TRUE(again.read_state(bytes).has_value());
  std::string twice;
  again.append_state(twice);
  EXPECT_EQ(twice, bytes);
}

TEST(Answers, RefuseBytesThatNobodyWrote) {
  const std::string good = Answers::record({"a", "1"}, Time::from_seconds(5), {"d", 200, "x"});
  for (std::size_t cut = 0; cut < good.size(); ++cut) {
    Answers answers;
    EXPECT_FALSE(answers.apply(good.substr(0, cut)).has_value()) << cut;
  }
  Answers answers;
  EXPECT_FALSE(answers.apply(good + "x").has_value());
  Answers twice;
  ASSERT_TRUE(twice.apply(good).has_value());
  EXPECT_FALSE(twice.apply(good).has_value()) << "the same key again";
}

}  // namespace
}  // namespace sillar::server
