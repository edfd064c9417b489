#pragma once

// Merkle trees of RFC 9162, section 2.1 (the same as RFC 6962's): a log's leaves under one hash, so
// that whoever knows a size and a root finds every later change to what came before. SHA-256; a
// leaf is hashed behind a zero byte and a node behind a one, so that neither passes for the other.

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "server/crypto.h"

namespace sillar::server {

[[nodiscard]] Digest leaf_hash(std::string_view leaf);
[[nodiscard]] Digest node_hash(const Digest& left, const Digest& right);

// The right edge of a growing tree: all that appending and the root need, a hash for each bit that
// is set in the size.
class MerkleFrontier {
 public:
  // Amortised two hashes.
  void append(const Digest& leaf);
  [[nodiscard]] std::uint64_t size() const { return size_; }
  // Of no leaves: the SHA-256 of nothing.
  [[nodiscard]] Digest root() const;

  void append_bytes(std::string& out) const;
  // A frontier that append_bytes wrote; `in` fails otherwise.
  [[nodiscard]] static MerkleFrontier read(ByteReader& in);

  friend bool operator==(const MerkleFrontier&, const MerkleFrontier&) = default;

 private:
  std::uint64_t size_ = 0;
  std::vector<Digest> peaks_;  // Of whole subtrees, the largest and leftmost first.
};

// The hash of each leaf by its index, from whoever keeps the leaves; read in order within a proof.
using LeafHashes = std::function<Result<Digest>(std::uint64_t index)>;

// The root of the first `size` leaves. One read and one hash for each.
[[nodiscard]] Result<Digest> merkle_root(const LeafHashes& leaves, std::uint64_t size);
// That leaf `index` is in the tree of the first `size`; reads each of these once. Errors: those of
// `leaves`; kInvalidInput unless index < size.
[[nodiscard]] Result<std::vector<Digest>> inclusion_proof(const LeafHashes& leaves,
                                                          std::uint64_t index, std::uint64_t size);
// That the tree of `old_size` leaves is the beginning of that of `size`. Errors: those of `leaves`;
// kInvalidInput unless 0 < old_size <= size.
[[nodiscard]] Result<std::vector<Digest>> consistency_proof(const LeafHashes& leaves,
                                                            std::uint64_t old_size,
                                                            std::uint64_t size);

struct TreeHead {
  std::uint64_t size = 0;
  Digest root{};

  friend bool operator==(const TreeHead&, const TreeHead&) = default;
};

// RFC 9162, 2.1.3.2 and 2.1.4.2. Whatever the proof is: true only where it proves it.
[[nodiscard]] bool proves_inclusion(std::span<const Digest> proof, const Digest& leaf,
                                    std::uint64_t index, const TreeHead& head);
// An empty tree is the beginning of every other, by an empty proof.
[[nodiscard]] bool proves_consistency(std::span<const Digest> proof, const TreeHead& before,
                                      const TreeHead& head);

}  // namespace sillar::server
