#include "govern/location_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "base/check.h"
#include "base/csv.h"
#include "govern/country.h"

namespace sillar {

namespace embedded {
extern const std::string_view kLocationsCsv;
}  // namespace embedded

namespace {

using Key = std::tuple<std::string_view, std::string_view>;

Key key_of(const LocationFact& fact) {
  return {fact.provider, fact.region};
}

}  // namespace

Result<LocationFacts> LocationFacts::read(const std::string& name, std::string_view text) {
  SILLAR_TRY(csv, CsvReader::open(name, text));
  SILLAR_TRY(provider, csv.column("provider"));
  SILLAR_TRY(region, csv.column("region"));
  SILLAR_TRY(country, csv.column("country"));
  SILLAR_TRY(area, csv.column("area"));
  SILLAR_TRY(operator_name, csv.column("operator"));
  SILLAR_TRY(operator_country, csv.column("operator_country"));
  SILLAR_TRY(source, csv.column("source"));
  SILLAR_TRY(date, csv.column("date"));

  LocationFacts facts;
  while (true) {
    SILLAR_TRY(more, csv.next());
    if (!more) break;
    if (csv[provider].empty())
      return tl::unexpected(csv.error_at(provider, "a location needs a provider"));
    for (const std::size_t column : {country, operator_country}) {
      if (csv[column].empty() || Country::parse(csv[column])) continue;
      return tl::unexpected(csv.error_at(
          column, fmt::format("'{}' is not an ISO 3166 country code; leave it empty when unknown",
                              csv[column])));
    }
    facts.facts_.push_back({std::string(csv[provider]), std::string(csv[region]),
                            std::string(csv[country]), std::string(csv[area]),
                            std::string(csv[operator_name]), std::string(csv[operator_country]),
                            std::string(csv[source]), std::string(csv[date])});
  }
  std::sort(facts.facts_.begin(), facts.facts_.end(),
            [](const LocationFact& a, const LocationFact& b) { return key_of(a) < key_of(b); });
  const auto twice =
      std::adjacent_find(facts.facts_.begin(), facts.facts_.end(),
                         [](const auto& a, const auto& b) { return key_of(a) == key_of(b); });
  if (twice != facts.facts_.end())
    return invalid(
        fmt::format("{}: location '{}/{}' is stated twice", name, twice->provider, twice->region));
  return facts;
}

const LocationFacts& LocationFacts::shipped() {
  static const LocationFacts facts = [] {
    Result<LocationFacts> read_facts = read("data/locations.csv", embedded::kLocationsCsv);
    CHECK(read_facts.has_value(), "the shipped location facts are well formed");
    return std::move(*read_facts);
  }();
  return facts;
}

const LocationFact* LocationFacts::find(std::string_view provider, std::string_view region) const {
  const Key key{provider, region};
  const auto found =
      std::lower_bound(facts_.begin(), facts_.end(), key,
                       [](const LocationFact& fact, const Key& k) { return key_of(fact) < k; });
  return found != facts_.end() && key_of(*found) == key ? &*found : nullptr;
}

std::string_view LocationFacts::country_of(const Location& location) const {
  if (!location.country.empty()) return location.country;
  const LocationFact* fact = find(location.provider, location.region);
  return fact == nullptr ? std::string_view{} : std::string_view(fact->country);
}

std::string_view location_facts_text() {
  return embedded::kLocationsCsv;
}

}  // namespace sillar
