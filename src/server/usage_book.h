#pragma once

// How busy the devices of workloads were, for people: kept in memory alone, a bounded number of
// points for each of a bounded number of workloads. Old points stand for longer times, so that the
// whole life of a workload is in them.

#include <cstdint>
#include <map>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "drivers/devices.h"
#include "engine/state.h"

namespace sillar::server {

class UsageSeries {
 public:
  static constexpr std::size_t kPointsMax = 240;

  struct Seen {
    std::int64_t devices = 0;
    std::int64_t busy_thousandths = 0;  // Of all of them, added up.
    std::int64_t memory_bytes = 0;      // The same.
  };
  // What was seen in a step.
  struct Point {
    Time from;
    std::int64_t samples = 0;
    Seen sum;
    std::int64_t memory_bytes_max = 0;

    // Of a device, on average.
    [[nodiscard]] std::int64_t busy_thousandths() const {
      return sum.devices == 0 ? 0 : sum.busy_thousandths / sum.devices;
    }
    [[nodiscard]] std::int64_t devices() const { return samples == 0 ? 0 : sum.devices / samples; }
  };

  explicit UsageSeries(Duration step) : step_(step) {}

  // Requires: times do not go back.
  void add(Time at, const Seen& seen);
  [[nodiscard]] const std::vector<Point>& points() const { return points_; }
  // How long a point stands for.
  [[nodiscard]] Duration step() const { return step_; }

 private:
  void halve();

  Duration step_;
  std::vector<Point> points_;
};

// The control thread's.
class UsageBook {
 public:
  static constexpr std::size_t kWorkloadsMax = 1024;

  explicit UsageBook(Duration step) : step_(step) {}

  // Of what runs with devices that are in the sample.
  void note(const State& state, Time at, const drivers::DeviceSample& sample);
  // Null: nothing was seen of it.
  [[nodiscard]] const UsageSeries* find(WorkloadId workload) const;

 private:
  void make_room();

  Duration step_;
  std::map<WorkloadId, UsageSeries> series_;
};

}  // namespace sillar::server
