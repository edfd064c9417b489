// The description of the API, held against its routes and against what is answered.

#include "server/openapi.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <set>

#include "server/description_fixture.h"
#include "server/operations.h"
#include "server/schema_check_fixture.h"

namespace sillar::server {
namespace {

std::string name_of(const Route& route) {
  return fmt::format("{} {}", route.method, route.pattern);
}

std::string type_of(const net::Response& response) {
  const std::string* type = response.header("Content-Type");
  return type == nullptr ? std::string{} : type->substr(0, type->find(';'));
}

// What was seen in this program, from any thread.
class Seen {
 public:
  void note(const Call& call, const net::Response& response) {
    const Route* route = call.route();
    const std::string about = fmt::format("{} {} was answered {}", call.request().method,
                                          call.request().target, response.status);
    if (route == nullptr) return hold(about, response, "Problem", "application/problem+json");
    const Operation* operation = find_operation(route->method, route->pattern);
    if (operation == nullptr) return;  // The test of the routes says so, and what to do.
    {
      const std::lock_guard lock(mutex_);
      statuses_[name_of(*route)].insert(response.status);
    }
    const Reply* declared = nullptr;
    for (const Reply& reply : operation->replies)
      if (reply.status == response.status &&
          (declared == nullptr || reply.type == type_of(response)))
        declared = &reply;
    if (declared != nullptr) return hold(about, response, declared->shape, declared->type);
    const auto problems = declared_problems(*operation, route->need == Need::kCaller);
    EXPECT_TRUE(response.status >= 500 ||
                std::ranges::find(problems, response.status) != problems.end())
        << about << ", which its operation does not declare (src/server/operations_*.cpp): "
        << response.body;
    hold(about, response, "Problem", "application/problem+json");
  }

  [[nodiscard]] std::string missing() {
    const std::lock_guard lock(mutex_);
    std::string all;
    for (const Route& route : Api::routes()) {
      const Operation* operation = find_operation(route.method, route.pattern);
      if (operation == nullptr) continue;
      std::vector<int> wanted = declared_problems(*operation, route.need == Need::kCaller);
      for (const Reply& reply : operation->replies) wanted.push_back(reply.status);
      for (const int status : wanted)
        if (!statuses_[name_of(route)].contains(status))
          all += fmt::format("  {} {}\n", name_of(route), status);
    }
    return all;
  }
  [[nodiscard]] bool any() {
    const std::lock_guard lock(mutex_);
    return !statuses_.empty();
  }

 private:
  static void hold(const std::string& about, const net::Response& response, std::string_view shape,
                   std::string_view type) {
    EXPECT_EQ(type_of(response), type) << about;
    if (shape.empty()) return;
    const Value& document = openapi_value();
    const Value* schema = at_pointer(document, fmt::format("#/components/schemas/{}", shape));
    ASSERT_NE(schema, nullptr) << "no shape is called " << shape;
    const auto body = parse_document("body", response.body);
    ASSERT_TRUE(body.has_value()) << about << ": " << body.error().message;
    const auto faults = schema_faults(document, *schema, body->root);
    EXPECT_TRUE(faults.empty()) << about << ", which is not a " << shape << ":\n"
                                << fmt::format("{}", fmt::join(faults, "\n")) << "\n"
                                << response.body;
  }

  std::mutex mutex_;  // Guards statuses_.
  std::map<std::string, std::set<int>> statuses_;
};

Seen& seen() {
  static Seen all;
  return all;
}

class EverythingDeclaredWasSeen : public testing::Environment {
 public:
  void TearDown() override {
    if (testing::GTEST_FLAG(filter) != "*" || !seen().any()) return;
    EXPECT_EQ(seen().missing(), "")
        << "The OpenAPI document declares these statuses, and no test of this room has seen them. "
           "Test them, or take them out of the operation (src/server/operations_*.cpp).";
  }
};

[[maybe_unused]] const testing::Environment* const kAtTheEnd =
    testing::AddGlobalTestEnvironment(new EverythingDeclaredWasSeen);

TEST(OpenApi, API9_EveryRouteIsDescribedAndNothingElseIs) {
  std::set<std::string> served;
  for (const Route& route : Api::routes()) {
    served.insert(name_of(route));
    EXPECT_NE(find_operation(route.method, route.pattern), nullptr)
        << name_of(route) << " is served and not described. Add an Operation for it to its subject "
        << "in src/server/operations_*.cpp: an id, a summary, the right it takes, its query, the "
        << "shapes of what it takes and gives, and the statuses of its problems.";
  }
  for (const Chapter& chapter : chapters())
    for (const Operation& operation : chapter.operations)
      EXPECT_TRUE(served.contains(fmt::format("{} {}", operation.method, operation.pattern)))
          << operation.id << " is described, and no route of src/server/api.cpp serves it.";
}

TEST(OpenApi, OperationsAndShapesHaveNamesOfTheirOwn) {
  std::set<std::string_view> ids;
  std::set<std::string_view> shapes;
  for (const Chapter& chapter : chapters()) {
    for (const Operation& operation : chapter.operations) {
      EXPECT_TRUE(ids.insert(operation.id).second) << operation.id;
      EXPECT_FALSE(operation.replies.empty()) << operation.id;
    }
    for (const NamedShape& named : chapter.shapes)
      EXPECT_TRUE(shapes.insert(named.name).second) << named.name;
  }
}

void collect_references(const Value& value, std::set<std::string>& out) {
  for (const auto& [key, field] : value.fields)
    if (key == "$ref")
      out.insert(field.scalar);
    else
      collect_references(field, out);
  for (const Value& item : value.items) collect_references(item, out);
}

TEST(OpenApi, EveryReferenceLeadsSomewhereAndEveryShapeIsUsed) {
  std::set<std::string> references;
  collect_references(openapi_value(), references);
  for (const std::string& reference : references)
    EXPECT_NE(at_pointer(openapi_value(), reference), nullptr) << reference;
  for (const auto& [name, shape] : at_pointer(openapi_value(), "#/components/schemas")->fields)
    EXPECT_TRUE(references.contains("#/components/schemas/" + name)) << name << " is not used";
}

TEST(OpenApi, ExamplesAreWhatTheyAreExamplesOf) {
  int examples = 0;
  for (const auto& [name, shape] : at_pointer(openapi_value(), "#/components/schemas")->fields) {
    const Value* list = shape.find("examples");
    if (list == nullptr) continue;
    for (const Value& example : list->items) {
      ++examples;
      const auto faults = schema_faults(openapi_value(), shape, example);
      EXPECT_TRUE(faults.empty()) << name << ": " << faults.front();
    }
  }
  EXPECT_GE(examples, 8);
}

TEST(OpenApi, WhatTakesABodyHasAnExampleOfIt) {
  for (const Chapter& chapter : chapters())
    for (const Operation& operation : chapter.operations)
      if (!operation.body.empty())
        EXPECT_NE(at_pointer(openapi_value(),
                             fmt::format("#/components/schemas/{}/examples", operation.body)),
                  nullptr)
            << operation.body << " wants an example: clients copy it";
}

}  // namespace

Witness description_witness() {
  return [](const Call& call, const net::Response& response) { seen().note(call, response); };
}

}  // namespace sillar::server
