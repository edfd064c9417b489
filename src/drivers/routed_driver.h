#pragma once

// Several drivers as one, by the node that a task was placed on.

#include <memory>
#include <string>
#include <vector>

#include "drivers/driver.h"

namespace sillar::drivers {

struct Route {
  // Sorted; those that this driver serves. Empty, in the last route: all that no other one names.
  std::vector<std::string> nodes;
  std::shared_ptr<Driver> driver;
};

// A token belongs to the driver that knows it, so that what was launched before a restart, or
// before a node changed hands, is stopped where it is.
class RoutedDriver final : public Driver {
 public:
  // No node in two routes.
  explicit RoutedDriver(std::vector<Route> routes) : routes_(std::move(routes)) {}

  // Errors: kInvalidInput for a node that no driver serves.
  [[nodiscard]] Status launch(const LaunchOrder& order) override;
  [[nodiscard]] Status stop(const StopOrder& order) override;
  [[nodiscard]] Result<std::vector<Found>> list() override;
  [[nodiscard]] Status forget(std::string_view token) override;

 private:
  const std::vector<Route> routes_;
};

}  // namespace sillar::drivers
