#include "model/schema.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <regex.h>

#include <algorithm>
#include <filesystem>

#include "base/document.h"
#include "base/quantity.h"
#include "model/text.h"

namespace sillar {
namespace {

// The part of JSON Schema that the tables write. Anything else in a schema is an error, so that
// nothing goes unchecked.
class Checker {
 public:
  explicit Checker(std::string_view kind) {
    auto document = parse_document("schema", json_schema(kind));
    EXPECT_TRUE(document) << document.error().message;
    if (document) schema_ = document->root;
  }

  // Empty when `value` is valid, else what is wrong.
  [[nodiscard]] std::string check(const Value& value) const { return check(schema_, value); }

 private:
  static std::string within(std::string_view where, std::string_view fault) {
    return fmt::format("{}: {}", where, fault);
  }

  static bool is_number(const Value& value) {
    return value.kind == Value::Kind::kScalar && !value.quoted && is_json_number(value.scalar);
  }
  static bool is_boolean(const Value& value) {
    return value.kind == Value::Kind::kScalar && !value.quoted &&
           (value.scalar == "true" || value.scalar == "false");
  }

  static bool has_type(const Value& value, std::string_view type) {
    if (type == "object") return value.kind == Value::Kind::kMapping;
    if (type == "array") return value.kind == Value::Kind::kSequence;
    if (type == "boolean") return is_boolean(value);
    if (type == "number") return is_number(value);
    if (type == "integer") return is_number(value) && parse_integer(value.scalar);
    EXPECT_EQ(type, "string");
    return value.kind == Value::Kind::kScalar && !is_number(value) && !is_boolean(value);
  }

  static bool matches(const std::string& pattern, const std::string& text) {
    regex_t regex;
    EXPECT_EQ(regcomp(&regex, pattern.c_str(), REG_EXTENDED | REG_NOSUB), 0) << pattern;
    const bool found = regexec(&regex, text.c_str(), 0, nullptr, 0) == 0;
    regfree(&regex);
    return found;
  }

  std::string check(const Value& schema, const Value& value) const {
    for (const auto& [keyword, argument] : schema.fields) {
      std::string fault = check_keyword(schema, keyword, argument, value);
      if (!fault.empty())
        return within(fmt::format("{}: {} {}", value.line, keyword, print_json(argument, 0)),
                      fault);
    }
    return {};
  }

  std::string check_keyword(const Value& schema, const std::string& keyword, const Value& argument,
                            const Value& value) const {
    const auto say = [](bool good) { return good ? std::string{} : std::string("does not hold"); };
    if (keyword == "$ref") {
      const std::string name = argument.scalar.substr(std::string("#/$defs/").size());
      const Value* definition = schema_.find("$defs")->find(name);
      return definition == nullptr ? "there is no " + name : check(*definition, value);
    }
    if (keyword == "type") {
      if (argument.kind == Value::Kind::kScalar) return say(has_type(value, argument.scalar));
      return say(std::any_of(argument.items.begin(), argument.items.end(),
                             [&](const Value& type) { return has_type(value, type.scalar); }));
    }
    if (keyword == "enum")
      return say(std::any_of(argument.items.begin(), argument.items.end(),
                             [&](const Value& item) { return item.scalar == value.scalar; }));
    if (keyword == "const") return say(argument.scalar == value.scalar);
    if (keyword == "anyOf") {
      std::string all;
      for (const Value& option : argument.items) {
        const std::string fault = check(option, value);
        if (fault.empty()) return {};
        all += fault + "; ";
      }
      return all;
    }
    if (keyword == "pattern")
      return say(!has_type(value, "string") || matches(argument.scalar, value.scalar));
    if (keyword == "minimum" || keyword == "maximum") {
      if (!is_number(value)) return {};
      const double number = std::stod(value.scalar);
      const double bound = std::stod(argument.scalar);
      return say(keyword == "minimum" ? number >= bound : number <= bound);
    }
    if (keyword == "minLength") return say(!value.scalar.empty());
    if (keyword == "maxLength") return say(value.scalar.size() <= std::stoul(argument.scalar));
    if (keyword == "items") {
      for (const Value& item : value.items)
        if (std::string fault = check(argument, item); !fault.empty()) return fault;
      return {};
    }
    if (keyword == "propertyNames") {
      for (const auto& [key, field] : value.fields)
        if (std::string fault = check(argument, Value::text(key)); !fault.empty()) return fault;
      return {};
    }
    if (keyword == "properties") {
      for (const auto& [key, field] : value.fields)
        if (const Value* property = argument.find(key); property != nullptr)
          if (std::string fault = check(*property, field); !fault.empty())
            return within(key, fault);
      return {};
    }
    if (keyword == "additionalProperties") {
      const Value* properties = schema.find("properties");
      for (const auto& [key, field] : value.fields) {
        if (properties != nullptr && properties->find(key) != nullptr) continue;
        if (argument.scalar == "false") return "no property " + key;
        if (std::string fault = check(argument, field); !fault.empty()) return within(key, fault);
      }
      return {};
    }
    if (keyword == "required") {
      for (const Value& name : argument.items)
        if (value.find(name.scalar) == nullptr) return "without " + name.scalar;
      return {};
    }
    const bool silent = keyword.starts_with("$") || keyword == "description" || keyword == "title";
    return silent ? std::string{} : "unknown keyword";
  }

