#include "schedule/gang.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "schedule/no_room.h"

namespace sillar::schedule {
namespace {

class Placer {
 public:
  Placer(Board& board, PlacementIndex& index, const GangAsk& ask)
      : board_(board),
        index_(index),
        ask_(ask),
        job_(board.job(ask.job)),
        mark_(board.mark()),
        cursor_(job_.first_task) {}

  GangOutcome run() {
    if (job_.apart_level >= 0) return place_apart();
    if (job_.topology >= 0) return place_by_topology();
    return place_anywhere();
  }

 private:
  [[nodiscard]] bool allowed(NodeId node) const { return !ask_.allowed || ask_.allowed(node); }

  void put(const Placement& place) {
    const TaskId task = board_.next_pending(ask_.job, cursor_);
    CHECK(task.valid(), "a gang asks for no more tasks than are pending");
    cursor_ = task.value + 1;
    if (ask_.room == Room::kNow)
      board_.start(task, ask_.shape, place, ask_.now);
    else
      board_.reserve(task, ask_.shape, place);
  }

  GangOutcome refuse(std::int64_t fit, Reason reason) {
    board_.rollback(mark_);
    return {false, fit, std::move(reason)};
  }

  Reason no_room(std::int64_t fit) const {
    const Shape& shape = board_.shape(ask_.shape);
    if (ask_.count == 1 || shape.eligible_count == 0) return no_room_reason(board_, shape);
    return gang_too_large_reason(board_, shape, fit, ask_.count);
  }

  GangOutcome place_anywhere() {
    const std::int64_t slots = index_.slots(board_, ask_.shape, ask_.room);
    if (slots < ask_.count) return {false, slots, no_room(slots)};
    for (std::int32_t i = 0; i < ask_.count; ++i) {
      Placement place;
      const bool found = ask_.allowed
                             ? index_.best_where(board_, ask_.shape, ask_.room, ask_.allowed, place)
                             : index_.best(board_, ask_.shape, ask_.room, place);
      if (!found) return refuse(i, no_room(i));
      put(place);
    }
    return {true, ask_.count, {}};
  }

  // ---- Topology.

  [[nodiscard]] const TopologyTree& tree() const {
    return board_.topologies()[static_cast<std::size_t>(job_.topology)];
  }

  [[nodiscard]] std::int64_t slots_in(const Domain& domain, std::int64_t most) {
    std::int64_t sum = 0;
    for (const NodeId node : domain.nodes) {
      if (allowed(node)) sum += index_.slots_on(board_, ask_.shape, ask_.room, node);
      if (sum >= most && most > 0) break;
    }
    return sum;
  }

  // The domain of `level` that already holds the job's tasks; invalid when none run.
  [[nodiscard]] DomainId domain_in_use(std::int32_t level) const {
    for (std::int32_t i = 0; i < job_.tasks; ++i) {
      const Task& task = board_.task(TaskId{job_.first_task + static_cast<std::uint32_t>(i)});
      if (task.phase != Phase::kRunning && task.phase != Phase::kReserved) continue;
      return domain_of(task.place.node, level);
    }
    return DomainId{};
  }

  [[nodiscard]] DomainId domain_of(NodeId node, std::int32_t level) const {
    for (const DomainId id : tree().by_level[static_cast<std::size_t>(level)]) {
      const std::vector<NodeId>& nodes = tree().domains[id.index()].nodes;
      if (std::binary_search(nodes.begin(), nodes.end(), node)) return id;
    }
    return DomainId{};
  }

  // The tightest domain of `level` that holds the whole ask: fewest slots, then lowest id. `most`
  // keeps the best count seen.
  [[nodiscard]] DomainId tightest(const std::vector<DomainId>& candidates, std::int64_t count,
                                  std::int64_t& most) {
    DomainId best;
    std::int64_t best_slots = 0;
    for (const DomainId id : candidates) {
      const std::int64_t slots = slots_in(tree().domains[id.index()], 0);
      most = std::max(most, slots);
      if (slots < count || (best.valid() && slots >= best_slots)) continue;
      best = id;
      best_slots = slots;
    }
    return best;
  }

