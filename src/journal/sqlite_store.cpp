#include "journal/sqlite_store.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <charconv>

#include "base/check.h"
#include "journal/files.h"
#include "journal/head_mark.h"
#include "journal/snapshot_file.h"
#include "journal/sqlite_database.h"

namespace sillar::journal {
namespace {

constexpr const char* kDatabaseName = "journal.sqlite";

// `bytes` counts all bodies up to and with this one. `start` is the place before the first row.
constexpr const char* kTables =
    "CREATE TABLE entries (seq INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, bytes INTEGER NOT NULL,"
    " hash BLOB NOT NULL, body BLOB NOT NULL) STRICT;"
    "CREATE TABLE start (id INTEGER PRIMARY KEY CHECK (id = 1), seq INTEGER NOT NULL,"
    " bytes INTEGER NOT NULL, hash BLOB NOT NULL, epoch INTEGER NOT NULL) STRICT;"
    "INSERT INTO start VALUES (1, 0, 0, zeroblob(32), 0);";

constexpr Schema kSchema{"the journal", 0x736C6C72 /* "sllr" */, kSqliteSchemaVersion, kTables};

class SqliteStore : public Store {
 public:
  SqliteStore(std::string folder, File lock, Database database, std::optional<HeadMark> head)
      : folder_(std::move(folder)),
        path_(folder_ + "/" + kDatabaseName),
        lock_(std::move(lock)),
        database_(std::move(database)),
        head_(std::move(head)) {}

  Status prepare() {
    const auto make = [this](Statement& statement, const char* sql) -> Status {
      SILLAR_TRY(made, database_.prepare(sql));
      statement = std::move(made);
      return {};
    };
    SILLAR_TRY_STATUS(make(start_, "SELECT seq, bytes, hash FROM start WHERE id = 1"));
    SILLAR_TRY_STATUS(
        make(last_, "SELECT seq, bytes, hash FROM entries ORDER BY seq DESC LIMIT 1"));
    SILLAR_TRY_STATUS(make(at_, "SELECT seq, bytes, hash FROM entries WHERE seq = ?1"));
    SILLAR_TRY_STATUS(make(rows_,
                           "SELECT seq, bytes, hash, epoch, body FROM entries WHERE seq > ?1 "
                           "ORDER BY seq LIMIT ?2"));
    return make(insert_,
                "INSERT INTO entries (seq, epoch, bytes, hash, body) "
                "VALUES (?1, ?2, ?3, ?4, ?5)");
  }

  // What was acknowledged is here. `marked` was read before the database was.
  Status hold_against(const std::optional<Mark>& marked) {
    SILLAR_TRY(start, first());
    SILLAR_TRY(end, last());
    if (!marked || marked->seq < start.seq) return {};
    if (marked->seq > end.seq)
      return invalid(fmt::format(
          "{}: entry {} was acknowledged, and the journal ends with entry {}: what lies between is "
          "lost or damaged ({}-wal may still hold it). Nothing was changed; restore the folder "
          "from a backup",
          path_, marked->seq, end.seq, path_));
    SILLAR_TRY(here, at(marked->seq));
    if (here && *here == *marked) return {};
    return invalid(fmt::format(
        "{}: entry {} is not the one that was acknowledged. Nothing was changed; restore the "
        "folder from a backup",
        path_, marked->seq));
  }

  const std::string& name() const override { return path_; }

  Result<Mark> first() override {
    SILLAR_TRY(start, one(start_));
    if (!start) return missing();
    return *start;
  }

  Result<Mark> last() override {
    SILLAR_TRY(end, one(last_));
    if (end) return *end;
    return first();
  }

  Result<std::optional<Mark>> at(std::uint64_t seq) override {
    SILLAR_TRY(start, first());
    if (start.seq == seq) return std::optional(start);
    at_.bind(1, seq);
    return one(at_);
  }

  Result<std::vector<Row>> rows(std::uint64_t after_seq, Limits limits) override {
    rows_.bind(1, after_seq);
    rows_.bind(2, std::max<std::uint64_t>(limits.rows_max, 1));
    std::vector<Row> rows;
    std::size_t bytes = 0;
    int code = SQLITE_ROW;
    while ((rows.empty() || bytes < limits.bytes_max) && (code = rows_.step()) == SQLITE_ROW) {
      Row row{mark_of(rows_), rows_.number(3), std::string(rows_.bytes(4))};
      bytes += row.body.size();
      rows.push_back(std::move(row));
    }
    if (code != SQLITE_ROW && code != SQLITE_DONE) return faulted(rows_, code);
    rows_.reset();
    return rows;
  }

  Result<std::vector<std::uint64_t>> snapshots() override { return snapshots_in(folder_); }
  Result<KeptSnapshot> snapshot(std::uint64_t seq) override {
    return read_snapshot_file(folder_, seq);
  }

  Result<std::uint64_t> begin_epoch() override {
    SILLAR_TRY_STATUS(database_.run("UPDATE start SET epoch = epoch + 1 WHERE id = 1"));
    SILLAR_TRY(read, database_.prepare("SELECT epoch FROM start WHERE id = 1"));
    if (const int code = read.step(); code != SQLITE_ROW) return database_.fault(code);
    return read.number(0);
  }

