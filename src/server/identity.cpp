#include "server/identity.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/names.h"

namespace sillar::server {
namespace {

using Refused = tl::unexpected<Refusal>;

Refused refuse(RefusalKind kind, std::string message) {
  return Refused(Refusal{kind, std::move(message)});
}
Refused hidden() {
  return refuse(RefusalKind::kHidden, "There is no such thing.");
}
Refused denied(std::string message) {
  return refuse(RefusalKind::kDenied, std::move(message));
}
Refused refused_by(Verdict verdict, Action action) {
  if (verdict == Verdict::kHidden) return hidden();
  return denied(fmt::format("This needs the right {}.", rule_of(action).name));
}

// Tried on a copy: what does not fit is a conflict, and somebody has to be left to administer.
OrRefusal<Changes> tried(const Access& access, Changes changes, Time now) {
  Access after = access;
  for (const IdentityChange& change : changes)
    if (!after.apply(change))
      return refuse(RefusalKind::kConflict, "This does not fit what there is, or passes a limit.");
  if (access.has_admin(now) && !after.has_admin(now))
    return refuse(
        RefusalKind::kConflict,
        "Nobody could administer the whole afterwards. Make another administrator first.");
  return changes;
}

OrRefusal<Changes> tried(const Access& access, IdentityChange change, Time now) {
  Changes changes;
  changes.push_back(std::move(change));
  return tried(access, std::move(changes), now);
}

// Who manages a principal: of a service account, whoever manages its project's; of a user, who
// manages users.
Verdict may_manage(const Access& access, const Requester& by, const Principal& who) {
  const Verdict verdict = who.kind == PrincipalKind::kService
                              ? access.decide(by, Action::kServiceAccountManage, who.project)
                              : access.decide(by, Action::kUserManage, "");
  if (verdict == Verdict::kAllowed) return verdict;
  return may_see(access, by, who) ? Verdict::kDenied : Verdict::kHidden;
}

Action manages(const Principal& who) {
  return who.kind == PrincipalKind::kService ? Action::kServiceAccountManage : Action::kUserManage;
}

// One that the requester may know of; null otherwise.
const Principal* seen(const Access& access, const Requester& by, std::string_view id) {
  const Principal* who = access.principal(id);
  return who != nullptr && !who->name.empty() && may_see(access, by, *who) ? who : nullptr;
}

bool has_higher(const Principal& who, Role than) {
  return std::ranges::any_of(who.bindings,
                             [&](const Binding& binding) { return binding.role > than; });
}

// A key reaches no further than its maker: who asks by a key is bound by that one.
OrRefusal<Time> within_maker(const Access& access, const Requester& by, const NewKey& key) {
  if (key.cap > by.cap || !is_within(by.scope, key.scope))
    return denied("A key can do no more and reach no further than the one that it is made with.");
  const KeyRecord* maker = access.key(by.key);
  if (maker == nullptr) return key.expires;
  if (key.expires != Time::never() && key.expires > maker->expires)
    return denied("A key can live no longer than the one that it is made with.");
  return std::min(key.expires, maker->expires);
}

}  // namespace

Status Identity::apply(std::string_view record) {
  SILLAR_TRY(change, read_change(record));
  return access_.apply(change);
}

Status Identity::read_state(std::string_view bytes) {
  SILLAR_TRY(access, Access::read(bytes));
  access_ = std::move(access);
  return {};
}

bool may_see(const Access& access, const Requester& by, const Principal& who) {
  if (who.id == by.principal) return true;
  const auto sees = [&](std::string_view project) {
    return access.decide(by, Action::kIdentityView, project) == Verdict::kAllowed;
  };
  if (who.kind == PrincipalKind::kService && sees(who.project)) return true;
  return sees("") || std::ranges::any_of(who.bindings, [&](const Binding& binding) {
           return sees(binding.project);
         });
}

Result<IdentityChange> offer_first_run(const Access& access, const ApiKey& key,
                                       std::string_view pepper, Time now, std::string os_user) {
  if (os_user == "root") os_user.clear();
  const FirstRun offer{key.id, api_key_hash(pepper, key), now + kFirstRunLife, std::move(os_user)};
  IdentityChange change = FirstRunOffered{offer};
  Access after = access;
  SILLAR_TRY_STATUS(after.apply(change));
  return change;
}

OrRefusal<Changes> add_user(const Access& access, const Requester& by, const NewUser& user,
                            Time now) {
  const Verdict verdict = access.decide(by, Action::kUserManage, "");
  if (verdict != Verdict::kAllowed) return refused_by(verdict, Action::kUserManage);
  if (!is_name(user.name))
    return refuse(RefusalKind::kInvalid, "A name has no blanks and is not empty.");
  if (user.issuer.empty() != user.subject.empty())
    return refuse(RefusalKind::kInvalid, "An issuer and its subject go together.");
  if (access.named(user.name) != nullptr)
    return refuse(RefusalKind::kConflict, "Another has this name.");
  if (!user.subject.empty() && access.of_subject(user.issuer, user.subject) != nullptr)
    return refuse(RefusalKind::kConflict, "Another has this subject.");
  Principal added;
  added.id = next_principal_id(access, PrincipalKind::kUser);
  added.name = user.name;
  added.issuer = user.issuer;
  added.subject = user.subject;
  added.os_user = user.os_user;
  added.created = now;
  return tried(access, PrincipalAdded{std::move(added)}, now);
}

OrRefusal<Changes> add_service_account(const Access& access, const Requester& by,
                                       const NewServiceAccount& account, Time now) {
  if (!is_project_path(account.project)) return hidden();
  const Verdict verdict = access.decide(by, Action::kServiceAccountManage, account.project);
  if (verdict != Verdict::kAllowed) return refused_by(verdict, Action::kServiceAccountManage);
  if (!is_name(account.name))
    return refuse(RefusalKind::kInvalid, "A name has no blanks and is not empty.");
  if (access.named(account.name) != nullptr)
    return refuse(RefusalKind::kConflict, "Another has this name.");
  Principal added;
  added.id = next_principal_id(access, PrincipalKind::kService);
  added.kind = PrincipalKind::kService;
  added.name = account.name;
  added.project = account.project;
  added.created = now;
  return tried(access, PrincipalAdded{std::move(added)}, now);
}

OrRefusal<Changes> change_principal(const Access& access, const Requester& by,
                                    const PrincipalChanged& change, Time now) {
  const Principal* who = seen(access, by, change.id);
  if (who == nullptr) return hidden();
  const Verdict verdict = may_manage(access, by, *who);
  if (verdict != Verdict::kAllowed) return refused_by(verdict, manages(*who));
  // As whom commands run is a right on the machine, not in a project.
  if (change.os_user != who->os_user &&
      access.decide(by, Action::kUserManage, "") != Verdict::kAllowed)
    return denied(fmt::format("This needs the right {}.", rule_of(Action::kUserManage).name));
  if (change.os_user == "root")
    return refuse(RefusalKind::kInvalid, "Commands do not run as root.");
  return tried(access, change, now);
}

OrRefusal<Changes> forget_principal(const Access& access, const Requester& by,
                                    std::string_view principal, Time now) {
  const Principal* who = seen(access, by, principal);
  if (who == nullptr) return hidden();
  const Verdict verdict = may_manage(access, by, *who);
  if (verdict != Verdict::kAllowed) return refused_by(verdict, manages(*who));
  return tried(access, PrincipalForgotten{who->id}, now);
}

OrRefusal<Changes> grant(const Access& access, const Requester& by, std::string_view principal,
                         const Binding& binding, Time now) {
  if (!is_project_path(binding.project) || binding.role == Role::kNone)
    return refuse(RefusalKind::kInvalid, "A grant has a role and a project.");
  const Verdict verdict = access.decide(by, Action::kGrant, binding.project);
  if (verdict != Verdict::kAllowed) return refused_by(verdict, Action::kGrant);
  const Principal* who = seen(access, by, principal);
  if (who == nullptr) return hidden();
  if (who->id == by.principal) return denied("Nobody grants himself a role.");
  if (who->kind == PrincipalKind::kService && !is_within(who->project, binding.project))
    return denied("A service account has roles within its own project alone.");
  const Role own = access.role_at(by, binding.project);
  if (binding.role > own) return denied("Nobody grants more than he may do himself.");
  const auto held = std::ranges::find(who->bindings, binding.project, &Binding::project);
  if (held != who->bindings.end() && held->role > own)
    return denied("The role that is held there is above yours.");
  return tried(access, Granted{who->id, binding}, now);
}

OrRefusal<Changes> revoke_grant(const Access& access, const Requester& by,
                                std::string_view principal, std::string_view project, Time now) {
  const Principal* who = seen(access, by, principal);
  if (who == nullptr) return hidden();
  const bool own = who->id == by.principal;
  const Verdict verdict = access.decide(by, Action::kGrant, project);
  if (!own && verdict != Verdict::kAllowed) return refused_by(verdict, Action::kGrant);
  const auto held = std::ranges::find(who->bindings, project, &Binding::project);
  if (held == who->bindings.end()) return hidden();
  if (!own && held->role > access.role_at(by, project))
    return denied("The role that is held there is above yours.");
  return tried(access, GrantRevoked{who->id, std::string(project)}, now);
}

OrRefusal<Changes> add_key(const Access& access, const Requester& by, const NewKey& key, Time now) {
  const Principal* who = seen(access, by, key.principal);
  if (who == nullptr) return hidden();
  const bool own = who->id == by.principal;
  if (own) {
    const Verdict verdict = access.decide(by, Action::kOwnKeyManage, "");
    if (verdict != Verdict::kAllowed) return refused_by(verdict, Action::kOwnKeyManage);
  } else {
    const Verdict verdict = may_manage(access, by, *who);
    if (verdict != Verdict::kAllowed) return refused_by(verdict, manages(*who));
    // Whoever holds a user's key is that user: nobody makes one for somebody above himself.
    if (has_higher(*who, access.role_at(by, who->project)))
      return denied("The roles that are held there are above yours.");
  }
  if (key.cap == Role::kNone || !is_project_path(key.scope) || key.expires <= now)
    return refuse(RefusalKind::kInvalid, "A key has a role, a project and a time to live.");
  const OrRefusal<Time> expires = within_maker(access, by, key);
  if (!expires) return Refused(expires.error());
  KeyRecord record;
  record.id = key.id;
  record.principal = who->id;
  record.label = key.label;
  record.hash = key.hash;
  record.cap = key.cap;
  record.scope = key.scope;
  record.created = now;
  record.expires = *expires;
  return tried(access, KeyAdded{std::move(record)}, now);
}

namespace {

// A key that the requester may end or replace: its own, or of one that it manages.
OrRefusal<const KeyRecord*> manageable(const Access& access, const Requester& by,
                                       std::string_view id) {
  const KeyRecord* key = access.key(id);
  const Principal* who = key == nullptr ? nullptr : seen(access, by, key->principal);
  if (who == nullptr) return hidden();
  if (who->id != by.principal) {
    const Verdict verdict = may_manage(access, by, *who);
    if (verdict != Verdict::kAllowed) return refused_by(verdict, manages(*who));
  }
  return key;
}

}  // namespace

OrRefusal<Changes> rotate_key(const Access& access, const Requester& by,
                              const Replacement& replacement, Time now) {
  const auto old_key = manageable(access, by, replacement.old_key);
  if (!old_key) return Refused(old_key.error());
  const KeyRecord& kept = **old_key;
  if (!kept.usable(now)) return refuse(RefusalKind::kConflict, "That key has ended.");
  if (replacement.overlap < Duration{} || replacement.overlap > kOverlapMax)
    return refuse(RefusalKind::kInvalid, "A replaced key goes on for seven days at most.");
  // By the rules for a new one, of the same reach and end.
  const NewKey wanted{kept.principal, kept.label,     kept.cap,        kept.scope,
                      kept.expires,   replacement.id, replacement.hash};
  auto changes = add_key(access, by, wanted, now);
  if (!changes) return changes;
  changes->push_back(KeyEnded{kept.id, std::min(kept.ended, now + replacement.overlap)});
  return tried(access, std::move(*changes), now);
}

OrRefusal<Changes> end_key(const Access& access, const Requester& by, std::string_view key,
                           Time now) {
  const auto kept = manageable(access, by, key);
  if (!kept) return Refused(kept.error());
  if ((*kept)->ended <= now) return refuse(RefusalKind::kConflict, "That key has ended.");
  return tried(access, KeyEnded{(*kept)->id, now}, now);
}

}  // namespace sillar::server
