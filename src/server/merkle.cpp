#include "server/merkle.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <limits>

namespace sillar::server {
namespace {

constexpr std::string_view kLeafPrefix("\0", 1);
constexpr std::string_view kNodePrefix("\1", 1);

// Sizes are numbers of the byte form, which has a sign.
constexpr std::uint64_t kSizeMax = std::numeric_limits<std::int64_t>::max();

// The largest power of two below `size`: where a tree splits. Requires: size > 1.
std::uint64_t split_of(std::uint64_t size) {
  return std::bit_floor(size - 1);
}

// Collects what a proof needs on the way down. Depth is at most 64, the bits of a size.
class Prover {
 public:
  explicit Prover(const LeafHashes& leaves) : leaves_(leaves) {}

  // Of `size` leaves from `first`. Requires: size > 0.
  Result<Digest> subtree(std::uint64_t first, std::uint64_t size) const {
    MerkleFrontier frontier;
    for (std::uint64_t i = 0; i < size; ++i) {
      SILLAR_TRY(hash, leaves_(first + i));
      frontier.append(hash);
    }
    return frontier.root();
  }

  // PATH(index, D) of RFC 9162, where D begins at `first`.
  Status path(std::uint64_t index, std::uint64_t first, std::uint64_t size) {
    if (size == 1) return {};
    const std::uint64_t split = split_of(size);
    if (index < split) {
      SILLAR_TRY_STATUS(path(index, first, split));
      return add(first + split, size - split);
    }
    SILLAR_TRY(left, subtree(first, split));
    SILLAR_TRY_STATUS(path(index - split, first + split, size - split));
    out_.push_back(left);
    return {};
  }

  // SUBPROOF(old, D, known) of RFC 9162: `known` as long as D's own old root is what is proven
  // from.
  Status subproof(std::uint64_t old_size, std::uint64_t first, std::uint64_t size, bool known) {
    if (old_size == size) return known ? Status{} : add(first, size);
    const std::uint64_t split = split_of(size);
    if (old_size <= split) {
      SILLAR_TRY_STATUS(subproof(old_size, first, split, known));
      return add(first + split, size - split);
    }
    SILLAR_TRY(left, subtree(first, split));
    SILLAR_TRY_STATUS(subproof(old_size - split, first + split, size - split, false));
    out_.push_back(left);
    return {};
  }

  std::vector<Digest> take() { return std::move(out_); }

 private:
  Status add(std::uint64_t first, std::uint64_t size) {
    SILLAR_TRY(hash, subtree(first, size));
    out_.push_back(hash);
    return {};
  }

  const LeafHashes& leaves_;
  std::vector<Digest> out_;
};

}  // namespace

Digest leaf_hash(std::string_view leaf) {
  return sha256({kLeafPrefix, leaf});
}

Digest node_hash(const Digest& left, const Digest& right) {
  return sha256({kNodePrefix, bytes_of(left), bytes_of(right)});
}

void MerkleFrontier::append(const Digest& leaf) {
  Digest hash = leaf;
  // As in counting: each set bit below the first clear one is a whole subtree that joins.
  for (std::uint64_t bits = size_; (bits & 1) != 0; bits >>= 1) {
    hash = node_hash(peaks_.back(), hash);
    peaks_.pop_back();
  }
  peaks_.push_back(hash);
  ++size_;
}

Digest MerkleFrontier::root() const {
  if (peaks_.empty()) return sha256("");
  Digest hash = peaks_.back();
  for (std::size_t i = peaks_.size() - 1; i-- > 0;) hash = node_hash(peaks_[i], hash);
  return hash;
}

void MerkleFrontier::append_bytes(std::string& out) const {
  put_number(out, static_cast<std::int64_t>(size_));
  for (const Digest& peak : peaks_) out += bytes_of(peak);
}

MerkleFrontier MerkleFrontier::read(ByteReader& in) {
  MerkleFrontier out;
  out.size_ = static_cast<std::uint64_t>(in.number(0));
  const auto count = static_cast<std::size_t>(std::popcount(out.size_));
  if (in.left() < count * sizeof(Digest)) in.fail();
  if (!in.ok()) return {};
  for (std::size_t i = 0; i < count; ++i) {
    const std::string_view bytes = in.rest().substr(0, sizeof(Digest));
    std::copy(bytes.begin(), bytes.end(), out.peaks_.emplace_back().begin());
    in.skip(sizeof(Digest));
  }
  return out;
}

Result<Digest> merkle_root(const LeafHashes& leaves, std::uint64_t size) {
  return Prover(leaves).subtree(0, size);
}

Result<std::vector<Digest>> inclusion_proof(const LeafHashes& leaves, std::uint64_t index,
                                            std::uint64_t size) {
  if (index >= size || size > kSizeMax)
    return invalid(fmt::format("there is no leaf {} in a tree of {}", index, size));
  Prover prover(leaves);
  SILLAR_TRY_STATUS(prover.path(index, 0, size));
  return prover.take();
}

Result<std::vector<Digest>> consistency_proof(const LeafHashes& leaves, std::uint64_t old_size,
                                              std::uint64_t size) {
  if (old_size == 0 || old_size > size || size > kSizeMax)
    return invalid(
        fmt::format("there is no proof from a tree of {} leaves to one of {}", old_size, size));
  Prover prover(leaves);
  SILLAR_TRY_STATUS(prover.subproof(old_size, 0, size, true));
  return prover.take();
}

bool proves_inclusion(std::span<const Digest> proof, const Digest& leaf, std::uint64_t index,
                      const TreeHead& head) {
  if (index >= head.size) return false;
  std::uint64_t at = index;
  std::uint64_t last = head.size - 1;
  Digest hash = leaf;
  for (const Digest& part : proof) {
    if (last == 0) return false;
    if ((at & 1) != 0 || at == last) {
      hash = node_hash(part, hash);
      for (; (at & 1) == 0 && at != 0; last >>= 1) at >>= 1;
    } else {
      hash = node_hash(hash, part);
    }
    at >>= 1;
    last >>= 1;
  }
  return last == 0 && hash == head.root;
}

bool proves_consistency(std::span<const Digest> proof, const TreeHead& before,
                        const TreeHead& head) {
  if (before.size > head.size) return false;
  if (before.size == head.size) return proof.empty() && before.root == head.root;
  if (before.size == 0) return proof.empty() && before.root == sha256("");
  // An old tree that is one whole subtree of the new one begins its own proof.
  const bool whole = std::has_single_bit(before.size);
  if (!whole && proof.empty()) return false;
  std::uint64_t at = before.size - 1;
  std::uint64_t last = head.size - 1;
  for (; (at & 1) != 0; last >>= 1) at >>= 1;
  Digest old_hash = whole ? before.root : proof.front();
  Digest new_hash = old_hash;
  for (const Digest& part : proof.subspan(whole ? 0 : 1)) {
    if (last == 0) return false;
    if ((at & 1) != 0 || at == last) {
      old_hash = node_hash(part, old_hash);
      new_hash = node_hash(part, new_hash);
      for (; (at & 1) == 0 && at != 0; last >>= 1) at >>= 1;
    } else {
      new_hash = node_hash(new_hash, part);
    }
    at >>= 1;
    last >>= 1;
  }
  return last == 0 && old_hash == before.root && new_hash == head.root;
}

}  // namespace sillar::server
