// The division's published vectors, as tables: one for KAI's rules, one that states each difference
// of ours. Amounts are in whole devices; k and usage as decimals in thousandths and millionths.

#include "schedule/share.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace sillar::schedule {
namespace {

constexpr std::size_t kGpu = kFirstClass;  // The one resource that the tables divide.
constexpr std::size_t kResources = kFirstClass + 1;

struct Row {
  const char* name = "";
  Quota quota;  // In devices.
  std::int64_t request = 0;
  std::int32_t priority = 0;
  std::int64_t usage = 0;  // Millionths.
  int parent = -1;
};

struct Vector {
  const char* name;
  std::int64_t total;
  std::vector<Row> rows;
  std::vector<std::int64_t> fair;
  std::int64_t left = 0;
  std::int64_t k = 0;  // Thousandths.
};

std::int64_t devices(std::int64_t count) {
  return count == kUnlimited ? kUnlimited : count * kDevice;
}

ShareTree tree_of(const std::vector<Row>& rows) {
  std::vector<ShareNode> nodes;
  std::vector<Quota> quota;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Row& row = rows[i];
    nodes.push_back({row.parent < 0 ? ProjectId() : ProjectId(row.parent), row.priority,
                     Time::from_seconds(static_cast<std::int64_t>(i)),
                     static_cast<std::uint32_t>(i)});
    quota.resize(quota.size() + kFirstClass, kQuotaAbsent);
    quota.push_back({devices(row.quota.deserved), row.quota.weight, devices(row.quota.limit)});
  }
  return ShareTree::make(std::move(nodes), kResources, std::move(quota)).value();
}

struct Tables {
  std::vector<std::int64_t> amount, request, usage;
};

Tables tables_of(std::int64_t total, const std::vector<Row>& rows) {
  Tables tables;
  tables.amount = {0, 0, devices(total)};
  for (const Row& row : rows) {
    tables.request.insert(tables.request.end(), {0, 0, devices(row.request)});
    tables.usage.insert(tables.usage.end(), {0, 0, row.usage});
  }
  return tables;
}

ShareInput input_of(const Tables& tables, std::int64_t k = 0) {
  return {.amount = tables.amount,
          .request = tables.request,
          .usage_millionths = tables.usage,
          .carry = {},
          .k_thousandths = k};
}

std::vector<std::int64_t> column(const ShareTree& tree, const std::vector<std::int64_t>& table) {
  std::vector<std::int64_t> out;
  for (std::size_t p = 0; p < tree.size(); ++p) out.push_back(table[tree.at(p, kGpu)]);
  return out;
}

std::vector<std::int64_t> fair_of(Rules rules, const Vector& vector) {
  const ShareTree tree = tree_of(vector.rows);
  const Tables tables = tables_of(vector.total, vector.rows);
  Shares shares;
  ShareDivider(rules).divide(tree, input_of(tables, vector.k), shares);
  return column(tree, shares.fair);
}

void expect_vector(Rules rules, const Vector& vector) {
  const std::vector<std::int64_t> fair = fair_of(rules, vector);
  std::int64_t left = devices(vector.total);
  for (std::size_t i = 0; i < fair.size(); ++i) {
    EXPECT_EQ(fair[i], devices(vector.fair[i])) << vector.name << ": " << vector.rows[i].name;
    if (vector.rows[i].parent < 0) left -= fair[i];
  }
  EXPECT_EQ(std::max<std::int64_t>(left, 0), devices(vector.left)) << vector.name;
}

