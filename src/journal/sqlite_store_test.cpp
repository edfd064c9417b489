// What is SQLite's own: files that are refused and left as they are, damage that SQLite does not
// see, disks that refuse.

#include "journal/sqlite_store.h"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "journal/journal_fixture.h"

namespace sillar::journal {
namespace {

class SqliteStoreTest : public testing::Test {
 protected:
  [[nodiscard]] std::string folder() const { return folder_.path("j"); }
  [[nodiscard]] std::string database() const { return folder() + "/journal.sqlite"; }
  [[nodiscard]] Result<Journal> open(Access access = Access::kWrite) const {
    return open_journal(folder(), access);
  }
  [[nodiscard]] std::string complaint(Access access = Access::kWrite) const {
    const auto journal = open(access);
    return journal ? std::string{} : journal.error().message;
  }
  // Entries "0", "1", …, each a transaction of its own.
  void fill(int entries) const {
    auto journal = open();
    ASSERT_TRUE(journal.has_value()) << journal.error().message;
    for (int i = 0; i < entries; ++i) {
      const std::vector<std::string> one{std::to_string(i)};
      ASSERT_TRUE(journal->append(journal->last().seq + 1, one).has_value());
    }
  }
  // As somebody with another program would.
  void meddle(const char* sql) const {
    sqlite3* handle = nullptr;
    ASSERT_EQ(sqlite3_open(database().c_str(), &handle), SQLITE_OK);
    char* error = nullptr;
    EXPECT_EQ(sqlite3_exec(handle, sql, nullptr, nullptr, &error), SQLITE_OK) << error;
    sqlite3_free(error);
    EXPECT_EQ(sqlite3_close(handle), SQLITE_OK);
  }
  [[nodiscard]] std::string found_by_verify() const {
    auto journal = open(Access::kRead);
    if (!journal) return journal.error().message;
    const Status status = journal->verify(journal->first(), journal->last());
    return status ? std::string{} : status.error().message;
  }

