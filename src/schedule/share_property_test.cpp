// Properties of the division over random trees. Runs are the same each time; to explore, or to
// replay a failure that RapidCheck printed, set RC_PARAMS ("seed=1 max_success=10000").

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <ostream>
#include <utility>
#include <vector>

#include "base/random.h"
#include "schedule/share.h"

namespace sillar::schedule {
namespace {

[[maybe_unused]] const int kSeeded = setenv("RC_PARAMS", "seed=20260101 max_success=100", 0);

constexpr std::size_t kResources = kFirstClass + 1;
constexpr std::int64_t kScale = kDevice;

// One project with one resource's numbers, which stand for CPU, memory and devices alike.
struct Node {
  std::uint8_t parent = 0;  // Modulo its place: any earlier one, or the top level.
  std::int64_t deserved = 0, weight = 0, limit = 0, request = 0;
  std::int32_t priority = 0;
  std::int64_t created = 0, usage = 0, carry = 0;
};

struct World {
  std::vector<Node> nodes;
  std::int64_t amount = 0;
  std::int64_t k = 0;
};

[[maybe_unused]] void showValue(const World& world, std::ostream& out) {
  out << "amount " << world.amount << " k " << world.k << '\n';
  for (const Node& n : world.nodes)
    out << "  parent " << int{n.parent} << " deserved " << n.deserved << " weight " << n.weight
        << " limit " << n.limit << " request " << n.request << " priority " << n.priority
        << " created " << n.created << " usage " << n.usage << " carry " << n.carry << '\n';
}

struct Shape {
  bool flat = false;       // All projects at the top level.
  bool whole = false;      // Quotas, requests and amount in whole devices.
  bool contested = false;  // No usage, no carry, one band.
};

rc::Gen<std::int64_t> amounts(std::int64_t most, Shape shape) {
  return rc::gen::map(rc::gen::inRange<std::int64_t>(0, shape.whole ? most : most * kScale),
                      [=](std::int64_t n) { return shape.whole ? n * kScale : n; });
}

rc::Gen<std::int64_t> or_unlimited(rc::Gen<std::int64_t> gen) {
  return rc::gen::weightedOneOf<std::int64_t>(
      {{4, std::move(gen)}, {1, rc::gen::just(std::int64_t{kUnlimited})}});
}

rc::Gen<World> worlds(Shape shape) {
  using rc::gen::inRange;
  const auto unless_contested = [&](std::int64_t low, std::int64_t high) {
    return shape.contested ? rc::gen::just(std::int64_t{0}) : inRange<std::int64_t>(low, high);
  };
  const rc::Gen<Node> node = rc::gen::build<Node>(
      rc::gen::set(&Node::parent, shape.flat ? rc::gen::just<std::uint8_t>(0)
                                             : rc::gen::arbitrary<std::uint8_t>()),
      rc::gen::set(&Node::deserved, or_unlimited(amounts(20, shape))),
      rc::gen::set(&Node::weight, inRange<std::int64_t>(0, 8)),
      rc::gen::set(&Node::limit, or_unlimited(amounts(40, shape))),
      rc::gen::set(&Node::request, amounts(40, shape)),
      rc::gen::set(&Node::priority, shape.contested ? rc::gen::just(0) : inRange(0, 3)),
      rc::gen::set(&Node::created, inRange<std::int64_t>(0, 3)),
      rc::gen::set(&Node::usage, unless_contested(0, kUsageOne)),
      rc::gen::set(&Node::carry, unless_contested(-2 * kCarryUnit, 2 * kCarryUnit)));
  return rc::gen::build<World>(
      rc::gen::set(&World::nodes, rc::gen::nonEmpty(rc::gen::container<std::vector<Node>>(node))),
      rc::gen::set(&World::amount, amounts(150, shape)),
      rc::gen::set(&World::k, unless_contested(0, 3000)));
}

ProjectId parent_of(const World& world, std::size_t p) {
  const std::size_t parent = world.nodes[p].parent % (p + 1);
  return parent == 0 ? ProjectId() : ProjectId(parent - 1);
}

// A world as tables, and its division.
struct Division {
  ShareTree tree;
  std::vector<std::int64_t> amount, request, usage, carry;
  std::int64_t k = 0;
  Shares shares;

