#pragma once

// Ed25519 keys that sign notes (C2SP signed-note): a name, and what proves that a text is its
// owner's. The secret half stays in the data folder.

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sillar::server {

inline constexpr std::size_t kEd25519Bytes = 32;  // Of a secret and of a public key.
inline constexpr std::size_t kSignatureBytes = 64;
inline constexpr const char* kSigningKeyFile = "audit.key";

// The public half, with the name that it signs under.
struct VerifierKey {
  std::string name;  // Not empty; neither blanks nor '+'.
  std::array<unsigned char, kEd25519Bytes> bytes{};

  // Four bytes that tell keys apart in a note; no proof of anything.
  [[nodiscard]] std::string id() const;
  // "name+id+key", as signed-note writes verifier keys, for others to keep.
  [[nodiscard]] std::string text() const;
  [[nodiscard]] bool verifies(std::string_view signature, std::string_view text) const;

  friend bool operator==(const VerifierKey&, const VerifierKey&) = default;
};

// A name that a note can carry.
[[nodiscard]] bool is_key_name(std::string_view name);
// Strict. Errors: kInvalidInput.
[[nodiscard]] Result<VerifierKey> read_verifier_key(std::string_view text);

class SigningKey {
 public:
  // Requires: 32 bytes, and is_key_name(name).
  [[nodiscard]] static SigningKey from_secret(std::string name, std::string_view secret);
  // From the folder's kSigningKeyFile, made if it is not there. Errors: those of secret_file.h;
  // kInvalidInput where the file holds another thing. Requires: is_key_name(name).
  [[nodiscard]] static Result<SigningKey> load_or_make(const std::string& folder, std::string name);

  [[nodiscard]] const VerifierKey& verifier() const { return verifier_; }
  [[nodiscard]] std::string sign(std::string_view text) const;

 private:
  struct Secret;
  SigningKey(std::shared_ptr<const Secret> secret, VerifierKey verifier)
      : secret_(std::move(secret)), verifier_(std::move(verifier)) {}

  std::shared_ptr<const Secret> secret_;
  VerifierKey verifier_;
};

}  // namespace sillar::server
