#include "server/issuer_desk.h"

#include <gtest/gtest.h>

#include <future>

namespace sillar::server {
namespace {

TEST(IssuerDesk, SaysWhatCannotBeHadAndGoesOn) {
  std::promise<std::string> told;
  IssuerDeskOptions options;
  IssuerSource source;
  source.issuer = "https://idp.example";
  source.audience = "sillar";
  source.jwks_file = "keys.json";
  source.algorithms = {JwtAlgorithm::kRs256};
  options.sources = {source};
  options.clock = [] { return Time::from_seconds(1'790'000'000); };
  options.fetch = [](const IssuerSource&) -> Result<std::string> {
    return invalid("no keys today");
  };
  options.remark = [&, once = false](const std::string& text) mutable {
    if (!once) told.set_value(text);
    once = true;
  };
  options.changed = [](std::vector<Issuer>) {};
  const IssuerDesk desk(std::move(options));
  EXPECT_NE(told.get_future().get().find("no keys today"), std::string::npos);
}

TEST(IssuerDesk, HandsOnWhatItFetched) {
  std::promise<std::size_t> told;
  IssuerDeskOptions options;
  IssuerSource source;
  source.issuer = "https://idp.example";
  source.audience = "sillar";
  source.jwks_file = "keys.json";
  source.algorithms = {JwtAlgorithm::kEs256};
  options.sources = {source};
  options.clock = [] { return Time::from_seconds(1'790'000'000); };
  // RFC 7517, appendix A.1.
  options.fetch = [](const IssuerSource&) -> Result<std::string> {
    return std::string(
        R"({"keys":[{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",)"
        R"("y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","use":"sig","kid":"1"}]})");
  };
  options.remark = [](const std::string&) {};
  options.changed = [&](const std::vector<Issuer>& issuers) { told.set_value(issuers.size()); };
  const IssuerDesk desk(std::move(options));
  EXPECT_EQ(told.get_future().get(), 1U);
}

TEST(IssuerDesk, WithoutSourcesDoesNothing) {
  const IssuerDesk desk(IssuerDeskOptions{});
}

}  // namespace
}  // namespace sillar::server
