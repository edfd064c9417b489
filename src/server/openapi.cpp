#include "server/openapi.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/check.h"
#include "model/schema.h"
#include "server/answers.h"
#include "server/api.h"
#include "server/operations.h"
#include "server/shapes.h"
#include "server/views.h"

namespace sillar::server {
namespace {

constexpr std::string_view kDescription =
    "Everything that the command line and the pages do goes through here.\n\n"
    "**Who asks.** A bearer token: an API key or an OpenID token. What a caller may not know of is "
    "answered as if it were not there.\n\n"
    "**Mutations** are durable once they are answered. With an `Idempotency-Key` a request is done "
    "once and answered alike for 24 hours, also after a restart; the same key with another request "
    "is refused (422).\n\n"
    "**Lists** take `limit` and `continue`: a page names where the next one begins.\n\n"
    "**Errors** are problems (RFC 9457). The `code` does not change, and `type` is "
    "`urn:sillar:problem:` and the code. Any request may be answered with 400, 405, 408, 413, 414, "
    "421 or 431 before it is looked at: malformed, too slow, too large, or for another host.\n\n"
    "**Overload.** 503 and 429 say in Retry-After when to come back; 507 says that the disk is "
    "almost full.\n\n"
    "**Change.** Fields and operations are added within a version; readers ignore what they do not "
    "know. What goes away says so in Deprecation and Sunset headers first.";

Value list_of(std::vector<Value> items) {
  Value out = Value::sequence();
  out.items = std::move(items);
  return out;
}

Value named_ref(std::string_view section, std::string_view name) {
  return Value::mapping().set("$ref",
                              Value::text(fmt::format("#/components/{}/{}", section, name)));
}

Value parsed(std::string_view name, std::string_view json) {
  auto document = parse_document(std::string(name), json);
  CHECK(document.has_value(), "an example of the API's description is JSON");
  return std::move(document->root);
}

bool changes_something(const Operation& operation) {
  return operation.method != "GET";
}

struct Fault {
  int status;
  std::string_view name;
  std::string_view doc;
};
constexpr Fault kFaults[] = {
    {400, "BadRequest", "The request is malformed; the detail says where."},
    {401, "NotAuthenticated", "No token, or one that is not good."},
    {403, "Forbidden", "The caller knows of it, and its role does not include this."},
    {404, "NotFound", "There is no such thing, or the caller may not know of it."},
    {409, "Conflict", "It does not fit what there is: a name that is taken, a key that ended."},
    {422, "Refused", "It was understood and refused; the code says why."},
    {503, "Overloaded", "More waits than is taken; see Retry-After."},
    {507, "DiskFull", "The disk that holds the journal is almost full; see Retry-After."},
};

std::string_view fault_name(int status) {
  const auto* found = std::ranges::find(kFaults, status, &Fault::status);
  CHECK(found != std::end(kFaults), "each problem of an operation has its words");
  return found->name;
}

Value content(std::string_view type, Value schema) {
  return Value::mapping().set(type, Value::mapping().set("schema", std::move(schema)));
}

Value schema_of(const Reply& reply) {
  if (!reply.shape.empty()) return shape::ref(reply.shape);
  if (reply.type == "application/json") return Value::mapping().set("type", Value::text("object"));
  return shape::text({});
}

// An operation's statuses: what is hoped for first.
Value responses(const Operation& operation, bool needs_caller) {
  Value out = Value::mapping();
  for (std::size_t i = 0; i < operation.replies.size();) {
    const Reply& reply = operation.replies[i];
    Value answer = Value::mapping().set("description", Value::text(reply.doc));
    if (changes_something(operation))
      answer.set("headers", Value::mapping().set("Idempotency-Replayed",
                                                 named_ref("headers", "Idempotency-Replayed")));
    Value types = Value::mapping();
    for (; i < operation.replies.size() && operation.replies[i].status == reply.status; ++i)
      types.set(operation.replies[i].type,
                Value::mapping().set("schema", schema_of(operation.replies[i])));
    answer.set("content", std::move(types));
    out.set(std::to_string(reply.status), std::move(answer));
  }
  for (const int status : declared_problems(operation, needs_caller))
    out.set(std::to_string(status), named_ref("responses", fault_name(status)));
  out.set("503", named_ref("responses", "Overloaded"));
  if (changes_something(operation)) out.set("507", named_ref("responses", "DiskFull"));
  return out.set("default", named_ref("responses", "Problem"));
}

Value path_parameters(std::string_view pattern) {
  Value out = Value::sequence();
  for (auto at = pattern.find('{'); at != std::string_view::npos; at = pattern.find('{', at + 1)) {
    const std::string_view name = pattern.substr(at + 1, pattern.find('}', at) - at - 1);
    out.items.push_back(Value::mapping()
                            .set("name", Value::text(name.substr(0, name.find("..."))))
                            .set("in", Value::text("path"))
                            .set("required", Value::plain("true"))
                            .set("description", Value::text("Of what it is about."))
                            .set("schema", Value::mapping().set("type", Value::text("string"))));
  }
  return out;
}

Value parameters(const Operation& operation) {
  Value out = path_parameters(operation.pattern);
  for (const QueryParameter& parameter : operation.query) {
    Value schema = parameter.shape;
    Value description;
    std::erase_if(schema.fields, [&](auto& field) {
      if (field.first != "description") return false;
      description = std::move(field.second);
      return true;
    });
    out.items.push_back(Value::mapping()
                            .set("name", Value::text(parameter.name))
                            .set("in", Value::text("query"))
                            .set("description", std::move(description))
                            .set("schema", std::move(schema)));
  }
  if (changes_something(operation)) out.items.push_back(named_ref("parameters", "Idempotency-Key"));
  if (operation.replies.front().type == "text/event-stream")
    out.items.push_back(named_ref("parameters", "Last-Event-ID"));
  return out;
}

std::string right_text(Action action) {
  constexpr std::string_view kPlaces[] = {"at the project or above it", "above the project",
                                          "at the root of all projects", "anywhere"};
  const Rule& rule = rule_of(action);
  return fmt::format("Right: `{}`, which a {} has {}.", rule.name, role_name(rule.least),
                     kPlaces[static_cast<std::size_t>(rule.place)]);
}

Value operation_value(const Operation& operation, std::string_view tag, bool needs_caller) {
  std::string description(operation.doc);
  if (operation.right) {
    if (!description.empty()) description += "\n\n";
    description += right_text(*operation.right);
  }
  if (description.empty()) description = fmt::format("{}.", operation.summary);
  Value out = Value::mapping()
                  .set("operationId", Value::text(operation.id))
                  .set("summary", Value::text(operation.summary))
                  .set("description", Value::text(description))
                  .set("tags", list_of({Value::text(tag)}));
  if (!needs_caller) out.set("security", Value::sequence());
  Value all = parameters(operation);
  if (!all.items.empty()) out.set("parameters", std::move(all));
  if (!operation.body.empty()) {
    Value schema = shape::ref(operation.body);
    out.set("requestBody", Value::mapping()
                               .set("required", Value::plain("true"))
                               .set("content", content("application/json", std::move(schema))));
  }
  return out.set("responses", responses(operation, needs_caller));
}

std::string lower(std::string_view word) {
  std::string out(word);
  std::ranges::transform(out, out.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
  return out;
}

std::string without_dots(std::string_view pattern) {
  std::string out(pattern);
  if (const auto at = out.find("...}"); at != std::string::npos) out.erase(at, 3);
  return out;
}

Value paths() {
  std::vector<std::pair<std::string, Value>> items;
  for (const Route& route : Api::routes()) {
    for (const Chapter& chapter : chapters()) {
      const Operation* operation = find_in(chapter, route.method, route.pattern);
      if (operation == nullptr) continue;
      const std::string path = without_dots(route.pattern);
      auto at = std::ranges::find(items, path, &std::pair<std::string, Value>::first);
      if (at == items.end()) at = items.insert(at, {path, Value::mapping()});
      at->second.set(lower(route.method),
                     operation_value(*operation, chapter.tag, route.need == Need::kCaller));
    }
  }
  Value out = Value::mapping();
  for (auto& [path, item] : items) out.set(path, std::move(item));
  return out;
}

// "#/$defs/x" of the model's own schema becomes a component of this document.
void move_references(Value& value) {
  constexpr std::string_view kOld = "#/$defs/";
  for (auto& [key, field] : value.fields) {
    if (key == "$ref" && field.scalar.starts_with(kOld))
      field = Value::text("#/components/schemas/spec." + field.scalar.substr(kOld.size()));
    else
      move_references(field);
  }
  for (Value& item : value.items) move_references(item);
}

void add_model_schemas(Value& schemas) {
  const Value model = parsed("schema", json_schema("workload"));
  const Value* definitions = model.find("$defs");
  CHECK(definitions != nullptr, "the model's schema has definitions");
  for (const auto& [name, definition] : definitions->fields) {
    Value moved = definition;
    move_references(moved);
    schemas.set("spec." + name, std::move(moved));
  }
}

Value schemas() {
  Value out = Value::mapping();
  for (const Chapter& chapter : chapters()) {
    for (const NamedShape& named : chapter.shapes) {
      Value schema = named.shape;
      if (!named.example.empty())
        schema.set("examples", list_of({parsed(named.name, named.example)}));
      out.set(named.name, std::move(schema));
    }
  }
  add_model_schemas(out);
  return out;
}

Value header(std::string_view doc, Value schema) {
  return Value::mapping().set("description", Value::text(doc)).set("schema", std::move(schema));
}

Value common_responses() {
  Value out = Value::mapping();
  const auto problem = [](std::string_view doc) {
    return Value::mapping()
        .set("description", Value::text(doc))
        .set("content", content("application/problem+json", shape::ref("Problem")));
  };
  for (const Fault& fault : kFaults) {
    Value answer = problem(fault.doc);
    Value headers = Value::mapping();
    if (fault.status == 401)
      headers.set("WWW-Authenticate", named_ref("headers", "WWW-Authenticate"));
    if (fault.status >= 500) headers.set("Retry-After", named_ref("headers", "Retry-After"));
    if (!headers.fields.empty()) answer.set("headers", std::move(headers));
    out.set(fault.name, std::move(answer));
  }
  return out.set("Problem", problem("Anything else that went wrong."));
}

Value parameter(std::string_view name, std::string_view doc, Value schema) {
  return Value::mapping()
      .set("name", Value::text(name))
      .set("in", Value::text("header"))
      .set("description", Value::text(doc))
      .set("schema", std::move(schema));
}

Value components() {
  const Value text = Value::mapping().set("type", Value::text("string"));
  Value key = text;
  key.set("maxLength", Value::plain(std::to_string(kKeyBytesMax)));
  Value headers =
      Value::mapping()
          .set("Idempotency-Replayed",
               header("true: this is the answer that the key was given before.", text))
          .set("Retry-After",
               header("Seconds to wait.", Value::mapping().set("type", Value::text("integer"))))
          .set("WWW-Authenticate", header("How to say who asks: Bearer.", text));
  return Value::mapping()
      .set("schemas", schemas())
      .set("responses", common_responses())
      .set("parameters",
           Value::mapping()
               .set("Idempotency-Key",
                    parameter("Idempotency-Key",
                              "Chance of the caller's, one for each thing to be done.", key))
               .set("Last-Event-ID",
                    parameter("Last-Event-ID", "The id of the last event seen.", text)))
      .set("headers", std::move(headers))
      .set("securitySchemes",
           Value::mapping().set(
               "bearer",
               Value::mapping()
                   .set("type", Value::text("http"))
                   .set("scheme", Value::text("bearer"))
                   .set("description", Value::text("An API key, or an OpenID token (JWT)."))));
}

Value build() {
  Value tags = Value::sequence();
  for (const Chapter& chapter : chapters())
    tags.items.push_back(Value::mapping()
                             .set("name", Value::text(chapter.tag))
                             .set("description", Value::text(chapter.doc)));
  Value license = Value::mapping().set("name", Value::text("Apache-2.0"));
  license.set("identifier", Value::text("Apache-2.0"));
  return Value::mapping()
      .set("openapi", Value::text("3.1.0"))
      .set("info", Value::mapping()
                       .set("title", Value::text("sillar"))
                       .set("version", Value::text(kApiVersion))
                       .set("description", Value::text(kDescription))
                       .set("license", std::move(license)))
      .set("servers", list_of({Value::mapping()
                                   .set("url", Value::text("/"))
                                   .set("description", Value::text("Where this was read."))}))
      .set("security", list_of({Value::mapping().set("bearer", Value::sequence())}))
      .set("tags", std::move(tags))
      .set("paths", paths())
      .set("components", components());
}

}  // namespace

const Value& openapi_value() {
  static const Value document = build();
  return document;
}

const std::string& openapi_document() {
  static const std::string text = print_json(openapi_value()) + "\n";
  return text;
}

void get_description(Api&, const std::shared_ptr<Call>& call) {
  call->reply({200, openapi_document(), {}});
}

}  // namespace sillar::server
