#pragma once

// Task files of SkyPilot: one task, a pipeline of several, or a service.

#include <span>
#include <string>
#include <string_view>

#include "base/document.h"
#include "base/result.h"
#include "import/report.h"

namespace sillar {

// A task has no field that says what it is: known by what only tasks of SkyPilot hold at the top.
[[nodiscard]] bool is_skypilot(std::span<const Document> documents);

// See import.h.
[[nodiscard]] Result<Imported> import_skypilot(std::string name, std::string_view text,
                                               const ImportOptions& options);

}  // namespace sillar
