#pragma once

#include "model/scenario.h"

namespace sillar::schedule {

// kSillar is ours. kKai follows KAI Scheduler v0.17, so that outcomes can be compared with it.
using sillar::Action;
using sillar::Rules;

}  // namespace sillar::schedule
