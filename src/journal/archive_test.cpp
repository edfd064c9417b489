// Rows that are written exactly once, whatever happens between the journal and its archive.

#include "journal/archive.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include "base/random.h"
#include "journal/journal_fixture.h"

namespace sillar::journal {
namespace {

constexpr std::string_view kStream = "numbers";

class ArchiveTest : public testing::Test {
 protected:
  ArchiveTest() { std::filesystem::create_directory(folder()); }
  [[nodiscard]] std::string folder() const { return folder_.path("d"); }
  [[nodiscard]] std::string file() const { return folder() + "/archive.sqlite"; }
  [[nodiscard]] Result<Archive> open(Access access = Access::kWrite) const {
    return Archive::open(folder(), access);
  }
  [[nodiscard]] std::string complaint(Access access = Access::kWrite) const {
    const auto archive = open(access);
    return archive ? std::string{} : archive.error().message;
  }
  void fill(std::uint64_t rows) const {
    auto archive = open();
    ASSERT_TRUE(archive.has_value()) << archive.error().message;
    for (std::uint64_t i = 0; i < rows; ++i)
      archive->add(kStream, ordered_key(i), "value " + std::to_string(i));
    ASSERT_TRUE(archive->flush(rows).has_value());
  }
  void meddle(const char* sql) const {
    sqlite3* handle = nullptr;
    ASSERT_EQ(sqlite3_open(file().c_str(), &handle), SQLITE_OK);
    char* error = nullptr;
    EXPECT_EQ(sqlite3_exec(handle, sql, nullptr, nullptr, &error), SQLITE_OK) << error;
    sqlite3_free(error);
    EXPECT_EQ(sqlite3_close(handle), SQLITE_OK);
  }

