#include "journal/archive_tables.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>

#include "base/check.h"
#include "base/hash.h"

namespace sillar::journal {
namespace {

// A stream's rows lie together, by key. `sum` is of the stream's name, the key and the value:
// SQLite does not notice a byte that has changed within a row.
constexpr const char* kArchiveTables =
    "CREATE TABLE streams (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,"
    " rows INTEGER NOT NULL) STRICT;"
    "CREATE TABLE rows (stream INTEGER NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL,"
    " sum BLOB NOT NULL, PRIMARY KEY (stream, key)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE state (id INTEGER PRIMARY KEY CHECK (id = 1), position INTEGER NOT NULL) STRICT;"
    "INSERT INTO state VALUES (1, 0);";

std::string sum_of(std::string_view stream, std::string_view key, std::string_view value) {
  const Hash128 name = hash_bytes(stream);
  const Hash128 place = hash_bytes(key);
  const Hash128 body = hash_bytes(value);
  std::string all;
  for (const Hash128& part : {name, place, body}) {
    for (std::uint64_t word : {part.high, part.low})
      for (int i = 0; i < 8; ++i, word >>= 8) all += static_cast<char>(word & 0xFF);
  }
  const std::uint64_t sum = hash_bytes(all).low;
  std::string out;
  for (int i = 0; i < 8; ++i) out += static_cast<char>(sum >> (8 * i) & 0xFF);
  return out;
}

std::string shown(std::string_view key) {
  constexpr std::size_t kShownBytes = 32;
  std::string out;
  for (const char c : key.substr(0, kShownBytes))
    out += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return out;
}

}  // namespace

const Schema kArchiveSchema{"the archive", 0x736C6172 /* "slar" */, kArchiveVersion,
                            kArchiveTables};

Status Archive::Tables::prepare() {
  const auto make = [this](Statement& statement, const char* sql) -> Status {
    SILLAR_TRY(made, database_.prepare(sql));
    statement = std::move(made);
    return {};
  };
  SILLAR_TRY_STATUS(make(find_stream_, "SELECT id, rows FROM streams WHERE name = ?1"));
  SILLAR_TRY_STATUS(make(insert_,
                         "INSERT INTO rows (stream, key, value, sum) VALUES (?1, ?2, ?3, ?4) "
                         "ON CONFLICT DO NOTHING"));
  SILLAR_TRY_STATUS(make(one_, "SELECT value, sum FROM rows WHERE stream = ?1 AND key = ?2"));
  SILLAR_TRY_STATUS(make(forward_,
                         "SELECT key, value, sum FROM rows WHERE stream = ?1 AND key >= ?2 "
                         "AND key < ?3 ORDER BY key LIMIT ?4"));
  SILLAR_TRY_STATUS(make(backward_,
                         "SELECT key, value, sum FROM rows WHERE stream = ?1 AND key >= ?2 "
                         "AND key < ?3 ORDER BY key DESC LIMIT ?4"));
  SILLAR_TRY(state, database_.prepare("SELECT position FROM state WHERE id = 1"));
  if (const int code = state.step(); code != SQLITE_ROW) return database_.fault(code);
  position_ = state.number(0);
  return {};
}

Status Archive::Tables::write(const std::map<std::string, Pending, std::less<>>& streams,
                              std::uint64_t position) {
  SILLAR_TRY_STATUS(usable_);
  const auto all = [&]() -> Status {
    SILLAR_TRY_STATUS(database_.run("BEGIN IMMEDIATE"));
    for (const auto& [stream, rows] : streams) SILLAR_TRY_STATUS(insert(stream, rows));
    SILLAR_TRY_STATUS(set_position(position));
    return database_.run("COMMIT");
  };
  Status written = all();
  if (!written) {
    database_.roll_back();
    ids_.clear();  // One of them may have been made in that transaction.
    const ErrorCode code = written.error().code;
    if (code != ErrorCode::kLimit && code != ErrorCode::kInvalidInput) usable_ = written;
    return written;
  }
  position_ = position;
  // The rows are durable: what fails from here on ends this with the next call.
  usable_ = database_.checkpoint_when_long();
  return {};
}

Status Archive::Tables::insert(std::string_view stream, const Pending& rows) {
  if (rows.empty()) return {};
  SILLAR_TRY(id, id_or_new(stream));
  std::uint64_t added = 0;
  for (const auto& [key, value] : rows)
    SILLAR_TRY_STATUS(insert_one(id, stream, key, value, added));
  SILLAR_TRY(count, database_.prepare("UPDATE streams SET rows = rows + ?1 WHERE id = ?2"));
  count.bind(1, added);
  count.bind(2, static_cast<std::uint64_t>(id));
  if (const int code = count.step(); code != SQLITE_DONE) return faulted(count, code);
  return {};
}

Status Archive::Tables::insert_one(std::int64_t id, std::string_view stream, const std::string& key,
                                   const std::string& value, std::uint64_t& added) {
  const std::string sum = sum_of(stream, key, value);
  insert_.bind(1, static_cast<std::uint64_t>(id));
  insert_.bind(2, key);
  insert_.bind(3, value);
  insert_.bind(4, sum);
  if (const int code = insert_.step(); code != SQLITE_DONE) return faulted(insert_, code);
  insert_.reset();
  if (database_.changes() > 0) {
    ++added;
    return {};
  }
  one_.bind(1, static_cast<std::uint64_t>(id));
  one_.bind(2, key);
  if (const int code = one_.step(); code != SQLITE_ROW) return faulted(one_, code);
  const bool same = one_.bytes(0) == value && one_.bytes(1) == sum;
  one_.reset();
  if (same) return {};
  return invalid(fmt::format(
      "{}: the row {} of {} is there with another content than the journal gives it. Nothing was "
      "written; restore the archive from a backup",
      path_, shown(key), stream));
}

Status Archive::Tables::set_position(std::uint64_t position) {
  SILLAR_TRY(state, database_.prepare("UPDATE state SET position = ?1 WHERE id = 1"));
  state.bind(1, position);
  if (const int code = state.step(); code != SQLITE_DONE) return faulted(state, code);
  return {};
}

Result<std::optional<std::int64_t>> Archive::Tables::id_of(std::string_view stream) {
  if (const auto known = ids_.find(stream); known != ids_.end())
    return std::optional(known->second);
  find_stream_.bind_text(1, stream);
  const int code = find_stream_.step();
  if (code != SQLITE_ROW && code != SQLITE_DONE) return faulted(find_stream_, code);
  std::optional<std::int64_t> id;
  if (code == SQLITE_ROW) id = static_cast<std::int64_t>(find_stream_.number(0));
  find_stream_.reset();
  if (id) ids_.emplace(stream, *id);
  return id;
}

Result<std::int64_t> Archive::Tables::id_or_new(std::string_view stream) {
  SILLAR_TRY(known, id_of(stream));
  if (known) return *known;
  SILLAR_TRY(made, database_.prepare("INSERT INTO streams (name, rows) VALUES (?1, 0)"));
  made.bind_text(1, stream);
  if (const int code = made.step(); code != SQLITE_DONE) return faulted(made, code);
  SILLAR_TRY(id, id_of(stream));
  CHECK(id.has_value(), "what was inserted is found");
  return *id;
}

Result<std::vector<ArchiveRow>> Archive::Tables::rows(const Range& range, const Limits& limits) {
  SILLAR_TRY(id, id_of(range.stream));
  std::vector<ArchiveRow> rows;
  if (!id) return rows;
  Statement& read = range.order == Order::kForward ? forward_ : backward_;
  read.bind(1, static_cast<std::uint64_t>(*id));
  read.bind(2, range.from);
  read.bind(3, range.until.empty() ? kKeysEnd : range.until);
  read.bind(4, std::max<std::uint64_t>(limits.rows_max, 1));
  std::size_t bytes = 0;
  int code = SQLITE_ROW;
  while ((rows.empty() || bytes < limits.bytes_max) && (code = read.step()) == SQLITE_ROW) {
    ArchiveRow row{std::string(read.bytes(0)), std::string(read.bytes(1))};
    if (read.bytes(2) != sum_of(range.stream, row.key, row.value)) {
      read.reset();
      return damaged(range.stream, row.key);
    }
    bytes += row.key.size() + row.value.size();
    rows.push_back(std::move(row));
  }
  if (code != SQLITE_ROW && code != SQLITE_DONE) return faulted(read, code);
  read.reset();
  return rows;
}

Result<std::uint64_t> Archive::Tables::count(std::string_view stream) {
  find_stream_.bind_text(1, stream);
  const int code = find_stream_.step();
  if (code != SQLITE_ROW && code != SQLITE_DONE) return faulted(find_stream_, code);
  const std::uint64_t rows = code == SQLITE_ROW ? find_stream_.number(1) : 0;
  find_stream_.reset();
  return rows;
}

Result<bool> Archive::Tables::holds(std::string_view stream, std::string_view key) {
  SILLAR_TRY(id, id_of(stream));
  if (!id) return false;
  one_.bind(1, static_cast<std::uint64_t>(*id));
  one_.bind(2, key);
  const int code = one_.step();
  if (code != SQLITE_ROW && code != SQLITE_DONE) return faulted(one_, code);
  one_.reset();
  return code == SQLITE_ROW;
}

Result<std::vector<std::string>> Archive::Tables::streams() {
  SILLAR_TRY(read, database_.prepare("SELECT name FROM streams ORDER BY id"));
  std::vector<std::string> names;
  int code = SQLITE_ROW;
  while ((code = read.step()) == SQLITE_ROW) names.emplace_back(read.bytes(0));
  if (code != SQLITE_DONE) return faulted(read, code);
  return names;
}

// The connection has its message until the statement is reset.
tl::unexpected<Error> Archive::Tables::faulted(Statement& statement, int code) const {
  auto fault = database_.fault(code);
  statement.reset();
  return fault;
}

tl::unexpected<Error> Archive::Tables::damaged(std::string_view stream,
                                               std::string_view key) const {
  return invalid(fmt::format(
      "{}: the row {} of {} is not what was written. The archive is damaged there; restore it from "
      "a backup",
      path_, shown(key), stream));
}

}  // namespace sillar::journal
