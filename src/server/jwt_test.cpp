// Tokens that prove somebody, and the many that do not. Names begin with the requirement of
// OWASP ASVS 5.0 that a test is for.

#include "server/jwt.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "server/jwt_fixture.h"

namespace sillar::server {
namespace {

constexpr std::int64_t kNowSeconds = 1'790'000'000;
constexpr Time kNow = Time::from_seconds(kNowSeconds);

const TestProvider& provider() {
  static const TestProvider kProvider;
  return kProvider;
}

std::vector<Issuer> issuers() {
  Issuer issuer;
  issuer.issuer = "https://idp.example";
  issuer.audience = "sillar";
  issuer.keys = *Jwks::read("jwks", provider().jwks());
  return {issuer};
}

std::string claims(const std::string& more = {}, std::int64_t expires = kNowSeconds + 600) {
  return fmt::format(R"({{"iss":"https://idp.example","aud":"sillar","sub":"alice","exp":{}{}}})",
                     expires, more);
}

constexpr const char* kRs = R"({"alg":"RS256","kid":"r1","typ":"JWT"})";
constexpr const char* kEs = R"({"alg":"ES256","kid":"e1","typ":"at+jwt"})";

// "good", or why not.
std::string outcome(std::string_view token, const std::vector<Issuer>& known = issuers(),
                    Time now = kNow) {
  const auto checked = check_jwt(token, known, now);
  return checked ? "good" : std::string(word_of(checked.error()));
}
std::string of_header(const std::string& header) {
  return outcome(provider().token(header, claims()));
}
std::string of_claims(const std::string& text) {
  return outcome(provider().token(kRs, text));
}

TEST(Jwt, GoodOnesProveTheirSubject) {
  for (const char* header : {kRs, kEs}) {
    const auto checked = check_jwt(provider().token(header, claims()), issuers(), kNow);
    ASSERT_TRUE(checked.has_value()) << word_of(checked.error());
    EXPECT_EQ(*checked,
              (JwtClaims{"https://idp.example", "alice", Time::from_seconds(kNowSeconds + 600)}));
  }
  EXPECT_EQ(of_header(R"({"alg":"RS256","kid":"r1"})"), "good");
}

TEST(Jwt, Rfc7515ExamplesVerify) {
  const std::string modulus =
      "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0B"
      "m4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5"
      "z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7"
      "aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
  const std::string key_set = R"({"keys":[{"kty":"RSA","kid":"a2","e":"AQAB","n":")" + modulus +
                              R"("},{"kty":"EC","kid":"a3","crv":"P-256",)"
                              R"("x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
                              R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]})";
  const std::string payload =
      ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0"
      "cnVlfQ";
  const auto keys = Jwks::read("rfc7515", key_set);
  ASSERT_TRUE(keys.has_value()) << keys.error().message;
  const auto a2 = from_base64url(
      "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2F"
      "p5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQB"
      "MHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeY"
      "I2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw");
  const auto a3 = from_base64url(
      "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q");
  EXPECT_TRUE(keys->verifies("a2", JwtAlgorithm::kRs256, "eyJhbGciOiJSUzI1NiJ9" + payload, *a2));
  EXPECT_TRUE(keys->verifies("a3", JwtAlgorithm::kEs256, "eyJhbGciOiJFUzI1NiJ9" + payload, *a3));
  EXPECT_FALSE(keys->verifies("a3", JwtAlgorithm::kRs256, "eyJhbGciOiJFUzI1NiJ9" + payload, *a3));
  EXPECT_FALSE(keys->verifies("a2", JwtAlgorithm::kRs256, "eyJhbGciOiJFUzI1NiJ9" + payload, *a2));
  EXPECT_FALSE(keys->verifies("a3", JwtAlgorithm::kEs256, "x", std::string(64, '\0')));
}

