#pragma once

// A recording: every input with the facts that the engine gave for it, one JSON value a line, in
// order. Replay feeds the inputs to a fresh engine and compares what it decides with what was
// recorded, byte for byte.
//
//   {"input":{…,"at":"…"}}
//   {"fact":{…}}          one line for each fact of that input

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/engine.h"

namespace sillar {

// Text of one input and its facts, lines with their ends. Requires: the state after the facts were
// applied; for Configure, too.
[[nodiscard]] std::string recorded_lines(const State& state, const Input& input,
                                         const std::vector<Fact>& facts);

struct ReplayDifference {
  std::uint64_t input = 0;  // Number of the input, from 1.
  std::size_t line = 0;  // Of the recording, from 1; where the recorded fact stands or was missed.
  std::string recorded;  // Empty: decided now, not recorded then.
  std::string decided;   // Empty: recorded then, not decided now.
};

struct Replay {
  State state;  // After the last input.
  std::uint64_t inputs = 0;
  std::uint64_t facts = 0;
  std::uint64_t differences = 0;
  std::vector<ReplayDifference> first;  // At most kDifferencesShown.
};

inline constexpr std::size_t kDifferencesShown = 10;

// `text` is a whole recording. After a difference the replay goes on with what was decided now.
// `progress` is told the share of the text that is done, in thousandths; may be empty. Errors
// (kInvalidInput): a line that is not what a recording holds.
[[nodiscard]] Result<Replay> replay(const std::string& name, std::string_view text,
                                    const std::function<void(int)>& progress = {});

}  // namespace sillar
