#pragma once

// A small organisation: acme with its research and operations, and umbrella, which must not see it.

#include <gtest/gtest.h>

#include <string>

#include "server/identity.h"

namespace sillar::server {

inline constexpr Time kNow = Time::from_seconds(1'790'000'000);
inline constexpr std::string_view kTestPepper = "a pepper of thirty-two bytes....";

inline ApiKey test_key(unsigned number) {
  std::string id = "0000000000000000";
  for (std::size_t i = id.size(); i-- > 0; number >>= 4) id[i] = "0123456789abcdef"[number & 0xF];
  return {id, std::string(kApiKeySecretBytes, static_cast<char>('a' + number % 26))};
}

class Organisation : public testing::Test {
 protected:
  Organisation() {
    root_ = user("root-admin");
    bind(root_, "", Role::kAdmin);
    boss_ = user("boss");
    bind(boss_, "acme", Role::kManager);
    member_ = user("member");
    bind(member_, "acme/research", Role::kMember);
    viewer_ = user("viewer");
    bind(viewer_, "acme/research", Role::kViewer);
    local_admin_ = user("local-admin");
    bind(local_admin_, "acme/research", Role::kAdmin);
    stranger_ = user("stranger");
    bind(stranger_, "umbrella", Role::kAdmin);
    nobody_ = user("nobody");
    // So that the last administrator can prove who it is.
    key(root_, 1);
  }

  std::string user(const std::string& name) {
    const std::string id = next_principal_id(access_, PrincipalKind::kUser);
    Principal added;
    added.id = id;
    added.name = name;
    added.created = kNow;
    must(PrincipalAdded{added});
    return id;
  }
  std::string service(const std::string& name, const std::string& project) {
    const std::string id = next_principal_id(access_, PrincipalKind::kService);
    Principal added;
    added.id = id;
    added.kind = PrincipalKind::kService;
    added.name = name;
    added.project = project;
    added.created = kNow;
    must(PrincipalAdded{added});
    return id;
  }
  void bind(const std::string& id, const std::string& project, Role role) {
    must(Granted{id, {project, role}});
  }
  std::string key(const std::string& principal, unsigned number, Role cap = Role::kAdmin,
                  const std::string& scope = {}, Time expires = Time::never()) {
    const ApiKey made = test_key(number);
    KeyRecord record;
    record.id = made.id;
    record.principal = principal;
    record.hash = api_key_hash(kTestPepper, made);
    record.cap = cap;
    record.scope = scope;
    record.created = kNow;
    record.expires = expires;
    must(KeyAdded{record});
    return made.id;
  }
  void must(const IdentityChange& change) {
    const Status applied = access_.apply(change);
    ASSERT_TRUE(applied.has_value()) << applied.error().message;
  }
  void must(const OrRefusal<Changes>& changes) {
    ASSERT_TRUE(changes.has_value()) << changes.error().message;
    for (const IdentityChange& change : *changes) must(change);
  }
  [[nodiscard]] static Requester as(const std::string& principal) {
    return {principal, AuthMethod::kOidc, {}, Role::kAdmin, {}};
  }
  [[nodiscard]] Verdict decide(const std::string& who, Action action,
                               std::string_view project) const {
    return access_.decide(as(who), action, project);
  }

  Access access_;
  std::string root_;
  std::string boss_;
  std::string member_;
  std::string viewer_;
  std::string local_admin_;
  std::string stranger_;
  std::string nobody_;
};

}  // namespace sillar::server
