#pragma once

// A state out of a journal: by applying what was decided, or by deciding it again.

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/recording.h"
#include "journal/front.h"
#include "journal/journal.h"

namespace sillar::journal {

struct Restart {
  State state;
  Mark snapshot;              // That it started from; 0 entries: from the beginning.
  std::uint64_t applied = 0;  // Entries after it.
  // Why each newer snapshot could not be used, as messages; such a restart took longer, and whoever
  // starts says so.
  std::vector<std::string> unusable;
};

// Told the share of the entries that is done, in thousandths.
using Progress = std::function<void(int)>;

// The newest snapshot that can be used, and the facts of all entries after it, each held against
// the chain: what lies before is for Journal::verify, in the background. Errors: those of
// Journal::read; kInvalidInput where no snapshot can be used and the first entries are forgotten,
// or an entry holds what was never decided. `front`, unless null, is told its own part; otherwise
// that is passed over.
[[nodiscard]] Result<Restart> restart(Journal& journal, const Progress& progress = {},
                                      Front* front = nullptr);

enum class ReplayFrom : std::uint8_t {
  kOldest,  // The first entry, or the oldest snapshot where the first entries are forgotten.
  kLast,    // The last snapshot that entries follow.
};

// Decides every input again and compares with what is kept, byte for byte, snapshots too.
// `Replay::inputs` counts those that were replayed; differences have the entry's number for `input`
// and no line. What a front keeps is passed over. Errors: those of restart.
[[nodiscard]] Result<Replay> replay(Journal& journal, ReplayFrom from,
                                    const Progress& progress = {});

}  // namespace sillar::journal
