#include "ledger/price_book.h"

#include <gtest/gtest.h>

#include <string>

#include "base/document.h"

namespace sillar {
namespace {

constexpr const char* kHeader =
    "cloud,region,zone,instance_type,ondemand_usd_per_h,spot_usd_per_h,as_of,source\n";

PriceBook shipped_book() {
  Result<PriceBook> book = PriceBook::read(
      "catalog.csv", read_file("examples/data/gpu-prices/catalog.csv").value_or(""));
  EXPECT_TRUE(book) << book.error().message;
  if (!book) return {};
  EXPECT_TRUE(book->add_gcp_commitments(
      "gcp_gpu_by_region.csv",
      read_file("examples/data/gpu-prices/gcp_gpu_by_region.csv").value_or("")));
  return *book;
}

std::string price(const PriceBook& book, const PriceQuery& query) {
  const Result<PriceQuote> quote = book.find(query);
  return quote ? format_nanos(quote->per_hour.nanos) : quote.error().message;
}

TEST(PriceBook, ReadsTheWholeCatalogue) {
  const PriceBook book = shipped_book();
  EXPECT_EQ(book.offer_count(), 2455U);
  struct Case {
    PriceQuery query;
    const char* price;
  };
  constexpr CapacityKind kOnDemand = CapacityKind::kOnDemand;
  constexpr CapacityKind kSpot = CapacityKind::kSpot;
  for (const Case& c : {
           Case{{"aws", "us-east-1", "", "p5.48xlarge", kOnDemand}, "55.04"},
           Case{{"gcp", "us-central1", "", "a3-highgpu-8g", kOnDemand}, "88.49"},
           Case{{"azure", "eastus", "", "Standard_ND96isr_H100_v5", kOnDemand}, "98.32"},
           Case{{"lambda", "us-east-1", "", "gpu_8x_h100_sxm5", kOnDemand}, "31.92"},
           Case{{"aws", "us-east-1", "use1-az2", "p5.48xlarge", kSpot}, "19.2531"},
           Case{{"aws", "us-east-1", "use1-az2", "p5.48xlarge", kOnDemand}, "55.04"},
           Case{{"nebius", "eu-north1", "", "gpu-h100-sxm_8gpu-128vcpu-1600gb", kOnDemand},
                "23.60"},
       }) {
    const std::string told = price(book, c.query);
    EXPECT_EQ(told, c.price) << c.query.provider << ' ' << c.query.instance_type;
  }
}

// 2,209.69778 USD a month over 730 h.
TEST(PriceBook, ACommitmentByTheHourIsA730thOfTheMonth) {
  const PriceBook book = shipped_book();
  const Result<PriceQuote> quote =
      book.find({"gcp", "africa-south1", "", "a2-highgpu-1g", CapacityKind::kReserved});
  ASSERT_TRUE(quote) << quote.error().message;
  EXPECT_EQ(quote->per_hour.nanos, 3'026'983'260);
  EXPECT_EQ(
      quote->source,
      "gcp africa-south1 a2-highgpu-1g, one-year commitment, 2209.69778 USD a month of 730 h, "
      "gcp_gpu_by_region.csv");
}

TEST(PriceBook, AQuoteSaysWhereItIsFrom) {
  const PriceBook book = shipped_book();
  EXPECT_EQ(book.find({"aws", "us-east-1", "", "p5.48xlarge", CapacityKind::kOnDemand})->source,
            "aws us-east-1 p5.48xlarge on demand, 2026-07-21, karpenter-provider-aws");
}

TEST(PriceBook, WhatIsMissingIsSaidWithWhatIsNear) {
  const PriceBook book = shipped_book();
  constexpr CapacityKind kOnDemand = CapacityKind::kOnDemand;
  EXPECT_EQ(price(book, {"aws", "us-east-1", "", "p5.48xlarg", kOnDemand}),
            "the catalogue has no price for aws us-east-1 p5.48xlarg; did you mean 'p5.48xlarge'?");
  EXPECT_EQ(price(book, {"awss", "us-east-1", "", "p5.48xlarge", kOnDemand}),
            "the catalogue has no price for awss us-east-1 p5.48xlarge; did you mean 'aws'?");
  EXPECT_EQ(price(book, {"aws", "us-east-3", "", "p4de.24xlarge", kOnDemand}),
            "the catalogue has no price for aws us-east-3 p4de.24xlarge; did you mean "
            "'us-east-1'?");
  EXPECT_EQ(price(book, {"azure", "eastus", "", "Standard_NC4as_T4_v3", CapacityKind::kSpot}),
            "the catalogue has no spot price for azure eastus Standard_NC4as_T4_v3");
  EXPECT_EQ(
      price(book, {"aws", "us-east-1", "", "p5.48xlarge", CapacityKind::kReserved}),
      "no commitment is known for aws us-east-1 p5.48xlarge; state the node's price per hour");
  EXPECT_EQ(price(book, {"aws", "us-east-1", "", "p5.48xlarge", CapacityKind::kOwned}),
            "owned machines are priced by the price map, not by a catalogue");
  EXPECT_EQ(price(PriceBook(), {"aws", "us-east-1", "", "p5.48xlarge", kOnDemand}),
            "the catalogue has no price for aws us-east-1 p5.48xlarge");
}

TEST(PriceBook, ZonesThatDisagreeWantTheZone) {
  const PriceBook book = shipped_book();
  EXPECT_EQ(
      price(book, {"aws", "us-east-1", "", "p5.48xlarge", CapacityKind::kSpot}),
      "the spot price of aws us-east-1 p5.48xlarge lies between 10.2397 in zone use1-atl2-az1 "
      "and 55.04 in zone use1-az1; state the node's zone");
  // A zone that has no spot price of its own has none.
  EXPECT_EQ(
      price(book, {"aws", "us-east-1", "use1-az3", "p3.2xlarge", CapacityKind::kSpot}),
      "the catalogue has no spot price for aws us-east-1 use1-az3 p3.2xlarge; zone 'use1-az1' "
      "has one");
  // On demand a region has one price, whatever its zones are called.
  EXPECT_EQ(price(book, {"aws", "us-east-1", "us-east-1a", "p3.2xlarge", CapacityKind::kOnDemand}),
            "3.06");
}

TEST(PriceBook, FaultsNameTheLine) {
  const auto fault = [](const std::string& rows) {
    const Result<PriceBook> book = PriceBook::read("prices.csv", kHeader + rows);
    return book ? std::string("accepted") : book.error().message;
  };
  EXPECT_EQ(fault("a,r,,t,1.5,,,\na,r,z,t,1.5,,,\n"), "accepted");
  EXPECT_EQ(fault("a,r,,t,-1.5,,,\n"), "prices.csv:2: ondemand_usd_per_h: a price is not negative");
  EXPECT_EQ(fault("a,r,,t,1,x,,\n"),
            "prices.csv:2: spot_usd_per_h: 'x' is not a decimal amount with at most nine decimals");
  EXPECT_EQ(fault("a,r,z,t,1,,,\na,r,z,t,2,,,\n"), "prices.csv: the offer a r z t is stated twice");
  EXPECT_EQ(fault(",r,,t,1,,,\n"), "prices.csv:2: cloud: an offer needs a cloud");
  EXPECT_EQ(fault("a,r,,,1,,,\n"), "prices.csv:2: instance_type: an offer needs an instance type");

  PriceBook book;
  const Status twice = book.add_gcp_commitments(
      "c.csv", "region,instance_type,month_usd_1y_commit\nr,t,1\nr,u,\nr,t,2\n");
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().message, "c.csv: the commitment for t in r is stated twice");
  EXPECT_FALSE(book.find({"gcp", "r", "", "t", CapacityKind::kReserved}));
}

}  // namespace
}  // namespace sillar
