#include "model/schema.h"

#include <fmt/format.h>

#include <array>

#include "model/tables.h"

namespace sillar {
namespace {

constexpr std::array<std::string_view, 4> kKinds{"fleet", "project", "workload", "scenario"};

// A list, or {key: list}.
template <class List>
void list_schema(SchemaWriter& writer, std::string_view key, const List& list) {
  JsonWriter& json = writer.json;
  json.key("anyOf").begin_array().begin_object();
  list.schema(writer);
  json.end_object().begin_object().field("type", "object");
  json.field_bool("additionalProperties", false).key("properties").begin_object();
  json.key(key).begin_object();
  list.schema(writer);
  json.end_object().end_object().key("required").begin_array().string(key).end_array();
  json.end_object().end_array();
}

}  // namespace

std::span<const std::string_view> schema_kinds() {
  return kKinds;
}

std::string json_schema(std::string_view kind) {
  SchemaWriter writer;
  writer.json.begin_object();
  writer.json.field("$schema", "https://json-schema.org/draft/2020-12/schema");
  writer.json.field("$id", fmt::format("urn:sillar:schema:{}", kind));
  writer.json.field("title", fmt::format("sillar {}", kind));
  if (kind == "fleet") {
    fleet_table().refer(writer);
  } else if (kind == "project") {
    list_schema(writer, "projects", project_list());
  } else if (kind == "workload") {
    list_schema(writer, "workloads", workload_list());
  } else if (kind == "scenario") {
    scenario_table().refer(writer);
  } else {
    return {};
  }
  writer.write_definitions();
  writer.json.end_object();
  return writer.json.take() + "\n";
}

}  // namespace sillar
