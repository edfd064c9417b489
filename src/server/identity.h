#pragma once

// Access as a part of what the server keeps, and what a requester may change about it. Every
// request here is decided against Access and gives the changes to record, or why not; nothing
// changes until they are applied. Rules that hold for all of them:
//
//   grants are within the grantor's own rights at that project, and never to himself
//   a key can do no more, reach no further and live no longer than what it was made with
//   there is always somebody who can administer
//   whom one may not see is as absent

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/access.h"
#include "server/api_key.h"
#include "server/part.h"

namespace sillar::server {

class Identity : public Part {
 public:
  [[nodiscard]] PartId id() const override { return PartId::kIdentity; }
  void clear() override { access_ = {}; }
  [[nodiscard]] Status apply(std::string_view record) override;
  void append_state(std::string& out) const override { access_.append_bytes(out); }
  [[nodiscard]] Status read_state(std::string_view bytes) override;

  // Readers on other threads take a copy, made whenever it has changed.
  [[nodiscard]] const Access& access() const { return access_; }

 private:
  Access access_;
};

enum class RefusalKind : std::uint8_t {
  kHidden,  // Answer as if there were no such thing.
  kDenied,
  kInvalid,   // The request itself is wrong.
  kConflict,  // It would have been right in another state.
  kLimit,
};
struct [[nodiscard]] Refusal {
  RefusalKind kind = RefusalKind::kHidden;
  std::string message;  // For the requester.
};
// Never empty.
using Changes = std::vector<IdentityChange>;
template <typename T>
using OrRefusal = tl::expected<T, Refusal>;

struct NewUser {
  std::string name;
  std::string issuer;  // With the subject, or empty.
  std::string subject;
  std::string os_user;
};
struct NewServiceAccount {
  std::string name;
  std::string project;
};
// What a key is wanted for. `secret` is shown once and not kept; its hash is.
struct NewKey {
  std::string principal;
  std::string label;
  Role cap = Role::kAdmin;
  std::string scope;
  Time expires = Time::never();
  std::string id;
  Digest hash{};
};

// The first start's token: only while there is nobody. Errors (kInvalidInput): there is somebody.
[[nodiscard]] Result<IdentityChange> offer_first_run(const Access& access, const ApiKey& key,
                                                     std::string_view pepper, Time now,
                                                     std::string os_user);

[[nodiscard]] OrRefusal<Changes> add_user(const Access& access, const Requester& by,
                                          const NewUser& user, Time now);
[[nodiscard]] OrRefusal<Changes> add_service_account(const Access& access, const Requester& by,
                                                     const NewServiceAccount& account, Time now);
// Enables or disables, and says as whom its commands run here.
[[nodiscard]] OrRefusal<Changes> change_principal(const Access& access, const Requester& by,
                                                  const PrincipalChanged& change, Time now);
[[nodiscard]] OrRefusal<Changes> forget_principal(const Access& access, const Requester& by,
                                                  std::string_view principal, Time now);

[[nodiscard]] OrRefusal<Changes> grant(const Access& access, const Requester& by,
                                       std::string_view principal, const Binding& binding,
                                       Time now);
[[nodiscard]] OrRefusal<Changes> revoke_grant(const Access& access, const Requester& by,
                                              std::string_view principal, std::string_view project,
                                              Time now);

[[nodiscard]] OrRefusal<Changes> add_key(const Access& access, const Requester& by,
                                         const NewKey& key, Time now);
// A new key in the place of an old one, which goes on for `overlap`, at most kOverlapMax.
inline constexpr Duration kOverlapMax = Duration::hours(7 * 24);
struct Replacement {
  std::string old_key;
  std::string id;
  Digest hash{};
  Duration overlap;
};
[[nodiscard]] OrRefusal<Changes> rotate_key(const Access& access, const Requester& by,
                                            const Replacement& replacement, Time now);
[[nodiscard]] OrRefusal<Changes> end_key(const Access& access, const Requester& by,
                                         std::string_view key, Time now);

// Whether `by` may know of that principal: itself, one that it manages, or one with a role where it
// may look at identities.
[[nodiscard]] bool may_see(const Access& access, const Requester& by, const Principal& who);

}  // namespace sillar::server
