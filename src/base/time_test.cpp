#include "base/time.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace sillar {
namespace {

std::int64_t ns(std::string_view text) {
  const auto time = parse_time(text);
  EXPECT_TRUE(time) << time.error().message;
  return time ? time->ns : -1;
}

TEST(Time, ReadsItsForms) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  EXPECT_EQ(ns("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(ns("1970-01-01"), 0);
  EXPECT_EQ(ns("1970-01-02 00:00:01"), 86401 * kSecond);
  EXPECT_EQ(ns("2000-02-29T12:00:00Z"), 951'825'600 * kSecond);
  EXPECT_EQ(ns("1970-01-01T00:00:00.5Z"), kSecond / 2);
  EXPECT_EQ(ns("1970-01-01T00:00:00.000000001Z"), 1);
  EXPECT_EQ(ns("1970-01-01T02:00:00+02:00"), 0);
  EXPECT_EQ(ns("1969-12-31T23:30:00-00:30"), 0);
  EXPECT_EQ(ns("2160-01-01T00:00:00Z"), kTimeMax.ns);
}

TEST(Time, RefusesWhatIsNoTime) {
  for (const char* text : {"",
                           "now",
                           "2026",
                           "2026-01",
                           "2026-1-1",
                           "2026-13-01",
                           "2026-00-01",
                           "2026-02-29",
                           "2026-04-31",
                           "2026-01-01T",
                           "2026-01-01T24:00:00Z",
                           "2026-01-01T00:60:00Z",
                           "2026-01-01T00:00:60Z",
                           "2026-01-01T00:00Z",
                           "2026-01-01T00:00:00.Z",
                           "2026-01-01T00:00:00.0000000001Z",
                           "2026-01-01T00:00:00ZZ",
                           "2026-01-01T00:00:00+0200",
                           "2026-01-01T00:00:00+24:00",
                           "2026-01-01x"})
    EXPECT_FALSE(parse_time(text)) << text;
  EXPECT_EQ(parse_time("soon").error().message,
            "'soon' is not a time; write it like 2026-01-31T12:00:00Z");
}

TEST(Time, RefusesWhatIsTooEarlyOrTooLate) {
  for (const char* text :
       {"1969-12-31T23:59:59.999999999Z", "1970-01-01T00:00:00+00:01",
        "2160-01-01T00:00:00.000000001Z", "2160-01-01T00:00:01Z", "0001-01-01", "9999-12-31"})
    EXPECT_EQ(parse_time(text).error().message,
              fmt::format("'{}' is outside 1970-01-01T00:00:00Z to 2160-01-01T00:00:00Z", text));
}

TEST(Time, Prints) {
  EXPECT_EQ(format_time(Time{0}), "1970-01-01T00:00:00Z");
  EXPECT_EQ(format_time(Time{-1}), "1969-12-31T23:59:59.999999999Z");
  EXPECT_EQ(format_time(Time{1'500'000'000}), "1970-01-01T00:00:01.5Z");
  EXPECT_EQ(format_time(Time::never()), "2262-04-11T23:47:16.854775807Z");
}

RC_GTEST_PROP(TimeProperty, WhatIsPrintedReadsBack, ()) {
  const Time time{*rc::gen::inRange<std::int64_t>(0, kTimeMax.ns + 1)};
  const auto again = parse_time(format_time(time));
  RC_ASSERT(again);
  RC_ASSERT(*again == time);
}

TEST(Duration, ReadsItsForms) {
  EXPECT_EQ(parse_duration("0")->ns, 0);
  EXPECT_EQ(parse_duration("1h30m")->ns, Duration::minutes(90).ns);
  EXPECT_EQ(*parse_duration("90s"), Duration::seconds(90));
  EXPECT_EQ(parse_duration("250ms")->ns, 250'000'000);
  EXPECT_EQ(parse_duration("1m1ms1us1ns")->ns, 60'001'001'001);
  EXPECT_EQ(*parse_duration("2d"), Duration::hours(48));
}

TEST(Duration, RefusesWhatIsNone) {
  for (const char* text : {"", "1", "h", "1.5h", "-1s", "-0s", "1 s", "1x", "1hm", "s1"})
    EXPECT_FALSE(parse_duration(text)) << text;
  EXPECT_EQ(parse_duration("200000d").error().message, "the duration is longer than 292 years");
  EXPECT_EQ(parse_duration("100000d100000d").error().message,
            "the duration is longer than 292 years");
  EXPECT_EQ(parse_duration("99999999999999999999s").error().message,
            "the duration is longer than 292 years");
}

TEST(Duration, Prints) {
  EXPECT_EQ(format_duration({}), "0s");
  EXPECT_EQ(format_duration(Duration::minutes(90)), "1h30m");
  EXPECT_EQ(format_duration(Duration::seconds(-90)), "-1m30s");
  EXPECT_EQ(format_duration(Duration{1'500'000}), "1ms500us");
  EXPECT_EQ(format_duration(Duration{std::numeric_limits<std::int64_t>::min()}).front(), '-');
}

TEST(Duration, RoundsWholeSecondsDown) {
  EXPECT_EQ(Duration{1'999'999'999}.whole_seconds(), 1);
  EXPECT_EQ(Duration{-1}.whole_seconds(), -1);
  EXPECT_EQ(Duration{-1'000'000'000}.whole_seconds(), -1);
  EXPECT_EQ(Duration{-1'000'000'001}.whole_seconds(), -2);
}

RC_GTEST_PROP(DurationProperty, WhatIsPrintedReadsBack, ()) {
  const Duration duration{*rc::gen::nonNegative<std::int64_t>()};
  const auto again = parse_duration(format_duration(duration));
  RC_ASSERT(again);
  RC_ASSERT(*again == duration);
}

}  // namespace
}  // namespace sillar
