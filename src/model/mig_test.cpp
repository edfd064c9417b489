#include "model/mig.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace sillar {
namespace {

MigProfile profile(std::string_view table, std::string_view name) {
  for (const MigProfile& each : mig_table(table))
    if (each.name == name) return each;
  ADD_FAILURE() << table << " has no " << name;
  return {};
}

// How many instances fit on an empty device.
int count(const MigProfile& each) {
  int instances = 0;
  std::uint8_t occupied = 0;
  for (int slot = first_free_mig_slot(each, occupied); slot >= 0;
       slot = first_free_mig_slot(each, occupied), ++instances)
    occupied |= mig_slot_mask(each, slot);
  return instances;
}

TEST(Mig, HoldsAsManyInstancesAsTheGuideSays) {
  for (const std::string_view table : {"a100-80gb", "h100-80gb"}) {
    EXPECT_EQ(count(profile(table, "1g.10gb")), 7);
    EXPECT_EQ(count(profile(table, "1g.20gb")), 4);
    EXPECT_EQ(count(profile(table, "2g.20gb")), 3);
    EXPECT_EQ(count(profile(table, "3g.40gb")), 2);
    EXPECT_EQ(count(profile(table, "4g.40gb")), 1);
    EXPECT_EQ(count(profile(table, "7g.80gb")), 1);
  }
  EXPECT_EQ(count(profile("a100-40gb", "1g.5gb")), 7);
  EXPECT_EQ(count(profile("h100-96gb", "1g.24gb")), 4);
  EXPECT_EQ(count(profile("a30-24gb", "1g.6gb")), 4);
  EXPECT_EQ(count(profile("a30-24gb", "2g.12gb")), 2);
  EXPECT_EQ(count(profile("a30-24gb", "4g.24gb")), 1);
}

TEST(Mig, NeverCountsForMoreThanTheDevice) {
  for (const std::string_view table : mig_table_names()) {
    const std::int64_t most = most_mig_thousandths(mig_table(table));
    EXPECT_EQ(most, 1000) << table;  // One instance that is all of it.
  }
  EXPECT_EQ(most_mig_thousandths({}), 0);
  EXPECT_EQ(most_mig_thousandths({{"p", 300, 0, 2, 0b0101'0101}}), 1200);
}

TEST(Mig, LeavesLowSlotsForLargeProfiles) {
  const MigProfile one = profile("a100-40gb", "1g.5gb");
  const MigProfile three = profile("a100-40gb", "3g.20gb");
  EXPECT_EQ(first_free_mig_slot(one, 0), 6);
  EXPECT_EQ(first_free_mig_slot(three, 0), 4);
  EXPECT_EQ(first_free_mig_slot(three, 0b0100'0000), 0);
  EXPECT_EQ(first_free_mig_slot(three, 0b0100'0001), -1);
}

TEST(Mig, KnowsNoOtherTable) {
  EXPECT_TRUE(mig_table("t4-16gb").empty());
}

}  // namespace
}  // namespace sillar
