#pragma once

// What work could cost at least: the cheapest node that could ever hold it. Derived from a state;
// dropping it changes no decision.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/state.h"

namespace sillar {

struct Cheapest {
  std::int64_t nanos_per_hour = 0;  // Of one task, rounded up.
  NodeId node;                      // Of those that cost the same the first.

  friend bool operator==(const Cheapest&, const Cheapest&) = default;
};

// Belongs to one State. Requires of all: the world has prices.
class PriceIndex {
 public:
  // Of the alternatives of a job's request. Absent: no node could ever hold one task.
  [[nodiscard]] std::optional<Cheapest> cheapest(const State& state, schedule::RequestId request);
  // Of a workload that is not on the board yet.
  [[nodiscard]] std::optional<Cheapest> cheapest(const State& state, ProjectId project,
                                                 const Workload& workload);

 private:
  using Answer = std::optional<Cheapest>;

  void follow(const State& state);

  std::shared_ptr<const World> world_;  // What the answers are for,
  std::uint64_t price_changes_ = 0;     // and at which prices.
  std::vector<std::optional<Answer>> by_request_;
  std::map<std::string, Answer> by_ask_;
};

}  // namespace sillar
