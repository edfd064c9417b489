#pragma once

// The price catalogue: what an instance type costs per hour at a place, on demand and on the spot
// market, and what Google Cloud asks under a commitment, as exact amounts with their source.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/money.h"
#include "base/result.h"
#include "model/fleet.h"

namespace sillar {

// A commitment is told by the month; an hour of it is a 730th, rounded half to even.
inline constexpr std::int64_t kHoursPerMonth = 730;

struct PriceQuery {
  std::string_view provider;
  std::string_view region;
  std::string_view zone;  // Empty: any, if all agree.
  std::string_view instance_type;
  CapacityKind capacity = CapacityKind::kOnDemand;
};

struct PriceQuote {
  Money per_hour;
  std::string source;  // "aws us-east-1 use1-az1 p5.48xlarge spot, 2026-07-21, <origin>"
};

// Immutable once read; lookups are logarithmic.
class PriceBook {
 public:
  // Knows no price.
  PriceBook() = default;
  // `text` has the catalogue's columns: cloud, region, zone, instance_type, ondemand_usd_per_h,
  // spot_usd_per_h, as_of, source; others are not looked at. An empty price is none. Errors
  // (kInvalidInput): a missing column, an amount that is not one, an offer stated twice.
  [[nodiscard]] static Result<PriceBook> read(const std::string& name, std::string_view text);
  // Adds Google Cloud's one-year commitments: region, instance_type, month_usd_1y_commit. Errors:
  // likewise, changing nothing.
  Status add_gcp_commitments(const std::string& name, std::string_view text);

  // On demand and spot: the zone's own row, else the region's row without a zone, else what all the
  // zones that have a price agree on; but another zone's spot price is nobody else's. Reserved:
  // Google Cloud's commitment. Errors: kNotFound, naming what is missing and what is near;
  // kInvalidInput when zones disagree, or for owned capacity, which no catalogue prices.
  [[nodiscard]] Result<PriceQuote> find(const PriceQuery& query) const;

  [[nodiscard]] std::size_t offer_count() const { return offers_.size(); }

 private:
  struct Offer {
    std::string provider;
    std::string region;
    std::string instance_type;
    std::string zone;
    std::optional<std::int64_t> on_demand_nanos;
    std::optional<std::int64_t> spot_nanos;
    std::string origin;  // Date and source.
  };
  struct Commitment {
    std::string region;
    std::string instance_type;
    std::int64_t nanos = 0;
    std::string origin;
  };

  [[nodiscard]] Result<PriceQuote> find_reserved(const PriceQuery& query) const;
  [[nodiscard]] Error not_offered(const PriceQuery& query) const;

  std::vector<Offer> offers_;            // By provider, region, instance type, zone.
  std::vector<Commitment> commitments_;  // By region, instance type.
};

}  // namespace sillar
