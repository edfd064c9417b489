#include "schedule/loss_table.h"

#include <gtest/gtest.h>

namespace sillar::schedule {
namespace {

constexpr std::int64_t kMillion = LossTable::kMillion;

// Halves of a device, 4 cores each.
std::vector<DemandTask> halves() {
  return {{.cpu = 4000, .devices = 1, .thousandths = 500, .classes = {true}, .count = 10}};
}

TEST(LossTable, RestsAreWorthWhatDemandPaysForThem) {
  const LossTable table(halves(), std::vector<std::int64_t>{8000});
  EXPECT_EQ(table.rest_loss(0), 0);
  EXPECT_EQ(table.rest_loss(300), 300);        // Nobody wants less than a half.
  EXPECT_EQ(table.rest_loss(500), 500 - 475);  // 95 % of a half.
  EXPECT_EQ(table.rest_loss(600), 600 - 475);
  EXPECT_EQ(table.rest_loss(1000), 0);
}

TEST(LossTable, ByHandForHalves) {
  const LossTable table(halves(), std::vector<std::int64_t>{8000});
  // A half-free device and an idle one.
  LossTable::Room room{
      .cpu = 16'000, .accelerator_class = ClassId{0}, .idle = 1, .free = 1500, .rests = 25};
  EXPECT_EQ(table.loss(room), 25 * kMillion);
  room.cpu = 8000;  // 8 cores a device feed 1000 of the 1500 thousandths.
  EXPECT_EQ(table.loss(room), (25 + 500 * 25 / 100) * kMillion);
  room.cpu = 3999;  // No half starts any more.
  EXPECT_EQ(table.loss(room), 1500 * kMillion);
  room.free = 0;
  EXPECT_EQ(table.loss(room), 0);
  room = {.cpu = 16'000, .accelerator_class = ClassId{1}, .idle = 1, .free = 1000, .rests = 0};
  EXPECT_EQ(table.loss(room), 1000 * kMillion);
}

TEST(LossTable, TasksOfSeveralDevicesNeedThatManyIdle) {
  const std::vector<DemandTask> tasks{
      {.cpu = 1000, .devices = 1, .thousandths = 1000, .classes = {true}, .count = 3},
      {.cpu = 2000, .devices = 2, .thousandths = 1000, .classes = {true}, .count = 1}};
  const LossTable table(tasks, std::vector<std::int64_t>{8000});
  LossTable::Room room{
      .cpu = 64'000, .accelerator_class = ClassId{0}, .idle = 2, .free = 2000, .rests = 0};
  EXPECT_EQ(table.loss(room), 0);
  room.idle = 1;
  room.free = 1000;
  EXPECT_EQ(table.loss(room), 250'000 * 1000);
}

// One task in six of devices accepts only the second class, which holds a fifth of the fleet: its
// wish is 5/6 of that class, and 20 % of that is kept back.
TEST(LossTable, KeepsAWantedClassForThoseWhoNeedIt) {
  const std::vector<DemandTask> tasks{
      {.cpu = 0, .devices = 1, .thousandths = 1000, .classes = {true, true}, .count = 5},
      {.cpu = 0, .devices = 1, .thousandths = 1000, .classes = {false, true}, .count = 1}};
  const LossTable table(tasks, std::vector<std::int64_t>{8000, 2000});
  LossTable::Room room{
      .cpu = 64'000, .accelerator_class = ClassId{1}, .idle = 1, .free = 1000, .rests = 0};
  EXPECT_EQ(table.loss(room), -std::int64_t{166'666} * 1000);
  room.accelerator_class = ClassId{0};
  EXPECT_EQ(table.loss(room), (kMillion - 833'333) * 1000);
}

// Half of the tasks take one whole device, a quarter a half, a quarter none. A node with an idle
// device and one of which 400 are left: 400 are of no use to either, all 1400 to those that want
// none.
TEST(FragmentationTable, ByHand) {
  const std::vector<DemandTask> tasks{
      {.cpu = 4000, .devices = 1, .thousandths = 1000, .classes = {true}, .count = 2},
      {.cpu = 2000, .devices = 1, .thousandths = 500, .classes = {true}, .count = 1},
      {.cpu = 1000, .devices = 0, .thousandths = 0, .classes = {}, .count = 1}};
  const FragmentationTable table(tasks, 1);
  ASSERT_EQ(table.total(), 4);
  const auto fragmentation = [&](std::int64_t cpu) {
    const auto at = table.at(ClassId{0}, cpu);
    return 1400 * table.total() - table.useful(at, 1000) - table.useful(at, 400) -
           table.useful_whole(at, 1);
  };
  EXPECT_EQ(fragmentation(8000), 4 * 650);
  EXPECT_EQ(fragmentation(3000), 4 * 1150);  // Without CPU for a whole device.
  EXPECT_EQ(fragmentation(0), 4 * 1400);
}

TEST(FragmentationTable, SeveralDevicesCountWhenTheyAreAllIdle) {
  const std::vector<DemandTask> tasks{
      {.cpu = 0, .devices = 4, .thousandths = 1000, .classes = {true}, .count = 1}};
  const FragmentationTable table(tasks, 1);
  const auto at = table.at(ClassId{0}, 0);
  EXPECT_EQ(table.useful_whole(at, 3), 0);
  EXPECT_EQ(table.useful_whole(at, 5), 5000);
  EXPECT_EQ(table.useful(at, 1000), 0);
}

}  // namespace
}  // namespace sillar::schedule
