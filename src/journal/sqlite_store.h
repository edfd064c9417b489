#pragma once

// A journal's rows in SQLite, in a folder of its own:
//
//   journal.sqlite    the rows; write-ahead log beside it, synced at every commit
//   head              how far it was acknowledged (head_mark.h)
//   snapshot-N.bin    the state after entry N, checked by a SHA-256 of its own
//   lock              held by the one process that writes; says which

#include <memory>
#include <string>

#include "base/result.h"
#include "journal/store.h"

namespace sillar::journal {

inline constexpr int kSqliteSchemaVersion = 1;

// For writing, the folder and the database are made where there are none. What is there and is no
// journal, or of a newer version, or ends before its head mark, is refused and left as it is.
// Errors: those of Store; kNotFound for reading where there is nothing.
[[nodiscard]] Result<std::unique_ptr<Store>> open_sqlite(const std::string& folder, Access access);

// Whether open_sqlite would find a database there, journal or not.
[[nodiscard]] bool holds_sqlite(const std::string& folder);

}  // namespace sillar::journal
