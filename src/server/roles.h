#pragma once

// Who may do what, as one table: each action needs a role, at a place of the project tree. Nothing
// that is not in the table is allowed. Pure.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sillar::server {

// In order: each may do what those before it may.
enum class Role : std::uint8_t { kNone, kViewer, kMember, kManager, kAdmin };

[[nodiscard]] std::string_view role_name(Role role);  // "none", "viewer", …
// Nothing for "none", or what is no role.
[[nodiscard]] std::optional<Role> role_of(std::string_view name);

enum class Action : std::uint8_t {
  kWorkloadView,
  kWorkloadLogs,
  kWorkloadSubmit,
  kWorkloadControl,     // Cancel, hold, release: one's own.
  kWorkloadControlAny,  // Somebody else's.
  kProjectView,
  kProjectConfigure,  // Children, their weights, their default location.
  kQuotaSet,
  kBudgetView,
  kBudgetSet,
  kPolicySet,
  kCostView,
  kFleetView,
  kFleetConfigure,  // Nodes, drain, quarantine.
  kPriceView,
  kPriceSet,
  kAlertView,
  kAlertConfigure,
  kEventView,
  kAuditView,
  kIdentityView,
  kGrant,
  kServiceAccountManage,  // And its keys.
  kUserManage,
  kOwnKeyManage,
  kMetricsView,
  kServerOperate,  // Backup, snapshot, shutdown.
};
inline constexpr std::size_t kActions = 27;

// Where the role has to be held.
enum class Place : std::uint8_t {
  kNode,    // At the project, or above it.
  kParent,  // Above the project: nobody sets what was given to him.
  kRoot,    // At the root of the tree: what belongs to all.
  kAnywhere,
};

struct Rule {
  Action action;
  std::string_view name;  // In the audit log and the API.
  Role least;
  Place place;
};

inline constexpr std::array<Rule, kActions> kRules = {{
    {Action::kWorkloadView, "workload.view", Role::kViewer, Place::kNode},
    {Action::kWorkloadLogs, "workload.logs", Role::kMember, Place::kNode},
    {Action::kWorkloadSubmit, "workload.submit", Role::kMember, Place::kNode},
    {Action::kWorkloadControl, "workload.control", Role::kMember, Place::kNode},
    {Action::kWorkloadControlAny, "workload.control-any", Role::kManager, Place::kNode},
    {Action::kProjectView, "project.view", Role::kViewer, Place::kNode},
    {Action::kProjectConfigure, "project.configure", Role::kManager, Place::kParent},
    {Action::kQuotaSet, "quota.set", Role::kManager, Place::kParent},
    {Action::kBudgetView, "budget.view", Role::kViewer, Place::kNode},
    {Action::kBudgetSet, "budget.set", Role::kManager, Place::kParent},
    {Action::kPolicySet, "policy.set", Role::kAdmin, Place::kParent},
    {Action::kCostView, "cost.view", Role::kViewer, Place::kNode},
    {Action::kFleetView, "fleet.view", Role::kViewer, Place::kAnywhere},
    {Action::kFleetConfigure, "fleet.configure", Role::kAdmin, Place::kRoot},
    {Action::kPriceView, "price.view", Role::kViewer, Place::kAnywhere},
    {Action::kPriceSet, "price.set", Role::kAdmin, Place::kRoot},
    {Action::kAlertView, "alert.view", Role::kViewer, Place::kNode},
    {Action::kAlertConfigure, "alert.configure", Role::kManager, Place::kNode},
    {Action::kEventView, "event.view", Role::kViewer, Place::kNode},
    {Action::kAuditView, "audit.view", Role::kAdmin, Place::kNode},
    {Action::kIdentityView, "identity.view", Role::kManager, Place::kNode},
    {Action::kGrant, "identity.grant", Role::kManager, Place::kNode},
    {Action::kServiceAccountManage, "service-account.manage", Role::kManager, Place::kNode},
    {Action::kUserManage, "user.manage", Role::kAdmin, Place::kRoot},
    {Action::kOwnKeyManage, "key.manage", Role::kViewer, Place::kAnywhere},
    {Action::kMetricsView, "metrics.view", Role::kViewer, Place::kRoot},
    {Action::kServerOperate, "server.operate", Role::kAdmin, Place::kRoot},
}};

[[nodiscard]] constexpr const Rule& rule_of(Action action) {
  return kRules[static_cast<std::size_t>(action)];
}

consteval bool rules_are_in_order() {
  for (std::size_t i = 0; i < kActions; ++i)
    if (static_cast<std::size_t>(kRules[i].action) != i || kRules[i].least == Role::kNone)
      return false;
  return true;
}
static_assert(rules_are_in_order());

// Whether `path` is `ancestor` or below it, by whole segments: "acme/re" is not above
// "acme/research". Everything is below "".
[[nodiscard]] constexpr bool is_within(std::string_view ancestor, std::string_view path) {
  return ancestor.empty() || (path.starts_with(ancestor) &&
                              (path.size() == ancestor.size() || path[ancestor.size()] == '/'));
}

[[nodiscard]] constexpr std::string_view parent_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

// "" or segments of a project's path with '/' between them.
[[nodiscard]] bool is_project_path(std::string_view path);

}  // namespace sillar::server
