#include "drivers/groups.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

#include "drivers/os.h"

namespace sillar::drivers {
namespace {

constexpr mode_t kGroupMode = 0755;
constexpr std::int64_t kPeriodMicroseconds = 100'000;
constexpr int kFreezeTries = 100;  // Reads of its state; a process in the kernel may hold it up.

// With the two above it, which a driver that ends takes away when nothing is in them.
bool make_group(const std::string& path, int above = 2) {
  if (::mkdir(path.c_str(), kGroupMode) == 0 || errno == EEXIST) return true;
  const bool missing = errno == ENOENT && above > 0;
  if (!missing || !make_group(path.substr(0, path.rfind('/')), above - 1)) return false;
  return ::mkdir(path.c_str(), kGroupMode) == 0 || errno == EEXIST;
}

std::vector<pid_t> processes_of(const Group& group) {
  const std::string text = read_kernel_file(group.path + "/cgroup.procs");
  std::vector<pid_t> found;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at < end) {
    pid_t pid = 0;
    const auto [next, error] = std::from_chars(at, end, pid);
    if (error != std::errc{}) break;
    if (pid > 0) found.push_back(pid);  // Zero: a process of another name space.
    at = next + 1;
  }
  return found;
}

void signal_all(const Group& group) {
  for (const pid_t pid : processes_of(group)) ::kill(pid, SIGKILL);
}

void freeze_and_kill(const Group& group) {
  const std::string state = group.path + "/freezer.state";
  (void)write_kernel_file(state, "FROZEN");
  for (int i = 0; i < kFreezeTries && read_kernel_file(state) == "FREEZING\n"; ++i) ::usleep(100);
  signal_all(group);
  (void)write_kernel_file(state, "THAWED");
}

// The one by which its processes are found: the surest way first.
const Group* best_for_kill(const std::vector<Group>& groups) {
  for (const Group::Kind kind : {Group::Kind::kV2, Group::Kind::kFreezer}) {
    const auto found = std::ranges::find(groups, kind, &Group::kind);
    if (found != groups.end()) return &*found;
  }
  return groups.empty() ? nullptr : &groups.front();
}

Status set(const Group& group, const char* file, std::string_view value) {
  const std::string path = group.path + "/" + file;
  if (const int error = write_kernel_file(path, value); error != 0) return os_fault(path, error);
  return {};
}

std::int64_t quota_of(std::int64_t cpu_thousandths) {
  constexpr std::int64_t kQuotaMin = 1000;  // The kernel takes no less.
  constexpr std::int64_t kThousandthsMax = 1'000'000'000;
  return std::max(kQuotaMin,
                  std::min(cpu_thousandths, kThousandthsMax) * (kPeriodMicroseconds / 1000));
}

Status set_limits_v2(const Group& group, const GroupLimits& limits) {
  if (group.cpu && limits.cpu > 0)
    SILLAR_TRY_STATUS(
        set(group, "cpu.max", fmt::format("{} {}", quota_of(limits.cpu), kPeriodMicroseconds)));
  if (group.memory && limits.memory_bytes > 0) {
    SILLAR_TRY_STATUS(set(group, "memory.max", std::to_string(limits.memory_bytes)));
    // Without these the bound leaks into swap, or takes one process of several. Older kernels and
    // machines without swap have no such files.
    (void)set(group, "memory.swap.max", "0");
    (void)set(group, "memory.oom.group", "1");
  }
  if (group.processes) return set(group, "pids.max", std::to_string(limits.processes_max));
  return {};
}

Status set_limits_v1(const Group& group, const GroupLimits& limits) {
  if (group.cpu && limits.cpu > 0) {
    SILLAR_TRY_STATUS(set(group, "cpu.cfs_period_us", std::to_string(kPeriodMicroseconds)));
    return set(group, "cpu.cfs_quota_us", std::to_string(quota_of(limits.cpu)));
  }
  if (group.memory && limits.memory_bytes > 0) {
    const std::string bytes = std::to_string(limits.memory_bytes);
    SILLAR_TRY_STATUS(set(group, "memory.limit_in_bytes", bytes));
    (void)set(group, "memory.memsw.limit_in_bytes", bytes);  // Only where swap is accounted.
  }
  if (group.processes) return set(group, "pids.max", std::to_string(limits.processes_max));
  return {};
}

}  // namespace

Status make_groups(const std::vector<Group>& groups, const GroupLimits& limits) {
  for (const Group& group : groups) {
    if (!make_group(group.path)) return os_fault(group.path, errno);
    SILLAR_TRY_STATUS(group.kind == Group::Kind::kV2 ? set_limits_v2(group, limits)
                                                     : set_limits_v1(group, limits));
  }
  return {};
}

Status join_groups(const std::vector<Group>& groups, pid_t process) {
  for (const Group& group : groups)
    SILLAR_TRY_STATUS(set(group, "cgroup.procs", std::to_string(process)));
  return {};
}

void kill_groups(const std::vector<Group>& groups) {
  const Group* const best = best_for_kill(groups);
  if (best == nullptr) return;
  if (best->kind == Group::Kind::kV2 && write_kernel_file(best->path + "/cgroup.kill", "1") == 0)
    return;
  if (best->kind == Group::Kind::kFreezer) return freeze_and_kill(*best);
  signal_all(*best);
}

std::vector<pid_t> processes_in(const std::vector<Group>& groups) {
  const Group* const best = best_for_kill(groups);
  return best == nullptr ? std::vector<pid_t>{} : processes_of(*best);
}

bool ran_out_of_memory(const std::vector<Group>& groups) {
  for (const Group& group : groups) {
    if (!group.memory) continue;
    const bool v2 = group.kind == Group::Kind::kV2;
    const std::string text =
        read_kernel_file(group.path + (v2 ? "/memory.events" : "/memory.oom_control"));
    constexpr std::string_view kWord = "oom_kill ";
    for (std::size_t at = text.find(kWord); at != std::string::npos; at = text.find(kWord, at + 1))
      if ((at == 0 || text[at - 1] == '\n') && text.compare(at + kWord.size(), 1, "0") != 0)
        return true;
  }
  return false;
}

void remove_groups(const std::vector<Group>& groups) {
  for (const Group& group : groups) ::rmdir(group.path.c_str());
}

bool GroupPlan::bounds_memory() const {
  return std::ranges::any_of(groups, &Group::memory);
}

std::vector<Group> GroupPlan::of_task(std::string_view token) const {
  std::vector<Group> found = groups;
  for (Group& group : found) group.path += fmt::format("/{}", token);
  return found;
}

}  // namespace sillar::drivers
