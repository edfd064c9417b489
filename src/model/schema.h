#pragma once

// The published JSON Schema (draft 2020-12) of the text forms, written from the same tables that
// read and print them.

#include <span>
#include <string>
#include <string_view>

namespace sillar {

// "fleet", "project", "workload", "scenario". A project or workload file is a list of them, or a
// mapping whose only field is that list.
[[nodiscard]] std::span<const std::string_view> schema_kinds();

// The schema of a file of this kind, indented, with a newline at the end; empty for an unknown
// kind.
[[nodiscard]] std::string json_schema(std::string_view kind);

}  // namespace sillar
