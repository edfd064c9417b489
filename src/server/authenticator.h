#pragma once

// From an Authorization header to who asks. API keys and OpenID tokens come the same way and are
// told apart by their shape; nothing else is looked up anywhere. Any thread: readers share one copy
// of Access, which is replaced as a whole when it has changed.
//
// A request, from here on:
//
//   auto proof = authenticator.check(header, now);          // 401 without; audited
//   if (proof->first_use) …                                 // on the control thread: redeem()
//   Verdict verdict = access.decide(proof->requester, Action::kWorkloadSubmit, project);
//   // kHidden: 404, kDenied: 403; either is audited, as is what was done:
//   core.record(PartId::kAudit, audit.record(leaf));

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "server/access.h"
#include "server/jwt.h"

namespace sillar::server {

struct Proof {
  Requester requester;
  // The first run's token, which proves nobody yet: requester.key is its id and nothing else is
  // set. See redeem().
  bool first_use = false;
};

// Why nobody is proven. `code` is for the audit log, `message` all that the client is told: of
// keys and tokens that are wrong in different ways it says the same.
struct AuthFault {
  std::string code;  // "no-token", "unknown-key", "key-expired", "token-signature", …
  std::string message;
};

class Authenticator {
 public:
  Authenticator(std::string pepper, std::vector<Issuer> issuers);

  void set_access(std::shared_ptr<const Access> access);
  void set_issuers(std::vector<Issuer> issuers);
  [[nodiscard]] std::shared_ptr<const Access> access() const;

  // Empty: there was no such header.
  [[nodiscard]] tl::expected<Proof, AuthFault> check(std::string_view authorization, Time now);

 private:
  [[nodiscard]] tl::expected<Proof, AuthFault> check_key(std::string_view token,
                                                         const Access& access, Time now) const;
  [[nodiscard]] tl::expected<Proof, AuthFault> check_token(std::string_view token,
                                                           const Access& access, Time now);

  const std::string pepper_;
  mutable std::mutex mutex_;  // Guards what follows.
  std::shared_ptr<const Access> access_;
  std::vector<Issuer> issuers_;
  JwtCache cache_;
};

// What has to be recorded, on the control thread, before a first use counts: nothing where another
// request with the same token was first. Errors (kNotFound): it proves nobody any more.
[[nodiscard]] Result<std::optional<IdentityChange>> redeem(const Access& access, const Proof& proof,
                                                           Time now);

}  // namespace sillar::server
