#pragma once

// What a log was, signed: C2SP tlog-checkpoint in a signed note. Kept elsewhere, it is enough to
// find every later change to what it covers.
//
//   sillar/0123…              whose log
//   42                        leaves
//   qw3H…=                    the tree's root, base64
//
//   — sillar/0123… AbCd…=     key id and signature, base64

#include <string>
#include <string_view>

#include "base/result.h"
#include "server/merkle.h"
#include "server/signing_key.h"

namespace sillar::server {

inline constexpr std::size_t kCheckpointBytesMax = 16 << 10;
inline constexpr std::size_t kCheckpointSignaturesMax = 16;

struct Checkpoint {
  std::string origin;
  TreeHead head;

  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

// The text that is signed.
[[nodiscard]] std::string checkpoint_body(const Checkpoint& checkpoint);
// Requires: the origin is the key's name.
[[nodiscard]] std::string signed_checkpoint(const Checkpoint& checkpoint, const SigningKey& key);

// Without looking at signatures: for one's own records. Errors (kInvalidInput): anything but such a
// text.
[[nodiscard]] Result<Checkpoint> read_checkpoint(std::string_view text);
// And signed by that key; signatures of others are passed over. Errors (kInvalidInput): the same,
// no signature of the key, or one that is wrong.
[[nodiscard]] Result<Checkpoint> read_checkpoint(std::string_view text, const VerifierKey& key);

}  // namespace sillar::server
