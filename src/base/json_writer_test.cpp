#include "base/json_writer.h"

#include <gtest/gtest.h>

#include <limits>

namespace sillar {
namespace {

TEST(JsonWriter, WritesOneLine) {
  JsonWriter json;
  json.begin_object()
      .field("name", "a\"b\\c\n\t\x01\x7f")
      .field("low", std::numeric_limits<std::int64_t>::min());
  json.key("high").number(std::numeric_limits<std::uint64_t>::max());
  json.field_bool("yes", true).key("none").null();
  json.key("list").begin_array().decimal("12.500").begin_object().end_object().begin_array();
  json.end_array().end_array().end_object();
  EXPECT_EQ(json.take(),
            "{\"name\":\"a\\\"b\\\\c\\n\\t\\u0001\\u007f\",\"low\":-9223372036854775808,"
            "\"high\":18446744073709551615,\"yes\":true,\"none\":null,\"list\":[12.500,{},[]]}");
}

TEST(JsonWriter, Indents) {
  JsonWriter json(2);
  json.begin_object().key("a").begin_array().number(std::int64_t{1}).number(std::int64_t{2});
  json.end_array().key("b").begin_object().end_object().end_object();
  EXPECT_EQ(json.take(), "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {}\n}");
}

TEST(JsonWriter, MakesTextValidUtf8) {
  EXPECT_EQ(JsonWriter().string("\xC3\xB1 \xE2\x82\xAC \xF0\x9F\x98\x80").take(),
            "\"\xC3\xB1 \xE2\x82\xAC \xF0\x9F\x98\x80\"");
  EXPECT_EQ(JsonWriter()
                .string("a\xFF"
                        "b\xC3")
                .take(),
            "\"a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD\"");
  EXPECT_EQ(JsonWriter().string("\xED\xA0\x80").take().size(), 2U + 3 * 3);  // A lone surrogate.
}

}  // namespace
}  // namespace sillar
