#pragma once

// Files of the model, told apart by what stands in them.

#include <cstdint>
#include <string_view>

#include "base/document.h"

namespace sillar {

enum class FileKind : std::uint8_t { kUnknown, kScenario, kFleet, kProjects, kWorkloads };
[[nodiscard]] std::string_view file_kind_name(FileKind kind);

// By the keys at the top; a list by those of its first item.
[[nodiscard]] FileKind recognise(const Document& document);

}  // namespace sillar
