// What every store has to do for a journal, over a factory: another database joins the list at the
// end.

#include <gtest/gtest.h>

#include "journal/journal_fixture.h"

namespace sillar::journal {
namespace {

struct Factory {
  const char* name;
  Result<std::unique_ptr<Store>> (*open)(const std::string& place, Access access);
};

class StoreConformance : public testing::TestWithParam<Factory> {
 protected:
  [[nodiscard]] Result<std::unique_ptr<Store>> store(Access access) const {
    return GetParam().open(folder_.path("journal"), access);
  }
  [[nodiscard]] Result<Journal> open(Access access = Access::kWrite) const {
    SILLAR_TRY(opened, store(access));
    return Journal::open(std::move(opened), access);
  }
  // Fails the test where it cannot be opened.
  [[nodiscard]] Journal must_open(Access access = Access::kWrite) const {
    auto journal = open(access);
    EXPECT_TRUE(journal.has_value()) << journal.error().message;
    return std::move(*journal);
  }

  static void append(Journal& journal, std::vector<std::string> bodies) {
    const Status status = journal.append(journal.last().seq + 1, bodies);
    ASSERT_TRUE(status.has_value()) << status.error().message;
  }
  static std::string text(const Chunk& chunk) {
    std::string out;
    for (const Row& row : chunk.rows) out += row.body + " ";
    return out;
  }
  static std::string complaint(const Status& status) {
    return status ? std::string{} : status.error().message;
  }

