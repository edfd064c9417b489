#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/time.h"
#include "server/schema_check_fixture.h"

namespace sillar::server {
namespace {

bool is_text(const Value& value) {
  return value.kind == Value::Kind::kScalar && value.quoted;
}

bool is_number(const Value& value) {
  return value.kind == Value::Kind::kScalar && !value.quoted && is_json_number(value.scalar);
}

bool is_of_type(const Value& value, std::string_view type) {
  if (type == "null") return value.kind == Value::Kind::kNull;
  if (type == "object") return value.kind == Value::Kind::kMapping;
  if (type == "array") return value.kind == Value::Kind::kSequence;
  if (type == "string") return is_text(value);
  if (type == "number") return is_number(value);
  if (type == "integer")
    return is_number(value) && value.scalar.find_first_of(".eE") == std::string::npos;
  return type == "boolean" && value.kind == Value::Kind::kScalar && !value.quoted &&
         (value.scalar == "true" || value.scalar == "false");
}

double number_in(const Value& value) {
  double out = 0;
  std::from_chars(value.scalar.data(), value.scalar.data() + value.scalar.size(), out);
  return out;
}

// Of code points.
std::size_t length_of(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

bool same(const Value& a, const Value& b) {
  return a.kind == b.kind && a.quoted == b.quoted && print_json(a, 0) == print_json(b, 0);
}

// What says nothing that could be checked here: words for people, and patterns, which only the
// model's own decoder reads.
constexpr std::array kSilent{"description", "title", "examples", "pattern", "default"};

class Checker {
 public:
  explicit Checker(const Value& document) : document_(document) {}

  void check(const Value& schema, const Value& value, const std::string& path) {
    for (const auto& [keyword, argument] : schema.fields)
      check_keyword(schema, keyword, argument, value, path);
  }
  std::vector<std::string> faults;

 private:
  void fault(const std::string& path, const std::string& what) {
    faults.push_back(fmt::format("{}: {}", path.empty() ? "/" : path, what));
  }
  bool holds(const Value& schema, const Value& value) {
    Checker inner(document_);
    inner.check(schema, value, {});
    return inner.faults.empty();
  }

  void check_keyword(const Value& schema, const std::string& keyword, const Value& argument,
                     const Value& value, const std::string& path) {
    if (std::ranges::find(kSilent, keyword) != kSilent.end()) return;
    if (keyword == "$ref") {
      const Value* target = at_pointer(document_, argument.scalar);
      if (target == nullptr) return fault(path, "there is no " + argument.scalar);
      return check(*target, value, path);
    }
    if (keyword == "type") return check_type(argument, value, path);
    if (keyword == "anyOf") {
      if (std::ranges::none_of(argument.items, [&](const Value& s) { return holds(s, value); }))
        fault(path, fmt::format("{} is none of {}", print_json(value, 0), print_json(argument, 0)));
      return;
    }
    if (keyword == "enum") {
      if (std::ranges::none_of(argument.items, [&](const Value& v) { return same(v, value); }))
        fault(path, fmt::format("{} is none of {}", print_json(value, 0), print_json(argument, 0)));
      return;
    }
    if (keyword == "const") {
      if (!same(argument, value)) fault(path, print_json(value, 0) + " is not the constant");
      return;
    }
    if (value.kind == Value::Kind::kMapping && check_object(schema, keyword, argument, value, path))
      return;
    if (value.kind == Value::Kind::kSequence && check_array(keyword, argument, value, path)) return;
    if (check_scalar(keyword, argument, value, path)) return;
    constexpr std::array kOfOthers{"properties",    "required", "additionalProperties",
                                   "minProperties", "items",    "minItems",
                                   "maxItems"};
    if (std::ranges::find(kOfOthers, keyword) == kOfOthers.end())
      fault(path, fmt::format("the checker does not know the keyword '{}'", keyword));
  }

  void check_type(const Value& types, const Value& value, const std::string& path) {
    const bool good = types.kind == Value::Kind::kScalar
                          ? is_of_type(value, types.scalar)
                          : std::ranges::any_of(types.items, [&](const Value& type) {
                              return is_of_type(value, type.scalar);
                            });
    if (!good)
      fault(path, fmt::format("{} is not of type {}", print_json(value, 0), print_json(types, 0)));
  }

  bool check_object(const Value& schema, const std::string& keyword, const Value& argument,
                    const Value& value, const std::string& path) {
    if (keyword == "properties") {
      for (const auto& [name, inner] : argument.fields)
        if (const Value* field = value.find(name)) check(inner, *field, path + "/" + name);
    } else if (keyword == "required") {
      for (const Value& name : argument.items)
        if (value.find(name.scalar) == nullptr) fault(path, "lacks '" + name.scalar + "'");
    } else if (keyword == "additionalProperties") {
      const Value* known = schema.find("properties");
      for (const auto& [name, field] : value.fields) {
        if (known != nullptr && known->find(name) != nullptr) continue;
        if (argument.kind == Value::Kind::kMapping)
          check(argument, field, path + "/" + name);
        else if (argument.scalar == "false")
          fault(path, "has '" + name + "', which is not declared");
      }
    } else {
      return false;
    }
    return true;
  }

  bool check_array(const std::string& keyword, const Value& argument, const Value& value,
                   const std::string& path) {
    if (keyword == "items") {
      for (std::size_t i = 0; i < value.items.size(); ++i)
        check(argument, value.items[i], fmt::format("{}/{}", path, i));
    } else if (keyword == "minItems") {
      if (value.items.size() < std::stoul(argument.scalar)) fault(path, "has too few items");
    } else {
      return false;
    }
    return true;
  }

  bool check_scalar(const std::string& keyword, const Value& argument, const Value& value,
                    const std::string& path) {
    if (keyword == "minimum" || keyword == "maximum") {
      if (is_number(value) && (keyword == "minimum" ? number_in(value) < number_in(argument)
                                                    : number_in(value) > number_in(argument)))
        fault(path, fmt::format("{} passes the {}", value.scalar, keyword));
    } else if (keyword == "minLength" || keyword == "maxLength") {
      const std::size_t bound = std::stoul(argument.scalar);
      const std::size_t length = length_of(value.scalar);
      if (is_text(value) && (keyword == "minLength" ? length < bound : length > bound))
        fault(path, fmt::format("'{}' passes the {}", value.scalar, keyword));
    } else if (keyword == "format") {
      if (argument.scalar != "date-time")
        fault(path, "the checker does not know the format " + argument.scalar);
      else if (is_text(value) && !parse_time(value.scalar))
        fault(path, fmt::format("'{}' is no time", value.scalar));
    } else {
      return false;
    }
    return true;
  }

  const Value& document_;
};

}  // namespace

const Value* at_pointer(const Value& document, std::string_view pointer) {
  if (!pointer.starts_with("#/")) return nullptr;
  pointer.remove_prefix(2);
  const Value* at = &document;
  while (at != nullptr && !pointer.empty()) {
    const std::size_t end = std::min(pointer.find('/'), pointer.size());
    at = at->find(pointer.substr(0, end));
    pointer.remove_prefix(std::min(end + 1, pointer.size()));
  }
  return at;
}

std::vector<std::string> schema_faults(const Value& document, const Value& schema,
                                       const Value& instance) {
  Checker checker(document);
  checker.check(schema, instance, {});
  return std::move(checker.faults);
}

namespace {

Value json(const std::string& text) {
  auto document = parse_document("json", text);
  EXPECT_TRUE(document.has_value()) << document.error().message;
  return document->root;
}

TEST(SchemaCheck, FindsWhatASchemaForbids) {
  struct Case {
    const char* schema;
    const char* good;
    const char* bad;
  };
  for (const Case& c : {
           Case{R"({"type": "string"})", R"("1")", "1"},
           Case{R"({"type": "integer"})", "1", "1.5"},
           Case{R"({"items": {"type": ["string", "null"]}})", "[null]", "[true]"},
           Case{R"({"type": "boolean"})", "true", R"("true")"},
           Case{R"({"enum": ["a", 1]})", "1", R"("1")"},
           Case{R"({"const": "a"})", R"("a")", R"("b")"},
           Case{R"({"type": "integer", "minimum": 0})", "0", "-1"},
           Case{R"({"type": "integer", "maximum": 9})", "9", "10"},
           Case{R"({"type": "string", "minLength": 2})", R"("ñá")", R"("ñ")"},
           Case{R"({"type": "string", "format": "date-time"})", R"("2026-01-02T03:04:05Z")",
                R"("soon")"},
           Case{R"({"type": "array", "items": {"type": "integer"}})", "[1, 2]", "[1, null]"},
           Case{R"({"type": "array", "minItems": 1})", "[1]", "[]"},
           Case{R"({"type": "object", "required": ["a"]})", R"({"a": 1})", R"({"b": 1})"},
           Case{R"({"properties": {"a": {"type": "null"}}, "additionalProperties": false})",
                R"({"a": null})", R"({"b": null})"},
           Case{R"({"additionalProperties": {"type": "integer"}})", R"({"a": 1})", R"({"a": "1"})"},
           Case{R"({"anyOf": [{"type": "null"}, {"$ref": "#/deep/er"}]})", R"("x")", "1"},
       }) {
    const Value document = json(R"({"deep": {"er": {"type": "string"}}})");
    const auto none = schema_faults(document, json(c.schema), json(c.good));
    EXPECT_TRUE(none.empty()) << c.schema << ": " << none.front();
    EXPECT_FALSE(schema_faults(document, json(c.schema), json(c.bad)).empty()) << c.schema;
  }
}

TEST(SchemaCheck, WhatItDoesNotKnowIsAFault) {
  for (const char* schema :
       {R"({"oneOf": []})", R"({"$ref": "#/nowhere"})", R"({"type": "string", "format": "uuid"})"})
    EXPECT_FALSE(schema_faults({}, json(schema), json(R"("x")")).empty()) << schema;
}

}  // namespace
}  // namespace sillar::server
