#include "simulate/series.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace sillar {

SeriesBuilder::SeriesBuilder(Time begin, Duration width, std::size_t points_max,
                             std::size_t projects, CostReader costs)
    : begin_(begin),
      width_(width),
      points_max_(points_max / 2 * 2),
      read_costs_(std::move(costs)),
      projects_(projects) {
  CHECK(width.ns > 0 && points_max_ >= 2, "a series has buckets of some width");
  for (Project& project : projects_) project.counted = begin;
}

void SeriesBuilder::count(Project& project, Time until) {
  const std::int64_t elapsed = (until - project.counted).ns;
  project.devices.integral += Int128{elapsed} * project.devices.amount;
  project.queued.integral += Int128{elapsed} * project.queued.amount;
  project.counted = until;
}

void SeriesBuilder::add_devices(ProjectId project, std::int64_t amount, Time at) {
  count(projects_[project.index()], at);
  projects_[project.index()].devices.amount += amount;
}

void SeriesBuilder::add_queued(ProjectId project, std::int64_t jobs, Time at) {
  count(projects_[project.index()], at);
  projects_[project.index()].queued.amount += jobs;
}

void SeriesBuilder::advance(Time now) {
  while (true) {
    const Time end = begin_ + width_ * static_cast<std::int64_t>(buckets_.size() + 1);
    if (now < end) return;
    close(end);
    if (buckets_.size() == points_max_) merge();
  }
}

void SeriesBuilder::close(Time end) {
  std::vector<Sums> sums(projects_.size() + 1);
  Sums& fleet = sums.back();
  for (std::size_t p = 0; p < projects_.size(); ++p) {
    Project& project = projects_[p];
    count(project, end);
    sums[p].devices = std::exchange(project.devices.integral, 0);
    sums[p].queued = std::exchange(project.queued.integral, 0);
    fleet.devices += sums[p].devices;
    fleet.queued += sums[p].queued;
  }
  Costs costs = read_costs_(end);
  for (std::size_t p = 0; p < costs.projects.size(); ++p)
    sums[p].cost =
        costs.projects[p] - (costs_before_.projects.empty() ? 0 : costs_before_.projects[p]);
  fleet.cost = costs.billed - costs_before_.billed;
  costs_before_ = std::move(costs);
  buckets_.push_back(std::move(sums));
}

void SeriesBuilder::merge() {
  for (std::size_t b = 0; b < buckets_.size() / 2; ++b) {
    std::vector<Sums> both = std::move(buckets_[2 * b]);
    for (std::size_t p = 0; p < both.size(); ++p) {
      const Sums& second = buckets_[2 * b + 1][p];
      both[p].devices += second.devices;
      both[p].queued += second.queued;
      both[p].cost += second.cost;
    }
    buckets_[b] = std::move(both);
  }
  buckets_.resize(buckets_.size() / 2);
  width_ = width_ * 2;
}

SeriesLine SeriesBuilder::line(std::size_t project, Time end) const {
  SeriesLine out;
  for (std::size_t b = 0; b < buckets_.size(); ++b) {
    const Time from = begin_ + width_ * static_cast<std::int64_t>(b);
    const std::int64_t length = std::min(width_, end - from).ns;
    const Sums& sums = buckets_[b][project];
    out.devices.push_back(static_cast<std::int64_t>(sums.devices / length));
    out.queued.push_back(static_cast<std::int64_t>(sums.queued * 1000 / length));
    if (!costs_before_.projects.empty())
      out.cost_nanos.push_back(static_cast<std::int64_t>(sums.cost));
  }
  return out;
}

Series SeriesBuilder::finish(Time end) {
  advance(end);
  if (begin_ + width_ * static_cast<std::int64_t>(buckets_.size()) < end) close(end);
  Series series{begin_, width_, buckets_.size(), {}, line(projects_.size(), end)};
  for (std::size_t p = 0; p < projects_.size(); ++p) series.projects.push_back(line(p, end));
  return series;
}

}  // namespace sillar
