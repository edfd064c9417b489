#pragma once

// The openb pod list replayed in time.

#include <cstdint>
#include <span>

#include "base/result.h"
#include "model/fleet.h"
#include "simulate/openb_reader.h"
#include "simulate/trace.h"

namespace sillar {

inline constexpr std::int64_t kOpenbCompressionMax = 1'000'000'000;

// Each pod is a job of one task in the project "openb", which deserves all of the fleet. It runs
// from its scheduling, where the list says when, or else from its creation, until its deletion. By
// its own times the list never uses more than 66 GPUs at once: dividing the times of arrival by
// `compression` (rounded down to a nanosecond) and leaving run times as they are makes a load of
// it. Jobs come by arrival, equal ones in the order given. Errors (kInvalidInput): a pod without
// times, or deleted before it began; compression outside 1..kOpenbCompressionMax.
[[nodiscard]] Result<Trace> openb_trace(std::span<const OpenbPod> pods, const Fleet& fleet,
                                        std::int64_t compression);

}  // namespace sillar
