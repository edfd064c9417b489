#include "server/audit_verify.h"

#include <fmt/format.h>

#include <map>
#include <vector>

#include "base/document.h"
#include "journal/front.h"
#include "journal/sqlite_store.h"
#include "server/audit.h"

namespace sillar::server {
namespace {

using journal::Archive;
using journal::ArchiveRow;
using journal::Journal;

constexpr std::int64_t kPartIdMax = 255;

std::string missing(std::uint64_t leaf) {
  return fmt::format("leaf {} is missing: it was taken away, or the log was cut off before it",
                     leaf);
}

// What the journal knows of the log: its tip, and the leaves since its newest snapshot.
struct JournalView {
  TreeHead head;
  std::map<std::uint64_t, std::string> leaves;
};

std::string_view audit_state_in(std::string_view front) {
  ByteReader in(front);
  while (in.ok() && in.left() > 0) {
    const std::int64_t id = in.number(0, kPartIdMax);
    const std::string_view state = in.text(front.size());
    if (in.ok() && id == static_cast<std::int64_t>(PartId::kAudit)) return state;
  }
  return {};
}

Status take_records(const journal::Chunk& chunk, AuditLog& log, JournalView& view) {
  for (const journal::Row& row : chunk.rows) {
    ByteReader in(row.body);
    if (in.number() != journal::kFrontBody) continue;
    if (in.number(0, kPartIdMax) != static_cast<std::int64_t>(PartId::kAudit) || !in.ok()) continue;
    view.leaves.emplace(log.size(), in.rest());
    if (auto applied = log.apply(in.rest()); !applied)
      return tl::unexpected(applied.error().within(fmt::format("entry {}", row.mark.seq)));
  }
  return {};
}

Result<std::optional<JournalView>> view_of_journal(const std::string& folder) {
  if (!journal::holds_sqlite(folder)) return std::optional<JournalView>();
  SILLAR_TRY(store, journal::open_sqlite(folder, journal::Access::kRead));
  SILLAR_TRY(journal, Journal::open(std::move(store), journal::Access::kRead));
  AuditLog log;
  journal::Mark at = journal.first();
  SILLAR_TRY(snapshots, journal.snapshots());
  if (!snapshots.empty()) {
    SILLAR_TRY(kept, journal.snapshot(snapshots.front()));
    const std::string_view state = audit_state_in(journal::split_snapshot(kept.bytes).front);
    if (!state.empty()) SILLAR_TRY_STATUS(log.read_state(state));
    at = kept.mark;
  }
  JournalView view;
  for (;;) {
    SILLAR_TRY(chunk, journal.read(at));
    if (chunk.rows.empty()) break;
    SILLAR_TRY_STATUS(take_records(chunk, log, view));
    at = chunk.end;
  }
  view.head = log.head();
  return std::optional(std::move(view));
}

// Goes over the leaves in order, and stops at the first thing that is wrong.
class Verifier {
 public:
  Verifier(const AuditQuestion& question, std::optional<VerifierKey> key)
      : question_(question), key_(std::move(key)) {}

  // Has roots held against that checkpoint. One that the log's key has not signed is a fault of the
  // log. Errors: one that is none. Requires: before walk().
  Status expect(std::string_view text, const std::string& source) {
    const auto read = read_checkpoint(text);
    if (!read) return tl::unexpected(read.error().within(source));
    const auto verified = key_ ? read_checkpoint(text, *key_) : read;
    if (!verified) fault(fmt::format("{}: {}", source, verified.error().message));
    const auto [at, fresh] = expected_.try_emplace(read->head.size, Expected{read->head.root, {}});
    if (!fresh && at->second.root != read->head.root) at->second.contradicted = true;
    at->second.source = source;
    return {};
  }

  // Up to and without the key `until`; empty: all that there are.
  Status walk(const Archive& archive, const std::string& until) {
    while (verdict_.fault.empty()) {
      SILLAR_TRY(rows, read_on(archive, until));
      if (rows.empty()) break;
      for (const ArchiveRow& row : rows)
        if (verdict_.fault.empty()) take(row);
      from_ = rows.back().key + '\0';
      if (question_.progress) question_.progress(tree_.size());
    }
    return {};
  }

  // What is durable in the journal and has not come into the archive yet.
  void go_on(const JournalView& journal) {
    verdict_.journal = true;
    while (verdict_.fault.empty() && tree_.size() < journal.head.size) {
      const auto next = journal.leaves.find(tree_.size());
      if (next == journal.leaves.end()) return fault(missing(tree_.size()), tree_.size());
      append(leaf_hash(next->second));
      ++verdict_.in_journal;
    }
    if (!verdict_.fault.empty()) return;
    if (tree_.size() > journal.head.size)
      return fault(
          fmt::format("leaf {} was never written: the journal ends before it", journal.head.size),
          journal.head.size);
    if (tree_.root() != journal.head.root)
      fault(
          fmt::format("the log is not the journal's: a leaf from {} to {} was changed, put in or "
                      "taken away",
                      good_until_, last_leaf()));
  }

  void finish() {
    if (!verdict_.fault.empty() || expected_.empty()) return;
    const auto& [size, last] = *expected_.rbegin();
    if (size > tree_.size())
      fault(fmt::format("leaf {} is missing: {} covers {} leaves", tree_.size(), last.source, size),
            tree_.size());
  }

