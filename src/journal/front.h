#pragma once

// What stands in front of the engine (a server) keeps state of its own: who may do what, what was
// answered to whom. It goes into the same journal, so that one transaction holds a decision and
// everything that follows from it, and into the same snapshots. The journal only has to tell the
// two apart: bodies of the engine begin with the version of an entry, those of the front with a
// number that no version of an entry ever is.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sillar::journal {

// The first number of every body that is the front's own.
inline constexpr std::int64_t kFrontBody = 1 << 20;

[[nodiscard]] bool is_front_body(std::string_view body);

// The parts of a snapshot. One without a front's part is the engine's alone, as it is.
struct SnapshotParts {
  std::string_view engine;
  std::string_view front;
};
[[nodiscard]] std::string join_snapshot(const SnapshotParts& parts);
// Views into `bytes`. Whether the parts can be read is for their readers to say; bytes that are not
// joined ones are the engine's.
[[nodiscard]] SnapshotParts split_snapshot(std::string_view bytes);

// Told what a restart finds, in order. Errors end the restart, or have an older snapshot tried.
class Front {
 public:
  Front() = default;
  Front(const Front&) = delete;
  Front& operator=(const Front&) = delete;
  virtual ~Front() = default;

  // Begin anew from a snapshot's part; empty: from nothing.
  [[nodiscard]] virtual Status restore(const std::string& name, std::string_view bytes) = 0;
  [[nodiscard]] virtual Status apply(const std::string& name, std::string_view body) = 0;
};

}  // namespace sillar::journal
