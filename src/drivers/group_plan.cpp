// Which control groups this process may make, and what they can do.

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>
#include <utility>

#include "drivers/groups.h"
#include "drivers/os.h"

namespace sillar::drivers {
namespace {

constexpr mode_t kGroupMode = 0755;
constexpr std::string_view kServerGroup = "/server";
constexpr std::size_t kLinesMax = 100'000;

std::vector<std::string_view> split(std::string_view text, char by) {
  std::vector<std::string_view> parts;
  while (!text.empty() && parts.size() < kLinesMax) {
    const std::size_t end = std::min(text.find(by), text.size());
    parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

std::vector<std::string> owned(const std::vector<std::string_view>& words) {
  return {words.begin(), words.end()};
}

bool has_word(const std::vector<std::string>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

// "\040" for a blank, as mountinfo writes paths.
std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    int code = 0;
    if (text[i] == '\\' && i + 3 < text.size()) {
      const char* const first = text.data() + i + 1;
      const auto [end, error] = std::from_chars(first, first + 3, code, 8);
      if (error == std::errc{} && end == first + 3 && code < 256) {
        out += static_cast<char>(code);
        i += 3;
        continue;
      }
    }
    out += text[i];
  }
  return out;
}

// The path of this process's group in the hierarchy with such controllers (none: version 2), from
// lines "ID:CONTROLLERS:PATH".
std::optional<std::string_view> own_group(std::string_view own,
                                          const std::vector<std::string>& controllers) {
  for (const std::string_view line : split(own, '\n')) {
    const std::size_t first = line.find(':');
    if (first == std::string_view::npos) continue;
    const std::size_t second = line.find(':', first + 1);
    if (second == std::string_view::npos) continue;
    const std::string_view names = line.substr(first + 1, second - first - 1);
    std::vector<std::string> listed = owned(split(names, ','));
    const bool version_2 = names.empty() && line.substr(0, first) == "0";
    if (controllers.empty() ? version_2 : has_word(listed, controllers.front()))
      return line.substr(second + 1);
  }
  return std::nullopt;
}

std::optional<GroupMount> parse_mount(std::string_view line, std::string_view own) {
  // "ID PARENT DEVICE ROOT POINT OPTIONS [FIELD...] - TYPE SOURCE SUPER_OPTIONS"
  const std::vector<std::string_view> words = split(line, ' ');
  const auto dash = std::ranges::find(words, "-");
  constexpr std::ptrdiff_t kRoot = 3;
  constexpr std::ptrdiff_t kPoint = 4;
  if (dash - words.begin() <= kPoint || words.end() - dash < 4) return std::nullopt;
  GroupMount mount;
  if (dash[1] == "cgroup2") {
    mount.version = 2;
  } else if (dash[1] == "cgroup") {
    constexpr std::array<std::string_view, 4> kKnown = {"cpu", "memory", "pids", "freezer"};
    for (const std::string_view option : split(dash[3], ','))
      if (std::ranges::find(kKnown, option) != kKnown.end()) mount.controllers.emplace_back(option);
    if (mount.controllers.empty()) return std::nullopt;
  } else {
    return std::nullopt;
  }
  const std::optional<std::string_view> group = own_group(own, mount.controllers);
  const std::string root = unescaped(words[kRoot]);
  if (!group) return std::nullopt;
  // What is mounted may be a part of the hierarchy, which need not hold this process.
  std::string_view below = *group;
  if (root != "/") {
    if (!below.starts_with(root)) return std::nullopt;
    below.remove_prefix(root.size());
    if (!below.empty() && !below.starts_with('/')) return std::nullopt;
  }
  if (below == "/") below = {};
  if (below.find("/..") != std::string_view::npos) return std::nullopt;
  mount.own_path = unescaped(words[kPoint]) + std::string(below);
  return mount;
}

bool make_folders(std::string& path, const std::string& installation) {
  for (const std::string& part : {std::string("sillar"), installation}) {
    path += "/" + part;
    if (::mkdir(path.c_str(), kGroupMode) != 0 && errno != EEXIST) return false;
  }
  return ::access(path.c_str(), W_OK) == 0;
}

// Hands `controllers` down from `base` to the groups of tasks below it; returns those that came
// through.
std::vector<std::string> hand_down(const std::string& base, const std::string& installation) {
  std::vector<std::string> through;
  for (const char* name : {"cpu", "memory", "pids"}) {
    bool all = true;
    for (const std::string& path :
         {base, base + "/sillar", fmt::format("{}/sillar/{}", base, installation)}) {
      const std::string have = read_kernel_file(path + "/cgroup.controllers");
      std::string_view listed = have;
      while (listed.ends_with('\n')) listed.remove_suffix(1);
      all = all && has_word(owned(split(listed, ' ')), name) &&
            write_kernel_file(path + "/cgroup.subtree_control", fmt::format("+{}", name)) == 0;
    }
    if (all) through.emplace_back(name);
  }
  return through;
}

// A group of version 2 that hands controllers down holds no processes. Its only one, this, can go
// into one of its own; others are not ours to move. The topmost group is free of the rule.
void make_way(const std::string& base) {
  const std::string listed = read_kernel_file(base + "/cgroup.procs");
  if (listed != fmt::format("{}\n", ::getpid())) return;
  const std::string aside = base + std::string(kServerGroup);
  if (::mkdir(aside.c_str(), kGroupMode) != 0 && errno != EEXIST) return;
  (void)write_kernel_file(aside + "/cgroup.procs", std::to_string(::getpid()));
}

void add_version_2(const GroupMount& mount, const std::string& installation, GroupPlan& plan) {
  std::string base = mount.own_path;
  // Moved by an earlier run, or by who started this one.
  if (base.ends_with(kServerGroup)) base.resize(base.size() - kServerGroup.size());
  std::string path = base;
  if (!make_folders(path, installation)) return;
  make_way(base);
  const std::vector<std::string> through = hand_down(base, installation);
  Group group{Group::Kind::kV2, path};
  const auto take = [&](const char* name, bool& bound, std::string& words) {
    if (!words.empty() || !has_word(through, name)) return;
    bound = true;
    words = "cgroup v2";
  };
  take("cpu", group.cpu, plan.cpu);
  take("memory", group.memory, plan.memory);
  take("pids", group.processes, plan.processes);
  plan.groups.push_back(std::move(group));
}

void add_version_1(const GroupMount& mount, const std::string& installation, GroupPlan& plan) {
  struct Use {
    const char* controller;
    Group::Kind kind;
    bool Group::* bound;
    std::string GroupPlan::* words;
  };
  constexpr std::array<Use, 4> kUses = {{
      {"cpu", Group::Kind::kCpu, &Group::cpu, &GroupPlan::cpu},
      {"memory", Group::Kind::kMemory, &Group::memory, &GroupPlan::memory},
      {"pids", Group::Kind::kPids, &Group::processes, &GroupPlan::processes},
      {"freezer", Group::Kind::kFreezer, nullptr, &GroupPlan::kill},
  }};
  for (const Use& use : kUses) {
    if (!has_word(mount.controllers, use.controller) || !(plan.*use.words).empty()) continue;
    Group group{use.kind, mount.own_path};
    if (!make_folders(group.path, installation)) continue;
    if (use.bound != nullptr) group.*use.bound = true;
    plan.*use.words = use.bound == nullptr ? "cgroup v1 freezer" : "cgroup v1";
    plan.groups.push_back(std::move(group));
  }
}

void say_what_is_missing(GroupPlan& plan) {
  constexpr const char* kNoGroup = "no cgroup controller that this process may write";
  if (plan.cpu.empty()) plan.cpu = fmt::format("none: {}", kNoGroup);
  if (plan.memory.empty())
    plan.memory =
        fmt::format("rlimit data, of each process, where a task has no device: {}", kNoGroup);
  if (plan.processes.empty()) plan.processes = fmt::format("none: {}", kNoGroup);
  if (!plan.kill.empty()) return;
  plan.kill = plan.groups.empty() ? "descendants of the shim, and the token in the environment"
                                  : "cgroup v1, by signals";
}

}  // namespace

std::vector<GroupMount> parse_group_mounts(std::string_view mounts, std::string_view own) {
  std::vector<GroupMount> found;
  for (const std::string_view line : split(mounts, '\n'))
    if (auto mount = parse_mount(line, own)) found.push_back(std::move(*mount));
  return found;
}

GroupPlan make_group_plan(const std::string& installation, GroupVersions versions) {
  GroupPlan plan;
  const std::vector<GroupMount> mounts = parse_group_mounts(
      read_kernel_file("/proc/self/mountinfo"), read_kernel_file("/proc/self/cgroup"));
  const auto wanted = [&](int version) {
    if (versions == GroupVersions::kBoth) return true;
    return versions == (version == 1 ? GroupVersions::kOnlyV1 : GroupVersions::kOnlyV2);
  };
  for (const GroupMount& mount : mounts)
    if (mount.version == 2 && wanted(2)) add_version_2(mount, installation, plan);
  for (const GroupMount& mount : mounts)
    if (mount.version == 1 && wanted(1)) add_version_1(mount, installation, plan);
  const auto bare = std::ranges::find_if(plan.groups, [](const Group& group) {
    return group.kind == Group::Kind::kV2 && !group.cpu && !group.memory && !group.processes;
  });
  const bool has_freezer = !plan.kill.empty();
  if (bare != plan.groups.end() && has_freezer) {
    // It would bound nothing, and the freezer ends tasks as surely.
    release_group_plan(GroupPlan{{*bare}, {}, {}, {}, {}});
    plan.groups.erase(bare);
  } else if (std::ranges::any_of(plan.groups,
                                 [](const Group& g) { return g.kind == Group::Kind::kV2; })) {
    plan.kill = "cgroup v2";
  }
  say_what_is_missing(plan);
  return plan;
}

void release_group_plan(const GroupPlan& plan) {
  for (const Group& group : plan.groups)
    if (::rmdir(group.path.c_str()) == 0)
      ::rmdir(group.path.substr(0, group.path.rfind('/')).c_str());
}

}  // namespace sillar::drivers