  [[nodiscard]] ShareInput input() const {
    return {.amount = amount,
            .request = request,
            .usage_millionths = usage,
            .carry = carry,
            .k_thousandths = k};
  }
  [[nodiscard]] std::int64_t fair(std::size_t p, std::size_t r = kFirstClass) const {
    return shares.fair[tree.at(p, r)];
  }
};

void set_tables(const World& world, Division& d) {
  d.amount.assign(kResources, world.amount);
  d.k = world.k;
  d.request.clear();
  d.usage.clear();
  d.carry.clear();
  for (const Node& node : world.nodes) {
    d.request.insert(d.request.end(), kResources, node.request);
    d.usage.insert(d.usage.end(), kResources, node.usage);
    d.carry.insert(d.carry.end(), kResources, node.carry);
  }
}

Division divided(Rules rules, const World& world) {
  Division d;
  std::vector<ShareNode> nodes;
  std::vector<Quota> quota;
  for (std::size_t p = 0; p < world.nodes.size(); ++p) {
    const Node& node = world.nodes[p];
    nodes.push_back({parent_of(world, p), node.priority, Time::from_seconds(node.created),
                     static_cast<std::uint32_t>(p)});
    quota.insert(quota.end(), kResources, {node.deserved, node.weight, node.limit});
  }
  d.tree = ShareTree::make(std::move(nodes), kResources, std::move(quota)).value();
  set_tables(world, d);
  ShareDivider(rules).divide(d.tree, d.input(), d.shares);
  return d;
}

std::int64_t unit_of(std::size_t r) {
  return r == kFirstClass ? kDevice : 1;
}

// What a project can use, from its own quota and its children's, written apart from the division.
std::int64_t usable(const Division& d, std::size_t p, std::size_t r) {
  const auto children = d.tree.children(ProjectId(p));
  std::int64_t sum = children.empty() ? d.request[d.tree.at(p, r)] : 0;
  for (const std::uint32_t child : children) sum += usable(d, child, r);
  const Quota& quota = d.tree.quota(p, r);
  if (quota.limit != kUnlimited) sum = std::min(sum, quota.limit);
  if (quota.weight == 0 && quota.deserved != kUnlimited) sum = std::min(sum, quota.deserved);
  return sum;
}

// Each level: its children and the amount they divide.
template <typename Visit>
void for_each_level(const Division& d, std::size_t r, Visit visit) {
  visit(d.tree.children(ProjectId()), d.amount[r]);
  for (std::size_t p = 0; p < d.tree.size(); ++p)
    if (!d.tree.children(ProjectId(p)).empty()) visit(d.tree.children(ProjectId(p)), d.fair(p, r));
}

std::int64_t deserved_of(const Division& d, std::size_t p, std::size_t r, std::int64_t amount) {
  const std::int64_t stated = d.tree.quota(p, r).deserved;
  return stated == kUnlimited ? amount : stated;
}

// Children's shares sum to what they can use of their parent's, and to all of it below the top.
RC_GTEST_PROP(ShareProperty, ConservesUnderOurRules, ()) {
  const Division d = divided(Rules::kSillar, *worlds({}));
  for (std::size_t r = 0; r < kResources; ++r) {
    for_each_level(d, r, [&](std::span<const std::uint32_t> members, std::int64_t amount) {
      std::int64_t given = 0, wanted = 0, guaranteed = 0;
      for (const std::uint32_t m : members) {
        const std::int64_t most = usable(d, m, r);
        RC_ASSERT(d.fair(m, r) >= 0);
        RC_ASSERT(d.fair(m, r) <= most);
        given += d.fair(m, r);
        wanted += most;
        const std::int64_t scaled = d.shares.deserved[d.tree.at(m, r)];
        guaranteed += std::min(scaled == kUnlimited ? amount : scaled, most);
      }
      RC_ASSERT(given == std::min(amount, wanted));
      RC_ASSERT(guaranteed <= amount);
      const bool top = members.data() == d.tree.children(ProjectId()).data();
      RC_ASSERT(top || given == amount);
    });
  }
}

// KAI's: children exceed their parent only by what they deserve, and a want by one unit at most.
RC_GTEST_PROP(ShareProperty, ConservesUnderKai, ()) {
  const Division d = divided(Rules::kKai, *worlds({}));
  for (std::size_t r = 0; r < kResources; ++r) {
    for_each_level(d, r, [&](std::span<const std::uint32_t> members, std::int64_t amount) {
      std::int64_t given = 0, deserved = 0;
      for (const std::uint32_t m : members) {
        const Quota& quota = d.tree.quota(m, r);
        std::int64_t most = d.shares.demand[d.tree.at(m, r)];
        if (quota.limit != kUnlimited) most = std::min(most, quota.limit);
        RC_ASSERT(d.fair(m, r) < most + unit_of(r));
        given += d.fair(m, r);
        deserved += std::min(deserved_of(d, m, r, amount), most);
      }
      RC_ASSERT(given <= std::max(amount, deserved));
    });
  }
}

// A band that did not get all it wants leaves nothing to those below: of deserved, nor beyond it.
RC_GTEST_PROP(ShareProperty, BandsAreNeverInverted, ()) {
  const Division d = divided(Rules::kSillar, *worlds({}));
  constexpr std::size_t r = kFirstClass;
  for_each_level(d, r, [&](std::span<const std::uint32_t> members, std::int64_t amount) {
    for (const std::uint32_t high : members) {
      const std::int64_t want = usable(d, high, r);
      const bool short_of_deserved = d.fair(high) < std::min(deserved_of(d, high, r, amount), want);
      const bool short_of_want = d.fair(high) < want && d.tree.quota(high, r).weight > 0;
      for (const std::uint32_t low : members) {
        if (d.tree.node(low).priority >= d.tree.node(high).priority) continue;
        if (short_of_deserved) RC_ASSERT(d.fair(low) == 0);
        if (short_of_want) RC_ASSERT(d.fair(low) <= deserved_of(d, low, r, amount));
      }
    }
  });
}

// In one band, nobody is a unit away from weighted max-min over deserved.
RC_GTEST_PROP(ShareProperty, IsWithinAUnitOfMaxMin, ()) {
  World world = *worlds({.flat = true, .whole = false, .contested = true});
  for (Node& node : world.nodes) node.deserved = 0;
  const Division d = divided(Rules::kSillar, world);
  const std::size_t n = world.nodes.size();
  std::vector<std::uint32_t> order;
  for (std::uint32_t p = 0; p < n; ++p)
    if (world.nodes[p].weight > 0) order.push_back(p);
  std::vector<double> want(n);
  for (std::size_t p = 0; p < n; ++p) want[p] = static_cast<double>(usable(d, p, kFirstClass));
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return want[a] * static_cast<double>(world.nodes[b].weight) <
           want[b] * static_cast<double>(world.nodes[a].weight);
  });
  auto left = static_cast<double>(world.amount);
  double weights = 0;
  for (const Node& node : world.nodes) weights += static_cast<double>(node.weight);
  for (const std::uint32_t p : order) {
    const auto weight = static_cast<double>(world.nodes[p].weight);
    const double ideal = std::min(want[p], left * weight / weights);
    RC_ASSERT(std::abs(static_cast<double>(d.fair(p)) - ideal) < kDevice + 1e-6);
    left -= ideal;
    weights -= weight;
  }
}

