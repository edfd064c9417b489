#include "drivers/groups.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "drivers/os.h"

namespace sillar::drivers {
namespace {

constexpr const char* kToken = "0123456789abcdef0123456789abcdef";

TEST(GroupMounts, Unified) {
  const auto mounts = parse_group_mounts(
      "22 1 0:20 / /proc rw - proc proc rw\n"
      "30 22 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n",
      "0::/system.slice/sillar.service\n");
  ASSERT_EQ(mounts.size(), 1U);
  EXPECT_EQ(mounts[0], (GroupMount{2, {}, "/sys/fs/cgroup/system.slice/sillar.service"}));
}

TEST(GroupMounts, HybridAndContainers) {
  const auto mounts = parse_group_mounts(
      "31 22 0:27 /docker/ab /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
      "32 22 0:28 / /mnt/a\\040b rw master:9 - cgroup cgroup rw,memory\n"
      "33 22 0:29 /elsewhere /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n"
      "34 22 0:30 / /sys/fs/cgroup/devices rw - cgroup cgroup rw,devices\n"
      "35 22 0:31 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
      "torn line\n",
      "4:cpu,cpuacct:/docker/ab/job\n3:memory:/\n2:pids:/here\n1:name=systemd:/x\n0::/\n");
  ASSERT_EQ(mounts.size(), 3U);
  EXPECT_EQ(mounts[0], (GroupMount{1, {"cpu"}, "/sys/fs/cgroup/cpu,cpuacct/job"}));
  EXPECT_EQ(mounts[1], (GroupMount{1, {"memory"}, "/mnt/a b"}));
  EXPECT_EQ(mounts[2], (GroupMount{2, {}, "/sys/fs/cgroup/unified"}));
}

TEST(GroupMounts, NothingOutsideWhatIsMounted) {
  EXPECT_TRUE(
      parse_group_mounts("30 22 0:26 / /cg rw - cgroup2 cgroup2 rw\n", "0::/../..\n").empty());
  EXPECT_TRUE(
      parse_group_mounts("30 22 0:26 /ab /cg rw - cgroup2 cgroup2 rw\n", "0::/abc\n").empty());
  EXPECT_TRUE(parse_group_mounts("", "").empty());
}

TEST(GroupPlan, SaysWhatIsMissing) {
  const GroupPlan plan = make_group_plan("test", GroupVersions::kNone);
  EXPECT_TRUE(plan.groups.empty());
  EXPECT_TRUE(plan.cpu.starts_with("none: "));
  EXPECT_TRUE(plan.memory.starts_with("rlimit data"));
  EXPECT_FALSE(plan.bounds_memory());
  EXPECT_TRUE(plan.kill.starts_with("descendants"));
}

class GroupsTest : public ::testing::TestWithParam<GroupVersions> {};

TEST_P(GroupsTest, AllThatIsInThemIsEnded) {
  const std::string installation = "groups-test-" + std::to_string(::getpid());
  const GroupPlan plan = make_group_plan(installation, GetParam());
  if (plan.groups.empty()) GTEST_SKIP() << "cpu: " << plan.cpu << "; kill: " << plan.kill;
  const std::vector<Group> groups = plan.of_task(kToken);
  const Status made =
      make_groups(groups, {.cpu = 500, .memory_bytes = 64 << 20, .processes_max = 50});
  ASSERT_TRUE(made) << made.error().message;
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0)
    for (;;) ::pause();
  const Status joined = join_groups(groups, child);
  EXPECT_TRUE(joined) << joined.error().message;
  EXPECT_EQ(processes_in(groups), std::vector<pid_t>{child});
  EXPECT_FALSE(ran_out_of_memory(groups));
  kill_groups(groups);
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(WTERMSIG(status), SIGKILL);
  EXPECT_TRUE(processes_in(groups).empty());
  remove_groups(groups);
  release_group_plan(plan);
  for (const Group& group : plan.groups) EXPECT_NE(::access(group.path.c_str(), F_OK), 0);
}

INSTANTIATE_TEST_SUITE_P(Versions, GroupsTest,
                         ::testing::Values(GroupVersions::kOnlyV1, GroupVersions::kOnlyV2));

TEST(ProcessStat, NamesMayHoldAnything) {
  const auto stat = parse_process_stat(
      "12 (a) R 1 (b)) S 34 12 12 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 98765 1 1\n");
  ASSERT_TRUE(stat);
  EXPECT_EQ(stat->parent, 34);
  EXPECT_EQ(stat->start_ticks, 98765);
  EXPECT_FALSE(stat->ended);
  for (const char* wrong :
       {"", "12 (a", "12 (a) S", "12 (a) S x 1 1 0 -1 0 1 0 0 0 0 0 0 0 20 0 1 0 9"})
    EXPECT_FALSE(parse_process_stat(wrong)) << wrong;
  EXPECT_TRUE(process_stat(::getpid()));
}

}  // namespace
}  // namespace sillar::drivers
