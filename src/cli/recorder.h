#pragma once

// Recordings on disk: one file in a folder, written while a simulation runs.

#include <memory>
#include <string>
#include <vector>

#include "cli/io.h"
#include "engine/state.h"
#include "model/fact.h"

namespace sillar::cli {

inline constexpr const char* kRecordingName = "recording.jsonl";
inline constexpr std::size_t kRecordingBytesMax = std::size_t{16} << 30;

// Writes inputs and their facts.
class Recorder {
 public:
  // Errors: those of Io::create; a folder holds one recording.
  [[nodiscard]] static Result<Recorder> open(const Io& io, const std::string& folder);

  // `state` is the one after the facts, which names what they speak of.
  void write(const State& state, const Input& input, const std::vector<Fact>& facts);
  // Errors: kIo when something could not be written.
  [[nodiscard]] Status close();

 private:
  explicit Recorder(std::unique_ptr<Sink> sink, std::string path)
      : sink_(std::move(sink)), path_(std::move(path)) {}

  std::unique_ptr<Sink> sink_;
  std::string path_;
};

// The text of a folder's recording. Errors: those of Io::read.
[[nodiscard]] Result<std::string> read_recording(const Io& io, const std::string& folder);

}  // namespace sillar::cli
