#pragma once

// The archive's tables in SQLite. Internal to journal.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "journal/archive.h"
#include "journal/files.h"
#include "journal/sqlite_database.h"

namespace sillar::journal {

inline constexpr const char* kArchiveName = "archive.sqlite";
extern const Schema kArchiveSchema;

// Every key comes before it.
inline constexpr std::string_view kKeysEnd("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 8);

class Archive::Tables {
 public:
  Tables(std::string path, File lock, Database database)
      : path_(std::move(path)), lock_(std::move(lock)), database_(std::move(database)) {}
  [[nodiscard]] Status prepare();

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::uint64_t position() const { return position_; }

  // All or nothing. After an error that is not kLimit or kInvalidInput every later call has it.
  [[nodiscard]] Status write(const std::map<std::string, Pending, std::less<>>& streams,
                             std::uint64_t position);

  // Rows of [from, until), until empty meaning all, in either order.
  [[nodiscard]] Result<std::vector<ArchiveRow>> rows(const Range& range, const Limits& limits);
  [[nodiscard]] Result<std::uint64_t> count(std::string_view stream);
  // Whether that very row is there; another under its key is an error.
  [[nodiscard]] Result<bool> holds(std::string_view stream, std::string_view key);
  [[nodiscard]] Result<std::vector<std::string>> streams();

 private:
  [[nodiscard]] Result<std::optional<std::int64_t>> id_of(std::string_view stream);
  [[nodiscard]] Result<std::int64_t> id_or_new(std::string_view stream);
  [[nodiscard]] Status insert(std::string_view stream, const Pending& rows);
  [[nodiscard]] Status insert_one(std::int64_t id, std::string_view stream, const std::string& key,
                                  const std::string& value, std::uint64_t& added);
  [[nodiscard]] Status set_position(std::uint64_t position);
  [[nodiscard]] tl::unexpected<Error> faulted(Statement& statement, int code) const;
  [[nodiscard]] tl::unexpected<Error> damaged(std::string_view stream, std::string_view key) const;

  std::string path_;
  File lock_;
  Database database_;
  std::uint64_t position_ = 0;
  Status usable_;
  std::map<std::string, std::int64_t, std::less<>> ids_;
  // Of the database, so they go before it.
  Statement find_stream_;
  Statement insert_;
  Statement one_;
  Statement forward_;
  Statement backward_;
};

struct Archive::Range {
  std::string_view stream;
  std::string_view from;   // The first key, of either order's lower end.
  std::string_view until;  // Not within; empty: no end.
  Order order = Order::kForward;
};

}  // namespace sillar::journal