// Whole-unit wants: exactly never less. Otherwise less than a unit less.
void never_less(const World& before, const World& after, std::size_t p, std::int64_t tolerance) {
  const std::int64_t less =
      divided(Rules::kSillar, before).fair(p) - divided(Rules::kSillar, after).fair(p);
  RC_ASSERT(less <= tolerance);
}

RC_GTEST_PROP(ShareProperty, MoreWeightOrDeservedNeverGivesLess, (bool whole)) {
  World before = *worlds({.flat = true, .whole = whole, .contested = false});
  before.k = 0;
  const auto p = *rc::gen::inRange<std::size_t>(0, before.nodes.size());
  World after = before;
  after.nodes[p].weight += *rc::gen::inRange<std::int64_t>(0, 20);
  const std::int64_t more = *rc::gen::inRange<std::int64_t>(0, 20);
  if (after.nodes[p].deserved != kUnlimited) after.nodes[p].deserved += more * (whole ? kScale : 1);
  never_less(before, after, p, whole ? 0 : kDevice - 1);
}

std::int64_t depth_of(const World& world, std::size_t p) {
  const ProjectId parent = parent_of(world, p);
  return parent.valid() ? 1 + depth_of(world, parent.index()) : 1;
}

RC_GTEST_PROP(ShareProperty, MoreCapacityGivesNobodyLessButForRounding, (bool whole)) {
  World before = *worlds({.flat = false, .whole = whole, .contested = false});
  before.k = 0;
  World after = before;
  after.amount += *rc::gen::inRange<std::int64_t>(0, 5 * kScale);
  const Division less = divided(Rules::kSillar, before);
  const Division more = divided(Rules::kSillar, after);
  for (std::size_t p = 0; p < before.nodes.size(); ++p)
    for (std::size_t r = 0; r < kResources; ++r)
      RC_ASSERT(less.fair(p, r) - more.fair(p, r) <= depth_of(before, p) * unit_of(r));
}

