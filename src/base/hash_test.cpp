#include "base/hash.h"

#include <gtest/gtest.h>

#include <string>

namespace sillar {
namespace {

TEST(Hash, IsXxh3Of128Bits) {
  // The published value for no bytes and seed 0.
  EXPECT_EQ(hash_bytes("").hex(), "99aa06d3014798d86001c324468d497f");
  EXPECT_EQ(hash_bytes("a"), hash_bytes("a"));
  EXPECT_FALSE(hash_bytes("a") == hash_bytes("b"));
  EXPECT_FALSE(hash_bytes(std::string(1, '\0')) == hash_bytes(std::string(2, '\0')));
}

TEST(Hash, PrintsLeadingZeros) {
  EXPECT_EQ((Hash128{1, 2}.hex()), "00000000000000010000000000000002");
}

}  // namespace
}  // namespace sillar
