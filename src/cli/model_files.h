#pragma once

// Files of the model as the command line takes them: told apart by what stands in them.

#include <string>
#include <string_view>

#include "base/document.h"
#include "cli/io.h"
#include "model/scenario.h"

namespace sillar::cli {

enum class FileKind : std::uint8_t { kUnknown, kScenario, kFleet, kProjects, kWorkloads };
[[nodiscard]] std::string_view file_kind_name(FileKind kind);

// By the keys at the top; a list by those of its first item.
[[nodiscard]] FileKind recognise(const Document& document);

// Errors: those of reading a file; kInvalidInput with a line for each fault.
[[nodiscard]] Result<Document> read_document(const Io& io, const std::string& path);
[[nodiscard]] Result<Scenario> read_scenario(const Io& io, const std::string& path);

}  // namespace sillar::cli
