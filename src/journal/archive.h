#pragma once

// Rows that are kept for longer than the journal's entries that they were made of: audit leaves,
// ledger lines, finished workloads. Each is written exactly once: rows go in together with the
// position up to which the journal's entries have given theirs, in one transaction; whatever was
// lost after it is made again from the entries that follow, and a row that is there already stays
// as it is. In the journal's folder:
//
//   archive.sqlite    the rows; write-ahead log beside it, synced at every flush
//   archive.lock      held by the one process that writes
//
// One thread at a time; a second Archive, opened for reading, may serve others.
//
// How it goes together with a journal, whoever runs both:
//   after an append       add() the rows that its entries give; flush() when flush_is_due()
//   before a snapshot     flush(journal.last().seq): so a restart from any snapshot finds every
//                         entry after position() still to come
//   forgetting entries    journal.trim(retention, archive.position())
//   at a start            follows(journal); then the entries after the snapshot are applied and
//                         their rows added again

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "journal/journal.h"

namespace sillar::journal {

inline constexpr int kArchiveVersion = 1;
inline constexpr std::size_t kArchiveRowBytesMax = std::size_t{16} << 20;  // Key and value.
// Rows that wait beyond these are due to be flushed.
inline constexpr std::size_t kArchivePendingRows = 4096;
inline constexpr std::size_t kArchivePendingBytes = std::size_t{8} << 20;

// Streams are few and named in code.
struct ArchiveRow {
  std::string key;  // Ordered as bytes: numbers go most significant byte first (ordered_key).
  std::string value;

  friend bool operator==(const ArchiveRow&, const ArchiveRow&) = default;
};

[[nodiscard]] std::string ordered_key(std::uint64_t number);
// Zero where `key` is not one of ordered_key's.
[[nodiscard]] std::uint64_t number_of_key(std::string_view key);

class Archive {
 public:
  // For writing, it is made where there is none. Requires, for writing: the folder is there.
  // Errors: those of Store.
  [[nodiscard]] static Result<Archive> open(const std::string& folder, Access access);
  Archive(Archive&&) noexcept;
  Archive& operator=(Archive&&) noexcept;
  ~Archive();

  [[nodiscard]] const std::string& name() const;  // For messages.
  // The rows of the journal's entries up to and with this one are durable.
  [[nodiscard]] std::uint64_t position() const;
  // Errors (kInvalidInput): the journal does not hold what has to come after position(), or ends
  // before it: one of the two files is older than the other.
  [[nodiscard]] Status follows(const Journal& journal) const;

  // Waits for a flush; reads see it at once. A key that waits already stays as it is. Requires: a
  // writer; a row within kArchiveRowBytesMax, whose key does not begin with eight bytes of 0xFF.
  void add(std::string_view stream, std::string key, std::string value);
  [[nodiscard]] bool flush_is_due() const;
  // Writes all that waits, and that entries up to `position` have been dealt with; durable on
  // return. Errors: kInvalidInput for a row whose key is there with another value: what made it is
  // not what made the first; kLimit for a full disk, after which all of it still waits; kIo for
  // everything else, after which nothing more is written until it is opened again. Requires: a
  // writer, position >= position().
  [[nodiscard]] Status flush(std::uint64_t position);

  // Keys from `from` on, in order, up to and without `until` (empty: all). Errors (kInvalidInput):
  // the first row that is not what was written, by its stream and key.
  [[nodiscard]] Result<std::vector<ArchiveRow>> read(std::string_view stream, std::string_view from,
                                                     std::string_view until = {},
                                                     Limits limits = {}) const;
  // Keys before `before` (empty: all), the last first. Errors: those of read.
  [[nodiscard]] Result<std::vector<ArchiveRow>> read_back(std::string_view stream,
                                                          std::string_view before = {},
                                                          Limits limits = {}) const;
  [[nodiscard]] Result<std::uint64_t> count(std::string_view stream) const;

  // Reads every row. Errors: the first that is missing or not what was written. `progress` is told
  // how many rows were read and may stop it by returning false; may be empty.
  [[nodiscard]] Status verify(const std::function<bool(std::uint64_t)>& progress = {}) const;

 private:
  class Tables;
  using Pending = std::map<std::string, std::string, std::less<>>;
  enum class Order : std::uint8_t { kForward, kBackward };
  struct Range;

  explicit Archive(std::unique_ptr<Tables> tables);
  [[nodiscard]] const Pending& pending_of(std::string_view stream) const;
  [[nodiscard]] std::vector<ArchiveRow> merged(std::vector<ArchiveRow> kept, const Range& range,
                                               const Limits& limits) const;
  [[nodiscard]] Result<std::vector<ArchiveRow>> rows_of(const Range& range, Limits limits) const;

  std::unique_ptr<Tables> tables_;
  std::map<std::string, Pending, std::less<>> pending_;
  std::size_t pending_rows_ = 0;
  std::size_t pending_bytes_ = 0;
};

[[nodiscard]] bool holds_archive(const std::string& folder);

}  // namespace sillar::journal
