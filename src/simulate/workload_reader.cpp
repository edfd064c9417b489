#include "simulate/workload_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/text.h"

namespace sillar {
namespace {

using RunTimes = std::map<std::string, Duration, std::less<>>;

Error error_at(const Document& document, const Value& value, std::string_view what) {
  return {ErrorCode::kInvalidInput,
          fmt::format("{}:{}:{}: {}", document.name, value.line, value.column, what)};
}

Result<RunTimes> read_run_times(const Document& document, const Value& value) {
  if (value.kind != Value::Kind::kMapping)
    return tl::unexpected(
        error_at(document, value, "run_times: a mapping from names to durations was expected"));
  RunTimes times;
  for (const auto& [name, text] : value.fields) {
    const Result<Duration> time = text.kind == Value::Kind::kScalar
                                      ? parse_duration(text.scalar)
                                      : invalid("a duration was expected");
    if (!time)
      return tl::unexpected(
          error_at(document, text, fmt::format("run_times.{}: {}", name, time.error().message)));
    times.emplace(name, *time);
  }
  return times;
}

// The document without `run_times`, as load_workloads takes it.
Document workloads_alone(const Document& document) {
  Document rest = document;
  Value& root = rest.root;
  for (std::size_t i = 0; i < root.fields.size(); ++i) {
    if (root.fields[i].first != "run_times") continue;
    root.fields.erase(root.fields.begin() + static_cast<std::ptrdiff_t>(i));
    if (i < root.key_marks.size())
      root.key_marks.erase(root.key_marks.begin() + static_cast<std::ptrdiff_t>(i));
    break;
  }
  return rest;
}

Status check_fields(const Document& document) {
  const std::vector<std::string> known{"workloads", "run_times"};
  const Value& root = document.root;
  if (root.kind != Value::Kind::kMapping) return {};
  for (std::size_t f = 0; f < root.fields.size(); ++f) {
    const std::string& name = root.fields[f].first;
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const auto [line, column] = root.key_marks[f];
    const std::string near = did_you_mean(name, known);
    return invalid(fmt::format("{}:{}:{}: unknown field '{}'{}", document.name, line, column, name,
                               near.empty() ? "" : fmt::format("; did you mean '{}'?", near)));
  }
  return {};
}

// Where a workload is stated; a copy's name begins with the name of what it copies.
const Value& stated_at(const Document& document, std::string_view name) {
  const Value* list = document.root.find("workloads");
  const Value& all = list != nullptr ? *list : document.root;
  const Value* best = &all;
  std::size_t best_size = 0;
  for (const Value& item : all.items) {
    const Value* own = item.find("name");
    if (own == nullptr || !name.starts_with(own->scalar) || own->scalar.size() <= best_size)
      continue;
    best = &item;
    best_size = own->scalar.size();
  }
  return *best;
}

Result<TraceJob> job_of(Workload workload, const RunTimes& times) {
  for (const TaskSpec& task : workload.tasks) {
    if (task.state != TaskState::kPending)
      return invalid(
          fmt::format("{}: a task does not wait; in a trace all work arrives, so leave the states "
                      "of its tasks out",
                      workload.name));
  }
  TraceJob job;
  const auto stated = times.find(workload.name);
  job.run_time = stated != times.end() ? stated->second : workload.estimate;
  if (stated == times.end() && workload.estimate.ns == 0)
    return invalid(fmt::format("{}: neither an estimate nor a run time; state one under run_times",
                               workload.name));
  job.workload = std::move(workload);
  SILLAR_TRY_STATUS(check_job(job));
  return job;
}

}  // namespace

Result<Trace> read_workload_trace(const Document& document, const Fleet& fleet,
                                  std::span<const Project> projects) {
  SILLAR_TRY_STATUS(check_fields(document));
  RunTimes times;
  const Value* stated = document.root.find("run_times");
  if (stated != nullptr) {
    SILLAR_TRY(read, read_run_times(document, *stated));
    times = std::move(read);
  }
  SILLAR_TRY(workloads, load_workloads(stated != nullptr ? workloads_alone(document) : document,
                                       fleet, projects));
  std::set<std::string_view> names;
  for (const Workload& workload : workloads) names.insert(workload.name);
  for (const auto& [name, time] : times) {
    if (!names.contains(name))
      return tl::unexpected(error_at(document, *stated->find(name),
                                     fmt::format("run_times: there is no workload '{}'", name)));
  }
  std::vector<std::size_t> order(workloads.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::pair(workloads[a].submitted, a) < std::pair(workloads[b].submitted, b);
  });
  Trace trace;
  trace.projects.assign(projects.begin(), projects.end());
  trace.jobs.reserve(workloads.size());
  for (const std::size_t i : order) {
    const std::string name = workloads[i].name;
    auto job = job_of(std::move(workloads[i]), times);
    if (!job)
      return tl::unexpected(error_at(document, stated_at(document, name), job.error().message));
    trace.jobs.push_back(std::move(*job));
  }
  return trace;
}

}  // namespace sillar
