#include "schedule/placement_index.h"

#include <algorithm>

#include "base/check.h"
#include "schedule/room.h"

namespace sillar::schedule {
namespace {

constexpr std::size_t kBlock = 64;  // Nodes that share one remembered maximum.
// Of one node; keeps work without any request countable.
constexpr std::int32_t kSlotsMax = 1 << 20;
constexpr std::int32_t kCoresMax = 1 << 14;  // What `emptiness` tells apart.

std::size_t view_of(Room room) {
  return room == Room::kFuture ? 1 : 0;
}

}  // namespace

NodeDigest Scorer::digest(const Board& board, NodeId id, Room room) const {
  const NodeState& node = board.node(id);
  NodeDigest digest;
  digest.cpu = host_room(node, room).cpu;
  for (std::size_t d = 0; d < node.device_count; ++d) {
    const DeviceState& device = node.devices[d];
    if (device.health != Health::kHealthy && device.health != Health::kProbation) continue;
    const std::int32_t free = free_thousandths(device, room);
    digest.free += free;
    digest.idle += free == kDevice ? 1 : 0;
  }
  return digest;
}

bool Scorer::place(const Board& board, const Shape& shape, NodeId node, Room room,
                   Placement& out) const {
  return board.fit(shape, node, room, out);
}

const NodeDigest& PlacementIndex::digest(const Board& board, NodeId node, Room room) {
  Remembered& remembered = digests_[view_of(room)][node.index()];
  if (remembered.at != board.changed_at(node)) {
    remembered.at = board.changed_at(node);
    remembered.digest = scorer_->digest(board, node, room);
  }
  return remembered.digest;
}

void PlacementIndex::recount(const Board& board, const Shape& shape, Room room, Row& row,
                             NodeId node) {
  const std::int32_t slots = board.slots(shape, node, room, kSlotsMax);
  row.slots_total += slots - row.slots[node.index()];
  if (const ClassId c = board.node(node).accelerator_class; c.valid())
    row.slots_of_class[c.index()] += slots - row.slots[node.index()];
  row.slots[node.index()] = slots;
}

void PlacementIndex::rescore(const Board& board, const Shape& shape, Room room, Row& row,
                             NodeId node) {
  std::int32_t& score = row.score[node.index()];
  score = kNoFit;
  if (row.slots[node.index()] == 0) return;
  score = scorer_->score(board, shape, node, room, digest(board, node, room));
  DCHECK(score != kNoFit, "a shape that fits has a score");
}

void PlacementIndex::refresh_top(Row& row, std::size_t block) {
  const auto from = row.score.begin() + static_cast<std::ptrdiff_t>(block * kBlock);
  const auto size =
      static_cast<std::ptrdiff_t>(std::min(kBlock, row.score.size() - block * kBlock));
  std::int32_t top = kNoFit;
  for (auto at = from; at != from + size; ++at) top = std::max(top, *at);
  row.top[block] = top;
}

void PlacementIndex::build(const Board& board, const Shape& shape, Room room, Row& row) {
  const std::size_t nodes = board.node_count();
  row.score.assign(nodes, kNoFit);
  row.slots.assign(nodes, 0);
  row.top.assign((nodes + kBlock - 1) / kBlock, kNoFit);
  row.slots_total = 0;
  row.slots_of_class.assign(board.fleet().classes.size(), 0);
  for (std::size_t n = 0; n < nodes; ++n) {
    if (shape.eligible[n]) recount(board, shape, room, row, NodeId{n});
  }
  row.seen = board.changes();
  rescore_all(board, shape, room, row);
}

void PlacementIndex::rescore_all(const Board& board, const Shape& shape, Room room, Row& row) {
  for (std::size_t n = 0; n < row.score.size(); ++n) rescore(board, shape, room, row, NodeId{n});
  for (std::size_t block = 0; block < row.top.size(); ++block) refresh_top(row, block);
  row.version = version_;
}

void PlacementIndex::catch_up(const Board& board, const Shape& shape, Room room, Row& row) {
  const bool scores_hold = row.version == version_;
  for (NodeId node = board.last_changed(); node.valid() && board.changed_at(node) > row.seen;
       node = board.changed_before(node)) {
    if (!shape.eligible[node.index()]) continue;
    recount(board, shape, room, row, node);
    if (!scores_hold) continue;
    const std::int32_t before = row.score[node.index()];
    rescore(board, shape, room, row, node);
    const std::int32_t after = row.score[node.index()];
    std::int32_t& top = row.top[node.index() / kBlock];
    if (after >= top)
      top = after;
    else if (before == top)
      refresh_top(row, node.index() / kBlock);
  }
  row.seen = board.changes();
  if (!scores_hold) rescore_all(board, shape, room, row);
}

// Drops the row that was asked longest ago where one more would be too many.
void PlacementIndex::make_room(const Board& board) {
  const std::size_t rows_max =
      std::max<std::size_t>(1, cells_max_ / std::max<std::size_t>(1, board.node_count()));
  if (row_count_ < rows_max) return;
  std::unique_ptr<Row>* oldest = nullptr;
  for (std::unique_ptr<Row>& row : rows_) {
    if (row && (oldest == nullptr || row->asked < (*oldest)->asked)) oldest = &row;
  }
  oldest->reset();
  --row_count_;
}

PlacementIndex::Row& PlacementIndex::row_for(const Board& board, ShapeId shape, Room room) {
  if (version_ != scorer_->version()) {
    version_ = scorer_->version();
    for (std::vector<Remembered>& view : digests_) view.clear();
  }
  for (std::vector<Remembered>& view : digests_) view.resize(board.node_count());
  const std::size_t at = 2 * shape.index() + view_of(room);
  if (rows_.size() <= at) rows_.resize(2 * board.shape_count() + 2);
  if (!rows_[at]) {
    make_room(board);
    rows_[at] = std::make_unique<Row>();
    ++row_count_;
  }
  Row& row = *rows_[at];
  row.asked = ++asks_;
  if (row.seen == kNever)
    build(board, board.shape(shape), room, row);
  else
    catch_up(board, board.shape(shape), room, row);
  return row;
}

bool PlacementIndex::best(const Board& board, ShapeId shape, Room room, Placement& out) {
  const Row& row = row_for(board, shape, room);
  std::int32_t top = kNoFit;
  for (const std::int32_t score : row.top) top = std::max(top, score);
  if (top == kNoFit) return false;
  const auto block = std::find(row.top.begin(), row.top.end(), top);
  const auto from = row.score.begin() + (block - row.top.begin()) * std::ptrdiff_t{kBlock};
  const auto node = std::find(from, row.score.end(), top) - row.score.begin();
  return scorer_->place(board, board.shape(shape), NodeId{static_cast<std::size_t>(node)}, room,
                        out);
}

bool PlacementIndex::best_where(const Board& board, ShapeId shape, Room room,
                                const std::function<bool(NodeId)>& allowed, Placement& out) {
  const Row& row = row_for(board, shape, room);
  std::int32_t best_score = kNoFit;
  NodeId best_node;
  for (std::size_t n = 0; n < row.score.size(); ++n) {
    if (row.score[n] <= best_score || !allowed(NodeId{n})) continue;
    best_score = row.score[n];
    best_node = NodeId{n};
  }
  return best_node.valid() && scorer_->place(board, board.shape(shape), best_node, room, out);
}

std::int64_t PlacementIndex::slots(const Board& board, ShapeId shape, Room room) {
  return row_for(board, shape, room).slots_total;
}

std::int64_t PlacementIndex::slots(const Board& board, ShapeId shape, Room room, ClassId c) {
  return row_for(board, shape, room).slots_of_class[c.index()];
}

std::int32_t PlacementIndex::slots_on(const Board& board, ShapeId shape, Room room, NodeId node) {
  return row_for(board, shape, room).slots[node.index()];
}

std::int32_t PlacementIndex::score_on(const Board& board, ShapeId shape, Room room, NodeId node,
                                      Placement& out) {
  const std::int32_t score = row_for(board, shape, room).score[node.index()];
  if (score == kNoFit) return kNoFit;
  CHECK(scorer_->place(board, board.shape(shape), node, room, out), "a scored node has room");
  return score;
}

std::span<const std::int32_t> PlacementIndex::scores(const Board& board, ShapeId shape, Room room) {
  return row_for(board, shape, room).score;
}

std::int32_t emptiness(const NodeDigest& digest) {
  const auto cores =
      static_cast<std::int32_t>(std::clamp<std::int64_t>(digest.cpu / 1000, 0, kCoresMax - 1));
  return digest.free * kCoresMax + cores;
}

std::int32_t PackScorer::score(const Board&, const Shape& shape, NodeId, Room,
                               const NodeDigest& digest) const {
  constexpr std::int32_t kFreeMax = static_cast<std::int32_t>(kDevicesMax) * kDevice;
  const bool spread = shape.spread || order_ == Order::kSpread;
  return spread ? emptiness(digest) : kFreeMax * kCoresMax + kCoresMax - emptiness(digest);
}

}  // namespace sillar::schedule
