#pragma once

// A state as bytes: what a restart, a fork in another process or a question about the past starts
// from. A restored state decides exactly as the one that was saved.
//
//   8 bytes   "sillar-s"
//   4         version, least significant byte first, as all numbers here
//   8         length of the body
//   16        XXH3 of the body, low half first: the state's hash
//   body      what every room writes of its part of the state (state_bytes.h)
//
// The body is canonical: states that decide alike have the same body, so its hash is the state's.
// It leaves out whatever follows from the rest: interned shapes, counters, indexes.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "engine/state.h"

namespace sillar {

inline constexpr std::uint32_t kSnapshotVersion = 2;
inline constexpr std::size_t kSnapshotBytesMax = std::size_t{8} << 30;

struct Snapshot {
  std::string bytes;
  std::string state_hash;
};

// O(state).
[[nodiscard]] Snapshot save(const State& state);

// `name` is for messages. Errors: kInvalidInput for bytes that are no snapshot, are cut short, of
// another version or damaged, or that no state could have given.
[[nodiscard]] Result<State> restore(const std::string& name, std::string_view bytes);

}  // namespace sillar
