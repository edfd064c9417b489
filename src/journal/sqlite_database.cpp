#include "journal/sqlite_database.h"

#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>

#include "base/check.h"
#include "journal/files.h"

namespace sillar::journal {
namespace {

constexpr int kLogPages = 1000;      // A log of 4 MiB.
constexpr int kReaderWaitMs = 2000;  // For a writer that is resetting its log.

std::uint32_t big_endian_at(const std::array<unsigned char, 100>& header, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | header[at + i];
  return value;
}

// Looks at the file before SQLite makes use of it, which would begin by repairing it; through
// SQLite's own descriptor, as closing any other would drop the locks that this process has on it.
Status check_header(sqlite3* handle, const std::string& path, const Schema& schema) {
  constexpr std::string_view kMagic("SQLite format 3\0", 16);
  constexpr std::size_t kVersionAt = 60;
  constexpr std::size_t kApplicationAt = 68;
  sqlite3_file* file = nullptr;
  const int found = sqlite3_file_control(handle, "main", SQLITE_FCNTL_FILE_POINTER, &file);
  CHECK(found == SQLITE_OK && file->pMethods != nullptr, "an open database has a file");
  std::array<unsigned char, 100> header{};
  const int read = file->pMethods->xRead(file, header.data(), static_cast<int>(header.size()), 0);
  const bool whole = read != SQLITE_IOERR_SHORT_READ;
  if (whole && read != SQLITE_OK) return file_fault(path, EIO);
  const std::string_view magic(reinterpret_cast<const char*>(header.data()), kMagic.size());
  if (!whole || magic != kMagic)
    return invalid(fmt::format(
        "{}: this is no SQLite database, or its first page is damaged. It was left as it is: "
        "restore it from a backup, or name another folder",
        path));
  if (big_endian_at(header, kApplicationAt) != static_cast<std::uint32_t>(schema.application_id))
    return invalid(fmt::format(
        "{}: this is another program's database. It was left as it is: name another folder", path));
  const std::uint32_t version = big_endian_at(header, kVersionAt);
  if (version != static_cast<std::uint32_t>(schema.version))
    return invalid(fmt::format(
        "{}: {} is of version {}; this program knows version {}. It was left as it is: use the "
        "release that wrote it, or a newer one",
        path, schema.what, version, schema.version));
  return {};
}

std::string_view remedy(int primary) {
  switch (primary) {
    case SQLITE_FULL:
      return "Nothing of this was written. Free space on that disk; then it goes on";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return "The file is damaged: restore it from a backup";
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return "Let this user write to the folder and its files";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "Another program has it open: stop that one";
    default:
      return "Look to the disk; then start again: what was acknowledged is read back";
  }
}

}  // namespace

Statement::Statement(sqlite3_stmt* statement) : statement_(statement, sqlite3_finalize) {}

void Statement::bind(int parameter, std::uint64_t number) {
  const int code =
      sqlite3_bind_int64(statement_.get(), parameter, static_cast<sqlite3_int64>(number));
  CHECK(code == SQLITE_OK, "a statement is reset before it is bound");
}

void Statement::bind(int parameter, std::string_view bytes) {
  const char* data = bytes.data() == nullptr ? "" : bytes.data();  // No bytes, which is not null.
  const int code =
      sqlite3_bind_blob64(statement_.get(), parameter, data, bytes.size(), SQLITE_STATIC);
  CHECK(code == SQLITE_OK, "a body is within SQLite's limit");
}

void Statement::bind_text(int parameter, std::string_view text) {
  const int code = sqlite3_bind_text64(statement_.get(), parameter, text.data(), text.size(),
                                       SQLITE_STATIC, SQLITE_UTF8);
  CHECK(code == SQLITE_OK, "a name is within SQLite's limit");
}

int Statement::step() {
  return sqlite3_step(statement_.get());
}

void Statement::reset() {
  sqlite3_reset(statement_.get());
}

std::uint64_t Statement::number(int column) const {
  return static_cast<std::uint64_t>(sqlite3_column_int64(statement_.get(), column));
}

std::string_view Statement::bytes(int column) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return data == nullptr ? std::string_view{}
                         : std::string_view(data, static_cast<std::size_t>(size));
}

