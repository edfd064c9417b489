#pragma once

// Who there is and what each may do: principals, their roles in subtrees of projects, their keys. A
// value without I/O and without a clock: copies of it serve readers, and it changes only by changes
// that were decided (identity_requests.h). One chokepoint: decide().

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "server/audit_leaf.h"
#include "server/crypto.h"
#include "server/roles.h"

namespace sillar::server {

enum class PrincipalKind : std::uint8_t { kUser, kService };

// A role at a project and below it; "" is the whole tree.
struct Binding {
  std::string project;
  Role role = Role::kNone;

  friend bool operator==(const Binding&, const Binding&) = default;
};

struct Principal {
  std::string id;  // "u1", "s2": a kind and a number, never given again. What audit leaves say.
  PrincipalKind kind = PrincipalKind::kUser;
  std::string name;    // Of one principal at a time; empty: forgotten, at their wish.
  std::string issuer;  // By OIDC: both or neither.
  std::string subject;
  std::string project;  // Of a service account: who manages that project manages it.
  std::string os_user;  // As whom its commands run; empty: it runs none on this machine.
  bool enabled = true;
  Time created;
  std::vector<Binding> bindings;  // By project, one each.

  friend bool operator==(const Principal&, const Principal&) = default;
};

struct KeyRecord {
  std::string id;
  std::string principal;
  std::string label;
  Digest hash{};
  // It may do what its principal may, but no more than this role and only within this subtree.
  Role cap = Role::kAdmin;
  std::string scope;
  Time created;
  Time expires = Time::never();
  Time ended = Time::never();  // Revoked, or replaced and its overlap over.
  Time last_used;              // To an hour; the epoch: never.

  [[nodiscard]] bool usable(Time now) const { return now < expires && now < ended; }
  friend bool operator==(const KeyRecord&, const KeyRecord&) = default;
};

// The token of the first start. Its first use makes an administrator whose key it is from then on.
struct FirstRun {
  std::string key;
  Digest hash{};
  Time expires;
  std::string os_user;  // Who started the server.

  friend bool operator==(const FirstRun&, const FirstRun&) = default;
};

// Changes, as they are journalled. apply() holds them against what there is.
struct PrincipalAdded {
  Principal principal;  // Without bindings.
};
struct PrincipalChanged {
  std::string id;
  std::string os_user;
  bool enabled = true;
};
struct PrincipalForgotten {  // What it may do and what is known of it goes; its id stays.
  std::string id;
};
struct Granted {  // In place of the role that it has there.
  std::string id;
  Binding binding;
};
struct GrantRevoked {
  std::string id;
  std::string project;
};
struct KeyAdded {
  KeyRecord key;
};
struct KeyEnded {
  std::string id;
  Time at;
};
struct KeyUsed {
  std::string id;
  Time at;
};
struct FirstRunOffered {
  FirstRun offer;
};
struct FirstRunRedeemed {
  Time at;
};
using IdentityChange =
    std::variant<PrincipalAdded, PrincipalChanged, PrincipalForgotten, Granted, GrantRevoked,
                 KeyAdded, KeyEnded, KeyUsed, FirstRunOffered, FirstRunRedeemed>;

inline constexpr std::size_t kPrincipalsMax = 100'000;
inline constexpr std::size_t kKeysMax = 200'000;
inline constexpr std::size_t kKeysOfOneMax = 64;
inline constexpr std::size_t kBindingsOfOneMax = 256;
inline constexpr std::size_t kLabelBytesMax = 253;
inline constexpr Duration kKeyUsePace = Duration::hours(1);
// How long an ended key is still listed; it goes with the next key of its principal.
inline constexpr Duration kEndedKeysKept = Duration::hours(30 * 24);
inline constexpr Duration kFirstRunLife = Duration::hours(1);

// Who asks, proven. Stays what it was proven to be; what that may do is looked up each time.
struct Requester {
  std::string principal;
  AuthMethod method = AuthMethod::kNone;
  std::string key;  // Empty: without one.
  Role cap = Role::kAdmin;
  std::string scope;
};

// Whoever may not see an object learns nothing of it: kHidden is answered as if it were absent.
enum class Verdict : std::uint8_t { kAllowed, kDenied, kHidden };

enum class KeyCheck : std::uint8_t {
  kGood,
  kFirstUse,  // Of the first run's token: FirstRunRedeemed has to be applied first.
  kUnknown,   // No such key, or another secret.
  kExpired,
  kEnded,
  kDisabled,  // Its principal is.
};

class Access {
 public:
  [[nodiscard]] const std::vector<Principal>& principals() const { return principals_; }
  // Null: there is none.
  [[nodiscard]] const Principal* principal(std::string_view id) const;
  [[nodiscard]] const Principal* named(std::string_view name) const;
  [[nodiscard]] const Principal* of_subject(std::string_view issuer,
                                            std::string_view subject) const;
  [[nodiscard]] const std::map<std::string, KeyRecord, std::less<>>& keys() const { return keys_; }
  [[nodiscard]] const KeyRecord* key(std::string_view id) const;
  [[nodiscard]] const std::optional<FirstRun>& first_run() const { return first_run_; }