  GangOutcome place_by_topology() {
    const std::int32_t deepest = std::max(job_.preferred_level, job_.required_level);
    const std::int32_t widest = std::max(job_.required_level, 0);
    const DomainId bound =
        job_.required_level >= 0 ? domain_in_use(job_.required_level) : DomainId{};
    std::int64_t most = 0;
    for (std::int32_t level = deepest; level >= widest; --level) {
      std::vector<DomainId> candidates = tree().by_level[static_cast<std::size_t>(level)];
      if (bound.valid())
        std::erase_if(candidates, [&](DomainId id) { return !is_within(id, bound); });
      std::int64_t level_most = 0;
      const DomainId domain = tightest(candidates, ask_.count, level_most);
      most = std::max(most, level_most);
      if (domain.valid()) return fill_or_refuse(domain);
    }
    if (job_.required_level < 0) return place_compact(most);
    if (board_.shape(ask_.shape).eligible_count == 0)
      return {false, 0, never_fits_reason(board_.shape(ask_.shape))};
    return {false,
            most,
            {ReasonCode::kTopology,
             {{"level", tree().levels[static_cast<std::size_t>(job_.required_level)]},
              {"needed", std::int64_t{ask_.count}},
              {"fit", most}}}};
  }

  [[nodiscard]] bool is_within(DomainId id, DomainId ancestor) const {
    while (id.valid() && id != ancestor) id = tree().domains[id.index()].parent;
    return id == ancestor;
  }

  GangOutcome fill_or_refuse(DomainId domain) {
    const std::int64_t left = fill(domain, ask_.count);
    if (left == 0) return {true, ask_.count, {}};
    return refuse(ask_.count - left, no_room(ask_.count - left));
  }

  // No single domain holds the gang and none is required: take the widest domains with most room
  // first, so that the gang spans as few as it can.
  GangOutcome place_compact(std::int64_t) {
    std::int64_t left = spread_over(widest_domains(), ask_.count);
    for (; left > 0; --left) {  // Nodes without labels stand outside every domain.
      Placement place;
      const bool found = ask_.allowed
                             ? index_.best_where(board_, ask_.shape, ask_.room, ask_.allowed, place)
                             : index_.best(board_, ask_.shape, ask_.room, place);
      if (!found) return refuse(ask_.count - left, no_room(ask_.count - left));
      put(place);
    }
    return {true, ask_.count, {}};
  }

  // Domains that lie in no other.
  [[nodiscard]] std::vector<DomainId> widest_domains() const {
    std::vector<DomainId> widest;
    for (std::size_t d = 0; d < tree().domains.size(); ++d) {
      if (!tree().domains[d].parent.valid()) widest.push_back(DomainId{d});
    }
    return widest;
  }

  std::int64_t spread_over(const std::vector<DomainId>& domains, std::int64_t count) {
    std::vector<std::pair<std::int64_t, DomainId>> order;
    for (const DomainId id : domains)
      order.emplace_back(-slots_in(tree().domains[id.index()], 0), id);
    std::sort(order.begin(), order.end());
    for (const auto& [negative_slots, id] : order) {
      if (count == 0) break;
      count -= std::min(count, -negative_slots) - fill(id, std::min(count, -negative_slots));
    }
    return count;
  }

  // Places `count` tasks in the domain: in the tightest sub-domain that holds them all, else over
  // the roomiest ones. Returns how many were left over.
  std::int64_t fill(DomainId id, std::int64_t count) {
    const Domain& domain = tree().domains[id.index()];
    if (!domain.children.empty() && count > 0) {
      std::int64_t most = 0;
      const DomainId child = tightest(domain.children, count, most);
      if (child.valid()) return fill(child, count);
      count = spread_over(domain.children, count);
    }
    for (; count > 0; --count) {
      Placement best;
      std::int32_t best_score = kNoFit;
      for (const NodeId node : domain.nodes) {
        if (!allowed(node) || index_.slots_on(board_, ask_.shape, ask_.room, node) == 0) continue;
        Placement place;
        const std::int32_t score = index_.score_on(board_, ask_.shape, ask_.room, node, place);
        if (score <= best_score) continue;
        best_score = score;
        best = place;
      }
      if (best_score == kNoFit) return count;
      put(best);
    }
    return 0;
  }

