// The division's published vectors, as tables: one for KAI's rules, one that states each difference
// of ours. Amounts are in whole devices; k and usage as decimals in thousandths and millionths.

#include "schedule/share.h"

#include <gtest/gtest.h>

#include <numeric>
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

}  // namespace
}  // namespace sillar::schedule
