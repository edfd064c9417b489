#include "server/usage_book.h"

#include <algorithm>

namespace sillar::server {

void UsageSeries::add(Time at, const Seen& seen) {
  if (points_.empty() || at - points_.back().from >= step_) {
    if (points_.size() == kPointsMax) halve();
    // In steps from the first on, so that halves fit together.
    const Time first = points_.empty() ? at : points_.front().from;
    const std::int64_t steps = step_.ns > 0 ? (at - first).ns / step_.ns : 0;
    const Time from = first + step_ * steps;
    if (points_.empty() || points_.back().from != from) points_.push_back({from, 0, {}, 0});
  }
  Point& point = points_.back();
  ++point.samples;
  point.sum.devices += seen.devices;
  point.sum.busy_thousandths += seen.busy_thousandths;
  point.sum.memory_bytes += seen.memory_bytes;
  point.memory_bytes_max = std::max(point.memory_bytes_max, seen.memory_bytes);
}

void UsageSeries::halve() {
  step_ = step_ * 2;
  const Time first = points_.front().from;
  std::vector<Point> half;
  half.reserve(kPointsMax);
  for (const Point& point : points_) {
    const Time from = first + step_ * (step_.ns > 0 ? (point.from - first).ns / step_.ns : 0);
    if (half.empty() || half.back().from != from) {
      half.push_back(point);
      half.back().from = from;
      continue;
    }
    Point& into = half.back();
    into.samples += point.samples;
    into.sum.devices += point.sum.devices;
    into.sum.busy_thousandths += point.sum.busy_thousandths;
    into.sum.memory_bytes += point.sum.memory_bytes;
    into.memory_bytes_max = std::max(into.memory_bytes_max, point.memory_bytes_max);
  }
  points_ = std::move(half);
}

void UsageBook::note(const State& state, Time at, const drivers::DeviceSample& sample) {
  if (!state.world) return;
  std::map<WorkloadId, UsageSeries::Seen> seen;
  for (std::size_t n = 0; n < state.board.node_count(); ++n)
    for (const TaskId id : state.board.tasks_on(NodeId{n})) {
      const schedule::Task& task = state.board.task(id);
      for (const drivers::DeviceUse& use : sample.use) {
        if (use.device >= kDevicesPerNodeMax || (task.place.device_mask >> use.device & 1) == 0)
          continue;
        UsageSeries::Seen& sum = seen[task.job];
        ++sum.devices;
        sum.busy_thousandths += use.busy_thousandths;
        sum.memory_bytes += use.memory_bytes;
      }
    }
  for (const auto& [workload, now] : seen) {
    if (!series_.contains(workload)) make_room();
    series_.try_emplace(workload, step_).first->second.add(at, now);
  }
}

const UsageSeries* UsageBook::find(WorkloadId workload) const {
  const auto found = series_.find(workload);
  return found == series_.end() ? nullptr : &found->second;
}

// The one that nothing was seen of for longest goes.
void UsageBook::make_room() {
  if (series_.size() < kWorkloadsMax) return;
  series_.erase(std::ranges::min_element(
      series_, {}, [](const auto& entry) { return entry.second.points().back().from; }));
}

}  // namespace sillar::server