  void fault(std::string text, std::optional<std::uint64_t> leaf = std::nullopt) {
    if (!verdict_.fault.empty()) return;
    verdict_.fault = std::move(text);
    verdict_.leaf = leaf;
  }

  [[nodiscard]] bool has_key() const { return key_.has_value(); }

  AuditVerdict take_verdict() {
    verdict_.intact = verdict_.fault.empty();
    verdict_.head = {tree_.size(), tree_.root()};
    return std::move(verdict_);
  }

 private:
  struct Expected {
    Digest root{};
    std::string source;
    bool contradicted = false;
  };

  // A row that SQLite or the archive's own sum finds damaged is a fault of the log, not of looking.
  Result<std::vector<ArchiveRow>> read_on(const Archive& archive, const std::string& until) {
    auto rows = archive.read(kAuditStream, from_, until);
    if (rows || rows.error().code != ErrorCode::kInvalidInput) return rows;
    // Up to the one that is damaged, one by one.
    auto one = archive.read(kAuditStream, from_, until, {.rows_max = 1});
    if (!one) {
      fault(fmt::format("leaf {} is damaged: {}", tree_.size(), one.error().message), tree_.size());
      return std::vector<ArchiveRow>{};
    }
    return one;
  }

  void take(const ArchiveRow& row) {
    const std::uint64_t index = tree_.size();
    if (row.key != journal::ordered_key(index)) return fault(missing(index), index);
    const auto kept = read_audit_row(row.value);
    if (!kept || leaf_hash(kept->leaf) != kept->hash)
      return fault(fmt::format("leaf {} is not what was written: its hash differs", index), index);
    if (!begins_leaf(kept->leaf, index))
      return fault(fmt::format("leaf {} is another one, put in its place", index), index);
    append(kept->hash);
  }

  void append(const Digest& hash) {
    tree_.append(hash);
    check_root();
  }

  void check_root() {
    const auto at = expected_.find(tree_.size());
    if (at == expected_.end()) return;
    const Expected& expected = at->second;
    if (expected.contradicted)
      return fault(
          fmt::format("two checkpoints of {} leaves contradict each other: the log's key "
                      "has signed two pasts",
                      tree_.size()));
    if (expected.root != tree_.root())
      return fault(
          fmt::format("the log is not the one that was signed ({}): a leaf from {} to {} "
                      "was changed, put in or taken away",
                      expected.source, good_until_, last_leaf()));
    good_until_ = tree_.size();
    ++verdict_.checkpoints;
  }

  [[nodiscard]] std::uint64_t last_leaf() const { return tree_.size() == 0 ? 0 : tree_.size() - 1; }

  const AuditQuestion& question_;
  std::optional<VerifierKey> key_;
  std::map<std::uint64_t, Expected> expected_;  // By size.
  std::string from_;                            // The key to read on from.
  MerkleFrontier tree_;
  std::uint64_t good_until_ = 0;
  AuditVerdict verdict_;
};

Result<std::optional<VerifierKey>> key_of(const std::string& folder) {
  const std::string path = folder + "/" + kVerifierKeyFile;
  auto text = read_file(path, kCheckpointBytesMax);
  if (!text && text.error().code == ErrorCode::kNotFound) return std::optional<VerifierKey>();
  if (!text) return tl::unexpected(text.error());
  std::string_view line = *text;
  if (line.ends_with('\n')) line.remove_suffix(1);
  auto key = read_verifier_key(line);
  if (!key) return tl::unexpected(key.error().within(path));
  return std::optional(std::move(*key));
}

// Those that the archive keeps. What is wrong with one is the log's fault.
Status expect_kept(const Archive& archive, Verifier& verifier) {
  std::string from;
  for (;;) {
    auto rows = archive.read(kCheckpointStream, from);
    if (!rows && rows.error().code != ErrorCode::kInvalidInput) return tl::unexpected(rows.error());
    if (!rows) {
      verifier.fault(rows.error().message);
      return {};
    }
    if (rows->empty()) return {};
    if (!verifier.has_key())
      verifier.fault(fmt::format("{} is missing, and the log has checkpoints that it verifies",
                                 kVerifierKeyFile));
    for (const ArchiveRow& row : *rows) {
      const std::string source = fmt::format("checkpoint {}", journal::number_of_key(row.key));
      if (auto read = verifier.expect(row.value, source); !read)
        verifier.fault(read.error().message);
    }
    from = rows->back().key + '\0';
  }
}

}  // namespace

Result<AuditVerdict> verify_audit(const AuditQuestion& question) {
  SILLAR_TRY(archive, Archive::open(question.folder, journal::Access::kRead));
  SILLAR_TRY(key, key_of(question.folder));
  Verifier verifier(question, std::move(key));
  if (!question.checkpoint.empty())
    SILLAR_TRY_STATUS(verifier.expect(question.checkpoint, "the checkpoint given"));
  SILLAR_TRY_STATUS(expect_kept(archive, verifier));
  // A server may be at work: what left the journal since then has come into the archive.
  SILLAR_TRY_STATUS(verifier.walk(archive, {}));
  SILLAR_TRY(journal, view_of_journal(question.folder));
  if (journal) {
    SILLAR_TRY_STATUS(verifier.walk(archive, journal::ordered_key(journal->head.size)));
    verifier.go_on(*journal);
  }
  verifier.finish();
  return verifier.take_verdict();
}

}  // namespace sillar::server
