#include "schedule/hold.h"

#include <algorithm>
#include <set>

#include "schedule/gang.h"

namespace sillar::schedule {

Time expected_end(const Board& board, TaskId id, Time now) {
  const Task& task = board.task(id);
  const Job& job = board.job(task.job);
  const auto end_after = [&](Duration runs) {
    return runs.ns > 0 ? task.started + runs : Time::never();
  };
  // Of a job that ran before, only the rest of its estimate is left.
  const Time by_estimate = end_after(
      job.estimate.ns > 0 ? std::max(job.estimate - job.attained, Duration{1}) : Duration{0});
  if (by_estimate > now) return std::min(by_estimate, end_after(job.limit));
  return std::max(end_after(job.limit), now);
}

std::optional<Hold> earliest_hold(Board& board, PlacementIndex& index, WorkloadId id,
                                  std::int32_t count, Time now) {
  const Job& job = board.job(id);
  const ShapeId shape_id = board.request(job.request).alternatives.front();
  const Shape& shape = board.shape(shape_id);
  if (slots_if_empty(board, job, shape_id, count) < count) return std::nullopt;
  std::vector<std::pair<Time, TaskId>> ends;
  for (std::size_t n = 0; n < board.node_count(); ++n) {
    if (!shape.eligible[n]) continue;
    for (const TaskId task : board.tasks_on(NodeId{n})) {
      const Time end =
          board.task(task).phase == Phase::kStopping ? now : expected_end(board, task, now);
      if (end != Time::never()) ends.emplace_back(end, task);
      if (ends.size() > kHoldTasksMax) return std::nullopt;
    }
  }
  std::sort(ends.begin(), ends.end());
  const std::size_t mark = board.mark();
  std::optional<Hold> hold;
  for (std::size_t i = 0; i < ends.size() && !hold; ++i) {
    board.finish(ends[i].second);
    const bool last_at_this_time = i + 1 == ends.size() || ends[i + 1].first != ends[i].first;
    if (!last_at_this_time || index.slots(board, shape_id, Room::kFuture) < count) continue;
    const std::size_t before = board.mark();
    if (!place_gang(board, index, {id, shape_id, count, Room::kFuture, now, {}}).placed) continue;
    std::set<NodeId> nodes;
    for (std::int32_t t = 0; t < job.tasks; ++t) {
      const Task& task = board.task(TaskId{job.first_task + static_cast<std::uint32_t>(t)});
      if (task.phase == Phase::kReserved) nodes.insert(task.place.node);
    }
    board.rollback(before);
    hold = Hold{id, now, ends[i].first, {nodes.begin(), nodes.end()}};
  }
  board.rollback(mark);
  return hold;
}

bool may_use_held(const Board& board, std::span<const Hold> holds, WorkloadId id, NodeId node,
                  Time now) {
  const Job& job = board.job(id);
  if (job.preemptible) return true;
  const Duration runs = job.limit.ns > 0 ? job.limit : job.estimate;
  return std::all_of(holds.begin(), holds.end(), [&](const Hold& hold) {
    if (hold.job == id || !std::binary_search(hold.nodes.begin(), hold.nodes.end(), node))
      return true;
    return runs.ns > 0 && now + runs <= hold.from;
  });
}

}  // namespace sillar::schedule
