#pragma once

// Residency as a hard filter. A rule is what holds for a project: the meet of its own Residency and
// of all its ancestors', so that a child can only narrow, and of the workload's own on top. Within
// one Residency every list that is not empty must be satisfied; forbid beats permit; once anything
// is ruled at all, a location whose country is unknown is refused.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "govern/country.h"
#include "govern/location_facts.h"
#include "model/fleet.h"
#include "model/project.h"

namespace sillar {

enum class ResidencyVerdict : std::uint8_t {
  kAllowed,
  kNotPermitted,    // Outside the countries or regions that the rule permits.
  kForbidden,       // In a country or region that the rule forbids.
  kUnknownCountry,  // There is a rule, and nobody knows where the location lies.
};

// "allowed", "not-permitted", "forbidden", "unknown-country".
[[nodiscard]] std::string_view residency_verdict_name(ResidencyVerdict verdict);

// A value; closed under `narrow`.
class ResidencyRule {
 public:
  // Permits everything.
  ResidencyRule() = default;
  // Errors (kInvalidInput): a country that is neither an ISO code nor a group (a rule that nobody
  // can break is a mistake, so misspellings are refused), a region that is not "provider/region".
  [[nodiscard]] static Result<ResidencyRule> of(const Residency& residency);

  // Makes this rule the meet of itself and `other`: it never permits more than before.
  void narrow(const ResidencyRule& other);

  // `country` is a code or empty for unknown. A code that is not assigned counts as unknown.
  [[nodiscard]] ResidencyVerdict permits(std::string_view provider, std::string_view region,
                                         std::string_view country) const;
  // Does this rule rule anything?
  [[nodiscard]] bool empty() const { return !ruled_; }

  friend bool operator==(const ResidencyRule&, const ResidencyRule&) = default;

 private:
  bool ruled_ = false;
  std::optional<CountrySet> countries_;              // Absent: all.
  std::optional<std::vector<std::string>> regions_;  // "provider/region", sorted; absent: all.
  CountrySet forbidden_countries_;
  std::vector<std::string> forbidden_regions_;  // Sorted.
};

// The rule of every project, in the order of `projects`. Requires: a parent comes before or after
// its children, but the tree has no cycle. Errors: a Residency that `ResidencyRule::of` refuses,
// with the project's name.
[[nodiscard]] Result<std::vector<ResidencyRule>> project_rules(std::span<const Project> projects);

// One verdict per LocationId, for a fleet's locations: the filter that placement looks up.
[[nodiscard]] std::vector<ResidencyVerdict> residency_verdicts(
    const ResidencyRule& rule, std::span<const Location> locations,
    const LocationFacts& facts = LocationFacts::shipped());

// The verdict on a node that states no location.
[[nodiscard]] inline ResidencyVerdict verdict_without_location(const ResidencyRule& rule) {
  return rule.empty() ? ResidencyVerdict::kAllowed : ResidencyVerdict::kUnknownCountry;
}

}  // namespace sillar