TEST(Jwt, ASVS_9_1_1_EveryChangedSignCounts) {
  for (const char* header : {kRs, kEs}) {
    const std::string token = provider().token(header, claims());
    for (std::size_t i = 0; i < token.size(); i += 3) {
      std::string other = token;
      other[i] = other[i] == 'A' ? 'B' : 'A';
      EXPECT_NE(outcome(other), "good") << i;
    }
    EXPECT_EQ(outcome(token.substr(0, token.rfind('.') + 1)), "signature") << "none at all";
    const std::string other = provider().token(header, claims(R"(,"x":1)"));
    EXPECT_EQ(outcome(token.substr(0, token.rfind('.')) + other.substr(other.rfind('.'))),
              "signature");
  }
  const TestProvider stranger;
  EXPECT_EQ(outcome(stranger.token(kRs, claims())), "signature");
}

TEST(Jwt, ASVS_9_1_2_OnlyTheAllowedAlgorithms) {
  for (const char* algorithm :
       {"none", "None", "NONE", "HS256", "RS384", "RS512", "PS256", "ES384", "EdDSA", "rs256", ""})
    EXPECT_EQ(of_header(fmt::format(R"({{"alg":"{}","kid":"r1"}})", algorithm)), "algorithm")
        << algorithm;
  EXPECT_EQ(of_header(R"({"kid":"r1"})"), "algorithm");
  const std::string unsigned_token =
      base64url(R"({"alg":"none"})") + "." + base64url(claims()) + ".";
  EXPECT_EQ(outcome(unsigned_token), "algorithm");
  EXPECT_EQ(outcome(provider().hmac_token(R"({"alg":"HS256","kid":"r1"})", claims())), "algorithm");
  EXPECT_EQ(outcome(provider().hmac_token(kRs, claims())), "signature");
  // A key is of its own kind, whatever the token says.
  EXPECT_EQ(of_header(R"({"alg":"RS256","kid":"e1"})"), "signature");
  EXPECT_EQ(of_header(R"({"alg":"ES256","kid":"r1"})"), "signature");
  auto narrow = issuers();
  narrow[0].algorithms = {JwtAlgorithm::kEs256};
  EXPECT_EQ(outcome(provider().token(kRs, claims()), narrow), "algorithm");
  EXPECT_EQ(outcome(provider().token(kEs, claims()), narrow), "good");
}

