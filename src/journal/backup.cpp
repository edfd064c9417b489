#include "journal/backup.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cerrno>
#include <fstream>
#include <memory>

#include "journal/archive.h"
#include "journal/files.h"
#include "journal/head_mark.h"
#include "journal/journal.h"
#include "journal/sqlite_store.h"

namespace sillar::journal {
namespace {

constexpr const char* kJournalDatabase = "journal.sqlite";
constexpr const char* kArchiveDatabase = "archive.sqlite";
constexpr int kBusyWaitMs = 10'000;

using Connection = std::unique_ptr<sqlite3, int (*)(sqlite3*)>;

tl::unexpected<Error> database_fault(const std::string& path, sqlite3* handle, int code) {
  constexpr int kPrimaryMask = 0xFF;
  const ErrorCode kind = (code & kPrimaryMask) == SQLITE_FULL ? ErrorCode::kLimit : ErrorCode::kIo;
  return fail(kind, fmt::format("{}: {}", path,
                                handle == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(handle)));
}

Result<Connection> connect(const std::string& path, int flags) {
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  Connection connection(handle, sqlite3_close);
  if (code != SQLITE_OK) return database_fault(path, handle, code);
  sqlite3_busy_timeout(handle, kBusyWaitMs);
  return connection;
}

// As it was at one moment: all pages in one step, which is one reading transaction.
Status copy_database(const std::string& from_folder, const std::string& to_folder,
                     const char* name) {
  const std::string from = from_folder + "/" + name;
  const std::string to = to_folder + "/" + name;
  for (const char* suffix : {"", "-journal", "-wal", "-shm"})
    SILLAR_TRY_STATUS(remove_file(to + suffix));
  SILLAR_TRY_STATUS(write_whole(to_folder, name, {}, {}));  // With our mode, not SQLite's.
  SILLAR_TRY(source, connect(from, SQLITE_OPEN_READONLY));
  SILLAR_TRY(copy, connect(to, SQLITE_OPEN_READWRITE));
  sqlite3_backup* backup = sqlite3_backup_init(copy.get(), "main", source.get(), "main");
  if (backup == nullptr) return database_fault(to, copy.get(), sqlite3_errcode(copy.get()));
  const int stepped = sqlite3_backup_step(backup, -1);
  const int finished = sqlite3_backup_finish(backup);
  if (stepped != SQLITE_DONE) return database_fault(to, copy.get(), stepped);
  if (finished != SQLITE_OK) return database_fault(to, copy.get(), finished);
  return {};
}

// One that is gone by now was forgotten, and a newer one is there.
Status copy_if_there(const std::string& from_folder, const std::string& to_folder,
                     const std::string& name) {
  const std::string path = from_folder + "/" + name;
  std::ifstream in(path, std::ios::binary);
  if (!in) return {};
  const std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (in.bad()) return file_fault(path, EIO);
  return write_whole(to_folder, name, {}, bytes);
}

bool is_snapshot(const std::string& name) {
  return name.starts_with("snapshot-") && name.ends_with(".bin");
}

Status copy_once(const std::string& folder, const std::string& to) {
  SILLAR_TRY(old, names_in(to));
  for (const std::string& name : old)
    if (is_snapshot(name)) SILLAR_TRY_STATUS(remove_file(fmt::format("{}/{}", to, name)));
  // What was acknowledged by now is in the journal that is copied last; so are the entries that the
  // snapshots and the archive were made of.
  SILLAR_TRY_STATUS(copy_if_there(folder, to, kHeadMarkName));
  SILLAR_TRY(names, names_in(folder));
  for (const std::string& name : names)
    if (is_snapshot(name)) SILLAR_TRY_STATUS(copy_if_there(folder, to, name));
  if (exists(folder + "/" + kArchiveDatabase))
    SILLAR_TRY_STATUS(copy_database(folder, to, kArchiveDatabase));
  SILLAR_TRY_STATUS(copy_database(folder, to, kJournalDatabase));
  return sync_folder(to);
}

// A start needs a snapshot that the entries follow, or all of them.
Status check_start(Journal& journal) {
  if (journal.first().seq == 0) return {};
  SILLAR_TRY(snapshots, journal.snapshots());
  for (const std::uint64_t seq : snapshots)
    if (seq >= journal.first().seq && journal.snapshot(seq)) return {};
  return invalid(fmt::format("{}: no snapshot goes with its entries", journal.name()));
}

Status belongs_together(const std::string& folder) {
  SILLAR_TRY(store, open_sqlite(folder, Access::kRead));
  SILLAR_TRY(journal, Journal::open(std::move(store), Access::kRead));
  SILLAR_TRY_STATUS(check_start(journal));
  if (!holds_archive(folder)) return {};
  SILLAR_TRY(archive, Archive::open(folder, Access::kRead));
  return archive.follows(journal);
}

}  // namespace

Status back_up_journal(const std::string& folder, const std::string& to) {
  if (!holds_sqlite(folder))
    return fail(ErrorCode::kNotFound, fmt::format("{}: there is no journal", folder));
  Status last;
  for (int attempt = 0; attempt < kBackupAttempts; ++attempt) {
    SILLAR_TRY_STATUS(copy_once(folder, to));
    last = belongs_together(to);
    if (last) return {};
  }
  return last;
}

Status verify_backup(const std::string& folder) {
  SILLAR_TRY(store, open_sqlite(folder, Access::kRead));
  SILLAR_TRY(journal, Journal::open(std::move(store), Access::kRead));
  SILLAR_TRY_STATUS(journal.verify(journal.first(), journal.last()));
  SILLAR_TRY_STATUS(check_start(journal));
  if (!holds_archive(folder)) return {};
  SILLAR_TRY(archive, Archive::open(folder, Access::kRead));
  SILLAR_TRY_STATUS(archive.follows(journal));
  return archive.verify();
}

Status raise_epoch(const std::string& folder, std::uint64_t by) {
  const std::string path = folder + "/" + kJournalDatabase;
  SILLAR_TRY(database, connect(path, SQLITE_OPEN_READWRITE));
  const std::string sql = fmt::format("UPDATE start SET epoch = epoch + {} WHERE id = 1", by);
  const int code = sqlite3_exec(database.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return database_fault(path, database.get(), code);
  return {};
}

}  // namespace sillar::journal
