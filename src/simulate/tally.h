#pragma once

// Counts what happens to jobs while a simulation runs, and writes the report at its end.

#include <cstdint>
#include <optional>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "ledger/meter.h"
#include "model/project.h"
#include "simulate/cluster.h"
#include "simulate/report.h"

namespace sillar {

class Tally {
 public:
  // Jobs come in the order of their ids.
  void arrived(ProjectId project, Time at, Duration run_time) {
    jobs_.push_back({project, at, std::nullopt, Time::never(), run_time, 0});
  }
  void ended(WorkloadId job, JobEnd end, Time at) {
    jobs_[job.index()].end = end;
    jobs_[job.index()].ended = at;
    ++ended_;
  }
  void evicted(WorkloadId job) { ++jobs_[job.index()].evictions; }

  [[nodiscard]] std::int64_t ended_jobs() const { return ended_; }
  [[nodiscard]] std::size_t jobs() const { return jobs_.size(); }

  // Fills in what concerns jobs, projects and device time. `projects`: parents before children.
  void report(const std::vector<Project>& projects, const ModelledCluster& cluster,
              SimulationReport& out) const;
  // Fills in the queueing times of series whose buckets are known.
  void report_queueing(Series& series) const;

 private:
  struct Job {
    ProjectId project;
    Time arrived;
    std::optional<JobEnd> end;
    Time ended;
    Duration run_time;
    std::int64_t evictions = 0;
  };

  std::vector<Job> jobs_;
  std::int64_t ended_ = 0;
};

// Fills in costs, of projects with their children.
void report_costs(const MeterTotals& totals, const std::vector<Project>& projects,
                  SimulationReport& out);

}  // namespace sillar
