#include "cli/recorder.h"

#include <fmt/format.h>

#include <cstring>

#include "engine/recording.h"

namespace sillar::cli {
namespace {

std::string recording_path(const std::string& folder) {
  return folder + "/" + kRecordingName;
}

}  // namespace

Result<Recorder> Recorder::open(const Io& io, const std::string& folder) {
  SILLAR_TRY(sink, io.create(folder, kRecordingName));
  return Recorder(std::move(sink), recording_path(folder));
}

void Recorder::write(const State& state, const Input& input, const std::vector<Fact>& facts) {
  sink_->write(recorded_lines(state, input, facts));
}

Status Recorder::close() {
  sink_->flush();
  if (sink_->failure() == 0) return {};
  return fail(ErrorCode::kIo, fmt::format("{}: {}", path_, std::strerror(sink_->failure())));
}

Result<std::string> read_recording(const Io& io, const std::string& folder) {
  return io.read(recording_path(folder), kRecordingBytesMax);
}

}  // namespace sillar::cli
