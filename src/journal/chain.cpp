#include "journal/chain.h"

#include <openssl/evp.h>

#include <memory>

#include "base/check.h"

namespace sillar::journal {
namespace {

constexpr std::size_t kWordBytes = 8;

class Sha256 {
 public:
  Sha256() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
    CHECK(context_ != nullptr && EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1,
          "libcrypto has SHA-256");
  }
  void add(const void* bytes, std::size_t size) {
    CHECK(EVP_DigestUpdate(context_.get(), bytes, size) == 1, "hashing memory does not fail");
  }
  Hash done() {
    Hash out{};
    CHECK(EVP_DigestFinal_ex(context_.get(), out.data(), nullptr) == 1, "hashing does not fail");
    return out;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

}  // namespace

Hash hash_of(std::string_view bytes) {
  Sha256 sha;
  sha.add(bytes.data(), bytes.size());
  return sha.done();
}

std::string hex(const Hash& hash) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (const unsigned char byte : hash) {
    out += kDigits[byte >> 4];
    out += kDigits[byte & 0xF];
  }
  return out;
}

Mark after(const Mark& before, std::uint64_t epoch, std::string_view body) {
  Mark mark;
  mark.seq = before.seq + 1;
  mark.bytes = before.bytes + body.size();
  std::array<unsigned char, 3 * kWordBytes> words{};
  std::size_t at = 0;
  for (std::uint64_t word : {mark.seq, epoch, static_cast<std::uint64_t>(body.size())})
    for (std::size_t i = 0; i < kWordBytes; ++i, word >>= 8)
      words[at++] = static_cast<unsigned char>(word & 0xFF);
  Sha256 sha;
  sha.add(before.hash.data(), before.hash.size());
  sha.add(words.data(), words.size());
  sha.add(body.data(), body.size());
  mark.hash = sha.done();
  return mark;
}

}  // namespace sillar::journal
