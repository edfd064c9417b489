#include "simulate/openb_trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

namespace sillar {
namespace {

constexpr std::string_view kProject = "openb";

Result<TraceJob> job_of(const OpenbPod& pod) {
  if (pod.created == Time::never() || pod.deleted == Time::never())
    return invalid(
        fmt::format("{}: a pod without times of creation and deletion cannot be "
                    "replayed; take a list that has them",
                    pod.name));
  TraceJob job;
  job.workload.name = pod.name;
  job.workload.project = kProject;
  job.workload.kind = WorkloadKind::kBatch;
  job.workload.submitted = pod.created;
  job.workload.request = openb_request(pod);
  job.run_time = pod.deleted - pod.began();
  job.failed = pod.failed;
  SILLAR_TRY_STATUS(check_job(job));
  return job;
}

}  // namespace

Result<Trace> openb_trace(const std::string& name, std::span<const OpenbPod> pods,
                          const Fleet& fleet) {
  std::vector<std::size_t> order(pods.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::pair(pods[a].created, a) < std::pair(pods[b].created, b);
  });
  Trace trace;
  trace.jobs.reserve(pods.size());
  for (const std::size_t i : order) {
    auto job = job_of(pods[i]);
    if (!job) return tl::unexpected(job.error().within(fmt::format("{}:{}", name, pods[i].line)));
    trace.jobs.push_back(std::move(*job));
  }
  Project& project = trace.projects.emplace_back();
  project.name = kProject;
  project.quota.assign(fleet.resource_count(), kQuotaAbsent);
  return trace;
}

}  // namespace sillar
