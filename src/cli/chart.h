#pragma once

// Charts for a page without scripts: SVG areas that stretch with the page, labels as text beside
// them so that they stay readable at any width, and a table of the same numbers.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "cli/locale.h"
#include "cli/messages.h"

namespace sillar::cli {

// Text for the inside of an HTML element or a quoted attribute.
[[nodiscard]] std::string escape_html(std::string_view text);

// Series beyond these share the last style.
inline constexpr std::size_t kChartStyles = 8;

struct ChartSeries {
  std::string name;
  std::vector<double> values;  // One per bucket.
  std::size_t style = 0;       // 0..kChartStyles - 1: colour and pattern together.
  // What each value weighs in a mean over buckets; a bucket of weight 0 has no value. Empty: all
  // have values, and weigh alike.
  std::vector<double> weights = {};
};

enum class ChartUnit : std::uint8_t { kPlain, kSeconds };

struct Chart {
  std::string id;  // Unique on the page.
  std::string title;
  std::string description;  // One sentence: what it shows, in which unit.
  std::string total_name;   // Of the sum of all series, for the table.
  std::string time_name;
  std::string numbers_name;  // "Show the numbers".
  Time begin;
  Duration width;                   // Of one bucket; > 0.
  std::vector<ChartSeries> series;  // In a stack the first is at the bottom.
  double limit = 0;                 // A dashed line, such as the capacity; 0: none.
  std::string limit_name;
};

// How the small pictures of a panel_chart are told. `spread` has the gaps {mean} and {most}, the
// latter of the steps that are drawn.
struct Panels {
  ChartUnit unit = ChartUnit::kPlain;
  Message spread = Message::kNone;
};
// A <figure> with a small picture for each series, each to its own scale: for values that do not
// add up. Buckets are put together until the steps can be seen.
[[nodiscard]] std::string panel_chart(const Chart& chart, const Panels& panels,
                                      const Locale& locale);

// A <figure>. Numbers are drawn as floating point: this is a picture, the answer has them exactly.
[[nodiscard]] std::string stacked_chart(const Chart& chart, const Locale& locale);

// The patterns that charts fill with; once on a page, before the first chart. With its own style
// rules, which chart_styles() has.
[[nodiscard]] std::string chart_patterns();
[[nodiscard]] std::string chart_swatch(std::size_t style);
[[nodiscard]] std::string_view chart_styles();

// The least of 1, 2, 2.5, 5 times a power of ten such that at most `count` steps reach `max`.
[[nodiscard]] double tick_step(double max, int count);
// The same in seconds, of the steps that clocks and calendars have.
[[nodiscard]] double time_tick_step(double max, int count);

}  // namespace sillar::cli
