#pragma once

// The rooms of the house and what each may include: the design's permitted edges as code.

#include <string_view>
#include <vector>

#include "tests/source.h"

namespace sillar::house {

// Includes and link lines that point to a room which the design does not permit.
[[nodiscard]] std::vector<Finding> check_edges(const SourceFile& file);

// Heavy third-party headers stay in the .cpp files of the one room that owns them.
[[nodiscard]] std::vector<Finding> check_heavy_headers(const SourceFile& file);

// Pure rooms know no clock, thread, file, chance or hash order.
[[nodiscard]] std::vector<Finding> check_purity(const SourceFile& file);

// Third-party headers come from packages that scripts/setup.sh installs: a package that happens to
// be on one machine is missing on the next.
[[nodiscard]] std::vector<Finding> check_packages(const SourceFile& file,
                                                  std::string_view setup_script);

}  // namespace sillar::house
