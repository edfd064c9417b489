#include "govern/residency.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "base/random.h"

namespace sillar {
namespace {

ResidencyRule rule_of(const Residency& residency) {
  Result<ResidencyRule> rule = ResidencyRule::of(residency);
  EXPECT_TRUE(rule) << rule.error().message;
  return rule.value_or(ResidencyRule{});
}

std::string verdict(const ResidencyRule& rule, const std::string& provider,
                    const std::string& region) {
  const Location location{provider, region, "", ""};
  return std::string(residency_verdict_name(
      rule.permits(provider, region, LocationFacts::shipped().country_of(location))));
}

std::string refusal(const Residency& residency) {
  const Result<ResidencyRule> rule = ResidencyRule::of(residency);
  return rule ? "accepted" : rule.error().message;
}

TEST(Residency, NoRulePermitsEverythingEvenTheUnknown) {
  const ResidencyRule rule;
  EXPECT_EQ(verdict(rule, "aws", "us-east-1"), "allowed");
  EXPECT_EQ(verdict(rule, "nobody", "nowhere"), "allowed");
  EXPECT_EQ(verdict_without_location(rule), ResidencyVerdict::kAllowed);
}

TEST(Residency, AnyRuleRefusesTheUnknown) {
  for (const Residency& residency :
       {Residency{{"EU"}, {}, {}}, Residency{{}, {"ovhcloud/x"}, {}}, Residency{{}, {}, {"CN"}}}) {
    const ResidencyRule rule = rule_of(residency);
    EXPECT_EQ(verdict(rule, "nobody", "nowhere"), "unknown-country");
    EXPECT_EQ(verdict(rule, "runpod", "NO"), "unknown-country");
    EXPECT_EQ(verdict(rule, "ovhcloud", "x"), "unknown-country");
    EXPECT_EQ(verdict_without_location(rule), ResidencyVerdict::kUnknownCountry);
  }
}

TEST(Residency, EuropeIsNotOneThing) {
  const ResidencyRule eu = rule_of({{"EU"}, {}, {}});
  const ResidencyRule eea = rule_of({{"EEA"}, {}, {}});
  struct Case {
    const char* provider;
    const char* region;
    const char* in_eu;
    const char* in_eea;
  };
  for (const Case& c : {Case{"aws", "eu-west-1", "allowed", "allowed"},
                        Case{"aws", "eu-west-2", "not-permitted", "not-permitted"},
                        Case{"aws", "eu-central-2", "not-permitted", "not-permitted"},
                        Case{"azure", "norwayeast", "not-permitted", "allowed"},
                        Case{"runpod", "EUR-IS-1", "not-permitted", "allowed"},
                        Case{"gcp", "europe-west6", "not-permitted", "not-permitted"},
                        Case{"oci", "eu-jovanovac-1", "not-permitted", "not-permitted"},
                        Case{"azure", "westeurope", "allowed", "allowed"}}) {
    EXPECT_EQ(verdict(eu, c.provider, c.region), c.in_eu) << c.region;
    EXPECT_EQ(verdict(eea, c.provider, c.region), c.in_eea) << c.region;
  }
}

TEST(Residency, ForbidBeatsPermit) {
  const ResidencyRule rule = rule_of({{"EU"}, {}, {"FR", "aws/eu-central-1"}});
  EXPECT_EQ(verdict(rule, "gcp", "europe-west9"), "forbidden");
  EXPECT_EQ(verdict(rule, "aws", "eu-central-1"), "forbidden");
  EXPECT_EQ(verdict(rule, "gcp", "europe-west3"), "allowed");
  EXPECT_EQ(verdict(rule_of({{"EU"}, {}, {"EU"}}), "aws", "eu-west-1"), "forbidden");
}

TEST(Residency, EveryListMustBeSatisfied) {
  const ResidencyRule rule = rule_of({{"DE"}, {"aws/eu-central-1", "aws/eu-west-1"}, {}});
  EXPECT_EQ(verdict(rule, "aws", "eu-central-1"), "allowed");
  EXPECT_EQ(verdict(rule, "aws", "eu-west-1"), "not-permitted");
  EXPECT_EQ(verdict(rule, "gcp", "europe-west3"), "not-permitted");
}

TEST(Residency, AChildNarrowsItsParent) {
  std::vector<Project> projects(4);
  projects[0].residency = {{"EU"}, {}, {"FR"}};
  projects[1].parent = ProjectId(0);
  projects[1].residency = {{"US", "DE"}, {}, {}};
  projects[2].parent = ProjectId(1);
  const Result<std::vector<ResidencyRule>> rules = project_rules(projects);
  ASSERT_TRUE(rules) << rules.error().message;
  for (const std::size_t child : {1U, 2U}) {
    EXPECT_EQ(verdict((*rules)[child], "aws", "us-east-1"), "not-permitted");
    EXPECT_EQ(verdict((*rules)[child], "aws", "eu-central-1"), "allowed");
    EXPECT_EQ(verdict((*rules)[child], "aws", "eu-west-1"), "not-permitted");
    EXPECT_EQ(verdict((*rules)[child], "gcp", "europe-west9"), "forbidden");
  }
  EXPECT_EQ((*rules)[1], (*rules)[2]);
  EXPECT_EQ(verdict((*rules)[0], "aws", "eu-west-1"), "allowed");
  EXPECT_TRUE((*rules)[3].empty());
}

TEST(Residency, MisspeltRulesAreRefused) {
  EXPECT_EQ(refusal({{"UK"}, {}, {}}),
            "'UK' is not an ISO 3166 country code, EU or EEA (the United Kingdom is GB)");
  EXPECT_EQ(refusal({{}, {}, {"Frankreich"}}),
            "'Frankreich' is not an ISO 3166 country code, EU or EEA");
  EXPECT_EQ(refusal({{}, {"eu-west-1"}, {}}),
            "'eu-west-1' is not a region; write provider/region, e.g. aws/eu-west-1");
  EXPECT_EQ(refusal({{}, {}, {"aws/"}}),
            "'aws/' is not a region; write provider/region, e.g. aws/eu-west-1");
  std::vector<Project> projects(1);
  projects[0].name = "acme";
  projects[0].residency = {{"eu"}, {}, {}};
  const auto rules = project_rules(projects);
  ASSERT_FALSE(rules);
  EXPECT_EQ(rules.error().message,
            "project 'acme': residency: 'eu' is not an ISO 3166 country code, EU or EEA");
}

// --- Properties over random rules and every shipped location. ---

std::vector<Location> every_location() {
  std::vector<Location> locations = {{"nobody", "nowhere", "", ""}, {"own", "hall", "", "DE"}};
  for (const LocationFact& fact : LocationFacts::shipped().all())
    locations.push_back({fact.provider, fact.region, "", ""});
  return locations;
}

Residency random_residency(Random& random) {
  static const std::vector<std::string> countries = {"EU", "EEA", "DE", "FR",
                                                     "US", "GB",  "NO", "CH"};
  const std::vector<LocationFact>& facts = LocationFacts::shipped().all();
  const auto region = [&] {
    while (true) {
      const LocationFact& fact = facts[random.below(facts.size())];
      if (!fact.region.empty()) return fact.provider + "/" + fact.region;
    }
  };
  Residency residency;
  for (std::uint64_t n = random.below(3); n > 0; --n)
    residency.countries.push_back(countries[random.below(countries.size())]);
  if (random.below(3) == 0)
    for (int n = 0; n < 40; ++n) residency.regions.push_back(region());
  for (std::uint64_t n = random.below(3); n > 0; --n)
    residency.forbidden.push_back(random.below(2) == 0 ? region()
                                                       : countries[random.below(countries.size())]);
  return residency;
}

void expect_no_wider(const ResidencyRule& narrow, const ResidencyRule& wide,
                     const std::vector<Location>& locations) {
  const auto inner = residency_verdicts(narrow, locations);
  const auto outer = residency_verdicts(wide, locations);
  for (std::size_t i = 0; i < locations.size(); ++i) {
    if (inner[i] == ResidencyVerdict::kAllowed)
      EXPECT_EQ(outer[i], ResidencyVerdict::kAllowed)
          << locations[i].provider << '/' << locations[i].region;
  }
}

TEST(ResidencyProperties, AnotherForbidNeverAllowsMore) {
  const std::vector<Location> locations = every_location();
  Random random(1);
  for (int round = 0; round < 300; ++round) {
    const Residency before = random_residency(random);
    Residency after = before;
    const Residency other = random_residency(random);
    after.forbidden.insert(after.forbidden.end(), other.forbidden.begin(), other.forbidden.end());
    expect_no_wider(rule_of(after), rule_of(before), locations);
  }
}

TEST(ResidencyProperties, AChildNeverWidensAndOrderDoesNotMatter) {
  const std::vector<Location> locations = every_location();
  Random random(2);
  for (int round = 0; round < 300; ++round) {
    const ResidencyRule a = rule_of(random_residency(random));
    const ResidencyRule b = rule_of(random_residency(random));
    ResidencyRule ab = a;
    ab.narrow(b);
    ResidencyRule ba = b;
    ba.narrow(a);
    EXPECT_EQ(ab, ba);
    ResidencyRule twice = ab;
    twice.narrow(a);
    EXPECT_EQ(twice, ab);
    expect_no_wider(ab, a, locations);
    expect_no_wider(ab, b, locations);
  }
}

TEST(ResidencyProperties, MeetAllowsExactlyWhatBothAllow) {
  const std::vector<Location> locations = every_location();
  Random random(3);
  for (int round = 0; round < 300; ++round) {
    const ResidencyRule a = rule_of(random_residency(random));
    const ResidencyRule b = rule_of(random_residency(random));
    ResidencyRule both = a;
    both.narrow(b);
    const auto in_a = residency_verdicts(a, locations);
    const auto in_b = residency_verdicts(b, locations);
    const auto in_both = residency_verdicts(both, locations);
    for (std::size_t i = 0; i < locations.size(); ++i) {
      const bool expected =
          in_a[i] == ResidencyVerdict::kAllowed && in_b[i] == ResidencyVerdict::kAllowed;
      EXPECT_EQ(in_both[i] == ResidencyVerdict::kAllowed, expected);
    }
  }
}

}  // namespace
}  // namespace sillar
