#pragma once

// Why a task fits nowhere, in the words and numbers that its owner can act on.

#include <cstdint>

#include "model/reason.h"
#include "schedule/board.h"

namespace sillar::schedule {

// No node of the fleet could ever hold it: refused by residency, or by size, class and labels.
// Requires: no node is eligible.
[[nodiscard]] Reason never_fits_reason(const Shape& shape);

// Nothing fits now: what one task needs of whatever is short (devices, then cores, then memory) and
// the most of it that one node has free; or, where devices would do were they in service, how many
// are not. Never-fits and residency where no node is eligible.
[[nodiscard]] Reason no_room_reason(const Board& board, const Shape& shape);

// The same for a gang of `count` tasks of which `fit` fit now.
[[nodiscard]] Reason gang_too_large_reason(const Board& board, const Shape& shape, std::int64_t fit,
                                           std::int64_t count);

// How many tasks the free devices would hold, were cores, memory and task places no matter. Work
// without devices: as many as one likes.
[[nodiscard]] std::int64_t slots_by_devices(const Board& board, const Shape& shape);

}  // namespace sillar::schedule
