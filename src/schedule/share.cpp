#include "schedule/share.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>

#include "base/check.h"

namespace sillar::schedule {
namespace {

std::int64_t unit_of(std::size_t r) {
  return r >= kFirstClass ? kDevice : 1;
}

std::int64_t add_clamped(std::int64_t a, std::int64_t b) {
  return std::min(a + b, kAmountMax);
}

std::int64_t cut(std::int64_t amount) {
  return std::clamp<std::int64_t>(amount, 0, kAmountMax);
}

Status check_quota(const Quota& quota, std::size_t project, std::size_t r) {
  const auto wrong = [&](const char* field, std::int64_t value) {
    return invalid("project " + std::to_string(project) + ", resource " + std::to_string(r) + ": " +
                   field + " " + std::to_string(value) + " is out of range");
  };
  if (quota.deserved < kUnlimited) return wrong("deserved", quota.deserved);
  if (quota.weight < 0 || quota.weight > kWeightMax) return wrong("weight", quota.weight);
  if (quota.limit < kUnlimited) return wrong("limit", quota.limit);
  return {};
}

std::size_t level_of(ProjectId parent) {
  return parent.valid() ? parent.index() + 1 : 0;
}

// Calls `visit` with each run of members of one priority, high to low.
template <typename Visit>
void for_each_band(const ShareTree& tree, std::span<const std::uint32_t> members, Visit visit) {
  for (std::size_t begin = 0; begin < members.size();) {
    const std::int32_t priority = tree.node(members[begin]).priority;
    std::size_t end = begin + 1;
    while (end < members.size() && tree.node(members[end]).priority == priority) ++end;
    visit(begin, end - begin);
    begin = end;
  }
}

}  // namespace

std::vector<ShareNode> share_nodes(std::span<const Project> projects) {
  std::vector<std::uint32_t> by_name(projects.size());
  std::iota(by_name.begin(), by_name.end(), 0U);
  std::sort(by_name.begin(), by_name.end(), [&](std::uint32_t a, std::uint32_t b) {
    const int order = projects[a].name.compare(projects[b].name);
    return order != 0 ? order < 0 : a < b;
  });
  std::vector<ShareNode> nodes(projects.size());
  for (std::uint32_t rank = 0; rank < by_name.size(); ++rank) {
    const Project& project = projects[by_name[rank]];
    // What is closed stands beside the tree, asks for nothing and gets nothing: its parent may be a
    // leaf by now.
    const ProjectId parent = project.retired ? ProjectId{} : project.parent;
    nodes[by_name[rank]] = {parent, project.priority, project.created, rank};
  }
  return nodes;
}

Result<ShareTree> ShareTree::make(std::vector<ShareNode> nodes, std::size_t resources,
                                  std::vector<Quota> quota) {
  if (quota.size() != nodes.size() * resources)
    return invalid("the quota table has " + std::to_string(quota.size()) + " entries, not " +
                   std::to_string(nodes.size() * resources));
  ShareTree tree;
  tree.child_begin_.assign(nodes.size() + 2, 0);
  for (std::size_t p = 0; p < nodes.size(); ++p) {
    if (nodes[p].parent.valid() && nodes[p].parent.index() >= p)
      return invalid("project " + std::to_string(p) + " comes before its parent");
    for (std::size_t r = 0; r < resources; ++r) {
      Quota& stated = quota[p * resources + r];
      SILLAR_TRY_STATUS(check_quota(stated, p, r));
      stated.deserved = std::min(stated.deserved, kAmountMax);
      stated.limit = std::min(stated.limit, kAmountMax);
    }
    ++tree.child_begin_[level_of(nodes[p].parent) + 1];
  }
  std::partial_sum(tree.child_begin_.begin(), tree.child_begin_.end(), tree.child_begin_.begin());
  tree.children_.resize(nodes.size());
  std::iota(tree.children_.begin(), tree.children_.end(), 0U);
  std::sort(tree.children_.begin(), tree.children_.end(), [&](std::uint32_t a, std::uint32_t b) {
    const auto key = [&](std::uint32_t p) {
      const ShareNode& node = nodes[p];
      return std::tuple(level_of(node.parent), -std::int64_t{node.priority}, node.created,
                        node.rank, p);
    };
    return key(a) < key(b);
  });
  tree.nodes_ = std::move(nodes);
  tree.resources_ = resources;
  tree.quota_ = std::move(quota);
  return tree;
}

std::span<const std::uint32_t> ShareTree::children(ProjectId parent) const {
  const std::size_t level = level_of(parent);
  return std::span(children_).subspan(child_begin_[level],
                                      child_begin_[level + 1] - child_begin_[level]);
}

struct ShareDivider::Pass {
  const ShareTree& tree;
  const ShareInput& input;
  std::size_t r;
  Shares& shares;

