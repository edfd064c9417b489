#pragma once

// The engine: decide reads the state and one input and returns facts; apply folds a fact into the
// state. Restart is apply; replay is decide again.

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/price_index.h"
#include "engine/state.h"
#include "model/fact.h"
#include "model/input.h"
#include "schedule/placement_index.h"

namespace sillar {

// Indexes over a state that decisions build as they go. Derived: dropping it changes no decision.
// Belongs to one State.
class Scratch {
 public:
  Scratch();
  ~Scratch();
  Scratch(Scratch&&) noexcept;
  Scratch& operator=(Scratch&&) noexcept;

  [[nodiscard]] schedule::PlacementIndex& index(const State& state);
  [[nodiscard]] schedule::Division& division(const State& state);
  [[nodiscard]] PriceIndex& prices() { return prices_; }

 private:
  void follow(const State& state);

  std::unique_ptr<schedule::Scorer> scorer_;
  std::unique_ptr<schedule::PlacementIndex> index_;
  std::unique_ptr<schedule::Division> division_;
  PriceIndex prices_;                   // Follows by itself.
  std::shared_ptr<const World> world_;  // What they were built for.
};

// Decides over one input. The board serves as its own scratch paper: virtual moves are made on it
// and taken back, so `state` is handed back exactly as it came (a test holds its hash against
// that). Errors (kInvalidInput): an input that names what does not exist, or comes before
// `state.now` or outside the epoch to kTimeMax. Refusals that a user should see (a duplicate name,
// an unknown project) are facts.
[[nodiscard]] Result<std::vector<Fact>> decide(State& state, Scratch& scratch, const Input& input);

// The same for a full cycle at `at` in which every job that waits is told its reason anew, in
// today's figures.
[[nodiscard]] Result<std::vector<Fact>> decide_explained(State& state, Scratch& scratch, Time at);

// How a cycle runs over this state; see `Decide`.
[[nodiscard]] schedule::CycleOptions cycle_options(const State& state, bool full);

// Requires: the facts that `decide` gave for this state, in order.
void apply(State& state, const Fact& fact);

// decide and apply: what a server does between two journal writes.
[[nodiscard]] Result<std::vector<Fact>> step(State& state, Scratch& scratch, const Input& input);

}  // namespace sillar
