#pragma once

// Holds the money of a control plane that was killed again and again against an uninterrupted
// count, made from the facts of its journal alone.

#include <cstdint>
#include <string>

#include "base/result.h"

namespace sillar {

struct Books {
  std::uint64_t lines = 0;           // Of the ledger, each of a closed hour.
  std::uint64_t device_seconds = 0;  // That all work held together.
  std::uint64_t standings = 0;       // Of hard budgets, each looked at after an entry.
  std::int64_t spent_permille = 0;   // Of the fullest hard budget's limit, ever.
};

// Requires: the journal has its first entry; the server is not running; every node has one price.
// Errors, naming what differs:
//   the archive's lines are not those that the facts give, once each
//   the lines of a node's full hour do not add up to its price
//   the meter's device time is not the sum of the times between start and end
//   what was billed is not price times time
//   a hard budget was ever spent, or reserved, beyond its limit
[[nodiscard]] Result<Books> check_books(const std::string& journal_folder);

}  // namespace sillar
