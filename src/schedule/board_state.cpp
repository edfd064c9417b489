// The board's persistent state as bytes, and back.

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "base/check.h"
#include "schedule/board.h"

namespace sillar::schedule {
namespace {

// A task's phase, and what else is told of it, in one number.
constexpr unsigned kPhaseMask = 7;
constexpr unsigned kPlaced = 8;
constexpr unsigned kTimed = 16;
constexpr unsigned kMoves = 32;
constexpr unsigned kTaskHeadMax = 63;
// What else is told of a job, in one number.
constexpr unsigned kUnexplained = 1;
constexpr unsigned kHeld = 2;

void put_place(std::string& out, const RequestClass& request, ShapeId shape,
               const Placement& place) {
  const auto found = std::find(request.alternatives.begin(), request.alternatives.end(), shape);
  CHECK(found != request.alternatives.end(), "a task is placed by one of its alternatives");
  put_count(out, static_cast<std::size_t>(found - request.alternatives.begin()));
  put_id(out, place.node);
  put_number(out, place.device_mask);
  put_number(out, place.mig_slot);
}

ShapeId read_place(ByteReader& in, const RequestClass& request, std::size_t nodes,
                   Placement& place) {
  using Alternative = Id<struct AlternativeTag>;
  const Alternative chosen = in.id<AlternativeTag>(request.alternatives.size());
  place.node = in.id<NodeTag>(nodes);
  place.device_mask = static_cast<std::uint16_t>(in.number(0, UINT16_MAX));
  place.mig_slot = static_cast<std::uint8_t>(in.number(0, 7));
  return in.ok() ? request.alternatives[chosen.index()] : ShapeId{};
}

}  // namespace

void Board::append_state(std::string& out) const {
  append_health(out);
  append_work(out);
}

void Board::append_work(std::string& out) const {
  for (std::size_t i = 0; i < jobs_.size(); ++i) {
    const Job& job = jobs_[i];
    put_number(out, job.last_full_start.ns);
    put_number(out, job.below_min_since.ns);
    put_number(out, job.attained.ns);
    put_number(out, static_cast<std::int64_t>(job.waiting));
    const unsigned unexplained = unexplained_.contains(WorkloadId{i}) ? kUnexplained : 0;
    put_number(out, unexplained | (job.held ? kHeld : 0));
  }
  for (const Task& task : tasks_) append_task(out, task);
}

// Of the nodes whose health is not what the fleet says.
void Board::append_health(std::string& out) const {
  for (std::size_t n = 0; n < nodes_.size(); ++n) {
    const NodeState& node = nodes_[n];
    const Node& stated = fleet_.nodes[n];
    bool as_stated = node.health == stated.health;
    for (std::size_t d = 0; d < node.device_count; ++d)
      as_stated = as_stated && node.devices[d].health ==
                                   (stated.devices.empty() ? Health::kHealthy : stated.devices[d]);
    if (as_stated) continue;
    put_id(out, NodeId{n});
    put_number(out, static_cast<std::int64_t>(node.health));
    for (std::size_t d = 0; d < node.device_count; ++d)
      put_number(out, static_cast<std::int64_t>(node.devices[d].health));
  }
  put_id(out, NodeId{});
}

void Board::append_task(std::string& out, const Task& task) const {
  const RequestClass& request = requests_[jobs_[task.job.index()].request.index()];
  const bool timed = task.started != Time{} || task.checkpointed != Time{};
  unsigned head = static_cast<unsigned>(task.phase);
  if (task.shape.valid()) head |= kPlaced;
  if (timed) head |= kTimed;
  if (task.promise_shape.valid()) head |= kMoves;
  put_number(out, head);
  if (task.shape.valid()) put_place(out, request, task.shape, task.place);
  if (timed) {
    put_number(out, task.started.ns);
    put_number(out, task.checkpointed.ns);
  }
  if (task.promise_shape.valid()) put_place(out, request, task.promise_shape, task.promise);
}

Status Board::read_state(ByteReader& in) {
  CHECK(!recording_, "state is read outside decisions");
  if (!read_health(in)) return invalid("the board's state has an impossible health");
  return read_work(in);
}

Status Board::read_work(ByteReader& in) {
  for (std::size_t i = 0; i < jobs_.size(); ++i) {
    if (!read_job(in, WorkloadId{i}))
      return invalid(fmt::format("the board's state has an impossible job {}", i));
  }
  for (std::size_t i = 0; i < tasks_.size(); ++i) {
    if (!read_task(in, TaskId{i}))
      return invalid(fmt::format("the board's state has an impossible task {}", i));
  }
  return {};
}

void Board::adopt(const Board& before) {
  CHECK(!recording_ && jobs_.size() == before.jobs_.size() && nodes_.size() >= before.nodes_.size(),
        "a board takes over from one with the same jobs, outside decisions");
  for (std::size_t n = 0; n < before.nodes_.size(); ++n) {
    const Node& was = before.fleet_.nodes[n];
    const Node& is = fleet_.nodes[n];
    const NodeState& observed = before.nodes_[n];
    if (is.retired || was.retired) continue;
    if (is.health == was.health) nodes_[n].health = observed.health;
    if (!same_make(is, was)) continue;
    for (std::size_t d = 0; d < observed.device_count; ++d)
      if (stated_health(is, d) == stated_health(was, d))
        nodes_[n].devices[d].health = observed.devices[d].health;
  }
  count_capacity();
  std::string work;
  before.append_work(work);
  ByteReader in(work);
  const Status taken = read_work(in);
  CHECK(taken.has_value() && in.ok() && in.left() == 0, "what ran before the change still fits");
}

bool Board::read_health(ByteReader& in) {
  NodeId last;
  for (NodeId id = in.id_or_none<NodeTag>(nodes_.size()); id.valid();
       id = in.id_or_none<NodeTag>(nodes_.size())) {
    if (!in.ok() || (last.valid() && id <= last)) return false;
    last = id;
    NodeState& node = nodes_[id.index()];
    node.health = in.word(Health::kProbation);
    for (std::size_t d = 0; d < node.device_count; ++d)
      node.devices[d].health = in.word(Health::kProbation);
  }
  count_capacity();
  return in.ok();
}

bool Board::read_job(ByteReader& in, WorkloadId id) {
  Job& job = jobs_[id.index()];
  job.last_full_start = in.time();
  job.below_min_since = in.time();
  job.attained = in.duration();
  job.waiting =
      static_cast<ReasonCode>(in.number(0, static_cast<std::int64_t>(ReasonCode::kCount) - 1));
  const auto marks = static_cast<unsigned>(in.number(0, kUnexplained | kHeld));
  if ((marks & kUnexplained) == 0) unexplained_.erase(id);
  hold(id, (marks & kHeld) != 0);
  return in.ok();
}

bool Board::read_task(ByteReader& in, TaskId id) {
  Task after = tasks_[id.index()];
  const RequestClass& request = requests_[jobs_[after.job.index()].request.index()];
  const auto head = static_cast<unsigned>(in.number(0, kTaskHeadMax));
  const unsigned phase = head & kPhaseMask;
  if (phase > static_cast<unsigned>(Phase::kParked)) return false;
  after.phase = static_cast<Phase>(phase);
  if ((head & kPlaced) != 0) after.shape = read_place(in, request, nodes_.size(), after.place);
  if ((head & kTimed) != 0) {
    after.started = in.time();
    after.checkpointed = in.time();
  }
  if ((head & kMoves) != 0)
    after.promise_shape = read_place(in, request, nodes_.size(), after.promise);
  const bool placed = after.shape.valid();
  const bool moves = after.promise_shape.valid();
  const bool holds = after.phase != Phase::kPending && after.phase != Phase::kFinished &&
                     after.phase != Phase::kParked;
  if (!in.ok() || (moves && after.phase != Phase::kStopping) ||
      (after.phase != Phase::kFinished && placed != holds))
    return false;
  // Where something ran that is over may be made of something else by now.
  if (placed && holds && !well_formed(shapes_[after.shape.index()], after.place)) return false;
  if (moves && !well_formed(shapes_[after.promise_shape.index()], after.promise)) return false;

  const Holding held = holding(after);
  if (held.holds_now && !has_room(shapes_[after.shape.index()], after.place, Room::kNow))
    return false;
  if (held.holds_future &&
      !has_room(shapes_[held.future_shape.index()], held.future_place, Room::kFuture))
    return false;
  change(id, after);
  return true;
}

bool Board::well_formed(const Shape& shape, const Placement& place) const {
  const NodeState& node = nodes_[place.node.index()];
  if (!shape.needs_accelerator()) return place.device_mask == 0 && place.mig_slot == 0;
  if (!node.accelerator_class.valid()) return false;
  const ClassUse use = shape.by_class[node.accelerator_class.index()];
  if (use.thousandths <= 0 || place.device_mask >> node.device_count != 0 ||
      std::popcount(place.device_mask) != shape.devices)
    return false;
  if (shape.use != DeviceUse::kMig) return place.mig_slot == 0;
  const MigProfile& profile =
      fleet_.classes[node.accelerator_class.index()].mig[static_cast<std::size_t>(use.mig_profile)];
  return (profile.starts_mask >> place.mig_slot & 1) != 0 && place.mig_slot + profile.slots <= 8;
}

bool Board::has_room(const Shape& shape, const Placement& place, Room room) const {
  const NodeState& node = nodes_[place.node.index()];
  const bool now = room == Room::kNow;
  return (now ? node.cpu_now : node.cpu_future) >= shape.cpu &&
         (now ? node.memory_now : node.memory_future) >= shape.memory_bytes &&
         (now ? node.tasks_now : node.tasks_future) >= 1 && devices_free(shape, place, room);
}

}  // namespace sillar::schedule
