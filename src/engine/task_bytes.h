#pragma once

// The records of tasks as bytes: a part of state_bytes.h. Internal to engine.

#include <string>

#include "base/bytes.h"
#include "engine/state.h"

namespace sillar {

void append_task_records(std::string& out, const State& state);
// Into a state that has its workloads, their records and the board; what follows from them all is
// made anew. False: bytes that append_task_records does not write.
[[nodiscard]] bool read_task_records(ByteReader& in, State& state);

}  // namespace sillar
