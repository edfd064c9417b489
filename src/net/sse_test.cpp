#include "net/sse.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace sillar::net {
namespace {

std::vector<SseEvent> parse(std::string_view text) {
  SseParser parser;
  auto events = parser.feed(text);
  EXPECT_TRUE(events);
  return events ? *events : std::vector<SseEvent>{};
}

TEST(Sse, FormatsAnEvent) {
  EXPECT_EQ(format_event({.id = "7", .event = "placed", .data = "{}"}),
            "id: 7\nevent: placed\ndata: {}\n\n");
  EXPECT_EQ(format_event({.data = "a\nb\r\nc\rd"}), "data: a\ndata: b\ndata: c\ndata: d\n\n");
  EXPECT_EQ(format_event({.data = ""}), "data: \n\n");
}

// The examples of the specification, and its corners.
TEST(Sse, ParsesAsTheSpecificationSays) {
  EXPECT_EQ(parse("data: YHOO\ndata: +2\ndata: 10\n\n"),
            (std::vector<SseEvent>{{.data = "YHOO\n+2\n10"}}));
  EXPECT_EQ(
      parse(": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\n"
            "data:  third event\n\n"),
      (std::vector<SseEvent>{
          {.id = "1", .data = "first event"}, {.data = "second event"}, {.data = " third event"}}));
  EXPECT_EQ(parse("data\n\ndata\ndata\n\ndata:"),
            (std::vector<SseEvent>{{.data = ""}, {.data = "\n"}}));
  EXPECT_EQ(parse("\xEF\xBB\xBF"
                  "data: a\r\rdata: b\r\n\r\n"),
            (std::vector<SseEvent>{{.data = "a"}, {.data = "b"}}));
  EXPECT_EQ(parse("event: x\n\nretry: 10\nunknown: y\ndata: a\n\n"),
            (std::vector<SseEvent>{{.data = "a"}}));
}

TEST(Sse, KeepsTheLastIdAndIgnoresOneWithANul) {
  SseParser parser;
  using namespace std::string_view_literals;
  ASSERT_TRUE(parser.feed("id: 5\ndata: a\n\nid: 6\0\ndata: b\n\nid: 7\n"sv));
  EXPECT_EQ(parser.last_event_id(), "5");  // 7 belongs to an event that has not ended.
  const auto events = parser.feed("data: c\n\n");
  ASSERT_TRUE(events);
  EXPECT_EQ(*events, (std::vector<SseEvent>{{.id = "7", .data = "c"}}));
}

TEST(Sse, RefusesAnEventBeyondItsLimit) {
  SseParser parser(10);
  ASSERT_TRUE(parser.feed("data: 1\n\n"));
  const auto events = parser.feed("data: 12345678");
  ASSERT_FALSE(events);
  EXPECT_EQ(events.error().code, ErrorCode::kLimit);
}

TEST(Sse, ReadsBackWhatItWrote) {
  rc::check("in pieces of any size", [](const std::vector<std::string>& data, std::string id) {
    std::erase_if(id, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
    std::string text;
    std::vector<SseEvent> expected;
    for (std::string each : data) {
      std::erase(each, '\r');
      expected.push_back({.id = id, .event = "e", .data = each});
      text += format_event(expected.back());
      text += sse_heartbeat();
    }
    SseParser parser;
    std::vector<SseEvent> seen;
    while (!text.empty()) {
      const auto size = *rc::gen::inRange<std::size_t>(1, text.size() + 1);
      const auto events = parser.feed(text.substr(0, size));
      RC_ASSERT(events.has_value());
      seen.insert(seen.end(), events->begin(), events->end());
      text.erase(0, size);
    }
    RC_ASSERT(seen == expected);
  });
}

}  // namespace
}  // namespace sillar::net
