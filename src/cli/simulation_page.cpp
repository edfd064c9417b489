#include "cli/simulation_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "cli/build_info.h"
#include "cli/chart.h"
#include "cli/messages.h"

namespace sillar::cli {
namespace {

constexpr std::string_view kStyles = R"(
:root{color-scheme:light dark;--page:#f5f6f8;--card:#fff;--text:#1b1f24;--quiet:#5a626d;
--line:#dfe3e8;--accent:#0b5cad;--bar:#9cc3e6}
@media(prefers-color-scheme:dark){:root{--page:#14171b;--card:#1d2126;--text:#e8eaed;
--quiet:#a3abb6;--line:#343a42;--accent:#7db8f0;--bar:#31587c}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:16px/1.5 system-ui,sans-serif}
main,header,footer{max-width:72rem;margin:0 auto;padding:0 1.25rem}
header{padding-top:1.75rem}
header p{margin:.25rem 0 0;color:var(--quiet)}
h1{font-size:1.7rem;line-height:1.2;margin:0}
h2{font-size:1.15rem;line-height:1.3;margin:0}
.tiles{display:grid;grid-template-columns:repeat(3,1fr);gap:.9rem;margin:1.25rem 0;padding:0;
list-style:none}
.tiles li,.card{background:var(--card);border:1px solid var(--line);border-radius:10px}
.tiles li{padding:.85rem 1rem}
.tiles .name{color:var(--quiet);font-size:.9rem}
.tiles .value{font-size:1.6rem;font-weight:650;line-height:1.3;font-variant-numeric:tabular-nums}
.tiles .more{color:var(--quiet);font-size:.85rem}
.card{padding:1.1rem 1.25rem;margin:0 0 1.25rem}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.92rem;font-variant-numeric:tabular-nums}
th,td{padding:.4rem .65rem;text-align:right;white-space:nowrap;border-bottom:1px solid var(--line)}
th{font-weight:600}
thead th{color:var(--quiet);font-size:.85rem;vertical-align:bottom}
th:first-child{text-align:left;position:sticky;left:0;background:var(--card)}
tfoot th,tfoot td{border-bottom:0;font-weight:600}
tbody th{font-weight:400}
tr.parent th,tr.parent td{font-weight:600}
td.bar{width:45%;min-width:9rem}
.track{display:block;position:relative;height:1rem}
.track i{position:absolute;inset:0 auto 0 0;background:var(--bar);border-radius:3px}
.track i+i{background:var(--accent);top:.25rem;bottom:.25rem}
summary{cursor:pointer;color:var(--accent);padding:.25rem 0;min-height:24px}
details .wide{max-height:22rem;overflow:auto;margin-top:.5rem}
dl{display:grid;grid-template-columns:minmax(7rem,max-content) 1fr;gap:.35rem 1rem;margin:.6rem 0 0}
dt{font-weight:600}
dd{margin:0}
footer{color:var(--quiet);font-size:.85rem;padding-bottom:2rem}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
@media(max-width:40rem){.x span:not(:nth-child(3n+1)){display:none}.card{padding:.9rem}
main,header,footer{padding-left:.75rem;padding-right:.75rem}.plot{margin-left:3.4rem;height:12rem}
.panel p{min-height:0}
.tiles{grid-template-columns:1fr 1fr;gap:.6rem}.tiles li{padding:.7rem}
.tiles .value{font-size:1.25rem}
dl{display:block}dd{margin-bottom:.5rem}}
@media print{body{background:#fff}.card,.tiles li{break-inside:avoid}details{display:none}}
)";

class Page {
 public:
  Page(const SimulationReport& report, const Locale& locale) : r_(report), locale_(locale) {}

  std::string write() {
    order_projects();
    head();
    tiles();
    charts();
    queue_times();
    projects();
    words();
    out_ += "</main>\n";
    const BuildInfo info = build_info();
    add("<footer><p>sillar {} ({})</p></footer>\n</body>\n</html>\n", info.version, info.commit);
    return std::move(out_);
  }

 private:
  template <class... T>
  void add(fmt::format_string<T...> format, T&&... values) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<T>(values)...);
  }
  [[nodiscard]] std::string_view say(Message message) const {
    return cli::say(message, locale_.language);
  }
  [[nodiscard]] std::string say(Message message, Fields fields) const {
    return cli::say(message, locale_.language, fields);
  }
  [[nodiscard]] std::string count(std::int64_t number) const {
    return localise_number(std::to_string(number), locale_);
  }
  [[nodiscard]] std::string time(Duration duration) const {
    return localise_seconds(format_nanos(duration.ns), locale_);
  }
  [[nodiscard]] std::string money(Int128 nanos) const {
    return fmt::format("{} {}", localise_number(round_number(format_nanos(nanos), 2), locale_),
                       r_.currency.text());
  }
  // Whole units, for places where cents would only be in the way.
  [[nodiscard]] std::string whole_money(Int128 nanos) const {
    return fmt::format("{} {}", localise_number(round_number(format_nanos(nanos), 0), locale_),
                       r_.currency.text());
  }
  [[nodiscard]] std::string percent(std::int64_t millionths) const {
    const std::string number = fmt::format("{}.{:04}", millionths / 10'000, millionths % 10'000);
    return localise_number(round_number(number, 1), locale_) + " %";
  }
  [[nodiscard]] std::string gpu_hours(Int128 device_time) const {
    constexpr Int128 kHour = Int128{1000} * 3600 * 1'000'000'000;
    return count(static_cast<std::int64_t>((device_time + kHour / 2) / kHour));
  }

  // Projects that ran something themselves, most device time first; beyond the styles that tell
  // them apart they are summed up as others.
  void order_projects() {
    std::vector<std::int64_t> devices;
    for (std::size_t p = 0; p < r_.series.projects.size(); ++p) {
      const SeriesLine& line = r_.series.projects[p];
      devices.push_back(std::accumulate(line.devices.begin(), line.devices.end(), std::int64_t{0}));
      const auto waits = [](std::int64_t queued) { return queued > 0; };
      if (devices.back() > 0 || std::ranges::any_of(line.queued, waits)) active_.push_back(p);
    }
    std::sort(active_.begin(), active_.end(), [&](std::size_t a, std::size_t b) {
      return std::pair(-devices[a], a) < std::pair(-devices[b], b);
    });
  }

  // How many of active_ have a series of their own, and how many are the others.
  struct Shown {
    std::size_t named = 0;
    std::size_t others = 0;
  };
  [[nodiscard]] Shown shown_projects() const {
    constexpr std::size_t kShown = kChartStyles - 1;
    if (active_.size() <= kShown) return {active_.size(), 0};
    return {kShown - 1, active_.size() - (kShown - 1)};
  }
  [[nodiscard]] std::string shown_name(std::size_t i, const Shown& shown) const {
    if (i < shown.named) return r_.projects[active_[i]].name;
    return say(Message::kPageOthers, {{"count", std::to_string(shown.others)}});
  }

  // One series per project, `scale` times what the line holds; idle cost comes on top.
  std::vector<ChartSeries> by_project(std::vector<std::int64_t> SeriesLine::* values,
                                      double scale) const {
    const Shown shown = shown_projects();
    std::vector<ChartSeries> series;
    for (std::size_t i = 0; i < active_.size(); ++i) {
      const SeriesLine& line = r_.series.projects[active_[i]];
      if (i <= shown.named && (i < shown.named || shown.others > 0))
        series.push_back({shown_name(i, shown), std::vector<double>(r_.series.points, 0.0), i});
      std::vector<double>& sum = series.back().values;
      for (std::size_t b = 0; b < (line.*values).size(); ++b)
        sum[b] += static_cast<double>((line.*values)[b]) * scale;
    }
    return series;
  }

  // The fleet's queueing times, and as many projects' as there are styles; means over the others.
  // Those alone that finished something.
  std::vector<ChartSeries> queueing_by_project() const {
    std::vector<ChartSeries> series;
    const auto add = [](ChartSeries& to, const SeriesLine& line) {
      for (std::size_t b = 0; b < line.arrived.size(); ++b) {
        const auto jobs = static_cast<double>(line.arrived[b]);
        if (jobs == 0) continue;
        const double sum =
            to.values[b] * to.weights[b] + static_cast<double>(line.queueing[b].ns) * 1e-9 * jobs;
        to.weights[b] += jobs;
        to.values[b] = sum / to.weights[b];
      }
    };
    const std::vector<double> nothing(r_.series.points, 0.0);
    series.push_back(
        {std::string(say(Message::kPageAllProjects)), nothing, kChartStyles - 1, nothing});
    add(series.back(), r_.series.fleet);
    const Shown shown = shown_projects();
    for (std::size_t i = 0; i < active_.size(); ++i) {
      if (i <= shown.named && (i < shown.named || shown.others > 0))
        series.push_back({shown_name(i, shown), nothing, i, nothing});
      add(series.back(), r_.series.projects[active_[i]]);
    }
    std::erase_if(series, [](const ChartSeries& of) {
      return std::ranges::all_of(of.weights, [](double weight) { return weight == 0; });
    });
    return series;
  }

  Chart chart(std::string id, Message title, std::string description) const {
    Chart out;
    out.id = std::move(id);
    out.title = say(title);
    out.description = std::move(description);
    out.total_name = say(Message::kPageTotal);
    out.time_name = say(Message::kPageTime);
    out.numbers_name = say(Message::kPageNumbers);
    out.begin = r_.series.begin;
    out.width = r_.series.width;
    return out;
  }

  void head() {
    const std::string title = say(Message::kPageTitle, {{"policy", escape_html(r_.policy)}});
    add("<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n",
        locale_.language == Language::kSpanish ? "es" : "en");
    out_ +=
        "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
        "'unsafe-inline'\">\n";
    add("<title>{}</title>\n<style>{}{}</style>\n</head>\n<body>\n", title, chart_styles(),
        kStyles);
    add("<header><h1>{}</h1><p>{}</p></header>\n<main>\n", title,
        say(Message::kPageSpan, {{"begin", format_time(r_.begin).substr(0, 10)},
                                 {"end", format_time(r_.end).substr(0, 10)},
                                 {"jobs", count(r_.jobs)},
                                 {"gpus", capacity_text()}}));
    out_ += chart_patterns();
  }

  [[nodiscard]] double capacity() const {
    const Duration span = r_.end - r_.begin;
    if (span.ns <= 0) return 0;
    return static_cast<double>(r_.capacity_device_time) / 1000 / static_cast<double>(span.ns);
  }
  [[nodiscard]] std::string capacity_text() const {
    return localise_number(fmt::format("{:.0f}", capacity()), locale_);
  }

  void tile(Message name, const std::string& value, const std::string& more) {
    add("<li><div class=\"name\">{}</div><div class=\"value\">{}</div><div class=\"more\">{}</div>"
        "</li>\n",
        say(name), value, more);
  }

  void tiles() {
    const auto spread = [&](const Distribution& of) {
      return say(Message::kPageSpread, {{"median", time(of.p50)}, {"p99", time(of.p99)}});
    };
    out_ += "<ul class=\"tiles\">\n";
    tile(Message::kTitleUtilisation, percent(r_.held_millionths()),
         say(Message::kPageUseful, {{"share", percent(r_.useful_millionths())}}));
    tile(Message::kTitleQueueingMean, time(r_.queueing.mean), spread(r_.queueing));
    tile(Message::kTitleCompletionMean, time(r_.completion.mean), spread(r_.completion));
    tile(Message::kPageFinished, count(r_.finished),
         say(Message::kPageOfJobs, {{"jobs", count(r_.jobs)},
                                    {"failed", count(r_.failed)},
                                    {"stopped", count(r_.stopped_at_limit)},
                                    {"refused", count(r_.refused)},
                                    {"unfinished", count(r_.unfinished)}}));
    tile(Message::kTitleEvictions, count(r_.evictions),
         say(Message::kPageLost,
             {{"hours", gpu_hours(r_.device_time.restarting + r_.device_time.lost_work)}}));
    if (r_.priced)
      tile(Message::kTitleBilled, whole_money(r_.billed_nanos),
           say(Message::kPageIdle, {{"idle", whole_money(r_.idle_nanos)}}));
    out_ += "</ul>\n";
  }

  void card(const std::string& content) { add("<section class=\"card\">{}</section>\n", content); }

  // The last bucket may be cut short by the end of the run.
  [[nodiscard]] double bucket_hours(std::size_t bucket) const {
    const Time from = r_.series.begin + r_.series.width * static_cast<std::int64_t>(bucket);
    const Duration whole = r_.series.width;
    const Duration left = r_.end - from;
    return static_cast<double>(left.ns > 0 && left < whole ? left.ns : whole.ns) / 3.6e12;
  }

  void charts() {
    if (r_.series.points == 0 || r_.series.width.ns <= 0) return;
    Chart devices =
        chart("devices", Message::kPageDevices, std::string(say(Message::kPageDevicesText)));
    devices.series = by_project(&SeriesLine::devices, 1e-3);
    devices.limit = capacity();
    devices.limit_name = say(Message::kPageCapacity);
    card(stacked_chart(devices, locale_));

    Chart queued =
        chart("queued", Message::kPageQueued, std::string(say(Message::kPageQueuedText)));
    queued.series = by_project(&SeriesLine::queued, 1e-3);
    card(stacked_chart(queued, locale_));

    Chart waits = chart("waits", Message::kPageQueueOverTime,
                        std::string(say(Message::kPageQueueOverTimeText)));
    waits.total_name.clear();
    waits.series = queueing_by_project();
    if (!waits.series.empty())
      card(panel_chart(waits, {ChartUnit::kSeconds, Message::kPageMeanAndMost}, locale_));
    if (!r_.priced) return;

    Chart cost = chart("cost", Message::kPageCost,
                       say(Message::kPageCostText, {{"currency", r_.currency.text()}}));
    cost.series = by_project(&SeriesLine::cost_nanos, 1e-9);
    ChartSeries idle{std::string(say(Message::kPageIdleName)), {}, kChartStyles - 1};
    for (std::size_t b = 0; b < r_.series.points; ++b) {
      double left = static_cast<double>(r_.series.fleet.cost_nanos[b]) * 1e-9;
      for (const ChartSeries& each : cost.series) left -= each.values[b];
      idle.values.push_back(std::max(left, 0.0));
    }
    cost.series.push_back(std::move(idle));
    for (ChartSeries& each : cost.series)
      for (std::size_t b = 0; b < each.values.size(); ++b) each.values[b] /= bucket_hours(b);
    card(stacked_chart(cost, locale_));
  }

  void queue_times() {
    std::vector<std::size_t> rows;
    std::int64_t longest = 1;
    for (std::size_t p : active_) {
      if (r_.projects[p].queueing.count == 0) continue;
      rows.push_back(p);
      longest = std::max(longest, r_.projects[p].queueing.p99.ns);
    }
    if (rows.empty()) return;
    std::sort(rows.begin(), rows.end(), [&](std::size_t a, std::size_t b) {
      return std::pair(-r_.projects[a].queueing.mean.ns, a) <
             std::pair(-r_.projects[b].queueing.mean.ns, b);
    });
    add("<section class=\"card\"><h2>{}</h2><div class=\"wide\" tabindex=\"0\" role=\"region\" "
        "aria-label=\"{}\"><table><thead><tr><th scope=\"col\">{}</th><th scope=\"col\">{}</th>"
        "<th scope=\"col\">{}</th><th scope=\"col\">{}</th><td></td></tr></thead><tbody>\n",
        say(Message::kPageQueueTimes), say(Message::kPageQueueTimes), say(Message::kTitleProject),
        say(Message::kPageMedian), say(Message::kPageMean), say(Message::kPageP99));
    const auto share = [&](Duration of) {
      return 100 * static_cast<double>(std::min(of.ns, longest)) / static_cast<double>(longest);
    };
    for (std::size_t p : rows) {
      const Distribution& queueing = r_.projects[p].queueing;
      add("<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td><td class=\"bar\">"
          "<span class=\"track\" aria-hidden=\"true\"><i style=\"width:{:.1f}%\"></i>"
          "<i style=\"width:{:.1f}%\"></i></span></td></tr>\n",
          escape_html(r_.projects[p].name), time(queueing.p50), time(queueing.mean),
          time(queueing.p99), share(queueing.p99), share(queueing.mean));
    }
    add("</tbody></table></div><p class=\"more\">{}</p></section>\n", say(Message::kPageBars));
  }

  void project_row(const ProjectReport& of, bool parent) {
    add("<tr{}><th scope=\"row\">{}</th>", parent ? " class=\"parent\"" : "", escape_html(of.name));
    if (r_.priced) add("<td>{}</td>", money(of.cost_nanos));
    add("<td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n", count(of.jobs),
        count(of.finished), time(of.completion.mean), gpu_hours(of.device_time.held),
        count(of.evictions));
  }

  void sum_row(Message name, Int128 nanos) {
    add("<tr><th scope=\"row\">{}</th><td>{}</td><td colspan=\"5\"></td></tr>\n", say(name),
        money(nanos));
  }

  void projects() {
    std::vector<bool> parent(r_.projects.size());
    for (const ProjectReport& project : r_.projects)
      if (project.parent.valid()) parent[project.parent.index()] = true;
    add("<section class=\"card\"><h2>{0}</h2><div class=\"wide\" tabindex=\"0\" role=\"region\" "
        "aria-label=\"{0}\"><table><thead><tr>",
        say(Message::kTitleProjects));
    for (Message title :
         {Message::kTitleProject, Message::kTitleCost, Message::kTitleJobs, Message::kTitleFinished,
          Message::kTitleCompletionMean, Message::kTitleGpuHours, Message::kTitleEvictions})
      if (r_.priced || title != Message::kTitleCost) add("<th scope=\"col\">{}</th>", say(title));
    out_ += "</tr></thead><tbody>\n";
    for (std::size_t p = 0; p < r_.projects.size(); ++p) project_row(r_.projects[p], parent[p]);
    out_ += "</tbody>";
    if (r_.priced) {
      out_ += "<tfoot>";
      sum_row(Message::kTitleWorkloads, r_.workload_nanos);
      sum_row(Message::kPageIdleName, r_.idle_nanos);
      sum_row(Message::kPageTotal, r_.billed_nanos);
      out_ += "</tfoot>";
    }
    out_ += "</table></div></section>\n";
  }

  void words() {
    add("<section class=\"card\"><h2>{}</h2><dl>\n", say(Message::kPageWords));
    const auto word = [&](Message name, Message text) {
      add("<dt>{}</dt><dd>{}</dd>\n", say(name), say(text));
    };
    word(Message::kTitleUtilisation, Message::kPageUtilisationText);
    word(Message::kTitleUsefulShare, Message::kPageUsefulText);
    word(Message::kPageQueueing, Message::kPageQueueingText);
    word(Message::kPageCompletion, Message::kPageCompletionText);
    if (r_.priced) word(Message::kPageIdleName, Message::kPageIdleText);
    out_ += "</dl></section>\n";
  }

  const SimulationReport& r_;
  Locale locale_;
  std::vector<std::size_t> active_;
  std::string out_;
};

}  // namespace

std::string simulation_page(const SimulationReport& report, const Locale& locale) {
  return Page(report, locale).write();
}

}  // namespace sillar::cli
