#include "server/journal_check.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include "server/core_fixture.h"

namespace sillar::server {
namespace {

using journal::TestFolder;

// A journal of which a restart reads nothing but its snapshot.
void write_journal(const std::string& folder) {
  const TestClock clock;
  auto core = open_core(folder, clock);
  core->begin();
  ASSERT_TRUE(core->input(Configure{small_world()}).has_value());
  ASSERT_TRUE(core->input(Submit{small_workload("remarkable")}).has_value());
  ASSERT_TRUE(core->commit().has_value());
  ASSERT_TRUE(core->keep_snapshot().has_value());
}

// As somebody would who can write to the folder.
void meddle(const std::string& folder, const char* sql) {
  sqlite3* handle = nullptr;
  ASSERT_EQ(sqlite3_open((folder + "/journal.sqlite").c_str(), &handle), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(handle, sql, nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(handle);
}

TEST(JournalCheck, FindsNothingInWhatIsIntact) {
  const TestFolder folder;
  write_journal(folder.path("j"));
  std::string said;
  JournalCheck check(folder.path("j"), [&](const std::string& text) { said = text; });
  check.wait();
  EXPECT_EQ(check.health(), JournalHealth::kIntact);
  EXPECT_EQ(said, "");
}

TEST(JournalCheck, NamesAnOldEntryThatIsNotWhatWasWritten) {
  const TestFolder folder;
  write_journal(folder.path("j"));
  meddle(folder.path("j"), "UPDATE entries SET body = CAST('x' AS BLOB) WHERE seq = 2");
  const TestClock clock;
  EXPECT_EQ(open_core(folder.path("j"), clock)->restarted_entries(), 0U);  // Nobody looked.
  std::string said;
  JournalCheck check(folder.path("j"), [&](const std::string& text) { said = text; });
  check.wait();
  EXPECT_EQ(check.health(), JournalHealth::kDamaged);
  EXPECT_NE(said.find("entry 2 "), std::string::npos) << said;
}

TEST(JournalCheck, RunsBesideTheWriter) {
  const TestFolder folder;
  write_journal(folder.path("j"));
  TestClock clock;
  auto core = open_core(folder.path("j"), clock);
  {
    JournalCheck check(folder.path("j"), [](const std::string&) {});
    for (int i = 0; i < 50; ++i) {
      clock.advance(Duration::seconds(1));
      core->begin();
      ASSERT_TRUE(core->input(Submit{small_workload("w" + std::to_string(i))}).has_value());
      ASSERT_TRUE(core->commit().has_value());
    }
    check.wait();
    EXPECT_EQ(check.health(), JournalHealth::kIntact);
  }
  core.reset();
  EXPECT_EQ(open_core(folder.path("j"), clock)->state().workloads.size(), 51U);
}

}  // namespace
}  // namespace sillar::server
