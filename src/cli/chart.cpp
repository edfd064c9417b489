#include "cli/chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <optional>

namespace sillar::cli {
namespace {

// The picture's own units. It is stretched to the width of the page: between a desk and a phone, so
// that the patterns are told apart on both.
constexpr double kWidth = 600;
constexpr double kHeight = 240;
constexpr int kYTicks = 4;
constexpr int kXTicks = 6;
constexpr std::size_t kTableRowsMax = 24;
constexpr std::size_t kPanelStepsMax = 48;
constexpr int kPanelYTicks = 2;
constexpr std::size_t kPanelXTicks = 3;
constexpr double kPanelLabelPercentMax = 80;
constexpr double kLabelPercentMax = 97;  // A label farther right would leave the card.

std::string number(double value, const Locale& locale) {
  const int decimals = std::abs(value) >= 100 || value == std::floor(value) ? 0
                       : std::abs(value) >= 1                               ? 1
                                                                            : 2;
  return localise_number(fmt::format("{:.{}f}", value, decimals), locale);
}

std::string number(double value, ChartUnit unit, const Locale& locale) {
  return unit == ChartUnit::kSeconds ? localise_seconds(fmt::format("{:.3f}", value), locale)
                                     : number(value, locale);
}

// Nothing where no bucket has a value.
std::optional<double> mean(const ChartSeries& of, std::size_t from, std::size_t to) {
  double sum = 0;
  double weight = 0;
  for (std::size_t i = from; i < to; ++i) {
    const double weighs = of.weights.empty() ? 1 : of.weights[i];
    sum += of.values[i] * weighs;
    weight += weighs;
  }
  if (weight == 0) return std::nullopt;
  return sum / weight;
}

// Sums of the series from the bottom up: [0] is the floor, [n] the top of series n - 1.
std::vector<std::vector<double>> stack(const std::vector<ChartSeries>& series, std::size_t points) {
  std::vector<std::vector<double>> tops(1, std::vector<double>(points, 0.0));
  for (const ChartSeries& each : series) {
    std::vector<double> top = tops.back();
    for (std::size_t i = 0; i < points; ++i) top[i] += each.values[i];
    tops.push_back(std::move(top));
  }
  return tops;
}

class Scale {
 public:
  Scale(double max, std::size_t points)
      : max_(max > 0 ? max : 1), points_(static_cast<double>(std::max<std::size_t>(points, 1))) {}
  [[nodiscard]] double x(std::size_t bucket) const {
    return kWidth * static_cast<double>(bucket) / points_;
  }
  [[nodiscard]] double y(double value) const { return kHeight - kHeight * value / max_; }
  [[nodiscard]] double percent(double value) const { return 100 * value / max_; }
  [[nodiscard]] double max() const { return max_; }