  TestFolder folder_;
};

void expect_in(const std::string& message, std::string_view part) {
  EXPECT_NE(message.find(part), std::string::npos) << message;
}

TEST_F(SqliteStoreTest, IsASyncedLogOfItsOwnKind) {
  fill(3);
  sqlite3* handle = nullptr;
  ASSERT_EQ(sqlite3_open(database().c_str(), &handle), SQLITE_OK);
  const auto ask = [&](const char* sql) {
    sqlite3_stmt* statement = nullptr;
    EXPECT_EQ(sqlite3_prepare_v2(handle, sql, -1, &statement, nullptr), SQLITE_OK);
    EXPECT_EQ(sqlite3_step(statement), SQLITE_ROW);
    const std::string text = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    return text;
  };
  EXPECT_EQ(ask("PRAGMA journal_mode"), "wal");
  EXPECT_EQ(ask("PRAGMA application_id"), std::to_string(0x736C6C72));
  EXPECT_EQ(ask("PRAGMA user_version"), "1");
  EXPECT_EQ(ask("SELECT count(*) FROM entries"), "3");
  sqlite3_close(handle);
}

TEST_F(SqliteStoreTest, ReadingMakesNothing) {
  EXPECT_EQ(open(Access::kRead).error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(std::filesystem::exists(folder()));
}

TEST_F(SqliteStoreTest, WhatIsNoJournalIsRefusedAndLeftAsItIs) {
  fill(3);
  meddle("PRAGMA wal_checkpoint(TRUNCATE)");
  const std::string good = bytes_of_file(database());
  const auto refused = [&](const std::string& bytes, std::string_view because) {
    write_file(database(), bytes);
    for (const Access access : {Access::kRead, Access::kWrite}) {
      const auto journal = open(access);
      ASSERT_FALSE(journal.has_value()) << because;
      EXPECT_EQ(journal.error().code, ErrorCode::kInvalidInput);
      expect_in(journal.error().message, because);
      expect_in(journal.error().message, database());
    }
    EXPECT_EQ(bytes_of_file(database()), bytes) << "left as it is";
  };
  refused("", "no SQLite database");
  refused("a letter\n", "no SQLite database");
  refused(std::string(8192, '\0'), "no SQLite database");
  std::string other = good;
  other[68] = 'x';
  refused(other, "another program's database");
  std::string newer = good;
  newer[63] = 7;
  refused(newer, "of version 7; this program knows version 1");
  write_file(database(), good);
  EXPECT_EQ(complaint(), "");
}

TEST_F(SqliteStoreTest, AFolderThatLostItsDatabaseIsNotBegunAnew) {
  fill(2);
  for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(database() + suffix);
  expect_in(complaint(), "it is missing");
  EXPECT_FALSE(std::filesystem::exists(database()));
}

// The database is made beside its name: what a crash leaves of that is made anew.
TEST_F(SqliteStoreTest, AHalfMadeDatabaseIsMadeAnew) {
  std::filesystem::create_directory(folder());
  write_file(database() + ".new", "half a page");
  fill(2);
  EXPECT_FALSE(std::filesystem::exists(database() + ".new"));
  EXPECT_EQ(found_by_verify(), "");
}

// SQLite drops the damaged frame of its log and all after it, and calls the rest sound.
TEST_F(SqliteStoreTest, AcknowledgedEntriesThatTheLogHasLostAreMissed) {
  fill(40);
  const std::string log = database() + "-wal";
  const std::size_t size = std::filesystem::file_size(log);
  flip_byte(log, size / 2);
  const std::string damaged = bytes_of_file(log);
  const std::string message = complaint();
  expect_in(message, "entry 40 was acknowledged, and the journal ends with entry ");
  expect_in(message, log);
  EXPECT_EQ(bytes_of_file(log), damaged) << "the log is left for a repair";
  expect_in(complaint(Access::kRead), "entry 40 was acknowledged");
  flip_byte(log, size / 2);
  EXPECT_EQ(complaint(), "");
  EXPECT_EQ(found_by_verify(), "");
}

TEST_F(SqliteStoreTest, AHeadMarkMayBeBehindOrGone) {
  fill(4);
  const std::string head = bytes_of_file(folder() + "/head");
  fill(3);
  write_file(folder() + "/head", head);
  EXPECT_EQ(complaint(), "") << "a power cut may take the last marks";
  std::filesystem::remove(folder() + "/head");
  EXPECT_EQ(complaint(), "");
  fill(1);
  EXPECT_EQ(found_by_verify(), "");
}

TEST_F(SqliteStoreTest, AFlippedByteInARowIsFoundAndNamed) {
  fill(0);
  {
    auto journal = open();
    ASSERT_TRUE(journal.has_value());
    const std::vector<std::string> bodies{"first", std::string(300, 'x') + "needle", "third"};
    ASSERT_TRUE(journal->append(1, bodies).has_value());
  }
  meddle("PRAGMA wal_checkpoint(TRUNCATE)");
  EXPECT_EQ(found_by_verify(), "");
  flip_byte(database(), bytes_of_file(database()).find("needle"));
  expect_in(found_by_verify(), "entry 2 is not what was appended: its hash differs");
}

TEST_F(SqliteStoreTest, MeddlingWithRowsIsFoundAndNamed) {
  fill(9);
  meddle("UPDATE entries SET body = CAST('x' AS BLOB) WHERE seq = 4");
  expect_in(found_by_verify(), "entry 4 is not what was appended");
  meddle("DELETE FROM entries WHERE seq = 3");
  expect_in(found_by_verify(), "entry 3 is missing");
  meddle("DELETE FROM entries WHERE seq > 6");
  expect_in(found_by_verify(), "entry 9 was acknowledged, and the journal ends with entry 6");
  meddle("DELETE FROM start");
  expect_in(found_by_verify(), "first row is missing");
}

TEST_F(SqliteStoreTest, AnotherLastEntryIsNotTheOneThatWasAcknowledged) {
  fill(3);
  meddle("UPDATE entries SET hash = zeroblob(32) WHERE seq = 3");
  expect_in(complaint(), "entry 3 is not the one that was acknowledged");
}

TEST_F(SqliteStoreTest, ASecondWriterIsToldWhoTheFirstIs) {
  const auto first = open();
  ASSERT_TRUE(first.has_value());
  expect_in(complaint(),
            "another writer has this journal open, process " + std::to_string(::getpid()) + ".");
  EXPECT_EQ(complaint(Access::kRead), "");
}

// In a process of its own, which may not be root: that one may write anywhere.
TEST_F(SqliteStoreTest, AFolderThatCannotBeWrittenIsAnError) {
  constexpr uid_t kNobody = 65534;
  constexpr auto kMayRead = std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec;
  std::filesystem::create_directory(folder());
  std::filesystem::permissions(folder(), kMayRead);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    if (::geteuid() == 0 && ::setuid(kNobody) != 0) ::_exit(2);
    ::_exit(complaint().find("Permission denied") != std::string::npos ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  std::filesystem::permissions(folder(), std::filesystem::perms::owner_all);
}

TEST_F(SqliteStoreTest, AFolderWhosePlaceIsAFileIsAnError) {
  write_file(folder(), "a file");
  const auto journal = open();
  ASSERT_FALSE(journal.has_value());
  EXPECT_EQ(journal.error().code, ErrorCode::kIo);
  expect_in(journal.error().message, "Not a directory");
}

// In a process of its own, as the limit is the process's: files may not grow beyond it. What it
// tells: entries that were acknowledged before the refusal.
TEST_F(SqliteStoreTest, AWriteThatTheSystemRefusesIsAnErrorAndLosesNothing) {
  fill(1);
  constexpr int kGaveNoError = 255;
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{256 << 10, 256 << 10};
    auto journal = open();
    if (!journal || ::setrlimit(RLIMIT_FSIZE, &limit) != 0) ::_exit(kGaveNoError);
    const std::vector<std::string> body{std::string(10'000, 'x')};
    for (int i = 0; i < 200; ++i) {
      if (journal->append(journal->last().seq + 1, body)) continue;
      const Status again = journal->append(journal->last().seq + 1, body);
      ::_exit(again ? kGaveNoError : i);
    }
    ::_exit(kGaveNoError);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  const int acknowledged = WEXITSTATUS(status);
  ASSERT_NE(acknowledged, kGaveNoError);
  EXPECT_GT(acknowledged, 3);
  const auto journal = open();
  ASSERT_TRUE(journal.has_value()) << journal.error().message;
  EXPECT_GE(journal->last().seq, static_cast<std::uint64_t>(acknowledged) + 1);
  EXPECT_EQ(found_by_verify(), "");
}

}  // namespace
}  // namespace sillar::journal
