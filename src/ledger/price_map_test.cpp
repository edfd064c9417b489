#include "ledger/price_map.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "base/csv.h"
#include "base/document.h"
#include "base/quantity.h"

namespace sillar {
namespace {

constexpr std::int64_t kGiB = std::int64_t{1} << 30;
constexpr const char* kHeader = "class,unit,usd_per_hour,cpu_share_thousandths,stand_in,note\n";
constexpr const char* kNeeded = "cpu,core,1,,,\nmemory,gib,2,,,\n*,share,,250,,\n";

std::string fault(const std::string& rows) {
  const Result<PriceMap> map = PriceMap::read("map.csv", kHeader + rows);
  return map ? "accepted" : map.error().message;
}

TEST(PriceMap, ShippedFilePricesWhatTheCatalogueLacks) {
  const PriceMap& map = PriceMap::shipped();
  for (const char* name :
       {"G2", "G3", "P100", "T4", "A10", "V100M16", "V100M32", "philly", "h100", "a100-80gb"}) {
    const PriceMapRow* row = map.find(name);
    ASSERT_NE(row, nullptr) << name;
    ASSERT_TRUE(row->device_nanos) << name;
    EXPECT_GT(*row->device_nanos, 0) << name;
    EXPECT_FALSE(row->stand_in.empty()) << name;
    EXPECT_FALSE(row->note.empty()) << name;
  }
  EXPECT_EQ(map.find("abacus"), nullptr);
  EXPECT_EQ(map.cpu_share_thousandths("h100"), 255);
  EXPECT_EQ(map.cpu_share_thousandths("abacus"), 255);
  EXPECT_EQ(map.cpu_share_thousandths("T4"), 589);
}

TEST(PriceMap, HostsCostCoresAndMemory) {
  const PriceMap& map = PriceMap::shipped();
  EXPECT_EQ(format_nanos(map.host_nanos(96'000, 384 * kGiB).value()), "4.608");  // m5.24xlarge.
  EXPECT_EQ(format_nanos(map.host_nanos(96'000, 768 * kGiB).value()), "6.048");  // r5.24xlarge.
  EXPECT_EQ(format_nanos(map.host_nanos(0, 0).value()), "0.00");
  EXPECT_EQ(map.host_nanos(1, 0).value(), 33'000);
  EXPECT_FALSE(map.host_nanos(INT64_MAX, INT64_MAX));
}

// Each figure that has a stand-in in the catalogue is that instance's price taken apart.
TEST(PriceMap, FiguresFollowFromTheirStandIns) {
  const Result<std::string> text = read_file("examples/data/gpu-prices/catalog.csv");
  ASSERT_TRUE(text);
  Result<CsvReader> csv = CsvReader::open("catalog.csv", *text);
  ASSERT_TRUE(csv);
  struct Machine {
    std::int64_t nanos, devices, cpu, memory_bytes;
  };
  std::map<std::string, Machine> machines;
  const auto column = [&](const char* name) { return csv->column(name).value(); };
  while (csv->next().value()) {
    const auto field = [&](const char* name) { return (*csv)[column(name)]; };
    if (field("cloud") != "aws" || field("region") != "us-east-1" || !field("zone").empty())
      continue;
    machines["aws/us-east-1/" + std::string(field("instance_type"))] = {
        parse_nanos(field("ondemand_usd_per_h")).value(),
        parse_thousandths(field("gpu_count")).value() / kThousand,
        parse_thousandths(field("vcpus")).value(),
        parse_thousandths(field("mem_gib")).value() * kGiB / kThousand};
  }
  const PriceMap& map = PriceMap::shipped();
  int checked = 0;
  for (const PriceMapRow& row : map.rows()) {
    const auto machine = machines.find(row.stand_in);
    if (machine == machines.end() || !row.device_nanos) continue;
    ++checked;
    const auto& [name, m] = *machine;
    const std::int64_t host = map.host_nanos(m.cpu, m.memory_bytes).value();
    EXPECT_EQ(*row.device_nanos * m.devices, m.nanos - host) << name;
    EXPECT_EQ(row.cpu_share_thousandths, (host * 1000 + m.nanos / 2) / m.nanos) << name;
  }
  EXPECT_EQ(checked, 13);
}

TEST(PriceMap, FaultsNameTheLine) {
  EXPECT_EQ(fault(kNeeded), "accepted");
  EXPECT_EQ(fault("cpu,core,1,,,\n"),
            "map.csv: the rows cpu (core), memory (gib) and * (share) are needed");
  EXPECT_EQ(fault(std::string(kNeeded) + "a|B,device,1,0,,\nb,device,1,0,,\n"),
            "map.csv:6: class: class 'b' is stated twice");
  EXPECT_EQ(fault(std::string(kNeeded) + "a,device,-1,0,,\n"),
            "map.csv:5: usd_per_hour: a price is not negative");
  EXPECT_EQ(fault(std::string(kNeeded) + "a,device,1,1001,,\n"),
            "map.csv:5: cpu_share_thousandths: '1001' is not a share in thousandths, 0 to 1000");
  EXPECT_EQ(fault(std::string(kNeeded) + "a,dozen,1,0,,\n"),
            "map.csv:5: unit: 'a' in 'dozen' is not a price; units are device and share, once core "
            "for cpu, once gib for memory");
  EXPECT_EQ(fault(std::string(kNeeded) + "|,device,1,0,,\n"),
            "map.csv:5: class: a row needs a class");
}

TEST(PriceMap, ShippedTextIsTheMap) {
  const Result<PriceMap> again = PriceMap::read("again", price_map_text());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->rows().size(), PriceMap::shipped().rows().size());
}

}  // namespace
}  // namespace sillar
