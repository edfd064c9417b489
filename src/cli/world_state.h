#pragma once

// The state that a question is asked about: a scenario after its rounds, or a recording up to some
// time.

#include "cli/verb.h"
#include "engine/state.h"

namespace sillar::cli {

// --scenario, --recording, --at and --prices.
[[nodiscard]] std::vector<Flag> state_flags();

// Errors: neither or both of --scenario and --recording, those of reading and running them, --at
// before the recording begins.
[[nodiscard]] Result<State> read_state(const Context& context);

// The first part of a recording, or of the end of one, whose inputs come no later than `until`; may
// be empty. Errors (kInvalidInput): a line that is not a recording's.
[[nodiscard]] Result<std::string_view> recording_until(const std::string& name,
                                                       std::string_view text, Time until);

}  // namespace sillar::cli
