#pragma once

// Finds every change to an audit log: leaves that were edited, taken away, put in, put elsewhere,
// or cut off. Recomputes all of it from the files of a data folder, and holds it against
//
//   the hash that was kept with each leaf                 names the leaf that is another now
//   each signed checkpoint of the archive                 names the first that no longer holds
//   the journal's own count, root and last leaves         names what was cut off or not yet
//   archived a checkpoint that somebody kept elsewhere             which no one who has the folder
//   can change
//
// Whoever can write to the folder has its key, too: only the last is proof against them.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "server/merkle.h"

namespace sillar::server {

struct AuditVerdict {
  bool intact = false;
  std::string fault;                  // What was found first; empty: nothing.
  std::optional<std::uint64_t> leaf;  // The one that is named in it.
  TreeHead head;                      // Of the leaves that are there.
  std::uint64_t checkpoints = 0;      // That held.
  std::uint64_t in_journal = 0;       // Leaves that are durable and not archived yet.
  bool journal = false;               // There was one to hold it against.
};

struct AuditQuestion {
  std::string folder;
  std::string checkpoint;  // The text of one that was kept elsewhere; empty: none.
  std::function<void(std::uint64_t leaves)> progress;  // May be empty.
};

// Errors: what keeps it from looking: no such folder or archive, a checkpoint that is none, a
// journal that cannot be read. What is wrong with the log is the verdict's to say.
[[nodiscard]] Result<AuditVerdict> verify_audit(const AuditQuestion& question);

}  // namespace sillar::server
