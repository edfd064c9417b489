#pragma once

// The OpenAPI 3.1 document of the API, made of its routes (api.h), what is said of each
// (operations.h), and the model's own schema of a workload.

#include <string>

#include "base/document.h"

namespace sillar::server {

// Of the interface, by semantic versioning: what is added raises the second number; the first is in
// the paths.
inline constexpr std::string_view kApiVersion = "1.0.0";

// Made once.
[[nodiscard]] const Value& openapi_value();
// As it is served: JSON, with a newline at the end.
[[nodiscard]] const std::string& openapi_document();

}  // namespace sillar::server