 private:
  double max_;
  double points_;
};

// The band between two lines of steps.
std::string band(const std::vector<double>& low, const std::vector<double>& high,
                 const Scale& scale) {
  std::string path;
  auto to = std::back_inserter(path);
  for (std::size_t i = 0; i < high.size(); ++i)
    fmt::format_to(to, "{}{:.1f} {:.1f}H{:.1f}", i == 0 ? "M" : "L", scale.x(i), scale.y(high[i]),
                   scale.x(i + 1));
  for (std::size_t i = low.size(); i-- > 0;)
    fmt::format_to(to, "V{:.1f}H{:.1f}", scale.y(low[i]), scale.x(i));
  return path + "Z";
}

struct Tick {
  double percent;
  std::string label;
};

std::vector<Tick> time_ticks(const Chart& chart, std::size_t points) {
  constexpr std::int64_t kHour = 3600;
  constexpr std::int64_t kDay = 24 * kHour;
  constexpr std::array<std::int64_t, 15> kSteps{
      60,       300,      900,       kHour,     3 * kHour, 6 * kHour,  12 * kHour, kDay,
      2 * kDay, 7 * kDay, 14 * kDay, 28 * kDay, 91 * kDay, 182 * kDay, 365 * kDay};
  const Duration span = chart.width * static_cast<std::int64_t>(points);
  std::int64_t step = kSteps.back();
  for (std::int64_t candidate : kSteps)
    if (span.whole_seconds() / candidate <= kXTicks) {
      step = candidate;
      break;
    }
  std::vector<Tick> ticks;
  const std::int64_t first = (chart.begin.ns / 1'000'000'000 + step - 1) / step * step;
  for (std::int64_t at = first; Time::from_seconds(at) <= chart.begin + span; at += step) {
    const double share = static_cast<double>((Time::from_seconds(at) - chart.begin).ns) /
                         static_cast<double>(span.ns);
    const std::string text = format_time(Time::from_seconds(at));
    ticks.push_back({100 * share, step >= kDay ? text.substr(0, 10) : text.substr(5, 11)});
    if (step < kDay) ticks.back().label[5] = ' ';
  }
  return ticks;
}

std::string axes(const std::vector<Tick>& y, const std::vector<Tick>& x) {
  std::string out = "<div class=\"y\" aria-hidden=\"true\">";
  for (const Tick& tick : y)
    out += fmt::format("<span style=\"bottom:{:.2f}%\">{}</span>", tick.percent, tick.label);
  out += "</div><div class=\"x\" aria-hidden=\"true\">";
  for (const Tick& tick : x)
    if (tick.percent <= kLabelPercentMax)
      out += fmt::format("<span style=\"left:{:.2f}%\">{}</span>", tick.percent, tick.label);
  return out + "</div>";
}

std::string picture(const Chart& chart, const std::vector<std::vector<double>>& tops,
                    const Scale& scale, const std::vector<Tick>& y, const std::vector<Tick>& x) {
  std::string out = fmt::format(
      "<svg viewBox=\"0 0 {:.0f} {:.0f}\" preserveAspectRatio=\"none\" role=\"img\" "
      "aria-labelledby=\"{}-t {}-d\">",
      kWidth, kHeight, chart.id, chart.id);
  for (const Tick& tick : y)
    out += fmt::format("<path class=\"grid\" d=\"M0 {:.1f}H{:.0f}\"/>",
                       kHeight - kHeight * tick.percent / 100, kWidth);
  for (const Tick& tick : x)
    out += fmt::format("<path class=\"grid\" d=\"M{:.1f} 0V{:.0f}\"/>", kWidth * tick.percent / 100,
                       kHeight);
  for (std::size_t s = 0; s < chart.series.size(); ++s)
    out += fmt::format("<path class=\"band\" fill=\"url(#p{})\" d=\"{}\"><title>{}</title></path>",
                       chart.series[s].style, band(tops[s], tops[s + 1], scale),
                       escape_html(chart.series[s].name));
  if (chart.limit > 0)
    out +=
        fmt::format("<path class=\"limit\" d=\"M0 {:.1f}H{:.0f}\"/>", scale.y(chart.limit), kWidth);
  return out + "</svg>";
}

std::string legend(const Chart& chart, const Locale& locale) {
  std::string out = "<ul class=\"legend\">";
  for (std::size_t s = chart.series.size(); s-- > 0;)
    out += fmt::format("<li>{}{}</li>", chart_swatch(chart.series[s].style),
                       escape_html(chart.series[s].name));
  if (chart.limit > 0)
    out += fmt::format("<li><span class=\"dash\"></span>{}: {}</li>", escape_html(chart.limit_name),
                       number(chart.limit, locale));
  return out + "</ul>";
}

// Neighbouring buckets are averaged, so that the table stays readable. A total of series that do
// not add up has no name.
std::string numbers(const Chart& chart, std::size_t points, ChartUnit unit, const Locale& locale) {
  std::string out = fmt::format(
      "<details><summary>{}</summary><div class=\"wide\" tabindex=\"0\" role=\"region\" "
      "aria-label=\"{}\"><table><thead><tr><th scope=\"col\">{}</th>",
      chart.numbers_name, escape_html(chart.title), chart.time_name);
  for (const ChartSeries& each : chart.series)
    out += fmt::format("<th scope=\"col\">{}</th>", escape_html(each.name));
  if (!chart.total_name.empty()) out += fmt::format("<th scope=\"col\">{}</th>", chart.total_name);
  out += "</tr></thead><tbody>";
  const std::size_t each_row = (points + kTableRowsMax - 1) / kTableRowsMax;
  for (std::size_t from = 0; from < points; from += each_row) {
    const std::size_t to = std::min(from + each_row, points);
    const Time at = chart.begin + chart.width * static_cast<std::int64_t>(from);
    std::string when = format_time(at).substr(0, 16);
    when[10] = ' ';
    out += fmt::format("<tr><th scope=\"row\">{}</th>", when);
    double total = 0;
    for (const ChartSeries& each : chart.series) {
      const std::optional<double> value = mean(each, from, to);
      total += value.value_or(0);
      out += fmt::format("<td>{}</td>", value ? number(*value, unit, locale) : "–");
    }
    if (!chart.total_name.empty()) out += fmt::format("<td>{}</td>", number(total, unit, locale));
    out += "</tr>";
  }
  return out + "</tbody></table></div></details>";
}

// Means over `each` buckets, the last over what is left.
std::vector<std::optional<double>> steps_of(const ChartSeries& series, std::size_t each) {
  std::vector<std::optional<double>> steps;
  for (std::size_t from = 0; from < series.values.size(); from += each)
    steps.push_back(mean(series, from, std::min(from + each, series.values.size())));
  return steps;
}

// Of one panel; the times are those of the whole figure.
struct PanelAxes {
  std::vector<Tick> y;
  std::vector<Tick> x;
  double max = 1;
};

PanelAxes panel_axes(const Chart& chart, const std::vector<std::optional<double>>& steps,
                     ChartUnit unit, const Locale& locale) {
  double max = 0;
  for (const auto& value : steps) max = std::max(max, value.value_or(0));
  const double step = unit == ChartUnit::kSeconds ? time_tick_step(max, kPanelYTicks)
                                                  : tick_step(max, kPanelYTicks);
  PanelAxes axes_of;
  axes_of.max = std::max(std::ceil(max / step), 1.0) * step;
  for (double at = 0; at <= axes_of.max + step / 2; at += step)
    axes_of.y.push_back({100 * at / axes_of.max, number(at, unit, locale)});
  const std::vector<Tick> x = time_ticks(chart, chart.series.front().values.size());
  const std::size_t stride = std::max<std::size_t>(1, (x.size() + kPanelXTicks - 1) / kPanelXTicks);
  for (std::size_t i = 0; i < x.size(); i += stride)
    if (x[i].percent <= kPanelLabelPercentMax) axes_of.x.push_back(x[i]);
  return axes_of;
}

// Areas with a line on top, so that nothing is told from no value; a gap where there is none.
std::string panel_picture(const ChartSeries& series,
                          const std::vector<std::optional<double>>& steps, std::size_t each,
                          double max) {
  const std::size_t points = series.values.size();
  const Scale scale(max, points);
  std::string area;
  std::string line;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (!steps[i]) continue;
    const double from = scale.x(i * each);
    const double to = scale.x(std::min((i + 1) * each, points));
    const double top = scale.y(*steps[i]);
    area += fmt::format("M{:.1f} {:.0f}V{:.1f}H{:.1f}V{:.0f}Z", from, kHeight, top, to, kHeight);
    line += i > 0 && steps[i - 1] ? fmt::format("V{:.1f}", top)
                                  : fmt::format("M{:.1f} {:.1f}", from, top);
    line += fmt::format("H{:.1f}", to);
  }
  return fmt::format(
      "<path fill=\"url(#p{0})\" d=\"{1}\"/><path class=\"top\" stroke=\"var(--c{0})\" "
      "d=\"{2}\"/>",
      series.style, area, line);
}

std::string panel(const Chart& chart, std::size_t s, const Panels& panels, const Locale& locale) {
  const ChartSeries& series = chart.series[s];
  const std::size_t points = series.values.size();
  const std::size_t each = std::max<std::size_t>(1, (points + kPanelStepsMax - 1) / kPanelStepsMax);
  const std::vector<std::optional<double>> steps = steps_of(series, each);
  const PanelAxes axes_of = panel_axes(chart, steps, panels.unit, locale);
  double most = 0;
  for (const auto& value : steps) most = std::max(most, value.value_or(0));
  const std::optional<double> all = mean(series, 0, points);
  const std::string id = fmt::format("{}-{}", chart.id, s);
  std::string out = fmt::format(
      "<div class=\"panel\"><h3 id=\"{0}-t\">{1}{2}</h3><p id=\"{0}-d\">{3}</p>"
      "<div class=\"plot\"><svg viewBox=\"0 0 {4:.0f} {5:.0f}\" preserveAspectRatio=\"none\" "
      "role=\"img\" aria-labelledby=\"{0}-t {0}-d\">",
      id, chart_swatch(series.style), escape_html(series.name),
      say(panels.spread, locale.language,
          {{"mean", all ? number(*all, panels.unit, locale) : "–"},
           {"most", number(most, panels.unit, locale)}}),
      kWidth, kHeight);
  for (const Tick& tick : axes_of.y)
    out += fmt::format("<path class=\"grid\" d=\"M0 {:.1f}H{:.0f}\"/>",
                       kHeight - kHeight * tick.percent / 100, kWidth);
  out += panel_picture(series, steps, each, axes_of.max);
  return out + "</svg>" + axes(axes_of.y, axes_of.x) + "</div></div>";
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string out;
  for (char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

double tick_step(double max, int count) {
  if (max <= 0) return 1;
  double power = std::pow(10, std::floor(std::log10(max / count)));
  for (;; power *= 10)
    for (double step : {1.0, 2.0, 2.5, 5.0})
      if (step * power * count >= max) return step * power;
}

double time_tick_step(double max, int count) {
  constexpr double kMinute = 60;
  constexpr double kHour = 60 * kMinute;
  constexpr double kDay = 24 * kHour;
  for (double step : {1.0, 2.0, 5.0, 10.0, 30.0, kMinute, 2 * kMinute, 5 * kMinute, 10 * kMinute,
                      30 * kMinute, kHour, 2 * kHour, 6 * kHour, 12 * kHour, kDay})
    if (step * count >= max) return step;
  return kDay * tick_step(max / kDay, count);
}

std::string stacked_chart(const Chart& chart, const Locale& locale) {
  const std::size_t points = chart.series.empty() ? 0 : chart.series.front().values.size();
  const std::vector<std::vector<double>> tops = stack(chart.series, points);
  double max = chart.limit;
  for (double top : tops.back()) max = std::max(max, top);
  const double step = tick_step(max, kYTicks);
  const Scale scale(std::ceil(max / step) * step, points);
  std::vector<Tick> y;
  for (double at = 0; at <= scale.max() + step / 2; at += step)
    y.push_back({scale.percent(at), number(at, locale)});
  const std::vector<Tick> x = time_ticks(chart, points);

  std::string out = fmt::format(
      "<figure><figcaption><h2 id=\"{}-t\">{}</h2><p id=\"{}-d\">{}</p></figcaption>"
      "<div class=\"plot\">",
      chart.id, escape_html(chart.title), chart.id, escape_html(chart.description));
  out += picture(chart, tops, scale, y, x);
  out += axes(y, x);
  out += "</div>";
  out += legend(chart, locale);
  out += numbers(chart, points, ChartUnit::kPlain, locale);
  return out + "</figure>\n";
}

std::string panel_chart(const Chart& chart, const Panels& panels, const Locale& locale) {
  const std::size_t points = chart.series.empty() ? 0 : chart.series.front().values.size();
  std::string out = fmt::format(
      "<figure><figcaption><h2 id=\"{}-t\">{}</h2><p>{}</p></figcaption><div class=\"panels\">",
      chart.id, escape_html(chart.title), escape_html(chart.description));
  for (std::size_t s = 0; s < chart.series.size(); ++s) out += panel(chart, s, panels, locale);
  out += "</div>";
  out += numbers(chart, points, panels.unit, locale);
  return out + "</figure>\n";
}

std::string chart_patterns() {
  // Over each colour lies a mark of its own, so that no colour has to be told from another.
  constexpr std::array<std::string_view, kChartStyles> kMarks{
      "",
      "M0 8L8 0",
      "M0 4H8",
      "M4 0V8",
      "M0 0L8 8",
      "M0 4H8M4 0V8",
      "M2 2h1v1h-1zM6 6h1v1h-1z",
      "M0 8L8 0M0 0L8 8",
  };
  std::string out = "<svg class=\"defs\" width=\"0\" height=\"0\" aria-hidden=\"true\"><defs>";
  for (std::size_t s = 0; s < kMarks.size(); ++s)
    out += fmt::format(
        "<pattern id=\"p{}\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\">"
        "<rect width=\"8\" height=\"8\" fill=\"var(--c{})\"/><path d=\"{}\" class=\"mark\"/>"
        "</pattern>",
        s, s, kMarks[s]);
  return out + "</defs></svg>\n";
}

std::string chart_swatch(std::size_t style) {
  return fmt::format(
      "<svg class=\"swatch\" viewBox=\"0 0 16 16\" aria-hidden=\"true\"><rect width=\"16\" "
      "height=\"16\" fill=\"url(#p{})\"/></svg>",
      style);
}

std::string_view chart_styles() {
  return R"(
:root{--c0:#0072b2;--c1:#e69f00;--c2:#009e73;--c3:#d55e00;--c4:#56b4e9;--c5:#cc79a7;--c6:#b8a800;
--c7:#9aa0a8}
figure{margin:0}
figcaption p{margin:.15rem 0 .75rem;color:var(--quiet)}
.plot{position:relative;height:15rem;margin:.5rem .5rem 2rem 4.25rem}
.plot svg{position:absolute;inset:0;width:100%;height:100%;overflow:visible}
.grid{stroke:var(--line);stroke-width:1;vector-effect:non-scaling-stroke;fill:none}
.band{stroke:var(--card);stroke-width:.5;vector-effect:non-scaling-stroke}
.mark{stroke:var(--card);stroke-width:1;stroke-opacity:.6;fill:none}
.limit{stroke:var(--text);stroke-width:1.5;stroke-dasharray:6 4;vector-effect:non-scaling-stroke;
fill:none}
.y span,.x span{position:absolute;font-size:.8rem;color:var(--quiet);white-space:nowrap}
.y span{right:100%;margin-right:.5rem;transform:translateY(50%)}
.x span{top:100%;margin-top:.4rem;transform:translateX(-50%)}
.panels{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(15rem,100%),1fr));
gap:.25rem 1.5rem}
.panel h3{display:flex;align-items:center;gap:.45rem;font-size:.95rem;line-height:1.3;margin:0;
overflow-wrap:anywhere}
.panel p{font-size:.85rem;color:var(--quiet);margin:.1rem 0 0;min-height:2.6rem}
.panel .plot{height:5.5rem;margin:.7rem .5rem 2rem 3.6rem}
.panel .x span:nth-child(n){display:inline}
.top{stroke-width:1.5;vector-effect:non-scaling-stroke;fill:none}
.legend{display:flex;flex-wrap:wrap;gap:.35rem 1.1rem;list-style:none;margin:0 0 .75rem;padding:0;
font-size:.9rem}
.legend li{display:flex;align-items:center;gap:.45rem}
.swatch{width:1rem;height:1rem;flex:none;border-radius:2px}
.dash{width:1.4rem;border-top:2px dashed var(--text)}
.defs{position:absolute}
)";
}

}  // namespace sillar::cli
