#include "journal/snapshot_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/document.h"
#include "engine/snapshot.h"
#include "journal/files.h"
#include "journal/words.h"

namespace sillar::journal {
namespace {

constexpr std::string_view kMagic = "sillar-k";
constexpr std::string_view kPrefix = "snapshot-";
constexpr std::string_view kSuffix = ".bin";
constexpr std::size_t kSumAt = kMagic.size() + kWordBytes + kMarkBytes;
constexpr std::size_t kHeaderBytes = kSumAt + sizeof(Hash);

std::string file_name(std::uint64_t seq) {
  return fmt::format("{}{}{}", kPrefix, seq, kSuffix);
}

// Of the body's hash and the header, so that a body of gigabytes is not copied to be hashed.
Hash sum_of(std::string_view header, std::string_view body) {
  std::string text(header.substr(0, kSumAt));
  put_hash(text, hash_of(body));
  return hash_of(text);
}

}  // namespace

Result<std::vector<std::uint64_t>> snapshots_in(const std::string& folder) {
  SILLAR_TRY(names, names_in(folder));
  std::vector<std::uint64_t> found;
  for (const std::string& name : names) {
    if (!name.starts_with(kPrefix) || !name.ends_with(kSuffix)) continue;
    std::uint64_t seq = 0;
    const auto [end, error] =
        std::from_chars(name.data() + kPrefix.size(), name.data() + name.size(), seq);
    if (error == std::errc{} && file_name(seq) == name) found.push_back(seq);
  }
  std::sort(found.begin(), found.end(), std::greater<>());
  return found;
}

Result<KeptSnapshot> read_snapshot_file(const std::string& folder, std::uint64_t seq) {
  const std::string path = folder + "/" + file_name(seq);
  SILLAR_TRY(bytes, read_file(path, kSnapshotBytesMax + kHeaderBytes));
  const std::string_view text = bytes;
  if (text.size() < kHeaderBytes || !text.starts_with(kMagic))
    return invalid(fmt::format("{}: this is not a journal's snapshot", path));
  const std::uint64_t version = word_at(text, kMagic.size());
  if (version != kSnapshotFileVersion)
    return invalid(fmt::format("{}: the file is of version {}; this program knows version {}", path,
                               version, kSnapshotFileVersion));
  if (sum_of(text, text.substr(kHeaderBytes)) != hash_at(text, kSumAt))
    return invalid(fmt::format("{}: the snapshot is damaged: its checksum differs", path));
  const Mark mark = mark_at(text, kMagic.size() + kWordBytes);
  if (mark.seq != seq)
    return invalid(fmt::format("{}: the snapshot is the one after entry {}", path, mark.seq));
  bytes.erase(0, kHeaderBytes);
  return KeptSnapshot{mark, std::move(bytes)};
}

Status write_snapshot_file(const std::string& folder, const Mark& mark, std::string_view bytes) {
  std::string header(kMagic);
  put_word(header, kSnapshotFileVersion);
  put_mark(header, mark);
  put_hash(header, sum_of(header, bytes));
  return write_whole(folder, file_name(mark.seq), header, bytes);
}

Status remove_snapshot_file(const std::string& folder, std::uint64_t seq) {
  return remove_file(folder + "/" + file_name(seq));
}

}  // namespace sillar::journal
