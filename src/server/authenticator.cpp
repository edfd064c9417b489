#include "server/authenticator.h"

#include <fmt/format.h>

#include "base/check.h"
#include "server/api_key.h"

namespace sillar::server {
namespace {

using Fault = tl::unexpected<AuthFault>;

constexpr std::string_view kWanted = "This needs a valid token: Authorization: Bearer TOKEN.";
constexpr std::string_view kExpired = "The token has expired.";

Fault no_proof(std::string_view code, std::string_view message = kWanted) {
  return Fault(AuthFault{std::string(code), std::string(message)});
}

Fault fault_of(KeyCheck check) {
  switch (check) {
    case KeyCheck::kExpired:
      return no_proof("key-expired", kExpired);
    case KeyCheck::kEnded:
      return no_proof("key-ended", kExpired);
    case KeyCheck::kDisabled:
      return no_proof("principal-disabled");
    default:
      return no_proof("unknown-key");
  }
}

}  // namespace

Authenticator::Authenticator(std::string pepper, std::vector<Issuer> issuers)
    : pepper_(std::move(pepper)),
      access_(std::make_shared<const Access>()),
      issuers_(std::move(issuers)) {}

void Authenticator::set_access(std::shared_ptr<const Access> access) {
  CHECK(access != nullptr, "nobody is an access without principals");
  const std::lock_guard lock(mutex_);
  access_ = std::move(access);
}

void Authenticator::set_issuers(std::vector<Issuer> issuers) {
  const std::lock_guard lock(mutex_);
  issuers_ = std::move(issuers);
  cache_.clear();
}

std::shared_ptr<const Access> Authenticator::access() const {
  const std::lock_guard lock(mutex_);
  return access_;
}

tl::expected<Proof, AuthFault> Authenticator::check(std::string_view authorization, Time now) {
  if (authorization.empty()) return no_proof("no-token");
  const std::string_view token = bearer_token(authorization, kJwtBytesMax);
  const std::shared_ptr<const Access> known = access();
  if (token.starts_with(kApiKeyPrefix)) return check_key(token, *known, now);
  if (looks_like_jwt(token)) return check_token(token, *known, now);
  return no_proof("malformed-token");
}

tl::expected<Proof, AuthFault> Authenticator::check_key(std::string_view token,
                                                        const Access& access, Time now) const {
  const auto key = read_api_key(token);
  if (!key) return no_proof("malformed-key");
  const KeyCheck check = access.check_key(key->id, api_key_hash(pepper_, *key), now);
  if (check == KeyCheck::kGood) return Proof{access.requester_of(key->id), false};
  if (check != KeyCheck::kFirstUse) return fault_of(check);
  Proof proof;
  proof.requester.key = key->id;
  proof.first_use = true;
  return proof;
}

tl::expected<Proof, AuthFault> Authenticator::check_token(std::string_view token,
                                                          const Access& access, Time now) {
  tl::expected<JwtClaims, JwtFault> claims;
  {
    const std::lock_guard lock(mutex_);
    claims = cache_.check(token, issuers_, now);
  }
  if (!claims)
    return no_proof(fmt::format("token-{}", word_of(claims.error())),
                    claims.error() == JwtFault::kExpired ? kExpired : kWanted);
  // Somebody has to have been added before: an identity provider alone gives no rights.
  const Principal* who = access.of_subject(claims->issuer, claims->subject);
  if (who == nullptr) return no_proof("unknown-subject");
  if (!who->enabled) return no_proof("principal-disabled");
  return Proof{{who->id, AuthMethod::kOidc, {}, Role::kAdmin, {}}, false};
}

Result<std::optional<IdentityChange>> redeem(const Access& access, const Proof& proof, Time now) {
  CHECK(proof.first_use, "a first use is redeemed, nothing else");
  const auto& offer = access.first_run();
  if (offer && offer->key == proof.requester.key && now < offer->expires)
    return std::optional<IdentityChange>(FirstRunRedeemed{now});
  const KeyRecord* key = access.key(proof.requester.key);
  if (key != nullptr && key->usable(now)) return std::optional<IdentityChange>();
  return fail(ErrorCode::kNotFound, std::string(kWanted));
}

}  // namespace sillar::server
