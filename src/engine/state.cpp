#include "engine/state.h"

#include <algorithm>

#include "base/quantity.h"

namespace sillar {

std::string State::task_name(TaskId id) const {
  const schedule::Task& task = board.task(id);
  const std::uint32_t ordinal = id.value - board.job(task.job).first_task;
  const Workload& w = spec(task.job);
  return ordinal < w.tasks.size() ? w.tasks[ordinal].name : w.name + "/" + std::to_string(ordinal);
}

std::optional<TaskId> State::task_named(std::string_view name) const {
  const auto find_in = [&](WorkloadId id) -> std::optional<TaskId> {
    const schedule::Job& job = board.job(id);
    for (std::int32_t i = 0; i < job.tasks; ++i) {
      const TaskId t{job.first_task + static_cast<std::uint32_t>(i)};
      if (task_name(t) == name) return t;
    }
    return std::nullopt;
  };
  // "<workload>/<n>" is the usual form; any other name was given by hand and is looked for
  // everywhere.
  const std::size_t slash = name.rfind('/');
  if (slash != std::string_view::npos) {
    const auto found = workload_ids.find(name.substr(0, slash));
    if (found != workload_ids.end()) {
      const schedule::Job& job = board.job(found->second);
      const auto ordinal = parse_integer(name.substr(slash + 1));
      if (ordinal && *ordinal >= 0 && *ordinal < job.tasks) {
        const TaskId t{job.first_task + static_cast<std::uint32_t>(*ordinal)};
        if (task_name(t) == name) return t;
      }
      if (auto task = find_in(found->second)) return task;
    }
  }
  for (std::size_t w = 0; w < workloads.size(); ++w) {
    if (workloads[w].spec->tasks.empty()) continue;
    if (auto task = find_in(WorkloadId{w})) return task;
  }
  return std::nullopt;
}

bool succeeded(const WorkloadRecord& record) {
  return record.finished != Time::never() && !record.cancelled && record.failed_tasks == 0 &&
         record.cancelled_tasks == 0;
}

std::vector<std::int64_t> usage_at(const State& state, Time now) {
  std::vector<std::int64_t> usage;
  if (!state.usage) return usage;
  schedule::UsageLedger ledger = *state.usage;
  ledger.accrue(now, state.board.counters().allocated, state.board.capacities());
  ledger.usage_millionths(usage);
  return usage;
}

}  // namespace sillar
