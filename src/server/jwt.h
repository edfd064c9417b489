#pragma once

// Bearer tokens of an OpenID provider: JSON web tokens (RFC 7515, 7519) signed with RS256 or ES256,
// held against keys that were pinned beforehand. What a token says about where its key is to be
// found (jku, x5u, jwk, x5c) counts for nothing, nor does any algorithm that the issuer is not
// allowed. Nothing of a token is believed before its signature is.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "server/crypto.h"

namespace sillar::server {

enum class JwtAlgorithm : std::uint8_t { kRs256, kEs256 };

inline constexpr std::size_t kJwtBytesMax = 16 << 10;
inline constexpr std::size_t kJwksBytesMax = 256 << 10;
inline constexpr std::size_t kJwksKeysMax = 64;
inline constexpr std::size_t kRsaBitsMin = 2048;
inline constexpr std::size_t kRsaBitsMax = 8192;
inline constexpr Duration kJwtSkewMax = Duration::seconds(60);
// A token that lives longer than this is not taken, whatever its issuer says.
inline constexpr Duration kJwtLifeMax = Duration::hours(24);

// The public keys of an issuer, by their ids.
class Jwks {
 public:
  // Of a JSON Web Key Set (RFC 7517). Keys of other kinds, for other uses or without an id are
  // passed over. Errors (kInvalidInput): malformed JSON, too many keys, a key of ours that is
  // malformed or too weak, two of one id, or none at all. `name` is for messages.
  [[nodiscard]] static Result<Jwks> read(const std::string& name, std::string_view text);

  [[nodiscard]] std::size_t size() const { return keys_.size(); }
  // False: no such key, one of another algorithm, or a wrong signature.
  [[nodiscard]] bool verifies(std::string_view key_id, JwtAlgorithm algorithm,
                              std::string_view signed_text, std::string_view signature) const;
  [[nodiscard]] bool holds(std::string_view key_id) const { return keys_.contains(key_id); }

  // Of libcrypto.
  struct Key;

 private:
  std::map<std::string, std::shared_ptr<const Key>, std::less<>> keys_;
};

struct Issuer {
  std::string issuer;    // `iss`, exactly.
  std::string audience;  // `aud` has to hold it.
  std::vector<JwtAlgorithm> algorithms = {JwtAlgorithm::kRs256, JwtAlgorithm::kEs256};
  Duration skew = kJwtSkewMax;  // At most kJwtSkewMax.
  Jwks keys;
};

struct JwtClaims {
  std::string issuer;
  std::string subject;
  Time expires;

  friend bool operator==(const JwtClaims&, const JwtClaims&) = default;
};

// Why a token is not taken. Clients are told that it is invalid or that it has expired, no more.
enum class JwtFault : std::uint8_t {
  kMalformed,  // Not three parts of base64url, no JSON, a claim of another kind, too long.
  kType,
  kAlgorithm,
  kIssuer,
  kKey,  // The issuer has no such key.
  kSignature,
  kAudience,
  kExpired,
  kNotYet,
  kLifetime,
  kSubject,
};
[[nodiscard]] std::string_view word_of(JwtFault fault);  // "expired"; for the audit log.

// Pure: the time is handed in.
[[nodiscard]] tl::expected<JwtClaims, JwtFault> check_jwt(std::string_view token,
                                                          const std::vector<Issuer>& issuers,
                                                          Time now);

// Whether it is worth a try: three parts, base64url signs. An API key never is.
[[nodiscard]] bool looks_like_jwt(std::string_view token);

// What was verified, by the SHA-256 of the whole token. A bounded number; the one that expires
// first makes room. One thread, or one for each.
class JwtCache {
 public:
  explicit JwtCache(std::size_t entries_max = 4096) : entries_max_(entries_max) {}

  // As check_jwt; expiry is looked at each time.
  [[nodiscard]] tl::expected<JwtClaims, JwtFault> check(std::string_view token,
                                                        const std::vector<Issuer>& issuers,
                                                        Time now);
  // When issuers or their keys have changed.
  void clear();
  [[nodiscard]] std::size_t size() const { return claims_.size(); }

 private:
  struct Kept {
    JwtClaims claims;
    Duration skew;
  };

  std::size_t entries_max_;
  std::map<Digest, Kept> claims_;
  std::multimap<Time, Digest> ends_;
};

}  // namespace sillar::server