  Status insert(std::span<const Row> rows) override {
    SILLAR_TRY_STATUS(transaction([&]() -> Status {
      for (const Row& row : rows) {
        insert_.bind(1, row.mark.seq);
        insert_.bind(2, row.epoch);
        insert_.bind(3, row.mark.bytes);
        insert_.bind(4, bytes_of(row.mark.hash));
        insert_.bind(5, row.body);
        const int code = insert_.step();
        if (code != SQLITE_DONE) return faulted(insert_, code);
        insert_.reset();
      }
      return {};
    }));
    CHECK(head_.has_value(), "a store that writes has a head mark");
    // The rows are durable: what fails from here on ends the store with the next call.
    failed_ = head_->write(rows.back().mark);
    if (failed_) failed_ = database_.checkpoint_when_long();
    return {};
  }

  Status remove_through(std::uint64_t seq) override {
    return transaction([&]() -> Status {
      for (const char* sql : {"UPDATE start SET (seq, bytes, hash) = "
                              "(SELECT seq, bytes, hash FROM entries WHERE seq = ?1) WHERE id = 1",
                              "DELETE FROM entries WHERE seq <= ?1"}) {
        SILLAR_TRY(statement, database_.prepare(sql));
        statement.bind(1, seq);
        if (const int code = statement.step(); code != SQLITE_DONE) return database_.fault(code);
      }
      return {};
    });
  }

  Status put_snapshot(const Mark& mark, std::string_view bytes) override {
    return write_snapshot_file(folder_, mark, bytes);
  }
  Status remove_snapshot(std::uint64_t seq) override { return remove_snapshot_file(folder_, seq); }

 private:
  static std::string_view bytes_of(const Hash& hash) {
    return {reinterpret_cast<const char*>(hash.data()), hash.size()};
  }

  // A hash of another length is no hash: zeros are nobody's.
  static Mark mark_of(const Statement& row) {
    Mark mark{row.number(0), row.number(1), {}};
    const std::string_view hash = row.bytes(2);
    if (hash.size() == mark.hash.size())
      std::transform(hash.begin(), hash.end(), mark.hash.begin(),
                     [](char c) { return static_cast<unsigned char>(c); });
    return mark;
  }

  // The connection has its message until the statement is reset.
  tl::unexpected<Error> faulted(Statement& statement, int code) const {
    auto fault = database_.fault(code);
    statement.reset();
    return fault;
  }

  Result<std::optional<Mark>> one(Statement& statement) {
    const int code = statement.step();
    if (code != SQLITE_ROW && code != SQLITE_DONE) return faulted(statement, code);
    std::optional<Mark> mark;
    if (code == SQLITE_ROW) mark = mark_of(statement);
    statement.reset();
    return mark;
  }

  template <typename Work>
  Status transaction(const Work& work) {
    if (!failed_) return failed_;
    SILLAR_TRY_STATUS(database_.run("BEGIN IMMEDIATE"));
    Status status = work();
    if (status) status = database_.run("COMMIT");
    if (!status) database_.roll_back();
    return status;
  }

  [[nodiscard]] tl::unexpected<Error> missing() const {
    return invalid(
        fmt::format("{}: the journal's first row is missing: restore it from a backup", path_));
  }

  std::string folder_;
  std::string path_;
  File lock_;
  Database database_;
  std::optional<HeadMark> head_;
  Status failed_;  // What failed after rows were durable.
  // Of the database, so they go before it.
  Statement start_;
  Statement last_;
  Statement at_;
  Statement rows_;
  Statement insert_;
};

// A folder that has lost its database is not begun anew.
Status make_database(const std::string& folder, const std::optional<Mark>& marked) {
  const std::string path = folder + "/" + kDatabaseName;
  if (exists(path)) return {};
  SILLAR_TRY(kept, snapshots_in(folder));
  if (marked || !kept.empty())
    return invalid(fmt::format(
        "{}: it is missing, and the folder's other files speak of entries in it. Nothing was "
        "changed; restore the folder from a backup, or name another",
        path));
  return Database::create(folder, kDatabaseName, kSchema);
}

}  // namespace

bool holds_sqlite(const std::string& folder) {
  return exists(folder + "/" + kDatabaseName);
}

Result<std::unique_ptr<Store>> open_sqlite(const std::string& folder, Access access) {
  File lock;
  const bool writes = access == Access::kWrite;
  if (writes) {
    SILLAR_TRY_STATUS(make_folder(folder));
    SILLAR_TRY(locked, lock_folder(folder));
    lock = std::move(locked);
  }
  const std::optional<Mark> marked = read_head_mark(folder);
  if (writes) SILLAR_TRY_STATUS(make_database(folder, marked));
  SILLAR_TRY(database, Database::open(folder + "/" + kDatabaseName, access, kSchema));
  std::optional<HeadMark> head;
  if (writes) {
    SILLAR_TRY(made, HeadMark::open(folder));
    head = std::move(made);
  }
  auto store =
      std::make_unique<SqliteStore>(folder, std::move(lock), std::move(database), std::move(head));
  SILLAR_TRY_STATUS(store->prepare());
  SILLAR_TRY_STATUS(store->hold_against(marked));
  return store;
}

}  // namespace sillar::journal
