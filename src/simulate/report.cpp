#include "simulate/report.h"

#include <algorithm>

namespace sillar {
namespace {

Duration nearest_rank(const std::vector<Duration>& sorted, std::size_t percent) {
  const std::size_t rank = (sorted.size() * percent + 99) / 100;
  return sorted[std::max<std::size_t>(rank, 1) - 1];
}

std::int64_t millionths(Int128 part, Int128 whole) {
  return whole == 0 ? 0 : static_cast<std::int64_t>(part * 1'000'000 / whole);
}

}  // namespace

Distribution distribution_of(std::vector<Duration>& samples) {
  Distribution out;
  if (samples.empty()) return out;
  std::sort(samples.begin(), samples.end());
  Int128 sum = 0;
  for (const Duration sample : samples) sum += sample.ns;
  out.count = std::ssize(samples);
  out.mean.ns = static_cast<std::int64_t>(sum / out.count);
  out.p50 = nearest_rank(samples, 50);
  out.p90 = nearest_rank(samples, 90);
  out.p99 = nearest_rank(samples, 99);
  out.max = samples.back();
  return out;
}

std::int64_t SimulationReport::held_millionths() const {
  return millionths(device_time.held, capacity_device_time);
}

std::int64_t SimulationReport::useful_millionths() const {
  return millionths(device_time.useful, capacity_device_time);
}

}  // namespace sillar
