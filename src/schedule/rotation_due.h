#pragma once

// When rotation happens. At most once in each tick, and only when it could change something.

#include <optional>

#include "schedule/rotate.h"

namespace sillar::schedule {

[[nodiscard]] inline bool rotates(const CycleOptions& options) {
  return (options.order == QueueOrder::kLas || options.order == QueueOrder::kRank) &&
         options.rotation.tick.ns > 0;
}

// The first tick after `now`: multiples of `tick` since the epoch. Requires: tick > 0.
[[nodiscard]] constexpr Time next_tick(Time now, Duration tick) {
  return Time{(now.ns / tick.ns + 1) * tick.ns};
}

// Completes the plan of a cycle with the state of rotation after it, and with whether ranks are
// due. The next rotation is due at the next tick once something arrived or ended, or while
// something stops that another cycle evicted; otherwise at the first tick by which run time alone
// has changed the order; never while nothing waits. One that is overdue stays due until a cycle
// rotates. Requires: rotates(options), `plan` with all its decisions, made on the board as it
// stands. `rotated` is empty when no rotation was part of the cycle.
void plan_rotation(const Board& board, const CycleInput& input, Ranker& ranker,
                   std::optional<RotationOutcome> rotated, Plan& plan);

}  // namespace sillar::schedule
