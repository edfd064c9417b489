#include "drivers/local_driver.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "drivers/local_watch.h"

namespace sillar::drivers {

LocalDriver::LocalDriver(std::unique_ptr<Watch> watch) : watch_(std::move(watch)) {}

LocalDriver::~LocalDriver() = default;

Result<std::unique_ptr<LocalDriver>> LocalDriver::open(LocalOptions options, Observe observe) {
  SILLAR_TRY(watch, Watch::open(std::move(options), std::move(observe)));
  return std::unique_ptr<LocalDriver>(new LocalDriver(std::move(watch)));
}

Status LocalDriver::launch(const LaunchOrder& order) {
  return watch_->launch(order);
}

Status LocalDriver::stop(const StopOrder& order) {
  return watch_->stop(order);
}

Result<std::vector<Found>> LocalDriver::list() {
  return watch_->list();
}

Status LocalDriver::forget(std::string_view token) {
  return watch_->forget(std::string(token));
}

LimitsInUse LocalDriver::limits_in_use() const {
  const GroupPlan& plan = watch_->plan();
  return {plan.cpu, plan.memory, plan.processes, plan.kill};
}

}  // namespace sillar::drivers
