#pragma once

// What every node of a fleet costs, and on whose word. In this order: the price that the fleet
// states; for rented machines with an instance type the catalogue; for owned machines, and for
// rented ones without an instance type, the price map. A price that is missing is told, never made
// up.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/ids.h"
#include "ledger/price_book.h"
#include "ledger/price_map.h"
#include "ledger/rate.h"
#include "model/fleet.h"

namespace sillar {

struct NodePrice {
  NodeRate rate;  // Its price is nought when `priced` is false.
  bool priced = false;
  std::uint32_t source = 0;  // Into RateCard::sources.
};

struct MissingPrice {
  std::string reason;
  NodeId first;
  std::size_t nodes = 0;
};

struct RateCard {
  std::vector<NodePrice> nodes;       // By NodeId.
  std::vector<std::string> sources;   // Each once, in the order of first use.
  std::vector<MissingPrice> missing;  // Each reason once, in the order of first use.

  [[nodiscard]] const std::string& source_of(NodeId node) const {
    return sources[nodes[node.index()].source];
  }
};

// Stated prices keep their currency; the catalogue and the map speak of USD. Linear in the nodes.
[[nodiscard]] RateCard rate_fleet(const Fleet& fleet, const PriceBook& book,
                                  const PriceMap& map = PriceMap::shipped());

}  // namespace sillar
