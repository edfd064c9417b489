#pragma once

// The project tree: one node owns quota, priority band, residency and money, and is at once the
// scheduler's queue and the accountant's cost centre.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "model/budget.h"
#include "model/resources.h"

namespace sillar {

// Where work may run. Empty lists permit everything; once any rule is present an unknown country is
// refused, and a child narrows its parent, never widens it.
struct Residency {
  std::vector<std::string> countries;  // Allowed ISO codes, or the groups "EU" and "EEA".
  std::vector<std::string> regions;    // Allowed "provider/region".
  std::vector<std::string> forbidden;  // Countries or "provider/region"; forbid beats permit.

  [[nodiscard]] bool empty() const {
    return countries.empty() && regions.empty() && forbidden.empty();
  }
  friend bool operator==(const Residency&, const Residency&) = default;
};

struct MinRuntime {
  std::optional<Duration> preempt;  // Absent: inherited from the parent, at the root 0.
  std::optional<Duration> reclaim;

  friend bool operator==(const MinRuntime&, const MinRuntime&) = default;
};

struct Project {
  std::string name;           // Path from the root, "acme/research/llm".
  ProjectId parent;           // Invalid: top level.
  std::vector<Quota> quota;   // One entry per resource (Fleet::resource_count()).
  std::int32_t priority = 0;  // Band between siblings, higher first.
  Time created;               // Older first among equals.
  MinRuntime min_runtime;
  std::vector<std::int64_t>
      usage;  // Decayed use per resource, millionths of capacity; empty: none.
  Residency residency;
  std::vector<Budget> budgets;
  bool retired = false;  // Closed: it never ran anything, and only its place in the list stays.

  friend bool operator==(const Project&, const Project&) = default;
};

}  // namespace sillar
