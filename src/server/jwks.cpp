#include <fmt/format.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <algorithm>
#include <utility>

#include "base/document.h"
#include "server/encoding.h"
#include "server/jwt.h"

namespace sillar::server {
namespace {

template <typename T, void (*Free)(T*)>
struct Freed {
  void operator()(T* value) const { Free(value); }
};
template <typename T, void (*Free)(T*)>
using Owned = std::unique_ptr<T, Freed<T, Free>>;

using KeyPointer = Owned<EVP_PKEY, EVP_PKEY_free>;
using Number = Owned<BIGNUM, BN_free>;

constexpr std::size_t kP256Bytes = 32;
constexpr std::string_view kUncompressed("\x04", 1);  // Form of a point (SEC 1, 2.3.3).

const unsigned char* data_of(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

Number number_of(std::string_view bytes) {
  return Number(BN_bin2bn(data_of(bytes), static_cast<int>(bytes.size()), nullptr));
}

// Null where libcrypto does not accept them.
KeyPointer key_of(const char* type, OSSL_PARAM_BLD* parts) {
  const Owned<OSSL_PARAM, OSSL_PARAM_free> parameters(OSSL_PARAM_BLD_to_param(parts));
  const Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free> context(
      EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1)
    return nullptr;
  KeyPointer owned(key);
  const Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free> check(EVP_PKEY_CTX_new(key, nullptr));
  return check && EVP_PKEY_public_check(check.get()) == 1 ? std::move(owned) : nullptr;
}

KeyPointer rsa_key(std::string_view modulus, std::string_view exponent) {
  const Number n = number_of(modulus);
  const Number e = number_of(exponent);
  const Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free> parts(OSSL_PARAM_BLD_new());
  if (!n || !e || !parts) return nullptr;
  const auto bits = static_cast<std::size_t>(BN_num_bits(n.get()));
  const int exponent_bits = BN_num_bits(e.get());
  // A large exponent is a way to make every check slow.
  if (bits < kRsaBitsMin || bits > kRsaBitsMax || exponent_bits < 2 || exponent_bits > 32 ||
      BN_is_odd(e.get()) == 0 || OSSL_PARAM_BLD_push_BN(parts.get(), "n", n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(parts.get(), "e", e.get()) != 1)
    return nullptr;
  return key_of("RSA", parts.get());
}

KeyPointer ec_key(std::string_view x, std::string_view y) {
  const Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free> parts(OSSL_PARAM_BLD_new());
  if (!parts || x.size() != kP256Bytes || y.size() != kP256Bytes) return nullptr;
  const std::string point = std::string(kUncompressed) + std::string(x) + std::string(y);
  if (OSSL_PARAM_BLD_push_utf8_string(parts.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(parts.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                       point.size()) != 1)
    return nullptr;
  return key_of("EC", parts.get());
}

// Two numbers of fixed length, as RFC 7518 has them, in the DER form that libcrypto reads. Empty:
// it has another length.
std::string der_of(std::string_view signature) {
  if (signature.size() != 2 * kP256Bytes) return {};
  const Owned<ECDSA_SIG, ECDSA_SIG_free> pair(ECDSA_SIG_new());
  Number r = number_of(signature.substr(0, kP256Bytes));
  Number s = number_of(signature.substr(kP256Bytes));
  if (!pair || !r || !s || ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1) return {};
  (void)r.release();  // The pair's now.
  (void)s.release();
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(pair.get(), &der);
  if (size <= 0) return {};
  std::string out(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return out;
}

std::string_view text_at(const Value& object, std::string_view name) {
  const Value* field = object.find(name);
  return field != nullptr && field->kind == Value::Kind::kScalar && field->quoted
             ? std::string_view(field->scalar)
             : std::string_view{};
}

std::optional<std::string> bytes_at(const Value& object, std::string_view name) {
  const std::string_view text = text_at(object, name);
  return text.empty() ? std::nullopt : from_base64url(text);
}

}  // namespace

struct Jwks::Key {
  JwtAlgorithm algorithm;
  KeyPointer key;
};

namespace {

// Null: of another kind, or not for signatures. An empty optional: one of ours that is wrong.
std::optional<std::shared_ptr<const Jwks::Key>> read_key(const Value& object) {
  const std::string_view type = text_at(object, "kty");
  const std::string_view use = text_at(object, "use");
  const std::string_view algorithm = text_at(object, "alg");
  const bool rsa = type == "RSA" && (algorithm.empty() || algorithm == "RS256");
  const bool ec = type == "EC" && text_at(object, "crv") == "P-256" &&
                  (algorithm.empty() || algorithm == "ES256");
  if ((!rsa && !ec) || (!use.empty() && use != "sig") || text_at(object, "kid").empty())
    return std::shared_ptr<const Jwks::Key>();
  const auto first = bytes_at(object, rsa ? "n" : "x");
  const auto second = bytes_at(object, rsa ? "e" : "y");
  if (!first || !second) return std::nullopt;
  KeyPointer key = rsa ? rsa_key(*first, *second) : ec_key(*first, *second);
  if (key == nullptr) return std::nullopt;
  return std::make_shared<const Jwks::Key>(
      Jwks::Key{rsa ? JwtAlgorithm::kRs256 : JwtAlgorithm::kEs256, std::move(key)});
}

}  // namespace

Result<Jwks> Jwks::read(const std::string& name, std::string_view text) {
  if (text.size() > kJwksBytesMax || text.find_first_not_of(" \t\r\n") == text.npos ||
      text[text.find_first_not_of(" \t\r\n")] != '{')
    return invalid(fmt::format("{}: this is no JSON Web Key Set", name));
  SILLAR_TRY(document, parse_document(name, text));
  const Value* list = document.root.find("keys");
  if (list == nullptr || list->kind != Value::Kind::kSequence)
    return invalid(fmt::format("{}: this is no JSON Web Key Set", name));
  if (list->items.size() > kJwksKeysMax)
    return invalid(fmt::format("{}: it has {} keys, and {} are taken at most", name,
                               list->items.size(), kJwksKeysMax));
  Jwks out;
  for (const Value& item : list->items) {
    const std::string_view id = text_at(item, "kid");
    auto key = read_key(item);
    if (!key)
      return invalid(fmt::format("{}:{}:{}: the key '{}' is malformed, or weaker than {} bits",
                                 name, item.line, item.column, id, kRsaBitsMin));
    if (*key == nullptr) continue;
    if (!out.keys_.try_emplace(std::string(id), std::move(*key)).second)
      return invalid(
          fmt::format("{}:{}:{}: the key '{}' is there twice", name, item.line, item.column, id));
  }
  if (out.keys_.empty())
    return invalid(fmt::format("{}: it has no key for RS256 or ES256 with an id", name));
  return out;
}

bool Jwks::verifies(std::string_view key_id, JwtAlgorithm algorithm, std::string_view signed_text,
                    std::string_view signature) const {
  const auto at = keys_.find(key_id);
  // The key says what it is for: a token cannot have it used as another kind.
  if (at == keys_.end() || at->second->algorithm != algorithm) return false;
  std::string der;
  if (algorithm == JwtAlgorithm::kEs256) {
    der = der_of(signature);
    if (der.empty()) return false;
    signature = der;
  }
  const Owned<EVP_MD_CTX, EVP_MD_CTX_free> context(EVP_MD_CTX_new());
  return context &&
         EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr,
                              at->second->key.get()) == 1 &&
         EVP_DigestVerify(context.get(), data_of(signature), signature.size(), data_of(signed_text),
                          signed_text.size()) == 1;
}

}  // namespace sillar::server
