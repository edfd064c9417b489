#pragma once

// What consolidation could move at all: running work of which one more would fit somewhere. Summed
// per node that is looked at, so that those on which no move opens anything are passed over without
// a search.

#include <array>
#include <cstdint>
#include <vector>

#include "schedule/board.h"
#include "schedule/placement_index.h"

namespace sillar::schedule {

// What work of a node holds there.
struct Held {
  std::int64_t cpu = 0;
  std::int64_t memory_bytes = 0;
  std::array<std::int16_t, kDevicesMax> thousandths{};  // Of each device.
};

[[nodiscard]] inline Held plus(const Held& a, const Held& b) {
  Held sum{a.cpu + b.cpu, a.memory_bytes + b.memory_bytes, {}};
  for (std::size_t d = 0; d < kDevicesMax; ++d)
    sum.thousandths[d] = static_cast<std::int16_t>(a.thousandths[d] + b.thousandths[d]);
  return sum;
}

[[nodiscard]] Held held_by(const Board& board, const Task& task);

// Whether one more task of the shape could fit on the node if so much were freed there. Never false
// where it could.
[[nodiscard]] bool could_open(const Board& board, const Shape& shape, NodeId node,
                              const Held& freed);

// Thousandths of devices that must be freed on the node before one task of the shape fits.
[[nodiscard]] std::int32_t missing_thousandths(const Board& board, const Shape& shape, NodeId node);

class Movables {
 public:
  Movables(const Board& board, PlacementIndex& index) : board_(board), index_(index) {}

  // What fits where is taken as the board stands now, until the next call; the sums of nodes that
  // are asked for later are of that time too, provided that they have not moved meanwhile. Work
  // that would only fit where other work is evicted for the same job counts as not movable.
  void survey();
  [[nodiscard]] bool movable(ShapeId shape);
  // A node's movable work.
  [[nodiscard]] const Held& on(NodeId node);

 private:
  enum class Fits : std::uint8_t { kUnknown, kNo, kYes };
  struct Sum {
    std::uint64_t seen = UINT64_MAX;
    Held held;
  };

  const Board& board_;
  PlacementIndex& index_;
  std::uint64_t seen_ = UINT64_MAX;  // Board::changes() at the survey.
  std::vector<Fits> fits_;           // Per shape.
  std::vector<Sum> on_;              // Per node.
};

}  // namespace sillar::schedule
