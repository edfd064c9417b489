#include "model/dependency_order.h"

#include <gtest/gtest.h>

namespace sillar {
namespace {

Workload work(std::string name, std::vector<std::string> after = {}) {
  Workload out;
  out.name = std::move(name);
  for (std::string& each : after) out.after.push_back({std::move(each), DependencyKind::kAfterOk});
  return out;
}

TEST(DependencyOrder, PutsWhatIsWaitedForFirst) {
  const std::vector<Workload> works{work("c", {"b", "elsewhere"}), work("x"), work("b", {"a"}),
                                    work("a")};
  const auto order = dependency_order(works);
  ASSERT_TRUE(order);
  EXPECT_EQ(*order, (std::vector<std::size_t>{3, 2, 0, 1}));
  EXPECT_TRUE(dependency_order({}));
}

TEST(DependencyOrder, NamesACircle) {
  const std::vector<Workload> works{work("x", {"a"}), work("a", {"b"}), work("b", {"c"}),
                                    work("c", {"a"})};
  const auto order = dependency_order(works);
  ASSERT_FALSE(order);
  EXPECT_EQ(order.error().message, "workloads wait for each other in a circle: a > b > c > a");
}

TEST(DependencyOrder, TakesLongChains) {
  std::vector<Workload> works;
  for (int i = 0; i < 50'000; ++i)
    works.push_back(work(std::to_string(i), {std::to_string(i + 1)}));
  const auto order = dependency_order(works);
  ASSERT_TRUE(order);
  EXPECT_EQ(order->front(), 49'999U);
}

}  // namespace
}  // namespace sillar
