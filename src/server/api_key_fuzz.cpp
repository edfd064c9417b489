// Whatever comes as an Authorization header: a key of one form, or nothing.

#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "server/api_key.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sillar::server;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string_view token = bearer_token(text, kApiKeyTextBytes);
  CHECK(token.size() <= kApiKeyTextBytes, "a token is within its limit");
  for (const std::string_view sent : {text, token})
    if (const auto key = read_api_key(sent))
      CHECK(api_key_text(*key) == sent, "a key has one form");
  return 0;
}
