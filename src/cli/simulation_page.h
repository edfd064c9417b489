#pragma once

// `sillar simulate -o html`: one page that needs nothing else. No script, no request to anywhere,
// light and dark, readable on a phone and in print; every chart has its numbers in a table.

#include <string>

#include "cli/locale.h"
#include "simulate/report.h"

namespace sillar::cli {

[[nodiscard]] std::string simulation_page(const SimulationReport& report, const Locale& locale);

}  // namespace sillar::cli
