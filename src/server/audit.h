#pragma once

// The audit log: an append-only Merkle tree of leaves. A leaf becomes durable with what it tells
// of, as a record in the same transaction of the journal; from there it goes into the archive,
// where it stays. This part holds the tree's right edge and the leaves that have yet to go.
//
//   archive, stream "audit"              key: index; value: SHA-256 of the leaf, and the leaf
//   archive, stream "audit-checkpoints"  key: size; value: a signed checkpoint
//   audit.key, audit.pub                 what signs, and what it is verified by
//
// Leaves say nothing that a checkpoint kept elsewhere does not fix: see audit_verify.h.

#include <string>
#include <string_view>
#include <vector>

#include "journal/archive.h"
#include "server/audit_leaf.h"
#include "server/checkpoint.h"
#include "server/merkle.h"
#include "server/part.h"

namespace sillar::server {

inline constexpr std::string_view kAuditStream = "audit";
inline constexpr std::string_view kCheckpointStream = "audit-checkpoints";
inline constexpr const char* kVerifierKeyFile = "audit.pub";

class AuditLog : public Part {
 public:
  [[nodiscard]] PartId id() const override { return PartId::kAudit; }
  void clear() override;
  [[nodiscard]] Status apply(std::string_view record) override;
  void append_state(std::string& out) const override { tree_.append_bytes(out); }
  [[nodiscard]] Status read_state(std::string_view bytes) override;

  [[nodiscard]] TreeHead head() const { return {tree_.size(), tree_.root()}; }
  [[nodiscard]] std::uint64_t size() const { return tree_.size(); }

  // The record of a leaf that comes next, whatever its index says.
  [[nodiscard]] std::string record(AuditLeaf leaf) const;

  // Hands the leaves that were applied to the archive. Call it when they are durable.
  void archive(journal::Archive& archive);

 private:
  MerkleFrontier tree_;
  std::vector<std::string> waiting_;  // The last leaves, in order.
};

// A row of kAuditStream, and what it holds.
[[nodiscard]] std::string audit_row(std::string_view leaf);
struct AuditRow {
  Digest hash{};
  std::string_view leaf;
};
// Into `value`. Errors (kInvalidInput): shorter than a hash.
[[nodiscard]] Result<AuditRow> read_audit_row(std::string_view value);

// The key that signs the log of that installation, made with its public half if they are not there.
// Errors: those of SigningKey and secret_file.h.
[[nodiscard]] Result<SigningKey> audit_key(const std::string& folder,
                                           const std::string& installation);
// Adds the signed checkpoint of what the archive has taken, for the next flush. An empty log has
// none.
void keep_checkpoint(journal::Archive& archive, const SigningKey& key, const TreeHead& head);
// The newest that was kept. Errors: those of the archive; kNotFound.
[[nodiscard]] Result<std::string> newest_checkpoint(const journal::Archive& archive);

// Leaves before `before` (0: all), the newest first. Errors: those of the archive.
[[nodiscard]] Result<std::vector<AuditLeaf>> audit_leaves(const journal::Archive& archive,
                                                          std::uint64_t before, std::size_t most);

}  // namespace sillar::server
