#include "server/operations.h"

#include <algorithm>
#include <array>

#include "server/shapes.h"
#include "server/views.h"

namespace sillar::server {

std::span<const Chapter> chapters() {
  static const std::array all{workload_chapter(), fleet_chapter(), config_chapter(),
                              money_chapter(),    alert_chapter(), identity_chapter(),
                              service_chapter()};
  return all;
}

const Operation* find_in(const Chapter& chapter, std::string_view method,
                         std::string_view pattern) {
  for (const Operation& operation : chapter.operations)
    if (operation.method == method && operation.pattern == pattern) return &operation;
  return nullptr;
}

const Operation* find_operation(std::string_view method, std::string_view pattern) {
  for (const Chapter& chapter : chapters())
    if (const Operation* found = find_in(chapter, method, pattern)) return found;
  return nullptr;
}

std::vector<int> declared_problems(const Operation& operation, bool needs_caller) {
  std::vector<int> all = operation.problems;
  if (needs_caller) all.push_back(401);
  if (operation.method != "GET") all.insert(all.end(), {400, 422});
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

std::vector<QueryParameter> paged(std::vector<QueryParameter> more) {
  more.push_back({"limit", shape::integer("How many items a page has at most.", 1,
                                          static_cast<std::int64_t>(kPageMax))});
  more.push_back({"continue", shape::text("What the page before gave.")});
  return more;
}

Operation order(Action right, std::string_view pattern, std::string_view id,
                std::string_view summary, std::string_view doc) {
  return {.method = "POST",
          .pattern = pattern,
          .id = id,
          .summary = summary,
          .doc = doc,
          .right = right,
          .replies = {{202, "Accepted", "It will be so."}},
          .problems = {403, 404}};
}

QueryParameter project_filter() {
  return {"project", shape::text("This project and all below it.")};
}

}  // namespace sillar::server
