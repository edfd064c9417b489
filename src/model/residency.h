#pragma once

#include <string>

#include "model/project.h"
#include "model/validate.h"

namespace sillar {

// Whether the entries have the form of country codes and "provider/region". Internal to model.
void check_residency(const Residency& residency, const std::string& path, Complaints& out);

}  // namespace sillar
