#include "drivers/routed_driver.h"

#include <fmt/format.h>

#include <algorithm>

namespace sillar::drivers {
namespace {

// The first answer of one that knows the token.
template <typename Call>
Status ask_each(const std::vector<Route>& routes, Call call) {
  for (const Route& route : routes) {
    Status status = call(*route.driver);
    if (status || status.error().code != ErrorCode::kNotFound) return status;
  }
  return fail(ErrorCode::kNotFound, "no driver knows this token");
}

}  // namespace

Status RoutedDriver::launch(const LaunchOrder& order) {
  for (const Route& route : routes_)
    if (route.nodes.empty() || std::ranges::binary_search(route.nodes, order.node))
      return route.driver->launch(order);
  return invalid(fmt::format("no driver serves the node {}", order.node));
}

Status RoutedDriver::stop(const StopOrder& order) {
  return ask_each(routes_, [&](Driver& driver) { return driver.stop(order); });
}

Status RoutedDriver::forget(std::string_view token) {
  return ask_each(routes_, [&](Driver& driver) { return driver.forget(token); });
}

Result<std::vector<Found>> RoutedDriver::list() {
  std::vector<Found> all;
  for (const Route& route : routes_) {
    SILLAR_TRY(found, route.driver->list());
    all.insert(all.end(), found.begin(), found.end());
  }
  std::ranges::sort(all, {}, &Found::token);
  return all;
}

}  // namespace sillar::drivers