  // At most one task in each domain of the level.
  GangOutcome place_apart() {
    const std::vector<DomainId>& domains =
        tree().by_level[static_cast<std::size_t>(job_.apart_level)];
    std::vector<bool> taken(tree().domains.size());
    for (std::int32_t i = 0; i < job_.tasks; ++i) {
      const Task& task = board_.task(TaskId{job_.first_task + static_cast<std::uint32_t>(i)});
      if (task.phase != Phase::kRunning && task.phase != Phase::kReserved) continue;
      const DomainId used = domain_of(task.place.node, job_.apart_level);
      if (used.valid()) taken[used.index()] = true;
    }
    std::int32_t placed = 0;
    for (const DomainId id : domains) {
      if (placed == ask_.count) break;
      if (!taken[id.index()] && slots_in(tree().domains[id.index()], 1) > 0 && fill(id, 1) == 0)
        ++placed;
    }
    if (placed == ask_.count) return {true, placed, {}};
    return refuse(placed, {ReasonCode::kTopology,
                           {{"level", tree().levels[static_cast<std::size_t>(job_.apart_level)]},
                            {"needed", std::int64_t{ask_.count}},
                            {"fit", std::int64_t{placed}}}});
  }

  Board& board_;
  PlacementIndex& index_;
  const GangAsk& ask_;
  const Job& job_;
  std::size_t mark_;
  std::uint32_t cursor_;
};

// Tasks of the shape that an empty, healthy node holds.
std::int64_t empty_slots(const Board& board, const Shape& shape, NodeId id) {
  if (!shape.eligible[id.index()]) return 0;
  const Node& node = board.fleet().nodes[id.index()];
  std::int64_t count = node.tasks_max > 0 ? node.tasks_max : INT32_MAX;
  if (shape.cpu > 0) count = std::min(count, node.cpu / shape.cpu);
  if (shape.memory_bytes > 0) count = std::min(count, node.memory_bytes / shape.memory_bytes);
  if (!shape.needs_accelerator()) return count;
  const ClassUse use = shape.by_class[node.accelerator_class.index()];
  std::int64_t per_device = 1;
  if (shape.use == DeviceUse::kFraction) per_device = kDevice / use.thousandths;
  if (shape.use == DeviceUse::kMig)
    per_device = mig_slots(board.fleet()
                               .classes[node.accelerator_class.index()]
                               .mig[static_cast<std::size_t>(use.mig_profile)],
                           0);
  return std::min(count, node.accelerators * per_device / std::max(shape.devices, 1));
}

}  // namespace

GangOutcome place_gang(Board& board, PlacementIndex& index, const GangAsk& ask) {
  CHECK(ask.count > 0, "an empty gang is placed already");
  return Placer(board, index, ask).run();
}

std::int64_t slots_if_empty(const Board& board, const Job& job, ShapeId shape_id,
                            std::int64_t most) {
  const Shape& shape = board.shape(shape_id);
  const auto sum_over = [&](const std::vector<NodeId>& nodes) {
    std::int64_t sum = 0;
    for (const NodeId node : nodes) {
      sum += empty_slots(board, shape, node);
      if (sum >= most) break;
    }
    return std::min(sum, most);
  };
  if (job.topology >= 0 && (job.required_level >= 0 || job.apart_level >= 0)) {
    const TopologyTree& tree = board.topologies()[static_cast<std::size_t>(job.topology)];
    const std::int32_t level = job.apart_level >= 0 ? job.apart_level : job.required_level;
    std::int64_t best = 0;
    std::int64_t domains = 0;
    for (const DomainId id : tree.by_level[static_cast<std::size_t>(level)]) {
      const std::int64_t sum = sum_over(tree.domains[id.index()].nodes);
      best = std::max(best, sum);
      domains += sum > 0 ? 1 : 0;
    }
    return std::min(job.apart_level >= 0 ? domains : best, most);
  }
  std::int64_t sum = 0;
  for (std::size_t n = 0; n < board.node_count() && sum < most; ++n)
    sum += empty_slots(board, shape, NodeId{n});
  return std::min(sum, most);
}

}  // namespace sillar::schedule
