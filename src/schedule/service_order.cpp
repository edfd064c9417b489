#include "schedule/service_order.h"

#include <algorithm>

#include "base/check.h"

namespace sillar::schedule {
namespace {
// std heaps put the greatest in front; "less" is therefore "goes later".
bool key_after(const PendingKey& a, const PendingKey& b) {
  return b < a;
}
}  // namespace

Amounts next_ask(const Board& board, const Job& job) {
  Amounts asks(board.resources());
  const std::int64_t tasks = std::max(job.gang_min - job.active(), 1);
  for (const auto& [resource, amount] : board.request(job.request).demand)
    asks[resource] = tasks * amount;
  return asks;
}

ServiceOrder::ServiceOrder(const Board& board, const Fairness& fairness, const Wanted& wanted)
    : board_(board), fairness_(fairness), entries_(board.projects().size()) {
  for (std::size_t p = 0; p < entries_.size(); ++p) {
    for (const auto& [request, keys] : board.pending(ProjectId{p})) {
      if (wanted(ProjectId{p}, request, *keys.begin()))
        entries_[p].jobs.insert(entries_[p].jobs.end(), keys.begin(), keys.end());
    }
  }
  build();
}

ServiceOrder::ServiceOrder(const Board& board, const Fairness& fairness,
                           std::span<const WorkloadId> jobs)
    : board_(board), fairness_(fairness), entries_(board.projects().size()) {
  for (const WorkloadId job : jobs) {
    if (board.job(job).wants_more())
      entries_[board.job(job).project.index()].jobs.push_back(board.pending_key(job));
  }
  build();
}

void ServiceOrder::build() {
  // Children come after their parents, so going backwards finishes every child first.
  for (std::size_t p = entries_.size(); p-- > 0;) {
    Entry& entry = entries_[p];
    std::make_heap(entry.jobs.begin(), entry.jobs.end(), key_after);
    for (const ProjectId child : board_.children(ProjectId{p})) {
      if (entries_[child.index()].best.valid()) entry.children.push_back(child.value);
    }
    std::make_heap(entry.children.begin(), entry.children.end(),
                   [this](auto a, auto b) { return after(a, b); });
    refresh(static_cast<std::uint32_t>(p));
  }
  for (const ProjectId root : board_.roots()) {
    if (entries_[root.index()].best.valid()) roots_.push_back(root.value);
  }
  std::make_heap(roots_.begin(), roots_.end(), [this](auto a, auto b) { return after(a, b); });
}

bool ServiceOrder::after(std::uint32_t a, std::uint32_t b) const {
  return goes_before(entries_[b].key, entries_[a].key);
}

void ServiceOrder::refresh(std::uint32_t project) {
  Entry& entry = entries_[project];
  if (!entry.jobs.empty()) {
    entry.best = entry.jobs.front().job;
    entry.asks = next_ask(board_, board_.job(entry.best));
  } else if (!entry.children.empty()) {
    const Entry& child = entries_[entry.children.front()];
    entry.best = child.best;
    entry.asks = child.asks;
  } else {
    entry.best = WorkloadId{};
    return;
  }
  entry.key = fairness_.standing(ProjectId{project}, entry.asks);
}

WorkloadId ServiceOrder::top() const {
  return roots_.empty() ? WorkloadId{} : entries_[roots_.front()].best;
}

// Restores a heap whose front may have changed or emptied.
void ServiceOrder::sift(std::vector<std::uint32_t>& heap) {
  const auto order = [this](std::uint32_t a, std::uint32_t b) { return after(a, b); };
  const std::uint32_t front = heap.front();
  std::pop_heap(heap.begin(), heap.end(), order);
  if (!entries_[front].best.valid()) {
    heap.pop_back();
    return;
  }
  std::push_heap(heap.begin(), heap.end(), order);
}

void ServiceOrder::pop(bool again) {
  CHECK(!roots_.empty(), "nothing is left to serve");
  std::vector<std::uint32_t> path;  // From the top level down to the leaf.
  for (std::uint32_t p = roots_.front();; p = entries_[p].children.front()) {
    path.push_back(p);
    if (entries_[p].children.empty()) break;
  }
  std::vector<PendingKey>& jobs = entries_[path.back()].jobs;
  const WorkloadId job = jobs.front().job;
  std::pop_heap(jobs.begin(), jobs.end(), key_after);
  jobs.pop_back();
  if (again && board_.job(job).wants_more()) {
    jobs.push_back(board_.pending_key(job));
    std::push_heap(jobs.begin(), jobs.end(), key_after);
  }
  for (std::size_t i = path.size(); i-- > 0;) {
    // pop_heap compares the front with others by keys made before it changed; order is restored
    // from its new key only.
    refresh(path[i]);
    sift(i > 0 ? entries_[path[i - 1]].children : roots_);
  }
}

}  // namespace sillar::schedule
