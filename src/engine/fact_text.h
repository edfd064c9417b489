#pragma once

// Inputs and facts as text: one JSON value each, names rather than numbers, equal values equal
// bytes. What a recording, an answer and an audit show.

#include <memory>
#include <string>

#include "base/document.h"
#include "base/result.h"
#include "engine/state.h"
#include "model/fact.h"
#include "model/input.h"
#include "model/withheld.h"

namespace sillar {

// `state` gives the names. Requires: the state after the fact was applied (its workload exists by
// then).
[[nodiscard]] Value fact_value(const State& state, const Fact& fact);
// The same for somebody who may not know of everything: names that may not be said are left out.
[[nodiscard]] Value fact_value(const State& state, const Fact& fact, const MaySay& may_say);
// Requires: the state the input is for.
[[nodiscard]] Value input_value(const State& state, const Input& input);
// Reads an input back, as `Input` for this state. `name` is for messages. Errors (kInvalidInput):
// anything that input_value would not have written, or that names what the state does not have.
[[nodiscard]] Result<Input> input_from(const State& state, const std::string& name,
                                       const Value& value);

// A world as a configuring input shows it, and back. Errors (kInvalidInput): those of load_scenario
// and of amounts.
[[nodiscard]] Value world_value(const World& world);
[[nodiscard]] Result<std::shared_ptr<const World>> world_from(const std::string& name,
                                                              const Value& value);

// One number for the whole of it, in every build: what a plan was made against.
[[nodiscard]] std::string world_hash(const World& world);

[[nodiscard]] Value reason_value(const Reason& reason);
[[nodiscard]] Value lost_value(const State& state, const LostWork& lost);
// {"node": …, "devices": […]}, devices as {"index", "thousandths"} objects.
[[nodiscard]] Value place_value(const State& state, TaskId task, const Place& place);
[[nodiscard]] Value place_value(const State& state, ShapeId shape,
                                const schedule::Placement& place);

[[nodiscard]] inline Value number_value(std::int64_t number) {
  return Value::plain(std::to_string(number));
}

}  // namespace sillar
