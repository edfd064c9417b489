// Whatever comes as a token or as a key set: an answer, and never that it proves somebody.

#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "server/jwt.h"

namespace {

constexpr std::string_view kKeys = R"({"keys":[{"kty":"EC","kid":"e1","crv":"P-256",)"
                                   R"("x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
                                   R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]})";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sillar::server;
  constexpr sillar::Time kNow = sillar::Time::from_seconds(1'790'000'000);
  static const std::vector<Issuer> kIssuers = [] {
    Issuer issuer;
    issuer.issuer = "i";
    issuer.audience = "a";
    issuer.keys = *Jwks::read("jwks", kKeys);
    return std::vector<Issuer>{issuer};
  }();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  CHECK(!check_jwt(text, kIssuers, kNow), "nobody has that key");
  if (const auto keys = Jwks::read("fuzz", text))
    CHECK(!keys->verifies("e1", JwtAlgorithm::kEs256, text, std::string(64, 's')),
          "no signature is good by chance");
  return 0;
}
