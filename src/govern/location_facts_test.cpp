#include "govern/location_facts.h"

#include <gtest/gtest.h>

#include <string>

#include "base/csv.h"
#include "base/document.h"

namespace sillar {
namespace {

constexpr const char* kHeader =
    "provider,region,country,area,operator,operator_country,source,date\n";

std::string country(std::string_view provider, std::string_view region) {
  const LocationFact* fact = LocationFacts::shipped().find(provider, region);
  return fact == nullptr ? "no row" : fact->country;
}

TEST(LocationFacts, EveryRegionOfThePriceCatalogueHasARow) {
  const Result<std::string> text = read_file("examples/data/gpu-prices/catalog.csv");
  ASSERT_TRUE(text) << text.error().message;
  Result<CsvReader> csv = CsvReader::open("catalog.csv", *text);
  ASSERT_TRUE(csv);
  const std::size_t cloud = csv->column("cloud").value();
  const std::size_t region = csv->column("region").value();
  std::size_t rows = 0;
  while (csv->next().value()) {
    ++rows;
    EXPECT_NE(LocationFacts::shipped().find((*csv)[cloud], (*csv)[region]), nullptr)
        << (*csv)[cloud] << '/' << (*csv)[region];
  }
  EXPECT_EQ(rows, 2455U);
}

TEST(LocationFacts, RegionNamesDoNotMislead) {
  EXPECT_EQ(country("aws", "eu-central-2"), "CH");
  EXPECT_EQ(country("aws", "eu-west-2"), "GB");
  EXPECT_EQ(country("aws", "ap-east-1"), "HK");
  EXPECT_EQ(country("aws", "ap-east-2"), "TW");
  EXPECT_EQ(country("gcp", "europe-west6"), "CH");
  EXPECT_EQ(country("gcp", "europe-west2"), "GB");
  EXPECT_EQ(country("gcp", "me-west1"), "IL");
  EXPECT_EQ(country("gcp", "asia-east2"), "HK");
  EXPECT_EQ(country("azure", "westeurope"), "NL");
  EXPECT_EQ(country("azure", "northeurope"), "IE");
  EXPECT_EQ(country("azure", "norwayeast"), "NO");
  EXPECT_EQ(country("azure", "usgovvirginia"), "US");
  EXPECT_EQ(country("oci", "eu-jovanovac-1"), "RS");
  EXPECT_EQ(country("oci", "eu-zurich-1"), "CH");
  EXPECT_EQ(country("runpod", "EUR-IS-1"), "IS");
}

TEST(LocationFacts, WhatIsNotKnownStaysEmpty) {
  EXPECT_EQ(country("runpod", "NO"), "");  // Placed in Sweden for a year and more.
  EXPECT_EQ(country("lambda", "europe-south-1"), "");
  EXPECT_EQ(country("ovhcloud", ""), "");
  EXPECT_EQ(country("aws", "mars-1"), "no row");
}

TEST(LocationFacts, OperatorsLawIsAFactOfItsOwn) {
  const LocationFact* sovereign = LocationFacts::shipped().find("aws", "eusc-de-east-1");
  ASSERT_NE(sovereign, nullptr);
  EXPECT_EQ(sovereign->country, "DE");
  EXPECT_EQ(sovereign->operator_country, "US");
  for (const LocationFact& fact : LocationFacts::shipped().all()) {
    EXPECT_FALSE(fact.source.empty()) << fact.provider << '/' << fact.region;
    EXPECT_EQ(fact.date.size(), 10U) << fact.provider << '/' << fact.region;
    EXPECT_FALSE(fact.operator_name.empty()) << fact.provider << '/' << fact.region;
  }
}

TEST(LocationFacts, TheFleetsOwnWordBeatsTheTable) {
  Location location{"ovhcloud", "", "", ""};
  EXPECT_EQ(LocationFacts::shipped().country_of(location), "");
  location.country = "FR";
  EXPECT_EQ(LocationFacts::shipped().country_of(location), "FR");
  EXPECT_EQ(LocationFacts::shipped().country_of({"aws", "us-east-1", "use1-az1", ""}), "US");
}

TEST(LocationFacts, FaultsNameTheLine) {
  const auto message = [](const std::string& rows) {
    const Result<LocationFacts> facts = LocationFacts::read("places.csv", kHeader + rows);
    return facts ? std::string("accepted") : facts.error().message;
  };
  EXPECT_EQ(message("aws,eu-west-2,UK,London,AWS,US,x,2026-01-01\n"),
            "places.csv:2: country: 'UK' is not an ISO 3166 country code; leave it empty when "
            "unknown");
  EXPECT_EQ(message(",r,GB,,,,,\n"), "places.csv:2: provider: a location needs a provider");
  EXPECT_EQ(message("a,r,GB,,,,,\na,r,FR,,,,,\n"), "places.csv: location 'a/r' is stated twice");
  EXPECT_EQ(message(""), "accepted");
  EXPECT_FALSE(LocationFacts::read("places.csv", "provider,region\naws,x\n"));
}

TEST(LocationFacts, ShippedTextIsTheTable) {
  const Result<LocationFacts> again = LocationFacts::read("again", location_facts_text());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->all().size(), LocationFacts::shipped().all().size());
}

}  // namespace
}  // namespace sillar
