#pragma once

// A data folder kept elsewhere, and a control plane made of such a copy.
//
// A copy is of the past: what it says runs may have ended, and may as well still run, on this
// machine or another. So nothing starts by itself in what was restored. restore() does, as entries
// of the journal like any other:
//   1. every workload that is not over is held, as by its owner, until somebody releases it;
//   2. what ran is taken back to wait: each node is drained, its tasks have stopped, and it is
//   given
//      back. A later start is a new attempt with a token of its own, so no driver takes it for the
//      old one;
//   3. the audit log says that it was restored;
//   4. the epoch leaps, so that drivers which have seen the new one refuse the old control plane.

#include <cstdint>
#include <functional>
#include <string>

#include "base/result.h"
#include "base/time.h"

namespace sillar::server {

// Restored ones are this much ahead: no control plane starts so often.
inline constexpr std::uint64_t kRestoreEpochLeap = 1'000'000;

struct BackupReport {
  std::uint64_t entries = 0;  // Of the journal, up to which the copy reaches.
  std::uint64_t leaves = 0;   // Of the audit log, all verified.
  std::uint64_t held = 0;     // restore: workloads that now wait to be released.
  std::uint64_t stopped = 0;  // restore: tasks that were taken back.
};

// Copies the journal, the archive and the secrets of `data`, whose service may run, to `to`, and
// verifies every entry, row and leaf of the copy. Logs and folders of tasks are not in it. Errors:
// kConflict where `to` is there and not empty; those of back_up_journal; kInvalidInput for a copy
// that does not verify. After an error `to` is as it was.
[[nodiscard]] Result<BackupReport> back_up(const std::string& data, const std::string& to);

// Makes a data folder of a copy, verified first. Errors: kConflict where `data` is there and not
// empty; kInvalidInput for a copy that is none or is damaged; kIo. After an error `data` is as it
// was.
[[nodiscard]] Result<BackupReport> restore_backup(const std::string& from, const std::string& data,
                                                  const std::function<Time()>& clock);

}  // namespace sillar::server
