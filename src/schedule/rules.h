#pragma once

#include <cstdint>

namespace sillar::schedule {

// kSillar is ours. kKai follows KAI Scheduler v0.17, so that outcomes can be compared with it.
enum class Rules : std::uint8_t { kSillar, kKai };

}  // namespace sillar::schedule
