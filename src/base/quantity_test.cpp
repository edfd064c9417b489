#include "base/quantity.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>

namespace sillar {
namespace {

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

TEST(Quantity, ReadsBytes) {
  EXPECT_EQ(*parse_bytes("0"), 0);
  EXPECT_EQ(*parse_bytes("68719476736"), 64LL << 30);
  EXPECT_EQ(*parse_bytes("9223372036854775807"), kMax);
  EXPECT_EQ(*parse_bytes("80Gi"), 80LL << 30);
  EXPECT_EQ(*parse_bytes("1.5Gi"), 3LL << 29);
  EXPECT_EQ(*parse_bytes("512M"), 512'000'000);
  EXPECT_EQ(*parse_bytes("1k"), 1000);
  EXPECT_EQ(*parse_bytes("7B"), 7);
  EXPECT_EQ(*parse_bytes("8191Pi"), 8191LL << 50);
  for (const char* text : {"", "Gi", "-1Gi", "1 Gi", "1gi", "1Xi", "0.5", "-0", "8192Pi",
                           "9223372036854775808", "1e3", "GiB"})
    EXPECT_FALSE(parse_bytes(text)) << text;
  EXPECT_EQ(parse_bytes("0.3Ki").error().message, "'0.3Ki' is not a whole number of bytes");
}

TEST(Quantity, PrintsBytesInTheLargestUnitThatDivides) {
  EXPECT_EQ(format_bytes(0), "0");
  EXPECT_EQ(format_bytes(1024), "1Ki");
  EXPECT_EQ(format_bytes(1025), "1025");
  EXPECT_EQ(format_bytes(3LL << 29), "1536Mi");
  EXPECT_EQ(format_bytes(1LL << 60), "1024Pi");
}

TEST(Quantity, ReadsThousandths) {
  EXPECT_EQ(*parse_thousandths("1"), 1000);
  EXPECT_EQ(*parse_thousandths("1.5"), 1500);
  EXPECT_EQ(*parse_thousandths("0.001"), 1);
  EXPECT_EQ(*parse_thousandths("500m"), 500);
  EXPECT_EQ(*parse_thousandths(".5"), 500);
  EXPECT_EQ(*parse_thousandths("26843545600.25"), 26'843'545'600'250);
  for (const char* text : {"", "m", "-1", "-1m", "1.5m", "1e3", "x"})
    EXPECT_FALSE(parse_thousandths(text)) << text;
  EXPECT_EQ(parse_thousandths("0.0001").error().message, "'0.0001' is finer than a thousandth");
}

TEST(Quantity, PrintsThousandths) {
  EXPECT_EQ(format_thousandths(0), "0");
  EXPECT_EQ(format_thousandths(1500), "1.5");
  EXPECT_EQ(format_thousandths(1), "0.001");
  EXPECT_EQ(format_thousandths(-500), "-0.5");
  EXPECT_EQ(format_thousandths(-1500), "-1.5");
}

TEST(Quantity, ReadsIntegers) {
  EXPECT_EQ(*parse_integer("-12"), -12);
  EXPECT_EQ(*parse_integer("9223372036854775807"), kMax);
  for (const char* text : {"", "-", "+1", "1.0", "0x1", " 1", "1 ", "one"})
    EXPECT_FALSE(parse_integer(text)) << text;
  EXPECT_EQ(parse_integer("9223372036854775808").error().message,
            "'9223372036854775808' is beyond the range of a 64-bit integer");
}

RC_GTEST_PROP(QuantityProperty, WhatIsPrintedReadsBack, ()) {
  const std::int64_t amount = *rc::gen::nonNegative<std::int64_t>();
  const int shift = *rc::gen::inRange(0, 50);
  const std::int64_t bytes = (amount >> shift) << shift;
  RC_ASSERT(*parse_bytes(format_bytes(bytes)) == bytes);
  RC_ASSERT(*parse_thousandths(format_thousandths(amount)) == amount);
  RC_ASSERT(*parse_integer(std::to_string(amount)) == amount);
}

}  // namespace
}  // namespace sillar
