#include "cli/recorder.h"

#include <fmt/format.h>

#include <cstring>

#include "engine/snapshot.h"

namespace sillar::cli {
namespace {

std::string path_in(const std::string& folder, const std::string& name) {
  return folder + "/" + name;
}

Status written(Sink& sink, const std::string& path) {
  sink.flush();
  if (sink.failure() == 0) return {};
  return fail(ErrorCode::kIo, fmt::format("{}: {}", path, std::strerror(sink.failure())));
}

}  // namespace

Result<Recorder> Recorder::open(const Io& io, const std::string& folder) {
  SILLAR_TRY(sink, io.create(folder, kRecordingName));
  return Recorder(io, folder, std::move(sink));
}

void Recorder::write(const State& state, const Input& input, const std::vector<Fact>& facts) {
  const std::string lines = recorded_lines(state, input, facts);
  sink_->write(lines);
  ++inputs_;
  last_ = input.at;
  bytes_since_snapshot_ += lines.size();
  if (inputs_ - inputs_at_snapshot_ >= kSnapshotInputs &&
      bytes_since_snapshot_ / kSnapshotGrowth >= snapshot_bytes_ &&
      snapshots_ + 1 < kSnapshotsMax && kept_)
    keep_snapshot(state);
}

void Recorder::keep_last(const State& state) {
  if (inputs_ > inputs_at_snapshot_ && kept_) keep_snapshot(state);
}

// The file is whole before the recording speaks of it.
void Recorder::keep_snapshot(const State& state) {
  Snapshot snapshot = save(state);
  const SnapshotMark mark{inputs_, last_, std::move(snapshot.state_hash)};
  const auto sink = io_->create(folder_, mark.file_name());
  if (!sink) {
    kept_ = tl::unexpected(sink.error());
    return;
  }
  (*sink)->write(snapshot.bytes);
  kept_ = written(**sink, path_in(folder_, mark.file_name()));
  if (!kept_) return;
  sink_->write(mark.line());
  ++snapshots_;
  inputs_at_snapshot_ = inputs_;
  bytes_since_snapshot_ = 0;
  snapshot_bytes_ = snapshot.bytes.size();
}

Status Recorder::close() {
  SILLAR_TRY_STATUS(written(*sink_, path_in(folder_, kRecordingName)));
  return kept_;
}

Result<std::string> read_recording(const Io& io, const std::string& folder) {
  return io.read(path_in(folder, kRecordingName), kRecordingBytesMax);
}

Result<std::string> read_snapshot(const Io& io, const std::string& folder,
                                  const std::string& file_name) {
  return io.read(path_in(folder, file_name), kSnapshotBytesMax);
}

Result<std::optional<RecordedStart>> start_from_snapshot(const Io& io, const std::string& folder,
                                                         std::string_view recording, Time until) {
  auto place = last_snapshot(recording, until);
  if (!place) return std::nullopt;
  const std::string path = path_in(folder, place->mark.file_name());
  SILLAR_TRY(bytes, read_snapshot(io, folder, place->mark.file_name()));
  SILLAR_TRY(state, restore(path, bytes));
  if (state_hash(state) != place->mark.state_hash)
    return invalid(fmt::format("{}: the recording speaks of another state", path));
  return RecordedStart{{std::move(state), place->mark.inputs, place->line}, place->offset};
}

}  // namespace sillar::cli
