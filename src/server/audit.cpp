#include "server/audit.h"

#include <fmt/format.h>

#include <algorithm>

#include "server/secret_file.h"

namespace sillar::server {

void AuditLog::clear() {
  tree_ = {};
  waiting_.clear();
}

Status AuditLog::apply(std::string_view record) {
  if (!begins_leaf(record, tree_.size()))
    return invalid(fmt::format("this is not leaf {} of the audit log", tree_.size()));
  tree_.append(leaf_hash(record));
  waiting_.emplace_back(record);
  return {};
}

Status AuditLog::read_state(std::string_view bytes) {
  ByteReader in(bytes);
  tree_ = MerkleFrontier::read(in);
  if (!in.ok() || in.left() > 0) return invalid("this is no edge of an audit log");
  return {};
}

std::string AuditLog::record(AuditLeaf leaf) const {
  leaf.index = tree_.size();
  return leaf_text(leaf);
}

void AuditLog::archive(journal::Archive& archive) {
  std::uint64_t index = tree_.size() - waiting_.size();
  for (const std::string& leaf : waiting_)
    archive.add(kAuditStream, journal::ordered_key(index++), audit_row(leaf));
  waiting_.clear();
}

std::string audit_row(std::string_view leaf) {
  std::string value(bytes_of(leaf_hash(leaf)));
  return value.append(leaf);
}

Result<AuditRow> read_audit_row(std::string_view value) {
  AuditRow row;
  if (value.size() < row.hash.size()) return invalid("this is no row of an audit log");
  std::copy_n(value.begin(), row.hash.size(), row.hash.begin());
  row.leaf = value.substr(row.hash.size());
  return row;
}

Result<SigningKey> audit_key(const std::string& folder, const std::string& installation) {
  SILLAR_TRY(key, SigningKey::load_or_make(folder, "sillar/" + installation));
  const std::string line = key.verifier().text() + "\n";
  SILLAR_TRY(kept, secret_or_new(folder, kVerifierKeyFile, [&] { return std::string(line); }));
  if (kept != line) SILLAR_TRY_STATUS(write_secret(folder, kVerifierKeyFile, line));
  return key;
}

void keep_checkpoint(journal::Archive& archive, const SigningKey& key, const TreeHead& head) {
  if (head.size == 0) return;
  archive.add(kCheckpointStream, journal::ordered_key(head.size),
              signed_checkpoint({key.verifier().name, head}, key));
}

Result<std::string> newest_checkpoint(const journal::Archive& archive) {
  SILLAR_TRY(rows, archive.read_back(kCheckpointStream, {}, {.rows_max = 1}));
  if (rows.empty())
    return fail(ErrorCode::kNotFound,
                fmt::format("{}: the audit log has no checkpoint yet", archive.name()));
  return std::move(rows.front().value);
}

Result<std::vector<AuditLeaf>> audit_leaves(const journal::Archive& archive, std::uint64_t before,
                                            std::size_t most) {
  SILLAR_TRY(rows, archive.read_back(kAuditStream,
                                     before == 0 ? std::string{} : journal::ordered_key(before),
                                     {.rows_max = most}));
  std::vector<AuditLeaf> leaves;
  for (const journal::ArchiveRow& row : rows) {
    const auto kept = read_audit_row(row.value);
    auto leaf = kept ? read_leaf(kept->leaf) : tl::unexpected(kept.error());
    if (!leaf)
      return tl::unexpected(leaf.error().within(
          fmt::format("{}: leaf {}", archive.name(), journal::number_of_key(row.key))));
    leaves.push_back(std::move(*leaf));
  }
  return leaves;
}

}  // namespace sillar::server
