#pragma once

// How long work has run, and what the rank table is told about it. The engine calls the events
// when it applies the facts they stand for.

#include "base/time.h"
#include "schedule/board.h"
#include "schedule/rank.h"

namespace sillar::schedule {

// Run time of a job up to `now`: that of earlier runs, and since its tasks started. A gang has one
// clock. The set-up after an interruption is not run time. The clock runs until the last task has
// gone, so it includes stopping.
[[nodiscard]] Duration attained(const Board& board, const Job& job, Time now);

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
