#include "ledger/price_book.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <tuple>
#include <utility>

#include "base/csv.h"
#include "base/document.h"
#include "ledger/rounding.h"

namespace sillar {
namespace {

constexpr std::string_view kGoogle = "gcp";

std::string_view capacity_name(CapacityKind capacity) {
  switch (capacity) {
    case CapacityKind::kOwned:
      return "owned";
    case CapacityKind::kReserved:
      return "reserved";
    case CapacityKind::kOnDemand:
      return "on demand";
    case CapacityKind::kSpot:
      return "spot";
  }
  return "?";
}

// Absent where the field is empty.
Result<std::optional<std::int64_t>> read_price(const CsvReader& csv, std::size_t column) {
  if (csv[column].empty()) return std::nullopt;
  const Result<std::int64_t> nanos = parse_nanos(csv[column]);
  if (!nanos) return tl::unexpected(csv.error_at(column, nanos.error().message));
  if (*nanos < 0) return tl::unexpected(csv.error_at(column, "a price is not negative"));
  return *nanos;
}

auto region_key(const auto& item) {
  return std::tuple<std::string_view, std::string_view>(item.region, item.instance_type);
}

auto place_key(const auto& item) {
  return std::tuple<std::string_view, std::string_view, std::string_view>(
      item.provider, item.region, item.instance_type);
}

auto offer_key(const auto& offer) {
  return std::tuple<std::string_view, std::string_view, std::string_view, std::string_view>(
      offer.provider, offer.region, offer.instance_type, offer.zone);
}

std::string where(const PriceQuery& query) {
  std::string text(query.provider);
  for (const std::string_view part : {query.region, query.zone, query.instance_type}) {
    if (!part.empty()) text.append(" ").append(part);
  }
  return text;
}

std::vector<std::string> unique_sorted(std::vector<std::string> words) {
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

std::string suggestion(std::string_view word, std::vector<std::string> known) {
  const std::string near = did_you_mean(word, unique_sorted(std::move(known)));
  return near.empty() ? "" : fmt::format("; did you mean '{}'?", near);
}

}  // namespace

Result<PriceBook> PriceBook::read(const std::string& name, std::string_view text) {
  SILLAR_TRY(csv, CsvReader::open(name, text));
  SILLAR_TRY(cloud, csv.column("cloud"));
  SILLAR_TRY(region, csv.column("region"));
  SILLAR_TRY(zone, csv.column("zone"));
  SILLAR_TRY(instance_type, csv.column("instance_type"));
  SILLAR_TRY(on_demand, csv.column("ondemand_usd_per_h"));
  SILLAR_TRY(spot, csv.column("spot_usd_per_h"));
  SILLAR_TRY(as_of, csv.column("as_of"));
  SILLAR_TRY(source, csv.column("source"));

  PriceBook book;
  while (true) {
    SILLAR_TRY(more, csv.next());
    if (!more) break;
    if (csv[cloud].empty()) return tl::unexpected(csv.error_at(cloud, "an offer needs a cloud"));
    if (csv[instance_type].empty())
      return tl::unexpected(csv.error_at(instance_type, "an offer needs an instance type"));
    SILLAR_TRY(on_demand_nanos, read_price(csv, on_demand));
    SILLAR_TRY(spot_nanos, read_price(csv, spot));
    book.offers_.push_back({std::string(csv[cloud]), std::string(csv[region]),
                            std::string(csv[instance_type]), std::string(csv[zone]),
                            on_demand_nanos, spot_nanos,
                            fmt::format("{}, {}", csv[as_of], csv[source])});
  }
  std::sort(book.offers_.begin(), book.offers_.end(),
            [](const Offer& a, const Offer& b) { return offer_key(a) < offer_key(b); });
  const auto twice =
      std::adjacent_find(book.offers_.begin(), book.offers_.end(),
                         [](const auto& a, const auto& b) { return offer_key(a) == offer_key(b); });
  if (twice != book.offers_.end())
    return invalid(fmt::format(
        "{}: the offer {} is stated twice", name,
        where({twice->provider, twice->region, twice->zone, twice->instance_type, {}})));
  return book;
}

Status PriceBook::add_gcp_commitments(const std::string& name, std::string_view text) {
  SILLAR_TRY(csv, CsvReader::open(name, text));
  SILLAR_TRY(region, csv.column("region"));
  SILLAR_TRY(instance_type, csv.column("instance_type"));
  SILLAR_TRY(month, csv.column("month_usd_1y_commit"));

  std::vector<Commitment> all = commitments_;
  while (true) {
    SILLAR_TRY(more, csv.next());
    if (!more) break;
    SILLAR_TRY(month_nanos, read_price(csv, month));
    if (!month_nanos) continue;
    const auto nanos = static_cast<std::int64_t>(divide_half_even(*month_nanos, kHoursPerMonth));
    all.push_back({std::string(csv[region]), std::string(csv[instance_type]), nanos,
                   fmt::format("one-year commitment, {} USD a month of {} h, {}", csv[month],
                               kHoursPerMonth, name)});
  }
  std::sort(all.begin(), all.end(),
            [](const auto& a, const auto& b) { return region_key(a) < region_key(b); });
  const auto twice = std::adjacent_find(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return region_key(a) == region_key(b);
  });
  if (twice != all.end())
    return invalid(fmt::format("{}: the commitment for {} in {} is stated twice", name,
                               twice->instance_type, twice->region));
  commitments_ = std::move(all);
  return {};
}

Error PriceBook::not_offered(const PriceQuery& query) const {
  std::vector<std::string> providers;
  std::vector<std::string> regions;
  std::vector<std::string> regions_with_type;
  std::vector<std::string> types;
  for (const Offer& offer : offers_) {
    providers.push_back(offer.provider);
    if (offer.provider != query.provider) continue;
    regions.push_back(offer.region);
    types.push_back(offer.instance_type);
    if (offer.instance_type == query.instance_type) regions_with_type.push_back(offer.region);
  }
  const std::string missing = fmt::format("the catalogue has no price for {}", where(query));
  const auto not_found = [&](const std::string& rest) {
    return Error{ErrorCode::kNotFound, missing + rest};
  };
  if (regions.empty()) return not_found(suggestion(query.provider, std::move(providers)));
  if (regions_with_type.empty())
    return not_found(suggestion(query.instance_type, std::move(types)));
  if (std::find(regions.begin(), regions.end(), query.region) == regions.end()) {
    const std::string near = suggestion(query.region, std::move(regions));
    if (!near.empty()) return not_found(near);
  }
  regions_with_type = unique_sorted(std::move(regions_with_type));
  const std::size_t others = regions_with_type.size() - 1;
  return not_found(fmt::format("; it is offered in '{}'{}", regions_with_type.front(),
                               others == 0 ? "" : fmt::format(" and {} more regions", others)));
}

Result<PriceQuote> PriceBook::find_reserved(const PriceQuery& query) const {
  if (query.provider == kGoogle) {
    const auto found = std::lower_bound(
        commitments_.begin(), commitments_.end(), query,
        [](const auto& item, const auto& wanted) { return region_key(item) < region_key(wanted); });
    if (found != commitments_.end() && region_key(*found) == region_key(query))
      return PriceQuote{{found->nanos, {}}, fmt::format("{}, {}", where(query), found->origin)};
  }
  return fail(
      ErrorCode::kNotFound,
      fmt::format("no commitment is known for {}; state the node's price per hour", where(query)));
}

Result<PriceQuote> PriceBook::find(const PriceQuery& query) const {
  if (query.capacity == CapacityKind::kOwned)
    return invalid("owned machines are priced by the price map, not by a catalogue");
  if (query.capacity == CapacityKind::kReserved) return find_reserved(query);
  const auto less = [](const auto& a, const auto& b) { return place_key(a) < place_key(b); };
  const std::span<const Offer> all(offers_);
  const auto first = std::lower_bound(all.begin(), all.end(), query, less);
  const auto last = std::upper_bound(first, all.end(), query, less);
  if (first == last) return tl::unexpected(not_offered(query));

  const auto price = [&](const Offer& offer) {
    return query.capacity == CapacityKind::kSpot ? offer.spot_nanos : offer.on_demand_nanos;
  };
  const auto quote = [&](const Offer& offer) {
    PriceQuery of = query;
    of.zone = offer.zone;
    return PriceQuote{
        {*price(offer), {}},
        fmt::format("{} {}, {}", where(of), capacity_name(query.capacity), offer.origin)};
  };
  const Offer* regional = nullptr;
  const Offer* lowest = nullptr;
  const Offer* highest = nullptr;
  for (const Offer& offer : std::span(first, last)) {
    if (!price(offer)) continue;
    if (!query.zone.empty() && offer.zone == query.zone) return quote(offer);
    if (offer.zone.empty()) regional = &offer;
    if (lowest == nullptr || *price(offer) < *price(*lowest)) lowest = &offer;
    if (highest == nullptr || *price(offer) > *price(*highest)) highest = &offer;
  }
  if (regional != nullptr) return quote(*regional);
  const bool spot = query.capacity == CapacityKind::kSpot;
  if (lowest == nullptr || (spot && !query.zone.empty()))
    return fail(
        ErrorCode::kNotFound,
        fmt::format(
            "the catalogue has no {} price for {}{}", capacity_name(query.capacity), where(query),
            lowest == nullptr ? std::string() : fmt::format("; zone '{}' has one", lowest->zone)));
  if (*price(*lowest) != *price(*highest))
    return invalid(fmt::format(
        "the {} price of {} lies between {} in zone {} and {} in zone {}; state the node's zone",
        capacity_name(query.capacity), where(query), format_nanos(*price(*lowest)), lowest->zone,
        format_nanos(*price(*highest)), highest->zone));
  return quote(*lowest);
}

}  // namespace sillar
