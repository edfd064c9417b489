#pragma once

// An OpenID provider of a test's own: keys, a key set and tokens, right or wrong in any way.

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <memory>
#include <string>

#include "server/encoding.h"
#include "server/jwt.h"

namespace sillar::server {

class TestProvider {
 public:
  TestProvider()
      : rsa_(EVP_RSA_gen(2048), EVP_PKEY_free), ec_(EVP_EC_gen("P-256"), EVP_PKEY_free) {}

  [[nodiscard]] std::string jwks() const {
    return R"({"keys":[{"kty":"RSA","kid":"r1","use":"sig","n":")" + number(rsa_.get(), "n") +
           R"(","e":")" + number(rsa_.get(), "e") +
           R"("},{"kty":"EC","kid":"e1","crv":"P-256","x":")" + number(ec_.get(), "qx", 32) +
           R"(","y":")" + number(ec_.get(), "qy", 32) + R"("}]})";
  }

  [[nodiscard]] std::string token(const std::string& header, const std::string& claims) const {
    const std::string text = base64url(header) + "." + base64url(claims);
    const bool ec = header.find("\"ES256\"") != std::string::npos;
    return text + "." + base64url(ec ? fixed(sign(ec_.get(), text)) : sign(rsa_.get(), text));
  }
  // As an attacker would: HMAC under the public key's text.
  [[nodiscard]] std::string hmac_token(const std::string& header, const std::string& claims) const {
    const std::string text = base64url(header) + "." + base64url(claims);
    return text + "." + base64url(bytes_of(hmac_sha256(number(rsa_.get(), "n"), text)));
  }

 private:
  using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

  static std::string number(EVP_PKEY* key, const char* name, int bytes = 0) {
    BIGNUM* value = nullptr;
    EVP_PKEY_get_bn_param(key, name, &value);
    std::string out(static_cast<std::size_t>(bytes == 0 ? BN_num_bytes(value) : bytes), '\0');
    BN_bn2binpad(value, reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(out.size()));
    BN_free(value);
    return base64url(out);
  }
  static std::string sign(EVP_PKEY* key, const std::string& text) {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                          EVP_MD_CTX_free);
    const auto* data = reinterpret_cast<const unsigned char*>(text.data());
    std::size_t size = 0;
    EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key);
    EVP_DigestSign(context.get(), nullptr, &size, data, text.size());
    std::string out(size, '\0');
    EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size, data,
                   text.size());
    out.resize(size);
    return out;
  }
  static std::string fixed(const std::string& der) {
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    ECDSA_SIG* pair = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()));
    std::string out(64, '\0');
    auto* bytes = reinterpret_cast<unsigned char*>(out.data());
    BN_bn2binpad(ECDSA_SIG_get0_r(pair), bytes, 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(pair), bytes + 32, 32);
    ECDSA_SIG_free(pair);
    return out;
  }

  Key rsa_;
  Key ec_;
};

}  // namespace sillar::server
