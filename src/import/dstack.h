#pragma once

// Configurations of dstack: tasks, services and dev environments.

#include <string>
#include <string_view>

#include "base/document.h"
#include "base/result.h"
#include "import/report.h"

namespace sillar {

// By the type that each configuration states.
[[nodiscard]] bool is_dstack(const Value& root);

// See import.h.
[[nodiscard]] Result<Imported> import_dstack(std::string name, std::string_view text,
                                             const ImportOptions& options);

}  // namespace sillar