TEST(Jwt, ASVS_9_1_3_KeysComeFromThePinnedSetAlone) {
  const std::string own = TestProvider().jwks();
  const std::string key = own.substr(own.find("[{") + 1, own.find("},{") - own.find("[{"));
  const TestProvider stranger;
  for (const std::string& where :
       {std::string(R"("jku":"https://evil.example/keys")"), std::string(R"("x5u":"https://evil")"),
        R"("jwk":)" + key, std::string(R"("x5c":["MIIB"])")})
    EXPECT_EQ(outcome(stranger.token(R"({"alg":"RS256","kid":"r1",)" + where + "}", claims())),
              "signature")
        << where;
  for (const char* id : {"r2", "", "../r1", "R1"})
    EXPECT_EQ(of_header(fmt::format(R"({{"alg":"RS256","kid":"{}"}})", id)), "key") << id;
  EXPECT_EQ(of_header(R"({"alg":"RS256"})"), "key");
  EXPECT_EQ(of_header(R"({"alg":"RS256","kid":7})"), "malformed");
}

TEST(Jwt, ASVS_9_2_1_TimeIsHeldAgainstTheClockThatIsHandedIn) {
  const std::string token = provider().token(kRs, claims());
  const auto at = [&](std::int64_t seconds) {
    return outcome(token, issuers(), Time::from_seconds(seconds));
  };
  EXPECT_EQ(at(kNowSeconds + 600 + 59), "good") << "within the skew";
  EXPECT_EQ(at(kNowSeconds + 600 + 60), "expired");
  EXPECT_EQ(of_claims(claims(fmt::format(R"(,"nbf":{})", kNowSeconds + 60))), "good");
  EXPECT_EQ(of_claims(claims(fmt::format(R"(,"nbf":{})", kNowSeconds + 61))), "not-yet");
  EXPECT_EQ(of_claims(claims(fmt::format(R"(,"iat":{})", kNowSeconds + 61))), "not-yet");
  EXPECT_EQ(of_claims(claims(fmt::format(R"(,"iat":{}.5)", kNowSeconds))), "good");
  auto wide = issuers();
  wide[0].skew = Duration::hours(5);
  EXPECT_EQ(outcome(token, wide, Time::from_seconds(kNowSeconds + 661)), "expired")
      << "no skew beyond a minute";
  EXPECT_EQ(of_claims(claims({}, kNowSeconds + 25 * 3600)), "lifetime");
  EXPECT_EQ(of_claims(R"({"iss":"https://idp.example","aud":"sillar","sub":"alice"})"), "malformed")
      << "no end";
  for (const char* end : {"-1", "1e12", "\"1800000000\"", "true", "99999999999999999999", "null"})
    EXPECT_EQ(of_claims(fmt::format(
                  R"({{"iss":"https://idp.example","aud":"sillar","sub":"a","exp":{}}})", end)),
              "malformed")
        << end;
}

TEST(Jwt, ASVS_9_2_2_TheTypeIsOneOfAnAccessToken) {
  for (const char* type : {"dpop+jwt", "logout+jwt", "id_token", "jwt"})
    EXPECT_EQ(of_header(fmt::format(R"({{"alg":"RS256","kid":"r1","typ":"{}"}})", type)), "type");
  EXPECT_EQ(of_header(R"({"alg":"RS256","kid":"r1","crit":["exp"]})"), "malformed");
  EXPECT_EQ(of_header(R"({"alg":"RS256","kid":"r1","b64":false})"), "malformed");
}

TEST(Jwt, ASVS_9_2_3_TheAudienceIsOurs) {
  const auto with = [](const std::string& audience) {
    return of_claims(fmt::format(R"({{"iss":"https://idp.example","sub":"alice","exp":{}{}}})",
                                 kNowSeconds + 600, audience));
  };
  EXPECT_EQ(with(R"(,"aud":["other","sillar"])"), "good");
  for (const char* audience : {"", R"(,"aud":"other")", R"(,"aud":["sillar2","Sillar"])",
                               R"(,"aud":[])", R"(,"aud":{"sillar":1})", R"(,"aud":"sillar ")"})
    EXPECT_EQ(with(audience), "audience") << audience;
  auto open = issuers();
  open[0].audience.clear();
  EXPECT_EQ(outcome(provider().token(kRs, claims()), open), "audience") << "empty means none";
}

TEST(Jwt, ASVS_9_2_4_TheIssuerIsAPinnedOneAndItsSubjectIsSaid) {
  const auto with = [](const std::string& text) {
    return of_claims(fmt::format(R"({{"aud":"sillar","exp":{}{}}})", kNowSeconds + 600, text));
  };
  for (const char* issuer : {R"(,"sub":"a")", R"(,"sub":"a","iss":"https://idp.example/")",
                             R"(,"sub":"a","iss":"https://evil.example")", R"(,"sub":"a","iss":7)"})
    EXPECT_EQ(with(issuer), "issuer") << issuer;
  EXPECT_EQ(with(R"(,"iss":"https://idp.example")"), "subject");
  EXPECT_EQ(with(R"(,"iss":"https://idp.example","sub":"")"), "subject");
  EXPECT_EQ(with(R"(,"iss":"https://idp.example","sub":7)"), "malformed");
  EXPECT_EQ(outcome(provider().token(kRs, claims()), {}), "issuer");
}

TEST(Jwt, MalformedOnesAreRefused) {
  const std::string good = provider().token(kRs, claims());
  for (const std::string& token :
       {std::string(), std::string("."), std::string(".."), std::string("a.b"), good + ".x",
        "." + good, good + "=", " " + good, std::string("!.!.!"), good + "\n"})
    EXPECT_EQ(outcome(token), "malformed") << token.substr(0, 20);
  EXPECT_EQ(outcome(provider().token("[]", claims())), "malformed");
  EXPECT_EQ(outcome(provider().token(kRs, "{")), "malformed");
  EXPECT_EQ(outcome(provider().token(kRs, "null")), "malformed");
  EXPECT_EQ(of_claims(claims(R"(,"exp":1)")), "malformed") << "a claim twice";
  EXPECT_EQ(outcome(std::string(kJwtBytesMax + 1, 'a')), "malformed");
  std::string deep;
  for (int i = 0; i < 200; ++i) deep += "[";
  EXPECT_EQ(of_claims("{\"x\":" + deep + "}"), "malformed");
  EXPECT_TRUE(looks_like_jwt(good));
  EXPECT_FALSE(looks_like_jwt("sillar_00"));
}

// CVE-2026-35030: tokens that begin alike are not the same.
TEST(JwtCache, KeysAreTheWholeTokensHash) {
  JwtCache cache;
  const std::string alice = provider().token(kRs, claims());
  ASSERT_TRUE(cache.check(alice, issuers(), kNow).has_value());
  EXPECT_EQ(cache.size(), 1U);
  const std::string forged = alice.substr(0, alice.size() - 8) + "AAAAAAAA";
  EXPECT_EQ(cache.check(forged, issuers(), kNow).error(), JwtFault::kSignature);
  EXPECT_EQ(cache.check(alice, {}, kNow)->subject, "alice") << "known";
  EXPECT_EQ(cache.check(alice, {}, kNow + Duration::seconds(660)).error(), JwtFault::kExpired);
  cache.clear();
  EXPECT_EQ(cache.check(alice, {}, kNow).error(), JwtFault::kIssuer);
}

TEST(JwtCache, HoldsABoundedNumberAndTheFirstToExpireGoes) {
  JwtCache cache(2);
  const std::string soon = provider().token(kRs, claims({}, kNowSeconds + 10));
  const std::string late = provider().token(kRs, claims({}, kNowSeconds + 900));
  for (const std::string& token : {late, soon, provider().token(kRs, claims())})
    ASSERT_TRUE(cache.check(token, issuers(), kNow).has_value());
  EXPECT_EQ(cache.size(), 2U);
  EXPECT_TRUE(cache.check(late, {}, kNow).has_value());
  EXPECT_FALSE(cache.check(soon, {}, kNow).has_value());
}

TEST(JwksTest, WhatIsNoKeySetIsRefused) {
  const auto why = [](std::string_view text) {
    const auto read = Jwks::read("jwks.json", text);
    return read ? "read" : read.error().message;
  };
  EXPECT_EQ(Jwks::read("jwks", provider().jwks())->size(), 2U);
  EXPECT_NE(why("").find("no JSON Web Key Set"), std::string::npos);
  EXPECT_NE(why("[]").find("no JSON Web Key Set"), std::string::npos);
  EXPECT_NE(why(R"({"keys":{}})").find("no JSON Web Key Set"), std::string::npos);
  EXPECT_NE(why(R"({"keys":[]})").find("has no key"), std::string::npos);
  EXPECT_NE(why(R"({"keys":[{"kty":"oct","kid":"h","k":"AAAA"}]})").find("has no key"),
            std::string::npos);
  EXPECT_NE(why(R"({"keys":[{"kty":"RSA","kid":"weak","n":"AQAB","e":"AQAB"}]})").find("'weak'"),
            std::string::npos);
  // A point that is not on the curve.
  EXPECT_NE(why(R"({"keys":[{"kty":"EC","kid":"off","crv":"P-256",)"
                R"("x":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",)"
                R"("y":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}]})")
                .find("'off'"),
            std::string::npos);
  const std::string set = provider().jwks();
  const std::string one =
      set.substr(set.find("{\"kty\""), set.find("},{") - set.find("{\"kty\"") + 1);
  EXPECT_NE(why(R"({"keys":[)" + one + "," + one + "]}").find("is there twice"), std::string::npos);
  std::string many = R"({"keys":[{})";
  for (std::size_t i = 0; i < kJwksKeysMax; ++i) many += ",{}";
  EXPECT_NE(why(many + "]}").find("are taken at most"), std::string::npos);
  EXPECT_NE(why("{" + std::string(kJwksBytesMax, ' ') + "}").find("no JSON Web Key Set"),
            std::string::npos);
}

}  // namespace
}  // namespace sillar::server
