#pragma once

// The best node for a shape without looking at all of them. Per shape and view of room, a row holds
// each node's score and slot count, and the highest score of each block of nodes. Nothing is
// recomputed when a node changes: a row that is asked catches up with the nodes that the board says
// have changed since, so a placement costs a few re-scored nodes and a pass over the blocks, not a
// scan. Equal to a scan by construction, and tested to be.

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <span>
#include <vector>

#include "base/ids.h"
#include "schedule/board.h"

namespace sillar::schedule {

// The score of a node that the shape does not fit on. Every other score is higher.
inline constexpr std::int32_t kNoFit = std::numeric_limits<std::int32_t>::min();

// What a scorer reads of a node whatever the shape, so that an index computes it once per change of
// the node and not once per shape.
struct NodeDigest {
  std::int64_t cpu = 0;    // Free.
  std::int64_t loss = 0;   // The scorer's own judgement of the node as it stands.
  std::int32_t free = 0;   // Thousandths free on devices that take work.
  std::int32_t rests = 0;  // Of it, what the scorer holds to be lost on started devices.
  std::int32_t idle = 0;   // Devices that are wholly free.
};

// Judges a node for a shape. Pure: the score depends on the node's own state and on the scorer's
// version alone.
class Scorer {
 public:
  Scorer() = default;
  Scorer(const Scorer&) = delete;
  Scorer& operator=(const Scorer&) = delete;
  virtual ~Scorer() = default;

  [[nodiscard]] virtual NodeDigest digest(const Board& board, NodeId node, Room room) const;
  // Higher is better; may be negative, never kNoFit. Requires: the shape fits on the node, and
  // `digest` is the node's.
  [[nodiscard]] virtual std::int32_t score(const Board& board, const Shape& shape, NodeId node,
                                           Room room, const NodeDigest& digest) const = 0;
  // Where the devices of the scored placement are; false when the shape does not fit.
  [[nodiscard]] virtual bool place(const Board& board, const Shape& shape, NodeId node, Room room,
                                   Placement& out) const;
  // Changes when scores change for a reason other than the node's state; indexes then start afresh.
  [[nodiscard]] virtual std::uint64_t version() const { return 0; }
  // Learns from what the board has seen so far; the version changes when scores do. What is learnt
  // follows from the board alone, whenever and however often this is called.
  virtual void observe(const Board&) {}
};

// Belongs to one board. Not thread safe.
class PlacementIndex {
 public:
  // Most remembered (row, node) pairs: 8 bytes each. Beyond it the row that nobody asked for
  // longest is dropped and built again when it is asked.
  static constexpr std::size_t kCellsMax = std::size_t{1} << 24;

  explicit PlacementIndex(const Scorer& scorer, std::size_t cells_max = kCellsMax)
      : scorer_(&scorer), cells_max_(cells_max) {}

  // Best node, ties to the lowest id; false when it fits nowhere.
  [[nodiscard]] bool best(const Board& board, ShapeId shape, Room room, Placement& out);
  // The same over the nodes that satisfy `allowed`: a scan over remembered scores.
  [[nodiscard]] bool best_where(const Board& board, ShapeId shape, Room room,
                                const std::function<bool(NodeId)>& allowed, Placement& out);
  // How many tasks of the shape the whole fleet holds now, and one node. Tasks of one shape do not
  // compete but for their node, so a gang without further conditions fits if and only if the sum
  // reaches its size.
  [[nodiscard]] std::int64_t slots(const Board& board, ShapeId shape, Room room);
  // The same over the nodes of one class.
  [[nodiscard]] std::int64_t slots(const Board& board, ShapeId shape, Room room, ClassId c);
  [[nodiscard]] std::int32_t slots_on(const Board& board, ShapeId shape, Room room, NodeId node);
  // One node's score and devices; kNoFit when it does not fit there.
  [[nodiscard]] std::int32_t score_on(const Board& board, ShapeId shape, Room room, NodeId node,
                                      Placement& out);
  // Every node's score. Valid until the next call.
  [[nodiscard]] std::span<const std::int32_t> scores(const Board& board, ShapeId shape, Room room);

  [[nodiscard]] std::size_t rows() const { return row_count_; }

 private:
  static constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();

  struct Row {
    std::uint64_t seen = kNever;     // The board's count of changes that it knows of; kNever: none.
    std::uint64_t version = kNever;  // Of the scorer that gave the scores.
    std::uint64_t asked = 0;
    std::int64_t slots_total = 0;
    std::vector<std::int64_t> slots_of_class;
    std::vector<std::int32_t> score;  // Per node; kNoFit: does not fit.
    std::vector<std::int32_t> slots;  // Per node.
    std::vector<std::int32_t> top;    // Per block: its highest score.
  };
  struct Remembered {
    std::uint64_t at = kNever;  // The change of the node that it was made after.
    NodeDigest digest;
  };

  Row& row_for(const Board& board, ShapeId shape, Room room);
  void make_room(const Board& board);
  // Slots and scores of all nodes; scores alone, by a new version of the scorer; and both, of the
  // nodes that have changed.
  void build(const Board& board, const Shape& shape, Room room, Row& row);
  void rescore_all(const Board& board, const Shape& shape, Room room, Row& row);
  void catch_up(const Board& board, const Shape& shape, Room room, Row& row);
  static void recount(const Board& board, const Shape& shape, Room room, Row& row, NodeId node);
  void rescore(const Board& board, const Shape& shape, Room room, Row& row, NodeId node);
  static void refresh_top(Row& row, std::size_t block);
  [[nodiscard]] const NodeDigest& digest(const Board& board, NodeId node, Room room);

  const Scorer* scorer_;
  std::size_t cells_max_;
  std::uint64_t version_ = kNever;
  std::uint64_t asks_ = 0;
  std::size_t row_count_ = 0;
  std::vector<std::unique_ptr<Row>> rows_;  // 2 x shape id + view.
  std::vector<Remembered> digests_[2];      // Per view, per node.
};

// Bin-pack: the node that is left with the least free accelerator capacity, then the least free
// CPU. Work without accelerators goes where accelerators are busiest. A shape that asks to be
// spread gets the reverse, and so do all shapes where the whole fleet is to be spread over.
class PackScorer final : public Scorer {
 public:
  enum class Order : std::uint8_t { kPack, kSpread };

  explicit PackScorer(Order order = Order::kPack) : order_(order) {}

  [[nodiscard]] std::int32_t score(const Board& board, const Shape& shape, NodeId node, Room room,
                                   const NodeDigest& digest) const override;

 private:
  Order order_;
};

// How empty a node is: free devices first, then free cores. Never negative.
[[nodiscard]] std::int32_t emptiness(const NodeDigest& digest);

}  // namespace sillar::schedule
