#include "schedule/frag_scorer.h"

#include <algorithm>

#include "base/money.h"
#include "schedule/room.h"

namespace sillar::schedule {
namespace {

constexpr std::int64_t kStep = 20 * LossTable::kMillion;  // Of a score.

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

// Devices that count: those that take work of any kind.
bool counts(const DeviceState& device) {
  return device.health == Health::kHealthy || device.health == Health::kProbation;
}

// Puts a fraction or MIG instance on the device that was chosen for it.
bool place_piece(const Board& board, const Shape& shape, NodeId id, Room room, std::int32_t device,
                 Placement& out) {
  if (device < 0) return false;
  const NodeState& node = board.node(id);
  const std::int32_t thousandths = shape.by_class[node.accelerator_class.index()].thousandths;
  const int slot = piece_slot(shape, thousandths, profile_of(board, shape, node.accelerator_class),
                              node.devices[static_cast<std::size_t>(device)], room);
  out = {id, static_cast<std::uint16_t>(1U << device), static_cast<std::uint8_t>(slot)};
  return true;
}

bool is_piece(const Shape& shape) {
  return shape.use == DeviceUse::kFraction || shape.use == DeviceUse::kMig;
}

}  // namespace

DemandSource::DemandSource(std::vector<DemandTask> typical, const Fleet& fleet)
    : fixed_(true), typical_(std::move(typical)), capacity_(class_capacity(fleet)) {}

bool DemandSource::update(const Board& board) {
  const bool fresh = capacity_.size() != board.fleet().classes.size();
  if (fixed_ || (!observed_.update(board) && !fresh)) return false;
  capacity_ = class_capacity(board.fleet());
  typical_ = observed_.typical(board);
  ++version_;
  return true;
}

// ---- Ours.

FragScorer::FragScorer(std::vector<DemandTask> typical, const Fleet& fleet)
    : demand_(std::move(typical), fleet), table_(demand_.typical(), demand_.capacity()) {}

void FragScorer::observe(const Board& board) {
  if (demand_.update(board)) table_ = LossTable(demand_.typical(), demand_.capacity());
}

NodeDigest FragScorer::digest(const Board& board, NodeId id, Room room) const {
  NodeDigest digest = Scorer::digest(board, id, room);
  const NodeState& node = board.node(id);
  for (std::size_t d = 0; d < node.device_count; ++d) {
    if (counts(node.devices[d]))
      digest.rests += table_.rest_loss(free_thousandths(node.devices[d], room));
  }
  digest.loss =
      table_.loss({digest.cpu, node.accelerator_class, digest.idle, digest.free, digest.rests});
  return digest;
}

std::int32_t FragScorer::score(const Board& board, const Shape& shape, NodeId id, Room room,
                               const NodeDigest& digest) const {
  if (shape.spread) return emptiness(digest);
  const NodeState& node = board.node(id);
  std::int64_t after = 0;
  if (is_piece(shape)) {
    after = best_piece(board, shape, id, room, digest).loss;
  } else {
    // Whole devices: the rests of idle ones are nothing and stay nothing.
    after =
        table_.loss({digest.cpu - shape.cpu, node.accelerator_class, digest.idle - shape.devices,
                     digest.free - shape.devices * kDevice, digest.rests});
  }
  return static_cast<std::int32_t>(floor_div(digest.loss - after, kStep));
}

FragScorer::Piece FragScorer::best_piece(const Board& board, const Shape& shape, NodeId id,
                                         Room room, const NodeDigest& digest) const {
  const NodeState& node = board.node(id);
  const std::int32_t thousandths = shape.by_class[node.accelerator_class.index()].thousandths;
  const MigProfile* profile = profile_of(board, shape, node.accelerator_class);
  // Only the change of the rests tells started devices apart, and nothing tells idle ones apart.
  struct Candidate {
    std::int32_t change = 0, free = 0, device = -1;
  };
  Candidate started, idle;
  for (std::size_t d = 0; d < node.device_count; ++d) {
    const DeviceState& device = node.devices[d];
    const std::int32_t free = free_thousandths(device, room);
    if (free < thousandths || (free == kDevice && idle.device >= 0)) continue;
    if (piece_slot(shape, thousandths, profile, device, room) < 0) continue;
    const std::int32_t change = table_.rest_loss(free - thousandths) - table_.rest_loss(free);
    Candidate& best = free == kDevice ? idle : started;
    if (best.device >= 0 && (change > best.change || (change == best.change && free >= best.free)))
      continue;
    best = {change, free, static_cast<std::int32_t>(d)};
  }
  LossTable::Room after{digest.cpu - shape.cpu, node.accelerator_class, digest.idle,
                        digest.free - thousandths, digest.rests};
  Piece best;
  if (started.device >= 0) {
    after.rests = digest.rests + started.change;
    best = {table_.loss(after), started.device};
  }
  if (idle.device >= 0) {
    after.rests = digest.rests + idle.change;
    after.idle = digest.idle - 1;
    const std::int64_t loss = table_.loss(after);
    if (best.device < 0 || loss < best.loss) best = {loss, idle.device};
  }
  return best;
}

bool FragScorer::place(const Board& board, const Shape& shape, NodeId node, Room room,
                       Placement& out) const {
  if (!is_piece(shape) || shape.spread) return board.fit(shape, node, room, out);
  if (board.slots(shape, node, room, 1) == 0) return false;
  const NodeDigest now = digest(board, node, room);
  return place_piece(board, shape, node, room, best_piece(board, shape, node, room, now).device,
                     out);
}

// ---- As published.

namespace {

// Gains that reach 51, 52, ... 99 points: 1000 x ln(k / (100 - k)) in millionths of a thousandth of
// a device, rounded up. 50 points are reached at 0, and 100 - k above the negative of k's.
constexpr std::array<std::int64_t, 49> kSigmoid{
    40005335,   80042708,   120144312,  160342651,  200670696,  241162057,  281851153,
    322773393,  363965378,  405465109,  447312219,  489548226,  532216814,  575364145,
    619039209,  663294218,  708185058,  753771803,  800119301,  847297861,  895384048,
    944461609,  994622576,  1045968556, 1098612289, 1152679510, 1208311206, 1265666374,
    1324925415, 1386294362, 1450010176, 1516347490, 1585627264, 1658228077, 1734601056,
    1815289967, 1900958762, 1992430165, 2090741097, 2197224578, 2313634930, 2442347036,
    2586689345, 2751535314, 2944438980, 3178053831, 3476098690, 3891820299, 4595119851};

std::int64_t gain_at(std::size_t points) {
  if (points > 50) return kSigmoid[points - 51];
  return points == 50 ? 0 : 1 - kSigmoid[49 - points];
}

}  // namespace

FgdScorer::FgdScorer() {
  fill_bounds();
}

FgdScorer::FgdScorer(std::vector<DemandTask> typical, const Fleet& fleet)
    : demand_(std::move(typical), fleet), table_(demand_.typical(), fleet.classes.size()) {
  fill_bounds();
}

void FgdScorer::observe(const Board& board) {
  if (!demand_.update(board)) return;
  table_ = FragmentationTable(demand_.typical(), demand_.capacity().size());
  fill_bounds();
}

// Gains are multiples of 1 / total, so the bounds are too, rounded up.
void FgdScorer::fill_bounds() {
  for (std::size_t i = 0; i < bounds_.size(); ++i) {
    const Int128 bound = Int128{gain_at(i + 1)} * table_.total();
    bounds_[i] = static_cast<std::int64_t>(bound / LossTable::kMillion +
                                           (bound % LossTable::kMillion > 0 ? 1 : 0));
  }
}

std::int32_t FgdScorer::points(std::int64_t gain) const {
  return static_cast<std::int32_t>(std::upper_bound(bounds_.begin(), bounds_.end(), gain) -
                                   bounds_.begin());
}

NodeDigest FgdScorer::digest(const Board& board, NodeId id, Room room) const {
  NodeDigest digest = Scorer::digest(board, id, room);
  if (digest.free == 0) return digest;
  const NodeState& node = board.node(id);
  const FragmentationTable::AtCpu at = table_.at(node.accelerator_class, digest.cpu);
  digest.loss = digest.free * table_.total() - table_.useful_whole(at, digest.idle);
  for (std::size_t d = 0; d < node.device_count; ++d) {
    if (counts(node.devices[d]))
      digest.loss -= table_.useful(at, free_thousandths(node.devices[d], room));
  }
  return digest;
}

std::int32_t FgdScorer::score(const Board& board, const Shape& shape, NodeId id, Room room,
                              const NodeDigest& digest) const {
  if (shape.spread) return emptiness(digest);
  if (is_piece(shape)) return best_piece(board, shape, id, room, digest).score;
  const NodeState& node = board.node(id);
  if (digest.free == 0) return points(0);
  const FragmentationTable::AtCpu at = table_.at(node.accelerator_class, digest.cpu - shape.cpu);
  const std::int32_t idle = digest.idle - shape.devices;
  std::int64_t after = (digest.free - shape.devices * kDevice) * table_.total() -
                       table_.useful_whole(at, idle) -
                       idle * table_.useful(at, static_cast<std::int32_t>(kDevice));
  for (std::size_t d = 0; d < node.device_count; ++d) {
    const std::int32_t free = free_thousandths(node.devices[d], room);
    if (counts(node.devices[d]) && free < kDevice) after -= table_.useful(at, free);
  }
  return points(digest.loss - after);
}

FgdScorer::Piece FgdScorer::best_piece(const Board& board, const Shape& shape, NodeId id, Room room,
                                       const NodeDigest& digest) const {
  const NodeState& node = board.node(id);
  const std::int32_t thousandths = shape.by_class[node.accelerator_class.index()].thousandths;
  const MigProfile* profile = profile_of(board, shape, node.accelerator_class);
  const FragmentationTable::AtCpu at = table_.at(node.accelerator_class, digest.cpu - shape.cpu);
  // The node with less CPU, and all devices as they are.
  std::int64_t before = (digest.free - thousandths) * table_.total();
  for (std::size_t d = 0; d < node.device_count; ++d) {
    if (counts(node.devices[d]))
      before -= table_.useful(at, free_thousandths(node.devices[d], room));
  }
  Piece best;
  std::int32_t best_free = 0;
  for (std::size_t d = 0; d < node.device_count; ++d) {
    const DeviceState& device = node.devices[d];
    if (piece_slot(shape, thousandths, profile, device, room) < 0) continue;
    const std::int32_t free = free_thousandths(device, room);
    const std::int64_t after = before + table_.useful(at, free) -
                               table_.useful(at, free - thousandths) -
                               table_.useful_whole(at, digest.idle - (free == kDevice ? 1 : 0));
    const std::int32_t score = points(digest.loss - after);
    if (score < best.score || (score == best.score && free >= best_free)) continue;
    best = {score, static_cast<std::int32_t>(d)};
    best_free = free;
  }
  return best;
}

bool FgdScorer::place(const Board& board, const Shape& shape, NodeId node, Room room,
                      Placement& out) const {
  if (!is_piece(shape) || shape.spread) return board.fit(shape, node, room, out);
  if (board.slots(shape, node, room, 1) == 0) return false;
  const NodeDigest now = digest(board, node, room);
  return place_piece(board, shape, node, room, best_piece(board, shape, node, room, now).device,
                     out);
}

std::unique_ptr<Scorer> make_scorer(std::string_view name, Rules rules) {
  if (name.empty()) name = rules == Rules::kKai ? "binpack" : "sillar";
  if (name == "sillar") return std::make_unique<FragScorer>();
  if (name == "fgd") return std::make_unique<FgdScorer>();
  if (name == "binpack") return std::make_unique<PackScorer>();
  if (name == "spread") return std::make_unique<PackScorer>(PackScorer::Order::kSpread);
  return nullptr;
}

}  // namespace sillar::schedule
