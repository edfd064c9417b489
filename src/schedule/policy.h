#pragma once

// The policies that a trace can be run under by name: ours and those it is compared with. One
// table says what each is.

#include <optional>
#include <string_view>
#include <vector>

#include "schedule/cycle.h"

namespace sillar::schedule {

struct Policy {
  Rules rules = Rules::kSillar;  // For Board::set_fleet.
  CycleOptions options;
};

// fifo, sjf, las, fair, kai or sillar; nothing for any other name.
[[nodiscard]] std::optional<Policy> find_policy(std::string_view name);
// Requires: a name that find_policy knows.
[[nodiscard]] CycleOptions policy_options(std::string_view name);
// All names, in the table's order.
[[nodiscard]] std::vector<std::string_view> policy_names();

}  // namespace sillar::schedule
