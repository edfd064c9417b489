#include <gtest/gtest.h>

#include <algorithm>

#include "cli/cli_fixture.h"
#include "govern/location_facts.h"
#include "ledger/price_map.h"

namespace sillar::cli {
namespace {

TEST(Prices, CsvIsTheShippedFileItself) {
  EXPECT_EQ(run_words({"prices", "-o", "csv"}).out, price_map_text());
  EXPECT_EQ(run_words({"prices", "map", "-o", "csv"}).out, price_map_text());
  EXPECT_EQ(run_words({"prices", "locations", "-o", "csv"}).out, location_facts_text());
}

TEST(Prices, EveryRowIsShown) {
  const auto lines = [](const std::string& text) { return std::ranges::count(text, '\n'); };
  EXPECT_EQ(lines(run_words({"prices"}).out),
            lines(std::string(price_map_text())) + 1);  // And the title.
  EXPECT_EQ(lines(run_words({"prices", "locations"}).out),
            lines(std::string(location_facts_text())) + 1);
}

TEST(Prices, AmountsStayExact) {
  EXPECT_NE(run_words({"prices", "-o", "json"}).out.find("\"usd_per_hour\": 0.5964375"),
            std::string::npos);
}

TEST(Prices, AnotherTableIsRefused) {
  EXPECT_EQ(run_words({"prices", "fleets"}).code, 2);
}

}  // namespace
}  // namespace sillar::cli
