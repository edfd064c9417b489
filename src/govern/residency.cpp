#include "govern/residency.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/check.h"

namespace sillar {
namespace {

bool has(const std::vector<std::string>& sorted, std::string_view text) {
  return std::binary_search(sorted.begin(), sorted.end(), text, std::less<>());
}

void sort_unique(std::vector<std::string>& items) {
  std::sort(items.begin(), items.end());
  items.erase(std::unique(items.begin(), items.end()), items.end());
}

Status check_region(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash != std::string_view::npos && slash > 0 && slash + 1 < text.size()) return {};
  return invalid(
      fmt::format("'{}' is not a region; write provider/region, e.g. aws/eu-west-1", text));
}

Result<CountrySet> parse_country(std::string_view text) {
  const std::optional<CountrySet> countries = countries_named(text);
  if (countries) return *countries;
  const std::string_view hint = text == "UK" ? " (the United Kingdom is GB)" : "";
  return invalid(fmt::format("'{}' is not an ISO 3166 country code, EU or EEA{}", text, hint));
}

}  // namespace

std::string_view residency_verdict_name(ResidencyVerdict verdict) {
  switch (verdict) {
    case ResidencyVerdict::kAllowed:
      return "allowed";
    case ResidencyVerdict::kNotPermitted:
      return "not-permitted";
    case ResidencyVerdict::kForbidden:
      return "forbidden";
    case ResidencyVerdict::kUnknownCountry:
      return "unknown-country";
  }
  return "?";
}

Result<ResidencyRule> ResidencyRule::of(const Residency& residency) {
  ResidencyRule rule;
  rule.ruled_ = !residency.empty();
  for (const std::string& text : residency.countries) {
    SILLAR_TRY(countries, parse_country(text));
    rule.countries_ = rule.countries_.value_or(CountrySet{}) | countries;
  }
  for (const std::string& text : residency.regions) SILLAR_TRY_STATUS(check_region(text));
  if (!residency.regions.empty()) {
    rule.regions_ = residency.regions;
    sort_unique(*rule.regions_);
  }
  for (const std::string& text : residency.forbidden) {
    if (text.find('/') != std::string::npos) {
      SILLAR_TRY_STATUS(check_region(text));
      rule.forbidden_regions_.push_back(text);
      continue;
    }
    SILLAR_TRY(countries, parse_country(text));
    rule.forbidden_countries_ |= countries;
  }
  sort_unique(rule.forbidden_regions_);
  return rule;
}

void ResidencyRule::narrow(const ResidencyRule& other) {
  ruled_ = ruled_ || other.ruled_;
  if (other.countries_)
    countries_ = countries_ ? *countries_ & *other.countries_ : other.countries_;
  if (other.regions_ && regions_) {
    std::vector<std::string> both;
    std::set_intersection(regions_->begin(), regions_->end(), other.regions_->begin(),
                          other.regions_->end(), std::back_inserter(both));
    regions_ = std::move(both);
  } else if (other.regions_) {
    regions_ = other.regions_;
  }
  forbidden_countries_ |= other.forbidden_countries_;
  forbidden_regions_.insert(forbidden_regions_.end(), other.forbidden_regions_.begin(),
                            other.forbidden_regions_.end());
  sort_unique(forbidden_regions_);
}

ResidencyVerdict ResidencyRule::permits(std::string_view provider, std::string_view region,
                                        std::string_view country) const {
  if (!ruled_) return ResidencyVerdict::kAllowed;
  const std::string name = fmt::format("{}/{}", provider, region);
  if (has(forbidden_regions_, name)) return ResidencyVerdict::kForbidden;
  const std::optional<Country> known = Country::parse(country);
  if (!known) return ResidencyVerdict::kUnknownCountry;
  if (forbidden_countries_.test(known->index())) return ResidencyVerdict::kForbidden;
  if (countries_ && !countries_->test(known->index())) return ResidencyVerdict::kNotPermitted;
  if (regions_ && !has(*regions_, name)) return ResidencyVerdict::kNotPermitted;
  return ResidencyVerdict::kAllowed;
}

Result<std::vector<ResidencyRule>> project_rules(std::span<const Project> projects) {
  std::vector<ResidencyRule> own(projects.size());
  for (std::size_t i = 0; i < projects.size(); ++i) {
    Result<ResidencyRule> rule = ResidencyRule::of(projects[i].residency);
    if (!rule)
      return tl::unexpected(
          rule.error().within(fmt::format("project '{}': residency", projects[i].name)));
    own[i] = std::move(*rule);
  }
  std::vector<ResidencyRule> rules = own;
  for (std::size_t i = 0; i < projects.size(); ++i) {
    std::size_t steps = 0;
    for (ProjectId up = projects[i].parent; up.valid(); up = projects[up.index()].parent) {
      CHECK(++steps <= projects.size(), "the project tree has no cycle");
      if (!own[up.index()].empty()) rules[i].narrow(own[up.index()]);
    }
  }
  return rules;
}

std::vector<ResidencyVerdict> residency_verdicts(const ResidencyRule& rule,
                                                 std::span<const Location> locations,
                                                 const LocationFacts& facts) {
  std::vector<ResidencyVerdict> verdicts(locations.size(), ResidencyVerdict::kAllowed);
  if (rule.empty()) return verdicts;
  for (std::size_t i = 0; i < locations.size(); ++i)
    verdicts[i] =
        rule.permits(locations[i].provider, locations[i].region, facts.country_of(locations[i]));
  return verdicts;
}

}  // namespace sillar
