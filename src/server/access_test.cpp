// Who may do what: the table, subtrees, keys, and what is not even there for whom.

#include "server/access.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/random.h"
#include "server/identity_fixture.h"

namespace sillar::server {
namespace {

using AccessTest = Organisation;

TEST(Roles, PathsAreMatchedBySegments) {
  EXPECT_TRUE(is_within("acme", "acme"));
  EXPECT_TRUE(is_within("acme", "acme/research"));
  EXPECT_TRUE(is_within("", "acme"));
  EXPECT_TRUE(is_within("", ""));
  EXPECT_FALSE(is_within("acme/re", "acme/research"));
  EXPECT_FALSE(is_within("acme/research", "acme"));
  EXPECT_FALSE(is_within("acme", ""));
  EXPECT_EQ(parent_of("acme/research/llm"), "acme/research");
  EXPECT_EQ(parent_of("acme"), "");
  EXPECT_EQ(parent_of(""), "");
  for (const char* good : {"", "a", "a/b", "a.b/c_d-e"}) EXPECT_TRUE(is_project_path(good)) << good;
  for (const char* bad : {"/", "a/", "/a", "a//b", "a b", "a/\n", "\xC3\xB1"})
    EXPECT_FALSE(is_project_path(bad)) << bad;
  EXPECT_EQ(role_of("manager"), Role::kManager);
  EXPECT_FALSE(role_of("none").has_value());
  EXPECT_FALSE(role_of("Admin").has_value());
}

// API5, ASVS 8.2.1: every action by every role at the node, at its parent, above, beside and below.
// The table below is written out by hand, so that a change of roles.h has to be meant.
TEST(Roles, ASVS_8_2_1_TheTableIsTheOneThatWasMeant) {
  std::string table;
  for (const Rule& rule : kRules) {
    const char place = rule.place == Place::kNode     ? '.'
                       : rule.place == Place::kParent ? '^'
                       : rule.place == Place::kRoot   ? '/'
                                                      : '*';
    table += std::string(rule.name) + " " + std::string(role_name(rule.least)) + place + "\n";
  }
  EXPECT_EQ(
      table,
      "workload.view viewer.\nworkload.logs member.\nworkload.submit member.\n"
      "workload.control member.\nworkload.control-any manager.\nproject.view viewer.\n"
      "project.configure manager^\nquota.set manager^\nbudget.view viewer.\n"
      "budget.set manager^\npolicy.set admin^\ncost.view viewer.\nfleet.view viewer*\n"
      "fleet.configure admin/\nprice.view viewer*\nprice.set admin/\nalert.view viewer.\n"
      "alert.configure manager.\nevent.view viewer.\naudit.view admin.\n"
      "identity.view manager.\nidentity.grant manager.\nservice-account.manage manager.\n"
      "user.manage admin/\nkey.manage viewer*\nmetrics.view viewer/\nserver.operate admin/\n");
}

TEST_F(AccessTest, API5_EachRoleDoesWhatTheTableSaysAndNoMore) {
  const std::vector<std::pair<std::string, Role>> roles = {
      {viewer_, Role::kViewer}, {member_, Role::kMember}, {local_admin_, Role::kAdmin}};
  for (const auto& [who, role] : roles)
    for (const Rule& rule : kRules) {
      SCOPED_TRACE(std::string(rule.name) + " by " + std::string(role_name(role)));
      const Verdict there = decide(who, rule.action, "acme/research");
      const Verdict below = decide(who, rule.action, "acme/research/llm");
      const bool held = role >= rule.least;
      const bool node = rule.place == Place::kNode;
      const bool anywhere = rule.place == Place::kAnywhere;
      const Verdict yes = Verdict::kAllowed;
      const Verdict no = Verdict::kDenied;
      EXPECT_EQ(there, held && (node || anywhere) ? yes : no);
      EXPECT_EQ(below, held && rule.place != Place::kRoot ? yes : no);
      const Verdict above = decide(who, rule.action, "acme");
      if (node || rule.place == Place::kParent) EXPECT_EQ(above, Verdict::kHidden);
      const Verdict beside = decide(who, rule.action, "acme/research2");
      if (node || rule.place == Place::kParent) EXPECT_EQ(beside, Verdict::kHidden);
    }
}

// P15, ASVS 8.4.1, API1: of another tenant's tree nothing is there.
TEST_F(AccessTest, P15_ASVS_8_4_1_AnotherTenantsProjectsAreAsAbsent) {
  for (const Rule& rule : kRules) {
    if (rule.place == Place::kAnywhere || rule.place == Place::kRoot) continue;
    EXPECT_EQ(decide(stranger_, rule.action, "acme/research"), Verdict::kHidden) << rule.name;
    EXPECT_EQ(decide(stranger_, rule.action, "no/such"), Verdict::kHidden) << rule.name;
    EXPECT_EQ(decide(member_, rule.action, "umbrella/x"), Verdict::kHidden) << rule.name;
  }
  EXPECT_EQ(access_.subtrees(as(stranger_), Action::kWorkloadView),
            std::vector<std::string>{"umbrella"});
}

// An empty list means no: a principal without roles, or that is not there, may nothing.
TEST_F(AccessTest, DenyByDefault) {
  for (const Rule& rule : kRules)
    for (const std::string& who : {nobody_, std::string("u99"), std::string(), std::string("s1")})
      for (const char* project : {"", "acme", "acme/research"})
        EXPECT_EQ(decide(who, rule.action, project), Verdict::kHidden) << rule.name << " " << who;
  EXPECT_TRUE(access_.subtrees(as(nobody_), Action::kWorkloadView).empty());
}

// API6: budgets, quotas and policies are set above the project that they bind.
TEST_F(AccessTest, API6_NobodySetsWhatWasGivenToHim) {
  for (const Action action : {Action::kBudgetSet, Action::kQuotaSet, Action::kProjectConfigure}) {
    EXPECT_EQ(decide(boss_, action, "acme"), Verdict::kDenied);
    EXPECT_EQ(decide(boss_, action, "acme/research"), Verdict::kAllowed);
    EXPECT_EQ(decide(local_admin_, action, "acme/research"), Verdict::kDenied);
    EXPECT_EQ(decide(root_, action, "acme"), Verdict::kAllowed);
  }
  EXPECT_EQ(decide(local_admin_, Action::kPolicySet, "acme/research"), Verdict::kDenied);
}

TEST_F(AccessTest, ARoleHigherUpIsHeldBelowAndTheHighestCounts) {
  bind(member_, "acme/research/llm", Role::kManager);
  EXPECT_EQ(access_.role_at(as(member_), "acme/research/llm/a"), Role::kManager);
  EXPECT_EQ(access_.role_at(as(member_), "acme/research"), Role::kMember);
  bind(member_, "acme/research/llm", Role::kViewer);
  EXPECT_EQ(access_.role_at(as(member_), "acme/research/llm"), Role::kMember);
  EXPECT_EQ(access_.subtrees(as(member_), Action::kWorkloadView),
            std::vector<std::string>{"acme/research"});
  bind(member_, "acme/re", Role::kMember);
  EXPECT_EQ(access_.subtrees(as(member_), Action::kWorkloadSubmit),
            (std::vector<std::string>{"acme/re", "acme/research"}));
}

TEST_F(AccessTest, AKeyIsBoundByItsRoleAndItsSubtree) {
  const std::string id = key(local_admin_, 7, Role::kMember, "acme/research/llm");
  const Requester by = access_.requester_of(id);
  EXPECT_EQ(by.method, AuthMethod::kApiKey);
  EXPECT_EQ(access_.role_at(by, "acme/research/llm"), Role::kMember);
  EXPECT_EQ(access_.role_at(by, "acme/research"), Role::kNone);
  EXPECT_EQ(access_.decide(by, Action::kWorkloadControlAny, "acme/research/llm"), Verdict::kDenied);
  EXPECT_EQ(access_.decide(by, Action::kWorkloadView, "acme/research"), Verdict::kHidden);
  EXPECT_EQ(access_.subtrees(by, Action::kWorkloadView),
            std::vector<std::string>{"acme/research/llm"});
  EXPECT_TRUE(access_.subtrees(by, Action::kGrant).empty());
  // A scope where its principal holds nothing gives nothing.
  const Requester nothing = access_.requester_of(key(member_, 8, Role::kAdmin, "umbrella"));
  EXPECT_EQ(access_.role_anywhere(nothing), Role::kNone);
}

TEST_F(AccessTest, KeysProveTheirPrincipalUntilTheyEnd) {
  const Time end = kNow + Duration::hours(1);
  const std::string id = key(member_, 9, Role::kAdmin, {}, end);
  const Digest good = api_key_hash(kTestPepper, test_key(9));
  EXPECT_EQ(access_.check_key(id, good, kNow), KeyCheck::kGood);
  EXPECT_EQ(access_.check_key(id, sha256("x"), kNow), KeyCheck::kUnknown);
  EXPECT_EQ(access_.check_key("00000000000000ff", good, kNow), KeyCheck::kUnknown);
  EXPECT_EQ(access_.check_key(id, good, end), KeyCheck::kExpired);
  EXPECT_EQ(access_.check_key(id, sha256("x"), end), KeyCheck::kUnknown)
      << "nothing is told of a key whose secret is not known";
  const Requester by = access_.requester_of(id);
  EXPECT_TRUE(access_.still_valid(by, kNow));
  EXPECT_FALSE(access_.still_valid(by, end));
  EXPECT_TRUE(access_.key_use_is_due(id, kNow));
  must(KeyUsed{id, kNow});
  EXPECT_FALSE(access_.key_use_is_due(id, kNow + Duration::minutes(59)));
  EXPECT_TRUE(access_.key_use_is_due(id, kNow + kKeyUsePace));
}

// ASVS 8.3.2: what is taken away counts from the next decision on.
TEST_F(AccessTest, ASVS_8_3_2_RevocationIsImmediate) {
  const std::string id = key(member_, 10);
  const Digest hash = api_key_hash(kTestPepper, test_key(10));
  const Requester by = access_.requester_of(id);
  EXPECT_EQ(access_.decide(by, Action::kWorkloadSubmit, "acme/research"), Verdict::kAllowed);
  must(GrantRevoked{member_, "acme/research"});
  EXPECT_EQ(access_.decide(by, Action::kWorkloadSubmit, "acme/research"), Verdict::kHidden);
  bind(member_, "acme/research", Role::kMember);
  must(PrincipalChanged{member_, {}, false});
  EXPECT_EQ(access_.check_key(id, hash, kNow), KeyCheck::kDisabled);
  EXPECT_FALSE(access_.still_valid(by, kNow));
  EXPECT_EQ(access_.decide(by, Action::kWorkloadSubmit, "acme/research"), Verdict::kHidden);
  must(PrincipalChanged{member_, {}, true});
  must(KeyEnded{id, kNow});
  EXPECT_EQ(access_.check_key(id, hash, kNow), KeyCheck::kEnded);
  EXPECT_FALSE(access_.still_valid(by, kNow));
}

TEST_F(AccessTest, TheForgottenLeaveTheirIdAlone) {
  key(member_, 11);
  must(PrincipalForgotten{member_});
  const Principal* who = access_.principal(member_);
  ASSERT_NE(who, nullptr);
  EXPECT_EQ(who->name, "");
  EXPECT_TRUE(who->bindings.empty());
  EXPECT_EQ(access_.key(test_key(11).id), nullptr);
  EXPECT_EQ(access_.named("member"), nullptr);
  const std::string again = user("member");
  EXPECT_NE(again, member_) << "an id is never given again";
}

TEST_F(AccessTest, ChangesThatDoNotFitChangeNothing) {
  const Access before = access_;
  Principal twice;
  twice.id = next_principal_id(access_, PrincipalKind::kUser);
  twice.name = "member";
  Principal other = twice;
  other.name = "other";
  other.id = "u1";
  Principal root = twice;
  root.name = "other";
  root.os_user = "root";
  Principal halved = twice;
  halved.name = "other";
  halved.issuer = "https://idp";
  KeyRecord orphan;
  orphan.id = test_key(50).id;
  orphan.principal = "u99";
  orphan.created = kNow;
  KeyRecord known = *access_.key(test_key(1).id);
  for (const IdentityChange& change : std::vector<IdentityChange>{
           PrincipalAdded{twice}, PrincipalAdded{other}, PrincipalAdded{root},
           PrincipalAdded{halved}, PrincipalChanged{"u99", {}, true}, PrincipalForgotten{"s1"},
           Granted{"u99", {"acme", Role::kViewer}}, Granted{member_, {"a//b", Role::kViewer}},
           Granted{member_, {"acme", Role::kNone}}, GrantRevoked{member_, "acme"}, KeyAdded{orphan},
           KeyAdded{known}, KeyEnded{"x", kNow}, KeyUsed{"x", kNow},
           FirstRunOffered{{test_key(60).id, {}, kNow, {}}}, FirstRunRedeemed{kNow}}) {
    EXPECT_FALSE(access_.apply(change).has_value()) << change.index();
    EXPECT_EQ(access_, before);
  }
}

TEST_F(AccessTest, KeysOfOneAreFewAndOldOnesGo) {
  for (unsigned i = 0; i < kKeysOfOneMax; ++i) key(member_, 100 + i);
  KeyRecord more = *access_.key(test_key(100).id);
  more.id = test_key(300).id;
  EXPECT_FALSE(access_.apply(KeyAdded{more}).has_value());
  must(KeyEnded{test_key(100).id, kNow});
  more.created = kNow + Duration::hours(1);
  EXPECT_FALSE(access_.apply(KeyAdded{more}).has_value()) << "it is listed yet";
  more.created = kNow + kEndedKeysKept;
  must(KeyAdded{more});
  EXPECT_EQ(access_.key(test_key(100).id), nullptr);
}

TEST(FirstRunTest, BecomesAnAdministratorsKeyOnceAndForAnHour) {
  Access access;
  const ApiKey token = test_key(5);
  const auto offer = offer_first_run(access, token, kTestPepper, kNow, "alice");
  ASSERT_TRUE(offer.has_value());
  ASSERT_TRUE(access.apply(*offer).has_value());
  const Digest hash = api_key_hash(kTestPepper, token);
  EXPECT_EQ(access.check_key(token.id, hash, kNow), KeyCheck::kFirstUse);
  EXPECT_EQ(access.check_key(token.id, sha256("x"), kNow), KeyCheck::kUnknown);
  EXPECT_EQ(access.check_key(token.id, hash, kNow + kFirstRunLife), KeyCheck::kExpired);
  EXPECT_FALSE(access.apply(FirstRunRedeemed{kNow + kFirstRunLife}).has_value());
  // Another start before it was used offers another.
  const ApiKey second = test_key(6);
  ASSERT_TRUE(access.apply(*offer_first_run(access, second, kTestPepper, kNow, "alice")));
  EXPECT_EQ(access.check_key(token.id, hash, kNow), KeyCheck::kUnknown);
  ASSERT_TRUE(access.apply(FirstRunRedeemed{kNow}).has_value());
  EXPECT_EQ(access.check_key(second.id, api_key_hash(kTestPepper, second), kNow), KeyCheck::kGood);
  const Requester by = access.requester_of(second.id);
  EXPECT_EQ(access.decide(by, Action::kServerOperate, ""), Verdict::kAllowed);
  EXPECT_EQ(access.principal(by.principal)->os_user, "alice");
  EXPECT_FALSE(access.apply(FirstRunRedeemed{kNow}).has_value());
  EXPECT_FALSE(offer_first_run(access, test_key(7), kTestPepper, kNow, {}).has_value())
      << "there is somebody";
}

// A random life: what is written is read back, as one state and change by change.
RC_GTEST_FIXTURE_PROP(AccessTest, BytesAreReadBack, ()) {
  Random random(*rc::gen::arbitrary<std::uint64_t>());
  Identity identity;
  std::string start;
  access_.append_bytes(start);
  RC_ASSERT(identity.read_state(start).has_value());
  unsigned keys = 1000;
  for (int i = 0; i < 40; ++i) {
    const std::size_t n = 1 + random.below(access_.principals().size());
    const std::string id = (random.below(4) == 0 ? "s" : "u") + std::to_string(n);
    IdentityChange change;
    switch (random.below(8)) {
      case 0: {
        Principal added;
        added.kind = random.below(2) == 0 ? PrincipalKind::kUser : PrincipalKind::kService;
        added.id = next_principal_id(access_, added.kind);
        added.name = "p" + std::to_string(random.below(30));
        if (added.kind == PrincipalKind::kUser && random.below(2) == 0) {
          added.issuer = "https://idp";
          added.subject = std::to_string(random.below(20));
        }
        change = PrincipalAdded{added};
        break;
      }
      case 1:
        change = PrincipalForgotten{id};
        break;
      case 2:
        change = GrantRevoked{id, "acme"};
        break;
      case 3: {
        KeyRecord record;
        record.id = test_key(++keys).id;
        record.principal = id;
        record.created = kNow;
        change = KeyAdded{record};
        break;
      }
      case 4:
        change = KeyEnded{test_key(1000 + static_cast<unsigned>(random.below(20))).id, kNow};
        break;
      case 5:
        change = PrincipalChanged{id, "alice", random.below(2) == 0};
        break;
      default:
        change = Granted{
            id, {random.below(2) == 0 ? "acme" : "x/y", static_cast<Role>(random.below(5))}};
    }
    const std::string record = change_bytes(change);
    const auto read = read_change(record);
    RC_ASSERT(read.has_value());
    RC_ASSERT(change_bytes(*read) == record);
    const bool fits = access_.apply(change).has_value();
    RC_ASSERT(identity.apply(record).has_value() == fits);
    RC_ASSERT(identity.access() == access_);
  }
  std::string bytes;
  access_.append_bytes(bytes);
  const auto again = Access::read(bytes);
  RC_ASSERT(again.has_value());
  RC_ASSERT(*again == access_);
  const std::size_t cut = random.below(bytes.size());
  RC_ASSERT(!Access::read(std::string_view(bytes).substr(0, cut)).has_value());
  RC_ASSERT(!Access::read(bytes + '\0').has_value());
}

}  // namespace
}  // namespace sillar::server
