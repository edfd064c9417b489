#include "base/csv.h"

#include <gtest/gtest.h>

namespace sillar {
namespace {

using Rows = std::vector<std::vector<std::string>>;

// All rows after the header, or the message of the first error as a row of its own.
Rows rows(std::string_view text, std::size_t columns) {
  auto reader = CsvReader::open("t.csv", text);
  if (!reader) return {{reader.error().message}};
  Rows out;
  for (;;) {
    auto more = reader->next();
    if (!more) return out.push_back({more.error().message}), out;
    if (!*more) return out;
    auto& row = out.emplace_back();
    for (std::size_t i = 0; i < columns; ++i) row.emplace_back((*reader)[i]);
  }
}

TEST(Csv, ReadsPlainRows) {
  EXPECT_EQ(rows("a,b\n1,2\n,\n3,4", 2), (Rows{{"1", "2"}, {"", ""}, {"3", "4"}}));
  EXPECT_EQ(rows("\xEF\xBB\xBF"
                 "a,b\r\n1,2\r\n\r\n3,4\r\n",
                 2),
            (Rows{{"1", "2"}, {"3", "4"}}));
  EXPECT_EQ(rows("a\n\n1\n", 1), (Rows{{""}, {"1"}}));
}

TEST(Csv, ReadsQuotedFields) {
  EXPECT_EQ(rows("a,b\n\"x,y\",\"li\nne\"\n\"\",\"say \"\"hi\"\"\"\r\n", 2),
            (Rows{{"x,y", "li\nne"}, {"", "say \"hi\""}}));
  EXPECT_EQ(rows("a\n\"\"\"\"\n", 1), (Rows{{"\""}}));
  EXPECT_EQ(rows("a,b\nx\"y,z\n", 2), (Rows{{"x\"y", "z"}}));
}

TEST(Csv, RefusesWithALine) {
  EXPECT_EQ(rows("", 0), (Rows{{"t.csv:1: there is no header row"}}));
  EXPECT_EQ(rows("a,b,a\n", 0), (Rows{{"t.csv:1: the header names the column 'a' twice"}}));
  EXPECT_EQ(rows("a,b\n\"1\n2\",3\n4\n", 0),
            (Rows{{}, {"t.csv:4: 1 fields where the header names 2"}}));
  EXPECT_EQ(rows("a\n\"x", 1), (Rows{{"t.csv:2: a quote is opened and never closed"}}));
  EXPECT_EQ(rows("a\n\"x\"y\n", 1), (Rows{{"t.csv:2: text after a closing quote"}}));
}

TEST(Csv, FindsColumns) {
  auto reader = CsvReader::open("t.csv", "job_id,gpus\n1,x\n");
  ASSERT_TRUE(reader);
  EXPECT_EQ(*reader->column("gpus"), 1U);
  EXPECT_FALSE(reader->has_column("gpu"));
  EXPECT_EQ(reader->column("gpu").error().message,
            "t.csv:1: there is no column 'gpu'; did you mean 'gpus'?");
  ASSERT_TRUE(*reader->next());
  EXPECT_EQ(reader->line(), 2U);
  EXPECT_EQ(reader->error_at(1, "'x' is not a whole number").message,
            "t.csv:2: gpus: 'x' is not a whole number");
}

TEST(Csv, KeepsUnescapedFieldsInPlaceWhenMoved) {
  auto opened = CsvReader::open("t.csv", "\"a\"\"1\",b\n\"\"\"x\",\"\"\"y\"\n");
  ASSERT_TRUE(opened);
  CsvReader reader = std::move(*opened);
  ASSERT_TRUE(*reader.next());
  CsvReader moved = std::move(reader);
  EXPECT_EQ(moved[*moved.column("a\"1")], "\"x");
  EXPECT_EQ(moved[1], "\"y");
}

TEST(Csv, AFileInOneLineIsNoTable) {
  std::string header = "c0";
  for (std::size_t c = 1; c <= kCsvColumnsMax; ++c) header += ",c" + std::to_string(c);
  const auto csv = CsvReader::open("t.csv", header);
  ASSERT_FALSE(csv.has_value());
  EXPECT_EQ(csv.error().message, "t.csv:1: the header names 4097 columns, more than 4096");
}

}  // namespace
}  // namespace sillar
