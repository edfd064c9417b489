#include "server/access.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"

namespace sillar::server {

const Principal* Access::principal(std::string_view id) const {
  for (const PrincipalKind kind : {PrincipalKind::kUser, PrincipalKind::kService}) {
    const auto number = principal_number(id, kind);
    if (!number || *number > principals_.size()) continue;
    const Principal& found = principals_[*number - 1];
    if (found.kind == kind) return &found;
  }
  return nullptr;
}

Principal* Access::find(std::string_view id) {
  const Principal* found = principal(id);
  return found == nullptr ? nullptr
                          : &principals_[static_cast<std::size_t>(found - principals_.data())];
}

const Principal* Access::named(std::string_view name) const {
  const auto at = names_.find(name);
  return at == names_.end() ? nullptr : &principals_[at->second];
}

const Principal* Access::of_subject(std::string_view issuer, std::string_view subject) const {
  const auto at = subjects_.find({std::string(issuer), std::string(subject)});
  return at == subjects_.end() ? nullptr : &principals_[at->second];
}

const KeyRecord* Access::key(std::string_view id) const {
  const auto at = keys_.find(id);
  return at == keys_.end() ? nullptr : &at->second;
}

KeyCheck Access::check_key(std::string_view id, const Digest& hash, Time now) const {
  if (first_run_ && first_run_->key == id) {
    if (!equal_in_constant_time(bytes_of(first_run_->hash), bytes_of(hash)))
      return KeyCheck::kUnknown;
    return now < first_run_->expires ? KeyCheck::kFirstUse : KeyCheck::kExpired;
  }
  const KeyRecord* record = key(id);
  // The hash comes first: of a key whose secret is not known nothing is told.
  if (record == nullptr || !equal_in_constant_time(bytes_of(record->hash), bytes_of(hash)))
    return KeyCheck::kUnknown;
  if (now >= record->ended) return KeyCheck::kEnded;
  if (now >= record->expires) return KeyCheck::kExpired;
  const Principal* owner = principal(record->principal);
  return owner != nullptr && owner->enabled ? KeyCheck::kGood : KeyCheck::kDisabled;
}

Requester Access::requester_of(std::string_view key_id) const {
  const KeyRecord* record = key(key_id);
  CHECK(record != nullptr, "a key that was checked is there");
  return {record->principal, AuthMethod::kApiKey, record->id, record->cap, record->scope};
}

bool Access::still_valid(const Requester& requester, Time now) const {
  const Principal* who = principal(requester.principal);
  if (who == nullptr || !who->enabled) return false;
  if (requester.key.empty()) return true;
  const KeyRecord* record = key(requester.key);
  return record != nullptr && record->usable(now);
}

bool Access::key_use_is_due(std::string_view id, Time now) const {
  const KeyRecord* record = key(id);
  return record != nullptr && now - record->last_used >= kKeyUsePace;
}

Role Access::role_at(const Requester& requester, std::string_view project) const {
  const Principal* who = principal(requester.principal);
  if (who == nullptr || !who->enabled || !is_within(requester.scope, project)) return Role::kNone;
  Role held = Role::kNone;
  for (const Binding& binding : who->bindings)
    if (is_within(binding.project, project)) held = std::max(held, binding.role);
  return std::min(held, requester.cap);
}

Role Access::role_anywhere(const Requester& requester) const {
  const Principal* who = principal(requester.principal);
  if (who == nullptr || !who->enabled) return Role::kNone;
  Role held = Role::kNone;
  for (const Binding& binding : who->bindings)
    if (is_within(requester.scope, binding.project) || is_within(binding.project, requester.scope))
      held = std::max(held, binding.role);
  return std::min(held, requester.cap);
}

Verdict Access::decide(const Requester& requester, Action action, std::string_view project) const {
  const Rule& rule = rule_of(action);
  Role held = Role::kNone;
  bool sees = false;
  switch (rule.place) {
    case Place::kNode:
      held = role_at(requester, project);
      sees = held >= Role::kViewer;
      break;
    case Place::kParent:
      held = role_at(requester, parent_of(project));
      sees = role_at(requester, project) >= Role::kViewer;
      break;
    case Place::kRoot:
      held = role_at(requester, "");
      sees = role_anywhere(requester) >= Role::kViewer;
      break;
    case Place::kAnywhere:
      held = role_anywhere(requester);
      sees = held >= Role::kViewer;
      break;
  }
  if (held >= rule.least) return Verdict::kAllowed;
  return sees ? Verdict::kDenied : Verdict::kHidden;
}

std::vector<std::string> Access::subtrees(const Requester& requester, Action action) const {
  std::vector<std::string> found;
  const Principal* who = principal(requester.principal);
  if (who == nullptr || !who->enabled || requester.cap < rule_of(action).least) return found;
  for (const Binding& binding : who->bindings) {
    if (binding.role < rule_of(action).least) continue;
    // The lower of the two: where the role is held and the key reaches.
    if (is_within(requester.scope, binding.project))
      found.push_back(binding.project);
    else if (is_within(binding.project, requester.scope))
      found.push_back(requester.scope);
  }
  std::sort(found.begin(), found.end());
  std::vector<std::string> outermost;
  for (std::string& path : found)
    if (std::ranges::none_of(outermost,
                             [&](const std::string& above) { return is_within(above, path); }))
      outermost.push_back(std::move(path));
  return outermost;
}

bool Access::has_admin(Time now) const {
  return std::ranges::any_of(principals_, [&](const Principal& who) {
    if (!who.enabled ||
        role_at({who.id, AuthMethod::kNone, {}, Role::kAdmin, {}}, "") != Role::kAdmin)
      return false;
    if (!who.subject.empty()) return true;
    return std::ranges::any_of(keys_, [&](const auto& entry) {
      const KeyRecord& record = entry.second;
      return record.principal == who.id && record.usable(now) && record.cap == Role::kAdmin &&
             record.scope.empty();
    });
  });
}

std::string next_principal_id(const Access& access, PrincipalKind kind) {
  return fmt::format("{}{}", kind == PrincipalKind::kUser ? 'u' : 's',
                     access.principals().size() + 1);
}

}  // namespace sillar::server
