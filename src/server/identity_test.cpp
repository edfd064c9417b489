// What a requester may change about identity: grants, keys and accounts that never reach beyond the
// one who makes them.

#include "server/identity.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/random.h"
#include "server/identity_fixture.h"

namespace sillar::server {
namespace {

class IdentityTest : public Organisation {
 protected:
  static void expect(const OrRefusal<Changes>& changes, RefusalKind kind) {
    ASSERT_FALSE(changes.has_value());
    EXPECT_EQ(changes.error().kind, kind) << changes.error().message;
    EXPECT_FALSE(changes.error().message.empty());
  }
  [[nodiscard]] NewKey wanted(const std::string& principal, unsigned number) const {
    NewKey wish;
    wish.principal = principal;
    wish.id = test_key(number).id;
    return wish;
  }
};

// API5, skypilot#9846: no grant beyond the grantor's own rights, at that node.
TEST_F(IdentityTest, API5_GrantsAreWithinTheGrantorsRights) {
  must(grant(access_, as(boss_), viewer_, {"acme/research", Role::kManager}, kNow));
  EXPECT_EQ(access_.role_at(as(viewer_), "acme/research"), Role::kManager);
  expect(grant(access_, as(boss_), member_, {"acme/research", Role::kAdmin}, kNow),
         RefusalKind::kDenied);
  expect(grant(access_, as(member_), viewer_, {"acme/research", Role::kViewer}, kNow),
         RefusalKind::kDenied);
  expect(grant(access_, as(boss_), member_, {"umbrella", Role::kViewer}, kNow),
         RefusalKind::kHidden);
  expect(grant(access_, as(boss_), member_, {"", Role::kViewer}, kNow), RefusalKind::kHidden);
  expect(grant(access_, as(boss_), member_, {"acme//x", Role::kViewer}, kNow),
         RefusalKind::kInvalid);
  expect(grant(access_, as(boss_), member_, {"acme", Role::kNone}, kNow), RefusalKind::kInvalid);
}

TEST_F(IdentityTest, NobodyWidensHisOwn) {
  for (const std::string& who : {boss_, root_, local_admin_})
    expect(grant(access_, as(who), who, {"acme/research/new", Role::kViewer}, kNow),
           RefusalKind::kDenied);
  // Nor takes from those above.
  expect(revoke_grant(access_, as(boss_), local_admin_, "acme/research", kNow),
         RefusalKind::kDenied);
  expect(grant(access_, as(boss_), local_admin_, {"acme/research", Role::kViewer}, kNow),
         RefusalKind::kDenied);
  must(revoke_grant(access_, as(boss_), member_, "acme/research", kNow));
  must(revoke_grant(access_, as(boss_), boss_, "acme", kNow));
  EXPECT_EQ(access_.role_anywhere(as(boss_)), Role::kNone)
      << "narrowing oneself is one's own affair";
}

// P15: whom one may not see is as absent.
TEST_F(IdentityTest, P15_OtherPeopleAreAsAbsent) {
  const auto none = grant(access_, as(boss_), "u99", {"acme", Role::kViewer}, kNow);
  const auto theirs = grant(access_, as(boss_), stranger_, {"acme", Role::kViewer}, kNow);
  expect(none, RefusalKind::kHidden);
  expect(theirs, RefusalKind::kHidden);
  EXPECT_EQ(none.error().message, theirs.error().message);
  expect(forget_principal(access_, as(boss_), stranger_, kNow), RefusalKind::kHidden);
  expect(revoke_grant(access_, as(boss_), stranger_, "umbrella", kNow), RefusalKind::kHidden);
  const std::string theirs_key = key(stranger_, 20);
  expect(end_key(access_, as(boss_), theirs_key, kNow), RefusalKind::kHidden);
  expect(end_key(access_, as(boss_), "00000000000000ee", kNow), RefusalKind::kHidden);
  expect(add_key(access_, as(boss_), wanted(stranger_, 21), kNow), RefusalKind::kHidden);
  EXPECT_FALSE(may_see(access_, as(boss_), *access_.principal(root_)));
  EXPECT_TRUE(may_see(access_, as(boss_), *access_.principal(member_)));
  EXPECT_TRUE(may_see(access_, as(root_), *access_.principal(nobody_)));
}

TEST_F(IdentityTest, TheLastAdministratorStays) {
  expect(forget_principal(access_, as(root_), root_, kNow), RefusalKind::kConflict);
  expect(revoke_grant(access_, as(root_), root_, "", kNow), RefusalKind::kConflict);
  expect(change_principal(access_, as(root_), {root_, {}, false}, kNow), RefusalKind::kConflict);
  expect(end_key(access_, as(root_), test_key(1).id, kNow), RefusalKind::kConflict);
  // Another one that cannot prove who he is does not count.
  must(grant(access_, as(root_), boss_, {"", Role::kAdmin}, kNow));
  expect(forget_principal(access_, as(root_), root_, kNow), RefusalKind::kConflict);
  must(add_key(access_, as(boss_), wanted(boss_, 30), kNow));
  must(forget_principal(access_, as(root_), root_, kNow));
  EXPECT_TRUE(access_.has_admin(kNow));
}

// CVE-2026-47101 and its like: a key is a subset of the one that it is made with.
TEST_F(IdentityTest, KeysAreSubsetsOfTheirMaker) {
  const Time end = kNow + Duration::hours(10);
  const std::string id = key(local_admin_, 40, Role::kManager, "acme/research/llm", end);
  const Requester by = access_.requester_of(id);
  NewKey wish = wanted(local_admin_, 41);
  wish.scope = "acme/research/llm/a";
  wish.cap = Role::kMember;
  must(add_key(access_, by, wish, kNow));
  EXPECT_EQ(access_.key(wish.id)->expires, end) << "no longer than its maker";
  wish.id = test_key(42).id;
  wish.cap = Role::kAdmin;
  expect(add_key(access_, by, wish, kNow), RefusalKind::kDenied);
  wish.cap = Role::kMember;
  for (const char* scope : {"", "acme/research", "acme/research/llm2"}) {
    wish.scope = scope;
    expect(add_key(access_, by, wish, kNow), RefusalKind::kDenied);
  }
  wish.scope = "acme/research/llm";
  wish.expires = end + Duration{1};
  expect(add_key(access_, by, wish, kNow), RefusalKind::kDenied);
  wish.expires = kNow;
  expect(add_key(access_, by, wish, kNow), RefusalKind::kInvalid);
  wish.expires = end;
  must(add_key(access_, by, wish, kNow));
  expect(add_key(access_, as(member_), wanted(local_admin_, 43), kNow), RefusalKind::kHidden);
  expect(add_key(access_, as(boss_), wanted(member_, 43), kNow), RefusalKind::kDenied);
}

TEST_F(IdentityTest, ServiceAccountsBelongToTheirProject) {
  must(add_service_account(access_, as(boss_), {"robot", "acme/research"}, kNow));
  const std::string robot = access_.named("robot")->id;
  EXPECT_EQ(robot.front(), 's');
  must(grant(access_, as(boss_), robot, {"acme/research", Role::kManager}, kNow));
  expect(grant(access_, as(boss_), robot, {"acme/ops", Role::kMember}, kNow), RefusalKind::kDenied);
  expect(grant(access_, as(boss_), robot, {"acme/research", Role::kAdmin}, kNow),
         RefusalKind::kDenied);
  must(add_key(access_, as(boss_), wanted(robot, 50), kNow));
  expect(add_service_account(access_, as(member_), {"mine", "acme/research"}, kNow),
         RefusalKind::kDenied);
  expect(add_service_account(access_, as(boss_), {"mine", "umbrella"}, kNow), RefusalKind::kHidden);
  expect(add_service_account(access_, as(boss_), {"robot", "acme"}, kNow), RefusalKind::kConflict);
  // Whoever is above its maker is out of its maker's hands.
  must(grant(access_, as(root_), robot, {"acme/research/llm", Role::kAdmin}, kNow));
  expect(add_key(access_, as(boss_), wanted(robot, 51), kNow), RefusalKind::kDenied);
  // As whom commands run is for those who manage the machine's users.
  expect(change_principal(access_, as(boss_), {robot, "alice", true}, kNow), RefusalKind::kDenied);
  must(change_principal(access_, as(boss_), {robot, {}, false}, kNow));
  must(change_principal(access_, as(root_), {robot, "alice", true}, kNow));
  expect(change_principal(access_, as(root_), {robot, "root", true}, kNow), RefusalKind::kInvalid);
}

TEST_F(IdentityTest, UsersAreAddedByWhoAdministersTheWhole) {
  expect(add_user(access_, as(boss_), {"new", {}, {}, {}}, kNow), RefusalKind::kDenied);
  expect(add_user(access_, as(nobody_), {"new", {}, {}, {}}, kNow), RefusalKind::kHidden);
  must(add_user(access_, as(root_), {"new", "https://idp", "s1", {}}, kNow));
  EXPECT_EQ(access_.of_subject("https://idp", "s1")->name, "new");
  EXPECT_EQ(access_.of_subject("https://other", "s1"), nullptr);
  expect(add_user(access_, as(root_), {"newer", "https://idp", "s1", {}}, kNow),
         RefusalKind::kConflict);
  expect(add_user(access_, as(root_), {"new", {}, {}, {}}, kNow), RefusalKind::kConflict);
  expect(add_user(access_, as(root_), {"two words", {}, {}, {}}, kNow), RefusalKind::kInvalid);
  expect(add_user(access_, as(root_), {"half", "https://idp", {}, {}}, kNow),
         RefusalKind::kInvalid);
}

TEST_F(IdentityTest, AReplacedKeyGoesOnForItsOverlap) {
  const std::string old_key = key(member_, 60);
  const Digest old_hash = api_key_hash(kTestPepper, test_key(60));
  const Requester by = access_.requester_of(old_key);
  const ApiKey fresh = test_key(61);
  const Duration overlap = Duration::hours(2);
  must(rotate_key(access_, by, {old_key, fresh.id, api_key_hash(kTestPepper, fresh), overlap},
                  kNow));
  EXPECT_EQ(access_.check_key(old_key, old_hash, kNow + Duration::hours(1)), KeyCheck::kGood);
  EXPECT_EQ(access_.check_key(old_key, old_hash, kNow + overlap), KeyCheck::kEnded);
  EXPECT_EQ(access_.check_key(fresh.id, api_key_hash(kTestPepper, fresh), kNow + overlap),
            KeyCheck::kGood);
  expect(rotate_key(access_, by, {fresh.id, test_key(62).id, {}, kOverlapMax + Duration{1}}, kNow),
         RefusalKind::kInvalid);
  must(end_key(access_, by, old_key, kNow));
  expect(end_key(access_, by, old_key, kNow), RefusalKind::kConflict);
  expect(rotate_key(access_, by, {old_key, test_key(62).id, {}, overlap}, kNow),
         RefusalKind::kConflict);
}

// Whatever requests are made, by whomever: no one comes to hold a role that no one could give.
RC_GTEST_FIXTURE_PROP(IdentityTest, API5_NoRequestsOfManagersReachBeyondThem, ()) {
  Random random(*rc::gen::arbitrary<std::uint64_t>());
  const std::vector<std::string> projects = {
      "", "acme", "acme/research", "acme/ops", "umbrella", "acme/research/llm", "acme/re"};
  // The attackers: everybody but the two who hold more than acme's manager.
  std::vector<Requester> by = {as(boss_), as(member_), as(viewer_), as(nobody_)};
  unsigned keys = 500;
  for (int i = 0; i < 60; ++i) {
    const Requester who = by[random.below(by.size())];
    const std::size_t n = 1 + random.below(access_.principals().size());
    std::string target = "u" + std::to_string(n);
    if (access_.principal(target) == nullptr) target = "s" + std::to_string(n);
    const std::string project = projects[random.below(projects.size())];
    const auto role = static_cast<Role>(1 + random.below(4));
    OrRefusal<Changes> changes;
    switch (random.below(4)) {
      case 0:
        changes = grant(access_, who, target, {project, role}, kNow);
        break;
      case 1:
        changes = add_service_account(access_, who, {"s" + std::to_string(i), project}, kNow);
        break;
      case 2: {
        NewKey wish = wanted(target, ++keys);
        wish.cap = role;
        wish.scope = project;
        changes = add_key(access_, who, wish, kNow);
        break;
      }
      default:
        changes = revoke_grant(access_, who, target, project, kNow);
    }
    if (!changes) continue;
    for (const IdentityChange& change : *changes) {
      RC_ASSERT(access_.apply(change).has_value());
      if (const auto* added = std::get_if<KeyAdded>(&change))
        by.push_back(access_.requester_of(added->key.id));
    }
  }
  for (const Requester& who : by) {
    RC_ASSERT(access_.role_at(who, "") == Role::kNone);
    RC_ASSERT(access_.role_at(who, "umbrella") == Role::kNone);
    for (const std::string& project : projects)
      RC_ASSERT(access_.role_at(who, project) <= Role::kManager);
  }
  RC_ASSERT(access_.role_at(as(local_admin_), "acme/research") == Role::kAdmin);
}

}  // namespace
}  // namespace sillar::server
