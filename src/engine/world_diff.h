#pragma once

// What differs between two worlds, field by field and by name.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/document.h"
#include "model/input.h"

namespace sillar {

enum class ChangeAction : std::uint8_t { kAdd, kChange, kRemove };
[[nodiscard]] std::string_view change_action_name(ChangeAction action);

enum class ChangeKind : std::uint8_t {
  kOption,
  kClass,
  kTopology,
  kNode,
  kPrice,
  kProject,
  kQuota,
  kResidency,
  kBudget,
};
[[nodiscard]] std::string_view change_kind_name(ChangeKind kind);

struct WorldChange {
  ChangeAction action = ChangeAction::kChange;
  ChangeKind kind = ChangeKind::kOption;
  std::string name;   // Of the class, topology, node or project; empty: of an option.
  std::string field;  // "h100.deserved"; of a budget its name; empty: the thing as a whole.
  Value from;         // As in a configuration; null: absent, or as it is by default.
  Value to;
};

// From what there is of `from` to what there is of `to`: by kind, and within it what is gone or
// changed as `from` lists it, then what is new. O(both).
[[nodiscard]] std::vector<WorldChange> world_changes(const World& from, const World& to);

}  // namespace sillar