TEST(ShareProperty, CapacityMayCostAUnit) {
  const auto world = [](std::int64_t devices) {
    World w{.nodes = {{.weight = 6}, {.weight = 6}, {.weight = 2}}, .amount = devices * kDevice};
    for (Node& node : w.nodes) {
      node.limit = kUnlimited;
      node.request = 100 * kDevice;
    }
    return divided(Rules::kSillar, w);
  };
  EXPECT_EQ(world(10).fair(2), 2 * kDevice);
  EXPECT_EQ(world(11).fair(2), 1 * kDevice);
}

// Handing the carry on, whoever has weight and demand gets a device within a bounded number of
// turns, and in the long run what its weight says.
RC_GTEST_PROP(ShareProperty, TurnsPassSoThatNobodyStarves, ()) {
  World world = *worlds({.flat = true, .whole = true, .contested = true});
  std::int64_t weights = 0;
  for (Node& node : world.nodes) {
    node.deserved = 0;
    node.limit = kUnlimited;
    node.weight += 1;
    node.request = 200 * kDevice;
    weights += node.weight;
  }
  world.amount = std::max<std::int64_t>(world.amount, kDevice);
  Division d = divided(Rules::kSillar, world);
  const std::int64_t turns = 2 * weights + static_cast<std::int64_t>(world.nodes.size());
  std::vector<std::int64_t> sum(world.nodes.size(), 0);
  ShareDivider divider(Rules::kSillar);
  for (std::int64_t turn = 0; turn < turns; ++turn) {
    divider.divide(d.tree, d.input(), d.shares);
    d.carry = d.shares.carry;
    for (std::size_t p = 0; p < sum.size(); ++p) sum[p] += d.fair(p);
  }
  for (std::size_t p = 0; p < sum.size(); ++p) {
    RC_ASSERT(sum[p] >= kDevice);
    const std::int64_t capped = std::min(world.amount, 200 * kDevice);
    if (world.nodes.size() > 1 && world.amount <= capped) {
      const double ideal = static_cast<double>(world.amount * turns) *
                           static_cast<double>(world.nodes[p].weight) /
                           static_cast<double>(weights);
      RC_ASSERT(std::abs(static_cast<double>(sum[p]) - ideal) <= 3.0 * kDevice);
    }
  }
}

