// Changes, held against what there is. Whatever comes here was decided by this or another version
// of the program, or was forged: it fits, or it is an error and nothing has changed.

#include <algorithm>

#include "model/names.h"
#include "server/access.h"
#include "server/api_key.h"

namespace sillar::server {
namespace {

tl::unexpected<Error> does_not_fit() {
  return invalid("a change of identity that does not fit what there is");
}

bool is_or_empty(std::string_view text) {
  return text.empty() || is_name(text);
}

// Nobody runs commands as the system's own administrator.
bool is_os_user(std::string_view text) {
  return is_or_empty(text) && text != "root" && text != "0";
}

bool is_whole(const Principal& who) {
  const bool service = who.kind == PrincipalKind::kService;
  return is_name(who.name) && is_or_empty(who.issuer) && is_or_empty(who.subject) &&
         who.issuer.empty() == who.subject.empty() && is_project_path(who.project) &&
         (service || who.project.empty()) && (!service || who.issuer.empty()) &&
         is_os_user(who.os_user);
}

bool is_whole(const KeyRecord& key) {
  return is_api_key_id(key.id) && key.cap != Role::kNone && is_project_path(key.scope) &&
         key.label.size() <= kLabelBytesMax && (key.label.empty() || is_name(key.label)) &&
         key.created < key.expires && key.created <= key.ended;
}

}  // namespace

Status Access::apply(const IdentityChange& change) {
  return std::visit([this](const auto& one) { return apply_one(one); }, change);
}

Status Access::apply_one(const PrincipalAdded& change) {
  const Principal& added = change.principal;
  if (principals_.size() >= kPrincipalsMax || !added.bindings.empty() || !is_whole(added) ||
      added.id != next_principal_id(*this, added.kind) || names_.contains(added.name))
    return does_not_fit();
  if (!added.subject.empty()) {
    const bool fresh =
        subjects_.try_emplace({added.issuer, added.subject}, principals_.size()).second;
    if (!fresh) return does_not_fit();
  }
  names_.emplace(added.name, principals_.size());
  principals_.push_back(added);
  return {};
}

Status Access::apply_one(const PrincipalChanged& change) {
  Principal* who = find(change.id);
  if (who == nullptr || who->name.empty() || !is_os_user(change.os_user)) return does_not_fit();
  who->os_user = change.os_user;
  who->enabled = change.enabled;
  return {};
}

Status Access::apply_one(const PrincipalForgotten& change) {
  Principal* who = find(change.id);
  if (who == nullptr || who->name.empty()) return does_not_fit();
  names_.erase(who->name);
  if (!who->subject.empty()) subjects_.erase({who->issuer, who->subject});
  std::erase_if(keys_, [&](const auto& entry) { return entry.second.principal == who->id; });
  *who = Principal{.id = who->id,
                   .kind = who->kind,
                   .name = {},
                   .issuer = {},
                   .subject = {},
                   .project = who->project,
                   .os_user = {},
                   .enabled = false,
                   .created = who->created,
                   .bindings = {}};
  return {};
}

Status Access::apply_one(const Granted& change) {
  Principal* who = find(change.id);
  const Binding& binding = change.binding;
  if (who == nullptr || who->name.empty() || binding.role == Role::kNone ||
      !is_project_path(binding.project))
    return does_not_fit();
  const auto at = std::ranges::lower_bound(who->bindings, binding.project, {}, &Binding::project);
  if (at != who->bindings.end() && at->project == binding.project) {
    at->role = binding.role;
    return {};
  }
  if (who->bindings.size() >= kBindingsOfOneMax) return does_not_fit();
  who->bindings.insert(at, binding);
  return {};
}

Status Access::apply_one(const GrantRevoked& change) {
  Principal* who = find(change.id);
  if (who == nullptr) return does_not_fit();
  const auto at = std::ranges::find(who->bindings, change.project, &Binding::project);
  if (at == who->bindings.end()) return does_not_fit();
  who->bindings.erase(at);
  return {};
}

std::size_t Access::keys_of(std::string_view principal) const {
  return static_cast<std::size_t>(std::ranges::count_if(
      keys_, [&](const auto& entry) { return entry.second.principal == principal; }));
}

bool Access::fits(const KeyRecord& key) const {
  const Principal* who = principal(key.principal);
  return who != nullptr && !who->name.empty() && is_whole(key) && !keys_.contains(key.id) &&
         (!first_run_ || first_run_->key != key.id);
}

Status Access::apply_one(const KeyAdded& change) {
  const KeyRecord& added = change.key;
  if (!fits(added) || added.ended != Time::never() || added.last_used.ns != 0)
    return does_not_fit();
  std::vector<std::string> gone;
  for (const auto& [id, kept] : keys_) {
    const Time end = std::min(kept.ended, kept.expires);
    if (kept.principal == added.principal && end < Time::never() &&
        added.created - end >= kEndedKeysKept)
      gone.push_back(id);
  }
  if (keys_.size() - gone.size() >= kKeysMax ||
      keys_of(added.principal) - gone.size() >= kKeysOfOneMax)
    return does_not_fit();
  for (const std::string& id : gone) keys_.erase(id);
  keys_.emplace(added.id, added);
  return {};
}

Status Access::apply_one(const KeyEnded& change) {
  const auto at = keys_.find(change.id);
  // An end may come nearer, never go further.
  if (at == keys_.end() || change.at < at->second.created || change.at > at->second.ended)
    return does_not_fit();
  at->second.ended = change.at;
  return {};
}

Status Access::apply_one(const KeyUsed& change) {
  const auto at = keys_.find(change.id);
  if (at == keys_.end() || change.at < at->second.last_used) return does_not_fit();
  at->second.last_used = change.at;
  return {};
}

Status Access::apply_one(const FirstRunOffered& change) {
  if (!principals_.empty() || !is_api_key_id(change.offer.key) || !is_os_user(change.offer.os_user))
    return does_not_fit();
  first_run_ = change.offer;  // In place of one that nobody used.
  return {};
}

Status Access::apply_one(const FirstRunRedeemed& change) {
  if (!first_run_ || !principals_.empty() || change.at >= first_run_->expires)
    return does_not_fit();
  const FirstRun offer = *first_run_;
  first_run_.reset();
  Principal admin;
  admin.id = next_principal_id(*this, PrincipalKind::kUser);
  admin.name = "admin";
  admin.os_user = offer.os_user;
  admin.created = change.at;
  admin.bindings = {{"", Role::kAdmin}};
  names_.emplace(admin.name, 0);
  keys_.emplace(offer.key, KeyRecord{.id = offer.key,
                                     .principal = admin.id,
                                     .label = "first-run",
                                     .hash = offer.hash,
                                     .cap = Role::kAdmin,
                                     .scope = {},
                                     .created = change.at,
                                     .expires = Time::never(),
                                     .ended = Time::never(),
                                     .last_used = change.at});
  principals_.push_back(std::move(admin));
  return {};
}

}  // namespace sillar::server