  [[nodiscard]] std::size_t at(std::size_t project) const { return tree.at(project, r); }
  [[nodiscard]] const Quota& quota(std::size_t project) const { return tree.quota(project, r); }
  [[nodiscard]] std::int64_t usage(std::size_t project) const {
    if (input.usage_millionths.empty()) return 0;
    return std::clamp<std::int64_t>(input.usage_millionths[at(project)], 0, kUsageOne);
  }
  [[nodiscard]] std::int64_t k() const {
    return std::clamp<std::int64_t>(input.k_thousandths, 0, kWeightOfUsageMax);
  }
  [[nodiscard]] Pool pool(std::int64_t amount) const { return {amount, unit_of(r), k()}; }
  [[nodiscard]] std::int64_t carry(std::size_t project) const {
    return input.carry.empty() ? 0 : input.carry[at(project)];
  }
};

void ShareDivider::divide(const ShareTree& tree, const ShareInput& input, Shares& shares) {
  for (std::size_t r = 0; r < tree.resources(); ++r) divide_resource(tree, input, r, shares);
}

void ShareDivider::divide_resource(const ShareTree& tree, const ShareInput& input, std::size_t r,
                                   Shares& shares) {
  const std::size_t entries = tree.size() * tree.resources();
  CHECK(input.request.size() == entries, "one request per project and resource");
  shares.fair.resize(entries);
  shares.deserved.resize(entries);
  shares.carry.resize(entries);
  shares.demand.resize(entries);
  const Pass pass{tree, input, r, shares};
  sum_demand(pass);
  dirty_.assign(tree.size() + 1, 1);
  divide_levels(pass);
}

void ShareDivider::redivide_resource(const ShareTree& tree, const ShareInput& input, std::size_t r,
                                     std::span<const ProjectId> changed, Shares& shares) {
  CHECK(shares.fair.size() == tree.size() * tree.resources(), "no division to start from");
  const Pass pass{tree, input, r, shares};
  dirty_.assign(tree.size() + 1, 0);
  dirty_[0] = 1;
  for (ProjectId p : changed) {
    while (p.valid()) {
      const std::int64_t before = usable(pass, p.index());
      if (!resum_demand(pass, p.index())) break;
      const ProjectId parent = tree.node(p.index()).parent;
      if (usable(pass, p.index()) != before) dirty_[level_of(parent)] = 1;
      p = parent;
    }
  }
  divide_levels(pass);
}

// What a project can use of what its parent has: within its limit; under our rules also within
// deserved where weight 0 lets it take no more.
std::int64_t ShareDivider::usable(const Pass& pass, std::size_t project) const {
  const Quota& quota = pass.quota(project);
  std::int64_t most = pass.shares.demand[pass.at(project)];
  if (quota.limit != kUnlimited) most = std::min(most, quota.limit);
  if (rules_ == Rules::kSillar && quota.weight == 0 && quota.deserved != kUnlimited)
    most = std::min(most, quota.deserved);
  return most;
}

void ShareDivider::sum_demand(const Pass& pass) {
  std::vector<std::int64_t>& demand = pass.shares.demand;
  for (std::size_t p = 0; p < pass.tree.size(); ++p) demand[pass.at(p)] = 0;
  for (std::size_t p = pass.tree.size(); p-- > 0;) {
    if (pass.tree.children(ProjectId(p)).empty())
      demand[pass.at(p)] = cut(pass.input.request[pass.at(p)]);
    const ProjectId parent = pass.tree.node(p).parent;
    if (!parent.valid()) continue;
    std::int64_t& sum = demand[pass.at(parent.index())];
    sum = add_clamped(sum, rules_ == Rules::kKai ? demand[pass.at(p)] : usable(pass, p));
  }
}

// Sums one project's demand anew; true when it changed.
bool ShareDivider::resum_demand(const Pass& pass, std::size_t project) const {
  std::vector<std::int64_t>& demand = pass.shares.demand;
  const std::span<const std::uint32_t> children = pass.tree.children(ProjectId(project));
  std::int64_t sum = 0;
  if (children.empty()) sum = cut(pass.input.request[pass.at(project)]);
  for (const std::uint32_t child : children)
    sum = add_clamped(sum, rules_ == Rules::kKai ? demand[pass.at(child)] : usable(pass, child));
  return std::exchange(demand[pass.at(project)], sum) != sum;
}

void ShareDivider::divide_levels(const Pass& pass) {
  const auto divide_level = [&](ProjectId parent, std::int64_t amount) {
    const std::span<const std::uint32_t> members = pass.tree.children(parent);
    before_.clear();
    for (const std::uint32_t m : members) before_.push_back(pass.shares.fair[pass.at(m)]);
    if (rules_ == Rules::kKai)
      divide_level_kai(pass, members, amount);
    else
      divide_level_sillar(pass, members, amount);
    for (std::size_t i = 0; i < members.size(); ++i)
      if (pass.shares.fair[pass.at(members[i])] != before_[i]) dirty_[members[i] + 1] = 1;
  };
  if (dirty_[0] != 0) divide_level(ProjectId(), cut(pass.input.amount[pass.r]));
  for (std::size_t p = 0; p < pass.tree.size(); ++p)
    if (dirty_[p + 1] != 0) divide_level(ProjectId(p), pass.shares.fair[pass.at(p)]);
}

void ShareDivider::divide_level_sillar(const Pass& pass, std::span<const std::uint32_t> members,
                                       std::int64_t amount) {
  std::int64_t left = amount;
  for_each_band(pass.tree, members, [&](std::size_t begin, std::size_t count) {
    left = give_deserved(pass, members.subspan(begin, count), amount, left);
  });
  for_each_band(pass.tree, members, [&](std::size_t begin, std::size_t count) {
    if (left > 0) left = give_by_weight(pass, members.subspan(begin, count), left);
  });
}

// Gives each member of a band what it deserves, scaled down when that is more than is left. Returns
// what is left after it.
std::int64_t ShareDivider::give_deserved(const Pass& pass, std::span<const std::uint32_t> band,
                                         std::int64_t amount, std::int64_t left) {
  const auto deserved = [&](std::uint32_t m) {
    const std::int64_t stated = pass.quota(m).deserved;
    return stated == kUnlimited ? amount : stated;
  };
  Int128 total = 0;
  for (const std::uint32_t m : band) {
    const std::int64_t want = std::min(deserved(m), usable(pass, m));
    pass.shares.fair[pass.at(m)] = want;
    pass.shares.deserved[pass.at(m)] = pass.quota(m).deserved;
    pass.shares.carry[pass.at(m)] = pass.carry(m);
    total += want;
  }
  if (total <= left) return left - static_cast<std::int64_t>(total);

  claims_.clear();
  for (const std::uint32_t m : band)
    claims_.push_back(
        {.want = pass.shares.fair[pass.at(m)], .weight = deserved(m), .carry = pass.carry(m)});
  const FillLevel level = fill_level({.amount = left, .unit = unit_of(pass.r)}, claims_, scratch_);
  for (std::size_t i = 0; i < band.size(); ++i) {
    pass.shares.fair[pass.at(band[i])] = claims_[i].given;
    pass.shares.carry[pass.at(band[i])] = claims_[i].carry;
    pass.shares.deserved[pass.at(band[i])] =
        std::min(claims_[i].weight, level.entitled(claims_[i].weight));
  }
  return 0;
}

void ShareDivider::claim_by_weight(const Pass& pass, std::span<const std::uint32_t> band) {
  claims_.clear();
  for (const std::uint32_t m : band) {
    const std::int64_t want = usable(pass, m) - pass.shares.fair[pass.at(m)];
    claims_.push_back({.want = std::max<std::int64_t>(want, 0),
                       .weight = pass.quota(m).weight,
                       .usage = pass.usage(m),
                       .carry = pass.carry(m)});
  }
}

std::int64_t ShareDivider::give_by_weight(const Pass& pass, std::span<const std::uint32_t> band,
                                          std::int64_t left) {
  claim_by_weight(pass, band);
  (void)fill_level(pass.pool(left), claims_, scratch_);
  for (std::size_t i = 0; i < band.size(); ++i) {
    pass.shares.fair[pass.at(band[i])] += claims_[i].given;
    pass.shares.carry[pass.at(band[i])] = claims_[i].carry;
    left -= claims_[i].given;
  }
  return left;
}

void ShareDivider::divide_level_kai(const Pass& pass, std::span<const std::uint32_t> members,
                                    std::int64_t amount) {
  Int128 remaining = amount;
  for (const std::uint32_t m : members) {
    const std::int64_t stated = pass.quota(m).deserved;
    const std::int64_t deserved = stated == kUnlimited ? amount : stated;
    pass.shares.fair[pass.at(m)] = std::min(deserved, usable(pass, m));
    pass.shares.deserved[pass.at(m)] = stated;
    pass.shares.carry[pass.at(m)] = pass.carry(m);
    remaining -= pass.shares.fair[pass.at(m)];
  }
  if (remaining <= 0) return;
  auto left = static_cast<std::int64_t>(remaining);
  remainders_.assign(members.size(), 0);
  for_each_band(pass.tree, members, [&](std::size_t begin, std::size_t count) {
    if (left == 0) return;
    const std::span<const std::uint32_t> band = members.subspan(begin, count);
    claim_by_weight(pass, band);
    left = fill_rounds(pass.pool(left), claims_, scratch_);
    for (std::size_t i = 0; i < count; ++i) {
      pass.shares.fair[pass.at(band[i])] += claims_[i].given;
      remainders_[begin + i] = claims_[i].carry;
    }
  });
  for_each_band(pass.tree, members, [&](std::size_t begin, std::size_t count) {
    left = give_remainders(pass, members.subspan(begin, count),
                           std::span(remainders_).subspan(begin, count), left);
  });
}

// One unit each to those of a band with a remainder, the largest first, whether or not they want
// all of it (KAI does not ask). Returns what is left.
std::int64_t ShareDivider::give_remainders(const Pass& pass, std::span<const std::uint32_t> band,
                                           std::span<const std::int64_t> remainders,
                                           std::int64_t left) {
  order_.clear();
  for (std::uint32_t i = 0; i < band.size(); ++i)
    if (remainders[i] > 0) order_.push_back(i);
  std::sort(order_.begin(), order_.end(), [&](std::uint32_t a, std::uint32_t b) {
    return remainders[a] != remainders[b] ? remainders[a] > remainders[b] : a < b;
  });
  for (const std::uint32_t i : order_) {
    const std::int64_t extra = std::min(unit_of(pass.r), left);
    pass.shares.fair[pass.at(band[i])] += extra;
    left -= extra;
  }
  return left;
}

void steady_request(const ShareTree& tree, std::span<const std::int64_t> amount,
                    std::vector<std::int64_t>& request) {
  CHECK(amount.size() == tree.resources(), "one amount per resource");
  request.assign(tree.size() * tree.resources(), 0);
  for (std::size_t p = 0; p < tree.size(); ++p) {
    if (!tree.children(ProjectId(p)).empty()) continue;
    for (std::size_t r = 0; r < tree.resources(); ++r) {
      const Quota& quota = tree.quota(p, r);
      const bool all = quota.weight > 0 || quota.deserved == kUnlimited;
      request[tree.at(p, r)] = all ? amount[r] : std::min(quota.deserved, amount[r]);
    }
  }
}

std::int64_t keep_share(std::int64_t deserved, std::int64_t steady, std::int64_t amount) {
  return deserved == kUnlimited ? amount : std::max(deserved, steady);
}

std::int64_t allocatable_share(std::int64_t limit, std::int64_t deserved, std::int64_t fair) {
  if (deserved == kUnlimited) return limit;
  const std::int64_t share = std::max(deserved, fair);
  return limit == kUnlimited ? share : std::min(limit, share);
}

Fraction share_used(std::size_t r, std::int64_t allocated, std::int64_t allocatable,
                    std::int64_t total) {
  constexpr std::int64_t kNoShareFactor = 1000;
  if (allocatable == kUnlimited) allocatable = total;
  if (allocatable > 0) return {allocated, allocatable};
  const Int128 penalty = Int128{allocated} * kNoShareFactor / unit_of(r);
  return {static_cast<std::int64_t>(std::min<Int128>(penalty, INT64_MAX)), 1};
}

DominantShare dominant_share(const ShareRow& row, std::span<const std::int64_t> total,
                             std::size_t first) {
  DominantShare most{.share = {}, .resource = first};
  for (std::size_t r = first; r < total.size(); ++r) {
    const Fraction share = share_used(r, row.allocated[r], row.allocatable[r], total[r]);
    if (most.share < share) most = {.share = share, .resource = r};
  }
  return most;
}

bool over_fair_share(Rules rules, const ShareRow& row, std::span<const std::int64_t> total) {
  if (rules == Rules::kKai) {
    for (std::size_t r = 0; r < total.size(); ++r)
      if (row.allocated[r] <= row.fair[r]) return false;
    return true;
  }
  bool accelerators = false;
  for (std::size_t r = kFirstClass; r < total.size(); ++r)
    accelerators = accelerators || row.allocated[r] > 0;
  const DominantShare dominant = accelerators ? dominant_share(row, total, kFirstClass)
                                              : dominant_share(row, total.first(kFirstClass));
  return row.allocated[dominant.resource] > row.fair[dominant.resource];
}

}  // namespace sillar::schedule
