#pragma once

// Files of the model as the command line reads them.

#include <string>

#include "base/document.h"
#include "cli/io.h"
#include "model/file_kind.h"
#include "model/scenario.h"

namespace sillar::cli {

// Errors: those of reading a file; kInvalidInput with a line for each fault.
[[nodiscard]] Result<Document> read_document(const Io& io, const std::string& path);
[[nodiscard]] Result<Scenario> read_scenario(const Io& io, const std::string& path);

}  // namespace sillar::cli
