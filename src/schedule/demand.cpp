#include "schedule/demand.h"

#include <algorithm>
#include <bit>
#include <map>
#include <tuple>

#include "base/check.h"

namespace sillar::schedule {
namespace {

constexpr std::int64_t kCoveredPercent = 95;

auto key_of(const DemandTask& task) {
  return std::tie(task.cpu, task.devices, task.thousandths, task.classes);
}

bool alike(const DemandTask& a, const DemandTask& b) {
  return key_of(a) == key_of(b);
}

std::vector<DemandTask> merged(std::vector<DemandTask> tasks) {
  std::sort(tasks.begin(), tasks.end(),
            [](const DemandTask& a, const DemandTask& b) { return key_of(a) < key_of(b); });
  std::vector<DemandTask> kinds;
  for (DemandTask& task : tasks) {
    if (task.count == 0) continue;
    if (!kinds.empty() && alike(kinds.back(), task))
      kinds.back().count += task.count;
    else
      kinds.push_back(std::move(task));
  }
  return kinds;
}

}  // namespace

std::vector<DemandTask> typical_tasks(std::vector<DemandTask> tasks, EqualCounts equal) {
  std::vector<DemandTask> kinds = merged(std::move(tasks));
  std::sort(kinds.begin(), kinds.end(), [equal](const DemandTask& a, const DemandTask& b) {
    if (a.count != b.count) return a.count > b.count;
    return equal == EqualCounts::kLessFirst ? key_of(a) < key_of(b) : key_of(b) < key_of(a);
  });
  Int128 total = 0;
  for (const DemandTask& kind : kinds) total += kind.count;
  Int128 covered = 0;
  std::size_t typical = 0;
  while (typical < kinds.size() && covered * 100 < total * kCoveredPercent)
    covered += kinds[typical++].count;
  kinds.resize(typical);
  return kinds;
}

std::vector<std::int64_t> class_capacity(const Fleet& fleet) {
  std::vector<std::int64_t> capacity(fleet.classes.size(), 0);
  for (const Node& node : fleet.nodes) {
    if (node.accelerator_class.valid() && !node.retired)
      capacity[node.accelerator_class.index()] += node.accelerators * kDevice;
  }
  return capacity;
}

DemandTask demand_of(const Board& board, RequestId request) {
  DemandTask task;
  for (const ShapeId id : board.request(request).alternatives) {
    const Shape& shape = board.shape(id);
    task.cpu = shape.cpu;
    task.devices = shape.devices;
    if (!shape.needs_accelerator()) continue;
    task.classes.resize(shape.by_class.size());
    for (std::size_t c = 0; c < shape.by_class.size(); ++c) {
      const std::int32_t thousandths = shape.by_class[c].thousandths;
      if (thousandths == 0) continue;
      task.classes[c] = true;
      task.thousandths = std::max(task.thousandths, thousandths);
    }
  }
  return task;
}

std::size_t ObservedDemand::moment(std::size_t arrived) {
  const std::size_t power = std::bit_floor(arrived);
  return power < kPaceMin ? power : arrived - arrived % std::clamp(power / 8, kPaceMin, kPaceMax);
}

bool ObservedDemand::update(const Board& board) {
  const std::size_t upto = moment(board.job_count());
  if (upto == upto_) return false;
  CHECK(upto > upto_, "jobs are never forgotten");
  const std::size_t from = upto > kWindow ? upto - kWindow : 0;
  counts_.resize(board.request_count(), 0);
  const auto count = [&](std::size_t job, std::int64_t sign) {
    const Job& arrived = board.job(WorkloadId{job});
    counts_[arrived.request.index()] += sign * arrived.tasks;
  };
  for (std::size_t job = from_; job < std::min(from, upto_); ++job) count(job, -1);
  for (std::size_t job = std::max(from, upto_); job < upto; ++job) count(job, 1);
  from_ = from;
  upto_ = upto;
  return true;
}

std::vector<DemandTask> ObservedDemand::typical(const Board& board) const {
  std::vector<DemandTask> tasks;
  for (std::size_t r = 0; r < counts_.size(); ++r) {
    const std::vector<ShapeId>& alternatives = board.request(RequestId{r}).alternatives;
    const bool possible = std::any_of(alternatives.begin(), alternatives.end(), [&](ShapeId id) {
      return board.shape(id).eligible_count > 0;
    });
    if (counts_[r] == 0 || !possible) continue;
    tasks.push_back(demand_of(board, RequestId{r}));
    tasks.back().count = counts_[r];
  }
  return typical_tasks(std::move(tasks));
}

}  // namespace sillar::schedule
