#pragma once

// How long work has run, and what the rank table is told about it. The engine calls the events
// when it applies the facts they stand for.

#include "base/time.h"
#include "schedule/board.h"
#include "schedule/rank.h"

namespace sillar::schedule {

// A job's run time as a function of time: what earlier runs left it, and what goes by from `from`
// on. A gang has one clock, which runs until its last task has gone, stopping included. The set-up
// after an interruption is not run time.
struct RunClock {
  Duration before;
  Time from = Time::never();  // Never: nothing runs.

  [[nodiscard]] Duration attained(Time now) const {
    return before + (from < now ? now - from : Duration{0});
  }
  // When it will have attained `total`, if it goes on. Requires: it runs, total >= before.
  [[nodiscard]] Time reaches(Duration total) const { return from + (total - before); }
};

[[nodiscard]] RunClock run_clock(const Board& board, const Job& job);

[[nodiscard]] inline Duration attained(const Board& board, const Job& job, Time now) {
  return run_clock(board, job).attained(now);
}

// What the job's gang (its minimum of tasks) asks for, in thousandths of devices of its most
// preferred class; of cores where it uses no accelerators. At least 1.
[[nodiscard]] std::int64_t gang_amount(const Board& board, const Job& job);
[[nodiscard]] RankGroup rank_group(const Board& board, const Job& job);

// ---- Events.
// After Board::add_job.
void note_arrived(RankTable& ranks, const Board& board, WorkloadId job);
// Before a running or stopping task stops or finishes: when it is the job's last, its run time is
// added up on the board and counted.
void note_leaving(RankTable& ranks, Board& board, TaskId task, Time now);
// After all tasks of a job have finished, however they did.
void note_finished(RankTable& ranks, const Board& board, WorkloadId job);
// When a plan says so, after its decisions. O(running jobs + groups).
void rebuild_ranks(RankTable& ranks, const Board& board, Time now);

}  // namespace sillar::schedule
