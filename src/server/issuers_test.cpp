#include "server/issuers.h"

#include <gtest/gtest.h>

#include <fstream>

#include "server/jwt_fixture.h"
#include "server/server_fixture.h"

namespace sillar::server {
namespace {

constexpr Time kNow = Time::from_seconds(1'790'000'000);

Result<std::vector<IssuerSource>> load(std::string_view text) {
  SILLAR_TRY(document, parse_document("issuers.yaml", text));
  return load_issuers(document);
}
std::string why(std::string_view text) {
  const auto loaded = load(text);
  return loaded ? "loaded" : loaded.error().message;
}
void expect_in(const std::string& message, std::string_view part) {
  EXPECT_NE(message.find(part), std::string::npos) << message;
}

TEST(IssuersFile, SaysWhoIsTrusted) {
  const auto loaded = load(
      "issuers:\n- {issuer: 'https://a', audience: sillar, jwks_file: k.json, algorithms: [ES256],"
      " skew: 5s}\n- {issuer: 'https://b', audience: x, jwks_url: 'https://b/keys'}\n");
  ASSERT_TRUE(loaded.has_value()) << loaded.error().message;
  ASSERT_EQ(loaded->size(), 2U);
  EXPECT_EQ(loaded->at(0).algorithms, std::vector{JwtAlgorithm::kEs256});
  EXPECT_EQ(loaded->at(0).skew, Duration::seconds(5));
  EXPECT_EQ(loaded->at(1).algorithms.size(), 2U);
  EXPECT_EQ(loaded->at(1).skew, kJwtSkewMax);
}

TEST(IssuersFile, WhatContradictsItselfIsRefused) {
  expect_in(why("issuers:\n- {issuer: a, audience: b}\n"), "either 'jwks_file' or 'jwks_url'");
  expect_in(why("issuers:\n- {issuer: a, audience: b, jwks_file: k, jwks_url: 'https://x'}\n"),
            "either 'jwks_file' or 'jwks_url'");
  expect_in(why("issuers:\n- {issuer: a, audience: b, jwks_url: 'http://x'}\n"), "https alone");
  expect_in(why("issuers:\n- {issuer: a, audience: b, jwks_url: 'file:///k'}\n"), "issuers.yaml:2");
  expect_in(why("issuers:\n- {issuer: a, audience: b, jwks_file: k, skew: 5m}\n"),
            "a skew is a minute at most");
  expect_in(why("issuers:\n- {issuer: a, audience: b, jwks_file: k, algorithms: [HS256]}\n"),
            "HS256");
  expect_in(why("issuers:\n- {issuer: a, audience: b, jwks_file: k}\n"
                "- {issuer: a, audience: b, jwks_file: k}\n"),
            "a second issuer 'a'");
  expect_in(why("issuers:\n- {issuer: a, audience: b, jwks_file: k, audiences: c}\n"), "audiences");
}

// API7: where keys are fetched from is a public address, unless the file says otherwise.
TEST(IssuersFile, API7_KeysAreNotFetchedFromWithin) {
  IssuerSource source;
  for (const char* url : {"https://127.0.0.1:1/keys", "https://169.254.169.254/keys",
                          "https://[fd00:ec2::254]/keys", "https://10.0.0.1/keys"}) {
    source.jwks_url = url;
    const auto fetched = fetch_keys(source);
    ASSERT_FALSE(fetched.has_value()) << url;
  }
  const TestFolder folder;
  source.jwks_url.clear();
  source.jwks_file = folder.path("keys");
  EXPECT_EQ(fetch_keys(source).error().code, ErrorCode::kNotFound);
  std::ofstream(source.jwks_file) << "text";
  EXPECT_EQ(fetch_keys(source).value(), "text");
}

// P13: a provider that is gone stops nobody for a day, and is asked again each minute.
TEST(IssuerKeysTest, P13KeysOutliveTheirProviderForABoundedWhile) {
  const std::string first = TestProvider().jwks();
  const std::string second = TestProvider().jwks();
  IssuerSource source;
  source.issuer = "https://a";
  source.audience = "sillar";
  int asked = 0;
  Result<std::string> answer = fail(ErrorCode::kIo, "down");
  IssuerKeys keys({source}, [&](const IssuerSource&) {
    ++asked;
    return answer;
  });
  std::vector<std::string> complaints;
  const auto refresh = [&](Time now) {
    return keys.refresh(now, [&](const std::string& text) { complaints.push_back(text); });
  };
  EXPECT_FALSE(refresh(kNow));
  EXPECT_TRUE(keys.issuers().empty()) << "closed until its keys are known";
  EXPECT_EQ(complaints.size(), 1U);
  EXPECT_FALSE(refresh(kNow + Duration::seconds(59)));
  EXPECT_EQ(asked, 1);
  answer = first;
  Time now = kNow + kKeysRetry;
  EXPECT_TRUE(refresh(now));
  ASSERT_EQ(keys.issuers().size(), 1U);
  EXPECT_EQ(keys.issuers()[0].keys.size(), 2U);
  EXPECT_FALSE(refresh(now + kKeysFresh - Duration{1}));
  EXPECT_EQ(asked, 2) << "fresh";
  now = now + kKeysFresh;
  EXPECT_FALSE(refresh(now)) << "the same again";
  answer = second;
  now = now + kKeysFresh;
  EXPECT_TRUE(refresh(now));
  answer = std::string("<html>");
  EXPECT_FALSE(refresh(now + kKeysFresh)) << "the last ones count";
  answer = fail(ErrorCode::kIo, "down");
  EXPECT_FALSE(refresh(now + kKeysStale - Duration{1}));
  EXPECT_EQ(keys.issuers().size(), 1U);
  EXPECT_TRUE(refresh(now + kKeysStale + kKeysRetry));
  EXPECT_TRUE(keys.issuers().empty());
}

}  // namespace
}  // namespace sillar::server
