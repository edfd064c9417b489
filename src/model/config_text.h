#pragma once

// The configuration of a control plane as people keep it in a file: how to decide, what there is to
// schedule on, and for whom.

#include <vector>

#include "base/document.h"
#include "base/result.h"
#include "model/scenario.h"

namespace sillar {

struct Config {
  Options options;
  Fleet fleet;
  std::vector<Project> projects;

  friend bool operator==(const Config&, const Config&) = default;
};

// What `document` asks for where `now` is in force: {options, fleet, projects}, a fleet alone, or a
// list of projects. What it leaves out stays: a part as a whole, of the options each field. A fleet
// or a list of projects that is stated is all there shall be. Requires: nothing in `now` is
// retired. Errors: as of the functions of text.h; a document that states workloads or expectations,
// and options that only a scenario has.
[[nodiscard]] Result<Config> load_config(const Document& document, const Config& now);

// Loads back to an equal one, over any other. Requires: the configuration is valid.
[[nodiscard]] Value config_value(const Config& config);

}  // namespace sillar
