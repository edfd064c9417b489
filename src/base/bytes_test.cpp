#include "base/bytes.h"

#include <gtest/gtest.h>

namespace sillar {
namespace {

constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

TEST(Bytes, NumbersComeBackAndSmallOnesAreShort) {
  for (const std::int64_t value : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{63},
                                   std::int64_t{-64}, std::int64_t{64}, kLeast, kMost}) {
    std::string text;
    put_number(text, value);
    EXPECT_EQ(text.size(), value >= -64 && value < 64 ? 1U : (value == 64 ? 2U : 10U)) << value;
    ByteReader reader(text);
    EXPECT_EQ(reader.number(), value);
    EXPECT_TRUE(reader.ok());
    EXPECT_EQ(reader.left(), 0U);
  }
  const Int128 most = static_cast<Int128>(~static_cast<unsigned __int128>(0) >> 1);
  for (const Int128 value : {Int128{0}, Int128{-5}, Int128{kMost} * 1000, most, -most - 1}) {
    std::string text;
    put_wide(text, value);
    ByteReader reader(text);
    EXPECT_TRUE(reader.wide() == value && reader.ok());
  }
}

TEST(Bytes, RecordsComeBack) {
  std::string text;
  put_text(text, "blau\n");
  put_id(text, NodeId{7});
  put_id(text, NodeId{});
  put_count(text, 2);
  put_number(text, 1);
  put_number(text, 0);
  ByteReader reader(text);
  EXPECT_EQ(reader.text(5), "blau\n");
  EXPECT_EQ(reader.id<NodeTag>(8), NodeId{7});
  EXPECT_FALSE(reader.id_or_none<NodeTag>(8).valid());
  EXPECT_EQ(reader.count(), 2U);
  EXPECT_TRUE(reader.flag());
  EXPECT_FALSE(reader.flag());
  EXPECT_TRUE(reader.ok());
  (void)reader.number();
  EXPECT_FALSE(reader.ok());
}

TEST(Bytes, WhatWasNotWrittenIsAFailureThatStays) {
  const auto fails = [](std::string_view text, auto read) {
    ByteReader reader(text);
    read(reader);
    return !reader.ok() && reader.left() == 0 && reader.number() == 0;
  };
  const auto number = [](ByteReader& reader) { (void)reader.number(); };
  EXPECT_TRUE(fails("", number));
  EXPECT_TRUE(fails("\x80", number));
  EXPECT_TRUE(fails(std::string_view("\x80\0", 2), number)) << "longer than need be";
  EXPECT_TRUE(fails("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", number)) << "more than 64 bits";
  EXPECT_TRUE(fails("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", number));
  EXPECT_TRUE(fails("\x06", [](ByteReader& r) { (void)r.number(0, 2); }));
  EXPECT_TRUE(fails("\x06\x61\x62", [](ByteReader& r) { (void)r.text(9); })) << "cut short";
  EXPECT_TRUE(fails("\x06xyz", [](ByteReader& r) { (void)r.text(2); })) << "too long";
  EXPECT_TRUE(fails("\x06xyz", [](ByteReader& r) { (void)r.count(2); }));
  EXPECT_TRUE(fails("\x04", [](ByteReader& r) { (void)r.flag(); }));
  EXPECT_TRUE(fails("\x06", [](ByteReader& r) { (void)r.id<NodeTag>(3); }));
  EXPECT_TRUE(fails(std::string_view("\0", 1), [](ByteReader& r) { (void)r.id<NodeTag>(0); }));
  EXPECT_TRUE(fails("\x03", [](ByteReader& r) { (void)r.id_or_none<NodeTag>(3); }));
  EXPECT_TRUE(fails("\x06", [](ByteReader& r) { (void)r.wide(0, 2); }));
}

TEST(Bytes, TimesAreThoseThatCanBe) {
  const auto reads = [](std::int64_t ns, auto read) {
    std::string text;
    put_number(text, ns);
    ByteReader reader(text);
    return read(reader).ns == ns && reader.ok();
  };
  const auto moment = [](ByteReader& reader) { return reader.moment(); };
  const auto time = [](ByteReader& reader) { return reader.time(); };
  const auto duration = [](ByteReader& reader) { return reader.duration(); };
  for (const std::int64_t ns : {std::int64_t{0}, kTimeMax.ns})
    EXPECT_TRUE(reads(ns, moment) && reads(ns, time) && reads(ns, duration) && reads(-ns, duration))
        << ns;
  for (const std::int64_t ns : {std::int64_t{-1}, kTimeMax.ns + 1, kMost - 1, kLeast})
    EXPECT_FALSE(reads(ns, moment) || reads(ns, time)) << ns;
  EXPECT_TRUE(reads(Time::never().ns, time));
  EXPECT_FALSE(reads(Time::never().ns, moment));
  for (const std::int64_t ns : {kTimeMax.ns + 1, kMost, kLeast})
    EXPECT_FALSE(reads(ns, duration)) << ns;
}

}  // namespace
}  // namespace sillar
