#include "schedule/rotation_due.h"

#include <algorithm>

namespace sillar::schedule {
namespace {

bool anything_waits(const Board& board) {
  for (std::size_t r = 0; r < board.request_count(); ++r) {
    if (board.request(RequestId{r}).pending_jobs > 0) return true;
  }
  return false;
}

// Whether anything was told to stop before this cycle: it will wait again, and nobody has ranked
// it.
bool anything_stops(const Board& board, const Plan& plan) {
  const auto evicted = std::count_if(plan.decisions.begin(), plan.decisions.end(),
                                     [](const Decision& d) { return d.step == Step::kEvict; });
  return std::ssize(board.stopping_tasks()) > evicted;
}

// When what the decisions start will move in the order.
Time starts_move_at(const Board& board, Time now, Ranker& ranker, const Plan& plan) {
  Time first = Time::never();
  for (const Decision& decision : plan.decisions) {
    if (decision.step == Step::kUnreserve || decision.step == Step::kEvict) continue;
    const Job& job = board.job(board.task(decision.task).job);
    first = std::min(first, ranker.moves_at(job, RunClock{job.attained, now}));
  }
  return first;
}

}  // namespace

void plan_rotation(const Board& board, const CycleInput& input, Ranker& ranker,
                   std::optional<RotationOutcome> rotated, Plan& plan) {
  const CycleOptions& options = *input.options;
  const RankTable& ranks = input.memory->ranks;
  const RotationState& before = input.memory->rotation;
  plan.rebuild_ranks = options.order == QueueOrder::kRank &&
                       input.now - ranks.rebuilt_at() >= options.rotation.rank_pace;
  RotationState after = before;
  bool soon = plan.rebuild_ranks || anything_stops(board, plan);
  if (rotated) {
    after.events = ranks.events();
    after.leases = std::move(rotated->leases);
    after.due = rotated->moves_at;
    soon = soon || (rotated->left_over && options.order == QueueOrder::kLas);
  } else {
    // What waits while none was due had been evicted and has only now stopped.
    soon = soon || ranks.events() != before.events || before.due == Time::never();
  }
  const Time tick = next_tick(input.now, options.rotation.tick);
  after.due = std::min(after.due, starts_move_at(board, input.now, ranker, plan));
  if (!anything_waits(board))
    after.due = Time::never();
  else if (!rotated && before.due <= input.now)
    after.due = before.due;  // Overdue: this cycle was not one that rotates, the next may be.
  else if (soon || after.due <= tick)
    after.due = tick;
  else if (after.due != Time::never())
    after.due = next_tick(after.due - Duration{1}, options.rotation.tick);
  if (after != before) plan.rotation = std::move(after);
}

}  // namespace sillar::schedule