 private:
  TestFolder folder_;
};

TEST_P(StoreConformance, BeginsEmptyAndCountsItsEpochs) {
  for (std::uint64_t epoch = 1; epoch <= 3; ++epoch) {
    Journal journal = must_open();
    EXPECT_EQ(journal.first(), Mark{});
    EXPECT_EQ(journal.last(), Mark{});
    EXPECT_EQ(journal.epoch(), epoch);
    EXPECT_TRUE(journal.snapshots()->empty());
    EXPECT_TRUE(journal.read({})->rows.empty());
    EXPECT_EQ(complaint(journal.verify({}, journal.last())), "");
  }
}

TEST_P(StoreConformance, WhatIsAppendedIsReadBackByWhoeverOpensIt) {
  Mark middle;
  Mark end;
  {
    Journal journal = must_open();
    append(journal, {"a"});
    append(journal, {"b", "", "dd"});
    middle = journal.last();
    append(journal, {std::string("\0\x7f\xff", 3)});
    end = journal.last();
    EXPECT_EQ(end.seq, 5U);
    EXPECT_EQ(end.bytes, 7U);
  }
  for (const Access access : {Access::kWrite, Access::kRead}) {
    Journal journal = must_open(access);
    EXPECT_EQ(journal.last(), end);
    const auto all = journal.read({});
    ASSERT_TRUE(all.has_value()) << all.error().message;
    EXPECT_EQ(text(*all), std::string("a b  dd \0\x7f\xff ", 12));
    EXPECT_EQ(all->end, end);
    EXPECT_EQ(all->rows.front().epoch, 1U);
    EXPECT_EQ(journal.read(middle)->rows.size(), 1U);
    EXPECT_TRUE(journal.read(end)->rows.empty());
    EXPECT_EQ(complaint(journal.verify({}, end)), "");
  }
}

TEST_P(StoreConformance, ReadsWithinItsLimits) {
  Journal journal = must_open();
  append(journal, {"aaaa", "bb", "c", "d", "e"});
  EXPECT_EQ(text(*journal.read({}, {.rows_max = 2})), "aaaa bb ");
  EXPECT_EQ(text(*journal.read({}, {.bytes_max = 5})), "aaaa bb ");
  EXPECT_EQ(text(*journal.read({}, {.rows_max = 0, .bytes_max = 0})), "aaaa ") << "one at least";
}

TEST_P(StoreConformance, AppendsOnlyWhatFollowsAndOnlySoMuch) {
  Journal journal = must_open();
  append(journal, {"a"});
  const Mark before = journal.last();
  const std::vector<std::string> one{"b"};
  for (const std::uint64_t seq : {0U, 1U, 3U})
    EXPECT_EQ(journal.append(seq, one).error().code, ErrorCode::kInvalidInput) << seq;
  EXPECT_FALSE(journal.append(2, {}).has_value());
  const std::vector<std::string> many(kBatchEntriesMax + 1, "x");
  EXPECT_EQ(journal.append(2, many).error().code, ErrorCode::kLimit);
  const std::vector<std::string> large(2, std::string(kBatchBytesMax / 2 + 1, 'x'));
  EXPECT_EQ(journal.append(2, large).error().code, ErrorCode::kLimit);
  EXPECT_EQ(journal.last(), before);
  EXPECT_TRUE(journal.read(before)->rows.empty());
  append(journal, one);
  EXPECT_EQ(journal.last().seq, 2U);
}

TEST_P(StoreConformance, AReaderSeesWhatAWriterGoesOnAppending) {
  Journal writer = must_open();
  append(writer, {"a", "b"});
  Journal reader = must_open(Access::kRead);
  EXPECT_EQ(reader.last(), writer.last());
  append(writer, {"c"});
  EXPECT_EQ(text(*reader.read(reader.last())), "c ");
  EXPECT_EQ(complaint(reader.verify({}, writer.last())), "");
}

TEST_P(StoreConformance, OneWriterOnly) {
  const Journal writer = must_open();
  const auto second = open();
  ASSERT_FALSE(second.has_value());
  EXPECT_NE(second.error().message.find("another writer"), std::string::npos)
      << second.error().message;
}

TEST_P(StoreConformance, KeepsTheLastTwoSnapshots) {
  Journal journal = must_open();
  for (int i = 1; i <= 3; ++i) {
    append(journal, {"a", "b"});
    const std::string state = "state " + std::to_string(i);
    EXPECT_EQ(complaint(journal.keep_snapshot(state)), "");
    EXPECT_EQ(complaint(journal.keep_snapshot(state)), "") << "again";
  }
  EXPECT_EQ(*journal.snapshots(), (std::vector<std::uint64_t>{6, 4}));
  EXPECT_EQ(journal.snapshot(6)->bytes, "state 3");
  EXPECT_EQ(journal.snapshot(4)->bytes, "state 2");
  EXPECT_EQ(journal.snapshot(6)->mark, journal.last());
  EXPECT_EQ(journal.snapshot(2).error().code, ErrorCode::kNotFound);
}

TEST_P(StoreConformance, ForgetsByCountAndByBytesButNothingThatARestartNeeds) {
  Journal journal = must_open();
  const auto ten = [&] { append(journal, std::vector<std::string>(10, "12345")); };
  ten();
  EXPECT_EQ(complaint(journal.trim({.entries_max = 0})), "");
  EXPECT_EQ(journal.first().seq, 0U) << "there are no snapshots";
  EXPECT_EQ(complaint(journal.keep_snapshot("one")), "");
  ten();
  EXPECT_EQ(complaint(journal.keep_snapshot("two")), "");
  ten();
  EXPECT_EQ(complaint(journal.trim({.entries_max = 24})), "");
  EXPECT_EQ(journal.first().seq, 6U);
  EXPECT_EQ(complaint(journal.trim({.bytes_max = 22 * 5 + 1})), "");
  EXPECT_EQ(journal.first().seq, 8U) << "21 would be too few by a byte";
  EXPECT_EQ(complaint(journal.trim({.entries_max = 24})), "");
  EXPECT_EQ(journal.first().seq, 8U) << "what is forgotten stays so";
  EXPECT_EQ(complaint(journal.trim({.entries_max = 1, .bytes_max = 1})), "");
  EXPECT_EQ(journal.first().seq, 10U) << "the snapshot before last";
  const Mark first = journal.first();
  const Mark last = journal.last();
  EXPECT_EQ(journal.snapshot(10)->mark, first);
  EXPECT_EQ(complaint(journal.verify(first, last)), "");
  EXPECT_NE(complaint(journal.verify({}, last)).find("entry 1 is missing"), std::string::npos);
  Journal reader = must_open(Access::kRead);
  EXPECT_EQ(reader.first(), first);
  EXPECT_EQ(reader.last(), last);
}

TEST_P(StoreConformance, ForgetsManyInSeveralSteps) {
  Journal journal = must_open();
  for (int i = 0; i < 6; ++i) append(journal, std::vector<std::string>(kBatchEntriesMax, ""));
  EXPECT_EQ(complaint(journal.keep_snapshot("one")), "");
  append(journal, {"x"});
  EXPECT_EQ(complaint(journal.keep_snapshot("two")), "");
  EXPECT_EQ(complaint(journal.trim({.entries_max = 1})), "");
  EXPECT_EQ(journal.first().seq, 6 * kBatchEntriesMax);
  EXPECT_EQ(complaint(journal.verify(journal.first(), journal.last())), "");
}

// ---- What a journal makes of a store that has gone wrong.

// Hands on another's rows as `spoil` leaves them, and refuses rows with `refuse`.
class SpoiltStore : public Store {
 public:
  explicit SpoiltStore(std::unique_ptr<Store> store) : store_(std::move(store)) {}

