// From a header to a principal, a verdict and a leaf of the audit log.

#include "server/authenticator.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <thread>

#include "server/audit.h"
#include "server/identity_fixture.h"
#include "server/jwt_fixture.h"

namespace sillar::server {
namespace {

class AuthenticatorTest : public Organisation {
 protected:
  AuthenticatorTest() {
    Issuer issuer;
    issuer.issuer = "https://idp.example";
    issuer.audience = "sillar";
    issuer.keys = *Jwks::read("jwks", provider().jwks());
    authenticator_ =
        std::make_unique<Authenticator>(std::string(kTestPepper), std::vector<Issuer>{issuer});
    publish();
  }
  void publish() { authenticator_->set_access(std::make_shared<const Access>(access_)); }
  static const TestProvider& provider() {
    static const TestProvider kProvider;
    return kProvider;
  }
  [[nodiscard]] static std::string token(const std::string& subject, std::int64_t life = 600) {
    return "Bearer " +
           provider().token(
               R"({"alg":"ES256","kid":"e1"})",
               fmt::format(R"({{"iss":"https://idp.example","aud":"sillar","sub":"{}","exp":{}}})",
                           subject, 1'790'000'000 + life));
  }
  [[nodiscard]] std::string code(const std::string& header, Time now = kNow) {
    const auto proof = authenticator_->check(header, now);
    return proof ? "good" : proof.error().code;
  }

  std::unique_ptr<Authenticator> authenticator_;
};

TEST_F(AuthenticatorTest, KeysAndTokensProveTheirPrincipals) {
  key(member_, 70);
  must(add_user(access_, as(root_), {"oidc", "https://idp.example", "sub-1", {}}, kNow));
  publish();
  const auto by_key = authenticator_->check("Bearer " + api_key_text(test_key(70)), kNow);
  ASSERT_TRUE(by_key.has_value()) << by_key.error().code;
  EXPECT_EQ(by_key->requester.principal, member_);
  EXPECT_EQ(by_key->requester.method, AuthMethod::kApiKey);
  const auto by_token = authenticator_->check(token("sub-1"), kNow);
  ASSERT_TRUE(by_token.has_value()) << by_token.error().code;
  EXPECT_EQ(access_.principal(by_token->requester.principal)->name, "oidc");
  EXPECT_EQ(by_token->requester.method, AuthMethod::kOidc);
}

// API2, P17: what is wrong with a key is for the audit log; the client hears one of two sentences,
// with nothing of what it sent.
TEST_F(AuthenticatorTest, API2_FaultsAreClearToTheLogAndLeakNothing) {
  key(member_, 71, Role::kAdmin, {}, kNow + Duration::hours(1));
  key(member_, 72);
  must(KeyEnded{test_key(72).id, kNow});
  publish();
  const std::string good = api_key_text(test_key(71));
  ApiKey other = test_key(71);
  other.secret[0] = 'X';
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "no-token"},
      {"Basic YTpi", "malformed-token"},
      {"Bearer x", "malformed-token"},
      {"Bearer sillar_x", "malformed-key"},
      {"Bearer " + good.substr(0, good.size() - 1) + "z", "malformed-key"},
      {"Bearer " + api_key_text(other), "unknown-key"},
      {"Bearer " + api_key_text(test_key(99)), "unknown-key"},
      {"Bearer " + api_key_text(test_key(72)), "key-ended"},
      {token("nobody-knows"), "unknown-subject"},
      {token("sub", -100), "token-expired"},
      {token("sub") + "A", "token-signature"},
  };
  for (const auto& [header, expected] : cases) {
    const auto proof = authenticator_->check(header, kNow);
    ASSERT_FALSE(proof.has_value()) << header;
    EXPECT_EQ(proof.error().code, expected) << header;
    EXPECT_TRUE(proof.error().message == "The token has expired." ||
                proof.error().message.starts_with("This needs a valid token"));
  }
  EXPECT_EQ(code("Bearer " + good, kNow + Duration::hours(1)), "key-expired");
  EXPECT_EQ(code("Bearer " + good), "good");
  must(PrincipalChanged{member_, {}, false});
  publish();
  EXPECT_EQ(code("Bearer " + good), "principal-disabled");
}

TEST_F(AuthenticatorTest, TheFirstTokenBecomesAnAdministrator) {
  Access access;
  const ApiKey first = test_key(80);
  ASSERT_TRUE(access.apply(*offer_first_run(access, first, kTestPepper, kNow, "alice")));
  authenticator_->set_access(std::make_shared<const Access>(access));
  const std::string header = "Bearer " + api_key_text(first);
  const auto proof = authenticator_->check(header, kNow);
  ASSERT_TRUE(proof.has_value());
  EXPECT_TRUE(proof->first_use);
  EXPECT_TRUE(proof->requester.principal.empty());
  EXPECT_EQ(access.decide(proof->requester, Action::kWorkloadView, ""), Verdict::kHidden);
  const auto change = redeem(access, *proof, kNow);
  ASSERT_TRUE(change.has_value() && change->has_value());
  ASSERT_TRUE(access.apply(**change).has_value());
  // Another request that was under way with it.
  const auto second = redeem(access, *proof, kNow);
  ASSERT_TRUE(second.has_value());
  EXPECT_FALSE(second->has_value());
  authenticator_->set_access(std::make_shared<const Access>(access));
  const auto again = authenticator_->check(header, kNow);
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(access.decide(again->requester, Action::kServerOperate, ""), Verdict::kAllowed);
  EXPECT_EQ(redeem(Access{}, *proof, kNow).error().code, ErrorCode::kNotFound);
}

// ASVS 16.2, 16.3: a request from end to end, with what is written down of it.
TEST_F(AuthenticatorTest, ASVS_16_3_ARefusalIsALeaf) {
  key(viewer_, 73);
  publish();
  const auto proof = authenticator_->check("Bearer " + api_key_text(test_key(73)), kNow);
  ASSERT_TRUE(proof.has_value());
  const Verdict verdict =
      access_.decide(proof->requester, Action::kWorkloadSubmit, "acme/research");
  EXPECT_EQ(verdict, Verdict::kDenied);
  AuditLeaf leaf;
  leaf.at = kNow;
  leaf.actor = proof->requester.principal;
  leaf.method = proof->requester.method;
  leaf.project = "acme/research";
  leaf.action = rule_of(Action::kWorkloadSubmit).name;
  leaf.outcome = AuditOutcome::kRefused;
  leaf.code = "denied";
  leaf.source = source_class("127.0.0.1");
  AuditLog log;
  const std::string record = log.record(leaf);
  ASSERT_TRUE(log.apply(record).has_value());
  EXPECT_EQ(read_leaf(record)->actor, viewer_);
  EXPECT_EQ(record.find(hex(test_key(73).secret)), std::string::npos);
}

// Under the thread sanitizer: readers while what they read is replaced.
TEST_F(AuthenticatorTest, IsSharedByThreads) {
  key(member_, 74);
  publish();
  const std::string header = "Bearer " + api_key_text(test_key(74));
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i)
    readers.emplace_back([&] {
      for (int j = 0; j < 200; ++j) EXPECT_TRUE(authenticator_->check(header, kNow).has_value());
    });
  for (int i = 0; i < 50; ++i) publish();
  for (std::thread& reader : readers) reader.join();
}

}  // namespace
}  // namespace sillar::server
