#pragma once

// Which OpenID providers are trusted, as a file says it, and the keys that they publish. A provider
// that does not answer stops nobody whose keys are known: its last keys count for a bounded while.
//
//   issuers:
//     - issuer: https://idp.example
//       audience: sillar
//       jwks_url: https://idp.example/keys      or jwks_file: keys.json
//       algorithms: [RS256]                     RS256 and ES256 when absent
//       skew: 30s                               a minute at most, and when absent
//       private_network: true                   jwks_url may lead there; not when absent

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/document.h"
#include "base/result.h"
#include "server/jwt.h"

namespace sillar::server {

inline constexpr std::size_t kIssuersMax = 16;
inline constexpr Duration kKeysFresh = Duration::minutes(10);
// After a failure it is tried again this soon, and meanwhile the last keys count, up to their end.
inline constexpr Duration kKeysRetry = Duration::minutes(1);
inline constexpr Duration kKeysStale = Duration::hours(24);

struct IssuerSource {
  std::string issuer;
  std::string audience;
  std::string jwks_file;  // One of these two.
  std::string jwks_url;   // https.
  std::vector<JwtAlgorithm> algorithms;
  Duration skew = kJwtSkewMax;
  bool private_network = false;

  friend bool operator==(const IssuerSource&, const IssuerSource&) = default;
};

// Errors (kInvalidInput): with line and column, all of them.
[[nodiscard]] Result<std::vector<IssuerSource>> load_issuers(const Document& document);

// The text of a key set. Errors: any.
using FetchKeys = std::function<Result<std::string>(const IssuerSource&)>;
// Reads the file, or asks the URL: TLS, no redirect, a public address alone unless the source says
// otherwise. Blocks.
[[nodiscard]] Result<std::string> fetch_keys(const IssuerSource& source);

// Keeps the keys of all issuers. One thread.
class IssuerKeys {
 public:
  IssuerKeys(std::vector<IssuerSource> sources, FetchKeys fetch);

  // Fetches what is due. True when the issuers are others than before. `complain` is told of each
  // that could not be had.
  bool refresh(Time now, const std::function<void(const std::string&)>& complain);
  // Those whose keys are known and not too old.
  [[nodiscard]] const std::vector<Issuer>& issuers() const { return issuers_; }

 private:
  struct Kept {
    IssuerSource source;
    std::string text;  // That the keys were read from.
    std::optional<Jwks> keys;
    Time fetched;
    Time due;
  };
  [[nodiscard]] bool refresh_one(Kept& kept, Time now,
                                 const std::function<void(const std::string&)>& complain) const;

  FetchKeys fetch_;
  std::vector<Kept> kept_;
  std::vector<Issuer> issuers_;
};

}  // namespace sillar::server
