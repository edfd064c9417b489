#pragma once

// A journal's folder, copied while another process may write to it: database and archive by
// SQLite's online backup, each as it was at one moment, in an order in which what depends on
// something is never newer than it.

#include <cstdint>
#include <string>

#include "base/result.h"

namespace sillar::journal {

// Of one copy. More than one is needed only where the writer forgot entries in between.
inline constexpr int kBackupAttempts = 4;

// Copies head mark, snapshots, archive and journal, and sees that they belong together. Requires:
// `to` is a folder without a journal. Errors: kNotFound where there is no journal; kIo, kLimit for
// what could not be read or written; kInvalidInput for a journal that is damaged.
[[nodiscard]] Status back_up_journal(const std::string& folder, const std::string& to);

// Every entry against the chain, every row of the archive, and that a start finds all it needs.
// Errors (kInvalidInput): the first that is not what was written.
[[nodiscard]] Status verify_backup(const std::string& folder);

// The next writer's epoch will be higher than any that could have been before by that much: drivers
// that have seen the writers of another copy of this journal refuse those from then on, not this.
[[nodiscard]] Status raise_epoch(const std::string& folder, std::uint64_t by);

}  // namespace sillar::journal