// The order that projects come in does not matter; their ranks do.
RC_GTEST_PROP(ShareProperty, DoesNotDependOnInputOrder, (std::uint64_t seed, bool kai)) {
  const World world = *worlds({});
  const Division d = divided(kai ? Rules::kKai : Rules::kSillar, world);
  Random random(seed);
  // A random order in which parents still precede their children.
  std::vector<std::size_t> order, place(world.nodes.size());
  std::vector<std::uint32_t> open;
  const auto add = [&](ProjectId parent) {
    const auto children = d.tree.children(parent);
    open.insert(open.end(), children.begin(), children.end());
  };
  add(ProjectId());
  while (!open.empty()) {
    std::swap(open[random.below(open.size())], open.back());
    const std::uint32_t p = open.back();
    open.pop_back();
    place[p] = order.size();
    order.push_back(p);
    add(ProjectId(p));
  }
  std::vector<ShareNode> nodes;
  std::vector<Quota> quota;
  Division moved;
  moved.amount = d.amount;
  moved.k = d.k;
  for (const std::size_t p : order) {
    ShareNode node = d.tree.node(p);
    if (node.parent.valid()) node.parent = ProjectId(place[node.parent.index()]);
    nodes.push_back(node);
    for (std::size_t r = 0; r < kResources; ++r) {
      quota.push_back(d.tree.quota(p, r));
      moved.request.push_back(d.request[d.tree.at(p, r)]);
      moved.usage.push_back(d.usage[d.tree.at(p, r)]);
      moved.carry.push_back(d.carry[d.tree.at(p, r)]);
    }
  }
  moved.tree = ShareTree::make(std::move(nodes), kResources, std::move(quota)).value();
  ShareDivider(kai ? Rules::kKai : Rules::kSillar).divide(moved.tree, moved.input(), moved.shares);
  for (std::size_t p = 0; p < order.size(); ++p)
    for (std::size_t r = 0; r < kResources; ++r) {
      const std::size_t here = d.tree.at(p, r), there = d.tree.at(place[p], r);
      RC_ASSERT(moved.shares.fair[there] == d.shares.fair[here]);
      RC_ASSERT(moved.shares.deserved[there] == d.shares.deserved[here]);
      RC_ASSERT(moved.shares.carry[there] == d.shares.carry[here]);
    }
}

// Dividing anew only what changed comes to the same as dividing all.
RC_GTEST_PROP(ShareProperty, RedividingEqualsDividing, (bool kai)) {
  const Rules rules = kai ? Rules::kKai : Rules::kSillar;
  World world = *worlds({});
  Division d = divided(rules, world);
  const auto changed = *rc::gen::container<std::vector<std::size_t>>(
      rc::gen::inRange<std::size_t>(0, world.nodes.size()));
  std::vector<ProjectId> leaves;
  for (const std::size_t p : changed) {
    if (!d.tree.children(ProjectId(p)).empty()) continue;
    world.nodes[p].request = *amounts(40, {});
    leaves.push_back(ProjectId(p));
  }
  world.amount += *rc::gen::element<std::int64_t>(0, 7 * kDevice);
  set_tables(world, d);
  ShareDivider divider(rules);
  for (std::size_t r = 0; r < kResources; ++r)
    divider.redivide_resource(d.tree, d.input(), r, leaves, d.shares);
  const Division fresh = divided(rules, world);
  RC_ASSERT(d.shares.fair == fresh.shares.fair);
  RC_ASSERT(d.shares.deserved == fresh.shares.deserved);
  RC_ASSERT(d.shares.carry == fresh.shares.carry);
  RC_ASSERT(d.shares.demand == fresh.shares.demand);
}

// Among equals who want everything, more use lately never gives more.
RC_GTEST_PROP(ShareProperty, UsageNeverHelps, (bool kai)) {
  World world = *worlds({.flat = true, .whole = true, .contested = true});
  world.k = *rc::gen::inRange<std::int64_t>(0, 3000);
  for (Node& node : world.nodes) {
    node = {.weight = 1, .limit = kUnlimited, .request = 200 * kDevice};
    node.usage = *rc::gen::inRange<std::int64_t>(0, kUsageOne);
    node.created = node.usage;  // So that ties go to whoever used less.
  }
  const Division d = divided(kai ? Rules::kKai : Rules::kSillar, world);
  for (std::size_t p = 0; p < world.nodes.size(); ++p)
    for (std::size_t q = 0; q < world.nodes.size(); ++q)
      if (world.nodes[p].usage > world.nodes[q].usage) RC_ASSERT(d.fair(p) <= d.fair(q));
}

}  // namespace
}  // namespace sillar::schedule
