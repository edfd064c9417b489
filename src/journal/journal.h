#pragma once

// The journal: entries in one order, durable before anybody acts on them, chained by their hashes,
// and snapshots of the state that they lead to. Over any Store. One thread at a time; a second
// Journal, opened for reading, may verify in the background.

#include <functional>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "journal/store.h"

namespace sillar::journal {

// Of one append and of one entry; more is refused (kLimit) and nothing is written.
inline constexpr std::size_t kBatchEntriesMax = 4096;
inline constexpr std::size_t kBatchBytesMax = std::size_t{128} << 20;
inline constexpr std::size_t kSnapshotsKept = 2;

// Entries that were read and found to follow one another.
struct Chunk {
  std::vector<Row> rows;  // Empty: nothing follows.
  Mark end;               // Behind the last of them.
};

// How much is kept beyond what a restart from the snapshot before last needs. Entries are forgotten
// once there are more of them, or more bytes in their bodies. What a restart needs is never
// forgotten, however large.
struct Retention {
  std::uint64_t entries_max = 10'000'000;
  std::uint64_t bytes_max = std::uint64_t{8} << 30;
};

class Journal {
 public:
  // A writer begins a new epoch. Errors: those of the store.
  [[nodiscard]] static Result<Journal> open(std::unique_ptr<Store> store, Access access);

  [[nodiscard]] const std::string& name() const { return store_->name(); }
  [[nodiscard]] const Mark& first() const { return first_; }
  // Behind the last entry that was acknowledged, or that was there when a reader opened.
  [[nodiscard]] const Mark& last() const { return last_; }
  [[nodiscard]] std::uint64_t epoch() const { return epoch_; }  // 0 for a reader.

  // Writes one batch in one transaction, its first entry being number `seq`; durable, whole, when
  // it returns. Errors: kInvalidInput where `seq` does not follow the last entry, or nothing is
  // given; kLimit for a batch too large or a full disk, and nothing is written; kIo for everything
  // else: what became of the batch is unknown then, and every later append is refused with the same
  // error until the journal is opened again. Requires: a writer.
  [[nodiscard]] Status append(std::uint64_t seq, std::span<const std::string> bodies);

  // The place behind entry `seq`, to read on from. Errors (kInvalidInput): it is not kept.
  [[nodiscard]] Result<Mark> place_of(std::uint64_t seq);

  // What follows `from`, each entry held against the chain from there. Errors (kInvalidInput): the
  // first entry that is missing or is not what was appended, by its number.
  [[nodiscard]] Result<Chunk> read(const Mark& from, Limits limits = {});

  // Reads on from `from` and holds every entry against the chain, until `until`, where the hash has
  // to be that one. `progress` is told how far it is and may stop it by returning false; may be
  // empty. Errors: those of read.
  [[nodiscard]] Status verify(Mark from, const Mark& until,
                              const std::function<bool(const Mark&)>& progress = {});

  // The state after the last entry. The last kSnapshotsKept are kept. Requires: a writer.
  [[nodiscard]] Status keep_snapshot(std::string_view state_bytes);
  // Numbers of the entries that they follow, the newest first.
  [[nodiscard]] Result<std::vector<std::uint64_t>> snapshots() { return store_->snapshots(); }
  // Errors (kInvalidInput): one that is damaged, or of another history than this.
  [[nodiscard]] Result<KeptSnapshot> snapshot(std::uint64_t seq);

  // Forgets entries before the snapshot before last, where there are more than `retention` allows.
  // Nothing is forgotten before there are two snapshots, both undamaged, nor what comes after entry
  // `through`: an archive's position, behind which rows are still to be made of entries. Requires:
  // a writer.
  [[nodiscard]] Status trim(const Retention& retention,
                            std::uint64_t through = std::numeric_limits<std::uint64_t>::max());

 private:
  Journal(std::unique_ptr<Store> store, Mark first, Mark last, std::uint64_t epoch)
      : store_(std::move(store)), first_(first), last_(last), epoch_(epoch) {}

  [[nodiscard]] Result<std::uint64_t> trim_target(std::uint64_t floor, const Retention& retention);

  std::unique_ptr<Store> store_;
  Mark first_;
  Mark last_;
  std::uint64_t epoch_;
  Status usable_;  // The error that ended it.
};

}  // namespace sillar::journal