  TestFolder folder_;
};

std::vector<std::uint64_t> numbers_of(const Result<std::vector<ArchiveRow>>& rows) {
  std::vector<std::uint64_t> numbers;
  if (!rows) {
    ADD_FAILURE() << rows.error().message;
    return numbers;
  }
  for (const ArchiveRow& row : *rows) numbers.push_back(number_of_key(row.key));
  return numbers;
}

using Numbers = std::vector<std::uint64_t>;

TEST_F(ArchiveTest, RowsAreThereBeforeAndAfterAFlush) {
  auto archive = open();
  ASSERT_TRUE(archive.has_value()) << archive.error().message;
  EXPECT_EQ(archive->position(), 0U);
  EXPECT_EQ(numbers_of(archive->read(kStream, {})), Numbers{});
  for (const std::uint64_t i : {2U, 0U, 1U}) archive->add(kStream, ordered_key(i), "v");
  archive->add("others", "a", "w");
  EXPECT_EQ(numbers_of(archive->read(kStream, {})), (Numbers{0, 1, 2}));
  EXPECT_EQ(archive->count(kStream).value(), 3U);
  ASSERT_TRUE(archive->flush(7).has_value());
  EXPECT_EQ(archive->position(), 7U);
  archive->add(kStream, ordered_key(4), "v");
  archive->add(kStream, ordered_key(1), "v");  // Made again, as after a restart.
  EXPECT_EQ(numbers_of(archive->read(kStream, {})), (Numbers{0, 1, 2, 4}));
  EXPECT_EQ(numbers_of(archive->read_back(kStream)), (Numbers{4, 2, 1, 0}));
  EXPECT_EQ(numbers_of(archive->read(kStream, ordered_key(1), ordered_key(4))), (Numbers{1, 2}));
  EXPECT_EQ(numbers_of(archive->read_back(kStream, ordered_key(4))), (Numbers{2, 1, 0}));
  EXPECT_EQ(archive->count(kStream).value(), 4U);
  EXPECT_EQ(archive->count("none").value(), 0U);
  ASSERT_TRUE(archive->flush(9).has_value());
  EXPECT_EQ(archive->count(kStream).value(), 4U);
  EXPECT_EQ(archive->read("others", {}).value(), (std::vector<ArchiveRow>{{"a", "w"}}));
  EXPECT_TRUE(archive->verify().has_value());
}

TEST_F(ArchiveTest, WhatWasNotFlushedIsGoneWithItsPosition) {
  {
    auto archive = open();
    archive->add(kStream, ordered_key(1), "v");
    ASSERT_TRUE(archive->flush(3).has_value());
    archive->add(kStream, ordered_key(2), "v");
  }
  auto archive = open();
  ASSERT_TRUE(archive.has_value());
  EXPECT_EQ(archive->position(), 3U);
  EXPECT_EQ(numbers_of(archive->read(kStream, {})), Numbers{1});
}

TEST_F(ArchiveTest, ARowThatWouldBecomeAnotherIsRefusedAndNothingIsWritten) {
  fill(2);
  auto archive = open();
  archive->add(kStream, ordered_key(0), "value 0");
  archive->add(kStream, ordered_key(1), "another");
  archive->add(kStream, ordered_key(2), "value 2");
  const Status flushed = archive->flush(5);
  ASSERT_FALSE(flushed.has_value());
  EXPECT_EQ(flushed.error().code, ErrorCode::kInvalidInput);
  EXPECT_NE(flushed.error().message.find("row 0000000000000001 of numbers"), std::string::npos)
      << flushed.error().message;
  auto reader = open(Access::kRead);
  EXPECT_EQ(reader->position(), 2U);
  EXPECT_EQ(reader->count(kStream).value(), 2U);
}

TEST_F(ArchiveTest, LimitsCutAndTheNextReadGoesOn) {
  fill(100);
  auto archive = open();
  for (std::uint64_t i = 100; i < 150; ++i) archive->add(kStream, ordered_key(i), "waits");
  const Limits few{.rows_max = 7, .bytes_max = 1U << 20};
  const Limits small{.rows_max = 1000, .bytes_max = 40};
  for (const Limits& limits : {few, small}) {
    Numbers all;
    std::string from;
    for (;;) {
      const auto rows = archive->read(kStream, from, {}, limits);
      ASSERT_TRUE(rows.has_value());
      if (rows->empty()) break;
      for (const std::uint64_t number : numbers_of(rows)) all.push_back(number);
      from = rows->back().key + '\0';
    }
    ASSERT_EQ(all.size(), 150U);
    for (std::uint64_t i = 0; i < 150; ++i) EXPECT_EQ(all[i], i);
  }
  EXPECT_EQ(numbers_of(archive->read_back(kStream, {}, {.rows_max = 3})), (Numbers{149, 148, 147}));
  EXPECT_EQ(numbers_of(archive->read_back(kStream, ordered_key(101), {.rows_max = 3})),
            (Numbers{100, 99, 98}));
}

// Model: a map. Whatever is added, flushed and lost by reopening, what was flushed is there.
RC_GTEST_FIXTURE_PROP(ArchiveTest, IsTheMapThatWasFlushed, ()) {
  const TestFolder scratch;
  const std::string folder = scratch.path("a");
  std::filesystem::create_directory(folder);
  std::map<std::string, std::string> kept;
  std::map<std::string, std::string> all;
  auto archive = std::make_unique<Archive>(*Archive::open(folder, Access::kWrite));
  std::uint64_t position = 0;
  for (int step = *rc::gen::inRange(1, 15); step > 0; --step) {
    const int kind = *rc::gen::inRange(0, 6);
    if (kind == 0) {
      RC_ASSERT(archive->flush(++position).has_value());
      kept = all;
    } else if (kind == 1) {
      archive.reset();
      archive = std::make_unique<Archive>(*Archive::open(folder, Access::kWrite));
      all = kept;
      RC_ASSERT(archive->position() <= position);
    } else {
      const auto key = std::to_string(*rc::gen::inRange(0, 30));
      archive->add(kStream, key, "of " + key);
      all.emplace(key, "of " + key);
    }
    const std::size_t most = 1 + *rc::gen::inRange<std::size_t>(0, 40);
    const auto rows = archive->read(kStream, {}, {}, {.rows_max = most});
    RC_ASSERT(rows.has_value());
    RC_ASSERT(rows->size() == std::min(most, all.size()));
    auto at = all.begin();
    for (const ArchiveRow& row : *rows) {
      RC_ASSERT(row.key == at->first);
      RC_ASSERT(row.value == (at++)->second);
    }
    RC_ASSERT(archive->count(kStream).value() == all.size());
  }
}

TEST_F(ArchiveTest, P3DamageIsReportedByStreamAndKeyAndNeverServed) {
  fill(50);
  EXPECT_TRUE(open()->verify().has_value());
  meddle("UPDATE rows SET value = x'00' WHERE key = x'000000000000002a'");
  auto archive = open(Access::kRead);
  ASSERT_TRUE(archive.has_value());
  const Status verified = archive->verify();
  ASSERT_FALSE(verified.has_value());
  EXPECT_EQ(verified.error().code, ErrorCode::kInvalidInput);
  EXPECT_NE(verified.error().message.find("row 000000000000002a of numbers"), std::string::npos)
      << verified.error().message;
  EXPECT_FALSE(archive->read(kStream, ordered_key(40)).has_value());
  EXPECT_TRUE(archive->read(kStream, ordered_key(43)).has_value());
  meddle("UPDATE rows SET key = x'ff00' WHERE key = x'000000000000002a'");
  EXPECT_FALSE(open(Access::kRead)->verify().has_value()) << "a row under another key";
  meddle("DELETE FROM rows WHERE key = x'ff00'");
  EXPECT_NE(open(Access::kRead)->verify().error().message.find("has 49 rows, and 50 were written"),
            std::string::npos);
}

TEST_F(ArchiveTest, P3OneFlippedByteInTheFileIsFound) {
  fill(200);
  meddle("PRAGMA wal_checkpoint(TRUNCATE)");
  const std::string bytes = bytes_of_file(file());
  const std::size_t at = bytes.find("value 137");
  ASSERT_NE(at, std::string::npos);
  flip_byte(file(), at);
  EXPECT_NE(open(Access::kRead)->verify().error().message.find("is not what was written"),
            std::string::npos);
}

TEST_F(ArchiveTest, WhatIsNoArchiveIsRefusedAndLeftAsItIs) {
  write_file(file(), "a letter\n");
  EXPECT_NE(complaint().find("no SQLite database"), std::string::npos);
  EXPECT_EQ(bytes_of_file(file()), "a letter\n");
  std::filesystem::remove(file());
  EXPECT_EQ(open(Access::kRead).error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(std::filesystem::exists(file())) << "reading makes nothing";
  EXPECT_FALSE(holds_archive(folder()));
  // A journal is none.
  ASSERT_TRUE(open_journal(folder(), Access::kWrite).has_value());
  std::filesystem::copy_file(folder() + "/journal.sqlite", file());
  EXPECT_NE(complaint().find("another program's database"), std::string::npos) << complaint();
}

TEST_F(ArchiveTest, OneWritesAtATimeAndOthersRead) {
  fill(3);
  auto writer = open();
  ASSERT_TRUE(writer.has_value());
  EXPECT_NE(complaint().find("another writer"), std::string::npos);
  auto reader = open(Access::kRead);
  ASSERT_TRUE(reader.has_value());
  writer->add(kStream, ordered_key(3), "new");
  EXPECT_EQ(reader->read(kStream, {})->size(), 3U);
  ASSERT_TRUE(writer->flush(4).has_value());
  EXPECT_EQ(reader->read(kStream, {})->size(), 4U);
}

TEST_F(ArchiveTest, HoldsItsPlaceAgainstTheJournal) {
  auto journal = open_journal(folder(), Access::kWrite);
  ASSERT_TRUE(journal.has_value());
  const auto append = [&](int entries) {
    const std::vector<std::string> bodies(static_cast<std::size_t>(entries), "body");
    ASSERT_TRUE(journal->append(journal->last().seq + 1, bodies).has_value());
  };
  append(10);
  auto archive = open();
  EXPECT_TRUE(archive->follows(*journal).has_value());
  ASSERT_TRUE(archive->flush(4).has_value());
  ASSERT_TRUE(journal->keep_snapshot("one").has_value());
  append(10);
  ASSERT_TRUE(journal->keep_snapshot("two").has_value());
  append(10);
  // What has yet to give its rows is not forgotten.
  ASSERT_TRUE(journal->trim({.entries_max = 0}, archive->position()).has_value());
  EXPECT_EQ(journal->first().seq, 4U);
  EXPECT_TRUE(archive->follows(*journal).has_value());
  EXPECT_EQ(journal->place_of(7)->seq, 7U);
  EXPECT_FALSE(journal->place_of(3).has_value());
  ASSERT_TRUE(journal->trim({.entries_max = 0}).has_value());
  EXPECT_EQ(journal->first().seq, 10U);
  EXPECT_NE(archive->follows(*journal).error().message.find("what lies between is lost"),
            std::string::npos);
  ASSERT_TRUE(archive->flush(31).has_value());
  EXPECT_NE(archive->follows(*journal).error().message.find("older than its archive"),
            std::string::npos);
}

// Adds numbers and flushes until it is killed; tells the pipe each position that was acknowledged.
[[noreturn]] void write_until_killed(const std::string& folder, int pipe) {
  constexpr int kFailed = 3;
  auto archive = Archive::open(folder, Access::kWrite);
  if (!archive) ::_exit(kFailed);
  for (std::uint64_t position = archive->position();;) {
    for (int i = 0; i < 20; ++i, ++position)
      archive->add(kStream, ordered_key(position), std::string(position % 300, 'x'));
    if (!archive->flush(position)) ::_exit(kFailed);
    if (::write(pipe, &position, sizeof(position)) != sizeof(position)) ::_exit(kFailed);
  }
}

TEST_F(ArchiveTest, P1KilledAtAnyMomentEachRowIsThereOnceUpToThePosition) {
  constexpr int kRounds = 15;
  Random random(20261124);
  std::uint64_t told = 0;
  for (int round = 0; round < kRounds; ++round) {
    std::array<int, 2> pipe{};
    ASSERT_EQ(::pipe(pipe.data()), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::close(pipe[0]);
      write_until_killed(folder(), pipe[1]);
    }
    ::close(pipe[1]);
    const auto next = [&] { return ::read(pipe[0], &told, sizeof(told)) == sizeof(told); };
    for (std::uint64_t acks = 1 + random.below(20); acks > 0 && next(); --acks) {
    }
    for (std::uint64_t spin = random.below(300'000); spin > 0; --spin) asm volatile("");
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    while (next()) {
    }
    ::close(pipe[0]);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "it failed by itself";

    auto archive = open();
    ASSERT_TRUE(archive.has_value()) << archive.error().message;
    EXPECT_GE(archive->position(), told);
    EXPECT_EQ(archive->count(kStream).value(), archive->position());
    EXPECT_TRUE(archive->verify().has_value());
  }
  EXPECT_GT(told, 200U);
}

// In a process of its own, as the limit is the process's: files may not grow beyond it.
TEST_F(ArchiveTest, P12AWriteThatTheSystemRefusesEndsItAndLosesNothingThatWasFlushed) {
  fill(1);
  constexpr int kGaveNoError = 255;
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{256 << 10, 256 << 10};
    auto archive = open();
    if (!archive || ::setrlimit(RLIMIT_FSIZE, &limit) != 0) ::_exit(kGaveNoError);
    for (std::uint64_t i = 1; i < 200; ++i) {
      archive->add(kStream, ordered_key(i), std::string(10'000, 'x'));
      if (archive->flush(i + 1)) continue;
      ::_exit(archive->flush(i + 1) ? kGaveNoError : static_cast<int>(i));
    }
    ::_exit(kGaveNoError);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  const int flushed = WEXITSTATUS(status);
  ASSERT_NE(flushed, kGaveNoError);
  EXPECT_GT(flushed, 3);
  auto archive = open();
  ASSERT_TRUE(archive.has_value()) << archive.error().message;
  EXPECT_GE(archive->position(), static_cast<std::uint64_t>(flushed));
  EXPECT_EQ(archive->count(kStream).value(), archive->position());
  EXPECT_TRUE(archive->verify().has_value());
}

TEST(ArchiveKeys, AreOrderedAsTheirNumbers) {
  for (const std::uint64_t number : {0ULL, 1ULL, 255ULL, 256ULL, 1ULL << 40}) {
    EXPECT_EQ(number_of_key(ordered_key(number)), number);
    EXPECT_LT(ordered_key(number), ordered_key(number + 1));
  }
  EXPECT_EQ(number_of_key("short"), 0U);
}

}  // namespace
}  // namespace sillar::journal
