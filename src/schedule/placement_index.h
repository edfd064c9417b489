#pragma once

// The best node for a shape without looking at all of them. Per shape and view of room, a
// tournament tree over the nodes holds each node's score and slot count; it catches up from the
// board's change log when it is asked, so a placement costs a few re-scored nodes and a walk to the
// root, not a scan. Equal to a scan by construction, and tested to be.

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "base/ids.h"
#include "schedule/board.h"

namespace sillar::schedule {

// Judges a node for a shape. Pure: the score depends on the node's own state and on the scorer's
// version alone.
class Scorer {
 public:
  Scorer() = default;
  Scorer(const Scorer&) = delete;
  Scorer& operator=(const Scorer&) = delete;
  virtual ~Scorer() = default;
  // Higher is better, never negative; -1: the shape does not fit there now. `out` is where its
  // devices would be.
  [[nodiscard]] virtual std::int32_t score(const Board& board, const Shape& shape, NodeId node,
                                           Room room, Placement& out) const = 0;
  // Changes when scores change for a reason other than the node's state; indexes then start afresh.
  [[nodiscard]] virtual std::uint64_t version() const { return 0; }
};

class PlacementIndex {
 public:
  explicit PlacementIndex(const Scorer& scorer) : scorer_(&scorer) {}

  // Best node, ties to the lowest id; false when it fits nowhere.
  [[nodiscard]] bool best(const Board& board, ShapeId shape, Room room, Placement& out);
  // The same over the nodes that satisfy `allowed`: a scan over remembered scores.
  [[nodiscard]] bool best_where(const Board& board, ShapeId shape, Room room,
                                const std::function<bool(NodeId)>& allowed, Placement& out);
  // How many tasks of the shape the whole fleet holds now, and one node. Tasks of one shape do not
  // compete but for their node, so a gang without further conditions fits if and only if the sum
  // reaches its size.
  [[nodiscard]] std::int64_t slots(const Board& board, ShapeId shape, Room room);
  [[nodiscard]] std::int32_t slots_on(const Board& board, ShapeId shape, Room room, NodeId node);
  [[nodiscard]] std::int32_t score_on(const Board& board, ShapeId shape, Room room, NodeId node,
                                      Placement& out);

 private:
  struct Tree {
    std::uint64_t position = 0;  // In the board's change log.
    std::uint64_t version = UINT64_MAX;
    std::int64_t slots_total = 0;
    std::vector<std::int32_t> score;    // Per node; -1: does not fit.
    std::vector<std::int32_t> slots;    // Per node.
    std::vector<std::uint32_t> winner;  // Heap layout; leaf i at leaves_ + i holds i.
  };

  Tree& tree_for(const Board& board, ShapeId shape, Room room);
  void rebuild(const Board& board, const Shape& shape, Room room, Tree& tree);
  void catch_up(const Board& board, const Shape& shape, Room room, Tree& tree);
  void rescore(const Board& board, const Shape& shape, Room room, Tree& tree,
               std::uint32_t node) const;
  void climb(Tree& tree, std::uint32_t node) const;
  [[nodiscard]] std::uint32_t better(const Tree& tree, std::uint32_t a, std::uint32_t b) const;

  const Scorer* scorer_;
  std::size_t leaves_ = 0;                    // Power of two, at least the number of nodes.
  std::vector<std::unique_ptr<Tree>> trees_;  // 2 x shape id + view.
};

// Bin-pack: the node that is left with the least free accelerator capacity, then the least free
// CPU. Work without accelerators goes where accelerators are busiest. A shape that asks to be
// spread gets the reverse.
class PackScorer final : public Scorer {
 public:
  [[nodiscard]] std::int32_t score(const Board& board, const Shape& shape, NodeId node, Room room,
                                   Placement& out) const override;
};

}  // namespace sillar::schedule
