#pragma once

// Snapshots as files of a folder. Internal to journal.
//
//   8 bytes   "sillar-k"
//   8         version, least significant byte first, as all numbers here
//   8, 8, 32  the place that it is the state of: entries, bytes, hash
//   32        SHA-256 of what stands before it and of the SHA-256 of the body
//   body      the state's bytes, as engine/snapshot.h has them

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "journal/store.h"

namespace sillar::journal {

inline constexpr std::uint64_t kSnapshotFileVersion = 1;

// Numbers of those in the folder, the newest first.
[[nodiscard]] Result<std::vector<std::uint64_t>> snapshots_in(const std::string& folder);
[[nodiscard]] Result<KeptSnapshot> read_snapshot_file(const std::string& folder, std::uint64_t seq);
[[nodiscard]] Status write_snapshot_file(const std::string& folder, const Mark& mark,
                                         std::string_view bytes);
[[nodiscard]] Status remove_snapshot_file(const std::string& folder, std::uint64_t seq);

}  // namespace sillar::journal