  Value schema_;
};

std::vector<std::string> files(const std::string& folder) {
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".yaml") out.push_back(entry.path());
  std::sort(out.begin(), out.end());
  EXPECT_FALSE(out.empty()) << folder;
  return out;
}

Document parsed(const std::string& path) {
  const auto text = read_file(path);
  EXPECT_TRUE(text) << text.error().message;
  auto document = parse_document(path, text ? *text : "");
  EXPECT_TRUE(document) << document.error().message;
  return document ? *document : Document{};
}

TEST(Schema, EveryExampleIsValid) {
  for (const std::string_view kind : {"fleet", "project", "workload", "scenario"}) {
    const Checker checker(kind);
    for (const std::string& path : files("examples/" + std::string(kind) + "s"))
      EXPECT_EQ(checker.check(parsed(path).root), "") << path;
  }
}

TEST(Schema, EveryExampleLoads) {
  const auto fleet = load_fleet(parsed("examples/fleets/two-sites.yaml"));
  ASSERT_TRUE(fleet) << fleet.error().message;
  const auto projects = load_projects(parsed("examples/projects/acme.yaml"), *fleet);
  ASSERT_TRUE(projects) << projects.error().message;
  const auto workloads = load_workloads(parsed("examples/workloads/acme.yaml"), *fleet, *projects);
  ASSERT_TRUE(workloads) << workloads.error().message;
  EXPECT_EQ(workloads->size(), 14U);
  for (const std::string& path : files("examples/scenarios")) {
    const auto scenario = load_scenario(parsed(path));
    EXPECT_TRUE(scenario) << scenario.error().message;
  }
}

TEST(Schema, WhatIsPrintedIsValid) {
  for (const std::string& path : files("examples/scenarios")) {
    const auto scenario = load_scenario(parsed(path));
    ASSERT_TRUE(scenario) << scenario.error().message;
    const auto printed = parse_document(path, print_scenario(*scenario, TextFormat::kJson));
    EXPECT_EQ(Checker("scenario").check(printed->root), "") << path;
  }
}

TEST(Schema, RefusesWhatTheDecoderRefuses) {
  for (const char* text :
       {"[1]",
        "{}",
        "{fleet: {nodes: 3}}",
        "{fleet: {}, workload: []}",
        "{fleet: {nodes: [{class: x}]}}",
        "{fleet: {nodes: [{name: a, accelerators: 17}]}}",
        "{fleet: {nodes: [{name: a, cpu: lots}]}}",
        "{fleet: {nodes: [{name: a, cpu: -1}]}}",
        "{fleet: {nodes: [{name: a, memory: 5Xi}]}}",
        "{fleet: {nodes: [{name: a, health: sick}]}}",
        "{fleet: {nodes: [{name: a, location: {region: x}}]}}",
        "{fleet: {nodes: [{name: a, device_health: {x: suspect}}]}}",
        "{fleet: {nodes: [{name: a, price_per_hour: 3}]}}",
        "{fleet: {classes: [{name: c, mig: a100}]}}",
        "{fleet: {}, options: {rules: slurm}}",
        "{fleet: {}, options: {stale_grace: soon}}",
        "{fleet: {}, options: {consolidation_victims_max: -1}}",
        "{fleet: {}, projects: [{name: a, quota: {cpu: {weight: -1}}}]}",
        "{fleet: {}, workloads: [{name: a}]}",
        "{fleet: {}, workloads: [{name: a, project: b, preemptible: maybe}]}",
        "{fleet: {}, workloads: [{name: a, project: b, request: {fraction: 1000}}]}",
        "{fleet: {}, workloads: [{name: a, project: b, tasks: [{state: Lost}]}]}",
        "{fleet: {}, expect: {victims: some}}",
        "{fleet: {}, expect: {reasons: {w: tired}}}"}) {
    const auto document = parse_document("t", text);
    ASSERT_TRUE(document);
    EXPECT_NE(Checker("scenario").check(document->root), "") << text;
    EXPECT_FALSE(load_scenario(*document)) << text;
  }
}

TEST(Schema, KnowsItsKinds) {
  for (const std::string_view kind : schema_kinds()) {
    const std::string schema = json_schema(kind);
    EXPECT_NE(schema.find("\"$schema\""), std::string::npos);
    EXPECT_EQ(schema, json_schema(kind));
  }
  EXPECT_EQ(json_schema("pod"), "");
}

}  // namespace
}  // namespace sillar
