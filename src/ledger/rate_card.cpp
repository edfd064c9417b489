#include "ledger/rate_card.h"

#include <fmt/format.h>

#include <limits>
#include <map>
#include <tuple>
#include <utility>

#include "base/document.h"
#include "base/quantity.h"
#include "ledger/rounding.h"

namespace sillar {
namespace {

struct Priced {
  Money per_hour;
  std::int64_t cpu_nanos = 0;
  std::string source;
};

const AcceleratorClass* class_of(const Fleet& fleet, const Node& node) {
  if (node.accelerators == 0 || !node.accelerator_class.valid()) return nullptr;
  return &fleet.classes[node.accelerator_class.index()];
}

// The part of a price in one piece that CPU and memory carry: all of it without accelerators, none
// where nothing is known that a claim could be a share of.
std::int64_t cpu_part(const Node& node, const AcceleratorClass* accelerator, Money per_hour,
                      const PriceMap& map) {
  if (accelerator == nullptr) return per_hour.nanos;
  if (node.cpu == 0 && node.memory_bytes == 0) return 0;
  const std::int64_t share = map.cpu_share_thousandths(accelerator->name);
  return static_cast<std::int64_t>(
      divide_half_even(static_cast<Int128>(per_hour.nanos) * share, kThousand));
}

std::string share_text(const Node& node, const AcceleratorClass* accelerator, const PriceMap& map) {
  if (accelerator == nullptr || (node.cpu == 0 && node.memory_bytes == 0)) return "";
  return fmt::format("; CPU and memory carry {} thousandths (price map, {})",
                     map.cpu_share_thousandths(accelerator->name), accelerator->name);
}

Result<Priced> price_from_map(const Node& node, const AcceleratorClass* accelerator,
                              const PriceMap& map) {
  SILLAR_TRY(host, map.host_nanos(node.cpu, node.memory_bytes));
  const std::string host_text =
      fmt::format("{} cores and {}", format_thousandths(node.cpu), format_bytes(node.memory_bytes));
  if (accelerator == nullptr)
    return Priced{{host, {}}, host, fmt::format("price map: {}", host_text)};
  const PriceMapRow* row = map.find(accelerator->name);
  if (row == nullptr || !row->device_nanos) {
    const std::string near = did_you_mean(accelerator->name, map.priced_classes());
    return fail(ErrorCode::kNotFound,
                fmt::format("the price map has no price for class '{}'{}; state the nodes' price "
                            "per hour or add a row",
                            accelerator->name,
                            near.empty() ? "" : fmt::format(" (did you mean '{}'?)", near)));
  }
  const Int128 nanos = static_cast<Int128>(*row->device_nanos) * node.accelerators + host;
  if (nanos > std::numeric_limits<std::int64_t>::max())
    return fail(ErrorCode::kLimit, "the price of a node exceeds one amount");
  return Priced{{static_cast<std::int64_t>(nanos), {}},
                host,
                fmt::format("price map: {} x {} as {}, {}", node.accelerators, accelerator->name,
                            row->stand_in, host_text)};
}

Result<Priced> price_of_node(const Fleet& fleet, const Node& node, const PriceBook& book,
                             const PriceMap& map) {
  const AcceleratorClass* accelerator = class_of(fleet, node);
  if (node.price_per_hour)
    return Priced{*node.price_per_hour, cpu_part(node, accelerator, *node.price_per_hour, map),
                  "stated by the fleet" + share_text(node, accelerator, map)};
  if (node.capacity == CapacityKind::kOwned || node.instance_type.empty())
    return price_from_map(node, accelerator, map);
  if (!node.location.valid())
    return invalid(fmt::format("'{}' has a price only at a place; state the nodes' location",
                               node.instance_type));
  const Location& location = fleet.locations[node.location.index()];
  SILLAR_TRY(quote, book.find({location.provider, location.region, location.zone,
                               node.instance_type, node.capacity}));
  return Priced{quote.per_hour, cpu_part(node, accelerator, quote.per_hour, map),
                quote.source + share_text(node, accelerator, map)};
}

// What a node's price depends on: nodes that agree in it are priced once.
auto likeness(const Node& node) {
  return std::tuple(node.accelerator_class, node.accelerators, node.cpu, node.memory_bytes,
                    node.location, node.capacity, std::string_view(node.instance_type),
                    node.price_per_hour);
}
using Likeness = decltype(likeness(std::declval<const Node&>()));

}  // namespace

RateCard rate_fleet(const Fleet& fleet, const PriceBook& book, const PriceMap& map) {
  constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  struct Known {
    NodePrice price;
    std::size_t missing = kNone;
  };
  RateCard card;
  std::map<Likeness, Known> known;
  std::map<std::string, std::uint32_t> sources;
  std::map<std::string, std::size_t> reasons;
  const auto source_index = [&](std::string source) {
    const auto [at, fresh] = sources.emplace(std::move(source), card.sources.size());
    if (fresh) card.sources.push_back(at->first);
    return at->second;
  };
  const auto price_first = [&](const Node& node, NodeId id) {
    const Result<Priced> priced = price_of_node(fleet, node, book, map);
    Known first;
    first.price.rate.accelerators = node.accelerators;
    first.price.rate.cpu = node.cpu;
    first.price.rate.memory_bytes = node.memory_bytes;
    if (priced) {
      first.price.rate.per_hour = priced->per_hour;
      first.price.rate.cpu_nanos = priced->cpu_nanos;
      first.price.priced = true;
      first.price.source = source_index(priced->source);
      return first;
    }
    const auto [at, fresh] = reasons.emplace(priced.error().message, card.missing.size());
    if (fresh) card.missing.push_back({at->first, id, 0});
    first.missing = at->second;
    first.price.source = source_index("no price: " + at->first);
    return first;
  };
  card.nodes.reserve(fleet.nodes.size());
  for (std::size_t i = 0; i < fleet.nodes.size(); ++i) {
    const Node& node = fleet.nodes[i];
    auto at = known.find(likeness(node));
    if (at == known.end()) at = known.emplace(likeness(node), price_first(node, NodeId(i))).first;
    card.nodes.push_back(at->second.price);
    if (at->second.missing != kNone) ++card.missing[at->second.missing].nodes;
  }
  return card;
}

}  // namespace sillar
