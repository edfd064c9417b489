#pragma once

// What the OpenAPI document says of each route. A chapter is one subject: its operations and the
// shapes of what they take and give. Whoever adds a route adds its operation here; a test says so
// otherwise, and every answer in this room's tests is held against it.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/document.h"
#include "server/roles.h"

namespace sillar::server {

struct NamedShape {
  std::string_view name;
  Value shape;
  std::string_view example = {};  // JSON; empty: none.
};

struct QueryParameter {
  std::string_view name;
  Value shape;  // With its description.
};

struct Reply {
  int status = 200;
  std::string_view shape = {};  // Name of a shape; empty: of `type` alone.
  std::string_view doc = {};
  std::string_view type = "application/json";
};

// What is in every operation is not said here but added: 401 where a caller is needed, what an
// idempotency key may be answered with (400, 422) for mutations, 5xx.
struct Operation {
  std::string_view method;
  std::string_view pattern;  // Both as in the route.
  std::string_view id;
  std::string_view summary;
  std::string_view doc = {};
  std::optional<Action> right = {};  // What the caller needs; see roles.h.
  std::vector<QueryParameter> query = {};
  std::string_view body = {};      // Name of the shape of the request's body; empty: it takes none.
  std::vector<Reply> replies;      // Of one status after one another: by their types.
  std::vector<int> problems = {};  // Statuses of problems, 4xx.
};

struct Chapter {
  std::string_view tag;
  std::string_view doc;
  std::vector<Operation> operations;
  std::vector<NamedShape> shapes = {};
};

// One for each file operations_*.cpp.
[[nodiscard]] Chapter workload_chapter();
[[nodiscard]] Chapter fleet_chapter();
[[nodiscard]] Chapter config_chapter();
[[nodiscard]] Chapter money_chapter();
[[nodiscard]] Chapter identity_chapter();
[[nodiscard]] Chapter alert_chapter();
[[nodiscard]] Chapter service_chapter();

// All of them, made once.
[[nodiscard]] std::span<const Chapter> chapters();
[[nodiscard]] const Operation* find_in(const Chapter& chapter, std::string_view method,
                                       std::string_view pattern);
// Null: there is none for this route.
[[nodiscard]] const Operation* find_operation(std::string_view method, std::string_view pattern);

// The statuses of its problems, 4xx, with those that are not said in it.
[[nodiscard]] std::vector<int> declared_problems(const Operation& operation, bool needs_caller);

// `limit` and `continue`, and whatever else.
[[nodiscard]] std::vector<QueryParameter> paged(std::vector<QueryParameter> more = {});
[[nodiscard]] QueryParameter project_filter();
// A POST without a body that is accepted (202) and carried out afterwards.
[[nodiscard]] Operation order(Action right, std::string_view pattern, std::string_view id,
                              std::string_view summary, std::string_view doc);

}  // namespace sillar::server
