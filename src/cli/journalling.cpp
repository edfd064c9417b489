#include "cli/journalling.h"

#include <fmt/format.h>

#include "cli/recorder.h"
#include "engine/entry.h"
#include "engine/snapshot.h"
#include "journal/sqlite_store.h"

namespace sillar::cli {

Result<JournalWriter> JournalWriter::open(const std::string& folder) {
  SILLAR_TRY(store, journal::open_sqlite(folder, journal::Access::kWrite));
  SILLAR_TRY(opened, journal::Journal::open(std::move(store), journal::Access::kWrite));
  if (opened.last().seq > 0)
    return invalid(fmt::format("{}: holds a journal of {} entries; name another folder", folder,
                               opened.last().seq));
  return JournalWriter(std::move(opened));
}

Status JournalWriter::write(const State& state, const Input& input,
                            const std::vector<Fact>& facts) {
  batch_.push_back(entry_bytes(input, facts));
  batch_bytes_ += batch_.back().size();
  bytes_since_snapshot_ += batch_.back().size();
  ++entries_since_snapshot_;
  const bool due = entries_since_snapshot_ >= kSnapshotInputs &&
                   bytes_since_snapshot_ / kSnapshotGrowth >= snapshot_bytes_;
  if (due) return keep_snapshot(state);
  if (batch_.size() < kJournalBatchEntries && batch_bytes_ < kJournalBatchBytes) return {};
  return flush();
}

Status JournalWriter::finish(const State& state) {
  return entries_since_snapshot_ > 0 ? keep_snapshot(state) : Status{};
}

Status JournalWriter::flush() {
  if (batch_.empty()) return {};
  SILLAR_TRY_STATUS(journal_.append(journal_.last().seq + 1, batch_));
  batch_.clear();
  batch_bytes_ = 0;
  return {};
}

Status JournalWriter::keep_snapshot(const State& state) {
  SILLAR_TRY_STATUS(flush());
  const Snapshot snapshot = save(state);
  SILLAR_TRY_STATUS(journal_.keep_snapshot(snapshot.bytes));
  entries_since_snapshot_ = 0;
  bytes_since_snapshot_ = 0;
  snapshot_bytes_ = snapshot.bytes.size();
  return {};
}

}  // namespace sillar::cli
