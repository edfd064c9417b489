#include "simulate/trace.h"

#include <fmt/format.h>

#include <limits>

#include "base/money.h"
#include "base/quantity.h"

namespace sillar {
namespace {

// Of a job's tasks together, so that sums of task time stay far from the end of 64 bits.
constexpr std::int64_t kTaskTimeMax = std::int64_t{1} << 60;

}  // namespace

Status check_durations(std::initializer_list<BoundedDuration> durations) {
  for (const BoundedDuration& bounded : durations) {
    if (bounded.duration.ns >= 0 && bounded.duration <= bounded.most) continue;
    return invalid(fmt::format("{}: {} is outside 0 to {}", bounded.what,
                               format_duration(bounded.duration), format_duration(bounded.most)));
  }
  return {};
}

Status check_job(const TraceJob& job) {
  const Workload& workload = job.workload;
  if (workload.submitted < Time{0} || workload.submitted >= kSimulatedEnd)
    return invalid(fmt::format("{}: arrives at {}, outside {} to {}", workload.name,
                               format_time(workload.submitted), format_time(Time{0}),
                               format_time(kSimulatedEnd)));
  if (const Status bad =
          check_durations({{"run time", job.run_time, kSimulatedTimeMax},
                           {"estimate", workload.estimate, kSimulatedTimeMax},
                           {"limit", workload.limit, kSimulatedTimeMax},
                           {"checkpoint interval", workload.checkpoint_interval, kSimulatedTimeMax},
                           {"checkpoint cost", workload.checkpoint_cost, kSimulatedCostMax},
                           {"restart cost", workload.restart_cost, kSimulatedCostMax}});
      !bad)
    return tl::unexpected(bad.error().within(workload.name));
  if (workload.gang_max < 1 || job.run_time.ns > kTaskTimeMax / workload.gang_max)
    return invalid(fmt::format("{}: {} tasks of {} are too much work", workload.name,
                               workload.gang_max, format_duration(job.run_time)));
  return {};
}

Status compress_arrivals(Trace& trace, std::int64_t thousandths) {
  if (trace.jobs.empty()) return {};
  const Time first = trace.jobs.front().workload.submitted;
  for (TraceJob& job : trace.jobs) {
    const Int128 since = Int128{(job.workload.submitted - first).ns} * kThousand / thousandths;
    if (since >= (kSimulatedEnd - first).ns)
      return invalid(fmt::format("{}: arrivals become so sparse that it would come after {}",
                                 job.workload.name, format_time(kSimulatedEnd)));
    job.workload.submitted = first + Duration{static_cast<std::int64_t>(since)};
  }
  return {};
}

}  // namespace sillar
