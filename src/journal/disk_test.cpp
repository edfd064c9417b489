#include "journal/disk.h"

#include <gtest/gtest.h>

#include "journal/journal_fixture.h"

namespace sillar::journal {
namespace {

TEST(Disk, ThatOfATestIsLocalAndHasRoom) {
  const TestFolder folder;
  const std::string here = std::filesystem::path(folder.path("x")).parent_path().string();
  EXPECT_TRUE(check_file_system(here).has_value());
  const auto free = free_bytes(here);
  ASSERT_TRUE(free.has_value());
  EXPECT_GT(*free, 0);
  EXPECT_FALSE(free_bytes(folder.path("missing")).has_value());
  EXPECT_FALSE(check_file_system(folder.path("missing")).has_value());
}

TEST(DiskGuard, HoldsItsBallastWhileThereIsRoomAndLetsItGoOnce) {
  const TestFolder folder;
  const std::string here = std::filesystem::path(folder.path("x")).parent_path().string();
  DiskGuard guard(here, {1 << 20, 64 << 10});
  EXPECT_TRUE(guard.holds_ballast());
  EXPECT_EQ(std::filesystem::file_size(here + "/ballast"), 64U << 10);
  EXPECT_FALSE(guard.low());
  EXPECT_TRUE(guard.release());
  EXPECT_FALSE(std::filesystem::exists(here + "/ballast"));
  EXPECT_FALSE(guard.release());
  EXPECT_FALSE(guard.low()) << "there is room, so it is taken up again";
  EXPECT_TRUE(guard.holds_ballast());
}

TEST(DiskGuard, BelowTheLowWaterMarkItTakesNothingUp) {
  const TestFolder folder;
  const std::string here = std::filesystem::path(folder.path("x")).parent_path().string();
  DiskGuard guard(here, {std::int64_t{1} << 62, 64 << 10});
  EXPECT_TRUE(guard.low());
  EXPECT_FALSE(guard.holds_ballast());
  EXPECT_FALSE(guard.release());
}

TEST(DiskGuard, FindsTheBallastOfAnEarlierStart) {
  const TestFolder folder;
  const std::string here = std::filesystem::path(folder.path("x")).parent_path().string();
  {
    const DiskGuard guard(here, {1 << 20, 64 << 10});
  }
  DiskGuard guard(here, {std::int64_t{1} << 62, 64 << 10});
  EXPECT_TRUE(guard.holds_ballast());
  EXPECT_TRUE(guard.release());
}

}  // namespace
}  // namespace sillar::journal
