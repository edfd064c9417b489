#include "simulate/tally.h"

#include <algorithm>

namespace sillar {
namespace {

void add(DeviceTime& to, const DeviceTime& from) {
  to.held += from.held;
  to.useful += from.useful;
  to.restarting += from.restarting;
  to.lost_work += from.lost_work;
}

// Works for a project's line and for the report alike.
template <typename Line>
void count(Line& line, JobEnd end) {
  switch (end) {
    case JobEnd::kFinished:
      ++line.finished;
      return;
    case JobEnd::kFailed:
      ++line.failed;
      return;
    case JobEnd::kStoppedAtLimit:
      ++line.stopped_at_limit;
      return;
  }
}

}  // namespace

void Tally::report(const std::vector<Project>& projects, const ModelledCluster& cluster,
                   SimulationReport& out) const {
  // One list of samples for each project, and one for all.
  std::vector<std::vector<Duration>> completion(projects.size() + 1), queueing(projects.size() + 1);
  for (const Project& project : projects) {
    ProjectReport& line = out.projects.emplace_back();
    line.name = project.name;
    line.parent = project.parent;
  }
  for (std::size_t i = 0; i < jobs_.size(); ++i) {
    const Job& job = jobs_[i];
    const DeviceTime& device_time = cluster.device_time(WorkloadId{i});
    const bool finished = job.end == JobEnd::kFinished;
    const Duration took = finished ? job.ended - job.arrived : Duration{0};
    if (job.end) count(out, *job.end);
    out.evictions += job.evictions;
    add(out.device_time, device_time);
    for (ProjectId p = job.project; p.valid(); p = projects[p.index()].parent) {
      ProjectReport& line = out.projects[p.index()];
      ++line.jobs;
      line.evictions += job.evictions;
      add(line.device_time, device_time);
      if (job.end) count(line, *job.end);
      if (!finished) continue;
      completion[p.index()].push_back(took);
      queueing[p.index()].push_back(took - job.run_time);
    }
    if (!finished) continue;
    completion.back().push_back(took);
    queueing.back().push_back(took - job.run_time);
  }
  for (std::size_t p = 0; p < projects.size(); ++p) {
    out.projects[p].completion = distribution_of(completion[p]);
    out.projects[p].queueing = distribution_of(queueing[p]);
  }
  out.completion = distribution_of(completion.back());
  out.queueing = distribution_of(queueing.back());
  out.unfinished = static_cast<std::int64_t>(jobs_.size()) - ended_;
}

void Tally::report_queueing(Series& series) const {
  if (series.points == 0) return;
  std::vector<SeriesLine*> lines;
  for (SeriesLine& line : series.projects) lines.push_back(&line);
  lines.push_back(&series.fleet);
  std::vector<std::vector<Int128>> sums(lines.size(), std::vector<Int128>(series.points));
  for (SeriesLine* line : lines) {
    line->arrived.assign(series.points, 0);
    line->queueing.assign(series.points, Duration{0});
  }
  for (const Job& job : jobs_) {
    if (job.end != JobEnd::kFinished) continue;
    const auto bucket = static_cast<std::size_t>((job.arrived - series.begin).ns / series.width.ns);
    for (const std::size_t l : {job.project.index(), lines.size() - 1}) {
      ++lines[l]->arrived[std::min(bucket, series.points - 1)];
      sums[l][std::min(bucket, series.points - 1)] += (job.ended - job.arrived - job.run_time).ns;
    }
  }
  for (std::size_t l = 0; l < lines.size(); ++l) {
    for (std::size_t b = 0; b < series.points; ++b) {
      if (lines[l]->arrived[b] > 0)
        lines[l]->queueing[b].ns = static_cast<std::int64_t>(sums[l][b] / lines[l]->arrived[b]);
    }
  }
}

void report_costs(const MeterTotals& totals, const std::vector<Project>& projects,
                  SimulationReport& out) {
  out.priced = true;
  out.currency = totals.currency;
  out.billed_nanos = totals.billed_nanos;
  out.workload_nanos = totals.workload_nanos;
  out.idle_nanos = totals.idle_nanos;
  const std::vector<ProjectCost> costs = with_children(totals.projects, projects);
  for (std::size_t p = 0; p < projects.size(); ++p) {
    out.projects[p].cost_nanos = costs[p].nanos();
    out.projects[p].accelerator_nanos = costs[p].accelerator_nanos;
  }
}

}  // namespace sillar