  // Whether that key, by its id and hash, proves its principal now. Constant time over the hash.
  [[nodiscard]] KeyCheck check_key(std::string_view id, const Digest& hash, Time now) const;
  // Requires: check_key gave kGood.
  [[nodiscard]] Requester requester_of(std::string_view key_id) const;
  // Whether what was proven then still counts: for streams that outlive a request.
  [[nodiscard]] bool still_valid(const Requester& requester, Time now) const;
  [[nodiscard]] bool key_use_is_due(std::string_view id, Time now) const;

  // The role that the requester holds at that project, all limits counted in.
  [[nodiscard]] Role role_at(const Requester& requester, std::string_view project) const;
  // At one project at least; for what belongs to nobody.
  [[nodiscard]] Role role_anywhere(const Requester& requester) const;
  // The one place where it is decided. Whether the project exists is for the caller to see, who
  // answers both alike.
  [[nodiscard]] Verdict decide(const Requester& requester, Action action,
                               std::string_view project) const;
  // Subtrees where the requester may do that, none within another. Empty: nowhere.
  [[nodiscard]] std::vector<std::string> subtrees(const Requester& requester, Action action) const;
  // Somebody could administer all of it now.
  [[nodiscard]] bool has_admin(Time now) const;

  // Errors (kInvalidInput): a change that does not fit; nothing has changed then.
  [[nodiscard]] Status apply(const IdentityChange& change);

  void append_bytes(std::string& out) const;
  // Errors (kInvalidInput): anything that append_bytes does not write.
  [[nodiscard]] static Result<Access> read(std::string_view bytes);

  friend bool operator==(const Access&, const Access&) = default;

 private:
  [[nodiscard]] Principal* find(std::string_view id);
  [[nodiscard]] Status apply_one(const PrincipalAdded& change);
  [[nodiscard]] Status apply_one(const PrincipalChanged& change);
  [[nodiscard]] Status apply_one(const PrincipalForgotten& change);
  [[nodiscard]] Status apply_one(const Granted& change);
  [[nodiscard]] Status apply_one(const GrantRevoked& change);
  [[nodiscard]] Status apply_one(const KeyAdded& change);
  [[nodiscard]] Status apply_one(const KeyEnded& change);
  [[nodiscard]] Status apply_one(const KeyUsed& change);
  [[nodiscard]] Status apply_one(const FirstRunOffered& change);
  [[nodiscard]] Status apply_one(const FirstRunRedeemed& change);
  // A key of somebody who is there, under an id that nothing has.
  [[nodiscard]] bool fits(const KeyRecord& key) const;
  [[nodiscard]] std::size_t keys_of(std::string_view principal) const;

  std::vector<Principal> principals_;  // By number.
  std::map<std::string, std::size_t, std::less<>> names_;
  std::map<std::pair<std::string, std::string>, std::size_t> subjects_;
  std::map<std::string, KeyRecord, std::less<>> keys_;
  std::optional<FirstRun> first_run_;
};

// The id of the principal that comes next.
[[nodiscard]] std::string next_principal_id(const Access& access, PrincipalKind kind);

// A change as a journal's record.
[[nodiscard]] std::string change_bytes(const IdentityChange& change);
// Errors (kInvalidInput): anything that change_bytes does not write.
[[nodiscard]] Result<IdentityChange> read_change(std::string_view bytes);

// Shared by the two forms of bytes. `in` fails for what is not well formed.
void put_principal(std::string& out, const Principal& principal);
[[nodiscard]] Principal read_principal(ByteReader& in);
void put_key(std::string& out, const KeyRecord& key);
[[nodiscard]] KeyRecord read_key(ByteReader& in);
void put_first_run(std::string& out, const FirstRun& offer);
[[nodiscard]] FirstRun read_first_run(ByteReader& in);
// "u" or "s" and a number from 1 without leading zeros.
[[nodiscard]] std::optional<std::uint64_t> principal_number(std::string_view id,
                                                            PrincipalKind kind);

}  // namespace sillar::server
