#include "net/framing.h"

#include <gtest/gtest.h>

#include <iterator>

#include "base/check.h"

namespace sillar::net {
namespace {

constexpr std::string_view kDate = "Sun, 06 Nov 1994 08:49:37 GMT";

TEST(Framing, WritesTheHeadAndASmallBodyInOne) {
  const AnswerBytes bytes =
      answer_bytes({.status = 404,
                    .headers = {{"X-A", "b"}, {"date", "mine"}, {"Content-Length", "9"}},
                    .body = "none"},
                   {.date = kDate});
  EXPECT_EQ(bytes.head,
            "HTTP/1.1 404 Not Found\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nX-A: b\r\n"
            "Content-Length: 4\r\nConnection: keep-alive\r\n\r\nnone");
  EXPECT_EQ(bytes.body, "");
}

TEST(Framing, KeepsALargeBodyApart) {
  const AnswerBytes bytes = answer_bytes({.body = std::string(100'000, 'x')}, {.date = kDate});
  EXPECT_TRUE(bytes.head.ends_with("\r\n\r\n"));
  EXPECT_EQ(bytes.body.size(), 100'000U);
}

TEST(Framing, HasNoBodyWhereNoneBelongs) {
  for (const int status : {204, 304}) {
    const AnswerBytes bytes = answer_bytes({.status = status, .body = "none"}, {.date = kDate});
    EXPECT_EQ(bytes.head.find("Content-Length"), std::string::npos);
    EXPECT_TRUE(bytes.head.ends_with("\r\n\r\n"));
  }
  const AnswerBytes head = answer_bytes({.body = "none"}, {.head_only = true, .date = kDate});
  EXPECT_NE(head.head.find("Content-Length: 4\r\n"), std::string::npos);
  EXPECT_TRUE(head.head.ends_with("\r\n\r\n"));
}

TEST(Framing, SendsNothingThatWouldEndAHeader) {
  const Response unsendable[] = {
      {.status = 100},
      {.status = 600},
      {.headers = {{"", "a"}}},
      {.headers = {{"A B", "a"}}},
      {.headers = {{"A:", "a"}}},
      {.headers = {{"A", "a\r\nB: c"}}},
      {.headers = {{"A", "a\nB: c"}}},
      {.headers = {{"A", std::string("a\0", 2)}}},
  };
  const std::uint64_t bugs = bug_count();
  for (const Response& each : unsendable)
    EXPECT_TRUE(answer_bytes(each, {.date = kDate}).head.starts_with("HTTP/1.1 500 "));
  EXPECT_EQ(bug_count(), bugs + std::size(unsendable));
}

TEST(Framing, WritesChunksAndDates) {
  std::string out;
  append_chunk(out, "0123456789abcdef");
  EXPECT_EQ(out, "10\r\n0123456789abcdef\r\n");
  EXPECT_EQ(http_date(784111777), kDate);
  DateText text;
  EXPECT_EQ(text.at(784111777), kDate);
  EXPECT_EQ(text.at(784111778), "Sun, 06 Nov 1994 08:49:38 GMT");
}

TEST(Http, MakesProblems) {
  const Response answer = problem(409, "it \"is\" so");
  EXPECT_EQ(answer.status, 409);
  EXPECT_EQ(answer.body,
            R"({"type":"about:blank","title":"Conflict","status":409,"detail":"it \"is\" so"})");
  EXPECT_EQ(*answer.header("CONTENT-TYPE"), "application/problem+json");
}

}  // namespace
}  // namespace sillar::net
