#pragma once

#include <cstdint>

#include "model/scenario.h"

namespace sillar::schedule {

// kSillar is ours. kKai follows KAI Scheduler v0.17, so that outcomes can be compared with it.
using sillar::Action;
using sillar::Rules;

// In which order pending work is tried. All but the first are one order over all projects; higher
// priority goes first in each.
enum class QueueOrder : std::uint8_t {
  kShares,  // By the project tree: whoever stands furthest below its share.
  kFifo,    // By submission.
  kSjf,     // By stated run time (Job::estimate). A baseline: nobody knows run times.
  kLas,     // Two queues, after Tiresias: work below 16 device-hours first, by submission in each.
  kRank,    // By learned rank, see rank.h.
};

}  // namespace sillar::schedule
