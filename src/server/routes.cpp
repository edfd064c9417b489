#include "server/routes.h"

namespace sillar::server {
namespace {

std::string_view take_segment(std::string_view& rest) {
  const std::size_t end = rest.find('/');
  const std::string_view segment = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  return segment;
}

}  // namespace

std::optional<PathParameters> match_path(std::string_view pattern, std::string_view path) {
  PathParameters parameters;
  if (!pattern.starts_with('/') || !path.starts_with('/')) return std::nullopt;
  pattern.remove_prefix(1);
  path.remove_prefix(1);
  while (!pattern.empty()) {
    if (path.empty()) return std::nullopt;
    const std::string_view wanted = take_segment(pattern);
    if (wanted.starts_with('{') && wanted.ends_with("...}")) {
      parameters.emplace_back(wanted.substr(1, wanted.size() - 5), path);
      return parameters;
    }
    const bool last = pattern.empty();
    if (last && path.ends_with('/')) return std::nullopt;
    const std::string_view segment = take_segment(path);
    if (segment.empty()) return std::nullopt;
    if (wanted.starts_with('{'))
      parameters.emplace_back(wanted.substr(1, wanted.size() - 2), segment);
    else if (wanted != segment)
      return std::nullopt;
  }
  if (!path.empty()) return std::nullopt;
  return parameters;
}

Match find_route(std::span<const Route> routes, std::string_view method, std::string_view path) {
  Match match;
  for (const Route& route : routes) {
    auto parameters = match_path(route.pattern, path);
    if (!parameters) continue;
    if (route.method == method) {
      match.route = &route;
      match.parameters = std::move(*parameters);
      return match;
    }
    match.allowed.push_back(route.method);
  }
  return match;
}

}  // namespace sillar::server
