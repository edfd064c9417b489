#pragma once

// Recordings on disk, written while a simulation runs: a folder with one file of inputs and facts,
// and snapshots of the state beside it, from which questions about later moments start.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/io.h"
#include "engine/recording.h"

namespace sillar::cli {

inline constexpr const char* kRecordingName = "recording.jsonl";
inline constexpr std::size_t kRecordingBytesMax = std::size_t{16} << 30;

// A snapshot is kept after so many inputs at least, and not before the recording has grown by so
// many times the last snapshot; and one at the end. So all snapshots together take at most a
// quarter of the recording and two snapshots more. There are never more than so many.
inline constexpr std::uint64_t kSnapshotInputs = 10'000;
inline constexpr std::size_t kSnapshotGrowth = 4;
inline constexpr int kSnapshotsMax = 1000;

// Writes inputs and their facts. Refers to the Io that it was opened with.
class Recorder {
 public:
  // Errors: those of Io::create; a folder holds one recording.
  [[nodiscard]] static Result<Recorder> open(const Io& io, const std::string& folder);

  // `state` is the one after the facts, which names what they speak of.
  void write(const State& state, const Input& input, const std::vector<Fact>& facts);
  // After the last input: the recording ends with a snapshot.
  void keep_last(const State& state);
  // Errors: kIo when something could not be written.
  [[nodiscard]] Status close();

 private:
  Recorder(const Io& io, std::string folder, std::unique_ptr<Sink> sink)
      : io_(&io), folder_(std::move(folder)), sink_(std::move(sink)) {}

  void keep_snapshot(const State& state);

  const Io* io_;
  std::string folder_;
  std::unique_ptr<Sink> sink_;
  Status kept_;  // Whether every snapshot could be written.
  std::uint64_t inputs_ = 0;
  Time last_;  // Of the last input.
  std::uint64_t inputs_at_snapshot_ = 0;
  std::size_t bytes_since_snapshot_ = 0;
  std::size_t snapshot_bytes_ = 0;  // Of the last one.
  int snapshots_ = 0;
};

// The text of a folder's recording. Errors: those of Io::read.
[[nodiscard]] Result<std::string> read_recording(const Io& io, const std::string& folder);

// A snapshot of a recording, as it is to be replayed from.
struct RecordedStart {
  ReplayStart start;
  std::size_t offset = 0;  // Into the recording, of what follows it.
};
// The last one of a time no later than `until`; nothing where the recording has none. Errors: those
// of Io::read and of restore; a file of another state than the recording says.
[[nodiscard]] Result<std::optional<RecordedStart>> start_from_snapshot(const Io& io,
                                                                       const std::string& folder,
                                                                       std::string_view recording,
                                                                       Time until);
// A snapshot's bytes. Errors: likewise.
[[nodiscard]] Result<std::string> read_snapshot(const Io& io, const std::string& folder,
                                                const std::string& file_name);

}  // namespace sillar::cli
