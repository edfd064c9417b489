#include "schedule/division.h"

#include <algorithm>

#include "base/check.h"

namespace sillar::schedule {

std::vector<std::int64_t> stated_usage(std::span<const Project> projects, std::size_t resources) {
  std::vector<std::int64_t> usage;
  for (std::size_t p = 0; p < projects.size(); ++p) {
    const std::vector<std::int64_t>& used = projects[p].usage;
    if (used.empty()) continue;
    if (usage.empty()) usage.assign(projects.size() * resources, 0);
    for (std::size_t r = 0; r < std::min(resources, used.size()); ++r)
      usage[p * resources + r] = used[r];
  }
  return usage;
}

void Division::build_tree(const Board& board) {
  const std::size_t resources = board.resources();
  const std::size_t projects = board.projects().size();
  std::vector<Quota> quota(projects * resources);
  for (std::size_t p = 0; p < projects; ++p) {
    for (std::size_t r = 0; r < resources; ++r)
      quota[p * resources + r] = board.quota(ProjectId{p}, r);
  }
  auto tree = ShareTree::make(share_nodes(board.projects()), resources, std::move(quota));
  CHECK(tree.has_value(), "validation bounds quotas");
  tree_ = std::move(*tree);
  divider_.emplace(board.rules());
}

void Division::divide(const Board& board, const CycleOptions& options,
                      std::span<const std::int64_t> carry,
                      std::span<const std::int64_t> usage_millionths) {
  const bool fresh = !divider_;
  if (fresh) build_tree(board);
  CHECK(tree_.size() == board.projects().size(), "a division belongs to one tree of projects");
  std::vector<std::int64_t> usage(usage_millionths.begin(), usage_millionths.end());
  if (usage.empty()) usage = stated_usage(board.projects(), board.resources());
  const std::vector<std::int64_t>& request = board.counters().requested;
  ShareInput input;
  input.amount = board.capacities();
  input.request = request;
  input.usage_millionths = usage;
  input.carry = carry;
  input.k_thousandths = options.k_thousandths;
  const bool alike = !fresh && usage == usage_ && options.k_thousandths == k_thousandths_ &&
                     std::equal(carry.begin(), carry.end(), carry_.begin(), carry_.end());
  if (alike)
    divide_changes(board, input);
  else
    divider_->divide(tree_, input, shares_);
  totals_ = board.capacities();
  request_ = request;
  usage_ = std::move(usage);
  carry_.assign(carry.begin(), carry.end());
  k_thousandths_ = options.k_thousandths;
}

const Shares& Division::steady() {
  CHECK(divider_.has_value(), "divided before");
  if (steady_totals_ == totals_) return steady_;
  std::vector<std::int64_t> request;
  steady_request(tree_, totals_, request);
  ShareInput input;
  input.amount = totals_;
  input.request = request;
  divider_->divide(tree_, input, steady_);
  steady_totals_ = totals_;
  return steady_;
}

void Division::divide_changes(const Board& board, const ShareInput& input) {
  std::vector<ProjectId> changed;
  for (std::size_t r = 0; r < board.resources(); ++r) {
    changed.clear();
    for (std::size_t p = 0; p < tree_.size(); ++p) {
      const std::size_t at = tree_.at(p, r);
      if (input.request[at] != request_[at] && board.children(ProjectId{p}).empty())
        changed.push_back(ProjectId{p});
    }
    if (!changed.empty() || input.amount[r] != totals_[r])
      divider_->redivide_resource(tree_, input, r, changed, shares_);
  }
}

}  // namespace sillar::schedule
