#pragma once

// The API's routes as data: what is served, what the OpenAPI document describes and what a caller
// needs for it are one table.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sillar::server {

class Api;
class Call;

// What a caller has to be before a handler runs. Which project it is about is for the handler to
// say, which asks again about that one.
enum class Need : std::uint8_t { kNothing, kCaller };

struct Route {
  std::string_view method;
  // "/api/v1/workloads/{name}/cancel"; "{path...}" at the end takes the rest, slashes and all.
  std::string_view pattern;
  Need need = Need::kCaller;
  void (*handle)(Api&, const std::shared_ptr<Call>&) = nullptr;
};

using PathParameters = std::vector<std::pair<std::string, std::string>>;
// Whether `path` is of that pattern, and what stands in for its parameters.
[[nodiscard]] std::optional<PathParameters> match_path(std::string_view pattern,
                                                       std::string_view path);

struct Match {
  const Route* route = nullptr;           // Null: no such path, or not with this method.
  std::vector<std::string_view> allowed;  // Methods that the path has, when the route is null.
  PathParameters parameters;
};
[[nodiscard]] Match find_route(std::span<const Route> routes, std::string_view method,
                               std::string_view path);

}  // namespace sillar::server
