#include "model/occupancy.h"

#include <gtest/gtest.h>

#include "model/mig.h"

namespace sillar {
namespace {

Fleet one_node() {
  Fleet fleet;
  fleet.classes.push_back({"a100", 80LL << 30, 0, 1000, mig_table("a100-80gb")});
  Node node;
  node.name = "n";
  node.accelerator_class = ClassId{0};
  node.accelerators = 2;
  node.cpu = 4000;
  node.memory_bytes = 1 << 30;
  node.tasks_max = 20;
  fleet.nodes.push_back(node);
  return fleet;
}

Request mig(const char* profile) {
  Request request;
  request.mig = profile;
  return request;
}

Request fraction(std::int64_t thousandths) {
  Request request;
  request.fraction = thousandths;
  return request;
}

std::string why_not(Occupancy& occupancy, const Request& request,
                    const std::vector<std::int32_t>& devices) {
  const Status status = occupancy.add(0, request, devices);
  return status ? "" : status.error().message;
}

TEST(Occupancy, FindsNodes) {
  const Fleet fleet = one_node();
  EXPECT_EQ(Occupancy(fleet).find_node("n"), 0);
  EXPECT_EQ(Occupancy(fleet).find_node("m"), -1);
}

TEST(Occupancy, AddsFractionsUpToADevice) {
  const Fleet fleet = one_node();
  Occupancy occupancy(fleet);
  EXPECT_EQ(why_not(occupancy, fraction(600), {0}), "");
  EXPECT_EQ(why_not(occupancy, fraction(400), {0}), "");
  EXPECT_NE(why_not(occupancy, fraction(1), {0}), "");
  EXPECT_EQ(occupancy.lowest_free(0, fraction(1)), (std::vector<std::int32_t>{1}));
  Request whole;
  whole.accelerators = 2;
  EXPECT_TRUE(occupancy.lowest_free(0, whole).empty());
}

TEST(Occupancy, KeepsSlicesAndFractionsApart) {
  const Fleet fleet = one_node();
  Occupancy occupancy(fleet);
  EXPECT_EQ(why_not(occupancy, mig("3g.40gb"), {0}), "");
  EXPECT_EQ(why_not(occupancy, mig("3g.40gb"), {0}), "");
  EXPECT_NE(why_not(occupancy, mig("1g.10gb"), {0}), "");  // All memory slots are taken.
  EXPECT_EQ(why_not(occupancy, fraction(100), {1}), "");
  EXPECT_NE(why_not(occupancy, fraction(100), {0}), "");
  EXPECT_NE(why_not(occupancy, mig("1g.10gb"), {1}), "");
  EXPECT_EQ(why_not(occupancy, mig("1g.5gb"), {1}),
            "class a100 of node n has no MIG profile 1g.5gb");
}

TEST(Occupancy, RoundsMemoryUpToThousandths) {
  const Fleet fleet = one_node();
  Occupancy occupancy(fleet);
  Request request;
  request.accelerator_memory = (40LL << 30) + 1;
  EXPECT_EQ(why_not(occupancy, request, {0}), "");
  EXPECT_NE(why_not(occupancy, fraction(500), {0}), "");
  EXPECT_EQ(why_not(occupancy, fraction(499), {0}), "");
  request.accelerator_memory = 81LL << 30;
  EXPECT_EQ(why_not(occupancy, request, {1}), "a device of node n has less than 81Gi of memory");
}

TEST(Occupancy, CountsTheHost) {
  const Fleet fleet = one_node();
  Occupancy occupancy(fleet);
  Request request;
  request.cpu = 3000;
  EXPECT_EQ(why_not(occupancy, request, {}), "");
  EXPECT_EQ(why_not(occupancy, request, {}),
            "node n has 4 cores, 3 of them taken; 3 more do not fit");
  Request memory;
  memory.memory_bytes = (1 << 30) + 1;
  EXPECT_NE(why_not(occupancy, memory, {}), "");
  for (int i = 1; i < 20; ++i) EXPECT_EQ(why_not(occupancy, {}, {}), "");
  EXPECT_EQ(why_not(occupancy, {}, {}), "node n takes 20 tasks at most");
}

}  // namespace
}  // namespace sillar
