#include "schedule/placement_index.h"

#include <algorithm>
#include <bit>

namespace sillar::schedule {
namespace {
constexpr std::int32_t kSlotsMax = 1
                                   << 20;  // Of one node; keeps work without any request countable.
}

std::uint32_t PlacementIndex::better(const Tree& tree, std::uint32_t a, std::uint32_t b) const {
  const std::size_t nodes = tree.score.size();
  if (b >= nodes) return a;
  if (a >= nodes) return b;
  return tree.score[b] > tree.score[a] ? b : a;  // `a` is the lower id: ties stay with it.
}

void PlacementIndex::rescore(const Board& board, const Shape& shape, Room room, Tree& tree,
                             std::uint32_t node) const {
  Placement place;
  const std::int32_t slots = board.slots(shape, NodeId{node}, room, kSlotsMax);
  tree.slots_total += slots - tree.slots[node];
  tree.slots[node] = slots;
  tree.score[node] = slots > 0 ? scorer_->score(board, shape, NodeId{node}, room, place) : -1;
}

void PlacementIndex::climb(Tree& tree, std::uint32_t node) const {
  for (std::size_t at = (leaves_ + node) / 2; at >= 1; at /= 2)
    tree.winner[at] = better(tree, tree.winner[2 * at], tree.winner[2 * at + 1]);
}

void PlacementIndex::rebuild(const Board& board, const Shape& shape, Room room, Tree& tree) {
  const std::size_t nodes = board.node_count();
  leaves_ = std::bit_ceil(std::max<std::size_t>(nodes, 2));
  tree.score.assign(nodes, -1);
  tree.slots.assign(nodes, 0);
  tree.slots_total = 0;
  tree.winner.assign(2 * leaves_, 0);
  for (std::uint32_t n = 0; n < nodes; ++n) {
    if (shape.eligible[n]) rescore(board, shape, room, tree, n);
  }
  for (std::size_t i = 0; i < leaves_; ++i)
    tree.winner[leaves_ + i] = static_cast<std::uint32_t>(i);
  for (std::size_t at = leaves_ - 1; at >= 1; --at)
    tree.winner[at] = better(tree, tree.winner[2 * at], tree.winner[2 * at + 1]);
  tree.position = board.changes_end();
  tree.version = scorer_->version();
}

void PlacementIndex::catch_up(const Board& board, const Shape& shape, Room room, Tree& tree) {
  const std::uint64_t behind = board.changes_end() - tree.position;
  if (tree.version != scorer_->version() || tree.position < board.changes_begin() ||
      behind > board.node_count()) {
    rebuild(board, shape, room, tree);
    return;
  }
  std::uint32_t last = UINT32_MAX;  // A node often stands in the log several times in a row.
  for (; tree.position < board.changes_end(); ++tree.position) {
    const std::uint32_t node = board.change(tree.position).value;
    if (node == last || !shape.eligible[node]) continue;
    last = node;
    rescore(board, shape, room, tree, node);
    climb(tree, node);
  }
}

PlacementIndex::Tree& PlacementIndex::tree_for(const Board& board, ShapeId shape, Room room) {
  const std::size_t at = 2 * shape.index() + (room == Room::kFuture ? 1 : 0);
  if (trees_.size() <= at) trees_.resize(2 * board.shape_count() + 2);
  if (!trees_[at]) {
    trees_[at] = std::make_unique<Tree>();
    rebuild(board, board.shape(shape), room, *trees_[at]);
  } else {
    catch_up(board, board.shape(shape), room, *trees_[at]);
  }
  return *trees_[at];
}

bool PlacementIndex::best(const Board& board, ShapeId shape, Room room, Placement& out) {
  if (board.node_count() == 0) return false;
  const Tree& tree = tree_for(board, shape, room);
  const std::uint32_t node = tree.winner[1];
  if (tree.score[node] < 0) return false;
  return scorer_->score(board, board.shape(shape), NodeId{node}, room, out) >= 0;
}

bool PlacementIndex::best_where(const Board& board, ShapeId shape, Room room,
                                const std::function<bool(NodeId)>& allowed, Placement& out) {
  const Tree& tree = tree_for(board, shape, room);
  std::int32_t best_score = -1;
  NodeId best_node;
  for (std::uint32_t n = 0; n < tree.score.size(); ++n) {
    if (tree.score[n] <= best_score || !allowed(NodeId{n})) continue;
    best_score = tree.score[n];
    best_node = NodeId{n};
  }
  if (!best_node.valid()) return false;
  return scorer_->score(board, board.shape(shape), best_node, room, out) >= 0;
}

std::int64_t PlacementIndex::slots(const Board& board, ShapeId shape, Room room) {
  return tree_for(board, shape, room).slots_total;
}

std::int32_t PlacementIndex::slots_on(const Board& board, ShapeId shape, Room room, NodeId node) {
  return tree_for(board, shape, room).slots[node.index()];
}

std::int32_t PlacementIndex::score_on(const Board& board, ShapeId shape, Room room, NodeId node,
                                      Placement& out) {
  return scorer_->score(board, board.shape(shape), node, room, out);
}

std::int32_t PackScorer::score(const Board& board, const Shape& shape, NodeId id, Room room,
                               Placement& out) const {
  if (!board.fit(shape, id, room, out)) return -1;
  const NodeState& node = board.node(id);
  std::int32_t free = 0;
  for (std::size_t d = 0; d < node.device_count; ++d)
    free += room == Room::kFuture ? node.devices[d].future
                                  : std::min(node.devices[d].now, node.devices[d].future);
  const std::int64_t cpu =
      room == Room::kFuture ? node.cpu_future : std::min(node.cpu_now, node.cpu_future);
  constexpr std::int32_t kFreeMax = static_cast<std::int32_t>(kDevicesMax) * kDevice;
  constexpr std::int32_t kCoresMax = 1 << 14;
  const auto cores = static_cast<std::int32_t>(std::min<std::int64_t>(cpu / 1000, kCoresMax - 1));
  const std::int32_t emptiness = free * kCoresMax + cores;
  return shape.spread ? emptiness : kFreeMax * kCoresMax + kCoresMax - emptiness;
}

}  // namespace sillar::schedule
