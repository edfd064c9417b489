#include "server/operations.h"
#include "server/shapes.h"

namespace sillar::server {
namespace {

Value role() {
  return shape::words({"viewer", "member", "manager", "admin"}, "Each may what those before may.");
}

Value principal_shape() {
  return shape::object(
      "A person, or a program that acts for a project.",
      {{"id", shape::text("What the audit log calls it.")},
       {"name", shape::text("Its name.")},
       {"principal_kind", shape::words({"user", "service"}, "Which of the two it is.")},
       {"project", shape::text("A service account's project; empty for a user.")},
       {"os_user", shape::text("As whom its commands run on this machine; empty: as nobody.")},
       {"enabled", shape::boolean("Whether it is let in.")},
       {"roles", shape::list(shape::object(
                     "A role in a subtree of projects.",
                     {{"project", shape::text("Its root; empty: all.")}, {"role", role()}}))}});
}

Value key_shape() {
  return shape::object("A key; its secret is not kept.",
                       {{"id", shape::text("The part of the token that is not secret.")},
                        {"principal", shape::text("Whose it is.")},
                        {"label", shape::text("What it is for.")},
                        {"role", shape::words({"viewer", "member", "manager", "admin"},
                                              "It may no more than this.")},
                        {"project", shape::text("And only here; empty: everywhere.")},
                        {"created", shape::time("When it was made.")},
                        {"expires", shape::or_null(shape::time("When it ends by itself."))},
                        {"ended", shape::or_null(shape::time("When it was ended."))}});
}

Value leaf_shape() {
  return shape::object(
      "A line of the audit log, as it was hashed.",
      {{"index", shape::count("Its place in the log.")},
       {"at", shape::time("When.")},
       {"actor", shape::text("The id of who asked; empty: nobody known.")},
       {"method", shape::text("How that was proven.")},
       {"project", shape::text("Which project it was about.")},
       {"action", shape::text("What was asked for.")},
       {"object", shape::text("Of what.")},
       {"outcome", shape::words({"allowed", "refused"}, "What came of it.")},
       {"code", shape::text("Why it was refused.")},
       {"before", shape::text("Hash of the object before.")},
       {"after", shape::text("And after.")},
       {"request", shape::text("The request's id.")},
       {"source", shape::words({"none", "loopback", "private", "public"}, "Where from.")}});
}

std::vector<NamedShape> identity_shapes() {
  return {
      {"Caller", shape::answer("Caller", "Who asks.",
                               {{"name", shape::text("The principal's name.")},
                                {"method", shape::text("How it proved who it is.")},
                                {"os_user", shape::text("As whom its commands run here.")}})},
      {"PrincipalList", shape::answer("PrincipalList", "Principals that the caller may know of.",
                                      {{"items", shape::list(shape::ref("Principal"))}})},
      {"Principal", principal_shape()},
      {"NewPrincipal",
       shape::object("Who joins.",
                     {{"kind", shape::words({"user", "service"}, "Which of the two.")},
                      {"name", shape::text("Without blanks.")},
                      shape::optional("project", shape::text("A service account's.")),
                      shape::optional("issuer", shape::text("Of a user's OpenID tokens.")),
                      shape::optional("subject", shape::text("A user's, in those tokens.")),
                      shape::optional("os_user", shape::text("As whom its commands run."))}),
       R"({"kind": "user", "name": "ann"})"},
      {"NewRole",
       shape::object("A role to give.",
                     {shape::optional("project", shape::text("Where; empty: everywhere.")),
                      {"role", role()}}),
       R"({"project": "acme/research", "role": "member"})"},
      {"KeyList", shape::answer("KeyList", "Keys that the caller may know of.",
                                {{"items", shape::list(shape::ref("KeyRecord"))}})},
      {"KeyRecord", key_shape()},
      {"NewKey",
       shape::object(
           "A key to make.",
           {shape::optional("principal", shape::text("Whose; without it the caller's own.")),
            shape::optional("label", shape::text("What it is for.")),
            shape::optional("role", role()), shape::optional("project", shape::text("Only here.")),
            shape::optional("expires_in", shape::text("A duration, such as 90d."))}),
       R"({"label": "ci", "role": "member", "expires_in": "90d"})"},
      {"Key",
       shape::answer(
           "Key", "A new key.",
           {{"id", shape::text("Its id.")},
            {"token", shape::or_null(shape::text("The whole key, shown this once; null where the "
                                                 "request was repeated."))}})},
      {"AuditList",
       shape::answer("AuditList", "Lines of the audit log, newest first.",
                     {{"items", shape::list(shape::ref("AuditLeaf"))},
                      {"before", shape::or_null(shape::text(
                                     "Hand it in as `before` for older ones; null: no more."))}})},
      {"AuditLeaf", leaf_shape()},
  };
}

std::vector<Operation> principal_operations() {
  return {
      {.method = "GET",
       .pattern = "/api/v1/whoami",
       .id = "getCaller",
       .summary = "Who the caller is",
       .replies = {{200, "Caller", "The caller."}}},
      {.method = "GET",
       .pattern = "/api/v1/principals",
       .id = "listPrincipals",
       .summary = "Users and service accounts",
       .right = Action::kIdentityView,
       .replies = {{200, "PrincipalList", "Those that the caller may know of."}}},
      {.method = "POST",
       .pattern = "/api/v1/principals",
       .id = "addPrincipal",
       .summary = "Adds a user or a service account",
       .doc = "A user takes an administrator; a service account a manager of its project.",
       .right = Action::kUserManage,
       .body = "NewPrincipal",
       .replies = {{201, "AcceptedName", "It is there."}},
       .problems = {403, 404, 409}},
      {.method = "PUT",
       .pattern = "/api/v1/principals/{name}/roles",
       .id = "putRole",
       .summary = "Gives a role in a subtree of projects",
       .doc = "Nobody gives more than they have.",
       .right = Action::kGrant,
       .body = "NewRole",
       .replies = {{200, "AcceptedName", "It is given."}},
       .problems = {403, 404}},
      {.method = "DELETE",
       .pattern = "/api/v1/principals/{name}/roles",
       .id = "removeRole",
       .summary = "Takes a role back",
       .right = Action::kGrant,
       .query = {{"project", shape::text("Where it was given; without it, everywhere.")}},
       .replies = {{200, "AcceptedName", "It is taken."}},
       .problems = {403, 404, 409}},
  };
}

std::vector<Operation> key_operations() {
  return {
      {.method = "GET",
       .pattern = "/api/v1/keys",
       .id = "listKeys",
       .summary = "Keys, without their secrets",
       .right = Action::kOwnKeyManage,
       .replies = {{200, "KeyList", "Those that the caller may know of."}}},
      {.method = "POST",
       .pattern = "/api/v1/keys",
       .id = "createKey",
       .summary = "Makes a key",
       .doc = "Its token is shown in this answer and nowhere else, ever.",
       .right = Action::kOwnKeyManage,
       .body = "NewKey",
       .replies = {{201, "Key", "The key."}},
       .problems = {403, 404}},
      {.method = "DELETE",
       .pattern = "/api/v1/keys/{id}",
       .id = "removeKey",
       .summary = "Ends a key at once",
       .right = Action::kOwnKeyManage,
       .replies = {{200, "AcceptedName", "It opens nothing any more."}},
       .problems = {403, 404, 409}},
      {.method = "GET",
       .pattern = "/api/v1/audit",
       .id = "listAudit",
       .summary = "Lines of the audit log",
       .right = Action::kAuditView,
       .query = {{"before", shape::count("The index of a leaf: older ones than that.")}},
       .replies = {{200, "AuditList", "Those of projects that the caller administers."}},
       .problems = {400, 403}},
  };
}

}  // namespace

Chapter identity_chapter() {
  Chapter chapter{"identity", "Who may do what, and what was done.", principal_operations(),
                  identity_shapes()};
  for (Operation& operation : key_operations()) chapter.operations.push_back(std::move(operation));
  return chapter;
}

}  // namespace sillar::server