  const std::string& name() const override { return store_->name(); }
  Result<Mark> first() override { return store_->first(); }
  Result<Mark> last() override { return store_->last(); }
  Result<std::optional<Mark>> at(std::uint64_t seq) override { return store_->at(seq); }
  Result<std::vector<Row>> rows(std::uint64_t seq, Limits limits) override {
    auto rows = store_->rows(seq, limits);
    if (rows && spoil) spoil(*rows);
    return rows;
  }
  Result<std::vector<std::uint64_t>> snapshots() override { return store_->snapshots(); }
  Result<KeptSnapshot> snapshot(std::uint64_t seq) override {
    auto kept = store_->snapshot(seq);
    if (kept && spoil_snapshot) spoil_snapshot(*kept);
    return kept;
  }
  Result<std::uint64_t> begin_epoch() override { return store_->begin_epoch(); }
  Status insert(std::span<const Row> rows) override {
    if (refuse) return fail(*refuse, "refused");
    return store_->insert(rows);
  }
  Status remove_through(std::uint64_t seq) override { return store_->remove_through(seq); }
  Status put_snapshot(const Mark& mark, std::string_view bytes) override {
    return store_->put_snapshot(mark, bytes);
  }
  Status remove_snapshot(std::uint64_t seq) override { return store_->remove_snapshot(seq); }

  std::function<void(std::vector<Row>&)> spoil;
  std::function<void(KeptSnapshot&)> spoil_snapshot;
  std::optional<ErrorCode> refuse;

