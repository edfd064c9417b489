#pragma once

// Runs rounds over a scenario and gives the answer that `sillar decide` prints: where every task
// is, why it waits, who was evicted for whom.

#include <optional>
#include <string>
#include <vector>

#include "base/document.h"
#include "base/result.h"
#include "engine/engine.h"
#include "model/scenario.h"

namespace sillar {

struct ScenarioOutcome {
  State state;  // After the last round.
  Scratch scratch;
  std::vector<std::pair<Fact, Value>> facts;  // Of all rounds, each with its text.
  struct Victim {
    TaskEvicted evicted;
    Place moved_to;  // Valid: it was promised another place at once.
  };
  std::vector<Victim> victims;  // In order of eviction, over all rounds.
  std::int32_t rounds = 0;
};

// `prices` has one entry per node of the scenario's fleet, or none. A round is one full cycle; a
// second passes between rounds, in which stopping tasks stop and ask again. Errors: kInvalidInput.
[[nodiscard]] Result<ScenarioOutcome> run_scenario(const Scenario& scenario,
                                                   std::vector<NodeTariff> prices = {});

// The answer of `sillar decide -o json`.
[[nodiscard]] Value scenario_answer(const ScenarioOutcome& outcome);

// An expectation that did not come true. Texts are the answer's own words.
struct FailedExpectation {
  std::string subject;  // A task, a workload, or "victims".
  std::string field;    // "state", "node", a reason's parameter, ...
  std::string expected;
  std::string got;  // "none" or "absent" where there is nothing.
};

// What the scenario expects and did not come true; empty: all of it did.
[[nodiscard]] std::vector<FailedExpectation> failed_expectations(const Scenario& scenario,
                                                                 const ScenarioOutcome& outcome);

}  // namespace sillar
