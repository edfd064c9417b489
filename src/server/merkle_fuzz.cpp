// Whatever a proof is, checking it ends; and one that was not given proves nothing.

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/check.h"
#include "server/merkle.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sillar::server;
  sillar::ByteReader in({reinterpret_cast<const char*>(data), size});
  const auto index = static_cast<std::uint64_t>(in.number(0));
  const auto leaves = static_cast<std::uint64_t>(in.number(0));
  if (!in.ok()) return 0;
  std::vector<Digest> proof(in.left() / sizeof(Digest));
  for (Digest& part : proof) {
    std::memcpy(part.data(), in.rest().data(), part.size());
    in.skip(part.size());
  }
  // No hash of this leads to these roots: SHA-256 would have been broken here.
  const Digest leaf = leaf_hash("never proven");
  const TreeHead head{leaves, sha256("never reached")};
  CHECK(!proves_inclusion(proof, leaf, index, head), "a proof from nowhere");
  const TreeHead before{index, sha256("another")};
  CHECK(!proves_consistency(proof, before, head), "a proof between two that never were");
  CHECK(!proves_consistency(proof, head, before), "nor back");
  sillar::ByteReader again({reinterpret_cast<const char*>(data), size});
  const MerkleFrontier frontier = MerkleFrontier::read(again);
  if (!again.ok()) return 0;
  std::string bytes;
  frontier.append_bytes(bytes);
  CHECK(std::string_view(reinterpret_cast<const char*>(data), size).starts_with(bytes),
        "a frontier is written as it was read");
  (void)frontier.root();
  return 0;
}