 private:
  std::unique_ptr<Store> store_;
};

TEST_P(StoreConformance, TamperingIsFoundAndNamed) {
  struct Case {
    const char* what;
    std::uint64_t named;
    std::function<void(std::vector<Row>&)> spoil;
  };
  const std::vector<Case> cases{
      {"a body", 3, [](auto& rows) { rows[2].body = "C"; }},
      {"a hash", 3, [](auto& rows) { rows[2].mark.hash[5] ^= 1; }},
      {"an epoch", 3, [](auto& rows) { rows[2].epoch = 9; }},
      {"a count of bytes", 3, [](auto& rows) { rows[2].mark.bytes += 1; }},
      {"an entry taken away", 3, [](auto& rows) { rows.erase(rows.begin() + 2); }},
      {"entries in another order", 3, [](auto& rows) { std::swap(rows[2], rows[3]); }},
      {"bodies in another order", 3, [](auto& rows) { std::swap(rows[2].body, rows[3].body); }},
      {"an entry put in", 3, [](auto& rows) { rows.insert(rows.begin() + 2, rows[1]); }},
      {"an entry forged whole", 4,
       [](auto& rows) { rows[2].mark = after(rows[1].mark, 1, rows[2].body = "C"); }},
      {"the last ones taken away", 4, [](auto& rows) { rows.resize(std::min(rows.size(), 3UL)); }},
  };
  {
    Journal journal = must_open();
    append(journal, {"a", "b", "c", "d", "e"});
  }
  for (const Case& c : cases) {
    auto opened = store(Access::kRead);
    ASSERT_TRUE(opened.has_value());
    auto spoilt = std::make_unique<SpoiltStore>(std::move(*opened));
    SpoiltStore& handle = *spoilt;
    auto journal = Journal::open(std::move(spoilt), Access::kRead);
    ASSERT_TRUE(journal.has_value());
    bool once = true;
    handle.spoil = [&](std::vector<Row>& rows) {
      if (std::exchange(once, false))
        c.spoil(rows);
      else
        rows.clear();
    };
    const Status status = journal->verify({}, journal->last());
    ASSERT_FALSE(status.has_value()) << c.what;
    EXPECT_EQ(status.error().code, ErrorCode::kInvalidInput);
    EXPECT_NE(complaint(status).find("entry " + std::to_string(c.named) + " "), std::string::npos)
        << c.what << ": " << complaint(status);
  }
}

TEST_P(StoreConformance, ALastEntryThatWasForgedIsFoundWhereItsHashIsKnown) {
  Journal journal = must_open();
  append(journal, {"a", "b"});
  Mark other = journal.last();
  other.hash[0] ^= 1;
  EXPECT_NE(complaint(journal.verify({}, other)).find("entry 2 is not what was appended"),
            std::string::npos);
}

TEST_P(StoreConformance, ASnapshotOfAnotherHistoryIsRefused) {
  auto opened = store(Access::kWrite);
  ASSERT_TRUE(opened.has_value());
  auto spoilt = std::make_unique<SpoiltStore>(std::move(*opened));
  SpoiltStore& handle = *spoilt;
  auto journal = Journal::open(std::move(spoilt), Access::kWrite);
  ASSERT_TRUE(journal.has_value());
  append(*journal, {"a"});
  EXPECT_EQ(complaint(journal->keep_snapshot("one")), "");
  append(*journal, {"b"});
  EXPECT_EQ(complaint(journal->keep_snapshot("two")), "");
  handle.spoil_snapshot = [](KeptSnapshot& kept) { kept.mark.hash[0] ^= 1; };
  const auto kept = journal->snapshot(2);
  ASSERT_FALSE(kept.has_value());
  EXPECT_NE(kept.error().message.find("another history"), std::string::npos);
  EXPECT_NE(complaint(journal->trim({.entries_max = 0})).find("nothing was forgotten"),
            std::string::npos);
  EXPECT_EQ(journal->first().seq, 0U);
}

TEST_P(StoreConformance, AfterAFailedWriteNothingIsWrittenUntilItIsOpenedAgain) {
  auto opened = store(Access::kWrite);
  ASSERT_TRUE(opened.has_value());
  auto spoilt = std::make_unique<SpoiltStore>(std::move(*opened));
  SpoiltStore& handle = *spoilt;
  auto journal = Journal::open(std::move(spoilt), Access::kWrite);
  ASSERT_TRUE(journal.has_value());
  append(*journal, {"a"});
  const std::vector<std::string> next{"b"};

  handle.refuse = ErrorCode::kLimit;
  EXPECT_EQ(journal->append(2, next).error().code, ErrorCode::kLimit);
  handle.refuse.reset();
  EXPECT_EQ(complaint(journal->append(2, next)), "") << "a full disk has room again";

  handle.refuse = ErrorCode::kIo;
  EXPECT_EQ(journal->append(3, next).error().code, ErrorCode::kIo);
  handle.refuse.reset();
  EXPECT_EQ(journal->append(3, next).error().code, ErrorCode::kIo);
  EXPECT_EQ(journal->keep_snapshot("x").error().code, ErrorCode::kIo);
  EXPECT_EQ(journal->trim({}).error().code, ErrorCode::kIo);
  EXPECT_EQ(journal->read({})->rows.size(), 2U) << "reading goes on";
}

INSTANTIATE_TEST_SUITE_P(Stores, StoreConformance, testing::Values(Factory{"Sqlite", open_sqlite}),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace sillar::journal
