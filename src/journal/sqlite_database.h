#pragma once

// One connection to a database of this room. Internal to journal.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "journal/store.h"

struct sqlite3;
struct sqlite3_stmt;

namespace sillar::journal {

// A prepared statement. Columns and parameters are counted as SQLite does, from 0 and from 1.
class Statement {
 public:
  explicit Statement(sqlite3_stmt* statement = nullptr);

  void bind(int parameter, std::uint64_t number);
  // Requires: `bytes` outlives the step.
  void bind(int parameter, std::string_view bytes);
  void bind_text(int parameter, std::string_view text);
  // The outcome of one step, an SQLite code.
  int step();
  // For the next use. The outcome was step's to tell.
  void reset();
  [[nodiscard]] std::uint64_t number(int column) const;
  [[nodiscard]] std::string_view bytes(int column) const;

 private:
  std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> statement_;
};

// What a database is: which application's, in which form.
struct Schema {
  const char* what;  // "the journal", for messages.
  int application_id;
  int version;
  const char* sql;  // Makes it.
};

class Database {
 public:
  // Errors: those of Store. Nothing is changed by opening.
  [[nodiscard]] static Result<Database> open(const std::string& path, Access access,
                                             const Schema& schema);
  // A new database with these tables, whole or not at all. Requires: the lock that covers it.
  [[nodiscard]] static Status create(const std::string& folder, const std::string& name,
                                     const Schema& schema);

  [[nodiscard]] Result<Statement> prepare(const char* sql) const;
  [[nodiscard]] Status run(const char* sql) const;
  // Rows that the last statement changed.
  [[nodiscard]] int changes() const;
  // The error of a code that is not the one that was hoped for.
  [[nodiscard]] tl::unexpected<Error> fault(int code) const;
  // Moves what the write-ahead log holds into the database once it is long. SQLite would do so by
  // itself and keep a failed sync to itself: pages that the system then drops would be missed much
  // later. Errors: kIo; a disk too full for it is none, as the log can wait.
  [[nodiscard]] Status checkpoint_when_long();
  // Undoes a transaction that did not come to its end.
  void roll_back() const;

 private:
  Database(std::string path, sqlite3* handle);

  std::string path_;
  std::unique_ptr<int> log_pages_ = std::make_unique<int>(0);  // By SQLite's word, at each commit.
  std::unique_ptr<sqlite3, int (*)(sqlite3*)> handle_;
};

}  // namespace sillar::journal
