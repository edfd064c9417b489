#include "server/views.h"

#include <algorithm>
#include <set>

#include "engine/workload_phase.h"
#include "server/subject.h"

namespace sillar::server {
namespace {

bool shown(const WorkloadRow& row, const WorkloadFilter& filter) {
  const std::string& project = row.spec->project;
  if (!within_subtree(project, filter.project)) return false;
  if (!filter.owner.empty() && row.spec->owner != filter.owner) return false;
  if (!filter.phases.empty() && std::ranges::count(filter.phases, row.phase) == 0) return false;
  return std::ranges::any_of(filter.readable, [&](const std::string& subtree) {
    return within_subtree(project, subtree);
  });
}

void note_end(WorkloadRow& row, const State& state, const schedule::Job& job) {
  for (std::int32_t i = 0; i < job.tasks; ++i) {
    const TaskRecord& task = state.tasks[job.first_task + static_cast<std::uint32_t>(i)];
    if (task.attempt > 0 && row.exit_code.value_or(0) == 0) row.exit_code = task.exit_code;
  }
}

}  // namespace

bool within_subtree(std::string_view path, std::string_view subtree) {
  if (subtree.empty() || path == subtree) return true;
  return path.size() > subtree.size() && path.starts_with(subtree) && path[subtree.size()] == '/';
}

std::shared_ptr<const WorkloadRow> Views::row_of(const State& state, WorkloadId id) {
  const WorkloadRecord& record = state.workloads[id.index()];
  const schedule::Job& job = state.board.job(id);
  auto row = std::make_shared<WorkloadRow>();
  row->id = id;
  row->spec = record.spec;
  row->reason = record.reason;
  row->phase = phase_name(workload_phase(state, id));
  row->first_started = record.first_started;
  row->finished = record.finished;
  row->pending = job.pending + job.reserved;
  row->running = job.running + job.stopping;
  row->ended = job.tasks - row->pending - row->running;
  row->evictions = record.evictions;
  if (record.finished != Time::never()) note_end(*row, state, job);
  std::set<NodeId> nodes;
  if (row->running > 0)
    for (std::int32_t i = 0; i < job.tasks && nodes.size() < kNodesShown; ++i) {
      const schedule::Task& task =
          state.board.task(TaskId{job.first_task + static_cast<std::uint32_t>(i)});
      if (task.phase == schedule::Phase::kRunning || task.phase == schedule::Phase::kStopping)
        nodes.insert(task.place.node);
    }
  for (const NodeId node : nodes) row->nodes.push_back(state.world->fleet.nodes[node.index()].name);
  return row;
}

void Views::rebuild(const Core& core) {
  const State& state = core.state();
  std::vector<std::shared_ptr<const WorkloadRow>> rows;
  rows.reserve(state.workloads.size());
  for (std::uint32_t i = 0; i < state.workloads.size(); ++i)
    rows.push_back(row_of(state, WorkloadId{i}));
  const std::lock_guard lock(mutex_);
  rows_ = std::move(rows);
  world_ = state.world;
  ids_.clear();
  for (const auto& row : rows_) ids_.emplace(row->spec->name, row->id.value);
}

void Views::publish(const Core& core) {
  const State& state = core.state();
  std::vector<WorkloadId> touched;
  for (const Step& step : core.steps())
    for (const Fact& fact : step.facts)
      // What waits is told anew why.
      if (std::holds_alternative<WorldChanged>(fact.body))
        return rebuild(core);
      else if (const auto id = workload_of(state, fact))
        touched.push_back(*id);
  std::ranges::sort(touched);
  touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
  std::vector<std::shared_ptr<const WorkloadRow>> fresh;
  fresh.reserve(touched.size());
  for (const WorkloadId id : touched) fresh.push_back(row_of(state, id));

  const std::lock_guard lock(mutex_);
  world_ = state.world;
  for (auto& row : fresh) {
    const std::size_t at = row->id.index();
    if (at >= rows_.size()) {
      rows_.resize(at + 1);
      ids_.emplace(row->spec->name, row->id.value);
    }
    rows_[at].swap(row);
  }
}

WorkloadPage Views::workloads(const WorkloadFilter& filter, std::uint32_t from,
                              std::size_t limit) const {
  limit = std::clamp<std::size_t>(limit, 1, kPageMax);
  WorkloadPage page;
  const std::lock_guard lock(mutex_);
  std::size_t at = from == 0 ? rows_.size() : std::min<std::size_t>(from, rows_.size());
  while (at > 0) {
    const auto& row = rows_[at - 1];
    if (shown(*row, filter)) {
      if (page.rows.size() == limit) {
        page.next = static_cast<std::uint32_t>(at);
        break;
      }
      page.rows.push_back(row);
    }
    --at;
  }
  return page;
}

std::vector<std::shared_ptr<const WorkloadRow>> Views::unfinished(
    const WorkloadFilter& filter) const {
  std::vector<std::shared_ptr<const WorkloadRow>> rows;
  const std::lock_guard lock(mutex_);
  for (auto row = rows_.rbegin(); row != rows_.rend(); ++row)
    if ((*row)->finished == Time::never() && shown(**row, filter)) rows.push_back(*row);
  return rows;
}

WorkloadCounts Views::counts() const {
  WorkloadCounts counts;
  const std::lock_guard lock(mutex_);
  for (const auto& row : rows_) {
    ++counts.phases[row->phase];
    counts.pending += static_cast<std::uint64_t>(row->pending);
    counts.running += static_cast<std::uint64_t>(row->running);
    counts.ended += static_cast<std::uint64_t>(row->ended);
  }
  return counts;
}

std::shared_ptr<const WorkloadRow> Views::workload(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  const auto found = ids_.find(name);
  return found == ids_.end() ? nullptr : rows_[found->second];
}

std::shared_ptr<const World> Views::world() const {
  const std::lock_guard lock(mutex_);
  return world_;
}

}  // namespace sillar::server
