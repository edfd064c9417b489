#include "schedule/service_order.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace sillar::schedule {
namespace {
// std heaps put the greatest in front; "less" is therefore "goes later".
constexpr auto kGroupAfter = [](const auto& a, const auto& b) { return b.at < a.at; };
}  // namespace

Amounts next_ask(const Board& board, const Job& job) {
  Amounts asks(board.resources());
  const std::int64_t tasks = job.next_step();
  for (const auto& [resource, amount] : board.request(job.request).demand)
    asks[resource] = tasks * amount;
  return asks;
}

ServiceOrder::ServiceOrder(const Board& board, const Fairness& fairness, Wanted wanted)
    : board_(board),
      fairness_(fairness),
      wanted_(std::move(wanted)),
      entries_(board.projects().size()) {
  for (std::size_t p = 0; p < entries_.size(); ++p) {
    const PendingHead* best = nullptr;
    for (const PendingHead& group : board.pending(ProjectId{p}).heads()) {
      if ((best == nullptr || group.first < best->first) &&
          wanted_(ProjectId{p}, group.request, group.first))
        best = &group;
    }
    if (best == nullptr) continue;
    entries_[p].groups.push_back({best->request, best->first, false});
    entries_[p].listed = false;
  }
  build();
}

ServiceOrder::ServiceOrder(const Board& board, const Fairness& fairness,
                           std::span<const WorkloadId> jobs)
    : board_(board), fairness_(fairness), entries_(board.projects().size()) {
  for (const WorkloadId id : jobs) {
    const Job& job = board.job(id);
    if (job.wants_more())
      entries_[job.project.index()].groups.push_back({job.request, board.pending_key(id), true});
  }
  build();
}

// Whatever goes before the best was not wanted; the best itself may have been served meanwhile.
std::vector<ServiceOrder::Group>& ServiceOrder::listed_groups(std::uint32_t leaf) {
  Entry& entry = entries_[leaf];
  if (entry.listed) return entry.groups;
  entry.listed = true;
  const Group best = entry.groups.front();
  for (const PendingHead& group : board_.pending(ProjectId{leaf}).heads()) {
    if (group.request != best.request && best.at < group.first &&
        wanted_(ProjectId{leaf}, group.request, group.first))
      entry.groups.push_back({group.request, group.first, false});
  }
  std::make_heap(entry.groups.begin(), entry.groups.end(), kGroupAfter);
  return entry.groups;
}

void ServiceOrder::build() {
  // Children come after their parents, so going backwards finishes every child first.
  for (std::size_t p = entries_.size(); p-- > 0;) {
    Entry& entry = entries_[p];
    std::make_heap(entry.groups.begin(), entry.groups.end(), kGroupAfter);
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
  if (!entry.groups.empty()) {
    entry.best = entry.groups.front().at.job;
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

ServiceOrder::Group ServiceOrder::take_group(std::vector<std::uint32_t>& path) {
  CHECK(!roots_.empty(), "nothing is left to serve");
  for (std::uint32_t p = roots_.front();; p = entries_[p].children.front()) {
    path.push_back(p);
    if (entries_[p].children.empty()) break;
  }
  std::vector<Group>& groups = listed_groups(path.back());
  std::pop_heap(groups.begin(), groups.end(), kGroupAfter);
  const Group group = groups.back();
  groups.pop_back();
  return group;
}

bool ServiceOrder::advance(ProjectId leaf, Group& group, bool again) const {
  const PendingKeys* const keys = board_.pending(leaf).find(group.request);
  if (keys == nullptr) return false;
  // A job that was served and wants more stands where it stood, or further back.
  const auto next = again ? keys->lower_bound(group.at) : keys->upper_bound(group.at);
  if (next == keys->end()) return false;
  group.at = *next;
  return true;
}

void ServiceOrder::pop(bool again) {
  std::vector<std::uint32_t> path;
  Group group = take_group(path);
  bool more = false;
  if (!group.alone) {
    more = advance(ProjectId{path.back()}, group, again);
  } else if (again && board_.job(group.at.job).wants_more()) {
    group.at = board_.pending_key(group.at.job);
    more = true;
  }
  if (more) {
    std::vector<Group>& groups = entries_[path.back()].groups;
    groups.push_back(group);
    std::push_heap(groups.begin(), groups.end(), kGroupAfter);
  }
  restore(path);
}

void ServiceOrder::visit_alike(const std::function<void(WorkloadId)>& visit) {
  CHECK(!roots_.empty(), "nothing is left to serve");
  std::uint32_t p = roots_.front();
  while (!entries_[p].children.empty()) p = entries_[p].children.front();
  const Group& group = entries_[p].groups.front();
  const PendingKeys* const keys = board_.pending(ProjectId{p}).find(group.request);
  if (group.alone || keys == nullptr) return;
  for (auto key = keys->upper_bound(group.at); key != keys->end(); ++key) visit(key->job);
}

void ServiceOrder::skip_alike(const std::function<bool(RequestId)>& fails) {
  std::vector<std::uint32_t> path;
  (void)take_group(path);
  std::vector<Group>& groups = entries_[path.back()].groups;
  while (!groups.empty() && fails(groups.front().request)) {
    std::pop_heap(groups.begin(), groups.end(), kGroupAfter);
    groups.pop_back();
  }
  restore(path);
}

void ServiceOrder::restore(const std::vector<std::uint32_t>& path) {
  for (std::size_t i = path.size(); i-- > 0;) {
    // pop_heap compares the front with others by keys made before it changed; order is restored
    // from its new key only.
    refresh(path[i]);
    sift(i > 0 ? entries_[path[i - 1]].children : roots_);
  }
}

}  // namespace sillar::schedule
