#include "base/ids.h"

#include <gtest/gtest.h>

#include <type_traits>

namespace sillar {
namespace {

TEST(Ids, AreIndicesOfOneKind) {
  static_assert(!std::is_convertible_v<NodeId, ProjectId>);
  static_assert(!std::is_convertible_v<int, NodeId>);
  static_assert(sizeof(TaskId) == 4);
  EXPECT_FALSE(NodeId{}.valid());
  EXPECT_TRUE(NodeId{0}.valid());
  EXPECT_EQ(NodeId{std::size_t{7}}.index(), 7U);
  EXPECT_LT(NodeId{1}, NodeId{2});
  EXPECT_EQ(std::hash<NodeId>{}(NodeId{3}), 3U);
}

}  // namespace
}  // namespace sillar
