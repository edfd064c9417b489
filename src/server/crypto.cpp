#include "server/crypto.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <memory>

#include "base/check.h"

namespace sillar::server {

Digest sha256(std::initializer_list<std::string_view> parts) {
  // One for each thread: making one costs as much as hashing a short text.
  thread_local const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(
      EVP_MD_CTX_new(), EVP_MD_CTX_free);
  CHECK(context != nullptr, "libcrypto has memory");
  CHECK(EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1, "libcrypto has SHA-256");
  for (const std::string_view part : parts)
    CHECK(EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1,
          "hashing memory does not fail");
  Digest out{};
  CHECK(EVP_DigestFinal_ex(context.get(), out.data(), nullptr) == 1, "hashing does not fail");
  return out;
}

Digest hmac_sha256(std::string_view key, std::string_view bytes) {
  Digest out{};
  unsigned int size = 0;
  const unsigned char* made =
      HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), out.data(), &size);
  CHECK(made != nullptr && size == out.size(), "libcrypto has HMAC with SHA-256");
  return out;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string random_bytes(std::size_t count) {
  std::string out(count, '\0');
  CHECK(RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(count)) == 1,
        "the operating system gives random bytes");
  return out;
}

}  // namespace sillar::server
