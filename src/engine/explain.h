#pragma once

// Why a workload is where it is, and what would happen to one that is not submitted yet. Both are
// answered on a fork of the state by the very decision code, so the answer is what the engine would
// do, not a story about it.

#include <string>
#include <vector>

#include "base/document.h"
#include "base/result.h"
#include "engine/engine.h"
#include "model/withheld.h"

namespace sillar {

// The decision record of one workload: its tasks, the reason in today's figures, who goes before
// it, what its projects hold against what they are entitled to, and how many nodes refuse it for
// which reason. What may not be said of others' work and projects is left out, and nobody's by an
// empty `may_say`. Errors: kNotFound (with a near name).
[[nodiscard]] Result<Value> explain_workload(const State& state, const std::string& workload,
                                             const MaySay& may_say = {});

// What submitting `workloads` now would come to, one record each: chosen places and price an hour,
// victims and their cost, the candidates by location and class with their price and what refuses
// them, and what its residency costs. Changes nothing. Errors (kInvalidInput): what Submit refuses.
[[nodiscard]] Result<Value> plan_workloads(const State& state,
                                           const std::vector<Workload>& workloads);

}  // namespace sillar
