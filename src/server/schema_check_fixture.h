#pragma once

// Whether a JSON value is what a schema says: the part of JSON Schema (draft 2020-12) that this
// project writes. A keyword that is not known here is a fault, so that nothing goes unchecked.

#include <string>
#include <vector>

#include "base/document.h"

namespace sillar::server {

// What is wrong, each with the path to it; empty: nothing. References are looked up in `document`.
[[nodiscard]] std::vector<std::string> schema_faults(const Value& document, const Value& schema,
                                                     const Value& instance);
// What "#/a/b" leads to; null: nothing.
[[nodiscard]] const Value* at_pointer(const Value& document, std::string_view pointer);

}  // namespace sillar::server
