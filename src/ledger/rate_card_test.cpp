#include "ledger/rate_card.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/csv.h"
#include "base/document.h"
#include "base/quantity.h"

namespace sillar {
namespace {

constexpr std::int64_t kGiB = std::int64_t{1} << 30;

PriceBook shipped_book() {
  Result<PriceBook> book = PriceBook::read(
      "catalog.csv", read_file("examples/data/gpu-prices/catalog.csv").value_or(""));
  EXPECT_TRUE(book);
  EXPECT_TRUE(book->add_gcp_commitments(
      "gcp_gpu_by_region.csv",
      read_file("examples/data/gpu-prices/gcp_gpu_by_region.csv").value_or("")));
  return book.value_or(PriceBook{});
}

AcceleratorClass named(const std::string& name) {
  AcceleratorClass accelerator;
  accelerator.name = name;
  return accelerator;
}

Node machine(ClassId accelerator, std::int32_t devices, std::int64_t cores, std::int64_t gib) {
  Node node;
  node.accelerator_class = accelerator;
  node.accelerators = devices;
  node.cpu = cores * kThousand;
  node.memory_bytes = gib * kGiB;
  return node;
}

std::string usd(std::int64_t nanos) {
  return format_nanos(nanos);
}

std::string hourly(const NodeRate& rate, const Claim& claim) {
  return usd(cost_of(rate, claim, Duration::hours(1))->nanos);
}

// Three kinds of node, by hand.
TEST(RateCard, ARentedMachineHasTheCataloguesPriceAndTheClassesShare) {
  Fleet fleet;
  fleet.classes = {named("h100")};
  fleet.locations = {{"aws", "us-east-1", "use1-az6", ""}};
  Node node = machine(ClassId(0), 8, 192, 2048);
  node.location = LocationId(0);
  node.instance_type = "p5.48xlarge";
  node.capacity = CapacityKind::kOnDemand;
  fleet.nodes = {node};
  node.capacity = CapacityKind::kSpot;
  fleet.nodes.push_back(node);
  const RateCard card = rate_fleet(fleet, shipped_book());
  ASSERT_TRUE(card.missing.empty()) << card.missing[0].reason;
  const NodeRate& rate = card.nodes[0].rate;
  EXPECT_EQ(usd(rate.per_hour.nanos), "55.04");
  EXPECT_EQ(usd(rate.cpu_nanos), "14.0352");            // 255 thousandths.
  EXPECT_EQ(usd(rate.accelerator_nanos()), "41.0048");  // The rest.
  // 2 of 8 devices: 10.2512; 48 of 192 cores beat 256 of 2048 GiB: 3.5088.
  EXPECT_EQ(hourly(rate, {2000, 48'000, 256 * kGiB}), "13.76");
  EXPECT_EQ(hourly(rate, {0, 0, 1024 * kGiB}), "7.0176");  // CPU only: half of CPU's share.
  EXPECT_EQ(
      card.source_of(NodeId(0)),
      "aws us-east-1 use1-az6 p5.48xlarge on demand, undated (>=2025-09), skypilot-catalog v8 "
      "(facts transcribed); CPU and memory carry 255 thousandths (price map, h100)");
  EXPECT_EQ(usd(card.nodes[1].rate.per_hour.nanos), "17.6289");
  EXPECT_EQ(usd(card.nodes[1].rate.cpu_nanos), "4.4953695");
}

TEST(RateCard, AnOwnedMachineCostsItsDevicesCoresAndMemory) {
  Fleet fleet;
  fleet.classes = {named("G2"), named("T4")};
  fleet.nodes = {machine(ClassId(0), 8, 96, 384), machine(ClassId(1), 2, 104, 512)};
  const RateCard card = rate_fleet(fleet, PriceBook());
  ASSERT_TRUE(card.missing.empty());
  // 8 x 0.884 + 96 x 0.033 + 384 x 0.00375 = 7.072 + 3.168 + 1.44.
  EXPECT_EQ(usd(card.nodes[0].rate.per_hour.nanos), "11.68");
  EXPECT_EQ(usd(card.nodes[0].rate.cpu_nanos), "4.608");
  // Half a device 0.442, 12 of 96 cores 0.576.
  EXPECT_EQ(hourly(card.nodes[0].rate, {500, 12'000, 24 * kGiB}), "1.018");
  // 2 x 0.402 + 104 x 0.033 + 512 x 0.00375 = 0.804 + 3.432 + 1.92.
  EXPECT_EQ(usd(card.nodes[1].rate.per_hour.nanos), "6.156");
  EXPECT_EQ(card.source_of(NodeId(1)),
            "price map: 2 x T4 as aws/us-east-1/g4dn.metal, 104 cores and 512Gi");
}

TEST(RateCard, AMachineWithoutAcceleratorsIsAllCpu) {
  Fleet fleet;
  fleet.nodes = {machine({}, 0, 104, 512)};
  const RateCard card = rate_fleet(fleet, PriceBook());
  EXPECT_EQ(usd(card.nodes[0].rate.per_hour.nanos), "5.352");
  EXPECT_EQ(card.nodes[0].rate.accelerator_nanos(), 0);
  EXPECT_EQ(hourly(card.nodes[0].rate, {0, 26'000, 64 * kGiB}), "1.338");
}

TEST(RateCard, GoogleCommitmentsAreReserved) {
  Fleet fleet;
  fleet.classes = {named("a100")};
  fleet.locations = {{"gcp", "africa-south1", "", ""}};
  Node node = machine(ClassId(0), 1, 12, 85);
  node.location = LocationId(0);
  node.instance_type = "a2-highgpu-1g";
  node.capacity = CapacityKind::kReserved;
  fleet.nodes = {node};
  const RateCard card = rate_fleet(fleet, shipped_book());
  ASSERT_TRUE(card.missing.empty());
  EXPECT_EQ(usd(card.nodes[0].rate.per_hour.nanos), "3.02698326");
  EXPECT_EQ(usd(card.nodes[0].rate.cpu_nanos), "1.032201292");  // 341 thousandths, half to even.
}

TEST(RateCard, TheFleetsWordBeatsAll) {
  Fleet fleet;
  fleet.classes = {named("h100")};
  Node node = machine(ClassId(0), 8, 0, 0);
  node.instance_type = "p5.48xlarge";
  node.price_per_hour = Money{20 * Money::kUnit, parse_currency("EUR").value()};
  fleet.nodes = {node};
  const RateCard card = rate_fleet(fleet, shipped_book());
  EXPECT_EQ(usd(card.nodes[0].rate.per_hour.nanos), "20.00");
  EXPECT_EQ(card.nodes[0].rate.per_hour.currency.text(), "EUR");
  EXPECT_EQ(card.nodes[0].rate.cpu_nanos, 0);  // Nothing is known of its host.
  EXPECT_EQ(card.source_of(NodeId(0)), "stated by the fleet");
}

TEST(RateCard, AMissingPriceIsToldAndNeverMadeUp) {
  Fleet fleet;
  fleet.classes = {named("h1000"), named("h100")};
  fleet.locations = {{"aws", "us-east-1", "", ""}};
  fleet.nodes = {machine(ClassId(1), 8, 96, 384), machine(ClassId(0), 8, 96, 384),
                 machine(ClassId(0), 8, 96, 384)};
  Node node = machine(ClassId(1), 8, 96, 384);
  node.capacity = CapacityKind::kOnDemand;
  node.instance_type = "p5.xlarge";
  fleet.nodes.push_back(node);
  const RateCard card = rate_fleet(fleet, PriceBook());
  EXPECT_TRUE(card.nodes[0].priced);
  EXPECT_FALSE(card.nodes[1].priced);
  EXPECT_EQ(card.nodes[1].rate.per_hour.nanos, 0);
  EXPECT_EQ(card.nodes[1].rate.accelerators, 8);
  ASSERT_EQ(card.missing.size(), 2U);
  EXPECT_EQ(card.missing[0].reason,
            "the price map has no price for class 'h1000' (did you mean 'h100'?); state the nodes' "
            "price per hour or add a row");
  EXPECT_EQ(card.missing[0].nodes, 2U);
  EXPECT_EQ(card.missing[0].first, NodeId(1));
  EXPECT_EQ(card.missing[1].reason,
            "'p5.xlarge' has a price only at a place; state the nodes' location");
  EXPECT_EQ(card.missing[1].nodes, 1U);
  EXPECT_EQ(card.source_of(NodeId(3)),
            "no price: 'p5.xlarge' has a price only at a place; state the nodes' location");
}

TEST(RateCard, EveryNodeOfOpenbHasAPrice) {
  const Result<std::string> text = read_file("examples/data/openb/openb_node_list_gpu_node.csv");
  ASSERT_TRUE(text);
  Result<CsvReader> csv = CsvReader::open("nodes.csv", *text);
  ASSERT_TRUE(csv);
  const auto column = [&](const char* name) { return csv->column(name).value(); };
  Fleet fleet;
  while (csv->next().value()) {
    const std::string model((*csv)[column("model")]);
    std::size_t index = 0;
    while (index < fleet.classes.size() && fleet.classes[index].name != model) ++index;
    if (index == fleet.classes.size()) fleet.classes.push_back(named(model));
    Node node =
        machine(ClassId(index),
                static_cast<std::int32_t>(parse_integer((*csv)[column("gpu")]).value()), 0, 0);
    node.cpu = parse_integer((*csv)[column("cpu_milli")]).value();
    node.memory_bytes = parse_integer((*csv)[column("memory_mib")]).value() << 20;
    fleet.nodes.push_back(node);
  }
  ASSERT_EQ(fleet.nodes.size(), 1213U);
  const RateCard card = rate_fleet(fleet, PriceBook());
  EXPECT_TRUE(card.missing.empty());
  Int128 hour = 0;
  for (const NodePrice& node : card.nodes) hour += node.rate.per_hour.nanos;
  EXPECT_EQ(format_nanos(hour), "11692.960788");
}

}  // namespace
}  // namespace sillar
