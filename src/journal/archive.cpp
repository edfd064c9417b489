#include "journal/archive.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/check.h"
#include "journal/archive_tables.h"

namespace sillar::journal {

namespace {

constexpr const char* kArchiveLock = "archive.lock";
constexpr std::size_t kKeyBytes = 8;

}  // namespace

std::string ordered_key(std::uint64_t number) {
  std::string key(kKeyBytes, '\0');
  for (std::size_t i = kKeyBytes; i-- > 0; number >>= 8) key[i] = static_cast<char>(number & 0xFF);
  return key;
}

std::uint64_t number_of_key(std::string_view key) {
  if (key.size() != kKeyBytes) return 0;
  std::uint64_t number = 0;
  for (const char c : key) number = number << 8 | static_cast<unsigned char>(c);
  return number;
}

bool holds_archive(const std::string& folder) {
  return exists(folder + "/" + kArchiveName);
}

Archive::Archive(std::unique_ptr<Tables> tables) : tables_(std::move(tables)) {}
Archive::Archive(Archive&&) noexcept = default;
Archive& Archive::operator=(Archive&&) noexcept = default;
Archive::~Archive() = default;

Result<Archive> Archive::open(const std::string& folder, Access access) {
  File lock;
  const std::string path = folder + "/" + kArchiveName;
  if (access == Access::kWrite) {
    SILLAR_TRY(locked, lock_folder(folder, kArchiveLock));
    lock = std::move(locked);
    if (!exists(path)) SILLAR_TRY_STATUS(Database::create(folder, kArchiveName, kArchiveSchema));
  }
  SILLAR_TRY(database, Database::open(path, access, kArchiveSchema));
  auto tables = std::make_unique<Tables>(path, std::move(lock), std::move(database));
  SILLAR_TRY_STATUS(tables->prepare());
  return Archive(std::move(tables));
}

const std::string& Archive::name() const {
  return tables_->path();
}

std::uint64_t Archive::position() const {
  return tables_->position();
}

Status Archive::follows(const Journal& journal) const {
  if (position() > journal.last().seq)
    return invalid(
        fmt::format("{}: it has rows of entry {}, and the journal ends with entry {}: the journal "
                    "is older than "
                    "its archive. Nothing was changed; restore both from one backup",
                    name(), position(), journal.last().seq));
  if (position() < journal.first().seq)
    return invalid(fmt::format(
        "{}: it ends with the rows of entry {}, and the journal begins after entry {}: what lies "
        "between is lost. Nothing was changed; restore both from one backup",
        name(), position(), journal.first().seq));
  return {};
}

void Archive::add(std::string_view stream, std::string key, std::string value) {
  const std::size_t bytes = key.size() + value.size();
  CHECK(bytes <= kArchiveRowBytesMax, "a row is within its limit");
  CHECK(key < kKeysEnd, "a key comes before the end of all keys");
  auto at = pending_.find(stream);
  if (at == pending_.end()) at = pending_.try_emplace(std::string(stream)).first;
  if (!at->second.emplace(std::move(key), std::move(value)).second) return;
  ++pending_rows_;
  pending_bytes_ += bytes;
}

bool Archive::flush_is_due() const {
  return pending_rows_ >= kArchivePendingRows || pending_bytes_ >= kArchivePendingBytes;
}

Status Archive::flush(std::uint64_t position) {
  CHECK(position >= tables_->position(), "an archive's position does not go back");
  if (pending_rows_ == 0 && position == tables_->position()) return {};
  SILLAR_TRY_STATUS(tables_->write(pending_, position));
  pending_.clear();
  pending_rows_ = 0;
  pending_bytes_ = 0;
  return {};
}

const Archive::Pending& Archive::pending_of(std::string_view stream) const {
  static const Pending kNone;
  const auto at = pending_.find(stream);
  return at == pending_.end() ? kNone : at->second;
}

// What waits among what is kept. A row that is both is made again after a restart, and the same.
std::vector<ArchiveRow> Archive::merged(std::vector<ArchiveRow> kept, const Range& range,
                                        const Limits& limits) const {
  const Pending& waiting = pending_of(range.stream);
  if (waiting.empty()) return kept;
  // Where the kept ones were cut by a limit, what waits beyond them is for the next read.
  const bool cut = kept.size() >= limits.rows_max || [&] {
    std::size_t bytes = 0;
    for (const ArchiveRow& row : kept) bytes += row.key.size() + row.value.size();
    return bytes >= limits.bytes_max;
  }();
  const bool forward = range.order == Order::kForward;
  const auto within = [&](const std::string& key) {
    if (!cut || kept.empty()) return true;
    return forward ? key < kept.back().key : key > kept.back().key;
  };
  std::vector<ArchiveRow> more;
  for (auto at = waiting.lower_bound(range.from); at != waiting.end(); ++at) {
    if (!range.until.empty() && at->first >= range.until) break;
    if (within(at->first)) more.push_back({at->first, at->second});
  }
  if (!forward) std::reverse(more.begin(), more.end());
  std::vector<ArchiveRow> all;
  std::merge(kept.begin(), kept.end(), more.begin(), more.end(), std::back_inserter(all),
             [forward](const ArchiveRow& a, const ArchiveRow& b) {
               return forward ? a.key < b.key : a.key > b.key;
             });
  const auto same = [](const ArchiveRow& a, const ArchiveRow& b) { return a.key == b.key; };
  all.erase(std::unique(all.begin(), all.end(), same), all.end());
  if (all.size() > limits.rows_max) all.resize(limits.rows_max);
  return all;
}

Result<std::vector<ArchiveRow>> Archive::rows_of(const Range& range, Limits limits) const {
  limits.rows_max = std::max<std::size_t>(limits.rows_max, 1);
  SILLAR_TRY(kept, tables_->rows(range, limits));
  return merged(std::move(kept), range, limits);
}

Result<std::vector<ArchiveRow>> Archive::read(std::string_view stream, std::string_view from,
                                              std::string_view until, Limits limits) const {
  return rows_of({stream, from, until, Order::kForward}, limits);
}

Result<std::vector<ArchiveRow>> Archive::read_back(std::string_view stream, std::string_view before,
                                                   Limits limits) const {
  return rows_of({stream, {}, before, Order::kBackward}, limits);
}

Result<std::uint64_t> Archive::count(std::string_view stream) const {
  SILLAR_TRY(count, tables_->count(stream));
  for (const auto& [key, value] : pending_of(stream)) {
    SILLAR_TRY(there, tables_->holds(stream, key));
    if (!there) ++count;
  }
  return count;
}

Status Archive::verify(const std::function<bool(std::uint64_t)>& progress) const {
  SILLAR_TRY(streams, tables_->streams());
  std::uint64_t read_rows = 0;
  for (const std::string& stream : streams) {
    SILLAR_TRY(expected, tables_->count(stream));
    std::uint64_t found = 0;
    std::string from;
    for (;;) {
      SILLAR_TRY(rows, tables_->rows({stream, from, {}, Order::kForward}, Limits{}));
      if (rows.empty()) break;
      found += rows.size();
      read_rows += rows.size();
      from = rows.back().key + '\0';  // The least key after it.
      if (progress && !progress(read_rows)) return {};
    }
    if (found != expected)
      return invalid(fmt::format(
          "{}: {} has {} rows, and {} were written. The archive is damaged; restore it from a "
          "backup",
          name(), stream, found, expected));
  }
  return {};
}

}  // namespace sillar::journal
