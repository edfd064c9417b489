#pragma once

// Control groups, of version 2 where its controllers are handed down to this process, else of
// version 1: what bounds a task, and by what all of it is found and ended. Internal to drivers.
//
// All groups lie below the one that this process is in, so that what bounds it bounds its tasks.

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "drivers/records.h"

namespace sillar::drivers {

// A hierarchy that is mounted, and where in it this process is.
struct GroupMount {
  int version = 1;
  std::vector<std::string> controllers;  // Version 1: those mounted here.
  std::string own_path;                  // Of this process's group in the file system.

  friend bool operator==(const GroupMount&, const GroupMount&) = default;
};

// From the texts of /proc/self/mountinfo and /proc/self/cgroup. Lines that are none are skipped.
[[nodiscard]] std::vector<GroupMount> parse_group_mounts(std::string_view mounts,
                                                         std::string_view own);

// Where the groups of an installation's tasks are made, and what they can do.
struct GroupPlan {
  std::vector<Group> groups;  // Each path is the folder in which a task's group is made.
  // In words, for people.
  std::string cpu;
  std::string memory;
  std::string processes;
  std::string kill;

  [[nodiscard]] bool bounds_memory() const;
  // The groups of one task.
  [[nodiscard]] std::vector<Group> of_task(std::string_view token) const;
};

enum class GroupVersions : std::uint8_t { kBoth, kOnlyV1, kOnlyV2, kNone };

// Makes `sillar/INSTALLATION` in each hierarchy that this process may write. With version 2 it may
// have to move itself into a group of its own beside them, `server`, since a group that hands
// controllers down holds no processes.
[[nodiscard]] GroupPlan make_group_plan(const std::string& installation,
                                        GroupVersions versions = GroupVersions::kBoth);

// Takes the plan's folders away unless something is in them. Those of tasks make them again.
void release_group_plan(const GroupPlan& plan);

struct GroupLimits {
  std::int64_t cpu = 0;           // Thousandths; 0: none.
  std::int64_t memory_bytes = 0;  // 0: none.
  std::int32_t processes_max = 0;
};

// Makes the groups of a task with their limits.
[[nodiscard]] Status make_groups(const std::vector<Group>& groups, const GroupLimits& limits);
[[nodiscard]] Status join_groups(const std::vector<Group>& groups, pid_t process);
// Sends KILL to everything in them, what it forks meanwhile included where the kernel can do that.
void kill_groups(const std::vector<Group>& groups);
[[nodiscard]] std::vector<pid_t> processes_in(const std::vector<Group>& groups);
// Whether the kernel killed something in them for its memory.
[[nodiscard]] bool ran_out_of_memory(const std::vector<Group>& groups);
// Requires: nothing is in them.
void remove_groups(const std::vector<Group>& groups);

}  // namespace sillar::drivers
