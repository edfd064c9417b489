#include "schedule/run_time.h"

#include <algorithm>

namespace sillar::schedule {

RunClock run_clock(const Board& board, const Job& job) {
  RunClock clock{job.attained, Time::never()};
  if (job.running + job.stopping == 0) return clock;
  for (std::int32_t i = 0; i < job.tasks; ++i) {
    const Task& task = board.task(TaskId{job.first_task + static_cast<std::uint32_t>(i)});
    if (task.phase == Phase::kRunning || task.phase == Phase::kStopping)
      clock.from = std::min(clock.from, task.started);
  }
  if (job.attained.ns > 0) clock.from = clock.from + job.restart_cost;
  return clock;
}

std::int64_t gang_amount(const Board& board, const Job& job) {
  const Shape& shape = board.shape(board.request(job.request).alternatives.front());
  std::int64_t each = shape.cpu;
  if (shape.needs_accelerator()) {
    for (std::size_t c = 0; c < shape.by_class.size(); ++c) {
      each = shape.charged(ClassId{c});
      if (each > 0) break;
    }
  }
  return std::max<std::int64_t>(1, each * std::max(job.gang_min, 1));
}

RankGroup rank_group(const Board& board, const Job& job) {
  const Shape& shape = board.shape(board.request(job.request).alternatives.front());
  return {job.project, rank_size(gang_amount(board, job), shape.needs_accelerator())};
}

void note_arrived(RankTable& ranks, const Board& board, WorkloadId job) {
  ranks.arrived(rank_group(board, board.job(job)));
}

void note_leaving(RankTable& ranks, Board& board, TaskId task, Time now) {
  const WorkloadId id = board.task(task).job;
  const Job& job = board.job(id);
  if (job.running + job.stopping != 1) return;
  const Duration total = attained(board, job, now);
  ranks.advanced(rank_group(board, job), rank_bucket(job.attained), rank_bucket(total));
  board.set_attained(id, total);
}

void note_finished(RankTable& ranks, const Board& board, WorkloadId id) {
  const Job& job = board.job(id);
  ranks.finished(rank_group(board, job), rank_bucket(job.attained));
}

void rebuild_ranks(RankTable& ranks, const Board& board, Time now) {
  std::vector<RankRun> running;
  for (std::size_t p = 0; p < board.projects().size(); ++p) {
    for (const WorkloadId id : board.active_jobs(ProjectId{p})) {
      const Job& job = board.job(id);
      running.push_back({rank_group(board, job), rank_bucket(job.attained),
                         rank_bucket(attained(board, job, now))});
    }
  }
  ranks.rebuild(now, running);
}

}  // namespace sillar::schedule
