#pragma once

// Whether what a workload runs, and how it lives, is well formed. Internal to model: validate.h has
// the whole.

#include <string>

#include "model/validate.h"

namespace sillar {

// `path` is the workload's.
void validate_life(const Workload& workload, const std::string& path, Complaints& complaints);

}  // namespace sillar
