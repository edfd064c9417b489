#pragma once

// What a fleet costs, as the command line is told.

#include <vector>

#include "cli/verb.h"
#include "model/fleet.h"
#include "model/input.h"

namespace sillar::cli {

// The flag --prices, for verbs that price a fleet.
[[nodiscard]] Flag prices_flag();

// One tariff per node: what the fleet states, else the catalogue of --prices, else the price map.
// Without --prices a fleet of which some node has no price has none, which `missing` then says.
// Errors: those of reading the catalogue; kNotFound for a price missing in spite of it.
[[nodiscard]] Result<std::vector<NodeTariff>> fleet_tariffs(const Context& context,
                                                            const Fleet& fleet,
                                                            std::string* missing = nullptr);

}  // namespace sillar::cli
