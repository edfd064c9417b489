#pragma once

// Where a provider's region lies, who operates it, and whose law reaches the operator: three facts
// that a region's name does not tell. The shipped table (data/locations.csv) covers every region of
// the price catalogue; a country that could not be established is empty and means unknown.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/fleet.h"

namespace sillar {

struct LocationFact {
  std::string provider;
  std::string region;            // Empty: a provider that names no regions.
  std::string country;           // ISO 3166-1 alpha-2; empty: unknown.
  std::string area;              // City or state, for people.
  std::string operator_name;     // Who runs the machines.
  std::string operator_country;  // Where the operator or its parent is at home; empty: unknown.
  std::string source;
  std::string date;  // When the source was read.
};

// Immutable after reading; may be shared between threads.
class LocationFacts {
 public:
  // `text` is CSV with the columns provider, region, country, area, operator, operator_country,
  // source and date. Errors (kInvalidInput): a missing column, a country that is not an ISO code, a
  // (provider, region) stated twice.
  [[nodiscard]] static Result<LocationFacts> read(const std::string& name, std::string_view text);
  // The table that the program carries.
  [[nodiscard]] static const LocationFacts& shipped();

  // Null when the region is not in the table.
  [[nodiscard]] const LocationFact* find(std::string_view provider, std::string_view region) const;
  // The country that the fleet states, else the table's; empty: unknown.
  [[nodiscard]] std::string_view country_of(const Location& location) const;

  // Sorted by (provider, region).
  [[nodiscard]] const std::vector<LocationFact>& all() const { return facts_; }

 private:
  std::vector<LocationFact> facts_;
};

// The shipped table as text, to be printed.
[[nodiscard]] std::string_view location_facts_text();

}  // namespace sillar
