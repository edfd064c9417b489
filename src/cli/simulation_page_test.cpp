#include "cli/simulation_page.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "cli/chart.h"

namespace sillar::cli {
namespace {

SimulationReport report() {
  SimulationReport report;
  report.policy = "fair";
  report.begin = Time::from_seconds(1'500'000'000);
  report.end = report.begin + Duration::hours(3);
  report.jobs = 12'345;
  report.finished = 12'345;
  report.capacity_device_time = Int128{8'000} * Duration::hours(3).ns;
  report.device_time.held = report.capacity_device_time / 2;
  report.priced = true;
  report.billed_nanos = Int128{10'000} * Money::kUnit;
  report.workload_nanos = Int128{6'000} * Money::kUnit;
  report.idle_nanos = Int128{4'000} * Money::kUnit;
  report.projects.emplace_back().name = "a<b>&\"c\"";
  report.projects.back().queueing = {2,
                                     Duration::hours(1),
                                     Duration::hours(1),
                                     Duration::hours(1),
                                     Duration::hours(2),
                                     Duration::hours(2)};
  report.series = {report.begin,
                   Duration::hours(2),
                   2,
                   {{{4000, 2000},
                     {0, 1500},
                     {3 * Money::kUnit, Money::kUnit},
                     {2, 0},
                     {Duration::minutes(90), Duration{0}}}},
                   {{4000, 2000},
                    {0, 1500},
                    {4 * Money::kUnit, 2 * Money::kUnit},
                    {2, 0},
                    {Duration::minutes(90), Duration{0}}}};
  return report;
}

std::size_t count_of(std::string_view text, std::string_view word) {
  std::size_t count = 0;
  for (std::size_t at = text.find(word); at != std::string_view::npos;
       at = text.find(word, at + word.size()))
    ++count;
  return count;
}

// Every element that is opened is closed, innermost first.
void expect_balanced(std::string_view page) {
  std::vector<std::string> open;
  for (std::size_t at = page.find('<'); at != std::string_view::npos; at = page.find('<', at + 1)) {
    const std::size_t end = page.find('>', at);
    ASSERT_NE(end, std::string_view::npos);
    const std::string_view tag = page.substr(at + 1, end - at - 1);
    const bool closing = tag.starts_with('/');
    const std::string_view rest = tag.substr(closing ? 1 : 0);
    const std::string name(rest.substr(0, rest.find(' ')));
    if (name.starts_with('!') || name == "meta" || tag.ends_with('/')) continue;
    if (!closing) {
      open.push_back(name);
      continue;
    }
    ASSERT_FALSE(open.empty()) << name;
    ASSERT_EQ(open.back(), name);
    open.pop_back();
  }
  EXPECT_TRUE(open.empty());
}

TEST(SimulationPage, IsOneWellFormedFileThatAsksForNothingElse) {
  for (const Locale& locale : {Locale{}, Locale{Language::kSpanish, true}}) {
    const std::string page = simulation_page(report(), locale);
    expect_balanced(page);
    for (const char* outside : {"http:", "https:", "<script", "<link", "@import", "src="})
      EXPECT_EQ(page.find(outside), std::string::npos) << outside;
    EXPECT_NE(page.find("default-src 'none'"), std::string::npos);
    EXPECT_EQ(page.find("url("), page.find("url(#p"));
  }
}

TEST(SimulationPage, EveryChartHasATitleADescriptionAndItsNumbers) {
  const std::string page = simulation_page(report(), {});
  EXPECT_EQ(count_of(page, "role=\"img\""), 5U);
  for (const char* id : {"devices", "queued", "waits-0", "waits-1", "cost"}) {
    EXPECT_EQ(count_of(page, fmt::format("aria-labelledby=\"{0}-t {0}-d\"", id)), 1U);
    EXPECT_EQ(count_of(page, fmt::format("id=\"{}-t\"", id)), 1U);
    EXPECT_EQ(count_of(page, fmt::format("id=\"{}-d\"", id)), 1U);
  }
  EXPECT_EQ(count_of(page, "<details>"), 4U);
}

// Two jobs that came in the first bucket waited for 90 min in the mean; in the second came none.
TEST(SimulationPage, QueueTimesStandByTheTimeOfArrivalAndGapsStayGaps) {
  const std::string page = simulation_page(report(), {});
  const std::string waits = page.substr(page.find("id=\"waits-t\""));
  EXPECT_NE(waits.find("<p id=\"waits-1-d\">mean 1 h 30 min, at most 1 h 30 min</p>"),
            std::string::npos);
  EXPECT_NE(waits.find("<td>1 h 30 min</td><td>1 h 30 min</td></tr>"), std::string::npos);
  EXPECT_NE(waits.find("<td>–</td><td>–</td></tr>"), std::string::npos);
  EXPECT_NE(waits.find("d=\"M0.0 60.0H300.0\""), std::string::npos);
}

TEST(SimulationPage, SpeaksTheReadersLanguage) {
  const std::string english = simulation_page(report(), {});
  EXPECT_NE(english.find("<html lang=\"en\">"), std::string::npos);
  EXPECT_NE(english.find("12,345"), std::string::npos);
  EXPECT_NE(english.find("10,000.00 USD"), std::string::npos);
  const std::string spanish = simulation_page(report(), {Language::kSpanish, true});
  EXPECT_NE(spanish.find("<html lang=\"es\">"), std::string::npos);
  EXPECT_NE(spanish.find("12.345"), std::string::npos);
  EXPECT_NE(spanish.find("10.000,00 USD"), std::string::npos);
  EXPECT_EQ(spanish.find("GPUs in use"), std::string::npos);
}

TEST(SimulationPage, NamesAreText) {
  const std::string page = simulation_page(report(), {});
  EXPECT_EQ(page.find("a<b>"), std::string::npos);
  EXPECT_NE(page.find("a&lt;b&gt;&amp;&quot;c&quot;"), std::string::npos);
}

// The last bucket is an hour of the two: what it cost is told per hour all the same.
TEST(SimulationPage, ACutBucketIsPricedByItsOwnLength) {
  const std::string page = simulation_page(report(), {});
  const std::string cost = page.substr(page.find("id=\"cost-t\""));
  EXPECT_NE(cost.find("<td>1.5</td><td>0.50</td><td>2</td>"), std::string::npos);
  EXPECT_NE(cost.find("<td>1</td><td>1</td><td>2</td>"), std::string::npos);
}

TEST(SimulationPage, NothingAtAllIsStillAPage) {
  expect_balanced(simulation_page(SimulationReport{}, {}));
}

TEST(SimulationPage, ManyProjectsBecomeOthers) {
  SimulationReport many = report();
  many.projects.clear();
  many.series.projects.clear();
  for (int p = 0; p < 20; ++p) {
    many.projects.emplace_back().name = "project" + std::to_string(p);
    many.series.projects.push_back({{1000, 1000}, {0, 0}, {0, 0}, {0, 0}, {{}, {}}});
  }
  const std::string page = simulation_page(many, {});
  EXPECT_NE(page.find("others (14)"), std::string::npos);
  expect_balanced(page);
}

TEST(Chart, StepsAreRound) {
  EXPECT_EQ(tick_step(0, 4), 1);
  EXPECT_EQ(tick_step(192, 4), 50);
  EXPECT_EQ(tick_step(200, 4), 50);
  EXPECT_EQ(tick_step(201, 4), 100);
  EXPECT_EQ(tick_step(0.9, 4), 0.25);
  EXPECT_EQ(tick_step(7, 4), 2);
  EXPECT_EQ(time_tick_step(0, 2), 1);
  EXPECT_EQ(time_tick_step(61, 2), 60);
  EXPECT_EQ(time_tick_step(5 * 3600, 2), 6 * 3600);
  EXPECT_EQ(time_tick_step(16.7 * 86'400, 2), 10 * 86'400);
}

}  // namespace
}  // namespace sillar::cli
