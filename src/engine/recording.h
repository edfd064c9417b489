#pragma once

// A recording: every input with the facts that the engine gave for it, one JSON value a line, in
// order, and here and there what the state was by then. Replay feeds the inputs to a fresh engine
// and compares what it decides with what was recorded, byte for byte.
//
//   {"input":{…,"at":"…"}}
//   {"fact":{…}}          one line for each fact of that input
//   {"snapshot":{"inputs":10000,"at":"…","state":"…"}}
//                         after that many inputs, the last at that time, the state has this hash; a
//                         file beside the recording keeps it

#include <cstdint>
#include <functional>
#include <optional>
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

struct SnapshotMark {
  std::uint64_t inputs = 0;
  Time at;
  std::string state_hash;

  [[nodiscard]] std::string line() const;
  [[nodiscard]] std::string file_name() const;  // "snapshot-10000.bin"
};

// Where a recording has a snapshot.
struct SnapshotPlace {
  SnapshotMark mark;
  std::size_t offset = 0;  // Of what follows it,
  std::size_t line = 1;    // and that line's number.

  [[nodiscard]] std::size_t begin() const { return offset - mark.line().size(); }
};

// The last snapshot that `recording` has of a time no later than `until`; nothing where there is
// none. Looks from the end. O(snapshots), and once over the text to number the line.
[[nodiscard]] std::optional<SnapshotPlace> last_snapshot(std::string_view recording, Time until);

struct ReplayDifference {
  std::uint64_t input = 0;  // Number of the input, from 1.
  std::size_t line = 0;  // Of the recording, from 1; where the recorded line stands or was missed.
  std::string recorded;  // Empty: decided now, not recorded then.
  std::string decided;   // Empty: recorded then, not decided now.
};

struct Replay {
  State state;               // After the last input.
  std::uint64_t inputs = 0;  // Those replayed, with their facts and the snapshots behind them.
  std::uint64_t facts = 0;
  std::uint64_t snapshots = 0;
  std::uint64_t differences = 0;
  std::vector<ReplayDifference> first;  // At most kDifferencesShown.
};

inline constexpr std::size_t kDifferencesShown = 10;

struct ReplayOptions {
  // Told the share of the text that is done, in thousandths. May be empty.
  std::function<void(int)> progress;
  // Gives a snapshot's file by its name, to hold it against the state; what it cannot give differs.
  // Empty: files are not looked at, hashes alone.
  std::function<Result<std::string>(const std::string& file_name)> snapshot_file;
};

// Where a replay begins that does not begin at the beginning.
struct ReplayStart {
  State state;
  std::uint64_t inputs = 0;  // Before it.
  std::size_t line = 1;      // Number of the text's first line.
};

// `text` is a whole recording, or what follows a snapshot. After a difference the replay goes on
// with what was decided now. Errors (kInvalidInput): a line that is not what a recording holds,
// and a whole recording that is empty.
[[nodiscard]] Result<Replay> replay(const std::string& name, std::string_view text,
                                    const ReplayOptions& options = {});
[[nodiscard]] Result<Replay> replay_from(ReplayStart start, const std::string& name,
                                         std::string_view text, const ReplayOptions& options = {});

}  // namespace sillar