// Vectors on which both rule sets agree.
std::vector<Vector> common_vectors() {
  constexpr std::int64_t kNo = kUnlimited;
  return {
      {"demand ends both", 15, {{"A", {2, 2, kNo}, 6}, {"B", {2, 2, kNo}, 6}}, {6, 6}, 3},
      {"over quota by weight", 8, {{"A", {2, 1, kNo}, 6}, {"B", {2, 3, kNo}, 6}}, {3, 5}},
      {"limit", 12, {{"A", {2, 2, 5}, 6}, {"B", {2, 2, kNo}, 6}}, {5, 6}, 1},
      {"larger remainder", 11, {{"A", {2, 1, kNo}, 10}, {"B", {2, 4, kNo}, 10}}, {3, 8}},
      {"equal remainders", 11, {{"A", {2, 2, kNo}, 6}, {"B", {2, 2, kNo}, 6}}, {6, 5}},
      {"priority spares deserved", 4, {{"A", {2, 2, kNo}, 6, 1}, {"B", {2, 2, kNo}, 6, 2}}, {2, 2}},
      {"priority takes the rest", 6, {{"A", {2, 2, kNo}, 6, 1}, {"B", {2, 2, kNo}, 6, 2}}, {2, 4}},
      {"weight does not beat priority",
       6,
       {{"A", {2, 100, kNo}, 6, 1}, {"B", {2, 1, kNo}, 6, 2}},
       {2, 4}},
      {"three queues",
       100,
       {{"A", {20, 2, kNo}, 50}, {"B", {30, 1, kNo}, 100}, {"C", {0, 1, kNo}, 5, 1}},
       {50, 45, 5}},
      {"usage, k 1, three",
       100,
       {{"A", {10, 1, kNo}, 100, 0, 800'000},
        {"B", {10, 2, kNo}, 100, 0, 100'000},
        {"C", {0, 1, kNo}, 15}},
       {10, 75, 15},
       0,
       1000},
      {"capped by demand",
       300,
       {{"A", {0, 1, kNo}, 180}, {"B", {0, 1, kNo}, 0}, {"C", {0, 1, kNo}, 106}},
       {180, 0, 106},
       14},
  };
}

Vector usage_vector(std::int64_t k, std::vector<std::int64_t> fair) {
  return {"usage, two",
          100,
          {{"A", {0, 1, kUnlimited}, 100, 0, 800'000}, {"B", {0, 1, kUnlimited}, 100, 0, 100'000}},
          std::move(fair),
          0,
          k};
}

const Vector kOversubscribed{"more deserved than there is", 1, {{"A", {3, 0, kUnlimited}, 2}}, {2}};
const Vector kTwoLevels{"two levels",
                        100,
                        {{"D1", {60, 1, kUnlimited}, 150},
                         {"D2", {20, 1, kUnlimited}, 30},
                         {"a", {50, 1, kUnlimited}, 100, 0, 0, 0},
                         {"b", {30, 3, kUnlimited}, 50, 0, 0, 0}},
                        {70, 30, 50, 30}};
const Vector kRemainderAcrossBands{"remainder across bands",
                                   11,
                                   {{"A", {0, 1, kUnlimited}, 10, 2},
                                    {"B", {0, 1, kUnlimited}, 10, 2},
                                    {"C", {0, 1, kUnlimited}, 10, 1}},
                                   {5, 5, 1}};

Vector expecting(Vector vector, std::vector<std::int64_t> fair) {
  vector.fair = std::move(fair);
  return vector;
}

TEST(ShareVectors, Kai) {
  for (const Vector& vector : common_vectors()) expect_vector(Rules::kKai, vector);
  expect_vector(Rules::kKai, usage_vector(0, {50, 50}));
  expect_vector(Rules::kKai, usage_vector(500, {33, 67}));
  expect_vector(Rules::kKai, usage_vector(1000, {18, 82}));
  expect_vector(Rules::kKai, usage_vector(2000, {0, 100}));
  expect_vector(Rules::kKai, kOversubscribed);
  expect_vector(Rules::kKai, kTwoLevels);
  expect_vector(Rules::kKai, kRemainderAcrossBands);
}

TEST(ShareVectors, Sillar) {
  for (const Vector& vector : common_vectors()) expect_vector(Rules::kSillar, vector);
  expect_vector(Rules::kSillar, usage_vector(0, {50, 50}));
  expect_vector(Rules::kSillar, usage_vector(500, {33, 67}));
  expect_vector(Rules::kSillar, usage_vector(1000, {18, 82}));
  expect_vector(Rules::kSillar, usage_vector(2000, {0, 100}));
  // Shares do not exceed what is there: deserved is scaled.
  expect_vector(Rules::kSillar, expecting(kOversubscribed, {1}));
  // 80 are deserved of 70: 43.75 and 26.25, the odd device to the larger remainder.
  expect_vector(Rules::kSillar, expecting(kTwoLevels, {70, 30, 44, 26}));
  // The odd device stays in the band above.
  expect_vector(Rules::kSillar, expecting(kRemainderAcrossBands, {6, 5, 0}));
}

// With A's demand met from what others leave idle, nobody is over share and nobody can be reclaimed
// from; the steady share says what each may count on all the same.
TEST(Share, SteadyShareDoesNotFollowDemand) {
  const std::vector<Row> rows{
      {"A", {0, 1, kUnlimited}, 180}, {"B", {0, 1, kUnlimited}, 0}, {"C", {0, 1, kUnlimited}, 106}};
  const ShareTree tree = tree_of(rows);
  Tables tables = tables_of(300, rows);
  steady_request(tree, tables.amount, tables.request);
  for (const Rules rules : {Rules::kKai, Rules::kSillar}) {
    Shares steady;
    ShareDivider(rules).divide(tree, input_of(tables), steady);
    EXPECT_EQ(column(tree, steady.fair),
              (std::vector<std::int64_t>{devices(100), devices(100), devices(100)}));
  }
  EXPECT_EQ(keep_share(devices(30), devices(100), devices(300)), devices(100));
  EXPECT_EQ(keep_share(devices(130), devices(100), devices(300)), devices(130));
  EXPECT_EQ(keep_share(kUnlimited, devices(100), devices(300)), devices(300));
}

// Without weight a leaf asks for what it deserves only.
TEST(Share, SteadyRequestOfLeavesWithoutWeight) {
  const ShareTree tree =
      tree_of({{"A", {7, 0, kUnlimited}, 0}, {"B", {kUnlimited, 0, kUnlimited}, 0}});
  std::vector<std::int64_t> request;
  steady_request(tree, std::vector<std::int64_t>{0, 0, devices(20)}, request);
  EXPECT_EQ(column(tree, request), (std::vector<std::int64_t>{devices(7), devices(20)}));
}

// The odd device passes from one to the other as the carry is handed on; KAI's older queue keeps
// it.
TEST(Share, OddDeviceRotates) {
  const std::vector<Row> rows{{"A", {2, 2, kUnlimited}, 6}, {"B", {2, 2, kUnlimited}, 6}};
  const ShareTree tree = tree_of(rows);
  const Tables tables = tables_of(11, rows);
  const auto turn = [&](Rules rules, const std::vector<std::int64_t>& carry) {
    ShareInput input = input_of(tables);
    input.carry = carry;
    Shares shares;
    ShareDivider(rules).divide(tree, input, shares);
    return shares;
  };
  const std::vector<std::int64_t> a{devices(6), devices(5)}, b{devices(5), devices(6)};
  const Shares first = turn(Rules::kSillar, {});
  const Shares second = turn(Rules::kSillar, first.carry);
  const Shares third = turn(Rules::kSillar, second.carry);
  EXPECT_EQ(column(tree, first.fair), a);
  EXPECT_EQ(column(tree, second.fair), b);
  EXPECT_EQ(column(tree, third.fair), a);
  EXPECT_EQ(turn(Rules::kSillar, first.carry).fair, second.fair);  // Until the caller hands it on.
  EXPECT_EQ(column(tree, turn(Rules::kKai, first.carry).fair), a);
}

TEST(Share, DeservedIsScaledInTheBandThatNoLongerFits) {
  const std::vector<Row> rows{{"high", {40, 1, kUnlimited}, 90, 2},
                              {"A", {60, 1, kUnlimited}, 90, 1},
                              {"B", {60, 1, kUnlimited}, 10, 1},
                              {"C", {30, 1, kUnlimited}, 90, 1},
                              {"low", {10, 1, kUnlimited}, 90, 0}};
  const ShareTree tree = tree_of(rows);
  const Tables tables = tables_of(100, rows);
  Shares shares;
  ShareDivider(Rules::kSillar).divide(tree, input_of(tables), shares);
  // B needs no more than 10; A and C divide 50 as 60 : 30.
  EXPECT_EQ(column(tree, shares.fair),
            (std::vector<std::int64_t>{devices(40), devices(33), devices(10), devices(17), 0}));
  EXPECT_EQ(column(tree, shares.deserved),
            (std::vector<std::int64_t>{devices(40), 33'333, 33'333, 16'666, 0}));
}

TEST(Share, UnlimitedDeservedIsScaledToo) {
  const std::vector<Row> rows{{"A", {kUnlimited, 1, kUnlimited}, 90},
                              {"B", {kUnlimited, 1, kUnlimited}, 90}};
  const ShareTree tree = tree_of(rows);
  Shares shares;
  const Tables crowded = tables_of(100, rows);
  ShareDivider(Rules::kSillar).divide(tree, input_of(crowded), shares);
  EXPECT_EQ(column(tree, shares.fair), (std::vector<std::int64_t>{devices(50), devices(50)}));
  EXPECT_EQ(column(tree, shares.deserved), (std::vector<std::int64_t>{devices(50), devices(50)}));
  const Tables roomy = tables_of(200, rows);
  ShareDivider(Rules::kSillar).divide(tree, input_of(roomy), shares);
  EXPECT_EQ(column(tree, shares.deserved), (std::vector<std::int64_t>{kUnlimited, kUnlimited}));
}

// Weight 0 takes nothing beyond deserved; KAI leaves what its parent got for it stuck there.
TEST(Share, NoShareIsStuckAboveAChildThatCannotTakeIt) {
  const std::vector<Row> rows{{"P", {0, 1, kUnlimited}, 0},
                              {"Q", {0, 1, kUnlimited}, 10},
                              {"P/c", {2, 0, kUnlimited}, 10, 0, 0, 0}};
  const Vector vector{"weight 0", 10, rows, {5, 5, 2}};
  expect_vector(Rules::kKai, vector);
  expect_vector(Rules::kSillar, expecting(vector, {2, 8, 2}));
}

// Twenty small claims, a large one of their joint weight, and one that is soon satisfied. KAI's
// first round drops the small claims' 0.9 each, its second hands half of what was dropped to the
// large one.
TEST(Share, SmallClaimsKeepTheirFractions) {
  std::vector<Row> rows{{"large", {0, 20, kUnlimited}, 100}, {"brief", {0, 1, kUnlimited}, 0}};
  rows[1].request = 1;
  rows[1].quota.weight = 2;
  for (int i = 0; i < 20; ++i) rows.push_back({"small", {0, 1, kUnlimited}, 5});
  Vector vector{"fractions", 38, rows, {}};
  const std::vector<std::int64_t> kai = fair_of(Rules::kKai, vector);
  const std::vector<std::int64_t> ours = fair_of(Rules::kSillar, vector);
  EXPECT_EQ(kai[0], devices(28));  // Entitled to 18.5.
  EXPECT_EQ(ours[0], devices(18));
  EXPECT_EQ(std::count(kai.begin() + 2, kai.end(), 0), 11);
  EXPECT_EQ(std::count(ours.begin() + 2, ours.end(), 0), 1);
}

// A round that gives a whole number leaves KAI's remainder of the round before: A's 0.8 takes the
// last device from B and C, though all three are then owed nothing, 0.5 and 0.5.
TEST(Share, KaiKeepsAStaleRemainder) {
  const Vector vector{"stale remainder",
                      7,
                      {{"A", {0, 2, kUnlimited}, 9},
                       {"B", {0, 1, kUnlimited}, 9},
                       {"C", {0, 1, kUnlimited}, 9},
                       {"brief", {0, 1, kUnlimited}, 1}},
                      {4, 1, 1, 1}};
  expect_vector(Rules::kKai, vector);
  expect_vector(Rules::kSillar, expecting(vector, {3, 2, 1, 1}));
}

TEST(Share, AmountsBeyondTheLargestAreCut) {
  constexpr std::int64_t kMost = INT64_MAX / kDevice;
  std::vector<Row> rows{{"P", {kMost, 1, kMost}, 0, 0, INT64_MAX}};
  for (int i = 0; i < 20; ++i) rows.push_back({"leaf", {kMost, 1, kMost}, kMost, 0, INT64_MAX, 0});
  const ShareTree tree = tree_of(rows);
  Tables tables = tables_of(100, rows);
  tables.amount[kMemory] = INT64_MAX;
  for (const Rules rules : {Rules::kKai, Rules::kSillar}) {
    Shares shares;
    ShareDivider(rules).divide(tree, input_of(tables, INT64_MAX), shares);
    EXPECT_EQ(column(tree, shares.demand)[0], kAmountMax);
    // KAI gives deserved whether or not it is there.
    const bool kai = rules == Rules::kKai;
    EXPECT_EQ(column(tree, shares.fair)[0], kai ? kAmountMax : devices(100));
    EXPECT_EQ(column(tree, shares.fair)[1], kai ? kAmountMax : devices(5));
  }
}

// Both used more than their weights say, which leaves no pull: KAI leaves the cluster idle.
TEST(Share, UsageLeavesNothingIdle) {
  Vector vector = usage_vector(3000, {0, 0});
  vector.rows[0].usage = vector.rows[1].usage = 900'000;
  vector.left = 100;
  expect_vector(Rules::kKai, vector);
  vector.left = 0;
  expect_vector(Rules::kSillar, expecting(vector, {50, 50}));
}

TEST(Share, RefusesTreesThatAreNotWellFormed) {
  const auto error = [](ShareNode node, std::vector<Quota> quota) {
    const Result<ShareTree> tree = ShareTree::make({node}, 1, std::move(quota));
    return tree ? std::string("accepted") : tree.error().message;
  };
  const ShareNode top;
  const ShareNode own_child{ProjectId(0), 0, {}, 0};
  EXPECT_EQ(error(top, {{0, 1, kUnlimited}}), "accepted");
  EXPECT_EQ(error(top, {}), "the quota table has 0 entries, not 1");
  EXPECT_EQ(error(own_child, {kQuotaAbsent}), "project 0 comes before its parent");
  EXPECT_EQ(error(top, {{-2, 1, 0}}), "project 0, resource 0: deserved -2 is out of range");
  EXPECT_EQ(error(top, {{0, kWeightMax + 1, 0}}),
            "project 0, resource 0: weight 1000000001 is out of range");
  EXPECT_EQ(error(top, {{0, 0, -7}}), "project 0, resource 0: limit -7 is out of range");
}

TEST(Share, ProjectsRankByName) {
  std::vector<Project> projects(3);
  projects[0].name = "b";
  projects[1].name = "c";
  projects[2].name = "a";
  projects[2].parent = ProjectId(0);
  projects[2].priority = 4;
  const std::vector<ShareNode> nodes = share_nodes(projects);
  EXPECT_EQ(nodes[0].rank, 1U);
  EXPECT_EQ(nodes[1].rank, 2U);
  EXPECT_EQ(nodes[2].rank, 0U);
  EXPECT_EQ(nodes[2].parent, ProjectId(0));
  EXPECT_EQ(nodes[2].priority, 4);
}

TEST(Share, AllocatableShare) {
  EXPECT_EQ(allocatable_share(9, kUnlimited, 4), 9);
  EXPECT_EQ(allocatable_share(kUnlimited, kUnlimited, 4), kUnlimited);
  EXPECT_EQ(allocatable_share(9, 5, 4), 5);
  EXPECT_EQ(allocatable_share(9, 5, 12), 9);
  EXPECT_EQ(allocatable_share(kUnlimited, 5, 12), 12);
}

TEST(Share, DominantShareAndOver) {
  const std::vector<std::int64_t> total{100, 100, devices(10), devices(10)};
  const std::vector<std::int64_t> fair{50, 50, devices(4), devices(4)};
  const auto over = [&](Rules rules, const std::vector<std::int64_t>& allocated) {
    return over_fair_share(rules, {.allocated = allocated, .fair = fair, .allocatable = fair},
                           total);
  };
  const std::vector<std::int64_t> hog{10, 10, devices(8), 0};
  const DominantShare dominant =
      dominant_share({.allocated = hog, .fair = fair, .allocatable = fair}, total);
  EXPECT_EQ(dominant.resource, kGpu);
  EXPECT_EQ(dominant.share, (Fraction{2, 1}));
  EXPECT_TRUE(over(Rules::kSillar, hog));
  EXPECT_FALSE(over(Rules::kKai, hog));
  EXPECT_TRUE(over(Rules::kKai, {51, 51, devices(5), devices(5)}));
  EXPECT_FALSE(over(Rules::kKai, {51, 51, devices(5), devices(4)}));
  EXPECT_TRUE(over(Rules::kSillar, {60, 10, 0, 0}));            // CPU only.
  EXPECT_FALSE(over(Rules::kSillar, {60, 10, devices(1), 0}));  // Its class decides.
  EXPECT_FALSE(over(Rules::kSillar, {0, 0, 0, 0}));
}

}  // namespace
}  // namespace sillar::schedule
