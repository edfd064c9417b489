#pragma once

// What pieces of a device are worth, given what is asked for.

#include <array>
#include <cstdint>
#include <span>

#include "schedule/demand.h"

namespace sillar::schedule {

inline constexpr int kCells = 100;  // A device in the pattern programme.

// values[r]: what r hundredths of a device are worth, in thousandths of a device, when demand is
// cut from devices by the best mixture of patterns. values[100] is 1000; never decreasing.
using PieceValues = std::array<std::int32_t, kCells + 1>;

// The values are prices: the dual of the cutting-stock programme "fewest devices that hold the
// demand" (Gilmore and Gomory 1961), found by column generation. A size that leaves a rest which
// nobody wants (0.81) is worth a whole device, sizes that share one split its price, and 0.16 is
// worth nothing while every 0.81 leaves a rest for it. CPU-only tasks are left aside.
//
// Computed in binary floating point, without contraction, and rounded half up once at the end:
// equal inputs give equal values on every machine with IEEE 754 arithmetic.
[[nodiscard]] PieceValues piece_values(std::span<const DemandTask> tasks);

}  // namespace sillar::schedule