Database::Database(std::string path, sqlite3* handle)
    : path_(std::move(path)), handle_(handle, sqlite3_close) {}

Result<Database> Database::open(const std::string& path, Access access, const Schema& schema) {
  if (::access(path.c_str(), F_OK) != 0) return file_fault(path, errno);
  const bool writes = access == Access::kWrite;
  sqlite3* handle = nullptr;
  const int flags = (writes ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) | SQLITE_OPEN_NOMUTEX |
                    SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  Database database(path, handle);
  if (code != SQLITE_OK) return database.fault(code);
  SILLAR_TRY_STATUS(check_header(handle, path, schema));
  // A checkpoint on closing would write over a log whose damage has yet to be repaired.
  int on = 0;
  sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, &on);
  sqlite3_busy_timeout(handle, kReaderWaitMs);
  SILLAR_TRY_STATUS(database.run("PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON;"));
  if (!writes) return database;
  SILLAR_TRY_STATUS(database.run("PRAGMA synchronous=FULL;"));
  const auto note = [](void* pages, sqlite3*, const char*, int count) {
    *static_cast<int*>(pages) = count;
    return SQLITE_OK;
  };
  sqlite3_wal_hook(handle, note, database.log_pages_.get());  // In the place of SQLite's own.
  return database;
}

// It gets its name when it is whole: who finds the name finds the tables.
Status Database::create(const std::string& folder, const std::string& name, const Schema& schema) {
  const std::string path = folder + "/" + name;
  const std::string beside = path + ".new";
  for (const char* suffix : {"", "-journal", "-wal", "-shm"})
    SILLAR_TRY_STATUS(remove_file(beside + suffix));
  SILLAR_TRY_STATUS(write_whole(folder, name + ".new", {}, {}));  // With our mode, not SQLite's.
  {
    sqlite3* handle = nullptr;
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    const int code = sqlite3_open_v2(beside.c_str(), &handle, flags, nullptr);
    const Database database(beside, handle);
    if (code != SQLITE_OK) return database.fault(code);
    SILLAR_TRY_STATUS(database.run("PRAGMA synchronous=FULL; BEGIN IMMEDIATE;"));
    SILLAR_TRY_STATUS(database.run(schema.sql));
    SILLAR_TRY_STATUS(database.run(fmt::format("PRAGMA application_id={}; PRAGMA user_version={};",
                                               schema.application_id, schema.version)
                                       .c_str()));
    SILLAR_TRY_STATUS(database.run("COMMIT; PRAGMA journal_mode=WAL;"));
  }
  if (std::rename(beside.c_str(), path.c_str()) != 0) return file_fault(path, errno);
  return sync_folder(folder);
}

Result<Statement> Database::prepare(const char* sql) const {
  sqlite3_stmt* statement = nullptr;
  const int code =
      sqlite3_prepare_v3(handle_.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return fault(code);
  return Statement(statement);
}

Status Database::run(const char* sql) const {
  const int code = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return fault(code);
  return {};
}

int Database::changes() const {
  return sqlite3_changes(handle_.get());
}

tl::unexpected<Error> Database::fault(int code) const {
  constexpr int kPrimaryMask = 0xFF;
  const int primary = code & kPrimaryMask;
  const bool bad = primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB;
  const ErrorCode kind = primary == SQLITE_FULL ? ErrorCode::kLimit
                         : bad                  ? ErrorCode::kInvalidInput
                                                : ErrorCode::kIo;
  return fail(kind, fmt::format("{}: {} ({}). {}", path_,
                                handle_ ? sqlite3_errmsg(handle_.get()) : sqlite3_errstr(code),
                                code, remedy(primary)));
}

Status Database::checkpoint_when_long() {
  if (*log_pages_ < kLogPages) return {};
  const int code = sqlite3_wal_checkpoint_v2(handle_.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE,
                                             nullptr, nullptr);
  const int primary = code & 0xFF;
  if (primary == SQLITE_OK || primary == SQLITE_BUSY || primary == SQLITE_FULL) return {};
  return fault(code);
}

void Database::roll_back() const {
  if (sqlite3_get_autocommit(handle_.get()) == 0)
    sqlite3_exec(handle_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

}  // namespace sillar::journal
