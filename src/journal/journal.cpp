#include "journal/journal.h"

#include <fmt/format.h>

#include <algorithm>

namespace sillar::journal {
namespace {

// Rows that one transaction forgets.
constexpr std::uint64_t kTrimRows = 10'000;

tl::unexpected<Error> damaged(const std::string& name, std::uint64_t seq, std::string_view what) {
  return invalid(fmt::format(
      "{}: entry {} {}. The journal is damaged there; restore it from a backup", name, seq, what));
}

}  // namespace

Result<Journal> Journal::open(std::unique_ptr<Store> store, Access access) {
  SILLAR_TRY(first, store->first());
  SILLAR_TRY(last, store->last());
  if (access == Access::kRead) return Journal(std::move(store), first, last, 0);
  SILLAR_TRY(epoch, store->begin_epoch());
  return Journal(std::move(store), first, last, epoch);
}

Status Journal::append(std::uint64_t seq, std::span<const std::string> bodies) {
  SILLAR_TRY_STATUS(usable_);
  if (seq != last_.seq + 1)
    return invalid(
        fmt::format("{}: entry {} cannot be appended; the next is {}", name(), seq, last_.seq + 1));
  if (bodies.empty()) return invalid(fmt::format("{}: a batch has one entry at least", name()));
  std::size_t bytes = 0;
  for (const std::string& body : bodies) bytes += body.size();
  if (bodies.size() > kBatchEntriesMax || bytes > kBatchBytesMax)
    return fail(ErrorCode::kLimit,
                fmt::format("{}: a batch of {} entries and {} bytes; one has {} and {} at most",
                            name(), bodies.size(), bytes, kBatchEntriesMax, kBatchBytesMax));
  std::vector<Row> rows;
  rows.reserve(bodies.size());
  Mark mark = last_;
  for (const std::string& body : bodies) {
    mark = after(mark, epoch_, body);
    rows.push_back({mark, epoch_, body});
  }
  if (Status written = store_->insert(rows); !written) {
    if (written.error().code != ErrorCode::kLimit) usable_ = written;
    return written;
  }
  last_ = mark;
  return {};
}

Result<Mark> Journal::place_of(std::uint64_t seq) {
  SILLAR_TRY(mark, store_->at(seq));
  if (!mark) return damaged(name(), seq, "is missing");
  return *mark;
}

Result<Chunk> Journal::read(const Mark& from, Limits limits) {
  SILLAR_TRY(rows, store_->rows(from.seq, limits));
  Chunk chunk{std::move(rows), from};
  for (const Row& row : chunk.rows) {
    const std::uint64_t seq = chunk.end.seq + 1;
    if (row.mark.seq != seq) return damaged(name(), seq, "is missing");
    const Mark mark = after(chunk.end, row.epoch, row.body);
    if (mark.hash != row.mark.hash)
      return damaged(name(), seq, "is not what was appended: its hash differs");
    if (mark.bytes != row.mark.bytes) return damaged(name(), seq, "has a wrong count of bytes");
    chunk.end = mark;
  }
  return chunk;
}

Status Journal::verify(Mark from, const Mark& until,
                       const std::function<bool(const Mark&)>& progress) {
  while (from.seq < until.seq) {
    Limits limits;
    limits.rows_max = std::min<std::size_t>(limits.rows_max, until.seq - from.seq);
    SILLAR_TRY(chunk, read(from, limits));
    if (chunk.rows.empty()) return damaged(name(), from.seq + 1, "is missing");
    from = chunk.end;
    if (progress && !progress(from)) return {};
  }
  if (from.hash != until.hash)
    return damaged(name(), until.seq, "is not what was appended: another hash was kept of it");
  return {};
}

Status Journal::keep_snapshot(std::string_view state_bytes) {
  SILLAR_TRY_STATUS(usable_);
  SILLAR_TRY_STATUS(store_->put_snapshot(last_, state_bytes));
  SILLAR_TRY(kept, store_->snapshots());
  for (std::size_t i = kSnapshotsKept; i < kept.size(); ++i)
    SILLAR_TRY_STATUS(store_->remove_snapshot(kept[i]));
  return {};
}

Result<KeptSnapshot> Journal::snapshot(std::uint64_t seq) {
  SILLAR_TRY(kept, store_->snapshot(seq));
  SILLAR_TRY(here, store_->at(seq));
  if (!here || *here != kept.mark)
    return invalid(
        fmt::format("{}: the snapshot after entry {} is of another history", name(), seq));
  return std::move(kept);
}

// The last entry to forget: the first whose successors are within the retention, or the floor.
Result<std::uint64_t> Journal::trim_target(std::uint64_t floor, const Retention& retention) {
  const std::uint64_t kept = last_.seq - first_.seq;
  std::uint64_t target = first_.seq;
  if (kept > retention.entries_max) target = last_.seq - retention.entries_max;
  // Bytes grow with the numbers: the least number that leaves few enough, by halving.
  std::uint64_t low = target;
  std::uint64_t high = std::max(target, floor);
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    SILLAR_TRY(mark, store_->at(middle));
    if (!mark) return damaged(name(), middle, "is missing");
    if (last_.bytes - mark->bytes <= retention.bytes_max)
      high = middle;
    else
      low = middle + 1;
  }
  return std::min(low, floor);
}

Status Journal::trim(const Retention& retention, std::uint64_t through) {
  SILLAR_TRY_STATUS(usable_);
  SILLAR_TRY(kept, store_->snapshots());
  if (kept.size() < kSnapshotsKept) return {};
  for (std::size_t i = 0; i < kSnapshotsKept; ++i) {
    const Result<KeptSnapshot> whole = snapshot(kept[i]);
    if (!whole) return tl::unexpected(whole.error().within("nothing was forgotten"));
  }
  const std::uint64_t floor = std::min(kept[kSnapshotsKept - 1], through);
  if (floor <= first_.seq) return {};
  SILLAR_TRY(target, trim_target(floor, retention));
  while (first_.seq < target) {
    SILLAR_TRY_STATUS(store_->remove_through(std::min(target, first_.seq + kTrimRows)));
    SILLAR_TRY(first, store_->first());
    first_ = first;
  }
  return {};
}

}  // namespace sillar::journal
