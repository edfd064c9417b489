// Principals, their roles and keys, and the audit log, over HTTP.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "base/document.h"
#include "base/json_writer.h"
#include "server/api.h"
#include "server/problem.h"

namespace sillar::server {
namespace {

constexpr std::uint64_t kAuditPage = 200;

Answer refusal_answer(const Refusal& refusal) {
  switch (refusal.kind) {
    case RefusalKind::kHidden:
      return problem(404, "not-found", refusal.message);
    case RefusalKind::kDenied:
      return problem(403, "forbidden", refusal.message);
    case RefusalKind::kInvalid:
      return problem(400, "invalid-input", refusal.message);
    case RefusalKind::kConflict:
      return problem(409, "conflict", refusal.message);
    case RefusalKind::kLimit:
      break;
  }
  return problem(422, "limit", refusal.message);
}

// A flat object of texts, of which only those keys may be there.
using Fields = std::map<std::string, std::string, std::less<>>;
Result<Fields> read_fields(const net::Request& request, std::initializer_list<const char*> known) {
  SILLAR_TRY(document, parse_document("body", request.body));
  if (document.root.kind != Value::Kind::kMapping) return invalid("body: an object was expected");
  Fields fields;
  for (const auto& [key, value] : document.root.fields) {
    if (std::find(known.begin(), known.end(), key) == known.end())
      return invalid(fmt::format("body:{}:{}: there is no field '{}' here; there are {}",
                                 value.line, value.column, key, fmt::join(known, ", ")));
    if (value.kind != Value::Kind::kScalar)
      return invalid(
          fmt::format("body:{}:{}: {}: a text was expected", value.line, value.column, key));
    fields[key] = value.scalar;
  }
  return fields;
}

std::string field(const Fields& fields, std::string_view name) {
  const auto found = fields.find(name);
  return found == fields.end() ? std::string{} : found->second;
}

Answer record_all(Core& core, const OrRefusal<Changes>& changes, int status, JsonWriter& json) {
  if (!changes) return refusal_answer(changes.error());
  for (const IdentityChange& change : *changes)
    core.record(PartId::kIdentity, change_bytes(change));
  return {status, json.take(), {}};
}

JsonWriter accepted(std::string_view name) {
  JsonWriter json;
  json.begin_object()
      .field("apiVersion", "sillar/v1")
      .field("kind", "Accepted")
      .field("name", name)
      .end_object();
  return json;
}

// By id or by name.
std::string principal_id(const Access& access, std::string_view who) {
  const Principal* named = access.named(who);
  return named == nullptr ? std::string(who) : named->id;
}

void write_principal(JsonWriter& json, const Principal& who) {
  json.begin_object()
      .field("id", who.id)
      .field("name", who.name)
      .field("principal_kind", who.kind == PrincipalKind::kUser ? "user" : "service")
      .field("project", who.project)
      .field("os_user", who.os_user)
      .field_bool("enabled", who.enabled)
      .key("roles")
      .begin_array();
  for (const Binding& binding : who.bindings)
    json.begin_object()
        .field("project", binding.project)
        .field("role", role_name(binding.role))
        .end_object();
  json.end_array().end_object();
}

void write_key(JsonWriter& json, const Access& access, const KeyRecord& key) {
  const Principal* who = access.principal(key.principal);
  json.begin_object()
      .field("id", key.id)
      .field("principal", who == nullptr ? key.principal : who->name)
      .field("label", key.label)
      .field("role", role_name(key.cap))
      .field("project", key.scope)
      .field("created", format_time(key.created));
  json.key("expires");
  key.expires == Time::never() ? json.null() : json.string(format_time(key.expires));
  json.key("ended");
  key.ended == Time::never() ? json.null() : json.string(format_time(key.ended));
  json.end_object();
}

JsonWriter list_of(std::string_view kind) {
  JsonWriter json;
  json.begin_object()
      .field("apiVersion", "sillar/v1")
      .field("kind", kind)
      .key("items")
      .begin_array();
  return json;
}

Subject role_subject(std::string_view project, std::string_view who) {
  return {Action::kGrant, std::string(project), fmt::format("principal/{}", who)};
}

}  // namespace

void list_principals(Api&, const std::shared_ptr<Call>& call) {
  const Caller& caller = call->caller();
  JsonWriter json = list_of("PrincipalList");
  for (const Principal& who : caller.access->principals())
    if (!who.name.empty() && may_see(*caller.access, caller.requester, who))
      write_principal(json, who);
  json.end_array().end_object();
  call->reply({200, json.take(), {}});
}

void add_principal(Api& api, const std::shared_ptr<Call>& call) {
  const auto fields =
      read_fields(call->request(), {"kind", "name", "project", "issuer", "subject", "os_user"});
  if (!fields) return call->reply(problem(fields.error()));
  const std::string kind = field(*fields, "kind");
  if (kind != "user" && kind != "service")
    return call->reply(problem(400, "invalid-input", "body: kind is user or service."));
  const std::string name = field(*fields, "name");
  const Action action = kind == "user" ? Action::kUserManage : Action::kServiceAccountManage;
  api.mutate(
      call, Urgency::kAdmission, {action, field(*fields, "project"), "principal/" + name},
      [fields = *fields, kind, name](Core& core, const Caller& caller) {
        const Access& access = core.parts().identity.access();
        JsonWriter json = accepted(name);
        if (kind == "user") {
          const NewUser user{name, field(fields, "issuer"), field(fields, "subject"),
                             field(fields, "os_user")};
          return record_all(core, add_user(access, caller.requester, user, core.now()), 201, json);
        }
        const NewServiceAccount account{name, field(fields, "project")};
        return record_all(core, add_service_account(access, caller.requester, account, core.now()),
                          201, json);
      });
}

void put_role(Api& api, const std::shared_ptr<Call>& call) {
  const auto fields = read_fields(call->request(), {"project", "role"});
  if (!fields) return call->reply(problem(fields.error()));
  const auto role = role_of(field(*fields, "role"));
  if (!role)
    return call->reply(
        problem(400, "invalid-input", "body: role is viewer, member, manager or admin."));
  const std::string name(call->parameter("name"));
  const Binding binding{field(*fields, "project"), *role};
  api.mutate(call, Urgency::kAdmission, role_subject(binding.project, name),
             [name, binding](Core& core, const Caller& caller) {
               const Access& access = core.parts().identity.access();
               JsonWriter json = accepted(name);
               return record_all(
                   core,
                   grant(access, caller.requester, principal_id(access, name), binding, core.now()),
                   200, json);
             });
}

void remove_role(Api& api, const std::shared_ptr<Call>& call) {
  const std::string name(call->parameter("name"));
  const std::string project(call->query("project"));
  api.mutate(call, Urgency::kRelease, role_subject(project, name),
             [name, project](Core& core, const Caller& caller) {
               const Access& access = core.parts().identity.access();
               JsonWriter json = accepted(name);
               return record_all(core,
                                 revoke_grant(access, caller.requester, principal_id(access, name),
                                              project, core.now()),
                                 200, json);
             });
}

void list_keys(Api&, const std::shared_ptr<Call>& call) {
  const Caller& caller = call->caller();
  JsonWriter json = list_of("KeyList");
  for (const auto& [id, key] : caller.access->keys()) {
    const Principal* who = caller.access->principal(key.principal);
    if (who != nullptr && may_see(*caller.access, caller.requester, *who))
      write_key(json, *caller.access, key);
  }
  json.end_array().end_object();
  call->reply({200, json.take(), {}});
}

void create_key(Api& api, const std::shared_ptr<Call>& call) {
  const auto fields =
      read_fields(call->request(), {"principal", "label", "role", "project", "expires_in"});
  if (!fields) return call->reply(problem(fields.error()));
  NewKey wanted;
  wanted.label = field(*fields, "label");
  wanted.scope = field(*fields, "project");
  if (const std::string text = field(*fields, "role"); !text.empty()) {
    const auto role = role_of(text);
    if (!role)
      return call->reply(
          problem(400, "invalid-input", "body: role is viewer, member, manager or admin."));
    wanted.cap = *role;
  }
  if (const std::string text = field(*fields, "expires_in"); !text.empty()) {
    const auto life = parse_duration(text);
    if (!life || life->ns <= 0)
      return call->reply(
          problem(400, "invalid-input", "body: expires_in is a duration such as 90d or 12h."));
    wanted.expires = api.now() + *life;
  }
  const ApiKey key = new_api_key();
  wanted.id = key.id;
  wanted.hash = api.hash_of(key);
  const std::string who = field(*fields, "principal");
  api.mutate(call, Urgency::kAdmission, {Action::kOwnKeyManage, wanted.scope, "key/" + key.id},
             [wanted, who, token = api_key_text(key)](Core& core, const Caller& caller) {
               const Access& access = core.parts().identity.access();
               NewKey key_of_it = wanted;
               key_of_it.principal =
                   who.empty() ? caller.requester.principal : principal_id(access, who);
               const auto answer_with = [&](std::string_view secret) {
                 JsonWriter json;
                 json.begin_object()
                     .field("apiVersion", "sillar/v1")
                     .field("kind", "Key")
                     .field("id", wanted.id);
                 json.key("token");
                 secret.empty() ? json.null() : json.string(secret);
                 json.end_object();
                 return json;
               };
               JsonWriter json = answer_with(token);
               Answer answer = record_all(
                   core, add_key(access, caller.requester, key_of_it, core.now()), 201, json);
               // Shown once, and written down nowhere.
               if (answer.status == 201) answer.kept = answer_with({}).take();
               return answer;
             });
}

void remove_key(Api& api, const std::shared_ptr<Call>& call) {
  const std::string id(call->parameter("id"));
  api.mutate(call, Urgency::kRelease, {Action::kOwnKeyManage, {}, "key/" + id},
             [id](Core& core, const Caller& caller) {
               JsonWriter json = accepted(id);
               return record_all(
                   core, end_key(core.parts().identity.access(), caller.requester, id, core.now()),
                   200, json);
             });
}

void list_audit(Api& api, const std::shared_ptr<Call>& call) {
  std::uint64_t before = 0;
  if (const auto text = call->query("before"); !text.empty()) {
    const auto read = std::from_chars(text.data(), text.data() + text.size(), before);
    if (read.ec != std::errc{} || read.ptr != text.data() + text.size())
      return call->reply(problem(400, "invalid-input", "before is the index of a leaf."));
  }
  const auto readable =
      call->caller().access->subtrees(call->caller().requester, Action::kAuditView);
  if (readable.empty())
    return call->reply(problem(403, "forbidden", "Your role does not include audit.view."));
  api.ask(call, [before, readable](Core& core) -> Answer {
    if (!core.archive()) return problem(404, "not-found", "There is no audit log.");
    const auto leaves = audit_leaves(*core.archive(), before, kAuditPage);
    if (!leaves) return problem(leaves.error());
    JsonWriter json = list_of("AuditList");
    for (const AuditLeaf& leaf : *leaves)
      if (std::any_of(readable.begin(), readable.end(),
                      [&](const std::string& at) { return is_within(at, leaf.project); }))
        json.decimal(leaf_text(leaf));
    json.end_array();
    json.key("before");
    leaves->size() < kAuditPage ? json.null() : json.string(std::to_string(leaves->back().index));
    json.end_object();
    return {200, json.take(), {}};
  });
}

}  // namespace sillar::server
