#include "schedule/donor_order.h"

#include <algorithm>

namespace sillar::schedule {

std::vector<ProjectId>& DonorOrder::siblings(ProjectId p) {
  const ProjectId parent = board_.projects()[p.index()].parent;
  return parent.valid() ? below_[parent.index()] : roots_;
}

void DonorOrder::build() {
  const std::size_t count = board_.projects().size();
  keys_.reserve(count);
  below_.resize(count);
  for (std::size_t p = 0; p < count; ++p) {
    keys_.push_back(fairness_.standing(ProjectId{p}, {}));
    const std::span<const ProjectId> children = board_.children(ProjectId{p});
    below_[p].assign(children.begin(), children.end());
    loose_.push_back(&below_[p]);
  }
  roots_.assign(board_.roots().begin(), board_.roots().end());
  loose_.push_back(&roots_);
}

void DonorOrder::mend(ProjectId leaf) {
  for (ProjectId p = leaf; p.valid(); p = board_.projects()[p.index()].parent) {
    keys_[p.index()] = fairness_.standing(p, {});
    loose_.push_back(&siblings(p));
  }
}

void DonorOrder::list(ProjectId p) {
  if (!board_.active_jobs(p).empty()) leaves_.push_back(p);
  for (const ProjectId child : below_[p.index()]) list(child);
}

std::span<const ProjectId> DonorOrder::leaves(std::span<const Decision> decisions) {
  if (keys_.empty()) {
    build();
  } else {
    std::vector<ProjectId> moved;
    for (const Decision& decision : decisions.subspan(seen_))
      moved.push_back(board_.job(board_.task(decision.task).job).project);
    std::sort(moved.begin(), moved.end());
    moved.erase(std::unique(moved.begin(), moved.end()), moved.end());
    for (const ProjectId leaf : moved) mend(leaf);
  }
  seen_ = decisions.size();
  if (loose_.empty()) return leaves_;
  std::sort(loose_.begin(), loose_.end());
  loose_.erase(std::unique(loose_.begin(), loose_.end()), loose_.end());
  for (std::vector<ProjectId>* const list : loose_) {
    std::sort(list->begin(), list->end(), [this](ProjectId a, ProjectId b) {
      return a != b && victim_before(keys_[a.index()], keys_[b.index()]);
    });
  }
  loose_.clear();
  leaves_.clear();
  for (const ProjectId root : roots_) list(root);
  return leaves_;
}

void sort_donors(const Board& board, const Fairness& fairness, std::vector<ProjectId>& leaves) {
  // Standings are taken once: comparing needs them at every level.
  std::vector<std::optional<OrderKey>> keys(board.projects().size());
  const auto key = [&](ProjectId p) -> const OrderKey& {
    std::optional<OrderKey>& known = keys[p.index()];
    if (!known) known = fairness.standing(p, {});
    return *known;
  };
  std::sort(leaves.begin(), leaves.end(), [&](ProjectId a, ProjectId b) {
    if (a == b) return false;
    const auto [side_a, side_b] = fairness.sides(a, b);
    return victim_before(key(side_a), key(side_b));
  });
}

}  // namespace sillar::schedule
