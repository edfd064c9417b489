#include "drivers/leftovers.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>

#include "drivers/groups.h"

namespace sillar::drivers {
namespace {

constexpr int kRounds = 10;
constexpr Duration kPatience{100'000'000};  // For each round.

bool carries(pid_t pid, std::string_view entry) {
  const std::string environment = read_kernel_file(fmt::format("/proc/{}/environ", pid));
  for (std::size_t at = environment.find(entry); at != std::string::npos;
       at = environment.find(entry, at + 1)) {
    const std::size_t end = at + entry.size();
    const bool begins = at == 0 || environment[at - 1] == '\0';
    if (begins && (end == environment.size() || environment[end] == '\0')) return true;
  }
  return false;
}

bool is_alive(pid_t pid) {
  const auto stat = process_stat(pid);
  return stat && !stat->ended;
}

// The pid alone may be another's by now.
bool is_still(const ProcessName& process) {
  if (process.pid <= 0) return false;
  const auto stat = process_stat(process.pid);
  return stat && stat->start_ticks == process.start_ticks;
}

std::vector<pid_t> find_leftovers(std::string_view token, const std::vector<Group>& groups,
                                  const StartedRecord& started) {
  std::vector<pid_t> found = processes_in(groups);
  const std::string entry = fmt::format("SILLAR_TOKEN={}", token);
  for (const pid_t pid : all_processes())
    if (carries(pid, entry)) found.push_back(pid);
  if (is_still(started.command)) found.push_back(started.command.pid);
  std::ranges::sort(found);
  found.erase(std::unique(found.begin(), found.end()), found.end());
  std::erase_if(found, [](pid_t pid) { return pid == ::getpid() || !is_alive(pid); });
  return found;
}

}  // namespace

void kill_command(const std::vector<Group>& groups, const StartedRecord& started) {
  kill_groups(groups);
  if (is_still(started.command)) ::kill(-started.command.pid, SIGKILL);
}

bool end_leftovers(std::string_view token, const std::vector<Group>& groups,
                   const StartedRecord& started) {
  for (int round = 0; round < kRounds; ++round) {
    const std::vector<pid_t> left = find_leftovers(token, groups, started);
    if (left.empty()) {
      remove_groups(groups);
      return true;
    }
    kill_command(groups, started);
    for (const pid_t pid : left) {
      const Descriptor process = open_process(pid);
      if (process.is_open()) (void)send_number(process, SIGKILL, 0);
      (void)wait_for_end(process, kPatience);
    }
  }
  return false;
}

}  // namespace sillar::drivers
