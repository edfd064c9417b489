// The tree against the vectors of Certificate Transparency and the examples of RFC 9162, and what
// its proofs hold and refuse.

#include "server/merkle.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "base/random.h"
#include "server/encoding.h"

namespace sillar::server {
namespace {

LeafHashes source_of(const std::vector<Digest>& leaves) {
  return [&leaves](std::uint64_t index) -> Result<Digest> {
    if (index >= leaves.size()) return fail(ErrorCode::kNotFound, "no such leaf");
    return leaves[index];
  };
}

std::vector<Digest> numbered_leaves(std::size_t count) {
  std::vector<Digest> leaves;
  for (std::size_t i = 0; i < count; ++i) leaves.push_back(leaf_hash("leaf " + std::to_string(i)));
  return leaves;
}

TreeHead head_of(const std::vector<Digest>& leaves, std::size_t size) {
  return {size, *merkle_root(source_of(leaves), size)};
}

// By the definition of RFC 9162, 2.1.1, without a frontier.
Digest defined_root(std::span<const Digest> leaves) {
  if (leaves.empty()) return sha256("");
  if (leaves.size() == 1) return leaves[0];
  std::size_t split = 1;
  while (split * 2 < leaves.size()) split *= 2;
  return node_hash(defined_root(leaves.first(split)), defined_root(leaves.subspan(split)));
}

TEST(Merkle, RootsAreThoseOfTheReferenceTree) {
  const std::vector<std::string> leaves = {"",
                                           "00",
                                           "10",
                                           "2021",
                                           "3031",
                                           "40414243",
                                           "5051525354555657",
                                           "606162636465666768696a6b6c6d6e6f"};
  const std::vector<std::string> roots = {
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
      "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
      "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
      "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
      "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
  MerkleFrontier tree;
  EXPECT_EQ(hex(bytes_of(tree.root())),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    tree.append(leaf_hash(*from_hex(leaves[i])));
    EXPECT_EQ(tree.size(), i + 1);
    EXPECT_EQ(hex(bytes_of(tree.root())), roots[i]) << i;
  }
}

TEST(Merkle, ProofsAreThoseOfTheStandardsExample) {
  const std::vector<Digest> d = numbered_leaves(7);
  const auto& [a, b, c, dd, e, f, j] = std::tie(d[0], d[1], d[2], d[3], d[4], d[5], d[6]);
  const Digest g = node_hash(a, b);
  const Digest h = node_hash(c, dd);
  const Digest i = node_hash(e, f);
  const Digest k = node_hash(g, h);
  const Digest l = node_hash(i, j);
  using Proof = std::vector<Digest>;
  const LeafHashes leaves = source_of(d);
  EXPECT_EQ(*inclusion_proof(leaves, 0, 7), (Proof{b, h, l}));
  EXPECT_EQ(*inclusion_proof(leaves, 3, 7), (Proof{c, g, l}));
  EXPECT_EQ(*inclusion_proof(leaves, 4, 7), (Proof{f, j, k}));
  EXPECT_EQ(*inclusion_proof(leaves, 6, 7), (Proof{i, k}));
  EXPECT_EQ(*consistency_proof(leaves, 3, 7), (Proof{c, dd, g, l}));
  EXPECT_EQ(*consistency_proof(leaves, 4, 7), (Proof{l}));
  EXPECT_EQ(*consistency_proof(leaves, 6, 7), (Proof{i, j, k}));
  EXPECT_EQ(*consistency_proof(leaves, 7, 7), Proof{});
}

TEST(Merkle, EverySmallTreeProvesAllOfItsLeavesAndBeginnings) {
  constexpr std::size_t kMost = 40;
  const std::vector<Digest> leaves = numbered_leaves(kMost);
  const LeafHashes source = source_of(leaves);
  for (std::size_t size = 0; size <= kMost; ++size) {
    const TreeHead head = head_of(leaves, size);
    EXPECT_EQ(head.root, defined_root(std::span(leaves).first(size))) << size;
    EXPECT_TRUE(proves_consistency({}, head_of(leaves, 0), head));
    for (std::size_t i = 0; i < size; ++i) {
      const auto included = inclusion_proof(source, i, size);
      ASSERT_TRUE(included.has_value());
      EXPECT_TRUE(proves_inclusion(*included, leaves[i], i, head)) << i << " of " << size;
      EXPECT_FALSE(proves_inclusion(*included, leaf_hash("other"), i, head));
      const auto consistent = consistency_proof(source, i + 1, size);
      ASSERT_TRUE(consistent.has_value());
      EXPECT_TRUE(proves_consistency(*consistent, head_of(leaves, i + 1), head));
    }
  }
}

TEST(Merkle, WhatIsNotThereHasNoProof) {
  const std::vector<Digest> leaves = numbered_leaves(5);
  const LeafHashes source = source_of(leaves);
  EXPECT_FALSE(inclusion_proof(source, 5, 5).has_value());
  EXPECT_FALSE(inclusion_proof(source, 0, 0).has_value());
  EXPECT_FALSE(consistency_proof(source, 0, 5).has_value());
  EXPECT_FALSE(consistency_proof(source, 6, 5).has_value());
  EXPECT_EQ(inclusion_proof(source, 0, 6).error().code, ErrorCode::kNotFound) << "the source's own";
  EXPECT_FALSE(proves_inclusion({}, leaves[0], 0, {0, sha256("")}));
  EXPECT_FALSE(proves_consistency({}, {3, {}}, {2, {}}));
}

// P16: against a head that was kept, every change to what it covers is found.
RC_GTEST_PROP(Merkle, P16EditRemovalReorderAndTruncationAreFound, ()) {
  const std::size_t old_size = 1 + *rc::gen::inRange<std::size_t>(0, 60);
  const std::size_t size = old_size + *rc::gen::inRange<std::size_t>(0, 60);
  const std::vector<Digest> leaves = numbered_leaves(size);
  const TreeHead kept = head_of(leaves, old_size);
  std::vector<Digest> changed = leaves;
  const std::size_t at = *rc::gen::inRange<std::size_t>(0, old_size);
  switch (*rc::gen::inRange(0, 5)) {
    case 0:
      changed[at] = leaf_hash("edited");
      break;
    case 1:
      changed.erase(changed.begin() + static_cast<std::ptrdiff_t>(at));
      break;
    case 2:
      changed.insert(changed.begin() + static_cast<std::ptrdiff_t>(at), leaf_hash("new"));
      break;
    case 3:
      changed.resize(at);
      break;
    default:
      if (at + 1 >= size) return;
      std::swap(changed[at], changed[at + 1]);
      if (at + 1 >= old_size) return;  // Only the second lies beyond what was kept: see case 0.
  }
  if (changed.size() < old_size) {
    RC_ASSERT(!merkle_root(source_of(changed), old_size).has_value());
    return;
  }
  const TreeHead now = head_of(changed, changed.size());
  RC_ASSERT(head_of(changed, old_size) != kept);
  // Nor is there an honest-looking proof from the old head to the new tree.
  const auto proof = consistency_proof(source_of(changed), old_size, changed.size());
  RC_ASSERT(!proves_consistency(*proof, kept, now));
  RC_ASSERT(proves_consistency(*proof, head_of(changed, old_size), now));
}

RC_GTEST_PROP(Merkle, AProofWithAnyBitChangedProvesNothing, ()) {
  const std::size_t size = 2 + *rc::gen::inRange<std::size_t>(0, 70);
  const std::vector<Digest> leaves = numbered_leaves(size);
  const TreeHead head = head_of(leaves, size);
  const std::size_t index = *rc::gen::inRange<std::size_t>(0, size);
  auto proof = *inclusion_proof(source_of(leaves), index, size);
  RC_ASSERT(!proves_inclusion(proof, leaves[index], (index + 1) % size, head));
  auto longer = proof;
  longer.push_back(leaves[0]);
  RC_ASSERT(!proves_inclusion(longer, leaves[index], index, head));
  RC_ASSERT(
      !proves_inclusion(std::span(proof).first(proof.size() - 1), leaves[index], index, head));
  const std::size_t part = *rc::gen::inRange<std::size_t>(0, proof.size());
  const std::size_t bit = *rc::gen::inRange<std::size_t>(0, 256);
  proof[part][bit / 8] = static_cast<unsigned char>(proof[part][bit / 8] ^ (1 << bit % 8));
  RC_ASSERT(!proves_inclusion(proof, leaves[index], index, head));
}

TEST(Merkle, AFrontierIsReadBackOrRefused) {
  MerkleFrontier tree;
  for (const Digest& leaf : numbered_leaves(100)) {
    tree.append(leaf);
    std::string bytes;
    tree.append_bytes(bytes);
    ByteReader in(bytes);
    EXPECT_EQ(MerkleFrontier::read(in), tree);
    EXPECT_TRUE(in.ok());
    EXPECT_EQ(in.left(), 0U);
    ByteReader cut(std::string_view(bytes).substr(0, bytes.size() - 1));
    (void)MerkleFrontier::read(cut);
    EXPECT_FALSE(cut.ok());
  }
  ByteReader negative("\x01");
  (void)MerkleFrontier::read(negative);
  EXPECT_FALSE(negative.ok());
}

}  // namespace
}  // namespace sillar::server
