#include "server/signing_key.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>

#include "base/check.h"
#include "server/crypto.h"
#include "server/encoding.h"
#include "server/secret_file.h"

namespace sillar::server {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

constexpr char kEd25519Type = '\1';  // By the registry of signed-note.
constexpr std::size_t kIdBytes = 4;
constexpr std::size_t kNameBytesMax = 128;

const unsigned char* data_of(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

std::string_view bytes_in(const VerifierKey& key) {
  return {reinterpret_cast<const char*>(key.bytes.data()), key.bytes.size()};
}

tl::unexpected<Error> no_key() {
  return invalid("this is no Ed25519 verifier key, \"name+id+key\"");
}

}  // namespace

struct SigningKey::Secret {
  Key key;
};

bool is_key_name(std::string_view name) {
  return !name.empty() && name.size() <= kNameBytesMax &&
         std::ranges::all_of(name, [](char c) { return c > ' ' && c < '\x7F' && c != '+'; });
}

std::string VerifierKey::id() const {
  const Digest digest = sha256(
      {name, std::string_view("\n", 1), std::string_view(&kEd25519Type, 1), bytes_in(*this)});
  return std::string(bytes_of(digest).substr(0, kIdBytes));
}

std::string VerifierKey::text() const {
  return fmt::format("{}+{}+{}", name, hex(id()),
                     base64(std::string(1, kEd25519Type) + std::string(bytes_in(*this))));
}

bool VerifierKey::verifies(std::string_view signature, std::string_view text) const {
  if (signature.size() != kSignatureBytes) return false;
  const Key key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes.data(), bytes.size()),
                EVP_PKEY_free);
  const Context context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  return key != nullptr && context != nullptr &&
         EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), data_of(signature), signature.size(), data_of(text),
                          text.size()) == 1;
}

Result<VerifierKey> read_verifier_key(std::string_view text) {
  const std::size_t first = text.find('+');
  const std::size_t second = text.find('+', std::min(first, text.size() - 1) + 1);
  if (text.empty() || first == text.npos || second == text.npos) return no_key();
  const auto key = from_base64(text.substr(second + 1));
  if (!key || key->size() != 1 + kEd25519Bytes || key->front() != kEd25519Type) return no_key();
  VerifierKey out{std::string(text.substr(0, first)), {}};
  if (!is_key_name(out.name)) return no_key();
  std::copy(key->begin() + 1, key->end(), out.bytes.begin());
  if (hex(out.id()) != text.substr(first + 1, second - first - 1)) return no_key();
  return out;
}

SigningKey SigningKey::from_secret(std::string name, std::string_view secret) {
  CHECK(secret.size() == kEd25519Bytes, "an Ed25519 secret has 32 bytes");
  CHECK(is_key_name(name), "a signing key has a name");
  VerifierKey verifier{std::move(name), {}};
  Key key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, data_of(secret), secret.size()),
          EVP_PKEY_free);
  std::size_t size = verifier.bytes.size();
  CHECK(key != nullptr &&
            EVP_PKEY_get_raw_public_key(key.get(), verifier.bytes.data(), &size) == 1 &&
            size == kEd25519Bytes,
        "libcrypto has Ed25519");
  return {std::make_shared<const Secret>(Secret{std::move(key)}), std::move(verifier)};
}

Result<SigningKey> SigningKey::load_or_make(const std::string& folder, std::string name) {
  SILLAR_TRY(text, secret_or_new(folder, kSigningKeyFile,
                                 [] { return hex(random_bytes(kEd25519Bytes)) + "\n"; }));
  std::string_view digits = text;
  if (digits.ends_with('\n')) digits.remove_suffix(1);
  const auto secret = from_hex(digits);
  if (!secret || secret->size() != kEd25519Bytes)
    return invalid(fmt::format("{}: this is no Ed25519 secret: 64 hex digits",
                               folder + "/" + kSigningKeyFile));
  return from_secret(std::move(name), *secret);
}

std::string SigningKey::sign(std::string_view text) const {
  const Context context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  std::string signature(kSignatureBytes, '\0');
  std::size_t size = signature.size();
  CHECK(context != nullptr &&
            EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, secret_->key.get()) == 1 &&
            EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                           data_of(text), text.size()) == 1 &&
            size == kSignatureBytes,
        "signing memory does not fail");
  return signature;
}

}  // namespace sillar::server
