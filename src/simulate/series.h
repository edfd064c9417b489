#pragma once

// The report's series while they grow. The number of buckets is bounded: when they are full,
// neighbours merge and the width doubles, so that a run of any length costs the same.

#include <cstdint>
#include <functional>
#include <vector>

#include "base/ids.h"
#include "base/money.h"
#include "base/time.h"
#include "simulate/report.h"

namespace sillar {

class SeriesBuilder {
 public:
  struct Costs {
    std::vector<Int128> projects;  // By ProjectId, their own. Empty without prices.
    Int128 billed = 0;
  };
  // What everything has cost until a time, which is not before the last call's.
  using CostReader = std::function<Costs(Time)>;

  // Requires: width > 0; points_max >= 2.
  SeriesBuilder(Time begin, Duration width, std::size_t points_max, std::size_t projects,
                CostReader costs);

  // Closes the buckets that end at or before `now`. To be called before what happens at `now`.
  void advance(Time now);
  // Requires: `at` is not before the last advance, and in the bucket that it opened.
  void add_devices(ProjectId project, std::int64_t amount, Time at);
  void add_queued(ProjectId project, std::int64_t jobs, Time at);
  [[nodiscard]] Series finish(Time end);

 private:
  struct Level {
    std::int64_t amount = 0;
    Int128 integral = 0;  // Over the open bucket, times nanoseconds.
  };
  struct Project {
    Level devices;
    Level queued;
    Time counted;
  };
  struct Sums {
    Int128 devices = 0;
    Int128 queued = 0;
    Int128 cost = 0;
  };

  static void count(Project& project, Time until);
  void close(Time end);
  void merge();
  [[nodiscard]] SeriesLine line(std::size_t project, Time end) const;

  Time begin_;
  Duration width_;
  std::size_t points_max_;
  CostReader read_costs_;
  Costs costs_before_;
  std::vector<Project> projects_;
  // Per closed bucket, one entry per project and at the end one for the fleet.
  std::vector<std::vector<Sums>> buckets_;
};

}  // namespace sillar
