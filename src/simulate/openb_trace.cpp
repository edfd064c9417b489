#include "simulate/openb_trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

namespace sillar {
namespace {

constexpr std::string_view kProject = "openb";

Result<TraceJob> job_of(const OpenbPod& pod, Time first, std::int64_t compression) {
  const Time began = pod.scheduled != Time::never() ? pod.scheduled : pod.created;
  if (pod.created == Time::never() || pod.deleted == Time::never())
    return invalid(
        fmt::format("{}: a pod without times of creation and deletion cannot be "
                    "replayed; take a list that has them",
                    pod.name));
  if (pod.deleted < began)
    return invalid(fmt::format("{}: deleted at {} s, before it began at {} s", pod.name,
                               pod.deleted.ns / 1'000'000'000, began.ns / 1'000'000'000));
  TraceJob job;
  job.workload.name = pod.name;
  job.workload.project = kProject;
  job.workload.kind = WorkloadKind::kBatch;
  job.workload.submitted = first + Duration{(pod.created - first).ns / compression};
  job.workload.request = openb_request(pod);
  job.run_time = pod.deleted - began;
  return job;
}

}  // namespace

Result<Trace> openb_trace(std::span<const OpenbPod> pods, const Fleet& fleet,
                          std::int64_t compression) {
  if (compression < 1 || compression > kOpenbCompressionMax)
    return invalid(fmt::format("arrivals are divided by 1 to {}, not by {}", kOpenbCompressionMax,
                               compression));
  Time first = Time::never();
  for (const OpenbPod& pod : pods) first = std::min(first, pod.created);
  std::vector<std::size_t> order(pods.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::pair(pods[a].created, a) < std::pair(pods[b].created, b);
  });
  Trace trace;
  trace.jobs.reserve(pods.size());
  for (const std::size_t i : order) {
    SILLAR_TRY(job, job_of(pods[i], first, compression));
    trace.jobs.push_back(std::move(job));
  }
  Project& project = trace.projects.emplace_back();
  project.name = kProject;
  project.quota.assign(fleet.resource_count(), kQuotaAbsent);
  return trace;
}

}  // namespace sillar
