// Whatever is read as a checkpoint is refused, or is written back to the text that was signed; and
// nothing is signed by a key that did not sign it.

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "server/checkpoint.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sillar::server;
  static const SigningKey kKey =
      SigningKey::from_secret("fuzz", std::string(kEd25519Bytes, '\x5A'));
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto key = read_verifier_key(text)) CHECK(key->text() == text, "a key has one form");
  const auto read = read_checkpoint(text);
  const auto verified = read_checkpoint(text, kKey.verifier());
  if (!read) {
    CHECK(!verified, "what cannot be read is not verified");
    return 0;
  }
  CHECK(text.starts_with(checkpoint_body(*read)), "a checkpoint has one form");
  if (verified) CHECK(*verified == *read, "and means the same");
  if (read->origin != "fuzz") return 0;
  const std::string again = signed_checkpoint(*read, kKey);
  const auto twice = read_checkpoint(again, kKey.verifier());
  CHECK(twice && *twice == *read, "what is written is read");
  return 0;
}
