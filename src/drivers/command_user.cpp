// As whom a command runs, and with which environment.

#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <map>

#include "drivers/command.h"

namespace sillar::drivers {
namespace {

constexpr std::size_t kAccountBytes = 1 << 16;
constexpr int kGroupsMax = 65536;  // The kernel's bound.

Result<User> account(const std::string& name, uid_t uid) {
  std::string buffer(kAccountBytes, '\0');
  passwd entry{};
  passwd* found = nullptr;
  const int error = name.empty()
                        ? ::getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found)
                        : ::getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found);
  if (found == nullptr && error != 0) return os_fault("the system's accounts", error);
  if (found == nullptr)
    return invalid(name.empty() ? fmt::format("no account has the user id {}", uid)
                                : fmt::format("this machine has no user \"{}\"", name));
  User user{entry.pw_uid, entry.pw_gid, {}, entry.pw_name, entry.pw_dir, entry.pw_shell};
  int count = 64;
  user.groups.resize(static_cast<std::size_t>(count));
  while (::getgrouplist(entry.pw_name, entry.pw_gid, user.groups.data(), &count) < 0) {
    if (count <= 0 || count > kGroupsMax)
      return invalid(fmt::format("user \"{}\" is in too many groups", user.name));
    user.groups.resize(static_cast<std::size_t>(count));
  }
  user.groups.resize(static_cast<std::size_t>(count));
  return user;
}

std::string joined(const std::vector<std::int32_t>& indices) {
  std::string out;
  for (const std::int32_t index : indices)
    out += fmt::format("{}{}", out.empty() ? "" : ",", index);
  return out;
}

}  // namespace

Result<User> find_user(const std::string& name) {
  const uid_t own = ::geteuid();
  if (own != 0) {
    auto user = account("", own);
    // A user id without an account, as in many containers.
    if (!user && name.empty())
      return User{own, ::getegid(), {}, std::to_string(own), "/", "/bin/sh"};
    if (!user) return user;
    if (name.empty() || name == user->name) return user;
    return invalid(
        fmt::format("the command is to run as \"{}\", but the server runs as \"{}\" and only root "
                    "can start commands of others",
                    name, user->name));
  }
  if (name.empty())
    return invalid(
        "the server runs as root, and no operating system user is set for this workload: commands "
        "never run as root");
  SILLAR_TRY(user, account(name, 0));
  if (user.uid == 0 || user.gid == 0)
    return invalid(
        fmt::format("\"{}\" is root or in root's group: commands never run as root", name));
  std::erase(user.groups, gid_t{0});
  return user;
}

std::vector<std::pair<std::string, std::string>> command_environment(const LaunchOrder& order,
                                                                     const User& user) {
  std::map<std::string, std::string> out = {
      {"HOME", user.home},
      {"LANG", "C.UTF-8"},
      {"LOGNAME", user.name},
      {"PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
      {"SHELL", user.shell},
      {"USER", user.name},
  };
  for (const auto& [name, value] : order.run.environment) out[name] = value;
  for (const auto& [name, value] : order.environment) out[name] = value;
  // Ours come last: which devices a command sees and by what it is found are not its to say.
  const std::string devices = joined(order.devices);
  const bool none = order.devices.empty();
  out["CUDA_DEVICE_ORDER"] = "PCI_BUS_ID";  // As NVML counts them.
  out["CUDA_VISIBLE_DEVICES"] = devices;
  out["NVIDIA_VISIBLE_DEVICES"] = none ? "void" : devices;
  out["HIP_VISIBLE_DEVICES"] = none ? "-1" : devices;  // Empty would be as good as unset.
  out["SILLAR_WORKLOAD"] = order.workload;
  out["SILLAR_PROJECT"] = order.project;
  out["SILLAR_TASK"] = std::to_string(order.task);
  out["SILLAR_ATTEMPT"] = std::to_string(order.attempt);
  out["SILLAR_RESTARTS"] = std::to_string(std::max(order.attempt - 1, 0));
  out["SILLAR_DEVICES"] = devices;
  out["SILLAR_TOKEN"] = order.token;
  if (order.array_index >= 0) out["SILLAR_ARRAY_INDEX"] = std::to_string(order.array_index);
  return {out.begin(), out.end()};
}

}  // namespace sillar::drivers
