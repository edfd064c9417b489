#include "server/roles.h"

#include <algorithm>

#include "model/names.h"

namespace sillar::server {
namespace {

constexpr std::array<std::string_view, 5> kRoleNames = {"none", "viewer", "member", "manager",
                                                        "admin"};

}  // namespace

std::string_view role_name(Role role) {
  return kRoleNames[static_cast<std::size_t>(role)];
}

std::optional<Role> role_of(std::string_view name) {
  const auto at = std::ranges::find(kRoleNames, name);
  if (at == kRoleNames.end() || at == kRoleNames.begin()) return std::nullopt;
  return static_cast<Role>(at - kRoleNames.begin());
}

bool is_project_path(std::string_view path) {
  if (path.empty()) return true;
  if (path.size() > kNameBytesMax) return false;
  for (std::size_t depth = 0; depth < kProjectDepthMax; ++depth) {
    const std::size_t slash = path.find('/');
    if (!is_path_segment(path.substr(0, slash))) return false;
    if (slash == std::string_view::npos) return true;
    path.remove_prefix(slash + 1);
  }
  return false;
}

}  // namespace sillar::server
