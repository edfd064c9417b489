#pragma once

// Small traces for tests: one project per letter, whole devices, one task each unless stated.

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "simulate/simulation.h"

namespace sillar {

inline Time at_second(std::int64_t s) {
  return Time::from_seconds(s);
}

struct PlainJob {
  std::string project = "a";
  std::int64_t arrives_s = 0;
  std::int32_t devices = 1;  // Of each task.
  std::int64_t run_time_s = 0;
  std::int32_t gang_min = 1;
  std::int32_t gang_max = 1;
};

// Named j0, j1, ...; a restart costs 30 s.
inline Trace plain_trace(const std::vector<PlainJob>& jobs) {
  Trace trace;
  for (const PlainJob& plain : jobs) {
    TraceJob job;
    job.workload.name = "j" + std::to_string(trace.jobs.size());
    job.workload.project = plain.project;
    job.workload.submitted = at_second(plain.arrives_s);
    job.workload.request.accelerators = plain.devices;
    job.workload.gang_min = plain.gang_min;
    job.workload.gang_max = std::max(plain.gang_min, plain.gang_max);
    job.workload.restart_cost = Duration::seconds(30);
    job.run_time = Duration::seconds(plain.run_time_s);
    trace.jobs.push_back(std::move(job));
  }
  return trace;
}

// Nodes of 8 devices of one class, priced 8.00 an hour each.
inline Fleet plain_fleet(std::int32_t nodes) {
  Fleet fleet = *uniform_fleet(nodes * 8);
  for (Node& node : fleet.nodes) node.price_per_hour = Money{8 * Money::kUnit, {}};
  return fleet;
}

// Top-level leaves with so many devices deserved and as much weight.
inline std::vector<Project> plain_projects(
    const Fleet& fleet, const std::vector<std::pair<std::string, std::int64_t>>& devices) {
  std::vector<Project> projects;
  for (const auto& [name, count] : devices) {
    Project& project = projects.emplace_back();
    project.name = name;
    project.quota.assign(fleet.resource_count(), kQuotaAbsent);
    project.quota[kFirstClass] = {count * kDevice, std::max<std::int64_t>(1, count), kUnlimited};
  }
  return projects;
}

// One project "a" that deserves everything. `trace` outlives the spec.
inline SimulationSpec plain_spec(const Trace& trace, std::int32_t nodes, std::string_view policy) {
  SimulationSpec spec;
  spec.fleet = plain_fleet(nodes);
  spec.projects = plain_projects(spec.fleet, {{"a", nodes * 8}});
  spec.prices = *price_fleet(spec.fleet, PriceBook{});
  spec.trace = &trace;
  spec.policy = policy;
  return spec;
}

}  // namespace sillar
