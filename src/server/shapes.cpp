#include "server/shapes.h"

#include <fmt/format.h>

#include <utility>

namespace sillar::server::shape {
namespace {

Value typed(std::string_view type, std::string_view doc) {
  Value out = Value::mapping().set("type", Value::text(type));
  if (!doc.empty()) out.set("description", Value::text(doc));
  return out;
}

Value sequence(std::vector<Value> items) {
  Value out = Value::sequence();
  out.items = std::move(items);
  return out;
}

}  // namespace

Value text(std::string_view doc) {
  return typed("string", doc);
}

Value integer(std::string_view doc, std::optional<std::int64_t> minimum,
              std::optional<std::int64_t> maximum) {
  Value out = typed("integer", doc);
  if (minimum) out.set("minimum", Value::plain(std::to_string(*minimum)));
  if (maximum) out.set("maximum", Value::plain(std::to_string(*maximum)));
  return out;
}

Value count(std::string_view doc) {
  return integer(doc, 0);
}

Value boolean(std::string_view doc) {
  return typed("boolean", doc);
}

Value time(std::string_view doc) {
  return typed("string", doc).set("format", Value::text("date-time"));
}

Value words(const std::vector<std::string_view>& words, std::string_view doc) {
  std::vector<Value> values;
  values.reserve(words.size());
  for (const std::string_view word : words) values.push_back(Value::text(word));
  return typed("string", doc).set("enum", sequence(std::move(values)));
}

Value word(std::string_view word) {
  return typed("string", {}).set("const", Value::text(word));
}

Value list(Value items, std::string_view doc) {
  return typed("array", doc).set("items", std::move(items));
}

Value map_of(Value values, std::string_view doc) {
  return typed("object", doc).set("additionalProperties", std::move(values));
}

Value ref(std::string_view name, std::string_view doc) {
  Value out =
      Value::mapping().set("$ref", Value::text(fmt::format("#/components/schemas/{}", name)));
  if (!doc.empty()) out.set("description", Value::text(doc));
  return out;
}

Value or_null(Value shape) {
  return any_of({std::move(shape), typed("null", {})});
}

Value any_of(std::vector<Value> shapes, std::string_view doc) {
  Value out = Value::mapping().set("anyOf", sequence(std::move(shapes)));
  if (!doc.empty()) out.set("description", Value::text(doc));
  return out;
}

Value object(std::string_view doc, std::vector<Member> members) {
  Value properties = Value::mapping();
  Value required = Value::sequence();
  for (Member& member : members) {
    if (member.required) required.items.push_back(Value::text(member.name));
    properties.set(member.name, std::move(member.shape));
  }
  Value out = typed("object", doc);
  out.set("additionalProperties", Value::plain("false")).set("properties", std::move(properties));
  if (!required.items.empty()) out.set("required", std::move(required));
  return out;
}

Value answer(std::string_view kind, std::string_view doc, std::vector<Member> members) {
  std::vector<Member> all{{"apiVersion", word("sillar/v1")}, {"kind", word(kind)}};
  for (Member& member : members) all.push_back(std::move(member));
  return object(doc, std::move(all));
}

Value page(std::string_view kind, std::string_view doc, std::string_view items,
           std::vector<Member> more) {
  more.push_back({"items", list(ref(items))});
  more.push_back(
      {"continue",
       or_null(text("Hand it in as `continue` for the next page; null: this is the last one."))});
  return answer(kind, doc, std::move(more));
}

}  // namespace sillar::server::shape
